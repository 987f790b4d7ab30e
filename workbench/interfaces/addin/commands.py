"""``workbench addin`` and ``workbench sendto``: put in place, taken out, looked after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import say


def install(
    signed: Annotated[Path | None, typer.Option("--signed", metavar="FILE", exists=True, dir_okay=False)] = None,
) -> int:
    """Install the Excel add-in (Windows); installing again repairs it. Remembers --register and --user
    where they are given, and the language. ``--signed``: the add-in as the company signed it.
    """
    from workbench.app import settings
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.install import install

    made = install(this_computer(), signed)
    known = {"register": common.register, "user": common.user, "lang": common.lang}
    settings.keep(**{key: value for key, value in known.items() if value})
    return _done(made, "addin/installed")


def uninstall() -> int:
    """Uninstall the Excel add-in."""
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.install import uninstall

    return _done(uninstall(this_computer()), "addin/uninstalled")


def doctor(json: Annotated[bool, typer.Option("--json")] = False) -> int:
    """Check whether the add-in can work; name problems and remedies."""
    from workbench.app.doctor import tell
    from workbench.interfaces.addin.checks import addin_remarks
    from workbench.interfaces.addin.computer import this_computer

    return tell(addin_remarks(this_computer()), json)


def send_to() -> int:
    """Put the entry into the menu Send to and on the desktop (Windows)."""
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.send_to import LINK, install

    return _done(install(this_computer()), "sent/installed", name=LINK.removesuffix(".lnk"))


def not_send_to() -> int:
    """Take the entry out of both."""
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.send_to import uninstall

    return _done(uninstall(this_computer()), "sent/uninstalled")


def _done(paths: list[Path], told: str, **values: str) -> int:
    for path in paths:
        print(path)
    say(told, **values)
    return 0
