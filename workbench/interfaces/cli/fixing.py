"""``workbench fix``: the obvious put right in copies of filled templates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.app.context import output_folder
from workbench.app.inbox import expand
from workbench.app.output import print_json, say
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.params import Json


def fix(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FOLDER", callback=output_folder),
    ] = Path("更正"),
    preview: Annotated[bool, typer.Option("--preview")] = False,
    json: Json = False,
) -> int:
    """Correct obvious spellings (full-width digits, extra spaces, dates) in copies; the files stay as they are."""
    from workbench.platform.forms.fixing import fix_file

    done: list[dict[str, Any]] = []
    for path in expand(files):
        try:
            fixes, target = fix_file(path, None if preview else out)
        except FileExistsError as there:
            raise WrongUse("exists", there=there) from None
        # cells and columns only: what they hold may be a person's name or phone
        cells = [{"cell": item.cell, "column": item.title} for item in fixes]
        done.append({"file": path.name, "fixes": cells, "copy": str(target) if target else None})
    if json:
        print_json({"files": done})
        return 0
    for item in done:
        key = "fixes/copied" if item["copy"] else "fixes"
        say(key, file=item["file"], count=len(item["fixes"]), copy=item["copy"])
        for place in item["fixes"]:
            print(f"  {place['cell']} {place['column']}")
    return 0
