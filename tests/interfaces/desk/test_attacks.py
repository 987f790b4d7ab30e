"""Whoever is not the desk's own page gets nothing of it: other hosts, other pages, no key; names and files that attack."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import zipfile
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.support import desk
from tests.support.source import ROOT
from workbench.app.faults import NAME
from workbench.app.interface import buttons
from workbench.app.options import common
from workbench.core.errors import WrongUse
from workbench.core.state import state_folder
from workbench.interfaces.desk import handlers, serve
from workbench.interfaces.desk.deed import OWN, deed_of, deeds
from workbench.interfaces.desk.entrance import already_open
from workbench.interfaces.desk.handlers import HEADERS, ROUTES, Keyed

pytestmark = pytest.mark.usefixtures("addin_process")
KEYED = [
    re.sub(r"\(.*?\)", "1", pattern).replace("/deed/1", "/deed/check").replace("/1/1", "/1/all")
    for pattern, handler in ROUTES
    if issubclass(handler, Keyed)
]


@pytest.fixture
def entered():
    """A desk, and somebody who came in."""
    with desk.opened() as speaker:
        yield speaker.enter()


@pytest.mark.parametrize("host", ["evil.example:{port}", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "", None])
def test_another_host_is_refused(entered, host):
    """A name that was bound anew to this computer is not answered, not even with the empty page."""
    given = host and host.format(port=entered.entrance.port)
    for method, path in (("GET", "/"), ("GET", "/alive"), ("GET", "/api/state"), ("POST", "/api/lock")):
        status, _ = entered.raw(method, path, b"{}" if method == "POST" else None, Host=given)
        assert status in (400, 403)  # 400: HTTP itself wants exactly one


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"])
def test_another_page_is_refused(entered, origin):
    """Even with the key; of what acts also where nothing is said of the page it comes from."""
    given = origin.format(port=entered.entrance.port)
    assert entered.raw("GET", "/api/state", Origin=given)[0] == 403
    assert entered.raw("POST", "/api/lock", b"{}", Origin=given)[0] == 403
    assert entered.raw("POST", "/api/lock", b"{}", Origin=None)[0] == 403
    assert entered.raw("GET", "/api/state", Origin=None, Sec_Fetch_Site="same-site")[0] == 403
    assert entered.raw("GET", "/api/state", Origin=None, Sec_Fetch_Site="same-origin")[0] == 200
    going = {"Origin": None, "Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert entered.raw("GET", "/", Sec_Fetch_Dest="document", **going)[0] == 200  # the page with the token leads here
    assert entered.raw("GET", "/", Sec_Fetch_Dest="iframe", **going)[0] == 403
    assert entered.raw("GET", "/api/state", Sec_Fetch_Dest="document", **going)[0] == 403
    asking = {"Origin": None, "Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}
    assert (
        entered.raw("GET", "/alive", Sec_Fetch_Dest="empty", **asking)[0] == 200
    )  # it may notice that something answers
    assert not [name for name in entered.answered if name.startswith("Access-Control")]
    assert entered.raw("GET", "/alive", Sec_Fetch_Dest="script", **asking)[0] == 403
    for path in ("/", "/desk.js", "/api/state"):
        assert entered.raw("GET", path, Sec_Fetch_Dest="empty", **asking)[0] == 403


@pytest.mark.parametrize("path", KEYED)
def test_without_the_key_nothing_is_told_and_nothing_done(entered, path):
    """No key, a wrong one, one in a cookie or in the address."""
    key = entered.key
    ways = ({"Authorization": None}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {key}"})
    for way in (*ways, {"Authorization": None, "Cookie": f"key={key}"}):
        for method in ("GET", "POST"):
            status, told = entered.raw(method, path, b"{}" if method == "POST" else None, **way)
            assert status in (403, 405)
            assert b"deeds" not in told
    assert entered.raw("GET", f"{path}?key={key}", Authorization=None)[0] in (403, 405)
    assert entered.ask("GET", "/api/state")["user"] is None


def test_the_token_opens_once_and_lies_where_only_its_owner_reads_it():
    """Whoever sees it later comes too late; a wrong one uses nothing up; when the desk is closed its page is gone."""
    with desk.opened() as speaker:
        page = speaker.entrance.page
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        token = speaker.entrance.address.partition("#")[2]
        assert len(token) > 40 and token in page.read_text(encoding="utf-8")
        speaker.ask("POST", "/api/enter", {"token": "x"}, code=403)
        speaker.ask("POST", "/api/enter", {"token": ["x"]}, code=403)
        assert speaker.ask("POST", "/api/enter", {"token": token})["key"]
        speaker.ask("POST", "/api/enter", {"token": token}, code=403)
        assert token not in page.read_text(encoding="utf-8")
    assert not page.exists()


def test_a_desk_that_is_open_is_opened_again(monkeypatch, capsys):
    """A second command opens the first one's page; one that nobody answers at is not taken for one."""
    folder, shown = state_folder(os.environ), []
    monkeypatch.setattr("webbrowser.open", shown.append)
    with desk.opened() as speaker:
        serve.serve(None, True)
        assert shown == [speaker.entrance.page.as_uri()]
        assert (
            "#" not in capsys.readouterr().out.splitlines()[-1]
        )  # what opens it stands in no list of what was printed
        left = speaker.entrance.page.read_text(encoding="utf-8")
    (folder / "desk.html").write_text(left, encoding="utf-8")
    assert already_open(folder) is None


def test_every_answer_forbids_what_a_page_could_be_made_to_do(entered):
    """Pages, scripts, answers, refusals and addresses that are none: same policy, nothing for other origins."""
    for method, path in (
        ("GET", "/"),
        ("GET", "/desk.js"),
        ("GET", "/api/state"),
        ("GET", "/../etc/passwd"),
        ("OPTIONS", "/"),
    ):
        entered.raw(method, path)
        assert HEADERS.items() <= entered.answered.items()
        assert not [name for name in entered.answered if name.startswith("Access-Control") or name == "Server"]
    status, told = entered.raw("GET", "/")
    page = told.decode()
    assert status == 200 and "default-src 'none'" in HEADERS["Content-Security-Policy"]
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", page) == ["/desk.css", "/desk.js", "#main"]
    assert "style=" not in page and "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/desk.py", "/page/desk.js", "/%2e%2e/serve.py", "/api", "/api/deed/../state", "/api/file/1/../../x"]
)
def test_other_addresses_are_nothing(entered, path):
    """No folder is served."""
    assert entered.raw("GET", path)[0] in (404, 422)


@pytest.mark.parametrize(
    "name",
    [
        "../../../x.xlsx",
        "..\\..\\x.xlsx",
        "/etc/x.xlsx",
        "C:\\x.xlsx",
        "CON.xlsx",
        "..",
        "",
        "a\x00b.xlsx",
        "客" * 300 + ".xlsx",
        "~$x.xlsx",
    ],
)
def test_the_name_of_an_upload_is_no_path(entered, name, blanks, tmp_path):
    """It stays in the desk's own folder, one file in one folder, readable by its owner alone."""
    before = {path for path in tmp_path.rglob("*")}
    entered.upload(next(blanks.glob("*信息记录表*.xlsx")), name)
    (put,) = entered.work()._uploads.values()
    inside = Path(entered.work()._folder).resolve()
    assert put.resolve().parent.parent == inside and stat.S_IMODE(put.stat().st_mode) == 0o600
    assert [path.name for path in put.parent.iterdir()] == [put.name]
    assert {path for path in tmp_path.rglob("*")} == before


def test_too_much_is_refused_before_it_is_kept(entered, monkeypatch):
    """By what is said beforehand, by what really comes, and by what lies there already."""
    monkeypatch.setattr(handlers, "LARGEST", 1000)
    assert entered.raw("POST", "/api/files", b"x", Content_Length="100000000000")[0] in (400, 413)
    assert entered.raw("POST", "/api/files", b"x" * 2000, X_Name="x.xlsx")[0] == 413
    assert (
        entered.raw(
            "POST", "/api/files", b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n", Transfer_Encoding="chunked", X_Name="x"
        )[0]
        == 413
    )
    monkeypatch.setattr("workbench.interfaces.desk.work.MOST_FILES", 1)
    assert entered.raw("POST", "/api/files", b"x", X_Name="a.xlsx")[0] == 200
    assert entered.raw("POST", "/api/files", b"x", X_Name="b.xlsx")[0] == 422
    monkeypatch.setattr("workbench.interfaces.desk.work.MOST_FILES", 9)
    monkeypatch.setattr("workbench.interfaces.desk.work.MOST_BYTES", 700)
    assert entered.raw("POST", "/api/files", b"x" * 700, X_Name="c.xlsx")[0] == 422  # one byte more than together
    assert entered.raw("POST", "/api/files", b"x" * 699, X_Name="d.xlsx")[0] == 200
    folder = Path(entered.work()._folder)
    assert sorted(path.name for path in folder.rglob("*.xlsx")) == ["a.xlsx", "d.xlsx"]


def test_a_file_that_stops_coming_is_not_kept(entered):
    """Somebody closes the page in the middle: what was there of it goes, whether or not the register is locked later."""
    folder, waiting = Path(entered.work()._folder), threading.Event()
    there = socket.create_connection(("127.0.0.1", entered.entrance.port), timeout=10)
    head = (
        f"POST /api/files HTTP/1.1\r\nHost: 127.0.0.1:{entered.entrance.port}\r\nOrigin: {entered.entrance.origin}\r\n"
    )
    there.sendall(
        f"{head}Authorization: Bearer {entered.key}\r\nX-Name: x.xlsx\r\nContent-Length: 1000\r\n\r\n".encode()
    )
    there.sendall(b"x" * 500)
    for kept in (1, 0):
        for _ in range(200):
            with suppress(FileNotFoundError):  # it goes just now
                if len([path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]) == kept:
                    break
            waiting.wait(0.05)
        else:
            pytest.fail(f"not {kept} files")
        there.close()


def test_an_answer_can_be_taken_away_until_the_fourth_after_it(entered, tmp_path):
    """Then it is gone from the page and from the disk; the later ones are there."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"hello")
    done = []
    for _ in range(4):
        done.append(entered.do("check", [entered.upload(path)])["job"])
    folders = [Path(entered.work()._folder, str(number)) for number in done]
    assert all(folder.exists() for folder in folders)
    entered.do("check", [entered.upload(path)])
    assert [folder.exists() for folder in folders] == [False, True, True, True]
    assert entered.ask("GET", f"/api/job/{done[0]}", code=422)["code"] == "desk_gone"


def test_the_page_is_chinese_and_its_sentences_follow_the_language(entered, monkeypatch):
    """As the ribbon is: what stands on the page itself and the words of buttons stay."""
    page = entered.raw("GET", "/")[1]
    monkeypatch.setattr(common, "lang", "en")
    assert entered.raw("GET", "/")[1] == page and "工作台" in page.decode()
    words = {each["id"]: each["label"] for each in entered.ask("GET", "/api/state")["deeds"]}
    assert (words["due_today"], words["check"]) == ("今日待办", "Check")
    refused = entered.ask("POST", "/api/deed/nothing", {}, code=422)["error"]
    assert refused.isascii() and refused


@pytest.mark.slow
def test_a_file_that_is_a_bomb_is_refused_and_the_next_is_read(entered, blanks, tmp_path):
    """Gigabytes of zeros in a small file, and one that is none at all, beside an empty form."""
    bomb = tmp_path / "一.xlsx"
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out,
    ):
        for _ in range(300):
            out.write(bytes(1024 * 1024))
    bomb.write_bytes(packed.getvalue())
    good = next(blanks.glob("*信息记录表*.xlsx"))
    job = entered.do("check", [entered.upload(bomb), entered.upload(good, "二.xlsx")])
    assert job["state"] == "done"
    said = {row[0]: row[-1] for row in job["tables"][1]["rows"]}
    assert "异常庞大" in said["一.xlsx"] and "单位代码" in said["二.xlsx"]


@pytest.mark.parametrize(
    "sent",
    [b"", b"[]", b"{", b'{"given": 1, "files": {}}', b'{"given": {"a": []}, "files": ["1", null]}', b"[" * 100_000],
)
def test_what_is_no_request_is_refused(entered, sent):
    """Never a fault."""
    assert entered.raw("POST", "/api/deed/check", sent)[0] in (400, 422)
    status, told = entered.raw("POST", "/api/enter", sent, Authorization=None)
    assert status in (400, 403) and b"fault" not in told


def test_a_file_that_is_named_twice_is_refused(entered, blanks):
    """It would be worked on once and missed once; it is still there for the next one."""
    number = entered.upload(next(blanks.glob("*信息记录表*.xlsx")))
    sent = {"given": {}, "files": [number, number]}
    assert entered.ask("POST", "/api/deed/check", sent, code=422)["code"] == "desk_files_twice"
    assert entered.do("check", [number])["state"] == "done"


def test_a_fault_is_told_without_values(entered, monkeypatch, capfd):
    """In the thread as in the server: type and place, on the page and in the log, and nothing on the terminal."""
    secret = "江城公交 13900003302"

    def fails(*_given, **_more):
        raise ValueError(secret)

    monkeypatch.setattr("workbench.app.checking.check_files", fails)
    blank = entered.upload(Path(__file__))
    job = entered.do("check", [blank])
    assert job["state"] == "failed" and "ValueError" in job["error"] and secret not in job["error"]
    monkeypatch.setattr(handlers, "deeds", fails)
    status, told = entered.raw("GET", "/api/state")
    assert status == 500 and b"ValueError" in told and secret.encode() not in told
    log = state_folder(os.environ) / NAME
    assert "ValueError" in log.read_text(encoding="utf-8") and secret not in log.read_text(encoding="utf-8")
    out = "".join(capfd.readouterr())
    assert secret not in out and "Traceback" not in out


def test_text_that_looks_like_markup_is_sent_spelt_out(entered, tmp_path):
    """Should a browser ever take an answer for a page, there is no element in it."""
    name = "<img src=x onerror=alert(1)>.xlsx"
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"hello")
    number = entered.upload(path, name)
    job = entered.do("check", [number])
    status, raw = entered.raw("GET", f"/api/job/{job['job']}")
    assert status == 200 and b"<" not in raw and entered.answered["Content-Type"].startswith("application/json")
    assert json.loads(raw)["tables"][0]["rows"][0][1] == "未读取"


def test_nothing_is_left_when_the_desk_is_closed(tmp_path):
    """Uploads and answers lie in one folder, which is gone."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"hello")
    with desk.opened() as speaker:
        speaker.enter()
        speaker.do("check", [speaker.upload(path)])
        speaker.upload(path)
        folder = speaker.work()._folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len([each for each in folder.rglob("*") if each.is_file()]) >= 3
    assert not folder.exists() and not folder.parent.exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_a_killed_desk_left_goes_when_the_next_one_begins(tmp_path, monkeypatch):
    """A real kill -9; another desk that lives keeps what is its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "workbench", "desk", "--no-browser"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and "http://127.0.0.1:" in process.stdout.readline()
        process.kill()
    (left,) = tmp_path.glob("workbench-desk-*")
    (left / "made" / "名单.xlsx").write_bytes(b"hello")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with desk.opened() as one, desk.opened() as other:
        here = {each.work()._folder.parent for each in (one, other)}
        assert {*tmp_path.glob("workbench-desk-*")} == here and len(here) == 2
    assert list(tmp_path.glob("workbench-desk-*")) == []


@pytest.mark.parametrize("port", [70000, -1])
def test_a_port_that_is_none_is_a_sentence(port):
    """Before anything is opened."""
    with pytest.raises(WrongUse) as no:
        serve.serve(port, False)
    assert no.value.code == "desk_port"


def test_everything_on_the_page_is_described():
    """Each deed has its words, its place in docs/desk.md, and a field for all that it needs."""
    listed = deeds()
    assert [each.id for each in listed] == [*(button.id for button in buttons() if button.desk), *OWN]
    page = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([\u4e00-\u9fff]+) \|", page, re.M) == [each.label for each in listed]
    assert all(each.tip for each in listed)
    assert [each.id for each in listed if not (each.deed.fields or each.deed.at_once)] == ["dispatch"]  # needs nothing
    with pytest.raises(WrongUse):
        deed_of("nothing")
    assert not deed_of("decide").deed.locked


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_itself_ends_clean(tmp_path, number):
    """Told to end by the system or by Ctrl+C: exit code 0, no temporary folder, nobody let in any more."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "workbench", "desk", "--no-browser"]
    listens = partial(signal.signal, number, signal.SIG_DFL)  # a shell's background job does not hear Ctrl+C
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=listens
    )
    assert process.stdout is not None
    address = re.search(r"http://127\.0\.0\.1:(\d+)/#\S+", process.stdout.readline())
    assert address is not None and list(tmp_path.glob("workbench-desk-*"))
    with socket.create_connection(("127.0.0.1", int(address[1])), timeout=10):
        process.send_signal(number)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "已关闭" in said
    assert list(tmp_path.glob("workbench-desk-*")) == []
    assert not (state_folder(os.environ) / "desk.html").exists()
