"""`workbench appeals …`: appeals against settled amounts, listed and decided (T14)."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.context import time_recorded
from workbench.app.output import print_json, print_rows, say, text_for
from workbench.app.session import open_session
from workbench.interfaces.cli.params import At, Json


def list_(json: Json = False) -> int:
    """List appeals and their rulings; exit code 1 while one is open."""
    from workbench.capabilities.settlement.appeal_rules import OPEN
    from workbench.capabilities.settlement.appeals import appeals

    with open_session() as session:
        table = appeals(session)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    if json:
        print_json(rows)
    else:
        lines = []
        for row in rows:
            if row["outcome"] == OPEN:
                ruling = text_for("appeal/decide_by", decide_by=row["decide_by"])
            else:
                stands = row["amount"] is None
                ruling = text_for("appeal/stands" if stands else "appeal/amount", amount=row["amount"])
            line = f"{row['quarter']} {row['clause']} {row['party']} {row['ref']}"
            amounts = text_for("appeal/amounts", settled=row["settled"], claimed=row["claimed"])
            lines.append((row["number"], line, amounts, row["outcome"], ruling, row["grounds"]))
        print_rows(("number", "line", "amounts", "outcome", "ruling", "grounds"), lines)
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
        given = rule(session, number, outcome, time_recorded(at), reason, amount)
    say("appeal/ruled" if given is None else "appeal/ruled_anew", number=number, outcome=outcome, amount=given)
    return 0
