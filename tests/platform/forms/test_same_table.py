"""The same table, whatever program wrote it, is the same rows with the same findings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pytest
import xlsxwriter
from openpyxl import Workbook

from tests.support.office_program import save_anew
from tests.support.other_formats import EPOCH, archive
from tests.support.workbooks import outcome, said
from workbench.platform.forms.addresses import letter
from workbench.platform.forms.read import Form

pytestmark = pytest.mark.slow
KEPT = Path(__file__).parent / "written_elsewhere"
TABLES = json.loads((KEPT / "tables.json").read_text(encoding="utf-8"))
DAY = 'yyyy"年"m"月"d"日"'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"
Table = dict[str, Any]


def cells(table: Table) -> list[tuple[int, int, Any]]:
    """The cells that hold something: row and column from 0, and what it is."""
    return [
        (row, column, value)
        for row, line in enumerate(table["cells"])
        for column, value in enumerate(line)
        if value is not None
    ]


def days(day: str) -> int:
    """A day as workbooks count it."""
    return (datetime.fromisoformat(day) - EPOCH).days


def by_openpyxl(table: Table, path: Path) -> None:
    """It leaves no results of formulas, so they are numbers here."""
    book = Workbook()
    sheet = book.active
    sheet.title = table["sheet"]
    for row, column, value in cells(table):
        cell = sheet.cell(row + 1, column + 1)
        if isinstance(value, dict):
            cell.value = next(iter(value.values())) if "result" not in value else value["result"]
            if "day" in value:
                cell.value, cell.number_format = datetime.fromisoformat(value["day"]), DAY
        else:
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    if hidden := table.get("hidden_row"):
        sheet.row_dimensions[hidden].hidden = True
    book.save(path)


def by_xlsxwriter(table: Table, path: Path) -> None:
    """With constant memory it writes texts into the cells; here they are shared."""
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(table["sheet"]), book.add_format({"num_format": DAY})
        for row, column, value in cells(table):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif not isinstance(value, dict):
                sheet.write_number(row, column, value)
            elif "day" in value:
                sheet.write_datetime(row, column, datetime.fromisoformat(value["day"]), day)
            elif "error" in value:
                sheet.write_formula(row, column, "=NA()", None, value["error"])
            else:
                sheet.write_formula(row, column, f"={value['formula']}", None, value["result"])
        if hidden := table.get("hidden_row"):
            sheet.set_row(hidden - 1, None, None, {"hidden": True})


def by_libreoffice(table: Table, path: Path) -> None:
    """What it saves after it opened the one of XlsxWriter."""
    given = path.with_name(f"{path.stem}_给.xlsx")
    by_xlsxwriter(table, given)
    save_anew([given], path.parent / "存", path.parent)
    (path.parent / "存" / given.name).rename(path)


def links(*targets: tuple[str, str]) -> bytes:
    """Relationships rId1, rId2 … by the last word of their types and where they lead."""
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKED}/relationships">{each}</Relationships>'.encode()


def styles(prefix: str, number: int, code: str = "") -> bytes:
    """Two looks of cells, the second one a day's."""
    p = f"{prefix}:" if prefix else ""
    own = f'<{p}numFmts count="1"><{p}numFmt numFmtId="{number}" formatCode="{code}"/></{p}numFmts>' if code else ""
    return (
        f'<{p}styleSheet xmlns{":" + prefix if prefix else ""}="{MAIN}">{own}<{p}fonts><{p}font/></{p}fonts><{p}cellXfs>'
        f'<{p}xf numFmtId="0" fontId="0"/><{p}xf numFmtId="{number}" fontId="0" applyNumberFormat="1"/></{p}cellXfs>'
        f"</{p}styleSheet>"
    ).encode()


def rows(table: Table, prefix: str, text: Callable[[str], tuple[str, str]], *, spans: bool) -> str:
    """The rows of a sheet; ``text`` gives the type of a text's cell and what stands in it."""
    p = f"{prefix}:" if prefix else ""
    out = []
    for number, line in enumerate(table["cells"], 1):
        inner = ""
        for column, value in enumerate(line):
            place = f'r="{letter(column)}{number}"'
            if value is None:
                inner += f'<{p}c {place} s="0"/>' if spans else ""
            elif isinstance(value, str):
                kind, held = text(value)
                inner += f'<{p}c {place} t="{kind}">{held}</{p}c>'
            elif not isinstance(value, dict):
                inner += f"<{p}c {place}><{p}v>{value!r}</{p}v></{p}c>"
            elif "day" in value:
                inner += f'<{p}c {place} s="1"><{p}v>{days(value["day"])}</{p}v></{p}c>'
            elif "error" in value:
                inner += f'<{p}c {place} t="e"><{p}v>{value["error"]}</{p}v></{p}c>'
            else:
                inner += f"<{p}c {place}><{p}f>{value['formula']}</{p}f><{p}v>{value['result']}</{p}v></{p}c>"
        more = f' spans="1:{len(line)}"' if spans and line else ""
        more += ' hidden="1"' if number == table.get("hidden_row") else ""
        out.append(f'<{p}row r="{number}"{more}>{inner}</{p}row>')
    return "".join(out)


def with_prefixes(table: Table, path: Path) -> None:
    """As writers over the Open XML SDK make it: every element with a prefix, paths from the root, texts in the cells."""

    def text(value: str) -> tuple[str, str]:
        return "inlineStr", f'<x:is><x:t xml:space="preserve">{escape(value)}</x:t></x:is>'

    path.write_bytes(
        archive(
            {
                "xl/workbook.xml": (
                    f'<?xml version="1.0" encoding="utf-8"?><x:workbook xmlns:x="{MAIN}"><x:sheets><x:sheet name="'
                    f'{table["sheet"]}" sheetId="1" r:id="rId1" xmlns:r="{OFFICE}"/></x:sheets></x:workbook>'
                ).encode(),
                "xl/_rels/workbook.xml.rels": links(
                    ("worksheet", "/xl/worksheets/sheet.xml"), ("styles", "/xl/styles.xml")
                ),
                "xl/styles.xml": styles("x", 164, escape(DAY, {'"': "&quot;"})),
                "xl/worksheets/sheet.xml": (
                    f'<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
                    f"{rows(table, 'x', text, spans=False)}</x:sheetData></x:worksheet>"
                ).encode(),
                "_rels/.rels": links(("officeDocument", "/xl/workbook.xml")),
                "[Content_Types].xml": f'<Types xmlns="{PACKED}/content-types"/>'.encode(),
            }
        )
    )


def as_wps(table: Table, path: Path) -> None:
    """With what WPS adds: its extensions, its own days (format 31), readings beside texts, texts in runs, formats of whole
    columns and of rows far below, parts of its own."""
    shared: list[str] = []

    def text(value: str) -> tuple[str, str]:
        pieces = [value]
        if len(shared) % 3 == 1:
            pieces = [value[:1], value[1:]]
        texts = [f'<t xml:space="preserve">{escape(piece)}</t>' for piece in pieces]
        kept = texts[0] if len(texts) == 1 else f'<r>{texts[0]}</r><r><rPr><sz val="9"/></rPr>{texts[1]}</r>'
        shared.append(f'<si>{kept}<phoneticPr fontId="1" type="noConversion"/></si>')
        return "s", f"<v>{len(shared) - 1}</v>"

    body = rows(table, "", text, spans=True)
    far = '<row r="1048576" s="0" customFormat="1"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    extension = (
        '<extLst><ext uri="{x}" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:a/></ext></extLst>'
    )
    head = (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/'
        'spreadsheetDrawing" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:mc="http://'
        'schemas.openxmlformats.org/markup-compatibility/2006" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
        ' mc:Ignorable="etc">'
    )
    path.write_bytes(
        archive(
            {
                "_rels/.rels": links(
                    ("officeDocument", "xl/workbook.xml"), ("custom-properties", "docProps/custom.xml")
                ),
                "docProps/custom.xml": b'<Properties><property name="KSOProductBuildVer">2052-12.1.0</property></Properties>',
                "xl/workbook.xml": (
                    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><fileVersion appName="xl"/><workbookPr/><bookViews>'
                    f'<workbookView windowWidth="28000"/></bookViews><sheets><sheet name="{table["sheet"]}" sheetId="1" '
                    'r:id="rId1"/></sheets><calcPr calcId="144525"/></workbook>'
                ).encode(),
                "xl/_rels/workbook.xml.rels": links(
                    ("worksheet", "worksheets/sheet1.xml"),
                    ("styles", "styles.xml"),
                    ("sharedStrings", "sharedStrings.xml"),
                    ("cellImage", "cellimages.xml"),
                ),
                "xl/cellimages.xml": b'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/>',
                "xl/styles.xml": styles("", 31),
                "xl/worksheets/sheet1.xml": (
                    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{head}<sheetPr/><dimension ref="A1:XFD1048576"/>'
                    '<sheetFormatPr defaultColWidth="9" defaultRowHeight="13.5"/><cols><col min="1" max="16384" width="9"/></cols>'
                    f"<sheetData>{body}{far}</sheetData>{extension}</worksheet>"
                ).encode(),
                "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(shared)}</sst>'.encode(),
                "[Content_Types].xml": f'<Types xmlns="{PACKED}/content-types"/>'.encode(),
            }
        )
    )


def kept(ending: str) -> Callable[[Table, Path], None]:
    """A workbook that stands beside the tables."""

    def copy(table: Table, path: Path) -> None:
        name = next(name for name, each in TABLES.items() if each is table)
        shutil.copyfile(KEPT / f"{name}_{ending}.xlsx", path)

    return copy


WRITERS = {
    "openpyxl": by_openpyxl,
    "XlsxWriter": by_xlsxwriter,
    "LibreOffice": by_libreoffice,
    "exceljs": kept("exceljs"),
    "SheetJS": kept("sheetjs"),
    "SheetJS, texts in cells": kept("sheetjs_texts_in_cells"),
    "prefixes": with_prefixes,
    "WPS": as_wps,
}


def read(name: str, writer: str, folder: Path) -> Form:
    """What is read of a table that a program wrote."""
    path = folder / f"{name}.xlsx"
    WRITERS[writer](TABLES[name], path)
    form = outcome(path)
    assert isinstance(form, Form), form.zh
    return form


@pytest.fixture(scope="module", params=TABLES)
def table_and_form(request, tmp_path_factory) -> tuple[str, Form]:
    """A table's name, and what is read of it as the Open XML SDK's writers leave it: its XML is in this file."""
    return request.param, read(request.param, "prefixes", tmp_path_factory.mktemp("前缀"))


@pytest.mark.parametrize("writer", WRITERS)
def test_every_program_leaves_the_same_rows(table_and_form, writer, tmp_path):
    """Header, values, numbers of rows, findings with their cells."""
    name, first = table_and_form
    form = read(name, writer, tmp_path)
    assert (form.template.id, form.header) == (first.template.id, first.header)
    pd.testing.assert_frame_equal(form.rows, first.rows, check_exact=True)
    assert said(form) == said(first)


def test_the_table_is_what_was_written(tmp_path):
    """The rows that are the same everywhere are the right ones."""
    leads, contracts = (read(name, "SheetJS", tmp_path) for name in ("leads", "contracts"))
    assert leads.header["reported_on"] == datetime(2026, 1, 5) and contracts.header["month"] == "2026-03"
    assert said(leads) == [
        ("phone_as_number", "I8", "warning"),
        ("error_cell", "L9", "error"),
        ("hidden_row", "A11", "warning"),
        ("missing", "K11", "error"),
    ]
    assert leads.rows["customer"].tolist() == ["江城公交", '滨江 <机械> & "农具"', "东湖农场", "南岸学校"]
    assert leads.rows["quantity"].tolist()[:2] == [12, 12]
    assert contracts.rows["signed_on"].tolist() == [
        pd.Timestamp(2026, 3, 5),
        pd.Timestamp(2026, 3, 31),
        pd.Timestamp(2024, 2, 29),
    ]
    assert contracts.rows["quantity"].tolist() == [12, 20, 7]
