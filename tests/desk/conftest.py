"""An office with a fresh encrypted register for every test that asks for one."""

from __future__ import annotations

import pytest

from tests.desk.office import PASSPHRASE, Office


@pytest.fixture
def office(tmp_path, monkeypatch, capsys) -> Office:
    """Blanks, a register and its first user, made by the commands themselves."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    monkeypatch.delenv("WORKBENCH_USER", raising=False)
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path, capsys)
    office.run("init")
    office.run("templates", "--out", tmp_path / "模板")
    return office


@pytest.fixture
def staffed(office) -> Office:
    """An office whose directory of units is in the register."""
    office.receive(office.units(), "2026-01-02T09:00:00", code=0)
    return office
