"""Put the obvious right in a copy of a received workbook; the original stays as it came."""

from __future__ import annotations

import base64
from pathlib import Path

from workbench.core import colours
from workbench.core.file_names import name_of, unique_name
from workbench.core.files import write_whole
from workbench.core.plain import plain
from workbench.platform.forms.read import parse_file
from workbench.platform.forms.reading_process import reading_process
from workbench.platform.forms.tidy import Fix, proposals


def fix_file(path: Path, out: Path | None, taken: set[str] | None = None) -> tuple[list[Fix], Path | None]:
    """What can be put right in a workbook; with ``out`` a folder, a copy there with it done and coloured.

    The copy is named after the file with ``_更正`` and never overwrites; it is made in the reading process. ``taken``: names
    of copies made before, which grows: files of one name from several folders get one each. Raises
    FileRefused, FileExistsError, OSError.
    """
    answer = parse_file(path)
    fixes = list(proposals(answer))
    if out is None or not fixes:
        return fixes, None
    out.mkdir(parents=True, exist_ok=True)
    target = out / unique_name(set() if taken is None else taken, Path(name_of(path)).stem, "更正", ending=".xlsx")
    if target.exists():
        raise FileExistsError(target)
    order = {
        "sha256": answer["sha256"],
        "fill": colours.bare(colours.CHANGED),
        "cells": [
            [fix.sheet, fix.cell, {"t": plain(fix.new)} if hasattr(fix.new, "year") else fix.new] for fix in fixes
        ],
    }
    with reading_process() as child:
        made = child.run(path, "workbench.platform.forms.editing:fixed", **order)
    write_whole(target, base64.b64decode(made["workbook"]))
    return fixes, target
