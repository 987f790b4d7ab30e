"""Put the obvious right in a copy of a received workbook; the original stays as it came."""

from __future__ import annotations

import warnings
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.styles import PatternFill

from workbench.core.files import whole
from workbench.platform.forms.read import parse_file
from workbench.platform.forms.tidy import Fix, proposals

CHANGED = "E2EFDA"


def fix_file(path: Path, out: Path | None) -> tuple[list[Fix], Path | None]:
    """What can be put right in a workbook; with ``out`` a folder, a copy there with it done and coloured.

    The copy is named after the file with ``_更正`` and never overwrites. Raises FileRefused, FileExistsError.
    """
    answer = parse_file(path)
    fixes = list(proposals(answer))
    if out is None or not fixes:
        return fixes, None
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{path.stem}_更正.xlsx"
    if target.exists():
        raise FileExistsError(target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl on parts it does not keep
        workbook = load_workbook(path)
    sheet = workbook[answer["sheet"]]
    for fix in fixes:
        cell = sheet[fix.cell]
        cell.value = fix.new
        if not isinstance(fix.new, str) and cell.number_format == "@":
            cell.number_format = "yyyy-mm-dd" if hasattr(fix.new, "year") else "General"
        cell.fill = PatternFill("solid", fgColor=CHANGED)
    with whole(target) as part:
        workbook.save(part)
    return fixes, target
