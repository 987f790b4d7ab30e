"""`workbench watch …` and `workbench inspections …`: unusual uses of customer information, findings and their correction."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import print_json, print_rows, say, text_for
from workbench.app.session import open_session
from workbench.interfaces.cli.params import Json

Month = Annotated[str, typer.Option("--month", metavar="MONTH")]


def observations(month: Month, json: Json = False) -> int:
    """List a month's unusual uses, and what was said about them; exit code 1 while one is not answered."""
    from workbench.capabilities.supervision.watching import observations

    with open_session() as session:
        found = observations(session, month).to_dict("records")
    if json:
        print_json(
            [
                {
                    **one,
                    "day": one["day"].isoformat(),
                    "text": one["text"].text(common.lang),
                    "answered_at": one["answered_at"] and one["answered_at"].isoformat(),
                }
                for one in found
            ]
        )
    elif not found:
        say("watch/none", month=month)
    else:
        rows = []
        for one in found:
            answered = one["answered_by"] is not None
            said = text_for("watch/answered" if answered else "watch/open", by=one["answered_by"], reason=one["reason"])
            rows.append((one["number"], one["text"].text(common.lang), said))
        print_rows(("number", "what", "state"), rows)
    return int(any(one["answered_by"] is None for one in found))


def answer(
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
) -> int:
    """Say that an unusual use was looked at, and why it is right or not; nobody answers his own."""
    from workbench.capabilities.supervision.watching import answer

    with open_session() as session:
        answer(session, number, reason)
        by = session.user
    say("pair", name=number, value=text_for("watch/answered", by=by, reason=reason))
    return 0


def findings(json: Json = False) -> int:
    """List what inspections found, open ones first; exit code 1 while one is overdue."""
    from workbench.capabilities.supervision.inspections import findings

    with open_session() as session:
        rows = findings(session)
    rows = rows.astype(object).where(rows.notna(), None)
    found = rows.to_dict("records")
    if json:
        times = ("correct_by", "corrected_on", "inspected_on", "at")
        print_json([{**row, **{name: row[name] and row[name].isoformat() for name in times}} for row in found])
    elif not found:
        say("inspections/none")
    else:
        lines = []
        for row in found:
            key = "inspections/overdue" if row["overdue"] else "inspections/due"
            state = text_for(key, day=row["correct_by"].date()) if row["open"] else row["outcome"]
            lines.append((row["number"], row["subject"], row["problem"], row["responsible"], state))
        print_rows(("number", "subject", "problem", "responsible", "state"), lines, "—")
    return int(any(row["overdue"] for row in found))


def prepare(
    month: Annotated[str, typer.Argument(metavar="MONTH")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER")] = Path("."),
) -> int:
    """Write a month's inspection form, filled with unanswered unusual uses, missing backups and open corrections."""
    from workbench.capabilities.supervision.prepared_inspection import prepare

    with open_session() as session:
        path = prepare(session, month, out)
    print(path)
    return 0
