"""The desk page in a real Chromium: real files dropped, answers read and taken away, keys alone, narrow, attacked by other pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.support import browser, desk
from tests.support.office import PASSPHRASE, lead
from tests.support.source import ROOT
from tests.support.staff import PEOPLE
from workbench.app import due
from workbench.core.state import state_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser.CHROMIUM is None, reason="chromium is missing (apt-get install chromium)"),
    pytest.mark.usefixtures("addin_process"),
]
EVIL = "<img src=x onerror=alert(1)>有限公司"
DROP = """async ([place, files]) => {
  const moved = new DataTransfer();
  for (const [name, bytes] of files) moved.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
  document.querySelector(place).dispatchEvent(new DragEvent("drop", {dataTransfer: moved, bubbles: true, cancelable: true}));
}"""


def drop(page: Page, *paths: Path, place: str = ".drop") -> None:
    """Files are let go over a place of the page."""
    from base64 import b64encode

    page.wait_for_selector(place)
    page.evaluate(DROP, [place, [[path.name, b64encode(path.read_bytes()).decode()] for path in paths]])


def choose(page: Page, deed: str) -> None:
    """A deed from the list, once its form is there."""
    page.click(f"#deed-{deed}")
    expect(page.locator("#form h2")).to_have_text(page.locator(f"#deed-{deed}").inner_text())


def press(page: Page) -> None:
    """The form's button, until there is an answer."""
    page.click("#form button[type=submit]")
    page.wait_for_selector("#answer > *")


def unlock(page: Page, office, user: str = "", passphrase: str = PASSPHRASE) -> None:
    """By hand, in the form."""
    if not user:
        with office.opened() as session:
            user = session.user
    page.click("#unlock")
    page.fill("[name=register]", str(office.folder / "登记册.db"))
    page.fill("[name=user]", user)
    page.fill("[name=passphrase]", passphrase)
    page.click("#form button[type=submit]")
    expect(page.locator("#who")).to_contain_text("已解锁")


def test_dropped_files_are_checked_without_a_register(morning, tmp_path):
    """Named by cell, marked copy taken away and opened; what the address opened with stands nowhere any more."""
    path = morning.leads("D001", "一.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    letter = tmp_path / "信.xlsx"
    letter.write_bytes(b"hello")
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        expect(page.locator("#who")).to_contain_text("未解锁")
        assert page.url == f"{speaker.entrance.origin}/"
        drop(page, path, letter)
        expect(page.locator(".chosen li")).to_have_text(["一.xlsx", "信.xlsx"])
        press(page)
        expect(page.locator(".said")).to_have_text("检查 2 个文件，2 个需要处理。")
        expect(page.locator("#answer table").nth(1)).to_contain_text("联系方式")
        with page.expect_download() as coming:
            page.get_by_label("取走 一_批注.xlsx").click()
        coming.value.save_as(tmp_path / "取走.xlsx")
        copy = load_workbook(tmp_path / "取走.xlsx").worksheets[0]
        assert [cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment]
        page.reload()  # the tab keeps its key
        expect(page.locator("#who")).to_contain_text("未解锁")


def test_the_page_that_only_its_owner_reads_leads_in(morning):
    """As the command opens it: a file in the state folder sends the browser on; it opens once for each time it is made anew."""
    with desk.opened() as speaker:
        for _ in range(2):
            with desk.window(speaker.entrance.page.as_uri(), origin=speaker.entrance.origin) as page:
                expect(page.locator("#who")).to_contain_text("未解锁")
                assert page.url == f"{speaker.entrance.origin}/"


def test_a_tab_without_the_key_is_told_how_to_come_in(morning):
    """The bare address, and one whose token was used before."""
    with desk.opened() as speaker:
        address = speaker.entrance.address
        speaker.enter()
        for where in (speaker.entrance.origin, address):
            with desk.window(where) as page:
                expect(page.locator(".wrong")).to_contain_text("workbench desk")
                expect(page.locator("#deeds button")).to_have_count(0)


def test_a_run_of_what_is_due_is_stopped(become, standing_clock, monkeypatch):
    """The button is heard at once; what is being done is done, the rest waits for the next press."""
    office, words = become("文员"), PEOPLE["文员"][1]
    office.receive(office.leads("D001", "一.xlsx", [lead("甲公司")]), "2026-01-05T09:00:00")
    standing_clock(datetime(2026, 1, 12, 9))
    begun, stopped, real = threading.Event(), threading.Event(), due.run

    def slow(*given):
        begun.set()
        for each in real(*given):
            assert stopped.wait(60)
            yield each

    monkeypatch.setattr(due, "run", slow)
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        unlock(page, office, "文员", words)
        expect(page.locator("#answer table").first).to_be_visible()  # what is due today is there
        choose(page, "run_due")
        page.fill("[name=passphrase]", words)
        page.click("#form button[type=submit]")
        assert begun.wait(60)  # before, nothing is done
        page.click("#progress button")
        expect(page.locator("#progress")).to_contain_text("正在停下")
        expect(page.locator("#progress button")).to_have_count(0)
        stopped.set()
        expect(page.locator("#answer")).to_contain_text("按您的要求停下了")
        expect(page.locator("#answer tbody tr")).to_have_count(1)


def test_a_morning_at_the_desk(morning):
    """Unlock, what is due, take in, look at two that look alike, decide, why, lock: nothing of it stays on the page."""
    morning.receive(morning.leads("D001", "早.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    path = morning.leads("D002", "二.xlsx", [lead("江城客运总公司"), lead(EVIL, 联系方式="13900005555")])
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        unlock(page, morning)
        expect(page.locator("#answer .said").first).to_contain_text("待办")
        choose(page, "import_folder")
        drop(page, path)
        press(page)
        expect(page.locator(".said")).to_contain_text("接收 2 行")
        choose(page, "review")
        expect(page.locator(".pair")).to_have_count(1)
        expect(page.locator(".pair td.differs").first).to_contain_text("江城客运")
        page.locator(".pair button").click()
        expect(page.locator(".pair .wrong")).to_contain_text("理由")
        page.locator(".pair select").select_option("不重复")
        page.locator(".pair input").fill("两家公司，电话和地址都不同")
        page.locator(".pair button").click()
        expect(page.locator(".pair .good").first).to_contain_text("DK202601-00002")
        choose(page, "find_customer")
        page.fill("[name=name]", EVIL)
        press(page)
        expect(page.locator(".said")).to_contain_text(EVIL)
        choose(page, "why")
        page.fill("[name=what]", "DK202601-00002")
        press(page)
        expect(page.locator("#answer pre")).to_contain_text("江城客运总公司")
        assert page.locator("img").count() == 0 and dialogs == []
        page.click("#lock")
        expect(page.locator("#who")).to_contain_text("未解锁")
        expect(page.locator("[name=passphrase]")).to_be_visible()
        assert "江城" not in page.locator("body").inner_text() and "江城" not in page.content()
    assert {row["customer"]: row["status"] for row in morning.ask("leads")}["江城客运总公司"] == "已接收"


def test_by_keys_alone(morning):
    """From the top of the page to a checked file and a locked register, without a mouse."""
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        page.wait_for_selector(".drop")
        page.evaluate("document.activeElement.blur()")
        seen = []
        for _ in range(36):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.id || document.activeElement.type"))
        assert {
            "unlock",
            "close",
            "deed-due_today",
            "deed-check",
            "deed-report",
            "field-files",
            "field-password",
            "submit",
        } <= set(seen)
        page.focus("#deed-due_today")
        page.keyboard.press("Enter")
        expect(page.locator("[name=passphrase]")).to_be_visible()
        with morning.opened() as session:
            user = session.user
        page.focus("[name=register]")
        page.keyboard.press("Control+a")
        page.keyboard.type(str(morning.folder / "登记册.db"))
        page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type(user)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSPHRASE)
        page.keyboard.press("Enter")
        expect(page.locator("#answer .said").first).to_contain_text("待办")
        page.focus("#lock")
        page.keyboard.press("Enter")
        expect(page.locator("#who")).to_contain_text("未解锁")


@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_is_cut_off(first_quarter, standing_clock, width):
    """Every deed's form and answer fit the window; what is wider scrolls in its own place."""
    with desk.opened() as speaker, desk.window(speaker.entrance.address, width) as page:
        unlock(page, first_quarter)
        page.wait_for_selector("#answer .said")
        for deed in page.locator("#deeds button").evaluate_all("all => all.map(each => each.id.slice(5))"):
            choose(page, deed)
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, deed


def test_a_report_is_made(first_quarter, standing_clock):
    """Chosen, with the passphrase for its own process, and taken away."""
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        unlock(page, first_quarter)
        page.wait_for_selector("#answer .said")
        page.locator("#answer tr", has_text=re.compile("信息转化率月报\\s*2026-01")).get_by_text("去办").click()
        expect(page.locator("[name=report]")).to_have_value("信息转化率月报")
        expect(page.locator("[name=period]")).to_have_value("2026-01")
        page.fill("[name=passphrase]", PASSPHRASE)
        page.click("#form button[type=submit]")
        expect(page.locator("#progress progress")).to_be_visible()
        assert page.input_value("[name=passphrase]") == ""
        expect(page.locator(".said").first).to_contain_text("已生成 信息转化率月报_2026-01.xlsx", timeout=120_000)
        expect(page.locator(".said").nth(1)).to_contain_text("待办已完成")
        with page.expect_download() as coming:
            page.get_by_label("取走 信息转化率月报_2026-01.xlsx").click()
        assert Path(coming.value.path()).stat().st_size > 5000


class Elsewhere(BaseHTTPRequestHandler):
    """A page of somebody else on this computer, which tries what it can."""

    target = ""

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """The page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(
            f"""<iframe id=framed src="{self.target}/"></iframe>
            <form id=posted method=post enctype="text/plain" action="{self.target}/api/stop"><input name='{{"a":"' value='"}}'></form>
            <script>window.got = [];
            const tries = [["GET", "/api/state"], ["POST", "/api/stop"], ["POST", "/api/enter"], ["GET", "/desk.js"], ["GET", "/"]];
            window.done = Promise.all(tries.flatMap(([method, path]) => ["cors", "no-cors"].map(mode =>
              fetch("{self.target}" + path, {{method, mode, credentials: "include"}})
                .then(answer => answer.text()).then(text => text && window.got.push(path)).catch(() => 0))));
            </script>""".encode()
        )

    def log_message(self, *_given) -> None:
        """Nothing."""


def test_another_page_in_the_same_browser_gets_nothing_and_does_nothing(morning):
    """It reads no answer, frames no page, closes no desk, while the desk's own tab is open and unlocked."""
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        unlock(page, morning)
        Elsewhere.target = speaker.entrance.origin
        server = HTTPServer(("127.0.0.1", 0), Elsewhere)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            other = page.context.new_page()
            other.goto(f"http://127.0.0.1:{server.server_port}/")
            other.evaluate("window.done")
            assert other.evaluate("window.got") == []
            assert "大客户" not in (other.frames[1].content() if len(other.frames) > 1 else "")
            other.evaluate("document.getElementById('posted').submit()")
            expect(other.locator("body")).to_contain_text("没有入口")
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
        choose(page, "due_today")
        expect(page.locator("#answer .said").first).to_contain_text("待办")


def test_a_desk_that_was_killed_is_told_on_its_page_and_where_it_is_opened(morning, tmp_path):
    """kill -9: the open page says in a sentence that it runs no longer and how to open it, and tells nothing of the register any
    more; the page that led in says the same instead of the browser's own fault."""
    morning.receive(morning.leads("D001", "早.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WORKBENCH_SIMULATION": "1"}
    command = [sys.executable, "-P", "-m", "workbench", "desk", "--no-browser"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    leads_in, waiting = state_folder(os.environ) / "desk.html", threading.Event()
    try:
        for _ in range(240):
            if leads_in.exists():
                break
            waiting.wait(0.25)
        address = re.search(r"http://[^\"]+/#[^\"]+", leads_in.read_text(encoding="utf-8"))[0]
        with desk.window(address) as page:
            unlock(page, morning)
            expect(page.locator("#answer .said").first).to_contain_text("待办")
            choose(page, "find_customer")
            page.fill("[name=name]", "江城客运公司")
            press(page)
            expect(page.locator("#answer .said")).to_contain_text("信息")
            process.kill()
            process.wait(30)
            expect(page.locator("#answer .said")).to_contain_text("工作台已经不在运行", timeout=20_000)
            expect(page.locator("body")).to_contain_text("workbench desk")
            assert "江城" not in page.content() and page.locator("#deeds button").count() == 0
        with desk.window(leads_in.as_uri(), origin=address.partition("/#")[0]) as page:
            expect(page.locator("body")).to_contain_text("工作台没有在运行")
            expect(page.get_by_role("link")).to_have_attribute("href", re.compile("^http://127"))
    finally:
        process.kill()
        process.wait(30)


def test_closed_on_the_page_the_command_ends(morning):
    """The register is locked, and the page says that it can be left."""
    with desk.opened() as speaker, desk.window(speaker.entrance.address) as page:
        unlock(page, morning)
        page.click("#close")
        expect(page.locator("body")).to_contain_text("工作台已关闭")
        until = threading.Event()
        for _ in range(100):
            if not speaker.entrance.page.exists():
                break
            until.wait(0.1)
        assert not speaker.entrance.page.exists()
