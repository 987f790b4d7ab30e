"""目标分解方案比较: the scenarios of a year's targets side by side, beside what the year before brought (4.2.1)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.core.file_names import sheet_name
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import COLUMNS, cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, mark, ratio
from workbench.platform.reporting.sheets import Area, ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.targets.planning import Plan

TITLE = "目标分解方案比较"
MONTHS = tuple(f"m{month}" for month in range(1, 13))
SHOWN = 4  # scenarios in a chart


def write(plan: Plan, path: Path) -> None:
    """The workbook: cover with charts, departments, months, then one sheet per scenario."""
    first, words = date(plan.year, 1, 1), mark(plan.simulated)
    stamp = Stamp(TITLE, f"{plan.year}年", first, plan.as_of, plan.edition, plan.head, words)
    departments, months = _departments(plan), _months(plan)
    with ReportWorkbook(path, stamp) as workbook:
        front, row = cover(workbook, "封面", _figures(plan))
        sign_off(workbook, front, workbook.notes(front, row + TALL, _notes(plan), COLUMNS))
        heads = _heads(plan, [Column("code", "部门代码", 10, "center", total="合计"), Column("name", "部门名称", 24)])
        by_department = _sheet(workbook, "按部门", "各部门全年目标", heads, departments)
        heads = _heads(plan, [Column("month", "月份", 12, "center", total="合计")])
        by_month = _sheet(workbook, "按月份", "各月目标（全部部门）", heads, months)
        for number in range(len(plan.scenarios)):
            _scenario(workbook, plan, number)
        shown = [(f"s{number}", scenario.name) for number, scenario in enumerate(plan.scenarios[:SHOWN])]
        place(
            front,
            row,
            0,
            chart(workbook, "column", "各部门全年目标", by_department, "name", shown, labels=len(shown) == 1),
            496,
            290,
        )
        place(front, row, 6, chart(workbook, "line", "各月目标", by_month, "month", shown, labels=False), 496, 290)


def _figures(plan: Plan) -> tuple[Figure, ...]:
    totals = [scenario.total for scenario in plan.scenarios]
    known = [count for months in plan.last.values() for count in months if count is not None]
    largest, least = max(totals), min(totals)
    return (
        Figure("全年目标", plan.scenarios[0].total, note=f"方案“{plan.scenarios[0].name}”"),
        Figure("方案", len(totals), note=f"全年目标 {least:,}" + (f" 至 {largest:,}" if largest != least else "")),
        Figure("部门", len(plan.departments), note="在用部门"),
        Figure(
            f"{plan.year - 1}年有效",
            sum(known) if known else "—",
            note=f"各部门，完整月份 {len(known) // max(1, len(plan.last))} 个",
        ),
    )


def _notes(plan: Plan) -> list[str]:
    lines = [
        f"方案“{scenario.name}”（{scenario.total:,}）：{''.join(map(str, scenario.notes))}"
        for scenario in plan.scenarios
    ]
    others = sorted(set(plan.in_force) - set(plan.departments["code"]))
    if others:
        lines.append(
            f"未列入：已停用或不在名录中但 {plan.year} 年已有目标的单位 {len(others)} 个：{'、'.join(others)}。"
        )
    if plan.in_force:
        lines.append(f"{plan.year} 年目标已经下达，各方案为调整：原因“{plan.reason}”，批准人 {plan.approver}。")
    lines.append("本表只供比较；选定的方案以同时生成的《各部门全年及各月目标信息量分解调整表》导入后生效。")
    return lines


def _heads(plan: Plan, first: list[Column]) -> list[Column]:
    heads = [*first, Column("last", f"{plan.year - 1}年\n有效", 11, "int", "sum")]
    if plan.in_force:
        heads.append(Column("in_force", "现行\n目标", 11, "int", "sum"))
    base = plan.scenarios[0].name
    for number, scenario in enumerate(plan.scenarios):
        width = max(11, 2.2 * len(scenario.name))
        heads += [
            Column(f"s{number}", f"{scenario.name}\n目标", width, "int", "sum"),
            Column(f"r{number}", "占比", 9, "rate"),
        ]
        if number:
            heads.append(Column(f"d{number}", f"比“{base}”", max(12, 2.2 * len(base) + 6), "gap", "sum"))
    return heads


def _measures(plan: Plan, amounts: list[int], last: int | None, in_force: int) -> dict[str, object]:
    """One row's numbers: ``amounts`` are those of the scenarios in order."""
    row: dict[str, object] = {"last": last, "in_force": in_force}
    for number, (scenario, amount) in enumerate(zip(plan.scenarios, amounts, strict=True)):
        row |= {f"s{number}": amount, f"r{number}": ratio(amount, scenario.total), f"d{number}": amount - amounts[0]}
    return row


def _departments(plan: Plan) -> pd.DataFrame:
    rows = []
    for code, name in zip(plan.departments["code"], plan.departments["name"], strict=True):
        known = [count for count in plan.last[code] if count is not None]
        amounts = [sum(scenario.table[code]) for scenario in plan.scenarios]
        measures = _measures(plan, amounts, sum(known) if known else None, sum(plan.in_force.get(code, [])))
        rows.append({"code": code, "name": name, **measures})
    return _frame(rows)


def _months(plan: Plan) -> pd.DataFrame:
    rows = []
    for place_, month in enumerate(range(1, 13)):
        counts = [months[place_] for months in plan.last.values()]
        last = None if None in counts else sum(count for count in counts if count is not None)
        amounts = [sum(months[place_] for months in scenario.table.values()) for scenario in plan.scenarios]
        in_force = sum(months[place_] for months in plan.in_force.values())
        rows.append({"month": f"{month}月", **_measures(plan, amounts, last, in_force)})
    return _frame(rows)


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, dtype=object)
    return frame.astype({"last": "Int64"})


def _sheet(workbook: ReportWorkbook, name: str, heading: str, heads: list[Column], frame: pd.DataFrame) -> Area:
    sheet = workbook.sheet(name, [column.width for column in heads], heading)
    area = workbook.table(sheet, 3, heads, frame, empty="没有部门。", filtered=False)
    for key in area.columns:
        if key[0] == "s" and key[1:].isdigit():
            workbook.bars(sheet, area, key)
    return area


def _scenario(workbook: ReportWorkbook, plan: Plan, number: int) -> None:
    """A scenario's whole table: departments by month, with live sums."""
    scenario = plan.scenarios[number]
    heads = [
        Column("code", "部门代码", 10, "center", total="合计"),
        Column("name", "部门名称", 22),
        Column("year", "全年\n目标", 9, "int", "sum"),
        *(Column(key, f"{key[1:]}月", 7.5, "int", "sum") for key in MONTHS),
    ]
    rows = [
        {
            "code": code,
            "name": name,
            "year": sum(scenario.table[code]),
            **dict(zip(MONTHS, scenario.table[code], strict=True)),
        }
        for code, name in zip(plan.departments["code"], plan.departments["name"], strict=True)
    ]
    name = sheet_name(f"方案{number + 1} {scenario.name}")
    sheet = workbook.sheet(name, [column.width for column in heads], f"方案“{scenario.name}”：全年 {scenario.total:,}")
    area = workbook.table(sheet, 3, heads, pd.DataFrame(rows, dtype=object), empty="没有部门。", filtered=False)
    workbook.shades(sheet, area, "m1", "m12")
    workbook.notes(sheet, area.last + 3, [str(note) for note in scenario.notes], len(heads))
