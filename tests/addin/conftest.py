"""The office of the desk's tests, slots that open at once, and nothing left unlocked between two tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.desk.conftest import blanks, office, staffed  # noqa: F401 - fixtures
from tests.desk.office import CLOCK, PASSPHRASE, Office
from tests.desk.test_main_job import play_quarter
from tests.keeping.conftest import quick  # noqa: F401 - fixture
from workbench.interfaces.addin import unlock


@pytest.fixture(autouse=True)
def locked() -> Iterator[None]:
    """Every test begins and ends with a locked register."""
    unlock.lock()
    yield
    unlock.lock()


@pytest.fixture
def clock(monkeypatch):
    """The clock at the edge, standing still until it is set."""

    def put(moment=CLOCK) -> None:
        monkeypatch.setattr("workbench.app.clock.now", lambda: moment)

    put()
    return put


@pytest.fixture
def played(office, tmp_path_factory, clock) -> Office:  # noqa: F811
    """The register of the first quarter of 2026, unlocked in this process; played once, copied for each test."""
    kept = tmp_path_factory.getbasetemp() / "played"
    names = ["登记册.db", "登记册.db.keys"]
    if not kept.exists():
        office.receive(office.units(), "2026-01-02T09:00:00", code=0)
        play_quarter(office)
        kept.mkdir()
        for name in names:
            shutil.copy(office.folder / name, kept / name)
    for name in names:
        shutil.copy(kept / name, office.folder / name)
    unlock.unlock(office.folder / names[0], None, PASSPHRASE, CLOCK)
    return office


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """What the add-in remembers goes to a folder of the test."""
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path / "home")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"
