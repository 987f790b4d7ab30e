"""`workbench offline`: a folder to set the program up from where there is no internet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.output import say


def offline(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER")],
    here: Annotated[bool, typer.Option("--here")] = False,
    python: Annotated[str, typer.Option("--python", metavar="VERSION")] = "3.13",
    extra: Annotated[list[str] | None, typer.Option("--extra", metavar="EXTRA")] = None,
    wheel: Annotated[Path | None, typer.Option("--wheel", metavar="FILE", exists=True, dir_okay=False)] = None,
) -> int:
    """Make a folder from which a Windows PC without internet is set up: all packages as wheels in the tested versions,
    each with its hash, and an installer. ``--here``: for a computer like this one.
    """
    from workbench.app.offline import COMMAND, HERE, WINDOWS, Target, collect

    target = Target(HERE if here else WINDOWS, python)
    count = collect(folder, target, ["excel"] if extra is None else extra, wheel)
    say("offline/made", count=count, folder=folder, command=COMMAND)
    return 0
