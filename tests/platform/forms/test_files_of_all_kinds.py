"""What else a workbook holds, how large it is made, what it is instead of one: a verdict in seconds, and it alone."""

from __future__ import annotations

import re
import time
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.office import lead
from tests.support.workbooks import DATA, accepted, refused, rewrite, said
from workbench.app.checking import check_files
from workbench.app.policy import load_policy
from workbench.core.errors import FileRefused
from workbench.core.texts import without_invisible
from workbench.platform.forms.fixing import fix_file
from workbench.platform.forms.markup import children
from workbench.platform.forms.shared_texts import plain_texts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.mark.parametrize(
    ("part", "raw"),
    [
        ("customXml/item1.xml", '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")),
        ("xl/media/image1.svg", b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'),
        ("docProps/custom.xml", b"\x00\x01 no xml"),
        ("xl/macrosheets/sheet9.xml", b"<xm:macrosheet/>"),
        ("xl/embeddings/Microsoft_Excel_Sheet1.xlsx", b"PK\x03\x04"),
        ("xl/embeddings/Workbook.bin", b"\x83\x01"),
        ("xl/embeddings/outlook.msg", b""),
    ],
)
def test_parts_nobody_reads_decide_nothing(lead_record, part, raw):
    """A query, a picture, properties, a macro sheet, an object of another program: the form beside them is read."""
    assert said(accepted(rewrite(lead_record(), part, lambda _: raw))) == []


def test_cells_without_a_value_are_nothing_wherever_they_stand(lead_record):
    """LibreOffice formats whole rows; a stray space costs no memory."""
    far = b'<row r="65536"><c r="ZZ65536" t="inlineStr"><is><t> </t></is></c><c r="AMJ65536" s="1"/></row></sheetData>'
    assert said(accepted(rewrite(lead_record(), DATA, lambda raw: raw.replace(b"</sheetData>", far)))) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw.replace(b"<sheetData>", b"<!--" + b"<c >" * 400_000 + b"--><sheetData>"),
        lambda raw: raw.replace(
            b"</mergeCells>",
            b"".join(
                b'<mergeCell ref="%s7:%s1048576"/>' % (n, n)
                for n in (b"%c%c" % (65 + k // 26, 65 + k % 26) for k in range(600))
            ).replace(b'ref="A', b'ref="B')
            + b"</mergeCells>",
        ),
        lambda raw: raw.replace(b"</sheetData>", b"</sheetData><x>" + b"<a b='1'/>" * 450_000 + b"</x>"),
    ],
    ids=["unclosed in a comment", "merged columns", "many of no kind"],
)
def test_the_time_grows_with_the_size(lead_record, tmp_path, spoil):
    """A verdict in seconds, with a marked copy asked for too."""
    path = rewrite(lead_record(lead("江城公交", 联系方式=None)), DATA, spoil)
    started = time.monotonic()
    (receipt,) = check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    assert receipt.findings
    assert time.monotonic() - started < 40


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        ({"xl/workbook.bin": b""}, "binary_workbook", ".xlsb"),
        (
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"},
            "open_document",
            ".ods",
        ),
        ({"一月/提报.xlsx": b"PK"}, "workbooks_packed", "请解压"),
    ],
)
def test_other_archives_are_told_by_their_kind(tmp_path, parts, code, words):
    """Each with its own way out."""
    with zipfile.ZipFile(tmp_path / "表.xlsx", "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    no = refused(tmp_path / "表.xlsx")
    assert no.code == code and words in no.zh


def test_a_mail_is_told_as_one(tmp_path):
    """Its attachment is what is wanted."""
    (tmp_path / "来信.eml").write_bytes("From: a@example.com\r\nSubject: 提报\r\n\r\n见附件".encode())
    assert refused(tmp_path / "来信.eml").code == "a_mail"


@pytest.mark.parametrize(
    "spoil",
    [
        ("xl/styles.xml", lambda raw: re.sub(rb"<fill>.*?</fill>", b"<fill/>", raw, count=1, flags=re.S)),
        (DATA, lambda raw: raw.replace(MAIN.encode(), STRICT.encode())),
        ("docProps/core.xml", lambda raw: b'<!DOCTYPE a [<!ENTITY b "c">]>' + raw.partition(b"?>")[2]),
        ("xl/styles.xml", lambda raw: re.sub(rb'borderId="\d+"', b'borderId="77"', raw)),
        ("xl/styles.xml", lambda raw: raw.replace(b"</cellXfs>", b'<xf fontId="0"/>' * 50_000 + b"</cellXfs>")),
        (
            "xl/pivotCache/pivotCacheRecords1.xml",
            lambda _: b"<pivotCacheRecords>%b</pivotCacheRecords>" % (b"<r/>" * 31_000),
        ),
        (DATA, lambda raw: raw.replace(b"</mergeCells>", b'<mergeCell ref="AB:AD"/></mergeCells>')),
        (DATA, lambda raw: raw.replace(b"</mergeCells>", b'<mergeCell ref="AB1:AC1"/>' * 50_000 + b"</mergeCells>")),
    ],
    ids=[
        "empty fill",
        "strict",
        "declaration",
        "a border that is none",
        "heaps of styles",
        "heaps of a pivot's rows",
        "columns merged whole",
        "heaps of areas",
    ],
)
def test_what_cannot_be_marked_has_its_verdict_all_the_same(lead_record, tmp_path, spoil):
    """The library that writes copies may fail on it: that is said, and the next file of the call is marked."""
    part, change = spoil
    bad = rewrite(lead_record(lead("江城公交", 联系方式=None), name="坏.xlsx"), part, change)
    good = lead_record(lead("江城公交", 联系方式=None), name="好.xlsx")
    first, second = check_files([bad, good], load_policy(), annotate_to=tmp_path / "批注")
    assert [finding.code for finding in second.findings] == ["missing"]
    assert first.findings[0].code == "missing" and {finding.code for finding in first.findings} <= {
        "missing",
        "not_marked",
    }
    assert (tmp_path / "批注" / "好_批注.xlsx").exists()
    try:
        fix_file(bad, tmp_path / "更正")
    except FileRefused as no:
        assert no.code in ("not_to_be_changed", "doctype")


@pytest.mark.parametrize("area", ["B:C", "$B:$C", "7:7"])
def test_columns_or_rows_merged_whole_are_merged_cells(lead_record, area):
    """Some programs write such areas without their ends; each row they touch goes back."""
    merged = f'<mergeCell ref="{area}"/></mergeCells>'.encode()
    path = rewrite(lead_record(lead("江城公交")), DATA, lambda raw: raw.replace(b"</mergeCells>", merged))
    form = accepted(path)
    assert {code for code, _, _ in said(form)} == {"merged_cells"} and form.rows["returned"].all()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/styles.xml", lambda raw: raw.replace(b"<numFmt ", b'<numFmt numFmtId="0" formatCode=""/><numFmt ', 1)),
        (
            DATA,
            lambda raw: re.sub(rb'<c r="F7"[^>]*/>', b"", raw).replace(
                b'<c r="G7"', b'<c r="F7" t="s"><v/></c><c r="G7"'
            ),
        ),
        (DATA, lambda raw: re.sub(rb'(?<= r=")[A-Z]+', lambda letters: letters[0].lower(), raw)),
        (DATA, lambda raw: raw.replace(b'ref="C3:D3"', b'ref="c3:d3"')),
    ],
    ids=["a format without a word", "a shared text without a number", "small letters", "small letters of an area"],
)
def test_what_other_programs_write_and_excel_opens_is_read(lead_record, part, change):
    """Found in public collections: each cost a whole form, or its rows, and a person sees nothing amiss."""
    path = lead_record(lead("江城公交", 行政级别="县级及以下"))
    with zipfile.ZipFile(path) as archive:
        before = archive.read(part)
    assert change(before) != before
    form = accepted(rewrite(path, part, change))
    assert said(form) == [] and form.rows["customer"].tolist() == ["江城公交"]
    assert form.header["unit"] == "D001" and form.rows["county"].isna().all()


def test_parts_may_lie_in_any_folder(lead_record, tmp_path):
    """Excel follows the relationships; no folder has to be called xl. A marked copy is made of it as of others."""
    path, moved = lead_record(lead("江城公交", 联系方式=None)), tmp_path / "moved.xlsx"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(moved, "w") as out:
        for name in archive.namelist():
            raw = archive.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                raw = raw.replace(b"xl/", b"book/")
            out.writestr(re.sub("^xl/", "book/", name), raw.replace(b"/xl/", b"/book/"))
    (receipt,) = check_files([moved], load_policy(), annotate_to=tmp_path / "批注")
    assert [(finding.code, finding.cell) for finding in receipt.findings] == [("missing", "I7")]
    assert (tmp_path / "批注" / "moved_批注.xlsx").exists()


@pytest.mark.parametrize(
    ("area", "code", "cell"),
    [("B6:C6", "renamed_column", "V6"), ("B3:E3", "no_header_field", "A6"), ("A3:J3", "no_header_field", "A6")],
)
def test_what_lies_under_a_merged_area_of_the_head_is_not_seen(lead_record, area, code, cell):
    """Some programs keep what was in the cells that they merge: it is no title, no label and no value."""
    merged = f'<mergeCell ref="{area}"/></mergeCells>'.encode()
    no = refused(rewrite(lead_record(lead("江城公交")), DATA, lambda raw: raw.replace(b"</mergeCells>", merged)))
    assert (no.code, no.cell) == (code, cell)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(st.lists(texts, max_size=12), st.booleans())
def test_plain_texts_are_what_the_parser_finds(values, spaces):
    """The short way through a part of plain texts gives what the long way gives; what is not plain goes the long way."""
    mark = ' xml:space="preserve"' if spaces else ""
    items = "".join(f"<si><t{mark}>{escape(value)}</t></si>" for value in values)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    raw = f'{head}<sst xmlns="{MAIN}" count="9" uniqueCount="{len(values)}">{items}</sst>'.encode()
    long = [item[0].text or "" for batch in list(children([raw]))[1:] for item in batch]
    plain = not any(sign in value for value in values for sign in "<>&\ufffe\uffff") and all(
        without_invisible(value) == value for value in values
    )
    assert long == values
    assert plain_texts(raw) == (values if plain else None)


@pytest.mark.parametrize(
    "raw",
    [
        b"<si><t>a</t></si>",
        b'<sst xmlns="other"><si><t>a</t></si></sst>',
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a</t></si><!--<si><t>b</t></si>--></sst>',
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a</t><rPh><t>b</t></rPh></si></sst>',
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>\xff</t></si></sst>',
    ],
)
def test_what_is_not_plain_goes_the_long_way(raw):
    """Comments, readings of characters, other names and other bytes are for the parser."""
    assert plain_texts(raw) is None
