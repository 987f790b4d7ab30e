"""Buttons that ask the register something: what is due today, why something is as it is, a customer, a unit's statement."""

from __future__ import annotations

from workbench.app import questions
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.periods import parse_quarter
from workbench.interfaces.addin.button_call import ButtonCall
from workbench.interfaces.addin.buttons_reports import quarter

Heads = tuple[tuple[str, float], ...]
DUE: Heads = tuple(zip(questions.DUE, (10, 12, 30, 12, 10, 8, 70)))
WHY: Heads = (("说明", 120),)
CUSTOMER: Heads = tuple(zip(questions.CUSTOMER, (22, 40, 16, 20, 34, 6)))


def due_today(call: ButtonCall) -> None:
    """What is due, overdue or coming for this person's role, in a new workbook."""
    with call.session() as session:
        call.progress.step(text_for("addin/reading_register"))
        rows, now = questions.due_rows(session, call.now)
    if rows:
        call.show_list("今日待办", f"截至 {call.now:%Y-%m-%d %H:%M}，共 {len(rows)} 项。", DUE, rows)
    call.dialogs.message(text_for("addin/due", count=len(rows), now=now))


def why(call: ButtonCall) -> None:
    """Explain what the chosen cell names, or what is typed: a lead, a line, a unit, a total; in a new workbook."""
    from workbench.capabilities.settlement import explaining

    what = call.ask(text_for("addin/which_to_explain"), call.in_the_cell()).strip()
    with call.session() as session:
        session.require("list")
    period = None
    try:
        with call.session() as session:
            found = explaining.explain(session, what, session.latest())
    except WrongUse as no:
        if no.code != "no_quarter":
            raise
        period = parse_quarter(quarter(call))
        with call.session() as session:
            found = explaining.explain(session, what, session.latest(), period)
    rows = [[line] for each in found for line in (*explaining.as_text(each, common.lang), "")]
    call.show_list(f"为什么：{what}", period or f"截至 {call.now:%Y-%m-%d %H:%M}", WHY, rows)


def find_customer(call: ButtonCall) -> None:
    """A customer's record with where each field comes from, in a new workbook; personal fields are masked."""
    from workbench.capabilities.customers.listing import show_customer

    name = call.ask(text_for("addin/which_customer"), call.in_the_cell()).strip()
    with call.session() as session:
        told = show_customer(session, name, session.latest())
    also, rows = questions.customer_rows(told)
    call.show_list(told["customer"], also, CUSTOMER, rows)


def statement(call: ButtonCall) -> None:
    """A reporter's own statement of a quarter, written to a folder and opened."""
    from workbench.capabilities.statements.making import make
    from workbench.capabilities.statements.statement import Statements

    unit = call.ask(text_for("addin/which_unit"), call.in_the_cell()).strip()
    period = quarter(call).strip()
    with call.session() as session:
        session.require("report")
    folder = call.folder(text_for("addin/folder_of_reports"))
    with call.session() as session:
        call.progress.step(text_for("addin/preparing"))
        (made,) = make(session, Statements(session, period), [unit], folder)
    call.deed = text_for("addin/made", file=made.workbook.name, folder=made.workbook.parent)
    call.show(made.workbook)
    call.dialogs.message(call.deed)
