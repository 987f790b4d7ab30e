"""Moving a register between a file and a server: who may, what is refused beforehand, what is told."""

from __future__ import annotations

import getpass

import pytest

from tests.support.fixtures.postgres import PostgresServer
from tests.support.office import lead
from workbench.platform.register import stored_files

pytestmark = pytest.mark.slow


def test_a_register_is_made_on_a_server_by_the_command_that_makes_any(office, postgres: PostgresServer, monkeypatch):
    """In an empty database, by its owner; made once, and worked in as one in a file."""
    monkeypatch.setenv("WORKBENCH_REGISTER", postgres.url(postgres.database()))
    office.run("init")
    office.receive(office.units(), "2026-01-02T09:00:00", code=0)
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    office.run("init", code=2)
    assert [row["customer"] for row in office.ask("leads")] == ["江城客运公司"]
    office.run("audit", "verify")


def test_a_register_moves_by_command_and_is_worked_in_there(staffed, postgres: PostgresServer, monkeypatch):
    """There, a day's work, and back: leads, trail and users are the same; the former places open no more."""
    url = postgres.url(postgres.database())
    before = staffed.ask("leads")
    staffed.run("move", url)
    staffed.run("leads", code=2)
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    assert staffed.ask("leads") == before
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", "井台上的月亮又圆了 eight")
    staffed.run("users", "add", "文员", "--role", "clerk")
    monkeypatch.setenv("WORKBENCH_USER", getpass.getuser())
    staffed.run("audit", "verify")
    staffed.run("backup", "--to", staffed.folder / "备份")
    staffed.run("backup", "test", "--to", staffed.folder / "备份")
    staffed.run("rotate", code=2)
    assert "workbench move" in staffed.said
    back = staffed.folder / "迁回.db"
    staffed.run("move", back)
    staffed.run("leads", code=2)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(back))
    monkeypatch.setenv("WORKBENCH_USER", "文员")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "井台上的月亮又圆了 eight")
    staffed.run("leads")
    staffed.run("move", url, code=2)  # a clerk may not
    assert back.exists()


def test_both_places_of_a_kind_are_no_move(staffed):
    """Whoever wants a file elsewhere copies a backup."""
    staffed.run("move", staffed.folder / "别处.db", code=2)
    assert not (staffed.folder / "别处.db").exists()
    staffed.run("leads")


def test_a_register_with_originals_stays_a_file(staffed, postgres: PostgresServer, monkeypatch):
    """They lie beside the file, where no server would find them."""
    monkeypatch.setattr(stored_files, "known", lambda register: ["one"])
    staffed.run("move", postgres.url(postgres.database()), code=2)
    staffed.run("leads")


@pytest.mark.parametrize(
    "code", ["postgresql://clerk:secret@127.0.0.1/x", "postgresql://clerk@db.example.com/x?sslmode=require"]
)
def test_an_address_that_may_not_be_is_refused_by_every_command(staffed, monkeypatch, code: str):
    """Before anything is sent, and without the password in the sentence or the log."""
    for arguments in (("--register", code, "leads"), ("move", code)):
        staffed.run(*arguments, code=2)
        assert "secret" not in staffed.said


def test_a_move_that_is_refused_is_not_in_the_trail(staffed, postgres: PostgresServer):
    """Only a register that was moved says so, at its new place."""
    url = postgres.url(postgres.database())
    with staffed.opened():
        staffed.run("move", url, code=2)
    assert "关闭" in staffed.said or "打开" in staffed.said
    assert [each["action"] for each in staffed.ask("audit", "show") if each["action"] == "move"] == []
    staffed.run("move", url)
    shown = staffed.ask("--register", url, "audit", "show")
    assert [each["action"] for each in shown][-1:] == ["move"]


def test_a_backup_is_not_restored_onto_a_server(staffed, postgres: PostgresServer):
    """The way there is said: to a file, then by a move."""
    staffed.run("backup", "--to", staffed.folder / "备份")
    (made,) = (staffed.folder / "备份").glob("*.wbk")
    place = staffed.folder / "服务器.server"
    place.write_text(postgres.url(postgres.database()) + "\n")
    for there in (place, postgres.url(postgres.database())):
        staffed.run("restore", made, "--to", there, code=2)
        assert "workbench move" in staffed.said
