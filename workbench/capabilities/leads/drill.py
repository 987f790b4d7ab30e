"""The leads behind a number of a report, and the tables of the development plan that lead to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from workbench.capabilities.leads import development_report as report
from workbench.capabilities.leads import holdings
from workbench.capabilities.leads.development import STEPS
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.organization.directory import names_on
from workbench.platform.reporting.drill import Drill, Records, Row
from workbench.platform.reporting.parts import Column

COLUMNS = (
    Column("number", "信息编号", 16, "center", total="合计"),
    Column("customer", "客户", 28),
    Column("category", "客户类别", 22),
    Column("place", "地区", 14),
    Column("reporter_name", "提报单位", 26),
    Column("quantity", "标的量\n(台)", 8, "int", "sum"),
    Column("received_at", "接收时间", 16, "time"),
    Column("status", "状态", 9, "center"),
    Column("clause", "条款", 8, "center"),
    Column("counts_in", "计入月份", 10, "center"),
)


def leads_behind(
    snapshot: Snapshot,
    found: pd.DataFrame,
    on: date,
    value: pd.Series | int = 1,
    title: str = "",
    *,
    explained: bool = False,
) -> Records:
    """The leads of ``found`` (index lead) with what each adds to the number; ``title`` heads that column where it is no count.

    Reporters and their names are those of the end of the day ``on``.
    """
    names = names_on(snapshot.facts.units, on)
    rows = holdings.on(snapshot.states.loc[found.index], on)
    rows = rows.assign(
        place=rows["province"] + rows["city"],
        reporter_name=rows["reporter"].map(names).fillna(rows["reporter"]),
        value=value,
    )
    rows = rows.sort_values("number", ignore_index=True)[[*(column.key for column in COLUMNS), "value"]]
    columns = (*COLUMNS, Column("value", title, 9, "int", "sum")) if title else COLUMNS
    return Records(rows, columns, "number", explained)


def development(snapshot: Snapshot, period: str, view: report.View) -> tuple[Drill, ...]:
    """Projects lead to their own explanation, counts to the leads."""
    day = date.fromisoformat(period)
    ids = pd.Series(snapshot.states.index, index=snapshot.states["number"])
    plan = view.plan.set_index(ids.reindex(view.plan["number"]).to_numpy())

    def finder(by: str) -> Callable[[Row, str], Records]:
        def find(row: Row, column: str) -> Records:
            part = plan[plan[by] == row[by]]
            if column != "projects":
                part = part[part["soon"]] if column == "soon" else part[part["step"] == column]
            return leads_behind(snapshot, part, day)

        return find

    def project(row: Row, column: str) -> Records:
        return leads_behind(snapshot, plan[plan["number"] == row["number"]], day, explained=True)

    numbers = frozenset({"projects", "soon", *STEPS})
    return (
        Drill("在办项目", view.plan, report.PLAN, frozenset({"quantity"}), project),
        Drill("按科室", view.sections, report.SECTIONS, numbers, finder("section_name")),
        Drill("按客户类别", view.categories, report.CATEGORIES, numbers, finder("category")),
    )
