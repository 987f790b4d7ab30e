"""What WPS hands on to the desk: a workbook by its path, with the key alone, only what is one; nothing is done of itself."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import desk
from tests.support.office import lead
from tests.support.source import ROOT
from workbench.core.state import state_folder
from workbench.interfaces.desk import handlers

pytestmark = pytest.mark.usefixtures("addin_process")


@pytest.fixture
def entered():
    """A desk, and somebody who came in."""
    with desk.opened() as speaker:
        yield speaker.enter()


def test_a_workbook_is_read_from_the_disk_and_checked(entered, staffed):
    """A copy in the desk's own folder, readable by its owner alone; the file stays as it is."""
    path = staffed.leads("D001", "一.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    before = path.read_bytes(), path.stat().st_mtime_ns
    number = entered.ask("POST", "/api/local", {"path": str(path)})["file"]
    (put,) = entered.work()._uploads.values()
    assert put.read_bytes() == before[0] and stat.S_IMODE(put.stat().st_mode) == 0o600
    job = entered.do("check", [number])
    assert job["tables"][0]["rows"][0][:2] == ["一.xlsx", "需处理"]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_what_is_no_workbook_on_this_computer_is_not_read(entered, tmp_path, monkeypatch):
    """Other kinds, folders, pipes, devices, paths that are not whole, nothing at all; too large; gone. Nothing is kept."""
    secret = tmp_path / "id_rsa"
    secret.write_bytes(b"key")
    folder = tmp_path / "夹.xlsx"
    folder.mkdir()
    pipe = tmp_path / "管.xlsx"
    os.mkfifo(pipe)
    large = tmp_path / "大.xlsx"
    large.write_bytes(bytes(2000))
    monkeypatch.setattr(handlers, "LARGEST", 1000)
    kind = [secret, "/etc/passwd", "x.xlsx", "", "\\\\.\\pipe\\a.xlsx", "\\\\?\\C:\\a.xlsx", f"{tmp_path}/a\x00.xlsx"]
    for path in (*kind, pipe, large, "//./a.xlsx", tmp_path / "x.html", 7, ["a"]):
        told = entered.ask("POST", "/api/local", {"path": path if isinstance(path, int | list) else str(path)}, 422)
        assert told["code"] == "desk_local_kind" and str(tmp_path) not in told["error"]
    assert entered.ask("POST", "/api/local", {"path": str(tmp_path / "无.xlsx")}, 422)["code"] == "desk_local_gone"
    refused = entered.ask("POST", "/api/local", {"path": str(folder)}, 422)
    assert refused["code"] in ("desk_local_gone", "desk_local_kind")  # Windows opens no folder
    assert entered.work()._uploads == {}


def test_a_path_is_no_way_in(entered, staffed):
    """Without the key, from another page, or by an address nothing is read."""
    path = staffed.leads("D001", "一.xlsx", [lead("甲公司")])
    body = f'{{"path": "{path}"}}'.encode()
    for way in (
        {"Authorization": None},
        {"Authorization": "Bearer x"},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": None},
        {"Host": "evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
    ):
        assert entered.raw("POST", "/api/local", body, **way)[0] == 403
    assert entered.raw("GET", "/api/local?path=/x.xlsx")[0] == 405
    assert entered.work()._uploads == {}


def test_the_mark_of_an_open_desk_says_nothing():
    """Any page on the disk could run it: it holds neither port nor token, and is gone with the desk."""
    mark = state_folder(os.environ) / "desk_open.js"
    with desk.opened():
        assert mark.read_bytes() == b""
    assert not mark.exists()


def test_a_desk_that_closes_leaves_the_way_into_a_later_one():
    """Two that are open at once: the later one is led to, until it closes."""
    folder = state_folder(os.environ)
    with ExitStack() as later:
        with desk.opened() as first:
            second = later.enter_context(desk.opened())
            assert first.entrance.port != second.entrance.port
        assert second.entrance.address in (folder / "desk.html").read_text(encoding="utf-8")
        assert (folder / "desk_open.js").exists()
    assert not (folder / "desk.html").exists() and not (folder / "desk_open.js").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_it_opens_without_a_console(tmp_path):
    """As the link at logon starts it: pythonw has no streams to write to."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = "import sys; sys.stdout = sys.stderr = None; from workbench.interfaces.cli import main; sys.exit(main(['desk', '--no-browser']))"
    process = subprocess.Popen([sys.executable, "-P", "-B", "-c", code], cwd=tmp_path, env=environment)
    page = Path(state_folder(os.environ)) / "desk.html"
    waiting = threading.Event()
    try:
        for _ in range(240):
            if page.exists() or process.poll() is not None:
                break
            waiting.wait(0.25)
        assert page.exists() and process.poll() is None
    finally:
        process.terminate()
        assert process.wait(60) == 0
