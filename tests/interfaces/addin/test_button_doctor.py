"""The button 诊断: the whole installation in a new workbook, what is wrong first; a locked register stays locked."""

from __future__ import annotations

import pytest

from tests.support.desktop import excel
from tests.support.person import press
from workbench.app import settings, unlock
from workbench.app.options import common
from workbench.interfaces.addin import sheets
from workbench.interfaces.addin.buttons_doctor import HEADS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]


def pressed() -> tuple[list[str], str, list[list[str]]]:
    """What was told, the line on where the commands are, and the lines of the list."""
    app = excel()
    told = press("doctor", app.books.add())
    page = list(app.books)[-1].sheets[0]
    return told, page.range("A2").value, sheets.list_rows(page, len(HEADS))


def test_an_unlocked_register_is_looked_at_inside(unlocked_quarter):
    """Faults first, each with its reason and way out; commands are named with the folder they are in."""
    told, where, lines = pressed()
    faults = [line for line in lines if line[1] == "问题"]
    assert faults and lines[: len(faults)] == faults and all(line[3] and line[4] for line in faults)
    assert any("登记册完整" in line[2] and line[1] == "正常" for line in lines)
    assert f"{len(faults)} 项有问题" in told[0]
    assert "命令在 " in where
    assert unlock.status()


def test_a_locked_register_is_looked_at_from_outside(first_quarter, standing_clock):
    """Also where its passphrase is at hand."""
    settings.keep(register=str(first_quarter.folder / "登记册.db"))
    _, _, lines = pressed()
    assert any("没有打开" in line[2] for line in lines) and not any("登记册完整" in line[2] for line in lines)
    assert unlock.status() is None


def test_without_a_register_the_rest_is_looked_at(monkeypatch):
    """Nothing remembered, nothing named."""
    monkeypatch.setattr(common, "register", None)
    _, _, lines = pressed()
    assert any("没有指定登记册" in line[2] for line in lines) and len(lines) > 10
