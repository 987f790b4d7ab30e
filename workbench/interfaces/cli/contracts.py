"""`workbench prepare-register`: the contract register as the support section gets it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import read_time
from workbench.app.output import print_json
from workbench.app.session import open_session
from workbench.interfaces.cli.params import AsOf, Json
from workbench.interfaces.cli.params import out as out_option


def prepare_register(
    month: Annotated[str, typer.Argument(metavar="MONTH")],
    as_of: AsOf = None,
    out: Annotated[Path, out_option()] = Path("合同登记"),
    json: Json = False,
) -> int:
    """Fill in the contract register of a month for the support section."""
    from workbench.capabilities.contracts.prepared_register import prepare_register

    with open_session() as session:
        path = prepare_register(session, month, read_time(as_of, end_of_day=True) or session.now, out)
    if json:
        print_json({"file": str(path)})
    else:
        print(path)
    return 0
