"""The workbook of a statement: what to do on the first page, the leads, projects, returned rows and money behind it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from workbench.capabilities.leads.status import Status
from workbench.capabilities.statements.statement import Statement
from workbench.platform.reporting.cover import COLUMNS, cover
from workbench.platform.reporting.parts import Column
from workbench.platform.reporting.sheets import Area, ReportWorkbook

LEADS = (
    Column("number", "信息编号", 17, "center", total="合计"),
    Column("customer", "客户名称", 28),
    Column("category", "客户类别", 16),
    Column("model", "需求车型", 13),
    Column("quantity", "标的量\n(台)", 8, "int", "sum"),
    Column("received_at", "接收时间", 17, "time"),
    Column("status", "状态", 9, "center"),
    Column("reason", "原因和依据", 44),
    Column("counts_in", "计入月份", 10, "center"),
    Column("todo", "请贵单位", 40),
)
PROJECTS = (
    Column("number", "信息编号", 17, "center", total="合计"),
    Column("project", "项目编号", 15, "center"),
    Column("customer", "客户名称", 28),
    Column("quantity", "标的量\n(台)", 8, "int", "sum"),
    Column("status", "状态", 9, "center"),
    Column("expires_on", "到期日期", 12, "date"),
    Column("contract_quantity", "合同量\n(台)", 8, "int", "sum"),
    Column("picked_up", "累计提车\n(台)", 9, "int", "sum"),
    Column("todo", "下一步", 40),
    Column("missing", "距奖励还差", 40),
)
RETURNED = (
    Column("file", "文件", 14),
    Column("received_on", "接收时间", 17, "time"),
    Column("row", "行", 6, "center"),
    Column("cell", "单元格", 9, "center"),
    Column("message", "问题和办法", 70),
    Column("clause", "条款", 8, "center"),
    Column("correct_by", "保留原次序的\n补正期限", 14, "date"),
)
LINES = (
    Column("clause", "条款", 9, "center", total="合计"),
    Column("title", "奖惩事项", 24),
    Column("ref", "编号", 18, "center"),
    Column("adjusts", "调整自", 9, "center"),
    Column("amount", "金额(元)", 11, "yuan", "sum"),
    Column("basis", "依据和计算", 74),
)


def notes_of(statement: Statement) -> tuple[str, ...]:
    """What the figures mean, and what is not in them."""
    lines = [
        "本期按登记的接收时间统计；在办项目不论何时提报，均列至数据日。标的量、合同量、提车量单位为台，金额单位为元。",
        "条数与《信息提报情况通报》同一口径：有效为经业务科室确认的，含其后已立项、签约、到期的；处理中为已接收、待复核、待甄别的。",
        "本季奖惩只列以本单位为对象的各笔；对个人的处罚由公司另行告知本人。",
    ]
    if statement.appeal_by:
        lines.append(
            f"申诉：对已批准的金额有异议的，在 {statement.appeal_by} 以前填报所附《奖惩申诉表》，一行一笔；不申诉的各行留空。"
        )
    elif not statement.approved:
        lines.append("申诉：金额批准后方可申诉，届时的对账单附预填的《奖惩申诉表》。")
    lines.append("本对账单只含本单位的信息，不含联系人和联系方式，请勿转给其他单位。")
    return tuple(lines)


def write(statement: Statement, path: Path | IO[bytes]) -> None:
    """Write the workbook to a path or a stream; the same statement gives the same bytes."""
    with ReportWorkbook(path, statement.stamp) as workbook:
        front, row = cover(workbook, "对账单", statement.figures)
        row = workbook.notes(front, row, statement.said, COLUMNS, "要点")
        workbook.notes(front, row, notes_of(statement), COLUMNS)
        sheet, area = _table(workbook, "本期信息", LEADS, statement.leads, "本期提报的信息", "本期没有提报的信息。")
        for word in (Status.INVALID, Status.DUPLICATE, Status.HELD):
            workbook.word_colour(sheet, area, "status", word)
        _table(workbook, "在办项目", PROJECTS, statement.projects, "在办项目", "没有在办的项目。")
        _table(
            workbook,
            "退回",
            RETURNED,
            statement.returned,
            "退回后尚未补正的行",
            "没有退回后尚未补正的行。",
        )
        heading = f"{statement.quarter} 奖惩明细（{statement.stage}）"
        _table(workbook, "本季奖惩", LINES, statement.lines, heading, "本季度没有以本单位为对象的奖惩。")


def _table(
    workbook: ReportWorkbook, name: str, columns: tuple[Column, ...], frame: pd.DataFrame, heading: str, empty: str
) -> tuple[Worksheet, Area]:
    sheet = workbook.sheet(name, [column.width for column in columns], heading)
    return sheet, workbook.table(sheet, 3, columns, frame, empty=empty)
