"""What a person sees in Excel is what is read, however the program that wrote the file spells it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from functools import partial
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from tests.support.office import lead
from tests.support.workbooks import DATA, accepted, below, find, refused, rewrite, said
from workbench.app.checking import check_files
from workbench.app.policy import load_policy
from workbench.platform.forms.looks import DAY, LASTING, NUMBER, of_format

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
WORKBOOK, RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def renamed(path, change):
    """The workbook with its parts under other names."""
    with zipfile.ZipFile(path) as archive:
        parts = {change(name): archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    return path


def with_cell(raw, address, cell):
    """The sheet's XML with one cell replaced, or put at the end of its row."""
    row = re.search(rb'<row r="%s"[^>]*>' % address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").encode(), raw)
    assert row
    end = raw.index(b"</row>", row.end())
    line = re.sub(rb'<c r="%s"[^>]*?(/>|>.*?</c>)' % address.encode(), b"", raw[row.end() : end])
    after = [
        each
        for each in re.finditer(rb'<c r="([A-Z]+)\d+"', line)
        if column(each[1].decode()) > column(re.sub(r"\d", "", address))
    ]
    place = after[0].start() if after else len(line)
    return raw[: row.end()] + line[:place] + cell.encode() + line[place:] + raw[end:]


def column(letters):
    return sum((ord(one) - 64) * 26**power for power, one in enumerate(reversed(letters)))


def spoiled(raw):
    """An error, a formula without a result, a hidden row and a merged area."""
    raw = with_cell(raw, "T7", '<c r="T7" t="e"><v>#N/A</v></c>')
    raw = with_cell(raw, "O8", '<c r="O8"><f>L8*8</f></c>')
    raw = raw.replace(b'<row r="8"', b'<row r="8" hidden="true"', 1)
    return raw.replace(b"</mergeCells>", b'<mergeCell ref="B8:B9"/></mergeCells>', 1)


SPOILED = [
    ("error_cell", "T7", "error"),
    ("hidden_row", "A8", "warning"),
    ("merged_cells", "B8", "error"),
    ("error_cell", "O8", "error"),
    ("merged_cells", "B9", "error"),
]


def prefixed(raw):
    """Every element of the sheet with a prefix, as report tools write them."""
    raw = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", raw)
    return raw.replace(b'xmlns="', b'xmlns:x="', 1)


def spelt(raw):
    """Single quotes and blanks where others write double ones and none."""
    return re.sub(rb' (r|t|hidden|ref)="([A-Za-z0-9:]*)"', rb"  \1 = '\2' ", raw)


def without_addresses(raw):
    """Cells and rows known by their place alone; the places between are filled."""
    root = ElementTree.fromstring(raw)
    for row in root.iter(f"{{{MAIN}}}row"):
        cells = {column(re.sub(r"\d", "", cell.get("r"))): cell for cell in row}
        row[:] = [
            cells.get(n) if n in cells else ElementTree.Element(f"{{{MAIN}}}c")
            for n in range(1, max(cells, default=0) + 1)
        ]
        for cell in row:
            cell.attrib.pop("r", None)
    return ElementTree.tostring(root)


@pytest.mark.parametrize(
    "spelling",
    [
        bytes,
        prefixed,
        spelt,
        without_addresses,
        lambda raw: raw.replace(MAIN.encode(), STRICT.encode()),
        lambda raw: b"\xef\xbb\xbf" + raw,
    ],
    ids=["as it is", "prefix", "quotes", "no addresses", "strict", "mark of order"],
)
def test_marks_are_seen_however_the_sheet_is_spelt(lead_record, spelling):
    """The same five findings, and no row of the three is taken."""
    path = rewrite(
        lead_record(lead("江城公交"), lead("江城物流"), lead("江城驾校")), DATA, lambda raw: spelling(spoiled(raw))
    )
    form = accepted(path)
    assert sorted(said(form)) == sorted(SPOILED)
    assert form.rows["returned"].tolist() == [True, True, True]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: rewrite(path, RELS, lambda raw: raw.replace(b"worksheets/sheet1.xml", b"WorkSheets/Sheet1.XML")),
        lambda path: rewrite(path, RELS, lambda raw: raw.replace(b"worksheets/sheet1", b"../xl/./worksheets/sheet1")),
        lambda path: rewrite(path, WORKBOOK, lambda raw: raw.replace("大客户信息记录表".encode(), "一&gt;二".encode())),
        lambda path: renamed(path, lambda name: name.replace("/", "\\") if name[0] != "[" else name),
        lambda path: renamed(path, str.upper),
    ],
    ids=["case of target", "dots", "name of sheet", "backslashes", "case of parts"],
)
def test_parts_are_found_as_excel_finds_them(lead_record, change):
    """Names of parts and sheets in any spelling lead to the same sheet with the same marks."""
    path = rewrite(lead_record(lead("江城公交"), lead("江城物流"), lead("江城驾校")), DATA, spoiled)
    assert sorted(said(accepted(change(path)))) == sorted(SPOILED)


def test_the_packages_own_relationships_name_the_workbook(lead_record):
    """A second workbook under the usual name is a decoy: Excel shows what the relationships lead to."""
    path = lead_record(lead("江城公交"))
    decoy = lead_record(lead("江城物流"), name="别的.xlsx").read_bytes()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(io.BytesIO(decoy)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/"):
                parts[name.replace("xl/", "xl2/", 1)] = parts[name]
                parts[name] = archive.read(name)
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl2/workbook.xml")
    parts = {
        name: raw.replace(b'"/xl/', b'"/xl2/') if name.startswith("xl2/_rels") else raw for name, raw in parts.items()
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    assert accepted(path).rows["customer"].tolist() == ["江城公交"]


def test_two_parts_of_one_name_are_refused(lead_record):
    """Which of the two Excel shows nobody can say."""
    path = lead_record()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(DATA.upper(), archive.read(DATA))
    assert refused(path).code == "parts_alike"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_official_sheet_is_not_read(lead_record, state):
    """What nobody sees is not registered: the refusal names the sheet and says how to show it."""
    path = lead_record()
    book = load_workbook(path)
    book.create_sheet("我的清单", 0).append(["客户", "江城真"])
    book.worksheets[1].sheet_state = state
    book.active = 0
    book.save(path)
    no = refused(path)
    assert (no.code, no.sheet) == ("hidden_sheet", "大客户信息记录表")
    assert "《大客户信息记录表》被隐藏" in no.zh and "取消隐藏" in no.zh


def test_a_second_form_that_is_hidden_is_told_as_hidden(lead_record):
    """A person looks for two tables and sees one."""
    path = lead_record()
    book = load_workbook(path)
    book.copy_worksheet(book.worksheets[0]).title = "旧表"
    book["旧表"].sheet_state = "veryHidden"
    book.save(path)
    no = refused(path)
    assert (no.code, no.sheet) == ("two_sheets", "旧表")
    assert "其中《旧表》被隐藏" in no.zh and "取消隐藏" in no.zh


def test_what_stands_beside_the_table_is_named(lead_record):
    """A sentence under no title is not read, and told once for its column; blanks and errors there are nothing."""

    def write(sheet):
        sheet["V7"], sheet["V8"], sheet["X9"], sheet["Y9"] = "改为 20 台", "同上", "\u200b ", "#N/A"
        sheet["AB300"] = "在表格下面很远"

    form = accepted(lead_record(lead("江城公交"), change=write))
    assert said(form) == [("beside_table", "V7", "warning"), ("beside_table", "AB300", "warning")]


@pytest.mark.parametrize(
    ("value", "code"), [(351030001351351000, "digits_lost"), (True, "truth_value"), (False, "truth_value")]
)
@pytest.mark.parametrize("title", ["客户名称", "备注", "客户类别"])
def test_what_is_lost_or_means_nothing_is_asked_back_in_any_column(lead_record, title, value, code):
    """Digits beyond the fifteenth are gone, and nobody wrote 1 where TRUE stands."""
    form = accepted(lead_record(lead("江城公交"), change=lambda sheet: setattr(below(sheet, title), "value", value)))
    expected = "not_in_list" if (title, code) == ("客户类别", "digits_lost") else code
    assert [(finding.code, finding.severity.value) for finding in form.findings] == [(expected, "error")]
    assert form.rows["returned"].tolist() == [True]


@pytest.mark.parametrize("held", ["409.99999999999994", "410.00000000000006", "4.1e2"])
def test_a_number_is_what_fifteen_digits_show(lead_record, held):
    """A formula's binary dust does not make it a fraction."""
    path = rewrite(
        lead_record(lead("江城公交")),
        DATA,
        lambda raw: with_cell(raw, "L7", f'<c r="L7"><f>4.1*100</f><v>{held}</v></c>'),
    )
    form = accepted(path)
    assert (said(form), form.rows["quantity"].tolist()) == ([], [410])


@pytest.mark.parametrize(
    ("cell", "findings"),
    [
        ('<c r="F7" t="str"><f>IF(1,"","")</f><v></v></c>', []),
        ('<c r="F7" t="str"><f>IF(1,"","")</f><v/></c>', []),
        ('<c r="F7"><f>A1</f><v></v></c>', [("error_cell", "F7", "error")]),
        ('<c r="F7" t="str"><f>A1</f></c>', [("error_cell", "F7", "error")]),
        ('<c r="F7" t="e"><f>A1</f><v>#REF!</v></c>', [("error_cell", "F7", "error")]),
        ('<c r="F7" t="n"><v>1_0</v></c>', [("error_cell", "F7", "error")]),
        ('<c r="F7" t="x"><v>1</v></c>', [("error_cell", "F7", "error")]),
        ('<c r="V7" t="e"><v>#N/A</v></c>', []),
        (
            '<c r="F7" t="inlineStr"><is><r><t>镜湖</t></r><r><t>区</t></r><rPh sb="0" eb="1"><t>JH</t></rPh></is></c>',
            [],
        ),
    ],
)
def test_cells_of_every_kind(lead_record, cell, findings):
    """An empty result is a result; a missing one, an error value and a value of no kind are told at their cell."""
    path = rewrite(
        lead_record(lead("江城公交", 区县="镜湖区")),
        DATA,
        lambda raw: with_cell(raw, cell[6 : cell.index('"', 6)], cell),
    )
    form = accepted(path)
    assert said(form) == findings
    assert form.rows["county"].isna().tolist() == ["F7" in cell and "镜湖" not in cell]


@pytest.mark.parametrize(
    ("held", "day"),
    [
        ("2026-01-13T00:00:00", datetime(2026, 1, 13)),
        ("2026-01-13T00:00:00Z", datetime(2026, 1, 13)),
        ("2026-01-13T00:00:00+08:00", datetime(2026, 1, 13)),
        ("2026-01-12T20:00:00-10:00", datetime(2026, 1, 13)),
        ("2026-01-13T07:00:00+09:00", datetime(2026, 1, 13)),
    ],
)
def test_a_time_with_an_offset_is_the_time_in_china(lead_record, tmp_path, held, day):
    """In the head and in the table, and the file is checked and marked as any other."""
    path = lead_record(lead("江城公交", 联系方式=None))
    for address in ("I3", "M7"):
        spelt = f'<c r="{address}" t="d"><v>{held}</v></c>'
        rewrite(path, DATA, partial(with_cell, address=address, cell=spelt))
    (receipt,) = check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    assert [(each.code, each.cell) for each in receipt.findings] == [("missing", "I7")]
    form = accepted(path)
    assert form.header["reported_on"] == day
    assert form.rows["expected"].tolist() == ["2026-01-13"]


@pytest.mark.parametrize("held", ["9999-12-31T23:00:00-10:00", "0001-01-01T00:00:00+14:00", "20:30:00"])
def test_a_time_that_no_calendar_has_is_an_error_at_its_cell(lead_record, held):
    """It ends no call."""
    cell = f'<c r="M7" t="d"><v>{held}</v></c>'
    path = rewrite(lead_record(lead("江城公交")), DATA, lambda raw: with_cell(raw, "M7", cell))
    assert said(accepted(path)) == [("error_cell", "M7", "error")]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("General", "...."),
        ("", "...."),
        ("@", "...."),
        ("0.00", "...."),
        ("#,##0", "...."),
        ("#,##0.00;[Red]-#,##0.00", "...."),
        ('0"台"', "...."),
        ("0.00E+00", "...."),
        ("# ?/?", "...."),
        ('0!.0,"万"', "+-0."),
        ("0,", "+-0."),
        ("#,##0,,", "+-0."),
        ("0%", "+-0."),
        (";;;", "+-0t"),
        (";;;@", "+-0."),
        ("0;;", ".-0."),
        ('"保密"', "+-0."),
        ('0;-0;"";@', "..0."),
    ],
)
def test_formats_that_scale_or_hide(code, changes):
    """A comma behind the digits, a percent sign, an empty section: what is shown is not what is stored."""
    shows, found = of_format(code)
    assert (shows, "".join(sign if is_so else "." for sign, is_so in zip("+-0t", found, strict=True))) == (
        NUMBER,
        changes,
    )


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("yyyy-mm-dd", DAY),
        ('yyyy"年"m"月"d"日"', DAY),
        ("[$-804]aaaa;@", NUMBER),
        ("h:mm", DAY),
        ("[h]:mm", LASTING),
        ("[Red]0", NUMBER),
        ('"day"0', NUMBER),
        (r"\d0", NUMBER),
    ],
)
def test_formats_of_days(code, shows):
    """Letters of a date count only where they do not stand for themselves."""
    assert of_format(code)[0] == shows


def test_a_number_that_is_shown_otherwise_is_told(lead_record):
    """In a column that must be filled the row goes back; elsewhere it is told."""

    def disguise(sheet):
        below(sheet, "采购预算(万元)").value = 960000
        below(sheet, "采购预算(万元)").number_format = '0!.0,"万"'
        below(sheet, "标的量(台)", 2).number_format = ";;;"

    form = accepted(lead_record(lead("江城公交"), lead("江城物流"), change=disguise))
    assert said(form) == [("shown_otherwise", "O7", "warning"), ("shown_otherwise", "L8", "error")]
    assert form.rows["returned"].tolist() == [False, True]


def test_a_row_that_is_crossed_out_is_asked_back(lead_record):
    """From end to end it may be meant to be gone; a single word is only told."""

    def cross(sheet):
        for cell in sheet[8]:
            if cell.value is not None:
                cell.font = Font(strike=True)
        below(sheet, "备注").value = "作废"
        below(sheet, "备注").font = Font(strike=True)

    form = accepted(lead_record(lead("江城公交"), lead("江城物流"), change=cross))
    assert said(form) == [("struck_cell", "T7", "warning"), ("struck_row", "B8", "error")]
    assert form.rows["returned"].tolist() == [False, True]


@pytest.mark.parametrize(
    "sign",
    ["\u200b", "\ufeff", "\u00ad", "\u2060", "\u202c", "\u202e", "\u2066", "\U000e0041", "\u034f", "\u115f", "\u1160"]
    + ["\u17b5", "\u180b", "\u2800", "\u3164", "\ufe00", "\uffa0", "\U000e0100", "\U0001d159", "_x3164_"],
)
def test_what_cannot_be_seen_is_not_there(lead_record, sign):
    """In a title, a name, and alone in a cell that must be filled."""

    def hide(sheet):
        below(sheet, "客户名称").value = f"{sign}江城公交{sign}"
        below(sheet, "第三方联系人").value = sign
        find(sheet, "客户名称").value = f"客户{sign}名称{sign}"

    form = accepted(lead_record(lead("江城公交"), change=hide))
    assert said(form) == [("missing", "H7", "error")]
    assert form.rows["customer"].tolist() == ["江城公交"]


@pytest.mark.parametrize("word", ["汇总", "汇 总：", "总计", "本页小计", "累计", "共计"])
def test_a_row_of_totals_is_one_line(lead_record, word):
    """Whatever word Excel or a person gives it."""
    form = accepted(lead_record(lead("江城公交"), {"客户名称": word, "标的量(台)": 12}))
    assert said(form) == [("extra_row", "B8", "error")]
    assert form.rows["customer"].tolist() == ["江城公交"]


@pytest.mark.parametrize("words", ["制表人：张某", "审核：", "填表日期: 2026-01-05", "单位盖章："])
def test_a_line_of_signatures_is_no_lead(lead_record, words):
    """Under the table people sign; a note says that the line was not read."""
    form = accepted(lead_record(lead("江城公交"), {"客户名称": words, "第三方联系人": "李某"}))
    assert said(form) == [("signature_row", "A8", "note")]
    assert form.rows["customer"].tolist() == ["江城公交"]
