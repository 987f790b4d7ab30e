"""A small office with account managers, weekly sheets, services, sales and a named key account, for reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support import synthetic
from workbench.platform.register.facts import Facts, frame

BUS, SCHOOL, GROUP, FACTORY = "#901", "#902", "#903", "#904"
NAMES = {BUS: "江城客运公司", SCHOOL: "江城第一驾校", GROUP: "江城交通集团", FACTORY: "滨江造纸厂"}
MONDAY = datetime(2026, 3, 2)


def at(days: int, hour: int = 9) -> datetime:
    """An hour of a day counted from the Monday."""
    return MONDAY + timedelta(days=days, hours=hour)


def item(number: int, manager: str, day: int, kind: str, customer: str | None, **other: Any) -> dict[str, Any]:
    """A row of T7 that came on the next Monday at eight."""
    week = MONDAY + timedelta(days=day - day % 7)
    return {
        "number": f"FW{number:06d}",
        "unit": "S002",
        "manager": manager,
        "week": week,
        "row_id": f"r{number:04d}",
        "happened_on": MONDAY + timedelta(days=day),
        "kind": kind,
        "customer_key": customer,
        "customer": NAMES.get(customer or ""),
        "content": f"{kind}情况{number}",
        "churn": kind == "离网倾向",
        "breach": False,
        "at": week + timedelta(days=7, hours=8),
        "file": f"周报{manager}{week:%m%d}.xlsx",
        "row": 6 + number,
        **other,
    }


def sheet(manager: str, week: int, came: datetime) -> dict[str, Any]:
    """That a sheet came."""
    return {"unit": "S002", "manager": manager, "week": at(7 * week, 0), "at": came, "file": f"{manager}{week}.xlsx"}


def sale(month: str, customer: str, twenties: int, row: int) -> dict[str, Any]:
    """A row of T18, in twenties of yuan."""
    own = {"customer_key": customer, "customer": NAMES[customer], "amount_fen": 2000 * twenties}
    return {"month": month, **own, "at": at(31), "file": f"销售额{month}.xlsx", "row": row}


def flow_step(customer: str, step: str, day: int, row: int) -> dict[str, Any]:
    """A row of T19 about a step of the first version of a plan, received on the next day."""
    own = {"customer_key": customer, "customer": NAMES[customer], "version": 1, "step": step, "deed": "完成"}
    return {**own, "done_on": at(day, 0), "result": "已办", "at": at(day + 1), "file": "流程.xlsx", "row": row}


def profile(customer: str, **said: Any) -> dict[str, Any]:
    """A row of T8."""
    own = {"customer_key": customer, "customer": NAMES[customer], "unit": "S002", "department": "销售"}
    return {**own, "at": at(0), "file": "档案.xlsx", "row": 6, **said}


def facts() -> Facts:
    """The quarter of ``synthetic`` with what account managers, departments and finance add to it."""
    names = [("许走访", None), ("钱迟报", None), ("孙休假", None), ("李缺报", None)]
    people = [
        {
            "name": name,
            "unit": "S002",
            "post": "客户经理",
            "starts_on": "2025-06-01",
            "at": "2025-06-01",
            "file": "人员.xlsx",
        }
        for name, _ in names
    ]
    link = {"linked": True, "source": "档案", "at": at(0)}
    return synthetic.facts(leads=40, seed=3).replace(
        people=frame("people", [{**row, "row": number} for number, row in enumerate(people, 6)]),
        weekly_sheets=frame(
            "weekly_sheets",
            [
                sheet("许走访", 0, at(7, 8)),
                sheet("钱迟报", 0, at(7, 10)),
                sheet("许走访", 1, at(14, 9)),
            ],
        ),
        manager_leaves=frame(
            "manager_leaves",
            [{"name": "孙休假", "unit": "S002", "first": at(0, 0), "last": at(4, 0), "stands": True, "at": at(-3)}],
        ),
        weekly_items=frame(
            "weekly_items",
            [
                item(1, "许走访", 1, "走访", BUS),
                item(2, "许走访", 2, "投诉", BUS, owner="王政", action="加派人手"),
                item(3, "许走访", 3, "需求", SCHOOL),
                item(4, "钱迟报", 3, "离网倾向", FACTORY),
                item(5, "钱迟报", 4, "竞争", None, rival="对手一", breach=True),
                item(6, "钱迟报", 4, "市场", None),
                item(7, "许走访", 8, "投诉", SCHOOL, owner="冯行", due_on=at(20, 0)),
            ],
        ),
        service_steps=frame(
            "service_steps",
            [
                {
                    "number": "FW000002",
                    "state": "已办结",
                    "closed_on": at(10, 0),
                    "proof": "回访",
                    "cause": "服务",
                    "at": at(10),
                    "row": 6,
                },
                {"number": "FW000002", "state": "重新打开", "at": at(12), "row": 6},
                {
                    "number": "FW000007",
                    "state": "已办结",
                    "closed_on": at(18, 0),
                    "proof": "回访",
                    "at": at(18),
                    "row": 6,
                },
            ],
        ),
        service_flow_steps=frame(
            "service_flow_steps",
            [
                flow_step(BUS, "资产调查", -40, 6),
                flow_step(BUS, "需求会议", -10, 7),
            ],
        ),
        customer_profiles=frame(
            "customer_profiles",
            [
                profile(BUS, code="91340200MA2000001X", industry="客运", manager="许走访", filled="address contact"),
                profile(SCHOOL, manager="许走访", credit="优", settlement="月结"),
            ],
        ),
        customer_links=frame(
            "customer_links",
            [
                {
                    "customer_key": BUS,
                    "other": GROUP,
                    "other_name": NAMES[GROUP],
                    "kind": "上级单位",
                    **link,
                }
            ],
        ),
        sales_months=frame(
            "sales_months",
            [
                {"month": month, "total_fen": 2_000_000_00, "at": at(31), "file": f"销售额{month}.xlsx"}
                for month in ("2025-12", "2026-02", "2026-03")
            ],
        ),
        customer_sales=frame(
            "customer_sales",
            [
                sale("2025-12", BUS, 12_000, 6),
                sale("2025-12", FACTORY, 6_000, 7),
                sale("2026-02", BUS, 40_000, 6),
                sale("2026-03", BUS, 30_000, 6),
                sale("2026-03", SCHOOL, 31_000, 7),
                sale("2026-03", GROUP, 2_000, 8),
            ],
        ),
        customer_namings=frame(
            "customer_namings",
            [
                {
                    "customer_key": FACTORY,
                    "customer": NAMES[FACTORY],
                    "ground": "形象",
                    "since": at(5, 0),
                    "until": at(369, 0),
                    "stands": True,
                    "at": at(5),
                }
            ],
        ),
        manager_assessments=frame(
            "manager_assessments",
            [
                {
                    "quarter": "2026Q1",
                    "name": "许走访",
                    "unit": "S002",
                    "proposed": "80",
                    "verdict": "良好",
                    "at": at(31),
                }
            ],
        ),
    )
