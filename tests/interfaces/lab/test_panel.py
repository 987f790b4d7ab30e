"""The start page's panel without a browser: what can be chosen, what a run leaves, what it says when it cannot."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pandas as pd
import pytest

from workbench.interfaces.lab import panel
from workbench.interfaces.lab.clicks import Clicks
from workbench.platform.reporting import page
from workbench.platform.reporting.parts import Column
from workbench.platform.reporting.registry import find, reports


@pytest.fixture
def sitting(as_analyst):
    """The panel of an analyst."""
    return panel.Panel(panel.open_register(datetime(2026, 4, 8, 9)))


def test_every_report_can_be_run_for_some_period(sitting):
    """Periods begin with the first lead and end with the day the register is looked at; the running one is not first choice."""
    snapshot = sitting.opened.snapshot
    for report in reports():
        found = panel.periods(report, snapshot)
        assert found == sorted(found, reverse=True)
        assert all(report.period(period) == period for period in found)
    assert panel.periods(find("settlement"), snapshot) == ["2026Q2", "2026Q1"]
    assert panel.periods(find("publication"), snapshot)[0] == "2026-03-30"
    sitting.report.value = "季度奖惩核算报告"
    assert sitting.period.value == "2026Q1"


def test_a_publication_is_looked_at_as_it_was_made(sitting, lab_facts):
    """A made one at its time, one that was missed at the end of its day."""
    report, snapshot = find("publication"), sitting.opened.snapshot
    made = lab_facts.publications.iloc[0]
    assert panel.moment_of(report, f"{made['due_on']:%Y-%m-%d}", snapshot) == made["at"].to_pydatetime()
    missed = [day for day in panel.periods(report, snapshot) if not (lab_facts.publications["due_on"] == day).any()]
    assert missed
    assert panel.moment_of(report, missed[0], snapshot) == datetime.fromisoformat(f"{missed[0]}T23:59:59")


@pytest.mark.slow
def test_a_run_tells_how_far_it_is(sitting, as_analyst):
    """Every cell moves the bar; at the end the report's four files and a notebook to go on from are there."""
    sitting.report.value = "信息转化率月报"
    seen = []
    sitting.bar.observe(lambda change: seen.append(change["new"]), "value")
    sitting.run()
    assert seen == sorted(seen)
    assert seen[-1] == sitting.bar.max > 5
    assert len(list((as_analyst / "报告").iterdir())) == 4
    assert "客户名称以编号代替" in sitting.box.children[0].value
    assert not sitting.button.disabled


def test_what_stands_in_the_way_is_said(sitting, as_analyst):
    """A time that is none, and a day on which nothing is published: in words, with nothing left behind."""
    sitting.as_of.value = "前天"
    sitting.run()
    assert "无法识别" in sitting.message.value
    sitting.report.value = "开发计划"
    sitting.as_of.value = "2026-01-06"
    sitting.period.value = sitting.period.options[0]
    sitting.as_of.value = "2026-01-06T10:00:00"
    sitting.run()
    assert "晚于数据截至时间" in sitting.message.value
    assert not list((as_analyst / "报告").iterdir())


def test_the_what_if_report_asks_what_to_change(sitting):
    """Its further parameter has a box with the notebook's own words and default."""
    sitting.report.value = "测算对比"
    assert {name: (box.description, box.value) for name, box in sitting.more.items()} == {"changes": ("改了什么", "无")}
    sitting.report.value = "开发计划"
    assert sitting.others.children == ()


def test_a_notebook_somebody_went_on_with_stays(sitting, as_analyst):
    """The same parameters give the same file again; beside a changed one a second is put."""
    given = {"register": "r", "period": "2026-03", "as_of": "2026-04-08T09:00:00", "out_dir": ".", "user": "u"}
    report = find("conversion")
    first = panel.own_copy(report, given)
    assert panel.own_copy(report, given) == first
    changed = json.loads(first.read_text(encoding="utf-8"))
    changed["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": ["我的"]})
    first.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    second = panel.own_copy(report, given)
    assert second != first
    assert "我的" in first.read_text(encoding="utf-8")
    assert re.search(r'period: str = "2026-03"  #', second.read_text(encoding="utf-8").replace("\\", ""))


def test_without_a_passphrase_the_page_says_so(as_analyst, monkeypatch):
    """No traceback, a sentence."""
    monkeypatch.delenv("WORKBENCH_PASSPHRASE")
    assert "没有口令" in str(panel.start())


@pytest.mark.slow
def test_the_page_speaks_english_where_it_is_asked_to(as_analyst, monkeypatch):
    """Controls, tabs, what a run says and the chain of an amount; names of reports, titles of tables and data stay."""
    monkeypatch.setenv("WORKBENCH_LANG", "en")
    english = panel.Panel(panel.open_register(datetime(2026, 4, 8, 9)))
    page_head, report, period, as_of, _, row, tabs = english.box.children
    words = [each.description for each in (report, period, as_of, row.children[0], english.table)]
    assert words == ["report", "period", "data as of", "run", "table"]
    assert tabs.titles == ("report", "trace", "files")
    assert "user" in page_head.value and "(analyst)" in page_head.value and "are replaced" in page_head.value
    english.as_of.value = "yesterday"
    english.run()
    assert "not understood" in english.message.value
    report.value = "季度奖惩核算报告"
    english.run()
    assert english.message.value.startswith("季度奖惩核算报告 2026Q1 is made. Click")
    english.table.value = "按对象"
    place = next(row for row in range(len(english.shown[-1].rows)) if english.shown[-1].leads_on(row, "amount"))
    english._clicked(0, f"{place}:amount")
    (answer,) = english.numbers.answers
    text = re.sub(r"<[^>]+>", " ", answer["html"])
    assert "Result" in text and "source:" in text and "yuan" in text
    assert not re.search(r"[，。；：]", re.sub(r"《[^》]*》|（[^（）]*）", "", text))


def test_answers_open_inside_each_other_and_close_where_they_were_opened():
    """A second number beside the first takes its place; the same number again closes it; another table has none."""
    clicks = Clicks()
    clicks.show("<table></table>")
    clicks.answer(0, "1:valid", "leads")
    clicks.answer(1, "0:number", "chain")
    assert [each["to"] for each in clicks.answers] == ["1:valid", "0:number"]
    assert clicks.is_open(1, "0:number") and not clicks.is_open(0, "0:number") and not clicks.is_open(2, "0:number")
    clicks.answer(0, "2:valid", "others")
    assert clicks.answers == [{"to": "2:valid", "html": "others"}]
    clicks.shut(0)
    assert clicks.answers == []
    clicks.answer(0, "1:valid", "leads")
    clicks.show("<table></table>")
    assert clicks.answers == []


def test_every_lead_behind_a_number_can_be_reached(sitting):
    """A page shows some hundred rows and refers to the workbook; the leads behind a number stand nowhere else."""
    rows = pd.DataFrame({"number": [f"DK{number}" for number in range(page.ROWS + 50)]})
    columns = (Column("number", "信息编号"),)
    shown = sitting._table(rows, columns, lambda place, key: True)
    assert shown.count("data-to=") == page.ROWS + 50
    assert "另有" not in shown
    assert "另有 50 行" in page.table(rows, columns)
