"""An office with a fresh encrypted register for every test that asks for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.office import PASSPHRASE, Office
from workbench.platform.forms.write import build_blanks


@pytest.fixture(scope="session")
def blanks(tmp_path_factory) -> Path:
    """The blank official workbooks, built once."""
    folder = tmp_path_factory.mktemp("模板")
    build_blanks(folder)
    return folder


@pytest.fixture
def office(tmp_path, blanks, monkeypatch, capsys) -> Office:
    """A register and its first user, made by the command itself."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    monkeypatch.delenv("WORKBENCH_USER", raising=False)
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path, blanks, capsys)
    office.run("init")
    return office


@pytest.fixture
def staffed(office) -> Office:
    """An office whose directory of units is in the register."""
    office.receive(office.units(), "2026-01-02T09:00:00", code=0)
    return office
