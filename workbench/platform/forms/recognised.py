"""Which template a workbook says it is, by its hidden stamp or by the line at the head of its sheets."""

from __future__ import annotations

import re
from typing import Any

from workbench.platform.forms.book_sheets import HEAD, STAMP_LINE
from workbench.platform.forms.guard import Refused

STAMP = "_表单"  # the hidden sheet that holds it
CIRCULATING = (4, 1)  # blanks of this version and later ones stay in use when a template goes on


def recognised(
    grids: dict[str, list[list[Any]]], specs: dict[str, dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The template a workbook says it is, and old column titles where its version is one that can be migrated."""
    template = version = None
    if STAMP in grids:
        stamp = {str(row[0]): str(row[1]) for row in grids[STAMP] if len(row) > 1}
        template, version = stamp.get("template"), stamp.get("version")
    else:
        by_form = {spec["form_no"]: spec["id"] for spec in specs.values()}
        for grid in grids.values():
            for row in grid[:HEAD]:
                for value in row:
                    if isinstance(value, str) and (match := STAMP_LINE.search(value)) and match[1] in by_form:
                        template, version = by_form[match[1]], match[2]
    if template not in specs:
        known = [f"《{spec['title']}》" for spec in specs.values()]
        raise Refused("unknown_template", known=known, sheet=next((name for name in grids if name != STAMP), None))
    spec = specs[template]
    if version != spec["version"] and version not in spec["migrations"] and not _circulates(version, spec["version"]):
        raise Refused(
            "old_version", title=spec["title"], version=version, current=spec["version"], sheet=spec["title"], cell="A1"
        )
    return spec, spec["migrations"].get(version, {})


def _circulates(version: str | None, current: str) -> bool:
    """Whether blanks of an older version are still in use: they may lack columns that came later."""
    if version is None or not re.fullmatch(r"\d{1,3}\.\d{1,3}", version):
        return False
    return CIRCULATING <= tuple(map(int, version.split("."))) < tuple(map(int, current.split(".")))
