"""The receipt slip: a page and a workbook with the same words, each carrying the signed document they were made from."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from workbench.core.file_names import file_name
from workbench.core.files import whole, write_whole
from workbench.core.texts import lines_needed
from workbench.platform.access.roles import title
from workbench.platform.documents import slip_layouts, slip_of_0_1
from workbench.platform.documents.delivery import Handing, known_recipient
from workbench.platform.documents.receipts import Receipt
from workbench.platform.documents.slip_layouts import FIRST, PROOF, WIDE, Facts, Layout, hash_columns, to_do
from workbench.platform.documents.slip_parts import CODE_SHEET, DATA_SHEET, NAME
from workbench.platform.reporting.html import templates
from workbench.platform.reporting.page import Html
from workbench.platform.reporting.parts import Column, Stamp, mark
from workbench.platform.reporting.sheets import ReportWorkbook

CHUNK = 30_000  # letters of a cell; Excel takes 32,767
KEY_NOTE = (
    "本表的核对码可打开“行哈希”：凭它能逐行证明哪些行与收到的一致，也能被人用来猜测联系方式。由提报单位自行留存，把回执交给别人之前请删除本表；"
    "删除后签名仍可核验，原文件仍可凭 SHA-256 核对。"
)
TEMPLATES = Path(__file__).with_name("templates")
# the one in use first, then those of earlier versions: their slips are compared as they were made
LAYOUTS = (slip_layouts.LAYOUT, slip_of_0_1.LAYOUT)


def seal(signed: dict[str, Any]) -> list[str]:
    """Who signed, as small print."""
    block = signed["signature"]
    return [
        f"出具人 {block['user']}（{title(block['role'])}）　登记册 {signed['register']}　链头 {signed['register_head'][:24]}",
        f"登记册公钥 {signed['house']}",
        f"签名 {block['signature']}",
    ]


def _rows(signed: dict[str, Any], columns: tuple[Column, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(signed["rows"], columns=[column.key for column in columns], dtype=object)
    return frame.where(frame.notna(), None)


def as_page(signed: dict[str, Any], layout: Layout = LAYOUTS[0]) -> str:
    """The slip as one self-contained page that prints on A4; the same document gives the same text."""
    columns, hashed = layout.columns_for(signed), hash_columns(signed)
    hashes = _rows(signed, hashed).dropna(subset="hash") if layout.proof else None
    data = json.dumps(signed, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return (
        templates(TEMPLATES)
        .get_template(layout.template)
        .render(
            name=NAME,
            number=signed["document"],
            facts=_told(layout.facts(signed), layout),
            first_title=FIRST,
            first=to_do(signed),
            titles=[column.title for column in columns],
            rows=_cells(_rows(signed, columns), columns),
            remarks=layout.remarks,
            proof_title=PROOF,
            proof=_told(layout.proof(signed), layout) if layout.proof else [],
            hash_titles=[column.title for column in hashed],
            hashes=[] if hashes is None else _cells(hashes, hashed),
            seal=seal(signed),
            data=Html(data),
        )
    )


def _told(facts: Facts, layout: Layout) -> list[dict[str, str]]:
    return [
        {"label": label, "kind": "wide" * (label in WIDE) + "told" * (label == layout.time), "words": words}
        for label, words in facts
    ]


def _cells(frame: pd.DataFrame, columns: tuple[Column, ...]) -> list[list[dict[str, str]]]:
    return [
        [_cell(value, column) for value, column in zip(row, columns, strict=True)]
        for row in frame.itertuples(index=False)
    ]


def _cell(value: Any, column: Column) -> dict[str, str]:
    kind = {"hash": "h", "todo": "d"}.get(column.key, "" if column.style == "text" else "c")
    return {"kind": kind, "text": "" if value is None else str(value)}


def write_sheet(receipt: Receipt, path: Path | IO[bytes], layout: Layout = LAYOUTS[0]) -> None:
    """The slip as a workbook: its page, the code on a sheet of its own, the signed document on a hidden one."""
    signed = receipt.signed
    columns = layout.columns_for(signed)
    stamp = Stamp(
        NAME,
        f"登记号 {signed['document']}",
        date.fromisoformat(signed["issued_at"][:10]),
        datetime.fromisoformat(signed["issued_at"]),
        signed["edition"],
        signed["register_head"],
        mark(bool(signed.get("simulation"))),
    )
    width = len(columns)
    with ReportWorkbook(path, stamp) as workbook:
        sheet = workbook.sheet(NAME, [column.width for column in columns])
        sheet.set_row(0, 30)
        workbook.wide(sheet, 0, 0, width - 1, NAME, "title")
        top = _facts(workbook, sheet, 1, layout.facts(signed), layout, columns) + 1
        if layout.proof:
            top = workbook.notes(sheet, top, to_do(signed), width, FIRST)
        frame = _rows(signed, columns)
        workbook.table(sheet, top, columns, frame, empty="没有数据行。", freeze=False, filtered=False)
        sheet.repeat_rows(top)
        below = workbook.notes(sheet, top + max(len(frame), 1) + 2, layout.remarks, width)
        if layout.proof:
            workbook.wide(sheet, below, 0, width - 1, PROOF, "section")
            below = _facts(workbook, sheet, below + 1, layout.proof(signed), layout, columns)
            below = _hashes(workbook, sheet, below + 1, signed)
        workbook.notes(sheet, below, seal(signed), width, "签名")
        if receipt.code:
            private = workbook.sheet(CODE_SHEET, [14, 60], "核对码（提报单位留存）")
            workbook.put(private, 3, 0, "核对码", "text", "cell", "head")
            workbook.put(private, 3, 1, receipt.code, "text", "cell")
            workbook.wide(private, 5, 0, 1, KEY_NOTE, "note")
            private.set_row(5, 110)
        data = workbook.file.add_worksheet(DATA_SHEET)
        data.very_hidden()
        text = json.dumps(signed, ensure_ascii=False, sort_keys=True)
        for row in range(-(-len(text) // CHUNK)):
            data.write_string(row, 0, text[row * CHUNK : (row + 1) * CHUNK])


def _facts(
    workbook: ReportWorkbook, sheet: Worksheet, row: int, facts: Facts, layout: Layout, columns: tuple[Column, ...]
) -> int:
    """Facts below each other from a row on; gives back the next one."""
    for place, (label, words) in enumerate(facts, row):
        workbook.wide(sheet, place, 0, 1, label, "small")
        workbook.wide(sheet, place, 2, len(columns) - 1, words, *(["total"] if label == layout.time else ["base"]))
        sheet.set_row(place, 17 * lines_needed(words, sum(column.width for column in columns[2:])))
    return row + len(facts)


def _hashes(workbook: ReportWorkbook, sheet: Worksheet, row: int, signed: dict[str, Any]) -> int:
    """The hashes of rows, each reaching over the empty cells beside it; gives back the next free row."""
    columns = hash_columns(signed)
    frame = _rows(signed, columns).dropna(subset="hash")
    if frame.empty:
        return row
    for place, column in enumerate(columns):
        workbook.put(sheet, row, place, column.title, "text", "small")
    for line, values in enumerate(frame.itertuples(index=False), row + 1):
        for place, (value, column) in enumerate(zip(values, columns, strict=True)):
            workbook.put(sheet, line, place, value, "rank" if column.key == "row" else "base", "small")
    return row + len(frame) + 2


def write(receipts: list[Receipt], out: Path, handing: Handing | None = None) -> list[Path]:
    """Page and workbook of each receipt in ``out``, each whole or not there; with ``handing`` the workbook alone, as a marked
    copy under the password of the unit whose file it is about. Raises OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for receipt in receipts:
        if handing is not None:
            page, number = BytesIO(), receipt.signed["document"]
            write_sheet(receipt, page)
            recipient = known_recipient(receipt.signed["unit"], f"文件{number} 的提交人")
            about = "_".join(_whose(receipt.signed))
            made.append(handing.paper(NAME, about, recipient, page.getvalue(), out).file)
            continue
        # the sender's name for the file may hold anything: it stands inside only
        parts = (NAME, *_whose(receipt.signed), receipt.signed["sha256"][:8])
        workbook, html = (out / file_name(*parts, ending=ending) for ending in (".xlsx", ".html"))
        with whole(workbook) as part:
            write_sheet(receipt, part)
        write_whole(html, as_page(receipt.signed))
        made += [workbook, html]
    return made


def _whose(signed: dict[str, Any]) -> list[str]:
    """What a slip's file is called by: the code of a listed unit, the number in the register; never what a file said of itself."""
    return [*([signed["unit"]] if signed["unit_name"] else []), f"{signed['document']:06d}"]
