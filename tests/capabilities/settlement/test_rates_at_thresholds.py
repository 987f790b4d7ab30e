"""Rates just below and just on a threshold stand on their own side of it in amounts, reports, colours and sentences (D1, D12)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from workbench.capabilities.contracts import conversion_report
from workbench.capabilities.settlement import explaining, outlook, settlement_report
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.capabilities.settlement.settlement import quarter_at, settlement_of
from workbench.capabilities.targets import targets_report
from workbench.platform.register.facts import Facts

SENT, ANSWERED = datetime(2026, 1, 6, 9), datetime(2026, 1, 7, 9)
# unit → (vehicles sought, picked up) of its one project, or valid leads for a target in January
PROJECTS = {"D001": (5003, 2001), "D002": (10, 4), "D003": (10000, 3999), "D004": (5003, 2002)}
COUNTS = {"B001": (11, 10), "B002": (1999, 2000), "B003": (1099, 1000), "B004": (20, 20), "B005": (1100, 1000)}
SHOWN = {"B001": "110.0%", "B002": "99.95%", "B003": "109.9%", "B004": "100.0%", "B005": "110.0%"}


def leads() -> list[dict]:
    """One lead of each dealer and as many as they count of each department, each of a customer of its own."""
    wanted = [(unit, quantity) for unit, (quantity, _) in PROJECTS.items()]
    wanted += [(unit, 3) for unit, (count, _) in COUNTS.items() for _ in range(count)]
    rows = []
    for number, (unit, quantity) in enumerate(wanted, 1):
        at = datetime(2026, 1, 5, 9) + timedelta(seconds=number)
        times = dict.fromkeys(("filed_at", "received_at", "ranked_at"), at)
        place = {"province": "安徽省", "city": "芜湖市", "category": "政府采购", "phone_key": f"k{number}"}
        own = {"lead": number, "version": 1, "number": f"DK202601-{number:05d}", "reporter": unit, "quantity": quantity}
        row = {**own, **times, **place, "file": f"{unit}.xlsx", "row": number, "customer": f"{number}号单位"}
        rows.append({**row, "reported_on": "2026-01-05", "customer_key": row["customer"]})
    return rows


@pytest.fixture(scope="module")
def book():
    """The first quarter, seen in April; every lead is a project."""
    reported = leads()
    numbers = {row["reporter"]: row["lead"] for row in reversed(reported)}
    answer = {"section": "S001", "at": ANSWERED, "verdict": "有效", "expires_on": "2026-12-31", "person": "王政"}
    line = {"month": "2026-01", "signed_on": "2026-01-20", "at": datetime(2026, 2, 2, 9), "file": "合同.xlsx"}
    facts = Facts.of(
        units=synthetic.units(),
        leads=reported,
        dispatches=[{"batch": 1, "lead": row["lead"], "section": "S001", "at": SENT} for row in reported],
        feedback=[{"lead": row["lead"], **answer, "file": "反馈.xlsx", "row": row["row"]} for row in reported],
        contracts=[
            {
                **line,
                "contract": f"HT-{unit}",
                "lead": numbers[unit],
                "unit": unit,
                "quantity": sought,
                "picked_up": taken,
                "row": place,
            }
            for place, (unit, (sought, taken)) in enumerate(PROJECTS.items(), 6)
        ],
        targets=[
            {
                "unit": unit,
                "month": "2026-01",
                "amount": target,
                "kind": "分解",
                "at": datetime(2025, 12, 20),
                "file": "目标.xlsx",
                "cell": "E5",
            }
            for unit, (_, target) in COUNTS.items()
        ],
        returns=[{"month": "2026-01", "at": line["at"], "file": "合同.xlsx"}],
    )
    return synthetic.book(facts, synthetic.AFTER)


def displayed(cell) -> str:
    """A rate as its cell's number format shows it."""
    places = re.fullmatch(r"#?,?#*0(?:\.(0+))?%(?:;.*)?", cell.number_format)
    assert places, cell.number_format
    return f"{cell.value:.{len(places[1] or '')}%}"


def coloured(sheet, cell) -> set[str]:
    """Which of the rules of a sheet's rates a cell meets: >= or <."""
    met = set()
    for area in sheet.conditional_formatting:
        if cell.coordinate not in area.sqref:
            continue
        for rule in area.rules:
            for test, number in re.findall(r"(>=|<)([0-9.]+)", "".join(rule.formula or ())):
                if cell.value >= float(number) if test == ">=" else cell.value < float(number):
                    met.add(test)
    return met


def rates(path, sheet: str, title: str, names=None) -> dict[str, tuple[str, set[str]]]:
    """Unit → a rate as shown, and the colours' rules it meets; ``names``: of the units, where these stand in the table."""
    names = names or {unit: unit for unit in {**PROJECTS, **COUNTS}}
    table = load_workbook(path, data_only=True)[sheet]
    lines = list(table.iter_rows())
    top = next(n for n, line in enumerate(lines) if title in [str(cell.value).replace("\n", "") for cell in line])
    column = [str(cell.value).replace("\n", "") for cell in lines[top]].index(title)
    found = {}
    for line in lines[top + 1 :]:
        unit = next((names[cell.value] for cell in line if cell.value in names), None)
        if unit and isinstance(line[column].value, int | float):
            found[unit] = (displayed(line[column]), coloured(table, line[column]))
    return found


def said(told) -> str:
    """All that explanations say, their parts included."""
    texts = [text for each in told for text in (*(step.text for step in each.steps), each.instead(), said(each.parts))]
    return " ".join(texts)


def test_amounts_are_on_the_right_side(book):
    """4 of 10 and 2002 of 5003 earn, 39.996 % and 39.99 % do not; 110 % is one step, 109.9 % and 99.95 % are none."""
    paid = {
        line.party: line.amount for line in settlement_of(book, "2026Q1").lines if line.clause in ("7.1.1", "7.2.1")
    }
    assert paid == {"D002": 1000, "D004": 1000, "B001": 200, "B005": 200}


def test_the_report_on_targets(book, tmp_path):
    """Green from 100 % on, and no less is shown as 100 %."""
    path = tmp_path / "月报.xlsx"
    targets_report.write(targets_report.view(book, "2026-01"), path)
    found = rates(path, "部门完成情况", "完成率")
    assert {unit: shown for unit, (shown, _) in found.items()} == SHOWN
    assert {unit for unit, (_, met) in found.items() if met == {">="}} == {"B001", "B003", "B004", "B005"}
    names = {unit["name"]: unit["code"] for unit in synthetic.units()}
    ranked = rates(path, "名次", "本月完成率", names)
    assert {unit: shown for unit, (shown, _) in ranked.items()} == SHOWN


def test_the_conversion_report(book, tmp_path):
    """Green from the rate of 7.1.1 on."""
    path = tmp_path / "转化率.xlsx"
    conversion_report.write(conversion_report.view(book, "2026-01"), path)
    found = rates(path, "按提报单位", "累计转化率")
    assert {unit: found[unit] for unit in PROJECTS} == {
        "D001": ("39.996%", set()),
        "D002": ("40.0%", {">="}),
        "D003": ("39.99%", set()),
        "D004": ("40.02%", {">="}),
    }


def test_the_colours_follow_the_rate_in_force(book, tmp_path):
    """With 50 % from the year's beginning on nothing is green."""
    fifty = book.policy.with_parameters(datetime(2026, 1, 1).date(), dealer_conversion_rate=Fraction(1, 2))
    assert conversion_report.view(synthetic.book(book.facts, synthetic.AFTER, fifty), "2026-01").reached == Fraction(
        1, 2
    )


def test_sentences(book):
    """Explanations, statements of progress and functions for cells never round onto the threshold."""
    for unit, about in {"D001": "39.996%", "D003": "39.99%"}.items():
        texts = said(explaining.of_quarter(book, unit, "2026Q1"))
        assert about in texts and not re.search(r"约 ?(?:40|100|110)%", texts)
    for unit, (count, target) in COUNTS.items():
        texts = said(explaining.of_quarter(book, unit, "2026Q1"))
        assert SHOWN[unit].removesuffix("%").removesuffix(".0") in texts, unit
        assert count * 10 == target * 10 or "100%，" not in texts
    kind, on = "经销商", datetime(2026, 3, 31).date()
    assert outlook.pick_ups_sentence(5003, 2001, kind, on, book.policy).startswith("再提车 1 台即达 40%")
    assert outlook.pick_ups_sentence(10, 4, kind, on, book.policy).startswith("已达 40%")
    assert outlook.leads_sentence(1999, 2000, on, book.policy).startswith("再有 201 条有效信息即达 110%")


def test_the_settlement(book, tmp_path):
    """The sheets of departments and lines, and the statements of what is missing."""
    path = tmp_path / "核算.xlsx"
    settlement_report.write(settlement_report.view(book, "2026Q1"), path)
    assert {unit: shown for unit, (shown, _) in rates(path, "部门奖励", "完成率").items()} == SHOWN
    texts = [
        str(cell.value)
        for sheet in load_workbook(path).worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value
    ]
    assert not [text for text in texts if re.search(r"约 ?(?:40|100|110)(?:\.0+)?%", text)]
    progress = QuarterProgress(quarter_at(book.facts, book.states, "2026Q1", book.as_of, book.policy, {}))
    short = progress.projects[progress.projects["party"].isin(PROJECTS)].set_index("party")["short"]
    assert short.to_dict() == {"D001": 1, "D002": 0, "D003": 1, "D004": 0}
