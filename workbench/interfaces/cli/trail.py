"""`workbench audit …` and `workbench reveal`: the trail, and the one way to see personal data in full."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_lines, print_rows, say, say_error, text_for
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.core.files import write_whole
from workbench.core.texts import escaped_json
from workbench.interfaces.cli.params import Json


def verify(
    anchor: Annotated[
        list[str] | None,
        typer.Option("--anchor", metavar="HEAD"),
    ] = None,
    json: Json = False,
) -> int:
    """Verify the audit trail: alterations, gaps, swapped entries and cut tails are named."""
    from workbench.platform.access.trail import missed_anchors, verify
    from workbench.platform.documents.anchors import read_anchors

    # a damaged trail, or one that was exchanged, is to be told of by the verification itself
    with open_session(remind=False, remembers=False) as session:
        proof = verify(session, [*read_anchors(anchor or [], session.register.keys), *missed_anchors(session)])
    if json:
        print_json(
            {
                "entries": proof.entries,
                "head": proof.head,
                "anchors": list(proof.anchors),
                "breaches": [{**each, "message": each["message"].text(common.lang)} for each in proof.breaches],
                "skipped": list(proof.skipped),
            }
        )
    else:
        for breach in proof.breaches:
            print(f"[{breach['code']}] {breach['message'].text(common.lang)}")
        key = "trail/breached" if proof.breaches else "trail/whole"
        say(key, entries=proof.entries, anchors=len(proof.anchors), breaches=len(proof.breaches))
        say("trail/head", head=proof.head)
    for source in proof.skipped:
        say_error("other_registers_head", source=source)
    return 1 if proof.breaches else 0


def trust(reason: Annotated[str, typer.Option("--reason", metavar="CHECKED")]) -> int:
    """Go on with a register that is not the one this machine saw last, or an earlier state of it."""
    with open_session(remind=False, trusted=reason):
        say("trusted")
    return 0


def show(
    by: Annotated[str | None, typer.Option("--by", metavar="USER")] = None,
    action: Annotated[str | None, typer.Option("--action", metavar="ACTION")] = None,
    lead: Annotated[str | None, typer.Option("--lead", metavar="LEAD")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="CUSTOMER")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME")] = None,
    json: Json = False,
) -> int:
    """Show the audit trail: who did what, and when."""
    from workbench.platform.access.trail import show

    with open_session() as session:
        table = show(
            session,
            by=by,
            action=action,
            lead=lead,
            customer=customer,
            since=read_time(since),
            until=read_time(until, end_of_day=True),
            lang=common.lang,
        )
    if json:
        times = {name: table[name].dt.strftime("%Y-%m-%dT%H:%M:%S") for name in ("at", "recorded_at")}
        print_json(table.assign(**times).to_dict("records"))
    else:
        rows = []
        for row in table.itertuples():
            dated = text_for("trail/dated", at=row.at) if row.back_dated else ""
            moment = f"{row.recorded_at:%Y-%m-%d %H:%M:%S}{dated}"
            rows.append((row.entry, moment, row.user, row.word, row.summary))
        print_rows(("entry", "recorded", "user", "act", "summary"), rows)
    return 0


def head(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
) -> int:
    """Note the head of the trail: by it a register that is cut or put back later is found out."""
    from workbench.platform.access.trail import head

    with open_session() as session:
        text = json_module.dumps(head(session), ensure_ascii=False, indent=1)
    return keep(text, out)


def keep(text: str, out: Path | None) -> int:
    """Print what is to be noted elsewhere, or write it whole to a file."""
    if out is None:
        print_lines(escaped_json(text))
        return 0
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, text + "\n")
    except OSError:
        raise WrongUse("not_written", out=out) from None
    print(out)
    return 0


def reveal(
    number: Annotated[str, typer.Argument(metavar="LEAD|FILE/ROW")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="REASON")] = None,
    json: Json = False,
) -> int:
    """Show the contact of a lead: masked, or in full with a reason, which is kept in the trail."""
    from workbench.capabilities.leads.personal_data import FIELDS, masked, reveal

    with open_session() as session:
        opened = masked(session, number) if reason is None else reveal(session, number, reason)
    if json:
        print_json({"number": number, **opened})
    else:
        for field in opened:
            if field in FIELDS:
                say(f"personal/{field}", value=opened[field] or "")
            else:  # a column that was added to a template, by its title
                say("pair", name=field, value=opened[field])
    return 0
