"""`workbench appeals …`: appeals against settled amounts, listed and decided (T14)."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app import clock
from workbench.app.context import read_time
from workbench.app.output import print_json
from workbench.app.session import open_session
from workbench.interfaces.cli.params import At, Json


def list_(json: Json = False) -> int:
    """List appeals and their rulings; exit code 1 while one is open."""
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


def rule(
    number: Annotated[str, typer.Argument(metavar="APPEAL")],
    outcome: Annotated[str, typer.Argument(metavar="RULING")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    amount: Annotated[int | None, typer.Option("--amount", metavar="YUAN")] = None,
    at: At = None,
) -> int:
    """Rule on an appeal: where the amount changes, the difference goes into the next quarter that is not approved;
    the settled quarter stays.
    """
    from workbench.capabilities.settlement.appeals import rule

    with open_session() as session:
        given = rule(session, number, outcome, read_time(at) or clock.now(), reason, amount)
    print(f"{number}：{outcome}，" + ("维持原核算。" if given is None else f"该笔应核 {given} 元，差额列入以后季度。"))
    return 0
