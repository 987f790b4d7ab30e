"""Marked copies: every wrong cell coloured and commented, and a list of the findings with links."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.core.colours import BAD, NOTE, WARN, bare
from workbench.core.files import write_whole
from workbench.core.findings import Finding, Severity
from workbench.platform.forms.books import title_of
from workbench.platform.forms.guard import LIST
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.read import Form, ReadBook
from workbench.platform.forms.reading_process import ReadingProcess, reading_process

WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}
FILLS = {Severity.ERROR: bare(BAD), Severity.WARNING: bare(WARN), Severity.NOTE: bare(NOTE)}
RANK = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
HEADS = ("序号", "级别", "工作表", "单元格", "栏目", "条款", "问题与处理")
WIDTHS = (6, 8, 22, 9, 18, 8, 78)


def annotate(
    read: Form | ReadBook,
    findings: Sequence[Finding],
    out: Path,
    child: ReadingProcess | None = None,
    passwords: Passwords = NONE,
) -> Path:
    """Write the copy of ``annotated``; one of a workbook that came under a password is under that again.

    Raises FileRefused, OSError.
    """
    copy, password = annotated(read, findings, child, passwords)
    if password is not None:
        from workbench.platform.forms.unlocked import locked

        copy = locked(copy, password)
    write_whole(out, copy)
    return out


def annotated(
    read: Form | ReadBook,
    findings: Sequence[Finding],
    child: ReadingProcess | None = None,
    passwords: Passwords = NONE,
) -> tuple[bytes, str | None]:
    """A copy of a read workbook with its findings on the cells and in a list sheet, and the password it came under, if it did.

    A finding that names no sheet is about that of the form. The copy is made in the reading process (``child``, or one of its own). Raises FileRefused where the workbook can be
    read but not marked: it is too large for it, or was changed meanwhile.
    """
    sheets = [read.sheet] if isinstance(read, Form) else [sheet for each in read.sheets if (sheet := each.sheet)]
    by_cell: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        sheet = _sheet_of(finding, sheets)
        if finding.cell and sheet in sheets:
            by_cell[sheet, finding.cell].append(finding)
    marks = [
        [
            sheet,
            address,
            FILLS[min((finding.severity for finding in here), key=RANK.index)],
            "\n".join(f"【{WORDS[finding.severity]}】{short(finding)}" for finding in here),
            len(here),
        ]
        for (sheet, address), here in by_cell.items()
    ]
    tried = passwords.of(read.path)
    order = {
        "passwords": tried,
        "sha256": read.sha256,
        "sheets": sheets,
        "marks": marks,
        "listing": _listing(read, sheets, findings),
    }
    work = "workbench.platform.forms.editing:marked"
    if child is None:
        with reading_process() as own:
            made = own.run(read.path, work, **order)
    else:
        made = child.run(read.path, work, **order)
    password = made["password"]
    return base64.b64decode(made["workbook"]), None if password is None else tried[password]


def _sheet_of(finding: Finding, sheets: Sequence[str]) -> str:
    return finding.sheet or sheets[0]


def short(finding: Finding) -> str:
    """The message without the address it starts with."""
    return re.sub(r"^[A-Z]+\d+(?:“[^”]*”)?：", "", finding.text())


def titles_of(read: Form | ReadBook) -> dict[tuple[str, str], str]:
    """What header fields and columns are called, by sheet and key."""
    forms = [read] if isinstance(read, Form) else read.forms
    return {
        (form.sheet, part.key): part.title for form in forms for part in (*form.template.header, *form.template.columns)
    }


def _listing(read: Form | ReadBook, sheets: Sequence[str], findings: Sequence[Finding]) -> dict[str, Any]:
    """The sheet with the list of findings, as ``editing.marked`` wants it."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    titles = titles_of(read)
    return {
        "name": LIST,
        "title": f"《{read.template.title if isinstance(read, Form) else title_of(read.key)}》错误清单",
        "summary": f"文件：{read.file}    错误 {errors} 处，其他 {len(findings) - errors} 处",
        "rebuilt": "    原文件的格式不能直接批注，副本只有内容，没有原来的格式",
        "heads": HEADS,
        "widths": WIDTHS,
        "rows": [
            [
                FILLS[finding.severity],
                [
                    number,
                    WORDS[finding.severity],
                    _sheet_of(finding, sheets),
                    finding.cell,
                    titles.get((_sheet_of(finding, sheets), finding.column or "")),
                    finding.clause,
                    short(finding),
                ],
            ]
            for number, finding in enumerate(findings, start=1)
        ],
    }
