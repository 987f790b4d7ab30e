"""`workbench units`: the directory of units."""

from __future__ import annotations

from workbench.app.context import read_time
from workbench.app.output import print_table
from workbench.app.session import open_session
from workbench.interfaces.cli.params import AsOf, Json


def units(as_of: AsOf = None, json: Json = False) -> int:
    """List the units: code, name, kind, person in charge, state; as of a moment."""
    from workbench.capabilities.organization.listing import list_units

    with open_session() as session:
        table = list_units(session, read_time(as_of, end_of_day=True) or session.latest())
    print_table(table.to_dict("records"), json)
    return 0
