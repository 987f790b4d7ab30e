"""A report of a month that is past names units, leaders and holders as they were at its end, whatever became of them since."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pandas as pd
import pytest

from tests.support import synthetic
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.lookup import Lookup
from workbench.platform.access.session import enter
from workbench.platform.register.facts import Facts
from workbench.platform.reporting.registry import find

RENAMED, SUCCEEDED = datetime(2026, 2, 10, 9), datetime(2026, 3, 10, 9)
HOLDERS = {"B003": 1, "B002": 2, "D005": 3, "D006": 4}  # unit → its lead


def facts() -> Facts:
    """B003 and D005 report in January, are renamed in February and go over to B002 and D006 in March."""
    units = synthetic.units()
    for code, heir in (("B003", "B002"), ("D005", "D006")):
        old = next(unit for unit in units if unit["code"] == code)
        units.append({**old, "name": f"新{old['name']}", "leader": "新副总", "since": RENAMED})
        units.append({**units[-1], "state": "停用", "successor": heir, "since": SUCCEEDED})
    place = {
        "province": "安徽省",
        "city": "芜湖市",
        "category": "政府采购",
        "reported_on": "2026-01-05",
        "quantity": 12,
    }
    reported = []
    for unit, lead in HOLDERS.items():
        at = datetime(2026, 1, 5, 9) + timedelta(minutes=lead)
        own = {"lead": lead, "version": 1, "number": f"DK202601-{lead:05d}", "reporter": unit, "phone_key": f"k{lead}"}
        name = {"customer": f"客户{lead}", "customer_key": f"客户{lead}", "file": f"{unit}.xlsx", "row": 8}
        reported.append({**own, **name, **place, **dict.fromkeys(("filed_at", "received_at", "ranked_at"), at)})
    answer = {"section": "S001", "at": datetime(2026, 1, 7, 9), "verdict": "有效", "expires_on": "2026-12-31"}
    line = {"month": "2026-01", "quantity": 12, "signed_on": "2026-01-20", "at": datetime(2026, 2, 2, 9)}
    return Facts.of(
        units=units,
        leads=reported,
        dispatches=[
            {"batch": 1, "lead": n, "section": "S001", "at": datetime(2026, 1, 6, 9)} for n in HOLDERS.values()
        ],
        feedback=[{"lead": n, **answer, "file": "反馈.xlsx", "row": n} for n in HOLDERS.values()],
        contracts=[
            {**line, "contract": f"HT-{unit}", "lead": n, "unit": unit, "picked_up": n, "file": "合同.xlsx", "row": n}
            for unit, n in HOLDERS.items()
        ],
        targets=[
            {"unit": unit, "month": f"2026-0{month}", "amount": 2, "kind": "分解", "at": datetime(2025, 12, 20)}
            | {"file": "目标.xlsx", "cell": "E5"}
            for unit in ("B002", "B003")
            for month in (1, 2, 3)
        ],
        returns=[{"month": "2026-01", "at": line["at"], "file": "合同.xlsx"}],
    )


@pytest.fixture(scope="module")
def book():
    """Seen in April."""
    return synthetic.book(facts(), synthetic.AFTER)


def behind(book, alias: str, period: str, title: str, unit: str, column: str) -> list[tuple[str, str]]:
    """Number and reporter's name of the leads behind a unit's count in a report."""
    report = find(alias)
    view = report.view(book, period)
    drill = next(each for each in report.drill_tables(book, period, view) if each.title == title)
    key = "unit" if "unit" in drill.rows else "reporter"
    (place,) = [n for n, code in enumerate(drill.rows[key]) if code == unit]
    rows = drill.behind(place, column).rows
    return list(zip(rows["number"].str[-1], rows["reporter_name"], strict=True))


@pytest.mark.parametrize(
    ("month", "name", "leader"),
    [("2026-01", "区域三部", "李副总"), ("2026-02", "新区域三部", "新副总"), ("2026-03", None, None)],
)
def test_the_report_on_targets(book, month, name, leader):
    """Its row stands under the name and with the leader of that month; after the succession the target is the heir's."""
    rows = find("targets").view(book, month).month.set_index("unit")
    january = month == "2026-01"
    if name is None:
        assert rows.at["B002", "target"] == 4
    else:
        assert (rows.at["B003", "name"], rows.at["B003", "leader"]) == (name, leader)
        assert (rows.at["B003", "valid"], rows.at["B003", "target"]) == (int(january), 2)
    if january:
        assert behind(book, "targets", month, "本月各部门", "B003", "valid") == [("1", name)]


@pytest.mark.parametrize(
    ("month", "found"),
    [("2026-01", {"D005": 3, "D006": 4}), ("2026-02", {"D005": 3, "D006": 4}), ("2026-03", {"D006": 7})],
)
def test_the_conversion_report(book, month, found):
    """Projects stand with who had them at the month's end."""
    rows = find("conversion").view(book, month).tables["按提报单位"].set_index("reporter")
    mine = rows.loc[[unit for unit in ("D005", "D006") if unit in rows.index]]
    assert mine["picked_up_to_date"].to_dict() == found
    if "D005" in found:
        old = next(unit["name"] for unit in synthetic.units() if unit["code"] == "D005")
        shown = old if month == "2026-01" else f"新{old}"
        assert rows.at["D005", "name"] == shown
        assert behind(book, "conversion", month, "按提报单位", "D005", "picked_up_to_date") == [("3", shown)]


def test_functions_for_cells_say_what_the_reports_of_the_periods_do(tmp_path, monkeypatch):
    """Valid leads, targets, completion and conversion of a past month are those of who had them then; of a quarter at its end."""
    monkeypatch.setenv("WORKBENCH_STATE", str(tmp_path / "state"))
    path = synthetic.register(tmp_path / "登记册.db", facts(), synthetic.PASSPHRASE)
    with enter(path, "clerk", synthetic.PASSPHRASE, load_policy(), synthetic.AFTER) as session:
        heirs = [
            {"code": code, "successor": heir, "since": SUCCEEDED} for code, heir in (("B003", "B002"), ("D005", "D006"))
        ]
        with session.transaction("import", synthetic.AFTER) as entry:
            entry.append("succession", pd.DataFrame(heirs))
        asked = Lookup(session)
        assert [asked.valid(unit, "2026-01") for unit in ("B002", "B003", "D005", "D006")] == [1, 1, 1, 1]
        assert [asked.target(unit, month) for month in ("2026-01", "2026-03") for unit in ("B002", "B003")] == [
            2,
            2,
            4,
            None,
        ]
        assert asked.completion("B003", "2026-01") == Fraction(1, 2)
        assert [asked.valid(unit, "2026Q1") for unit in ("B002", "B003", "D005", "D006")] == [2, 0, 0, 2]
        assert asked.quarter("2026Q1")["B002"]["counted"] == 2
        assert [asked.conversion(unit, "2026-01") for unit in ("D005", "D006")] == [Fraction(3, 12), Fraction(4, 12)]
        assert asked.conversion("D006", "2026Q1") == Fraction(7, 24)
