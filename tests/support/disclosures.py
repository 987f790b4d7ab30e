"""T12 as it comes in, and what a disclosure note and the trail hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.support.office import Office

NOW = datetime(2026, 1, 8, 10, 30)
CONTACT, PHONE, TITLE = "张联系", "13900001111", "设备科长"
ROW = {
    "申请编号": "PL2026-001",
    "披露对象": "江城市公安局经侦支队",
    "披露依据": "客户同意",
    "依据文件": "同意披露函（2026年1月5日）",
    "披露用途": "核实采购合同",
    "披露内容": "联系方式",
    "有效期至": datetime(2026, 2, 28),
    "备注": "电话已核对 13711112222",
}


def asked(office: Office, *rows: dict[str, Any], name: str = "披露.xlsx", applicant: str = "周正") -> dict[str, Any]:
    """T12 as the clerk brings it in; a row is for the lead with consent where it names none."""
    numbers = {row["customer"]: row["number"] for row in office.ask("leads")}
    filled = [{**ROW, "信息编号": numbers["江城客运公司"], **row} for row in rows]
    header = {"申请单位代码": "B001", "申请人": applicant, "申请日期": datetime(2026, 1, 6)}
    return office.receive(office.file("客户信息披露申请表", name, header, filled), "2026-01-06T09:00:00")


def other(office: Office) -> str:
    """The number of the lead without consent."""
    return office.by_customer()["滨江物流集团"]["number"]


def cells(path: Path) -> dict[str, str]:
    """Label → value of a disclosure note."""
    found: dict[str, str] = {}
    for line in load_workbook(path).active.iter_rows(values_only=True):
        for label, value in ((line[0], line[1]), (line[2], line[3])):
            if label and value:
                found[label] = value
    return found


def actions(become) -> list[str]:
    """What the trail holds of disclosures, refusals included."""
    rows = become("审计员").ask("audit", "show", code=0)
    return [row["action"] for row in rows if row["action"].startswith("disclosure") or row["action"] == "refused"]
