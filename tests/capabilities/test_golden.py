"""The workbooks of a small, fixed office against golden files: every cell, formula, format and print set-up.

``WORKBENCH_GOLDEN=update`` writes the golden files anew; look at the difference before keeping it.
"""

from __future__ import annotations

import os
import re
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from tests.support import customer_world, supervision_world, synthetic
from workbench.platform.reporting.registry import find, reports

pytestmark = pytest.mark.whole

CAPABILITIES = Path(__file__).parent
WHEN = {
    "publication": ("2026-01-20", datetime(2026, 1, 20, 17)),
    "targets": ("2026-03", datetime(2026, 4, 3, 9)),
    "conversion": ("2026-03", datetime(2026, 4, 3, 9)),
    "development": ("2026-03-31", datetime(2026, 4, 3, 9)),
    "settlement": ("2026Q1", datetime(2026, 4, 3, 9)),
    "marks": ("2026Q1", datetime(2026, 4, 3, 9)),
    "reminders": ("2026-01-20", datetime(2026, 1, 20, 17)),
    "whatif": ("2026Q1", datetime(2026, 4, 3, 9)),
    "weekly": ("2026-03-09", datetime(2026, 3, 16, 9)),
    "grading": ("2026Q1", datetime(2026, 4, 3, 9)),
    "card": ("2026-03-31", datetime(2026, 4, 3, 9)),
    "inspection": ("2026-03", datetime(2026, 4, 3, 9)),
}
OF_CUSTOMERS = {"weekly", "grading", "card"}  # of an office with account managers
MORE = {
    "card": {"customer": "901"},
    "whatif": {"changes": "minimum_quantity=6;dealer_conversion_rate=62.5;verification_days=1;overdue_unit=dispatch"},
}
UNSIGNED = {"reminders", "whatif"}  # for those who act; unofficial


@pytest.fixture(scope="module")
def small():
    """Forty leads."""
    return synthetic.facts(leads=40, seed=3)


def make(report, facts, path):
    """The report's workbook of the small office."""
    period, at = WHEN[report.alias]
    facts = customer_world.facts() if report.alias in OF_CUSTOMERS else facts
    seen = supervision_world.book(at) if report.alias == "inspection" else synthetic.book(facts, at)
    report.write(report.view(seen, period, **MORE.get(report.alias, {})), path)
    return path


def normalised(path):
    """The workbook as lines of text: what a person would see, print or compute, in a stable order."""
    lines = []
    for sheet in load_workbook(path).worksheets:
        setup = sheet.page_setup
        lines.append(
            f"# {sheet.title} freeze={sheet.freeze_panes} filter={sheet.auto_filter.ref} rows={sheet.print_title_rows}"
        )
        lines.append(f"  {setup.orientation} paper={setup.paperSize} fit={setup.fitToWidth}x{setup.fitToHeight}")
        lines.append(f"  {sheet.oddFooter.left.text} | {sheet.oddFooter.right.text}")
        lines += [f"  merged {area}" for area in sorted(map(str, sheet.merged_cells.ranges))]
        for rules in sheet.conditional_formatting:
            lines += [f"  rule {rules.sqref} {rule.type} {rule.formula}" for rule in rules.rules]
        for row in sheet.iter_rows():
            lines += [f"  {c.coordinate} [{c.number_format}] {c.value!r}" for c in row if c.value is not None]
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("xl/charts/"):
                tree = ElementTree.fromstring(archive.read(name))
                words = [
                    re.sub(r"\{.*\}", "", e.tag) + "=" + (e.text or "") for e in tree.iter() if (e.text or "").strip()
                ]
                lines.append(f"# {name} {' '.join(words)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.alias)
def test_workbook_is_the_golden_one(report, small, tmp_path):
    """Cell by cell."""
    text = normalised(make(report, small, tmp_path / "book.xlsx"))
    golden = CAPABILITIES / report.home.split(".")[2] / "golden" / f"{report.alias}.txt"
    if os.environ.get("WORKBENCH_GOLDEN") == "update":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.alias)
def test_the_same_data_give_the_same_bytes(report, small, tmp_path):
    """Written twice, at different times, in different places."""
    first, second = (make(report, small, tmp_path / name) for name in ("一.xlsx", "二.xlsx"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("report", reports(), ids=lambda report: report.alias)
def test_every_sheet_is_ready_for_print(report, small, tmp_path):
    """A4 landscape, one page wide, page numbers, edition, moment and register in the footer; sign-off on the cover."""
    book = load_workbook(make(report, small, tmp_path / "book.xlsx"))
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.sheet_properties.pageSetUpPr.fitToPage) in ((1, True), (None, True))
        assert "DKHW080004/4" in sheet.oddFooter.left.text
        assert "42:a1b2c3d4e5f60" in sheet.oddFooter.left.text
        assert "&P" in sheet.oddFooter.right.text
        if sheet is not book.worksheets[0]:
            assert sheet.print_title_rows
            assert sheet.freeze_panes
    words = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    signed = {"编制：", "复核：", "审批：", "审批日期："}
    assert words & signed == (set() if report.alias in UNSIGNED else signed)


def test_a_report_is_found_by_name_and_alias():
    """Both names lead to the same report."""
    assert find("季度奖惩核算报告") is find("settlement")
