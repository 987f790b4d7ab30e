"""The approver's short workbook: at most eight pages, the same numbers as the whole one."""

from __future__ import annotations

import subprocess
from collections import Counter

import pytest
from openpyxl import load_workbook

from workbench.capabilities.settlement import settlement_report
from workbench.capabilities.settlement.settlement_print import PAGES
from workbench.capabilities.settlement.settlement_sheets import NO_LEADER

pytestmark = [pytest.mark.whole, pytest.mark.slow]


@pytest.fixture(scope="module")
def view(quarter):
    return settlement_report.view(quarter, "2026Q1")


@pytest.fixture(scope="module")
def short(view, tmp_path_factory):
    path = tmp_path_factory.mktemp("short") / "呈批.xlsx"
    settlement_report.write_short(view, path)
    return path


def rows(sheet):
    """The rows of a table as dicts by title, the total row under its word."""
    titles = [cell.value for cell in sheet[4]]
    return [dict(zip(titles, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=5)]


def test_eight_pages_by_set_up_and_as_printed(short, tmp_path):
    """Each sheet is held to its pages; LibreOffice prints no more of them."""
    book = load_workbook(short)
    assert book.sheetnames == list(PAGES)
    assert [
        (sheet.page_setup.fitToWidth or 1, 1 if sheet.page_setup.fitToHeight is None else sheet.page_setup.fitToHeight)
        for sheet in book.worksheets
    ] == [(1, pages) for pages in PAGES.values()]
    assert sum(PAGES.values()) == 8
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--convert-to",
        "pdf",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(short)], check=True, capture_output=True)
    told = subprocess.run(["pdfinfo", str(tmp_path / "呈批.pdf")], check=True, capture_output=True, text=True).stdout
    assert int(next(line for line in told.splitlines() if line.startswith("Pages:")).split()[1]) <= 8


def test_its_numbers_are_those_of_the_lines(view, short):
    """Penalties by person and clause, departments by deputy GM, parties: all added up again from the lines."""
    book = load_workbook(short, data_only=True)
    lines = view.lines.to_dict("records")
    fines: Counter = Counter()
    counts: Counter = Counter()
    for line in lines:
        if line["clause"].startswith("7.3"):
            fines[line["party"], line["clause"]] += line["amount"]
            counts[line["party"], line["clause"]] += 1
    shown = [row for row in rows(book["处罚"]) if row["责任人"] != "合计"]
    assert {(row["责任人"], row["条款"]): row["处罚(元)"] for row in shown} == fines
    assert {(row["责任人"], row["条款"]): row["笔数"] for row in shown} == counts
    given: Counter = Counter()
    for line in lines:
        if line["clause"].startswith("7.2"):
            given[line["party"]] += line["amount"]
    leaders = dict(zip(view.departments["unit"], view.departments["leader"].fillna(NO_LEADER), strict=True))
    departments = [row for row in rows(book["按分管领导"]) if row["分管领导"] != "合计"]
    assert {row["部门代码"]: row["合计(元)"] for row in departments} == {unit: given[unit] for unit in leaders}
    assert [row["分管领导"] for row in departments] == [leaders[row["部门代码"]] for row in departments]
    assert [row["分管领导"] for row in departments] == sorted(row["分管领导"] for row in departments)
    parties: Counter = Counter()
    for line in lines:
        parties[line["party"]] += line["amount"]
    assert {row["对象"]: row["合计(元)"] for row in rows(book["对象合计"]) if row["对象"] != "合计"} == parties
    front = {cell.value for row in book["封面"].iter_rows() for cell in row}
    assert {"复算核对", "相符", f"{len(lines)} 笔逐笔复算，见附件", "审批："} <= front


def test_each_deputy_gm_has_a_page_of_the_whole_workbook(view, tmp_path):
    """A page ends where the next one's departments begin."""
    settlement_report.write(view, tmp_path / "核算.xlsx")
    sheet = load_workbook(tmp_path / "核算.xlsx")["按分管领导"]
    names = [row["分管领导"] for row in rows(sheet)]
    names = names[: names.index("合计")]
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert breaks == [4 + place for place in range(1, len(names)) if names[place] != names[place - 1]]
    assert len(breaks) == len(set(names)) - 1
