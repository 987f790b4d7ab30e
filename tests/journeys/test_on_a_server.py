"""The quarter of the main job, played on a file and on a server: the same statuses, counts, amounts and workbooks."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.first_quarter import play_quarter
from tests.support.fixtures.postgres import PostgresServer
from tests.support.office import PASSPHRASE, Office
from workbench.platform.register import key_file, moving
from workbench.platform.register.keys import unlock
from workbench.platform.register.store import Register

pytestmark = pytest.mark.slow
ASKED = (
    ("leads",),
    ("settle", "2026Q1", "--as-of", "2026-04-10T18:00:00"),
    ("statement", "D001", "--period", "2026-01", "--as-of", "2026-04-10T18:00:00"),
)


def at_a_server(folder: Path, url: str) -> Path:
    """A file that stands for a register on a server, where an office looks for its register."""
    folder.mkdir()
    (folder / "登记册.db").write_text(url)
    return folder / "登记册.db"


def test_the_same_play_gives_the_same(first_quarter: Office, postgres: PostgresServer, tmp_path, monkeypatch, capsys):
    """Every command of the quarter, once more on a server."""
    expected = [first_quarter.ask(*arguments, code=None) for arguments in ASKED]
    folder = tmp_path / "服务器"
    place = at_a_server(folder, postgres.url(postgres.database()))
    monkeypatch.setenv("WORKBENCH_REGISTER", str(place))
    monkeypatch.chdir(folder)
    office = Office(folder, first_quarter.blanks, capsys)
    office.run("init")
    office.receive(office.units(), "2026-01-02T09:00:00", code=0)
    play_quarter(office)
    assert [office.ask(*arguments, code=None) for arguments in ASKED] == expected
    office.run("audit", "verify")


def test_the_same_rows_give_the_same_workbooks(first_quarter: Office, postgres: PostgresServer, tmp_path, monkeypatch):
    """A register and its copy on a server: the report's workbook is the same, byte for byte."""
    place = at_a_server(tmp_path / "服务器", postgres.url(postgres.database()))
    here = first_quarter.folder / "登记册.db"
    _, keys = unlock(here, None, PASSPHRASE)
    with Register.open(here, keys) as register:
        moving.make_room(place)
        moving.copy(register, place)
    key_file.write(place, key_file.read(here), keys.file)
    made = []
    for path in (here, place):
        monkeypatch.setenv("WORKBENCH_REGISTER", str(path))
        out = tmp_path / f"报告{len(made)}"
        first_quarter.run("report", "conversion", "--period", "2026-01", "--as-of", "2026-04-03", "--out", out)
        (workbook,) = out.rglob("*.xlsx")
        made.append(sha256(workbook.read_bytes()).hexdigest())
    assert made[0] == made[1]
