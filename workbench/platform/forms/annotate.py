"""Marked copies: every wrong cell coloured and commented, and a list of the findings with links."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.core.files import write_whole
from workbench.core.findings import Finding, Severity
from workbench.platform.forms.guard import LIST
from workbench.platform.forms.read import Form, ReadingProcess, reading_process

WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}
FILLS = {Severity.ERROR: "F8CBAD", Severity.WARNING: "FFF2CC", Severity.NOTE: "DDEBF7"}
RANK = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
HEADS = ("序号", "级别", "工作表", "单元格", "栏目", "条款", "问题与处理")
WIDTHS = (6, 8, 22, 9, 18, 8, 78)


def annotate(form: Form, findings: Sequence[Finding], out: Path, child: ReadingProcess | None = None) -> Path:
    """Write a copy of a read workbook with its findings on the cells and in a list sheet; the original stays.

    The copy is made in the reading process (``child``, or one of its own). Raises FileRefused where the workbook can be
    read but not marked: it is too large for it, or was changed meanwhile; OSError.
    """
    by_cell: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.cell:
            by_cell[finding.cell].append(finding)
    marks = [
        [
            address,
            FILLS[min((finding.severity for finding in here), key=RANK.index)],
            "\n".join(f"【{WORDS[finding.severity]}】{short(finding)}" for finding in here),
            len(here),
        ]
        for address, here in by_cell.items()
    ]
    order = {"sha256": form.sha256, "sheet": form.sheet, "marks": marks, "listing": _listing(form, findings)}
    work = "workbench.platform.forms.editing:marked"
    if child is None:
        with reading_process() as own:
            made = own.run(form.path, work, **order)
    else:
        made = child.run(form.path, work, **order)
    write_whole(out, base64.b64decode(made["workbook"]))
    return out


def short(finding: Finding) -> str:
    """The message without the address it starts with."""
    return re.sub(r"^[A-Z]+\d+(?:“[^”]*”)?：", "", finding.text())


def _listing(form: Form, findings: Sequence[Finding]) -> dict[str, Any]:
    """The sheet with the list of findings, as ``editing.marked`` wants it."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    titles = {column.key: column.title for column in (*form.template.header, *form.template.columns)}
    return {
        "name": LIST,
        "title": f"《{form.template.title}》错误清单",
        "summary": f"文件：{form.file}    错误 {errors} 处，其他 {len(findings) - errors} 处",
        "rebuilt": "    原文件的格式不能直接批注，副本只有内容，没有原来的格式",
        "heads": HEADS,
        "widths": WIDTHS,
        "rows": [
            [
                FILLS[finding.severity],
                [
                    number,
                    WORDS[finding.severity],
                    form.sheet,
                    finding.cell,
                    titles.get(finding.column or ""),
                    finding.clause,
                    short(finding),
                ],
            ]
            for number, finding in enumerate(findings, start=1)
        ],
    }
