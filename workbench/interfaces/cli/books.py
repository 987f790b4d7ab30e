"""`workbench books …`: which books there are, and one filled in beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.output import print_json, print_table
from workbench.app.session import open_session
from workbench.interfaces.cli.params import Json
from workbench.interfaces.cli.params import out as out_option
from workbench.platform.reporting.registry import parse_date


def list_(json: Json = False) -> int:
    """The books, with the forms each holds and what has to be said to have it filled in."""
    from workbench.platform.forms.books import books

    rows = [
        {
            "key": book.key,
            "title": book.title,
            "forms": [f"{each.order} {each.title}" for each in book.templates],
            "asks": [f"--{name}" for name in book.asks],
        }
        for book in books().values()
    ]
    orders = [" ".join(each.order for each in book.templates) for book in books().values()]
    plain = [{**row, "forms": order, "asks": " ".join(row["asks"])} for row, order in zip(rows, orders, strict=True)]
    print_table(rows if json else plain, json, "—")
    return 0


def make(
    book: Annotated[str, typer.Argument(metavar="BOOK")],
    customer: Annotated[str | None, typer.Option("--customer", metavar="CUSTOMER")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="UNIT")] = None,
    manager: Annotated[str | None, typer.Option("--manager", metavar="NAME")] = None,
    week: Annotated[str | None, typer.Option("--week", metavar="DAY")] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH")] = None,
    out: Annotated[Path, out_option()] = Path("工作簿"),
    json: Json = False,
) -> int:
    """Fill in a book with what the register knows: of a customer, of a manager's week, of a month."""
    from datetime import date

    from workbench.core.periods import parse_month
    from workbench.platform.intake.prepared_books import Subject, prepare_book

    with open_session() as session:
        day = date.fromisoformat(parse_date(week)) if week else session.now.date()
        subject = Subject(day, customer, unit, manager, parse_month(month) if month else None)
        path = prepare_book(session, book, subject, out)
    if json:
        print_json({"file": str(path)})
    else:
        print(path)
    return 0
