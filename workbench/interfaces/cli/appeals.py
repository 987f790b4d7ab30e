"""`workbench appeals …`: appeals against settled amounts, listed and decided (T14)."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app import clock
from workbench.app.context import read_time
from workbench.app.output import print_json
from workbench.app.session import open_session

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="申诉：列出已受理的《奖惩申诉表》各笔，作出裁定。")

At = Annotated[str | None, typer.Option("--at", metavar="时间", help="按此时间记录（ISO 8601），默认当前时间。")]
Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]


@app.command("list")
def list_(json: Json = False) -> int:
    """列出申诉及其裁定；有待裁定的，退出码为 1。"""
    from workbench.capabilities.settlement.appeals import OPEN, appeals

    with open_session() as session:
        table = appeals(session)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    if json:
        print_json(rows)
    else:
        for row in rows:
            if row["outcome"] == OPEN:
                words = f"应于 {row['decide_by']:%Y-%m-%d} 前裁定"
            else:
                words = "维持原核算" if row["amount"] is None else f"应核 {row['amount']} 元"
            line = f"{row['quarter']} {row['clause']} {row['party']} {row['ref']}"
            amounts = f"核算 {row['settled']} 元，主张 {row['claimed']} 元"
            print(f"{row['number']}\t{line}\t{amounts}\t{row['outcome']}\t{words}")
    return 1 if (table["outcome"] == OPEN).any() else 0


@app.command()
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
    from workbench.capabilities.settlement.appeals import rule

    with open_session() as session:
        given = rule(session, number, outcome, read_time(at) or clock.now(), reason, amount)
    print(f"{number}：{outcome}，" + ("维持原核算。" if given is None else f"该笔应核 {given} 元，差额列入以后季度。"))
    return 0
