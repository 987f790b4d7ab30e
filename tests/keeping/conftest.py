"""The office of the desk's tests, with slots that open at once; what a guess costs is measured elsewhere."""

from __future__ import annotations

import pytest

from tests.desk.conftest import blanks, office, staffed  # noqa: F401 - fixtures
from workbench.register import keys, slots
from workbench.register.keys import Cost


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Slots that open at once."""
    monkeypatch.setattr(keys, "Cost", lambda: Cost(memory=32, passes=1, lanes=1))
    monkeypatch.setattr(slots, "Cost", lambda: Cost(memory=32, passes=1, lanes=1))
