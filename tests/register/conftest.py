"""A register with four leads for every test that asks for one; the office of tests/desk for whole imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.conftest import blanks, office, staffed  # noqa: F401 - fixtures
from tests.register.vault import Vault


@pytest.fixture(scope="session")
def original(tmp_path_factory) -> Vault:
    """A register with two committed transactions; copied, never opened by a test itself."""
    return Vault.make(tmp_path_factory.mktemp("原件") / "登记册.db", pairs=2)


@pytest.fixture
def vault(original: Vault, tmp_path: Path) -> Vault:
    """A copy of the register to work on."""
    return original.copy(tmp_path / "副本")
