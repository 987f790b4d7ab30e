"""``workbench addin`` and ``workbench sendto``: put in place, taken out, looked after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import say
from workbench.core.errors import WrongUse


def install(
    signed: Annotated[Path | None, typer.Option("--signed", metavar="FILE", exists=True, dir_okay=False)] = None,
    wps: Annotated[bool, typer.Option("--wps")] = False,
) -> int:
    """Install the Excel add-in (Windows); installing again repairs it. Remembers --register and --user
    where they are given, and the language. ``--signed``: the add-in as the company signed it. ``--wps``: the tab for WPS
    instead, whose buttons open the desk page. Raises WrongUse ``signed_for_excel`` for both.
    """
    from workbench.app import settings
    from workbench.interfaces.addin import install as excel
    from workbench.interfaces.addin import wps_install
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.ribbon import TAB

    if wps and signed is not None:
        raise WrongUse("signed_for_excel")
    told, values = "addin/installed", {}
    if wps:
        made, linked = wps_install.install(this_computer())
        told, values = "wps/installed" if linked else "wps/installed_bare", {"tab": TAB, "name": wps_install.TITLE}
    else:
        made = excel.install(this_computer(), signed)
    known = {"register": common.register, "user": common.user, "lang": common.lang}
    settings.keep(**{key: value for key, value in known.items() if value})
    return _done(made, told, **values)


def uninstall(wps: Annotated[bool, typer.Option("--wps")] = False) -> int:
    """Uninstall the Excel add-in. ``--wps``: the tab for WPS instead."""
    from workbench.interfaces.addin import install as excel
    from workbench.interfaces.addin import wps_install
    from workbench.interfaces.addin.computer import this_computer

    if wps:
        return _done(wps_install.uninstall(this_computer()), "wps/uninstalled")
    return _done(excel.uninstall(this_computer()), "addin/uninstalled")


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
