"""The tab of WPS in a real Chromium: its page with a stand-in for the few calls of WPS it makes, its buttons pressed as WPS
does, and what they open looked at on a real desk with real workbooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.support import browser, desk
from tests.support.office import PASSPHRASE, lead
from tests.support.windows import windows_computer
from workbench.core.state import state_folder
from workbench.interfaces.addin.wps_face import FOLDER
from workbench.interfaces.addin.wps_install import install, jsaddons

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser.CHROMIUM is None, reason="chromium is missing (apt-get install chromium)"),
    pytest.mark.usefixtures("addin_process"),
]
# the calls of WPS that the tab makes, each as excel/README.md names its source
WPS = """(front) => {
  window.shown = [];
  window.Application = {
    ActiveWorkbook: front.path === null ? null : {FullName: front.path, Path: front.folder, Saved: front.saved},
    ActiveCell: {Text: front.cell},
    ShowDialog: (...given) => { if (front.fails) throw new Error("closed"); window.shown.push(given); },
  };
}"""


def in_front(path: Path | str | None = None, saved: bool = True, cell: str = "", **more: Any) -> dict[str, Any]:
    """What is open in WPS."""
    folder = str(path.parent) if isinstance(path, Path) else more.pop("folder", "")
    return {"path": path and str(path), "folder": folder, "saved": saved, "cell": cell, **more}


@pytest.fixture
def tab(tmp_path) -> Path:
    """The folder of the tab as it is installed."""
    computer = windows_computer(tmp_path, home=tmp_path / "张三")
    install(computer, lambda *_: None)
    return jsaddons(computer) / FOLDER


@contextmanager
def wps(tab: Path, front: dict[str, Any]) -> Iterator[tuple[Page, list[str]]]:
    """WPS that has loaded the tab: its page, and what it told the person."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser.CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page()
        page.set_default_timeout(browser.WAIT)
        said: list[str] = []
        faults: list[str] = []
        page.on("dialog", lambda box: (said.append(box.message), box.dismiss()))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto((tab / "index.html").as_uri())
        page.evaluate(WPS, front)
        if front.get("old"):
            page.evaluate("delete Element.prototype.replaceChildren")
        loaded = fromstring((tab / "ribbon.xml").read_bytes()).get("onLoad")
        assert page.evaluate(f"{loaded}({{}})") is True
        yield page, said
        chromium.close()
        assert faults == []


def press(page: Page, button: str) -> str | None:
    """A button as WPS calls it; the address of the window it opens."""
    before = page.evaluate("shown.length")
    assert page.evaluate("name => OnAction({Id: name})", button) is True
    page.wait_for_timeout(300)
    given = page.evaluate("shown")
    if len(given) == before:
        return None
    address, title, width, height, modal = given[-1]
    assert title == "大客户信息工作台" and width > 800 and height > 600 and modal is False
    return str(address)


def pressed(tab: Path, button: str, front: dict[str, Any]) -> tuple[str | None, list[str]]:
    """A button in a WPS of its own: what it opened, what it said."""
    with wps(tab, front) as (page, said):
        return press(page, button), said


def test_the_workbook_in_front_is_checked_when_the_person_says_so(morning, tab):
    """Its path is shown, unsaved changes are told, nothing is read before the button; then the answer names the cell."""
    path = morning.leads("D001", "一 & 二#.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    with desk.opened() as speaker:
        address, said = pressed(tab, "check", in_front(path, saved=False))
        assert said == [] and address is not None and speaker.entrance.page.as_uri() in address
        assert "127.0.0.1" not in address  # the key is in no address that WPS is given
        with desk.window(address, origin=speaker.entrance.origin) as page:
            expect(page.locator("#form h2")).to_have_text("检查")
            expect(page.locator(".chosen li").first).to_have_text(str(path))
            expect(page.locator(".chosen li.tip")).to_contain_text("没保存")
            assert page.url == f"{speaker.entrance.origin}/" and speaker.work()._uploads == {}
            if where := os.environ.get("WPS_PICTURES"):
                page.screenshot(path=f"{where}/wps_before.png")
            page.click("#form button[type=submit]")
            expect(page.locator(".said")).to_have_text("检查 1 个文件，1 个需要处理。")
            expect(page.locator("#answer table").nth(1)).to_contain_text("联系方式")
            if where:
                page.screenshot(path=f"{where}/wps_after.png")


def test_a_lead_is_explained_after_unlocking(morning, tab):
    """The chosen cell's text waits in its field while the register is unlocked; each window comes in by a token of its own."""
    morning.receive(morning.leads("D001", "早.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    with morning.opened() as session:
        user = session.user
    with desk.opened() as speaker:
        address, _ = pressed(tab, "why", in_front(cell="DK202601-00001"))
        assert address is not None
        with desk.window(address, origin=speaker.entrance.origin) as page:
            page.fill("[name=register]", str(morning.folder / "登记册.db"))
            page.fill("[name=user]", user)
            page.fill("[name=passphrase]", PASSPHRASE)
            page.click("#form button[type=submit]")
            expect(page.locator("#field-what")).to_have_value("DK202601-00001")
            expect(page.locator("#answer > *")).to_have_count(0)
            page.click("#form button[type=submit]")
            expect(page.locator("#answer pre")).to_contain_text("DK202601-00001")
        again, _ = pressed(tab, "due_today", in_front())
        with desk.window(str(again), origin=speaker.entrance.origin) as page:
            expect(page.locator("#answer .said").first).to_contain_text("待办")
        whole, _ = pressed(tab, "desk_page", in_front())
        with desk.window(str(whole), origin=speaker.entrance.origin) as page:
            expect(page.locator("#deed-report")).to_have_count(1)


def test_what_cannot_be_handed_on_is_said_in_chinese(tab, tmp_path):
    """No workbook, one that was never saved, one in a cloud; WPS that opens no window."""
    cases = [
        ("check", in_front(), "没有打开"),
        ("import", in_front("工作簿1"), "另存"),
        ("check", in_front("https://x.example/一.xlsx", folder="https://x.example"), "云端"),
        ("desk_page", in_front(fails=True), "没有完成"),
        ("desk_page", in_front(old=True), "升级 WPS"),
    ]
    with desk.opened():
        for button, front, word in cases:
            opened, said = pressed(tab, button, front)
            assert opened is None and len(said) == 1 and word in said[0]
        for path in ("D:\\收件\\一.xlsx", "\\\\服务器\\收件\\一.xlsx"):
            opened, said = pressed(tab, "import", in_front(path, folder="D:"))
            assert said == [] and opened is not None and "deed=import_folder&file=" in opened


def test_without_a_desk_it_says_how_to_open_it(tab):
    """Before one was opened, and after it was closed."""
    for _ in range(2):
        opened, said = pressed(tab, "due_today", in_front())
        assert opened is None and len(said) == 1 and "没有打开" in said[0] and "workbench desk" in said[0]
        with desk.opened():
            assert pressed(tab, "due_today", in_front())[0]


def test_a_page_that_was_mailed_gets_nothing_by_the_way_wps_comes_in(morning, tmp_path):
    """A page on this disk can lead to the desk and name a file, but reads no token and no answer, and nothing is done of itself;
    a page of the web that names a deed at the desk's address is taken for nobody."""
    path = morning.leads("D001", "一.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        page_ = speaker.entrance.page.as_uri()
        evil = tmp_path / "附件.html"
        evil.write_text(
            f"""<iframe src="{page_}#deed=check&file={path}"></iframe><script>
            window.stolen = [];
            const other = window.open("{page_}#deed=check&file={path}");
            setTimeout(() => {{
              for (const where of [frames[0], other]) {{
                try {{ window.stolen.push(where.document.documentElement.outerHTML, where.location.href); }} catch {{}}
              }}
              fetch("{page_}").then((a) => a.text()).then((t) => window.stolen.push(t)).catch(() => {{}});
              fetch("{speaker.entrance.origin}/api/local", {{method: "POST", body: '{{"path": "{path}"}}'}})
                .then((a) => a.text()).then((t) => window.stolen.push(t)).catch(() => {{}});
              setTimeout(() => {{ window.done = true; }}, 700);
            }}, 1500);
            </script><script src="{state_folder(os.environ).as_uri()}/desk_open.js"></script>""",
            encoding="utf-8",
        )
        with sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=browser.CHROMIUM, args=["--no-sandbox"])
            page = chromium.new_page()
            page.goto(evil.as_uri())
            page.wait_for_function("window.done")
            assert not [text for text in page.evaluate("stolen") if "#" in text or "file" in text]
            assert speaker.work()._uploads == {} and speaker.work()._jobs == {}
            led = page.context.pages[1]  # the person sees what the page named, and has pressed nothing
            expect(led.locator(".chosen li")).to_have_text(str(path))
            led.goto("about:blank")
            led.goto(f"{speaker.entrance.origin}/#x&deed=check&file={path}")  # this tab has a key; the token is none
            expect(led.locator("#deeds button").first).to_be_visible()
            expect(led.locator(".chosen li")).to_have_count(0)
            page.goto(f"{speaker.entrance.origin}/#x&deed=check&file={path}")
            expect(page.locator(".wrong")).to_contain_text("workbench desk")
            expect(page.locator(".chosen li")).to_have_count(0)
            chromium.close()
        assert speaker.work()._uploads == {} and speaker.work()._jobs == {}
