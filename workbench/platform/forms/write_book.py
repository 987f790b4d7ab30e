"""Writes books: the official sheets of one person's work in one workbook, blank or filled in. Same input, same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.file_names import file_name
from workbench.core.files import write_whole
from workbench.platform.forms import book_sheets
from workbench.platform.forms.books import FormBook, books
from workbench.platform.forms.child import parsed
from workbench.platform.forms.reading_process import specs
from workbench.platform.forms.spec import Template
from workbench.platform.forms.wording import Wording
from workbench.platform.forms.write import FormSheet, Guide, add_lists, add_stamp, new_workbook
from workbench.platform.regulation.edition import Policy

SPARE_ROWS = 50
FOLDER = "工作簿"
LEFT_ALONE = "不填的表原样留着，不作上报"


@dataclass(frozen=True)
class Filled:
    """What is filled in of a form: header fields and columns by key, as ``write_form`` takes them."""

    header: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def build_blank_books(out: Path, policy: Policy, on: date) -> list[Path]:
    """Write every blank book to a folder of its own, with the numbers in force on a day, in the order of the books."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    named = {folder / file_name(book.title, ending=".xlsx"): book for book in books().values()}
    return [write_book(book, path, {}, policy=policy, on=on) for path, book in named.items()]


def write_book(
    book: FormBook,
    path: Path,
    filled: Mapping[str, Filled],
    typed: Mapping[str, Filled] | None = None,
    *,
    policy: Policy,
    on: date,
    spare: int = SPARE_ROWS,
) -> Path:
    """Write a book; ``filled``: by template. ``spare``: empty rows of each sheet. Raises OSError.

    Its stamp holds a digest of each sheet as it is read back, so that a sheet nobody touched is known when it returns.
    ``typed``: what its sheets hold instead, as somebody handed it back.
    """
    handed_out = parsed(_written(book, filled, {}, policy, on, spare), specs())["sheets"]
    digests = {sheet["template"]: book_sheets.digest(sheet) for sheet in handed_out}
    write_whole(path, _written(book, filled if typed is None else typed, digests, policy, on, spare))
    return path


def _written(
    book: FormBook, filled: Mapping[str, Filled], digests: Mapping[str, str], policy: Policy, on: date, spare: int
) -> bytes:
    out = io.BytesIO()
    with new_workbook(out) as workbook:
        workbook.set_properties({"title": book.title, "subject": book.key, "created": datetime(2026, 1, 1)})
        wordings = [Wording(template, policy, on) for template in book.templates]
        for wording in wordings:
            given = filled.get(wording.template.id, Filled())
            rows = pd.DataFrame(list(given.rows), dtype=object)
            note = "；".join(filter(None, [book.notes.get(wording.template.id), LEFT_ALONE]))
            FormSheet(workbook, wording, len(rows) + spare, note).fill(given.header, rows)
        workbook.get_worksheet_by_name(book.templates[0].sheet).activate()
        lines = [book.about, *(f"{each.order} {each.sheet}{_note(book, each)}" for each in book.templates)]
        guide = Guide(
            workbook, f"《{book.title}》填表说明", [*lines, f"{LEFT_ALONE}；填了的表各自登记，一处有误不影响其他表。"]
        )
        for wording in wordings:
            guide.about(wording, titled=True)
        if any(part.kind in ("province", "city") for each in book.templates for part in each.columns):
            add_lists(workbook)
        entries = [
            book_sheets.Entry(each.sheet, each.id, each.version, digests.get(each.id, "")) for each in book.templates
        ]
        add_stamp(workbook, book_sheets.stamp_rows(book.key, entries))
    return out.getvalue()


def _note(book: FormBook, template: Template) -> str:
    return f"：{book.notes[template.id]}" if template.id in book.notes else ""
