"""What a sender types stays a text in everything that is made of his workbook: no program computes it, opens it or runs it."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.office import lead
from tests.support.workbooks import below, rewrite
from workbench.core.findings import Finding
from workbench.platform.forms.annotate import annotate
from workbench.platform.forms.cells import put
from workbench.platform.forms.fixing import fix_file
from workbench.platform.forms.read import read

SAMPLES = [
    '=HYPERLINK("http://example.org","点")',
    "=cmd|'/c calc'!A0",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "#N/A",
    "=",
    "{=1}",
]


def formulas(path: Path) -> list[str]:
    """Cells with a formula or an error value, and links to somewhere else, by openpyxl."""
    book = load_workbook(path)
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.data_type in ("f", "e") or (getattr(cell, "hyperlink", None) and cell.hyperlink.target)
    ]


@pytest.fixture(scope="module")
def seen_by_office(tmp_path_factory):
    """The formulas LibreOffice finds in a workbook, as its own format names them."""
    profile = tmp_path_factory.mktemp("profile")

    def look(path: Path) -> int:
        command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "fods"]
        subprocess.run([*command, "--outdir", str(profile), str(path)], check=True, capture_output=True, timeout=180)
        return (profile / f"{path.stem}.fods").read_text(encoding="utf-8").count("table:formula=")

    return look


@pytest.mark.parametrize("text", SAMPLES)
def test_the_writer_makes_nothing_of_a_text(text, tmp_path):
    """It is a text cell again when it is read, also where a number or a formula stood before."""
    book = Workbook()
    book.active["A1"], book.active["A2"] = 12, "=2+2"
    for address in ("A1", "A2", "A3"):
        put(book.active[address], text)
    book.save(tmp_path / "a.xlsx")
    cells = [load_workbook(tmp_path / "a.xlsx").active[address] for address in ("A1", "A2", "A3")]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s")] * 3


def test_a_text_no_workbook_can_hold_is_written_all_the_same(tmp_path):
    """Controls, halves of characters, and more than a cell takes."""
    book = Workbook()
    put(book.active["A1"], "甲\x1b\x00\ud800" + "长" * 40_000)
    book.save(tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx").active["A1"].value == "甲\ufffd\ufffd\ufffd" + "长" * 32_763


@pytest.mark.process
def test_what_is_put_right_is_no_formula(lead_record, tmp_path, seen_by_office):
    """``fix`` takes the full-width space from in front of the sign: what is left is a text."""
    rows = [lead("江城公交", 需求车型=f"\u3000{text}") for text in SAMPLES if text != "="]
    fixes, copy = fix_file(lead_record(*rows), tmp_path / "更正")
    assert [fix.new for fix in fixes] == [text for text in SAMPLES if text != "="]
    sheet = load_workbook(copy).worksheets[0]
    written = [sheet[fix.cell] for fix in fixes]
    assert [(cell.value, cell.data_type) for cell in written] == [(fix.new, "s") for fix in fixes]
    assert formulas(copy) == []
    assert seen_by_office(copy) == 0


@pytest.mark.process
def test_a_marked_copy_of_a_sheet_so_named_has_no_formula(lead_record, tmp_path, seen_by_office):
    """Sheet, file and messages begin with a sign: the list of errors holds texts, and its links lead where they did."""
    name = "=1+1'!A1"

    def change(sheet):
        sheet.title = name
        for row, text in enumerate(SAMPLES, start=1):
            below(sheet, "客户名称", row).value = text
            below(sheet, "客户名称", row).data_type = "s"

    (form,) = read(lead_record(*[lead("甲")] * len(SAMPLES), change=change, name="=2+2.xlsx"))
    findings = [Finding("x", f"B7：{text}", cell="B7", clause=text) for text in SAMPLES]
    copy = annotate(form, findings, tmp_path / "批注.xlsx")
    listed = load_workbook(copy)["错误清单"]
    assert [listed.cell(row, 7).value for row in range(5, 5 + len(SAMPLES))] == SAMPLES
    assert {listed.cell(row, 3).value for row in range(5, 5 + len(SAMPLES))} == {name}
    assert listed["D5"].hyperlink.location == "'=1+1''!A1'!B7"
    assert formulas(copy) == []
    assert seen_by_office(copy) == 0


@pytest.mark.process
def test_links_to_other_files_do_not_come_along(lead_record, tmp_path):
    """A workbook can carry a link that starts a program (DDE): a copy of ours does not."""
    path = lead_record(lead("江城公交", 联系方式=None))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    rewrite(
        path,
        "xl/_rels/workbook.xml.rels",
        lambda raw: raw.replace(
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="{kind}" Target="externalLinks/externalLink1.xml"/></Relationships>'.encode(),
        ),
    )
    rewrite(
        path,
        "xl/workbook.xml",
        lambda raw: raw.replace(
            b"</sheets>", b'</sheets><externalReferences><externalReference r:id="rId99"/></externalReferences>'
        ),
    )
    rewrite(
        path,
        "xl/externalLinks/externalLink1.xml",
        lambda _: (
            b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
        ),
    )
    (form,) = read(path)
    copy = annotate(form, form.findings or [Finding("x", "B7：看", cell="B7")], tmp_path / "批注.xlsx")
    with zipfile.ZipFile(copy) as archive:
        assert not [name for name in archive.namelist() if "external" in name.lower()]
