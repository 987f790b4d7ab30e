"""``workbench addin``: the Excel add-in put in place, taken out, looked after."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import print_json, say


def install() -> int:
    """Install the Excel add-in (Windows); installing again repairs it. Remembers --register and --user
    where they are given, and the language.
    """
    from workbench.interfaces.addin import settings
    from workbench.interfaces.addin.install import install, this_computer

    for path in install(this_computer()):
        print(path)
    known = {"register": common.register, "user": common.user, "lang": common.lang}
    settings.keep(**{key: value for key, value in known.items() if value})
    say("addin/installed")
    return 0


def uninstall() -> int:
    """Uninstall the Excel add-in."""
    from workbench.interfaces.addin.install import this_computer, uninstall

    for path in uninstall(this_computer()):
        print(path)
    say("addin/uninstalled")
    return 0


def doctor(json: Annotated[bool, typer.Option("--json")] = False) -> int:
    """Check whether the add-in can work; name problems and remedies."""
    from workbench.interfaces.addin.install import doctor, this_computer

    remarks = doctor(this_computer())
    if json:
        words = [{name: getattr(item, name).text(common.lang) for name in ("what", "todo")} for item in remarks]
        print_json([{"well": item.well, **own} for item, own in zip(remarks, words, strict=True)])
    else:
        for item in remarks:
            say("doctor/well" if item.well else "doctor/wrong", what=item.what)
            if not item.well:
                say("doctor/todo", todo=item.todo)
    return 0 if all(item.well for item in remarks) else 1
