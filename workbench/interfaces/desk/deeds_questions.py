"""What the desk page asks of the unlocked register: what is due, why something is as it is, a customer."""

from __future__ import annotations

import re
from typing import Any

from workbench.app import questions
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.periods import parse_quarter
from workbench.interfaces.desk.deed import Answer, Deed, DeskCall, Field, Table, deeds

WITH = {  # deeds that are given what their command is given
    "report": re.compile(r"workbench report (?P<report>\S+) --period (?P<period>[\w-]+)"),
    "publish": re.compile(r"workbench publish (?P<day>[\d-]+)"),
    "prepare_register": re.compile(r"workbench prepare-register (?P<month>[\d-]+)"),
    "withdraw_import": re.compile(r"workbench withdraw-import (?P<number>\d+)"),
    "run_due": re.compile(r"workbench (?:statement --all|backup\b)"),
}


def _due(call: DeskCall) -> Answer:
    with call.session() as session:
        rows, now = questions.due_rows(session, call.now)
    said = text_for("desk/due", count=len(rows), now=now)
    leads_to = [_doing(row[-1]) for row in rows]
    return Answer([said], [Table(f"截至 {call.now:%Y-%m-%d %H:%M}", questions.DUE, rows, leads_to)] if rows else [])


def _doing(instruction: str) -> dict[str, Any] | None:
    """The deed of the page that does what an instruction says by a command, with what the command is given."""
    for deed, command in WITH.items():
        if given := command.search(instruction):
            return {"deed": deed, "given": given.groupdict()}
    for each in deeds():
        words = " ".join(each.command.split()[:2])
        if words and not each.deed.locked and re.search(rf"{re.escape(words)}(?![\w-])", instruction):
            return {"deed": each.id, "given": {}}
    return None


def _why(call: DeskCall) -> Answer:
    from workbench.capabilities.settlement import explaining

    quarter = call.text("quarter")
    period = parse_quarter(quarter) if quarter else None
    with call.session() as session:
        try:
            found = explaining.explain(session, call.text("what"), session.latest(), period)
        except WrongUse as no:
            if no.code != "no_quarter":
                raise
            raise WrongUse("desk_no_quarter", what=call.text("what")) from None
    return Answer(lines=[line for each in found for line in (*explaining.as_text(each, common.lang), "")])


def _customer(call: DeskCall) -> Answer:
    from workbench.capabilities.customers.listing import show_customer

    with call.session() as session:
        told = show_customer(session, call.text("name"), session.latest())
    also, rows = questions.customer_rows(told)
    said = text_for("pair", name=told["customer"], value=also)
    return Answer([said], [Table(told["customer"], questions.CUSTOMER, rows)] if rows else [])


DUE = Deed(_due, group="today", tip="desk/due_tip", at_once=True)
WHY = Deed(
    _why,
    (Field("what", "text", "desk/what"), Field("quarter", "text", "desk/quarter_if", needed=False)),
    needs=("list",),
    tip="desk/why_tip",
)
CUSTOMER = Deed(_customer, (Field("name", "text", "desk/customer"),), needs=("customers",), tip="desk/customer_tip")
