"""Workbooks in other formats: the same rows as in .xlsx, what cannot be seen is said, and copies come out as .xlsx."""

from __future__ import annotations

import csv
import io
import struct
from datetime import datetime

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from tests.support.office import lead
from tests.support.other_formats import archive, compound, grids_of, ods, xls, xlsb
from tests.support.workbooks import accepted, refused, said
from workbench.app.checking import check_files
from workbench.app.policy import load_policy
from workbench.platform.forms import other_formats
from workbench.platform.forms.fixing import fix_file
from workbench.platform.forms.guard import OtherFormat, Refused
from workbench.platform.forms.recognised import STAMP

SHEET = "大客户信息记录表"


def separated(grids, mark=","):
    """The first sheet as text, as Excel saves it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    for row in next(iter(grids.values())):
        writer.writerow(
            [
                "" if v is None else f"{v:%Y/%m/%d}" if isinstance(v, datetime) else str(v).removesuffix(".0")
                for v in row
            ]
        )
    return out.getvalue()


WRITERS = {
    "xls": lambda grids: xls(grids, hidden_sheets=[STAMP]),
    "xlsb": xlsb,
    "ods": ods,
    "utf-8": lambda grids: separated(grids).encode(),
    "utf-8-sig": lambda grids: separated(grids).encode("utf-8-sig"),
    "gb18030": lambda grids: separated(grids, ";").encode("gb18030"),
    "utf-16": lambda grids: separated(grids, "\t").encode("utf-16"),
}


@pytest.fixture
def grids(lead_record):
    """The sheets of a report of two leads."""
    return grids_of(lead_record(lead("江城公交", 备注="=1+1"), lead("芜湖学校", 第三方联系人="王芳")))


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_rows_come_out_of_every_format(grids, tmp_path, kind):
    """Whatever its name says; the stamp or the line above the table tells the template. The unseen is said once."""
    path = tmp_path / "提报.dat"
    path.write_bytes(WRITERS[kind](grids))
    form = accepted(path)
    assert form.rows["customer"].tolist() == ["江城公交", "芜湖学校"]
    assert form.rows["contact"].tolist() == ["张联系", "王芳"]
    assert form.rows["quantity"].tolist() == [12, 12]
    assert form.rows["row_id"].tolist() == ["r0001", "r0002"]
    assert form.header["reported_on"] == datetime(2026, 1, 5)
    assert [code for code, _, _ in said(form)].count("unseen") == 1
    assert {code for code, _, _ in said(form)} <= {"unseen", "date_as_text"}


class PanicException(BaseException):
    """What a library in Rust raises, by its name."""


@pytest.mark.parametrize(("fault", "seen"), [(PanicException, Refused), (KeyboardInterrupt, KeyboardInterrupt)])
def test_what_a_library_stumbles_over_is_refused_with_the_way_out(monkeypatch, fault, seen):
    """A panic over a damaged workbook is its refusal; nothing else is taken for one."""

    def stumble(raw, other):
        raise fault

    monkeypatch.setattr(other_formats, "bounded_area", lambda raw, other: None)
    monkeypatch.setattr(other_formats, "_read", stumble)
    with pytest.raises(seen) as no:
        other_formats.values_of(b"", OtherFormat("xls", "old_excel"))
    assert getattr(no.value, "key", "old_excel") == "old_excel"


def test_old_versions_are_refused_in_every_format(grids, tmp_path):
    """The stamp decides, not the format."""
    for row in grids[STAMP]:
        row[:] = ["1.0" if value == grids[STAMP][1][1] else value for value in row]
    for name in ("xls", "ods"):
        path = tmp_path / f"旧.{name}"
        path.write_bytes(WRITERS[name]({**grids, STAMP: [["template", "lead_record"], ["version", "1.0"]]}))
        assert refused(path).code == "old_version"


def test_what_an_old_workbook_can_tell_is_told(grids, tmp_path):
    """Hidden rows and columns, and error values, which its library reads as nothing."""
    path = tmp_path / "提报.xls"
    path.write_bytes(xls(grids, hidden_sheets=[STAMP], hidden_rows=[7], hidden_columns=[2], errors=[(6, 19)]))
    found = said(accepted(path))
    assert ("hidden_row", "A8", "warning") in found and ("hidden_column", "C6", "warning") in found
    assert ("error_cell", "T7", "error") in found


@pytest.mark.parametrize(("from_1904", "serial"), [(False, 46035), (True, 44573)])
def test_days_without_a_format_count_as_an_old_workbook_says(grids, tmp_path, from_1904, serial):
    """Those of old Macs from 1904."""
    grids[SHEET] = [[serial if isinstance(value, datetime) else value for value in row] for row in grids[SHEET]]
    path = tmp_path / "提报.xls"
    path.write_bytes(xls(grids, hidden_sheets=[STAMP], from_1904=from_1904))
    assert accepted(path).header["reported_on"] == datetime(2026, 1, 13)


def test_a_hidden_form_is_not_read_in_any_format(grids, tmp_path):
    """As in .xlsx."""
    path = tmp_path / "提报.xls"
    path.write_bytes(xls({**grids, "其他": [["x"]]}, hidden_sheets=[STAMP, SHEET]))
    assert refused(path).code == "hidden_sheet"


def far_away(kind, grid):
    """A workbook whose last value lies at the end of a sheet of its kind, all before it empty."""
    if kind == "ods":
        empty = '<table:table-row table:number-rows-repeated="1040000"><table:table-cell/></table:table-row>'
        value = '<table:table-cell office:value-type="float" office:value="1"/>'
        return ods({SHEET: grid}, f"{empty}<table:table-row>{value}</table:table-row>")
    rows = [*grid, *[[]] * (11_000 - len(grid)), [None] * 200 + ["远"]]
    return xls({SHEET: rows}) if kind == "xls" else xlsb({SHEET: rows})


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_a_value_far_outside_is_named(grids, tmp_path, kind):
    """Before the library makes anything of that size."""
    path = tmp_path / f"提报.{kind}"
    path.write_bytes(far_away(kind, grids[SHEET]))
    no = refused(path)
    last = f"U{len(grids[SHEET]) + 1_040_001}" if kind == "ods" else "GS11001"
    assert (no.code, no.sheet, no.cell) == ("far_cell", SHEET, last)


def test_a_sheet_that_promises_more_than_it_holds_is_named(grids, tmp_path):
    """The library sets as much aside as the head of an .xls sheet says."""
    raw = xls({SHEET: grids[SHEET]})
    rows, columns = len(grids[SHEET]), max(map(len, grids[SHEET]))
    head = struct.pack("<IIHHH", 0, rows, 0, columns, 0)
    assert raw.count(head) == 1
    (tmp_path / "提报.xls").write_bytes(raw.replace(head, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0)))
    no = refused(tmp_path / "提报.xls")
    assert (no.code, no.cell) == ("far_cell", "IV65536")


def test_cells_its_library_does_not_know_are_not_lost(grids, tmp_path):
    """Cells of .xlsb that do not say where they stand: their values would be missing without a word."""
    (tmp_path / "提报.xlsb").write_bytes(xlsb(grids, short=True))
    assert refused(tmp_path / "提报.xlsb").code == "binary_workbook"


def test_sectors_that_lead_back_to_themselves_are_damage(grids, tmp_path):
    """The library would follow them without an end; it is not given the file."""
    raw = bytearray(xls(grids))
    sectors = len(raw) // 512 - 2
    (first,) = struct.unpack_from("<I", raw, 48)  # of the directory
    table = struct.unpack_from("<I", raw, 76)[0]
    struct.pack_into("<I", raw, (table + 1) * 512 + 4 * first, first)
    assert first < sectors
    (tmp_path / "提报.xls").write_bytes(raw)
    assert refused(tmp_path / "提报.xls").code == "old_excel"


@pytest.mark.parametrize("kind", ["xls", "ods", "gb18030"])
def test_copies_of_other_formats_come_out_as_xlsx(lead_record, tmp_path, kind):
    """Marked and corrected; a copy that comes back is the same form."""
    grids = grids_of(lead_record(lead("江城公交", 联系方式=None), lead("芜湖 学校")))
    path = tmp_path / f"提报.{kind}"
    path.write_bytes(WRITERS[kind](grids))
    (receipt,) = check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    assert {finding.code for finding in receipt.findings} >= {"unseen", "missing"}
    copy = tmp_path / "批注" / "提报_批注.xlsx"
    page = load_workbook(copy).worksheets[0]
    assert page["I7"].comment and page["B8"].value == "芜湖 学校"
    again = accepted(copy)
    assert again.rows["customer"].tolist() == ["江城公交", "芜湖 学校"] and again.sheet == page.title
    fixes, corrected = fix_file(path, tmp_path / "更正")
    assert "B8" in {fix.cell for fix in fixes}
    assert accepted(corrected).rows["customer"].tolist() == ["江城公交", "芜湖学校"]


def test_a_copy_keeps_what_was_wrong(grids, tmp_path):
    """Sent back as it is, it is judged as the original was."""
    path = tmp_path / "提报.xls"
    path.write_bytes(xls(grids, hidden_sheets=[STAMP], hidden_rows=[7], errors=[(6, 19)]))
    check_files([path], load_policy(), annotate_to=tmp_path / "批注")
    found = said(accepted(tmp_path / "批注" / "提报_批注.xlsx"))
    assert ("hidden_row", "A8", "warning") in found and ("error_cell", "T7", "error") in found


@pytest.mark.parametrize("word", ["VelvetSweatshop", "口令2026"])
def test_the_password_excel_knows_is_none(lead_record, tmp_path, word):
    """Excel opens such a workbook without asking; any other password is the sender's to take away."""
    raw = lead_record(lead("江城公交", 联系方式=None)).read_bytes()
    with open(tmp_path / "锁.xlsx", "wb") as target:
        OOXMLFile(io.BytesIO(raw)).encrypt(word, target)
    if word != "VelvetSweatshop":
        assert refused(tmp_path / "锁.xlsx").code == "password"
        return
    assert said(accepted(tmp_path / "锁.xlsx")) == [("missing", "I7", "error")]
    check_files([tmp_path / "锁.xlsx"], load_policy(), annotate_to=tmp_path / "批注")
    assert load_workbook(tmp_path / "批注" / "锁_批注.xlsx").worksheets[0]["I7"].comment


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (compound({"WordDocument": b"x"}), "old_excel"),
        (compound({"Workbook": b"\x09\x08\x10\x00"}), "old_excel"),
        (compound({"Workbook": b"\xff" * 5000}), "old_excel"),
        (archive({"[Content_Types].xml": b"", "xl/workbook.bin": b"\x83\x01\xff"}), "binary_workbook"),
        (archive({"mimetype": b"x", "content.xml": b"<a"}), "open_document"),
        (b"Rar!\x1a\x07\x01\x00", "archive_of_another_kind"),
        (b"a,b,c\n\x00", "not_a_workbook"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "not_a_workbook"),
        ("一,二,三\n".encode(), "unknown_template"),
        (b"a,b\nc,d\n", "not_a_workbook"),
    ],
)
def test_what_only_looks_like_one_is_refused_with_the_way_out(tmp_path, raw, code):
    """Stubs and damage never end in a fault."""
    (tmp_path / "表.xlsx").write_bytes(raw)
    assert refused(tmp_path / "表.xlsx").code == code
