"""Checking a slip with the public key alone: what was altered is named, and a file's rows are told apart."""

from __future__ import annotations

import json
import resource
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.documents import Bureau
from tests.support.workbooks import rewrite
from workbench.platform.documents import receipt_check, receipt_slip
from workbench.platform.documents.receipt_slip import CHUNK, CODE_SHEET, DATA_SHEET, NAME
from workbench.platform.documents.receipts import Receipt
from workbench.platform.documents.slip_page import read_page

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["xlsx", "html"])
def test_a_slip_is_checked_without_the_register(bureau, tmp_path, kind):
    """In a process that has the slip, the key and nothing else."""
    shutil.copy(bureau.slip(3, kind), tmp_path / f"slip.{kind}")
    shutil.copy(bureau.key, tmp_path / "key.json")
    shutil.copy(bureau.folder / "收件" / "二 13700001234.xlsx", tmp_path / "原件.xlsx")
    text = bureau.away(tmp_path, "receipt", "verify", f"slip.{kind}", "--key", "key.json", "--file", "原件.xlsx")
    assert "签名相符" in text and "所给文件就是收到的那一份" in text
    assert "第 7 行：重复（第5.1条），名次 2" in text  # as known when it was issued
    bare = json.loads(bureau.key.read_text(encoding="utf-8"))["house_key"]
    told = bureau.away(tmp_path, "receipt", "verify", f"slip.{kind}", "--key", bare, "--json")
    document = json.loads(
        told.splitlines()[0]
    )  # after it, on the other stream: that a key alone proves the signature only
    assert (document["genuine"], document["as_signed"], document["same_file"]) == (True, True, None)
    bureau.away(tmp_path, "receipt", "verify", f"slip.{kind}", code=2)  # without a key nothing is called genuine


def shown_altered(path: Path) -> None:
    """A time of receipt that was written over, on the page only."""
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("2026-01-06 10:00:00", "2026-01-04 10:00:00", 1), encoding="utf-8")
        return
    book = load_workbook(path)
    for row in book[NAME].iter_rows(max_row=15):
        for cell in row:
            if cell.value == "2026-01-06 10:00:00":
                cell.value = "2026-01-04 10:00:00"
    book.save(path)


def signed_altered(path: Path, **changes: object) -> None:
    """What was signed, with something in it changed."""
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        head, mark, rest = text.partition('id="receipt">')
        data, end, tail = rest.partition("</script>")
        path.write_text(head + mark + changed(data, changes) + end + tail, encoding="utf-8")
        return
    book = load_workbook(path)
    sheet = book[DATA_SHEET]
    text = changed("".join(cell.value for (cell,) in sheet.iter_rows()), changes)
    sheet.delete_rows(1, sheet.max_row)
    for row in range(-(-len(text) // CHUNK)):
        sheet.cell(row + 1, 1).value = text[row * CHUNK : (row + 1) * CHUNK]
    book.save(path)


def changed(text: str, changes: dict[str, object]) -> str:
    """A signed document with parts replaced; None takes one out."""
    document = {**json.loads(text), **changes}
    return json.dumps({name: value for name, value in document.items() if value is not ...}, ensure_ascii=False)


@pytest.fixture(params=["xlsx", "html"])
def slip(request, bureau, tmp_path) -> Path:
    """A slip of one's own to alter."""
    return Path(shutil.copy(bureau.slip(3, request.param), tmp_path / f"slip.{request.param}"))


def verify(bureau: Bureau, slip: Path, code: int, *more: object) -> str:
    """What the check says of a slip, on both streams."""
    return bureau.run("receipt", "verify", slip, "--key", bureau.key, *more, code=code) + bureau.said


def test_words_that_were_written_over_are_seen(bureau, slip):
    """The signature is good, the page shows something else: what was signed is said."""
    shown_altered(slip)
    text = verify(bureau, slip, 1)
    assert "与签名的内容不一致" in text and "接收时间 2026-01-06T10:00:00" in text


def rewritten(path: Path, how: str) -> None:
    """A page that shows something else, or the same in other lines."""
    text = path.read_text(encoding="utf-8")
    told = {
        "lines": ("<dt>", "\n   <dt>"),
        "sign": ("2026-01-06 10:00:00", "2026-01-06 10:00:0&#48;"),
        "comment": ("<dl", "<!--><b>2026-01-04</b><!-- --><dl"),
        "style": ("<style>", "<style>dd{font-size:0}"),
        "another style": ("</head>", "<style>dd{font-size:0}</style></head>"),
        "attribute": ("<main>", "<main hidden>"),
        "script": ("</main>", "</main><script>document.title=1</script>"),
        "data in another script": ('id="receipt">', 'id="receipt" hidden>'),
    }
    path.write_text(text.replace(*told[how]), encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("lines", 0),
        ("sign", 0),
        ("comment", 1),
        ("style", 1),
        ("another style", 1),
        ("attribute", 1),
        ("script", 1),
        ("data in another script", 2),
    ],
)
def test_a_page_is_read_as_a_browser_shows_it(bureau, tmp_path, how, code):
    """White space between elements and the way a sign is written are free; whatever else is put in is seen."""
    path = Path(shutil.copy(bureau.slip(3, "html"), tmp_path / "slip.html"))
    rewritten(path, how)
    verify(bureau, path, code)


def test_a_slip_of_an_earlier_layout_is_genuine(bureau, tmp_path, monkeypatch):
    """With a column, a remark and a style sheet that slips have no more; with a remark of its own it is not."""
    known = receipt_slip.LAYOUTS[0]
    columns = tuple(each for each in known.columns if each.key != "place")
    earlier = replace(known, columns=columns, remarks=("旧版说明。",), styles=frozenset())
    pages = {}
    for kind in ("html", "xlsx"):
        signed, code, _ = receipt_check._read(bureau.slip(3, kind))
        pages[kind] = tmp_path / f"slip.{kind}"
        if kind == "html":
            text = receipt_slip.as_page(signed, earlier).replace("<style>", "<style>td{margin:0}")
            earlier = replace(earlier, styles=frozenset({read_page(text).style}))
            pages[kind].write_text(text, encoding="utf-8")
        else:
            receipt_slip.write_sheet(Receipt(signed, code), pages[kind], earlier)
        verify(bureau, pages[kind], 1)
    monkeypatch.setattr(receipt_slip, "LAYOUTS", (known, earlier))
    for path in pages.values():
        verify(bureau, path, 0)
    pages["html"].write_text(
        pages["html"].read_text(encoding="utf-8").replace("旧版说明", "新版说明"), encoding="utf-8"
    )
    verify(bureau, pages["html"], 1)


@pytest.mark.parametrize("layout", receipt_slip.LAYOUTS)
@pytest.mark.parametrize("kind", ["html", "xlsx"])
def test_slips_of_every_layout_there_was_are_genuine(bureau, tmp_path, layout, kind):
    """As they were made, whatever the one in use looks like."""
    signed, code, _ = receipt_check._read(bureau.slip(3, kind))
    path = tmp_path / f"slip.{kind}"
    if kind == "html":
        path.write_text(receipt_slip.as_page(signed, layout), encoding="utf-8")
    else:
        receipt_slip.write_sheet(Receipt(signed, code), path, layout)
    verify(bureau, path, 0)
    shown_altered(path)
    verify(bureau, path, 1)


def test_the_style_sheet_in_use_is_noted(bureau):
    """Whoever changes it notes the new one beside those of before: their pages stay genuine."""
    style = read_page(bureau.slip(3, "html").read_text(encoding="utf-8")).style
    assert style in receipt_slip.LAYOUTS[0].styles


def disguised(sheet: Worksheet, how: str) -> None:
    """The slip's sheet made to show something else, its values left as they are."""
    time = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "2026-01-06 10:00:00")
    if how == "format":
        time.number_format = ';;;"2026-01-04 10:00:00"'
    elif how == "rule":
        style = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode=';;;"2026-01-04 10:00:00"'))
        sheet.conditional_formatting.add(time.coordinate, Rule(type="expression", dxf=style, formula=["TRUE"]))
    elif how == "row":
        sheet.row_dimensions[time.row].hidden = True
    elif how == "picture":
        sheet.add_chart(BarChart(), time.coordinate)
    else:
        sheet.parent.create_sheet("回执", 0)["A1"] = "接收时间 2026-01-04 10:00:00"


@pytest.mark.parametrize("how", ["format", "rule", "row", "picture", "sheet"])
def test_a_slip_in_disguise_is_seen(bureau, tmp_path, how):
    """Every cell holds what was signed, and the sheet shows another time, or none."""
    path = tmp_path / "slip.xlsx"
    book = load_workbook(bureau.slip(3, "xlsx"))
    disguised(book[NAME], how)
    book.save(path)
    assert "与签名的内容不一致" in verify(bureau, path, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"received_at": "2026-01-04T10:00:00"}, "内容与签名不符"),
        ({"rows": []}, "内容与签名不符"),
        ({"more": 1}, "内容与签名不符"),
        ({"signature": ...}, "没有签名"),
        ({"signature": {}}, "内容与签名不符"),
        ({"register": "0" * 32}, "属于另一份登记册"),
        ({"house": "0" * 64}, "属于另一份登记册"),
    ],
)
def test_what_was_signed_cannot_be_altered(bureau, slip, changes, sentence):
    """Time, rows, additions, the signature itself, the register it claims to be of."""
    signed_altered(slip, **changes)
    assert sentence in verify(bureau, slip, 2)


def test_another_registers_key_is_told_from_an_altered_slip(bureau, slip):
    """Its own sentence."""
    bureau.run("receipt", "verify", slip, "--key", bureau.foreign_key(), code=2)
    assert "属于另一份登记册" in bureau.said


def test_a_signature_for_another_purpose_is_none(bureau, tmp_path):
    """A report's manifest does not pass for a receipt."""
    manifest = json.loads(bureau.report.with_name(f"{bureau.report.stem}.manifest.json").read_text(encoding="utf-8"))
    page = tmp_path / "slip.html"
    page.write_text(f'<script type="application/json" id="receipt">{json.dumps(manifest)}</script>', encoding="utf-8")
    assert "内容与签名不符" in verify(bureau, page, 2)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html></html>", b"\xff\xfe\x00", b"{}"])
def test_what_is_no_slip_is_said(bureau, tmp_path, content):
    """A sentence, no fault."""
    path = tmp_path / "slip.html"
    path.write_bytes(content)
    assert "不是" in verify(bureau, path, 2)
    bureau.run("receipt", "verify", tmp_path / "缺.html", "--key", bureau.key, code=2)
    bureau.run("receipt", "verify", bureau.slip(3, "html"), "--key", "abc", code=2)
    assert "没有公钥" in bureau.said


def test_the_code_can_be_taken_out_but_not_exchanged(bureau, tmp_path):
    """A slip without its code sheet is still genuine; saved again by another program too."""
    path = tmp_path / "slip.xlsx"
    book = load_workbook(bureau.slip(3, "xlsx"))
    book.save(path)
    verify(bureau, path, 0)
    book[CODE_SHEET]["B4"].value = "0" * 32
    book.save(path)
    assert "核对码与签名不符" in verify(bureau, path, 2)
    del book[CODE_SHEET]
    book.save(path)
    verify(bureau, path, 0)


def test_the_rows_of_a_changed_file_are_told_apart(bureau, tmp_path):
    """Saved again with one quantity raised and the rows exchanged: which still are what was received."""
    original, path = bureau.folder / "收件" / "二 13700001234.xlsx", tmp_path / "改.xlsx"
    book = load_workbook(original)
    sheet = book.worksheets[0]
    titles = {cell.value: cell.column for row in sheet.iter_rows(max_row=8) for cell in row if cell.value}
    sheet.cell(8, titles["标的量(台)*" if "标的量(台)*" in titles else "标的量(台)"]).value = 99
    for column in range(1, sheet.max_column):
        seventh, ninth = sheet.cell(7, column).value, sheet.cell(9, column).value
        sheet.cell(7, column).value, sheet.cell(9, column).value = ninth, seventh
    book.save(path)
    found = bureau.ask("receipt", "verify", bureau.slip(3, "xlsx"), "--key", bureau.key, "--file", path, code=1)
    assert found["same_file"] is False
    assert found["rows"] == {"7": 9, "8": None, "9": 7}
    assert "第 8 行：没有一致的行" in verify(bureau, bureau.slip(3, "xlsx"), 1, "--file", path)
    assert "需要带核对码的工作簿回执" in verify(bureau, bureau.slip(3, "html"), 1, "--file", path)
    verify(bureau, bureau.slip(3, "xlsx"), 2, "--file", bureau.key)  # no template at all


def test_the_registers_own_key_serves_where_it_is_open(bureau):
    """Without --key, with --register."""
    assert "签名相符" in bureau.run("receipt", "verify", bureau.slip(2, "html"))


@pytest.mark.parametrize("how", ["cells", "page", "nested", "values"])
def test_a_hostile_slip_is_none_within_seconds(bureau, tmp_path, how):
    """It is read in another process, within its limits: no receipt, and this process stays small."""
    path = tmp_path / ("slip.xlsx" if how == "cells" else "slip.html")
    if how == "cells":
        shutil.copy(bureau.slip(3, "xlsx"), path)
        far = b'<row r="900000"><c r="ZZ900000"><v>1</v></c></row></sheetData>'
        rewrite(path, "xl/worksheets/sheet1.xml", lambda raw: raw.replace(b"</sheetData>", far))
    else:
        document = {"page": "{}", "nested": "[" * 500_000, "values": '{"a":[' + "{}," * 3_000_000 + "{}]}"}[how]
        inside = "<p>" * 1_000_000 if how == "page" else ""
        path.write_text(f'{inside}<script type="application/json" id="receipt">{document}</script>', encoding="utf-8")
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    text = verify(bureau, path, 2)
    assert "slip" in text
    assert time.monotonic() - started < 40
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB
