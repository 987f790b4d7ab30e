"""``workbench addin``: the Excel add-in put in place, taken out, looked after."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import say


def install() -> int:
    """Install the Excel add-in (Windows); installing again repairs it. Remembers --register and --user
    where they are given, and the language.
    """
    from workbench.app import settings
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.install import install

    for path in install(this_computer()):
        print(path)
    known = {"register": common.register, "user": common.user, "lang": common.lang}
    settings.keep(**{key: value for key, value in known.items() if value})
    say("addin/installed")
    return 0


def uninstall() -> int:
    """Uninstall the Excel add-in."""
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.install import uninstall

    for path in uninstall(this_computer()):
        print(path)
    say("addin/uninstalled")
    return 0


def doctor(json: Annotated[bool, typer.Option("--json")] = False) -> int:
    """Check whether the add-in can work; name problems and remedies."""
    from workbench.app.doctor import tell
    from workbench.interfaces.addin.checks import addin_remarks
    from workbench.interfaces.addin.computer import this_computer

    return tell(addin_remarks(this_computer()), json)
