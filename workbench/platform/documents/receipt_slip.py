"""The receipt slip: a page and a workbook with the same words, each carrying the signed document they were made from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pandas as pd

from workbench.core.file_names import file_name
from workbench.core.files import whole, write_whole
from workbench.core.texts import lines_needed
from workbench.platform.access.roles import title
from workbench.platform.documents.delivery import Handing, known_recipient
from workbench.platform.documents.receipts import Receipt
from workbench.platform.documents.slip_parts import CODE_SHEET, DATA_SHEET, NAME
from workbench.platform.reporting.html import templates
from workbench.platform.reporting.page import Html
from workbench.platform.reporting.parts import Column, Stamp, mark
from workbench.platform.reporting.sheets import ReportWorkbook

TIME = "收到时间"
CHUNK = 30_000  # letters of a cell; Excel takes 32,767
COLUMNS = (
    Column("row", "行", 6, "rank"),
    Column("number", "信息编号", 15, "center"),
    Column("customer", "客户名称", 26),
    Column("verdict", "结论", 8, "center"),
    Column("clause", "条款", 7, "center"),
    Column("place", "名次", 6, "rank"),
    Column("note", "说明", 40),
    Column("hash", "行哈希", 36),
)
KEY_NOTE = (
    "本表的核对码可打开“行哈希”：凭它能逐行证明哪些行与收到的一致，也能被人用来猜测联系方式。由提报单位自行留存，把回执交给别人之前请删除本表；"
    "删除后签名仍可核验，原文件仍可凭 SHA-256 核对。"
)
REMARKS = (
    "收到时间是登记册记录的时间，先后以它为准（第5.1条）。名次是同一客户、类别、地区的信息按收到时间排定的次序，1 为计入的一条；"
    "未列名次的不参与排序。名次为截至出具时的情况，先收到而后补录的文件可能使它改变。",
    "行哈希由该行各单元格的内容和一个核对码算出，没有核对码看不出任何内容。核对码在工作簿回执的《核对码》表中，本页没有。",
    "核验：workbench receipt verify 本文件 --key 公钥（公钥以另处留存的为准，不用登记册）；加 --file 原文件 可核对文件和各行。",
)
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Layout:
    """How slips of a version are set out: columns, remarks, the template of the page, the digest of its style sheet."""

    columns: tuple[Column, ...]
    remarks: tuple[str, ...]
    template: str
    style: str


# the one in use first, then those of earlier versions: their slips are compared as they were made
LAYOUTS = (
    Layout(COLUMNS, REMARKS, "receipt.html.jinja", "138a8182695b3d3643459812d01e42f76e4a9bad4385a28a7f53e6c0648b32d9"),
    Layout(COLUMNS, REMARKS, "receipt.html.jinja", "a7751596cdb36562d93de8cf1348fa5ed6a3314fa278086a85be5068a7e1809d"),
)
SHEET = Column("sheet", "表", 22)  # of a book's rows
BOOK_LAYOUTS = tuple(replace(layout, columns=(SHEET, *layout.columns)) for layout in LAYOUTS)
KIND, SIMULATED = "性质", "模拟登记册的回执，不是正式回执"
WIDE = {KIND, "文件名", "SHA-256", "出具时间", "制度版本"}  # facts that take a whole line of the page


def layouts_of(signed: dict[str, Any]) -> tuple[Layout, ...]:
    """The layouts a receipt may have been set out in: a book's rows name their sheets."""
    return BOOK_LAYOUTS if "sheets" in signed else LAYOUTS


def facts(signed: dict[str, Any]) -> list[tuple[str, str]]:
    """What stands above the rows: label and words; first of all where it comes from a register that is a simulation."""
    unit = " ".join(filter(None, (signed["unit"], signed["unit_name"]))) or "—"
    forms = signed.get("sheets", [signed])
    return [
        *([(KIND, SIMULATED)] if signed.get("simulation") else []),
        ("文件名", signed["file"]),
        ("SHA-256", signed["sha256"]),
        ("单位", unit),
        ("表单", "、".join(f"{each['title']}（版本 {each['version']}）" for each in forms)),
        (TIME, _moment(signed["received_at"])),
        ("登记时间", _moment(signed["recorded_at"])),
        ("登记号", "、".join(str(each["document"]) for each in forms)),
        ("行数", f"接收 {signed['accepted']} 行，退回 {signed['returned']} 行"),
        ("出具时间", f"{_moment(signed['issued_at'])}，情况截至 {_moment(signed['as_of'])}"),
        ("制度版本", signed["edition"]),
    ]


def seal(signed: dict[str, Any]) -> list[str]:
    """Who signed, as small print."""
    block = signed["signature"]
    return [
        f"出具人 {block['user']}（{title(block['role'])}）　登记册 {signed['register']}　链头 {signed['register_head'][:24]}",
        f"登记册公钥 {signed['house']}",
        f"签名 {block['signature']}",
    ]


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"


def _rows(signed: dict[str, Any], columns: tuple[Column, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(signed["rows"], columns=[column.key for column in columns], dtype=object)
    return frame.where(frame.notna(), None)


def as_page(signed: dict[str, Any], layout: Layout | None = None) -> str:
    """The slip as one self-contained page that prints on A4; the same document gives the same text."""
    layout = layout or layouts_of(signed)[0]
    columns = layout.columns
    shown = [
        {"label": label, "kind": "wide" * (label in WIDE) + "told" * (label == TIME), "words": words}
        for label, words in facts(signed)
    ]
    rows = [
        [_cell(value, column) for value, column in zip(row, columns, strict=True)]
        for row in _rows(signed, columns).itertuples(index=False)
    ]
    data = json.dumps(signed, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return (
        templates(TEMPLATES)
        .get_template(layout.template)
        .render(
            name=NAME,
            number=signed["document"],
            facts=shown,
            titles=[column.title for column in columns],
            rows=rows,
            remarks=layout.remarks,
            seal=seal(signed),
            data=Html(data),
        )
    )


def _cell(value: Any, column: Column) -> dict[str, str]:
    kind = "h" if column.key == "hash" else "" if column.style == "text" else "c"
    return {"kind": kind, "text": "" if value is None else str(value)}


def write_sheet(receipt: Receipt, path: Path | IO[bytes], layout: Layout | None = None) -> None:
    """The slip as a workbook: its page, the code on a sheet of its own, the signed document on a hidden one."""
    signed = receipt.signed
    layout = layout or layouts_of(signed)[0]
    columns = layout.columns
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
        for row, (label, words) in enumerate(facts(signed), 1):
            workbook.wide(sheet, row, 0, 1, label, "small")
            workbook.wide(sheet, row, 2, width - 1, words, *(["total"] if label == TIME else ["base"]))
            sheet.set_row(row, 17 * lines_needed(words, sum(column.width for column in columns[2:])))
        top = len(facts(signed)) + 2
        frame = _rows(signed, columns)
        workbook.table(sheet, top, columns, frame, empty="没有数据行。", freeze=False, filtered=False)
        sheet.repeat_rows(top)
        below = top + max(len(frame), 1) + 2
        workbook.notes(sheet, workbook.notes(sheet, below, layout.remarks, width), seal(signed), width, "签名")
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
            made.append(handing.paper(NAME, f"{number:06d}", recipient, page.getvalue(), out).file)
            continue
        # the sender's name for the file may hold anything: it stands inside only
        parts = (NAME, f"{receipt.signed['document']:06d}", receipt.signed["sha256"][:8])
        workbook, html = (out / file_name(*parts, ending=ending) for ending in (".xlsx", ".html"))
        with whole(workbook) as part:
            write_sheet(receipt, part)
        write_whole(html, as_page(receipt.signed))
        made += [workbook, html]
    return made
