"""What the desk page asks of the unlocked register: what is due, why something is as it is, a customer."""

from __future__ import annotations

import re
from typing import Any

from workbench.app import due, questions
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.periods import parse_quarter
from workbench.interfaces.desk.deed import Answer, Deed, DeskCall, Field, Table, deeds, offered

WITH = {  # deeds that are given what their command is given
    "report": re.compile(r"workbench report (?P<report>\S+) --period (?P<period>[\w-]+)"),
    "publish": re.compile(r"workbench publish (?P<day>[\d-]+)"),
    "prepare_register": re.compile(r"workbench prepare-register (?P<month>[\d-]+)"),
    "withdraw_import": re.compile(r"workbench withdraw-import (?P<number>\d+)"),
    "run_due": re.compile(r"workbench (?:statement --all|backup\b)"),
}


def _due(call: DeskCall) -> Answer:
    """What is due: first what this role does, then what others do; each with the deed of the page that does it."""
    with call.session() as session:
        found = questions.open_duties(session, call.now)
        may, mine = offered(session), {duty.task.action for duty, _ in found if session.may(duty.task.action)}
        all_forms = session.may("import")  # of what others return, too
    labels = {each.id: each.label for each in deeds()}
    tables = []
    for title, own in (("由您办理", True), ("由他人办理", False)):
        rows, leads_to = [], []
        for duty, row in found:
            if (duty.task.action in mine) == own:
                to = _doing(row[-1])
                goes = to and to["deed"] in may and (own or all_forms or to["deed"] != "import_folder")
                leads_to.append(to if goes else None)
                rows.append([*row[:-1], _said(row[-1], labels[to["deed"]]) if to else row[-1]])
        if rows:
            tables.append(Table(f"{title}（截至 {call.now:%Y-%m-%d %H:%M}）", questions.DUE, rows, leads_to))
    ours = [duty for duty, _ in found if duty.task.action in mine]
    now = len(due.to_act(ours, call.now.date()))
    said = [text_for("desk/due", count=len(ours), now=now)]
    alone = sum(duty.task.by_itself for duty in due.to_act(ours, call.now.date()))
    said += [text_for("desk/due_by_itself", count=alone)] if alone and "run_due" in may else []
    return Answer(said, tables)


def _said(instruction: str, label: str) -> str:
    """An instruction with the deed in place of the command."""
    before = instruction.partition("workbench ")[0].rstrip()
    return f"{before}“{label}”" if common.lang == "zh" else instruction


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
