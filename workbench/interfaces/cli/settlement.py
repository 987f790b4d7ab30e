"""`workbench settlement …`: a quarter is submitted by one person and approved, or sent back, by another."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app import clock, context
from workbench.app.context import last_moment, read_time, time_recorded
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, print_table, say, text_for
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.core.messages import COMMA
from workbench.interfaces.cli.params import AsOf, At, Json, Quarter


def submit(
    quarter: Quarter,
    as_of: AsOf = None,
    accept: Annotated[str | None, typer.Option("--accept", metavar="REASON")] = None,
    at: At = None,
    json: Json = False,
) -> int:
    """Submit a quarter's settlement for approval (signed); what is still open needs a reason."""
    from workbench.capabilities.settlement.approval import submit
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        moment = last_moment(as_of) or session.latest()
        result, open_ = submit(session, parse_quarter(quarter), moment, time_recorded(at), accept)
    if json:
        print_json(
            {
                **result.as_json(common.lang),
                "as_of": moment.isoformat(),
                "open": [item.as_json(common.lang) for item in open_],
            }
        )
    else:
        say("settlement/submitted", quarter=result.quarter, count=len(result.lines), as_of=moment)
        for item in open_:
            say("settlement/open", item=item.text(common.lang))
    return 0


def approve(quarter: Quarter, at: At = None) -> int:
    """Approve what another person submitted (signed): the lines are fixed and the books closed for good."""
    from workbench.capabilities.settlement.approval import approve
    from workbench.capabilities.settlement.back_dated import kept_items, sentence
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        moment = time_recorded(at)
        result = approve(session, parse_quarter(quarter), moment, moment)
        behind = kept_items(session.register).get(result.quarter, [])
    total = sum(result.totals.values())
    say("settlement/approved", quarter=result.quarter, count=len(result.lines), total=total)
    for item in behind:
        say("settlement/open", item=sentence(item).text(common.lang))
    return 0


def return_(
    quarter: Quarter,
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    at: At = None,
) -> int:
    """Send a submitted settlement back to be checked again."""
    from workbench.capabilities.settlement.approval import send_back
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        send_back(session, parse_quarter(quarter), time_recorded(at), reason)
    say("settlement/returned", quarter=quarter)
    return 0


def pay(
    quarter: Quarter,
    payer: Annotated[str, typer.Option("--payer", metavar="DEPARTMENT")],
    reference: Annotated[str, typer.Option("--reference", metavar="VOUCHER")],
    paid: Annotated[int, typer.Option("--paid", metavar="YUAN")] = 0,
    collected: Annotated[int, typer.Option("--collected", metavar="YUAN")] = 0,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE")] = None,
    at: At = None,
) -> int:
    """Record the payment: dealers' rewards by the finance department, departments' rewards and penalties by
    administration; amounts have to agree with the approved ones.
    """
    from workbench.capabilities.settlement.payment import acknowledge
    from workbench.core.periods import parse_quarter

    moment = time_recorded(at)
    day = (read_time(on) or moment).date()
    name = parse_quarter(quarter)
    with open_session() as session:
        whole = acknowledge(session, name, payer, paid, collected, day, reference, moment)
    say("settlement/all_paid" if whole else "settlement/paid", quarter=name, payer=payer)
    return 0


def payable(quarter: Quarter, json: Json = False) -> int:
    """List who has to pay or collect how much of an approved quarter, and the departments whose reward is not
    shared out.
    """
    from workbench.capabilities.settlement.payment import payable, unallocated
    from workbench.core.periods import parse_quarter

    name = parse_quarter(quarter)
    with open_session() as session:
        session.require("settle")
        table, missing = payable(session.register, name), unallocated(session.register, name)
    if json:
        print_json({"quarter": name, "payable": table.to_dict("records"), "unallocated": missing})
    else:
        sums = ((row.payer, f"{row.paid:,}", f"{row.collected:,}") for row in table.itertuples())
        print_rows(("payer", "paid", "collected"), sums)
        if missing:
            say("settlement/unallocated", departments=missing)
    return 0


def shares(quarter: Quarter, json: Json = False) -> int:
    """List to whom the departments' rewards of an approved quarter were shared out, and how much."""
    from workbench.capabilities.settlement.allocations import list_shares
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        table = list_shares(session, parse_quarter(quarter))
    print_table(table.to_dict("records"), json)
    return 0


def status(json: Json = False) -> int:
    """List how far each quarter's approval is, and verify signatures and numbers."""
    from workbench.capabilities.settlement.approval_status import quarter_states
    from workbench.capabilities.settlement.back_dated import kept_items, sentence

    with open_session() as session:
        table, behind = quarter_states(session), kept_items(session.register)
    if json:
        rows = table.to_dict("records")
        kept = [{"back_dated": behind[row["quarter"]]} if row["quarter"] in behind else {} for row in rows]
        print_json([{**row, **own} for row, own in zip(rows, kept, strict=True)])
    else:
        open_items = [(row.quarter, item) for row in table.itertuples() for item in behind.get(row.quarter, [])]
        rows = []
        for row in table.itertuples():
            signed = text_for("settlement/signed" if row.signed else "settlement/not_signed")
            decided = (
                f"{getattr(COMMA, common.lang)}{row.decided_by} {row.decided_at:%Y-%m-%d %H:%M}"
                if row.decided_by
                else ""
            )
            acts = f"{row.submitted_by} {row.submitted_at:%Y-%m-%d %H:%M}{decided}"
            rows.append((row.quarter, row.state, acts, signed))
        print_rows(("quarter", "state", "acts", "signature"), rows)
        for quarter, item in open_items:
            say("settlement/open_of", quarter=quarter, item=sentence(item).text(common.lang))
    return 0 if table["signed"].all() else 1


def settle(
    quarter: Annotated[str, typer.Argument(metavar="QUARTER")],
    as_of: AsOf = None,
    approve: Annotated[bool, typer.Option("--approve")] = False,
    reading: Annotated[list[str] | None, typer.Option("--reading", metavar="NAME=VALUE")] = None,
    json: Json = False,
) -> int:
    """Settle a quarter: every amount with its clause, party and evidence."""
    from workbench.capabilities.settlement import approval as settling
    from workbench.core.periods import parse_quarter

    name = parse_quarter(quarter)
    if approve and reading:
        raise WrongUse("trial_reading")
    with open_session(reading or []) as session:
        if approve:
            result = settling.approve(session, name, last_moment(as_of) or session.latest(), clock.now())
        else:
            result = settling.trial(session, name, read_time(as_of, end_of_day=True) or session.latest())
    if json:
        print_json(result.as_json(common.lang))
    else:
        lines = (
            (line.clause, line.party, line.ref, line.amount, line.adjusts and text_for("adjusts", quarter=line.adjusts))
            for line in result.lines
        )
        print_rows(("clause", "party", "ref", "amount", "remark"), lines)
        for note in result.notes:
            say("note", text=note.text(common.lang))
        print_rows(("party", "total"), result.totals.items())
    return 0


def close(
    month: Annotated[str, typer.Argument(metavar="MONTH")],
    reason: Annotated[str, typer.Option("--reason", metavar="REASON")],
    at: At = None,
) -> int:
    """Close a month early: leads received later are no longer ordered before its end."""
    from workbench.capabilities.settlement.approval import close_month
    from workbench.core.periods import parse_month

    name = parse_month(month)
    with open_session() as session:
        close_month(session, name, time_recorded(at), reason)
    say("month_closed", month=name)
    return 0


def rules(json: Json = False) -> int:
    """Print the regulation: the parameters of its clauses, and how open questions are read."""
    from workbench.platform.regulation.rulebook import describe

    rows = describe(context.policy(), lang=common.lang)
    if json:
        print_json(rows)
    else:
        print_table(rows, False)
    return 0
