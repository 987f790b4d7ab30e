"""Notebooks run by plain papermill, with what the environment says; refusals are sentences."""

from __future__ import annotations

import json
import re

import papermill
import pytest

from tests.support.source import ROOT
from workbench.app.notebook import OUT
from workbench.interfaces.lab.serve import EXAMPLE

pytestmark = pytest.mark.slow


@pytest.fixture
def run(as_analyst, monkeypatch):
    """Runs a notebook in the analyst's folder; gives its outputs as text."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def runs(name: str, **parameters: str) -> str:
        result = as_analyst / name
        try:
            papermill.execute_notebook(
                ROOT / "notebooks" / name, result, parameters, kernel_name="python3", progress_bar=False
            )
        finally:
            cells = json.loads(result.read_text(encoding="utf-8"))["cells"]
            runs.shown = json.dumps([cell.get("outputs") for cell in cells], ensure_ascii=False)
        return runs.shown

    return runs


def test_the_example_runs_and_names_nobody(run, lab_facts):
    """All its tables are there, customers and files are numbers."""
    shown = run(EXAMPLE)
    assert "working_days" in shown
    assert "nine_in_ten" in shown
    named = {*lab_facts.leads["customer"], *lab_facts.leads["file"], *lab_facts.feedback["person"].dropna()}
    assert not [name for name in named if name in shown]
    assert not re.search(r"\b1[3-9]\d{9}\b", shown)


def test_a_report_needs_its_period_only(run, as_analyst):
    """Register, user and moment come from the environment; the workbook lies in the working folder."""
    run("信息转化率月报.ipynb", period="2026-03")
    assert [path.name for path in (as_analyst / OUT).glob("*.xlsx")] == ["信息转化率月报_2026-03.xlsx"]


def test_what_is_wrong_is_one_sentence(run):
    """No traceback in the notebook, and papermill fails."""
    with pytest.raises(papermill.PapermillExecutionError, match="“前天”不是月份"):
        run("信息转化率月报.ipynb", period="前天")
    assert '"traceback": ["“前天”不是月份，请写成 2026-03。"]' in run.shown
    assert "Traceback" not in run.shown
