"""`workbench disclosures …`: requests to disclose customer information, their decision, the hand-over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.output import print_json, print_rows, say, text_for
from workbench.app.session import open_session
from workbench.core.messages import Bilingual
from workbench.interfaces.cli.copies import as_json, copy_password, print_copies
from workbench.interfaces.cli.params import Json

Number = Annotated[str, typer.Argument(metavar="REQUEST")]


def list_(json: Json = False) -> int:
    """List requests for disclosure: recipient, basis, status, approval and hand-over."""
    from workbench.capabilities.privacy.disclosures import listed

    with open_session() as session:
        rows = listed(session).to_dict("records")
    if json:
        times = ("received_at", "decided_at", "last_handed_over_at")
        print_json([{**row, **{name: row[name] and row[name].isoformat() for name in times}} for row in rows])
    else:
        lines = []
        for row in rows:
            decided = f"{row['decided_by']} {row['decided_at']:%Y-%m-%d %H:%M}" if row["decided_by"] else "—"
            words = (
                row["number"],
                row["status"],
                row["lead"],
                row["recipient"],
                row["basis"],
                row["content"],
                text_for("disclosure/until", day=row["valid_until"]),
                decided,
                text_for("disclosure/handed_over", count=row["handed_over"]),
            )
            lines.append(words)
        names = ("number", "status", "lead", "recipient", "basis", "content", "valid_until", "decided", "handed_over")
        print_rows(names, lines)
    return 0


def decide(
    number: Number,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
) -> int:
    """Decide a request for disclosure; neither the applicant nor the person who took the request in may."""
    from workbench.capabilities.privacy.disclosures import decide

    with open_session() as session:
        status = decide(session, number, verdict, reason)
    say("pair", name=number, value=status)
    return 0


def hand_over(
    number: Number,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER")] = Path("披露"),
    protect: Annotated[bool, typer.Option("--protect")] = False,
    json: Json = False,
) -> int:
    """Hand over what was approved: writes the note; only after approval and while it is valid, each hand-over is
    recorded first. --protect: marked, under a password.
    """
    from workbench.capabilities.privacy.disclosures import TITLES, hand_over

    with open_session() as session:
        done = hand_over(session, number, out, protect=protect, password=copy_password(protect))
    if json:
        told = {"number": number, "file": str(done.path), "count": done.count, "fields": list(done.fields)}
        print_json({**told, **({} if done.copy is None else as_json(done.copy))})
    else:
        fields = [Bilingual(TITLES[name], name) for name in done.fields]
        say("disclosure/done", number=number, count=done.count, fields=fields, path=done.path)
        if done.copy is not None:
            print_copies([done.copy])
    return 0
