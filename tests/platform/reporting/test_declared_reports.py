"""A report is what a capability declares: one from a folder outside the program is listed, run and drilled like the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.platform.reporting.trial_report import CAPABILITY
from tests.support import synthetic
from tests.support.report_runs import AFTER
from workbench.app.reports import run_report
from workbench.core.errors import WrongUse
from workbench.platform.capability import extended, join
from workbench.platform.reporting.registry import find, reports


def test_it_is_found_while_its_capability_is_there():
    """By name and alias, last in the list; gone with its capability."""
    before = reports()
    with extended(CAPABILITY):
        assert reports() == (*before, *CAPABILITY.reports)
        assert find("试行报告") is find("trial")
    with pytest.raises(WrongUse):
        find("trial")


@pytest.mark.slow
def test_its_own_notebook_is_run_in_a_kernel_that_knows_it(quarter_register, tmp_path):
    """Four files like every report's; the page and the workbook show its table."""
    with extended(CAPABILITY):
        made = run_report(
            "trial",
            register_path=quarter_register,
            period="2026年3月",
            as_of=AFTER,
            out_dir=tmp_path,
            user="clerk",
            passphrase=synthetic.PASSPHRASE,
        )
    assert [path.name for path in made.files] == [
        "试行报告_2026-03.xlsx",
        "试行报告_2026-03.html",
        "试行报告_2026-03.ipynb",
        "试行报告_2026-03.manifest.json",
    ]
    assert "只供试行。" in made.html.read_text(encoding="utf-8")
    assert json.loads(made.manifest.read_text(encoding="utf-8"))["report"] == "试行报告"


def test_its_numbers_lead_to_leads(quarter):
    """The leads behind a count are as many as it says."""
    with extended(CAPABILITY):
        report = find("trial")
        view = report.view(quarter, "2026-03")
        (drill,) = report.drill_tables(quarter, "2026-03", view)
    counts = [len(drill.behind(place, "leads").rows) for place in range(len(drill.rows))]
    assert counts == list(drill.rows["leads"])
    assert sum(counts) > 50


def test_a_capability_from_outside_joins_once():
    """What a kernel is told twice stands there once."""
    with extended():
        join([CAPABILITY.home])
        join([CAPABILITY.home])
        assert [report.alias for report in reports()].count("trial") == 1


def test_every_report_has_a_module_with_a_view_and_a_workbook():
    """And its notebook exists."""
    for report in reports():
        assert callable(report.module.view)
        assert callable(report.module.write)
        assert Path(report.notebook).is_file()
    assert len({report.order for report in reports()}) == len(reports())
