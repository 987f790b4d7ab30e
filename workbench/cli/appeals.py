"""`workbench settlement …` after approval: payments acknowledged, appeals listed and decided."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli import edge

Quarter = Annotated[str, typer.Argument(metavar="季度", help="如 2026Q1。")]
At = Annotated[str | None, typer.Option("--at", metavar="时间", help="按此时间记录（ISO 8601），默认当前时间。")]
Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]


def appeals(json: Json = False) -> int:
    """列出申诉及其裁定；有待裁定的，退出码为 1。"""
    from workbench.desk.appeals import OPEN, appeals

    with edge.session() as session:
        table = appeals(session)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    if json:
        edge.print_json(rows)
    else:
        for row in rows:
            due = f"应于 {row['decide_by']:%Y-%m-%d} 前裁定" if row["outcome"] == OPEN else f"应核 {row['amount']} 元"
            words = due if row["outcome"] == OPEN or row["amount"] is not None else "维持原核算"
            line = f"{row['quarter']} {row['clause']} {row['party']} {row['ref']}"
            print(
                f"{row['number']}\t{line}\t核算 {row['settled']} 元，主张 {row['claimed']} 元\t{row['outcome']}\t{words}"
            )
    return 1 if (table["outcome"] == OPEN).any() else 0


def rule(
    number: Annotated[str, typer.Argument(metavar="申诉编号")],
    outcome: Annotated[str, typer.Argument(metavar="裁定", help="成立、部分成立、不成立。")],
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="裁定理由。")],
    amount: Annotated[
        int | None, typer.Option("--amount", metavar="元", help="部分成立时该笔应核的金额（处罚为负数）。")
    ] = None,
    at: At = None,
) -> int:
    """裁定申诉：改变金额的，差额列入下一个未批准的季度，不改原账。"""
    from workbench.desk.appeals import rule

    with edge.session() as session:
        given = rule(session, number, outcome, edge.moment(at) or edge.now(), reason, amount)
    print(f"{number}：{outcome}，" + ("维持原核算。" if given is None else f"该笔应核 {given} 元，差额列入以后季度。"))
    return 0


COMMANDS = (pay, payments, appeals, rule)
