"""The office of the desk's tests, with slots that open at once; what a guess costs is measured elsewhere."""

from __future__ import annotations

import pytest

from tests.desk.conftest import blanks, office, staffed  # noqa: F401 - fixtures
from tests.desk.office import Office
from tests.keeping.ledger import Ledger
from tests.register.vault import PASSPHRASE, USER, Vault
from workbench.platform.register import slots


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Slots that open at once."""
    cheap = slots.Cost(memory=32, passes=1, lanes=1)
    monkeypatch.setattr(slots, "Cost", lambda: cheap)


@pytest.fixture
def ledger(tmp_path, monkeypatch, capsys) -> Ledger:
    """A register of three imports, two leads each."""
    vault = Vault.make(tmp_path / "登记册.db", 3)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(vault.path))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_USER", USER)
    monkeypatch.chdir(tmp_path)
    return Ledger(vault, Office(tmp_path, tmp_path, capsys))
