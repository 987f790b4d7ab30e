"""`workbench doctor`: what is wrong with this installation, why it matters, and what to do."""

from __future__ import annotations

from workbench.app import clock
from workbench.interfaces.cli.params import Json


def doctor(json: Json = False) -> int:
    """Look at the whole installation: Python, packages, register, backups, daily run, mail, the Excel add-in; name what
    is wrong, why it matters and what to do. Changes nothing.
    """
    from workbench.app.doctor import look, tell

    return tell(look(clock.now()), json)
