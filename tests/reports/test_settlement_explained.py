"""逐笔说明 of 季度奖惩核算报告: every line in sentences, with its cells and with what would change it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from workbench.reports import settlement
from workbench.reports.settlement_explained import EXPLAINED, MOST, SHEET, largest


@pytest.fixture(scope="module")
def view(quarter):
    return settlement.view(quarter, "2026Q1")


def test_every_line_is_explained_once(view):
    """In the order of the line sheet, with the same amounts."""
    columns = ["no", "clause", "party", "ref", "amount"]
    assert view.explained[columns].values.tolist() == view.lines[columns].values.tolist()
    assert len(view.explained) > 100


def test_a_line_is_told_down_to_its_cells(view):
    """The clause with its number and edition, readings, the amount in the computation, and files with row and cell."""
    for row in view.explained.to_dict("records"):
        assert row["rule"].startswith(f"第{row['clause']}条")
        assert "DKHW080004 第4版" in row["rule"]
        assert re.fullmatch(r"D\d+(、D\d+)*", row["readings"])
        assert f"{abs(row['amount'])} 元" in row["why"]
        if row["clause"] != "7.3.2b":  # nothing was published, so no file says so
            assert re.search(r"\.xlsx《.+》第\d+行|\.xlsx《.+》", row["source"]), row["ref"]
        assert row["otherwise"].startswith("若")


def test_what_earns_is_counted_in_the_sentence(view):
    """The computation in words is that of the line's own numbers."""
    lines = view.lines.set_index("no")
    for row in view.explained[view.explained["clause"] == "7.1.1"].to_dict("records"):
        line = lines.loc[row["no"]]
        assert f"{line['part']}÷{line['whole']}" in row["why"]


def test_the_page_shows_those_of_most_money(view):
    """The largest amounts first, rewards and penalties alike."""
    shown = largest(view.explained)
    assert len(shown) == MOST
    amounts = [abs(amount) for amount in shown["amount"]]
    assert amounts == sorted(amounts, reverse=True)
    assert min(amounts) >= sorted(map(abs, view.explained["amount"]))[-MOST]


def test_the_sheet_holds_them_all(view, tmp_path: Path):
    """Wrapped text under its titles, one row a line and the total."""
    settlement.write(view, tmp_path / "核算.xlsx")
    sheet = load_workbook(tmp_path / "核算.xlsx")[SHEET]
    assert [cell.value for cell in sheet[4]] == [column.title for column in EXPLAINED]
    assert sheet.max_row == 4 + len(view.explained) + 1
    why = next(cell for cell in sheet[5] if cell.column_letter == "H")
    assert why.value == view.explained["why"].iloc[0]
    assert why.alignment.wrap_text
