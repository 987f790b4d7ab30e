"""`workbench explain`: why a lead, a line, a unit or a total is what it is."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.context import read_time
from workbench.app.options import common
from workbench.app.output import print_json
from workbench.app.session import open_session
from workbench.interfaces.cli.params import AsOf, Json


def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="WHAT"),
    ],
    quarter: Annotated[str | None, typer.Option("--quarter", metavar="QUARTER")] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """Explain a lead, an amount, a unit or a total: clauses, readings, evidence, source cells, and what would have
    changed it.
    """
    from workbench.capabilities.settlement import explaining
    from workbench.core.periods import parse_quarter

    name = parse_quarter(quarter) if quarter else None
    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        found = explaining.explain(session, what, moment, name)
    if json:
        print_json(
            {
                "what": what,
                "quarter": name,
                "as_of": moment.isoformat(),
                "explanations": [explaining.as_json(each, common.lang) for each in found],
            }
        )
    else:
        for place, each in enumerate(found):
            if place:
                print()
            for line in explaining.as_text(each, common.lang):
                print(line)
    return 0
