"""月度目标分解与完成情况: targets, completion, ranks and forecast against a count by hand."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from workbench.capabilities.targets import targets_report as targets
from workbench.platform.register.facts import Facts

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def view(quarter):
    return targets.view(quarter, "2026-03")


def by_hand(facts, states, month):
    """Unit → original, target, total, valid of one month."""
    rows = {}
    for number in range(1, 13):
        unit = f"B{number:03d}"
        given = [t for t in facts.targets.to_dict("records") if t["unit"] == unit and t["month"] == month]
        own = [lead for lead in states.to_dict("records") if lead["reporter"] == unit]
        rows[unit] = {
            "original": next(t["amount"] for t in given if t["kind"] == "分解"),
            "target": max(given, key=lambda t: t["at"])["amount"],
            "total": sum(f"{lead['received_at']:%Y-%m}" == month for lead in own),
            "valid": sum(lead["counts_in"] == month for lead in own),
        }
    return rows


def test_each_department_as_counted_by_hand(view, quarter, quarter_facts):
    """Original and adjusted target, total and counted leads; gap and rate follow from them."""
    expected = by_hand(quarter_facts, quarter.states, "2026-03")
    rows = {row["unit"]: row for row in view.month.to_dict("records")}
    assert {unit: {key: row[key] for key in expected[unit]} for unit, row in rows.items()} == expected
    for row in rows.values():
        assert row["gap"] == row["target"] - row["valid"]
        assert row["rate"] == (Fraction(row["valid"], row["target"]) if row["target"] else None)
    assert (rows["B003"]["original"], rows["B003"]["target"]) == (4, 6)


def test_year_to_date_and_forecast(view, quarter, quarter_facts):
    """Three months added up; the forecast spreads what is counted over the days of the year."""
    months = [by_hand(quarter_facts, quarter.states, f"2026-0{m}") for m in (1, 2, 3)]
    for row in view.month.to_dict("records"):
        valid = sum(month[row["unit"]]["valid"] for month in months)
        assert row["ytd_valid"] == valid
        assert row["ytd_target"] == sum(month[row["unit"]]["target"] for month in months)
        assert row["forecast"] in (valid * 365 // 90, -(-valid * 365 // 90))
    whole = int(Fraction(int(view.month["ytd_valid"].sum()) * 365, 90) + Fraction(1, 2))
    assert view.month["forecast"].sum() == whole  # the cover says the same as the sum of the table
    assert f"预测 {whole}（" in view.figures[3].note
    assert view.figures[3].value == Fraction(whole, int(view.month["year_target"].sum()))


def test_the_range_is_the_weakest_and_the_strongest_month_for_the_rest_of_the_year(view, quarter, quarter_facts):
    """By hand: what is counted, and the other 275 days at the daily rate of the worst or best month, rounded outward."""
    months = [by_hand(quarter_facts, quarter.states, f"2026-0{m}") for m in (1, 2, 3)]
    for row in view.month.to_dict("records"):
        rates = [Fraction(month[row["unit"]]["valid"], days) for month, days in zip(months, (31, 28, 31), strict=True)]
        low, high = (row["ytd_valid"] + rate * 275 for rate in (min(rates), max(rates)))
        assert row["low"] == min(row["forecast"], low // 1)
        assert row["high"] == max(row["forecast"], -(-high // 1))
    assert any("余下 275 天" in note for note in view.notes)


def test_what_is_not_in_the_report_is_said(view, quarter):
    """Invalid leads of departments, and all leads of dealers."""
    states = quarter.states[quarter.states["received_at"].dt.strftime("%Y-%m") == "2026-03"]
    dealers = (states["reporter_kind"] == "经销商").sum()
    invalid = ((states["reporter_kind"] == "部门") & (states["status"] == "无效")).sum()
    assert f"未列入：经销商提报的 {dealers} 条，目标只分解到部门（第4.2条）。" in view.notes
    assert any(note.startswith(f"未计入：{invalid} 条，无效") for note in view.notes)


def test_ranks_follow_the_rate_and_a_zero_target_has_none(view):
    """D17: a department without a target has no rate, no rank, and stands last."""
    rates = [rate for rate in view.month["rate"] if rate is not None]
    assert rates == sorted(rates, reverse=True)
    last = view.month.iloc[-1]
    assert (last["unit"], last["rate"]) == ("B012", None)
    assert view.month["rank"].isna().sum() == 1
    assert any("区域十二部" in note and "D17" in note for note in view.notes)


def test_the_matrix_leaves_the_months_to_come_open(view, tmp_path):
    """Targets for the whole year, counted leads only through the month."""
    targets.write(view, tmp_path / "目标.xlsx")
    sheet = load_workbook(tmp_path / "目标.xlsx")["月度矩阵"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=7)]
    assert [row[2] for row in rows] == ["目标", "有效", "完成率"]
    assert all(value is not None for value in rows[0][3:])
    assert all(value is not None for value in rows[1][3:6])
    assert rows[1][6:15] == [None] * 9
    assert all(value in (None, "") for value in rows[2][6:15])


def test_live_totals_have_the_right_values(view, tmp_path, recalculate):
    """The total row's formulas, their stored values and LibreOffice's agree with the frames."""
    targets.write(view, tmp_path / "目标.xlsx")
    row = 5 + len(view.month)
    for path in (tmp_path / "目标.xlsx", recalculate(tmp_path / "目标.xlsx")):
        cells = [cell.value for cell in load_workbook(path, data_only=True)["部门完成情况"][row]]
        assert cells[5:8] == [view.month[key].sum() for key in ("target", "total", "valid")]
        assert cells[9] == pytest.approx(view.month["valid"].sum() / view.month["target"].sum())


def test_no_departments_and_no_targets(tmp_path):
    """Nothing at all is said in words, and the rates are undefined."""
    view = targets.view(synthetic.book(Facts.of(), datetime(2026, 4, 3)), "2026-03")
    targets.write(view, tmp_path / "空.xlsx")
    assert load_workbook(tmp_path / "空.xlsx")["部门完成情况"]["A5"].value == "没有部门，也没有目标。"
    assert view.figures[0].value is None
    assert "本月没有收到部门提报的信息。" in view.notes


def test_a_month_still_running_is_marked(quarter_facts):
    """In mid-month the report says that it is provisional and counts the days gone."""
    view = targets.view(synthetic.book(quarter_facts, datetime(2026, 3, 16, 12)), "2026-03")
    assert view.notes[0] == "本月尚未结束，以下为截至 2026-03-16 12:00 的情况。"
    assert any("已过 75 天" in note for note in view.notes)


def test_names_and_leaders_are_those_of_the_month(quarter_facts):
    """A department that changed its name and deputy GM in April: March as it was, April as it is, the year of each."""
    old = quarter_facts.units[quarter_facts.units["code"] == "B001"].iloc[[-1]]
    changed = old.assign(name="新一部", leader="新副总", since=pd.Timestamp("2026-04-02"))
    facts = quarter_facts.replace(units=pd.concat([quarter_facts.units, changed], ignore_index=True))
    was = (old["name"].iloc[0], old["leader"].iloc[0])
    for month, expected in (("2026-03", was), ("2026-04", ("新一部", "新副总"))):
        view = targets.view(synthetic.book(facts, datetime(2026, 5, 3)), month)
        row = view.month.set_index("unit").loc["B001"]
        assert (row["name"], row["leader"]) == expected
        assert set(view.matrix.loc[view.matrix["unit"] == "B001", "name"]) == {expected[0]}
