"""The short way through a sheet's plain cells gives what the parser alone gives, whatever stands between them."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.platform.forms import package, plain_rows
from workbench.platform.forms.addresses import letter
from workbench.platform.forms.guard import Refused
from workbench.platform.forms.plain_cells import MOST_CELLS, PlainCells
from workbench.platform.forms.plain_rows import parted
from workbench.platform.forms.sheet import Book, Sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/package/2006/relationships"
TEXTS = ("甲", "", "  ", "=1+1", "两行\n字")
ROOT = f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'


def book(sheet: str) -> Book:
    """A workbook with one sheet, five shared texts (the first crossed out in its second spelling) and three styles."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{KINDS}"><Relationship Id="a" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="表" sheetId="1" r:id="a"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{KINDS}"><Relationship Id="a" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="c" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f"<si><t>{text}</t></si>" for text in TEXTS)
        + "<si><r><rPr><strike/></rPr><t>划掉</t></r></si></sst>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts><font/><font><strike/></font></fonts><cellXfs>'
        '<xf numFmtId="0" fontId="0"/><xf numFmtId="14" fontId="0"/><xf numFmtId="9" fontId="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return Book(raw.getvalue())


def seen(sheet: str, chunk: int, *, short: bool) -> object:
    """What is read of a sheet: its grid and marks, or the key of its refusal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "CHUNK", chunk)
        if not short:
            patch.setattr(PlainCells, "lighten", lambda self, piece: piece)
        try:
            whole = book(sheet)
            part = Sheet(whole, "xl/worksheets/sheet1.xml")
            part.read(2)
            return repr(part.read()), part.marks
        except Refused as no:
            return no.key


def same(sheet: str, chunk: int) -> object:
    """The result of both ways, which are held against each other."""
    found = seen(sheet, chunk, short=True)
    assert found == seen(sheet, chunk, short=False)
    return found


usual = [
    "/>",
    "></c>",
    "><f>1+1</f></c>",
    "><f>1+1</f><v>2</v></c>",
    ' t="e"><v>#N/A</v></c>',
    ' t="str"><v>字</v></c>',
]
usual += [f' t="s"><v>{n}</v></c>' for n in (0, 1, 2, 3, 4, 5, 0, 3, "02")]
usual += [f"><v>{n}</v></c>" for n in ("3", "-2.5", "1e3", "1e999", "1-2", "--", "", "46023.5", "0.1", "1_0", "&#49;")]
usual += [' t="n"><v>7</v></c>', ' t="inlineStr"><is><t>行内</t></is></c>', ' t="s"/>', "><v>1</v><v>2</v></c>"]
spoiled = [f' t="s"><v>{n}</v></c>' for n in ("6", "-1", "", " 1", "1.0", "1e0")] + ["><v>", "</c>"]
styles = st.sampled_from(
    [
        *[""] * 4,
        *[' s="0"', ' s="5"', ' s="1"'] * 4,
        *[' s="2"', ' s="3"', ' s="12"'],
        ' s="02"',
        ' s="99"',
        ' s=""',
        " s='1'",
    ]
)
between = st.sampled_from(
    [" ", "\n", '<!--<c r="Z9"><v>9</v></c>-->', "<?x y?>", '<x><c r="A1"><v>1</v></c></x>', "字", "<c/>", "&amp;"]
    + ['<x xmlns="other"><c r="A1"><v>1</v></c></x>', '<![CDATA[<c r="A1"/>]]>', "<_/>", '<_ n="1"/>', "<"]
)


def seldom(draw: st.DrawFn, often: st.SearchStrategy, other: st.SearchStrategy, times: int) -> str:
    """A draw from ``often``, once in so many times from ``other``."""
    return draw(often if draw(st.integers(1, times)) > 1 else other)


tags = st.sampled_from(
    [' hidden="1" spans="1:9">', ' spans="1:9" ht="15.5" customHeight="1">', ' ht="0" customHeight="1">', ' ht="0.0">']
    + [
        ' ht="x">',
        ' ht="1.2.3">',
        ' hidden="0">',
        ' hidden="false">',
        ' hidden="true" ht="9">',
        ' s="1" customFormat="1">',
    ]
    + [
        ' x14ac:dyDescent="0.25">',
        ' ph="1" ph="1">',
        ' r="3">',
        ' other="1">',
        " hidden='1'>",
        ' hidden="&#49;">',
        " >",
    ]
    + [' collapsed="1" outlineLevel="2">', ' xmlns:b="b">', ' spans="1:9"/><row r="9">', '><row r="1">']
)
ends = ["</row>\n", "</row><!---->", "</row><x/>", "", "</row></row>", '</row><row r="9"/>', "</row ><row>", "字</row>"]


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Rows of cells, mostly in their order."""
    out = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        columns = draw(st.sets(st.sampled_from([*"ABCDEFGH", "AA", "ZZ", "AAA"]), max_size=7))
        order = sorted(columns, key=lambda item: (len(item), item))
        if draw(st.integers(1, 40)) == 1:
            order.append(draw(st.sampled_from(["A", "ZZZ", "XFD", "a", ""])))
        cells = [
            f'<c r="{letters}{seldom(draw, st.just(str(number)), st.sampled_from(["0", "99", ""]), 100)}"{draw(styles)}'
            + seldom(draw, st.sampled_from(usual), st.sampled_from(spoiled), 100)
            + seldom(draw, st.just(""), between, 15)
            for letters in order
        ]
        tag = seldom(draw, st.just(">"), tags, 5)
        tag = (
            f'<row r="{number}"{tag}'
            if draw(st.integers(1, 40)) > 1
            else draw(st.sampled_from(["<row>", "<row r='9'>"]))
        )
        out.append(tag + "".join(cells) + seldom(draw, st.just("</row>"), st.sampled_from(ends), 20))
    return "".join(out)


heads = st.sampled_from(
    [f"{ROOT}<sheetData>"] * 15
    + [f'<worksheet xmlns="{MAIN}" xmlns:x14ac="x14ac"><sheetData>'] * 5
    + [f'{ROOT}<sheetFormatPr zeroHeight="1"/><sheetData>'] * 2
    + [
        f'<?xml version="1.0"?>\n{ROOT}<cols><col min="2" max="2" hidden="1"/></cols><sheetData>',
        f'<worksheet xmlns:r="{OFFICE}" xmlns="{MAIN}"><sheetData>',
        f'<x:worksheet xmlns:x="{MAIN}"><sheetData>',
        f'<x:worksheet xmlns:x="{MAIN}" xmlns="{MAIN}"><x:sheetData>',
        f"{ROOT}<!--<sheetData>--><sheetData>",
        f'{ROOT}<a xmlns="other"/><sheetData>',
        f'{ROOT}<sheetData xmlns="other">',
        f"{ROOT}<sheetData/><sheetData>",
        f"{ROOT}<x><sheetData>",
        '<worksheet xmlns="other"><sheetData>',
        f"<!DOCTYPE a>{ROOT}<sheetData>",
    ]
)
tails = st.sampled_from(
    ["</sheetData></worksheet>"] * 20
    + [
        '</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>',
        '</sheetData><mergeCells><c r="A1"/><mergeCell ref="A1:B2"/></mergeCells><extLst xmlns="other"/></worksheet>',
        "</sheetData><sheetData><row><c><v>5</v></c></row></sheetData></worksheet>",
        "</sheetData>",
        "",
        "</x:sheetData></x:worksheet>",
        "</sheetData></x></worksheet>",
    ]
)


@given(heads, rows(), tails, st.sampled_from([16, 61, 200, 1 << 18]))
@examples(2000)
def test_both_ways_find_the_same(head, body, tail, chunk):
    """Cells of every spelling, in and out of order, with anything between them, cut into chunks anywhere."""
    same(head + body + tail, chunk)


@given(rows(), st.integers(0, 10_000), st.sampled_from(["", "<", ">", '"', "/", "c", "0", " ", "<!--", "-->", "xmlns"]))
@examples(2000)
def test_a_slip_anywhere_is_judged_by_the_parser(body, place, slip):
    """A character that is lost or added makes both ways refuse, or read the same."""
    sheet = f"{ROOT}<sheetData>{body}</sheetData></worksheet>"
    place %= len(sheet)
    same(sheet[:place] + slip + sheet[place + 1 :], 1 << 18)


def test_what_is_plain_goes_the_short_way():
    """The parser is given a mark for each run of plain cells, and every other cell as it stands."""
    plain = PlainCells()
    row = '<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"/><c r="C1" t="b"><v>1</v></c><c r="D1"><v>2</v></c></row>'
    left = plain.lighten(f"{ROOT}<sheetData>{row}</sheetData></worksheet>".encode()).decode()
    assert left.count("<c ") == 1 and '<c r="C1" t="b">' in left and left.count(' n="') == 2
    grid, marks = same(f"{ROOT}<sheetData>{row}</sheetData></worksheet>", 1 << 18)
    assert grid == "[['甲', '', True, 2.0]]" and not marks.errors


def test_rows_of_plain_cells_go_as_a_whole():
    """The parser is given one mark for all of them, whatever is said of a row; the pattern of a row is any row's."""
    plain = PlainCells()
    body = "".join(
        f'<row r="{n}" spans="1:3" ht="15" x14ac:dyDescent="0.25"><c r="A{n}" s="5" t="s"><v>0</v></c><c r="B{n}" s="5"/>'
        f'<c r="C{n}" s="0"><v>{n}.5</v></c></row>'
        for n in (1, 2, 5, 17)
    )
    sheet = f'<worksheet xmlns="{MAIN}" xmlns:x14ac="x"><sheetData>{body}</sheetData></worksheet>'
    left = plain.lighten(sheet.encode()).decode()
    assert "<row" not in left and left.count(' n="') == 1
    grid, marks = same(sheet, 1 << 18)
    assert grid.count("甲") == 4 and grid.startswith("[['甲', '', 1.5], ['甲', '', 2.5], [], [],")
    (run,) = parted(body.encode(), True)
    assert len({id(row.pattern) for row in run}) == 1


def test_a_row_where_a_cell_should_stand_is_refused():
    """As every element in a row whose place is none of its row."""
    inner = '<row r="2"><c r="A2"><v>1</v></c></row>'
    for outer in (f'<row r="1"><row r="1">{inner}</row></row>', f'<row r="1"><c r="A1"/><row></row>{inner}</row>'):
        assert same(f"{ROOT}<sheetData>{outer}</sheetData></worksheet>", 1 << 18) == "damaged_workbook"


def test_what_is_kept_of_patterns_is_bounded():
    """A row that is longer than a form's is left to the parser, and no more patterns are kept than so many."""
    long = "".join(f'<c r="{letter(n)}1" s="5"><v>1</v></c>' for n in range(500)).encode()
    assert not any(isinstance(piece, list) for piece in parted(b'<row r="1">' + long + b"</row>", False))
    assert plain_rows._pattern.cache_info().maxsize * plain_rows.LONGEST < 16 << 20


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.data())
@examples(2000)
def test_parts_are_unpacked_as_zipfile_does(parts, data):
    """Bytes of an archive that are changed anywhere: what is unpacked in one go is what zipfile says, or left to it."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", data.draw(st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))) as archive:
        for number, part in enumerate(parts):
            archive.writestr(f"{number}.xml", part * 20)
    spoiled = bytearray(raw.getvalue())
    for _ in range(data.draw(st.integers(0, 2))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    try:
        archive = zipfile.ZipFile(io.BytesIO(bytes(spoiled)))
    except package.SPOILED:
        return
    for entry in archive.infolist():
        found = package._inflated(bytes(spoiled), entry) if entry.file_size < 1 << 20 else None
        if found is not None:
            assert found == archive.read(entry)


def test_cells_that_no_row_ends_are_refused():
    """What waits for its row is bounded, as the parser's own tree is."""
    plain = PlainCells()
    plain.lighten(f'{ROOT}<sheetData><row r="1">'.encode())
    with pytest.raises(Refused, match="bomb"):
        for _ in range(MOST_CELLS // 10_000 + 1):
            plain.lighten(b'<c r="A1"/>' * 10_000)
