"""What was typed where a value is kept in clear is nowhere in the register, whatever became of the row."""

from __future__ import annotations

import re

import pytest

from tests.support.office import PASSPHRASE, lead
from tests.support.raw_reading import cells
from tests.support.vault import Vault
from workbench.platform.register.keys import unlock

TYPED = {
    "客户名称": "江城公交刘主任",
    "区县": "139-8765-4321",
    "信息来源": "联系人：张晓明",
    "需求车型": "轿车13987654321",
}


@pytest.mark.parametrize("title", TYPED)
def test_no_table_holds_it(staffed, title):
    """Every cell of every table, read with the file key alone; the row comes back and its correction is taken in."""
    rows = [lead("江城物流"), {**lead("江城公交"), title: TYPED[title]}]
    got = staffed.receive(staffed.leads("D001", "一.xlsx", rows), "2026-01-05T09:00:00")
    assert (got["accepted"], got["returned"]) == (1, 1)
    path = staffed.folder / "登记册.db"
    found = [str(value) for *_, value in cells(Vault(path, unlock(path, None, PASSPHRASE)[1]))]
    assert any("芜湖市" in cell for cell in found)  # what is kept in clear is found so
    assert not [cell for cell in found if "刘主任" in cell or "张晓明" in cell or "87654321" in re.sub(r"\D", "", cell)]
    again = staffed.receive(staffed.leads("D001", "二.xlsx", [lead("江城公交")]), "2026-01-05T10:00:00")
    assert (again["accepted"], again["returned"]) == (1, 0)
