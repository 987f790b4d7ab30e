"""`workbench service …`: the flows of service of key accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.app.context import read_time
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, print_table, say, text_for
from workbench.app.session import open_session
from workbench.core.messages import Message
from workbench.interfaces.cli.params import AsOf, Json
from workbench.interfaces.cli.params import out as out_option

Name = Annotated[str, typer.Argument(metavar="CUSTOMER")]


def list_(as_of: AsOf = None, json: Json = False) -> int:
    """List flows: grade, version of the plan, the last step, the next one and its day; exit code 1 while one is overdue."""
    from workbench.capabilities.service.listing import list_flows

    with open_session() as session:
        rows = list_flows(session, read_time(as_of, end_of_day=True) or session.latest())
    if json:
        print_json(rows)
    else:
        print_table(
            [{**row, "overdue": text_for("service/overdue") if row["overdue"] else None} for row in rows], False, "—"
        )
    return int(any(row["overdue"] for row in rows))


def show(name: Name, as_of: AsOf = None, json: Json = False) -> int:
    """One customer's flow: day, result and source of each step, every version of the plan."""
    from workbench.capabilities.service.listing import show_flow

    with open_session() as session:
        told = show_flow(session, name, read_time(as_of, end_of_day=True) or session.latest())
    told["steps"] = [{**step, "result": _text(step["result"])} for step in told["steps"]]
    if json:
        print_json(told)
        return 0
    print_rows(("customer", "grade", "asked"), [(told["customer"], told["grade"], told["asked"])])
    print_table(told["steps"], False, "—")
    say("service/next" if told["due_on"] else "service/next_open", step=told["next"], day=told["due_on"])
    return 0


def prepare(name: Name, out: Annotated[Path, out_option()] = Path("客户表格"), json: Json = False) -> int:
    """Fill in a customer's form of the flow (T19) with the steps that the register knows of."""
    from workbench.capabilities.service.listing import prepare_flow

    with open_session() as session:
        path = prepare_flow(session, name, out)
    if json:
        print_json({"file": str(path)})
    else:
        print(path)
    return 0


def _text(result: Any) -> Any:
    return result.text(common.lang) if isinstance(result, Message) else result
