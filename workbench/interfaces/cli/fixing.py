"""``workbench fix``: the obvious put right in copies of filled templates."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.app.context import output_folder
from workbench.app.inbox import incoming
from workbench.app.options import common
from workbench.app.output import print_json, say, say_error
from workbench.core.errors import FileRefused, WrongUse
from workbench.core.file_names import name_of
from workbench.interfaces.cli.params import Json

if TYPE_CHECKING:
    from workbench.platform.forms.tidy import Fix


def _values(item: Fix) -> dict[str, str]:
    """What a cell holds and what it should; nothing where it may be a person's name or phone."""
    new = item.new.date().isoformat() if isinstance(item.new, datetime) else str(item.new)
    return {"from": item.old, "to": new} if item.shown else {}


def fix(
    files: Annotated[list[Path], typer.Argument(metavar="FILE")],
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
    refused: list[FileRefused] = []
    taken: set[str] = set()
    with incoming(files) as came:
        for path in came.files:
            try:
                fixes, target = fix_file(path, None if preview else out, taken)
            except FileExistsError as there:
                raise WrongUse("exists", there=there) from None
            except FileRefused as no:  # the others go on
                refused.append(no)
                done.append({"file": name_of(path), "fixes": [], "copy": None, "refused": no.text(common.lang)})
                continue
            cells = [{"sheet": item.sheet, "cell": item.cell, "column": item.title, **_values(item)} for item in fixes]
            done.append({"file": name_of(path), "fixes": cells, "copy": str(target) if target else None})
    if json:
        print_json({"files": done})
    for each in refused:
        say_error("file_refused", file=each.file, text=each.text(common.lang))
    for item in () if json else done:
        if "refused" in item:
            continue
        key = "fixes/copied" if item["copy"] else "fixes"
        say(key, file=item["file"], count=len(item["fixes"]), copy=item["copy"])
        for place in item["fixes"]:
            said = "fixes/from_to" if "from" in place else "fixes/place"
            say(said, **{("was" if name == "from" else "now" if name == "to" else name): place[name] for name in place})
    return 2 if refused else 0
