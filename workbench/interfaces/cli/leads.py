"""`workbench leads`, `review`, `decide`, `dispatch`: leads after they came in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import output_folder, read_time, time_recorded
from workbench.app.options import common
from workbench.app.output import print_json, print_table, say, say_error, text_for
from workbench.app.passwords import listed_passwords
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.copies import PasswordList, Protect, as_json, print_copies
from workbench.interfaces.cli.params import AsOf, At, Json
from workbench.interfaces.cli.params import out as out_option


def review(
    as_of: AsOf = None,
    out: Annotated[Path, out_option(callback=output_folder)] = Path("复核"),
    json: Json = False,
) -> int:
    """List the leads that wait for a review (suspected duplicates and others) and write the review workbook, which
    is handed back with import.
    """
    from workbench.capabilities.leads.reviews import open_reviews, write_reviews

    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        rows = open_reviews(session, moment)
        if json:
            grounds = [ground.text(common.lang) for ground in rows["ground"]]
            print_json(rows.assign(ground=grounds).to_dict("records"))
        else:
            path = write_reviews(session, moment, out)
            say("reviews/written" if path else "reviews", count=len(rows), path=path)
    return 1 if len(rows) else 0


def decide(
    number: Annotated[str, typer.Argument(metavar="LEAD")],
    verdict: Annotated[str, typer.Argument(metavar="VERDICT")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    against: Annotated[str | None, typer.Option("--of", metavar="LEAD")] = None,
    at: At = None,
) -> int:
    """Decide a lead that waits for a review; the same situation is treated alike from then on."""
    from workbench.capabilities.leads.reviews import decide
    from workbench.capabilities.leads.status import Review

    if verdict not in set(Review):
        raise WrongUse("unknown_verdict", verdict=verdict)
    with open_session() as session:
        done = decide(session, number, verdict, time_recorded(at), reason, against)
    say("pair", name=number, value=done.status)
    if done.asked:
        say("change/asked", number=done.asked)
    if done.alone:
        say_error("change/sole")
    return 1 if done.asked else 0


def dispatch(
    at: At = None,
    out: Annotated[Path, out_option()] = Path("转交"),
    batch: Annotated[
        int | None,
        typer.Option("--batch", metavar="BATCH"),
    ] = None,
    protect: Protect = False,
    passwords: PasswordList = None,
    json: Json = False,
) -> int:
    """Hand first reports to the sections: one pre-filled feedback workbook per section."""
    from workbench.capabilities.leads.dispatching import dispatch, issue_again

    if batch is not None and at is not None:
        raise WrongUse("at_with_batch")
    given = listed_passwords(passwords) if protect else None
    if passwords and not protect:
        raise WrongUse("passwords_without_protect")
    with open_session() as session:
        if batch is None:
            done = dispatch(session, time_recorded(at), out, given)
        else:
            done = issue_again(session, batch, out, given)
    if json:
        print_json(
            {
                "batch": done.batch,
                "sections": done.sections,
                "unassigned": done.unassigned,
                "files": [str(path) for path in done.workbooks],
                "kept": [str(path) for path in done.kept],
                **({"copies": [as_json(copy) for copy in done.copies]} if protect else {}),
            }
        )
    else:
        shares = [text_for("dispatched/section", section=key, count=count) for key, count in done.sections.items()]
        key = "dispatched" if batch is None else "dispatched/again"
        between = text_for("dispatched/between")
        say(key, batch=batch, count=sum(done.sections.values()), sections=between.join(shares))
        for path in done.workbooks if not protect else ():
            print(f"  {path}")
        print_copies(done.copies)
    for path in done.kept:
        say_error("dispatch_kept", path=path, batch=done.batch)
    for category, count in done.unassigned.items():
        say_error("category_without_section", category=category, count=count)
    return 1 if done.unassigned or done.kept else 0


def leads(
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH")] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """List leads: number, status, clause, the month they count in."""
    from workbench.capabilities.leads.listing import as_json, list_leads
    from workbench.core.periods import parse_month

    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        table = list_leads(session, moment, parse_month(month) if month else None)
    print_table(as_json(table), json)
    return 0


def added(
    template: Annotated[str | None, typer.Argument(metavar="TEMPLATE")] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """List what stands in columns that were added to templates, each with its file and cell."""
    from workbench.capabilities.leads.added_columns import list_added

    with open_session() as session:
        table = list_added(session, read_time(as_of, end_of_day=True) or session.latest(), template)
    rows = table.assign(at=table["at"].dt.strftime("%Y-%m-%dT%H:%M:%S")).to_dict("records")
    print_table(rows, json)
    return 0
