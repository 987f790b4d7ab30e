"""`workbench customers …`: records of customers, what has to be done about them, names that belong together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.app.context import read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, print_table, say
from workbench.app.session import open_session
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.params import AsOf, Json, Quarter
from workbench.interfaces.cli.params import out as out_option

Name = Annotated[str, typer.Argument(metavar="CUSTOMER")]
Other = Annotated[str, typer.Argument(metavar="OTHER")]
As = Annotated[str, typer.Option("--as", metavar="KIND")]
Reason = Annotated[str, typer.Option("--reason", metavar="REASON")]


def list_(as_of: AsOf = None, json: Json = False) -> int:
    """List customers: other names, code, parent, leads and contracts, manager, how complete each part is."""
    from workbench.capabilities.customers.listing import list_customers

    with open_session() as session:
        rows = list_customers(session, read_time(as_of, end_of_day=True) or session.latest())
    print_table(rows, json, "—")
    return 0


def show(name: Name, as_of: AsOf = None, json: Json = False) -> int:
    """One customer's record: each field with department, time and source; personal ones are masked."""
    from workbench.capabilities.customers.listing import show_customer

    with open_session() as session:
        told = show_customer(session, name, read_time(as_of, end_of_day=True) or session.latest())
    if json:
        print_json(told)
        return 0
    heads = ("customer", "names", "parent", "subsidiaries")
    print_rows(heads, [[told[head] for head in heads]], "—")
    print_table([*told["fields"], *(field for person in told["contacts"] for field in person)], False)
    parts = ((part["part"], part["department"], part["filled"], part["missing"]) for part in told["parts"])
    print_rows(("part", "department", "filled", "missing"), parts, "—")
    return 0


def worklist(
    kind: Annotated[str | None, typer.Argument(metavar="KIND")] = None, as_of: AsOf = None, json: Json = False
) -> int:
    """What has to be done about files: out of date, incomplete, contradicting."""
    from workbench.capabilities.customers.listing import list_work
    from workbench.capabilities.customers.work_lists import WorkKind

    wanted = None if kind is None else WorkKind(word_of(kind, WorkKind))
    with open_session() as session:
        rows = list_work(session, read_time(as_of, end_of_day=True) or session.latest(), wanted, common.lang)
    print_table(rows, json, "—")
    return 1 if rows else 0


def fields(json: Json = False) -> int:
    """The fields of a file: part, purpose, term, who may see them."""
    from workbench.capabilities.customers.listing import dictionary

    print_table(dictionary(common.lang), json)
    return 0


def link(name: Name, other: Other, kind: As, reason: Reason) -> int:
    """Link two names: the same customer, or the unit above."""
    return _link(name, other, kind, reason, linked=True)


def unlink(name: Name, other: Other, kind: As, reason: Reason) -> int:
    """Undo a link of two names; the earlier one stays in the register."""
    return _link(name, other, kind, reason, linked=False)


def _link(name: str, other: str, kind: str, reason: str, *, linked: bool) -> int:
    from workbench.capabilities.customers.acts import link
    from workbench.capabilities.customers.identity import LinkKind

    with open_session() as session:
        link(session, name, other, LinkKind(word_of(kind, LinkKind)), linked, reason)
    say("customers/linked" if linked else "customers/unlinked", kind=kind)
    return 0


def card(
    name: Name,
    department: Annotated[str, typer.Option("--department", metavar="DEPARTMENT")] = "销售",
    out: Annotated[Path, out_option()] = Path("客户表格"),
    json: Json = False,
) -> int:
    """Fill in a customer's T8 with what a department said before; no personal data are in it."""
    from workbench.capabilities.customers.fields import Department
    from workbench.capabilities.customers.prepared_forms import prepare_card

    with open_session() as session:
        path = prepare_card(session, name, Department(word_of(department, Department)), out)
    if json:
        print_json({"file": str(path)})
    else:
        print(path)
    return 0


def page(
    name: Name,
    as_of: AsOf = None,
    out: Annotated[Path, out_option()] = Path("报告"),
    json: Json = False,
) -> int:
    """Make the report on one customer; its notebook is given the customer's number, never the name."""
    from workbench.app.reports import make_report
    from workbench.app.session import read_passphrase
    from workbench.capabilities.customers.listing import number_of_customer
    from workbench.core.file_names import file_name

    secret = read_passphrase()
    with open_session(secret=secret) as session:
        session.require("report")
        moment, user = read_time(as_of, end_of_day=True) or session.latest(), session.user
        number = number_of_customer(session, name, moment)
    given = {"customer": str(number)}
    folder = out / file_name("客户", number)
    run = make_report("大客户卡片", user, secret, moment.date().isoformat(), moment, folder, given)
    if json:
        print_json({"report": run.report, "period": run.period, "files": [str(path) for path in run.files]})
    else:
        for path in run.files:
            print(path)
    return 0


def name(
    customer: Name,
    ground: Annotated[str, typer.Option("--ground", metavar="GROUND")],
    reason: Reason,
    end: Annotated[bool, typer.Option("--end")] = False,
) -> int:
    """Name a customer a key account for a year on a ground of the regulation; --end ends it."""
    from workbench.capabilities.customers.acts import name_key_account
    from workbench.capabilities.customers.grading import TO_BE_NAMED, Ground

    with open_session() as session:
        until = name_key_account(session, customer, Ground(word_of(ground, TO_BE_NAMED)), reason, end=end)
    say("customers/named_ended" if end else "customers/named", until=until)
    return 0


def grades(quarter: Quarter, as_of: AsOf = None, json: Json = False) -> int:
    """Key accounts at the end of a quarter: grade, ground, movement; and the proposed assessments."""
    from workbench.capabilities.customers.grades import graded_quarter

    with open_session() as session:
        told = graded_quarter(session, quarter, read_time(as_of, end_of_day=True) or session.latest())
    if json:
        print_json(told)
        return 0
    print_table(told["accounts"], False, "—")
    print_table(told["managers"], False, "—")
    return 0


def assess(
    quarter: Quarter,
    manager: Annotated[str, typer.Argument(metavar="NAME")],
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT")],
    verdict: Annotated[str, typer.Option("--verdict", metavar="TEXT")],
) -> int:
    """Keep the decision on an account manager's assessment of a quarter, beside the score proposed."""
    from workbench.capabilities.customers.grades import decide_assessment

    with open_session() as session:
        decide_assessment(session, quarter, unit, manager, verdict)
    say("customers/assessed", name=manager, quarter=quarter, verdict=verdict)
    return 0


def word_of(text: str, words: Any) -> str:
    """One of the words of a closed list. Raises WrongUse ``bad_word``."""
    known = [word.value for word in words]
    if text not in known:
        raise WrongUse("bad_word", text=text, known=known)
    return text
