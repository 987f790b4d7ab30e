"""An approved quarter with amounts to appeal against, and T14 as it comes in."""

from __future__ import annotations

from datetime import datetime

from tests.support.office import Office, lead

TITLES = ("所属季度", "条款", "奖惩对象", "编号", "申诉类型", "主张金额(元)", "申诉理由")
LATE = ("2026Q1", "7.3.2b", "郑策", "2026-03-10", "不应处罚", 0, "当日停电，已于次日补发")


def appeal(office: Office, name: str, rows: list[tuple], at: str = "2026-04-13") -> dict:
    """Import a T14; the receipt."""
    file = office.file(
        "奖惩申诉表",
        name,
        {"申诉人": "郑策", "单位代码": "S000", "申诉日期": datetime.fromisoformat(at)},
        [dict(zip(TITLES, row, strict=True)) for row in rows],
    )
    return office.receive(file, f"{at}T09:00:00")


def played(office: Office) -> Office:
    """One lead in February and nothing done: three registers and six publications are missed."""
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-02-05T09:00:00", code=0)
    return office


def lines(office: Office, quarter: str, as_of: str) -> dict:
    """Amounts by clause, party, ref and the quarter they adjust."""
    found = office.ask("settle", quarter, "--as-of", as_of, code=0)["lines"]
    return {(line["clause"], line["party"], line["ref"], line["adjusts"]): line["amount"] for line in found}


def codes(receipt: dict) -> list[tuple]:
    """What was said, and where."""
    return [(finding["code"], finding["cell"]) for finding in receipt["findings"]]
