"""The mark is put into the package itself: headers gain it, two properties are added, every other byte stays."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import xlsxwriter

from workbench.platform.documents import marked_copies as copies

ADDED = {copies.PROPERTIES, copies.TICKET, copies.TICKET_NAME, "customXml/_rels/item1.xml.rels"}
LINKS = {"[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"}
WORDS = "副本 K7QF-2M9X　仅供 甲&乙<丙> 使用"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(path) -> copies.Parts:
    """A workbook with all that saving anew would lose: charts, a chart sheet, sparklines, data bars, validation, a note."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("数")
    sheet.write_column(0, 0, [3, 1, 2])
    sheet.conditional_format("A1:A3", {"type": "data_bar", "bar_solid": True})
    sheet.add_sparkline("B1", {"range": "数!A1:A3"})
    sheet.data_validation("C1", {"validate": "list", "source": "=数!$A$1:$A$3"})
    sheet.write_comment("A1", "说明")
    sheet.set_header("&L左&R右 &P")
    sheet.ignore_errors({"number_stored_as_text": "A1"})
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=数!$A$1:$A$3"})
    sheet.insert_chart("E1", chart)
    book.add_worksheet("空")
    own = book.add_chart({"type": "line"})
    own.add_series({"values": "=数!$A$1:$A$3"})
    place = book.add_chartsheet("图")
    place.set_chart(own)
    book.close()
    return copies.unpack(path.read_bytes())


@pytest.fixture
def parts(tmp_path) -> copies.Parts:
    """The workbook's parts."""
    return workbook(tmp_path / "a.xlsx")


def header_of(sheet: bytes) -> str:
    """The printed header of a sheet, as a reader of the format takes it."""
    return ET.fromstring(sheet).findtext(f"{MAIN}headerFooter/{MAIN}oddHeader")


def without_header(sheet: bytes) -> bytes:
    """A sheet's XML without its header."""
    return re.sub(rb"<headerFooter.*?</headerFooter>|<headerFooter/>", b"", sheet, flags=re.DOTALL)


def test_only_headers_and_links_change(parts):
    """Every part of the original is there with its bytes; sheets differ in their header alone."""
    made = copies.marked(parts, WORDS, "K7QF-2M9X")
    sheets = {name for name in parts if "sheets/sheet" in name and name.endswith(".xml")}
    assert len(sheets) == 3 and {"chartsheets" in name for name in sheets} == {True, False}
    assert set(made) - set(parts) == ADDED
    assert {name for name in parts if made[name] != parts[name]} == sheets | LINKS
    for name in sheets:
        assert without_header(made[name]) == without_header(parts[name])
    for name in LINKS:  # lines were added, none was taken away
        assert set(re.findall(rb"<[^>]+>", parts[name])) < set(re.findall(rb"<[^>]+>", made[name]))
    assert list(made)[: len(parts)] == list(parts)


def test_the_mark_joins_what_the_header_says(parts):
    """Left and right stay; where there was no header, there is one now, in its place among the sheet's elements."""
    made = copies.marked(parts, WORDS, "K7QF-2M9X")
    said = "&C&8 副本 K7QF-2M9X　仅供 甲&&乙<丙> 使用"
    assert header_of(made["xl/worksheets/sheet1.xml"]) == f"&L左{said}&R右 &P"
    assert header_of(made["xl/worksheets/sheet2.xml"]) == said
    assert header_of(made["xl/chartsheets/sheet1.xml"]) == said
    order = [child.tag.removeprefix(MAIN) for child in ET.fromstring(made["xl/worksheets/sheet1.xml"])]
    assert (
        order.index("pageMargins") < order.index("headerFooter") < order.index("ignoredErrors") < order.index("drawing")
    )


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "&C&8 W"),
        ("中", "&C中\n&8 W"),
        ("&C中&L左", "&L左&C中\n&8 W"),
        ("&LA && B", "&LA && B&C&8 W"),
        ("&L" + "长" * 260, "&C&8 W"),
        ('&L&"宋体,Bold"左', '&L&"宋体,Bold"左&C&8 W'),
    ],
)
def test_headers_of_all_kinds(header, wanted):
    """Sections in any order, doubled signs, fonts; one that grows too long gives way to the mark."""
    sheet = f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData/><headerFooter><oddHeader>{header.replace("&", "&amp;")}</oddHeader></headerFooter></worksheet>'
    assert header_of(copies.with_header(sheet.encode(), "W")) == wanted


def test_every_kind_of_page_is_marked():
    """Where first and even pages have headers of their own."""
    sheet = (
        f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData/><headerFooter differentOddEven="1" differentFirst="1">'
        "<oddFooter>&amp;P</oddFooter></headerFooter><drawing/></worksheet>"
    )
    root = ET.fromstring(copies.with_header(sheet.encode(), "W"))
    assert [child.tag.removeprefix(MAIN) for child in root[1]] == [
        "oddHeader",
        "oddFooter",
        "evenHeader",
        "firstHeader",
    ]
    assert {child.text for child in root[1] if child.tag.endswith("Header")} == {"&C&8 W"}


def test_a_ticket_comes_back_and_the_digest_covers_the_rest(parts):
    """Any other part, its name, one more or one less."""
    ticket = {"recipient": "甲 & <乙>", "code": "K7QF-2M9X"}
    made = copies.with_ticket(copies.marked(parts, WORDS, "K7QF-2M9X"), ticket)
    again = copies.unpack(copies.pack(made))
    assert again == made and copies.pack(again) == copies.pack(made)
    assert copies.ticket_of(again) == ticket
    digest = copies.digest(made)
    assert digest == copies.digest(copies.with_ticket(made, {})) == copies.digest(dict(reversed(made.items())))
    for name in made:
        if name != copies.TICKET:
            assert copies.digest({**made, name: made[name] + b" "}) != digest, name
            assert copies.digest({k: v for k, v in made.items() if k != name}) != digest, name
    assert copies.ticket_of(parts) is None


def test_marks_are_found_wherever_they_stand(parts):
    """In headers and in the property; what only looks like one is nobody's."""
    made = copies.marked(parts, WORDS, "K7QF-2M9X")
    assert set(copies.codes_in(made)) == {"K7QF-2M9X"}
    places = copies.codes_in(made)["K7QF-2M9X"]
    assert copies.PROPERTIES in places and "xl/worksheets/sheet2.xml" in places
    assert copies.codes_in({"a.xml": b"AK7QF-2M9X K7QF-2M9XB k7qf-2m9x O0I1-ABCD"}) == {}


def test_what_is_no_package_is_none(parts):
    """Nor one that names a part twice: readers would differ about it."""
    import io
    import warnings
    import zipfile

    raw = io.BytesIO(copies.pack(parts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(raw, "a") as archive:
            archive.writestr("xl/workbook.xml", b"<other/>")
    assert copies.unpack(raw.getvalue()) is None
    assert copies.unpack(b"") is None and copies.unpack(b"PK\x03\x04" + b"x" * 50) is None
