"""测算对比: both sides on every sheet, live differences, and the mark that it is unofficial everywhere."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from fractions import Fraction

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from tests.support.report_runs import everything, run
from tests.support.synthetic import AFTER
from workbench.app.policy import load_policy
from workbench.capabilities.settlement import whatif_report as whatif
from workbench.capabilities.settlement.settlement import settle
from workbench.core.errors import WrongUse
from workbench.platform.access.session import enter
from workbench.platform.register import proof

pytestmark = pytest.mark.whole

CHANGES = "dealer_conversion_rate=62.5;late_verification_penalty=150;overdue_unit=dispatch;minimum_quantity=5"
SHEETS = ["封面", "改动", "条款对比", "对象对比", "逐笔对比", "信息对比"]
MARK = "测算 非正式"


@pytest.fixture(scope="module")
def view(quarter):
    return whatif.view(quarter, "2026Q1", CHANGES)


@pytest.fixture(scope="module")
def written(view, tmp_path_factory):
    path = tmp_path_factory.mktemp("whatif") / "测算.xlsx"
    whatif.write(view, path)
    return path


def rows_of(path, sheet):
    """A sheet's table as dicts by column title, the total row last."""
    cells = load_workbook(path, data_only=True)[sheet]
    titles = [cell.value for cell in cells[4]]
    return [dict(zip(titles, [cell.value for cell in row], strict=True)) for row in cells.iter_rows(min_row=5)]


def test_every_sheet_is_marked(written):
    """On the screen in the first row, on paper in the header of every page; there is nothing to sign."""
    book = load_workbook(written)
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets:
        assert MARK in sheet["A1"].value
        assert MARK in sheet.oddHeader.center.text
    assert not [cell for row in book["封面"].iter_rows() for cell in row if str(cell.value).startswith("审批")]


def test_both_sides_are_two_settlements(view, quarter):
    """The official amounts are those of the quarter, the others those of the changed regulation, line for line."""
    official = settle(quarter.facts, "2026Q1", quarter.as_of, quarter.policy)
    changed = load_policy().with_parameters(
        dealer_conversion_rate=Fraction(5, 8), late_verification_penalty=150, minimum_quantity=5
    )
    trial = settle(quarter.facts, "2026Q1", quarter.as_of, changed.with_readings(overdue_unit="dispatch"))
    for name, result in (("official", official), ("trial", trial)):
        wanted = Counter({(line.clause, line.party, line.ref): line.amount for line in result.lines})
        seen = view.lines.set_index(["clause", "party", "ref"])[name].to_dict()
        assert {key: amount for key, amount in seen.items() if amount} == {k: v for k, v in wanted.items() if v}
    assert {"取消", "变动", "不变"} <= set(view.lines["change"])
    assert len(view.leads)


def test_late_answers_are_counted_by_hand(quarter):
    """7.3.1 by batch and person at 150 yuan, from the states and dispatches."""
    late = quarter.states[quarter.states["late"] & (quarter.states["due_on"] < "2026-04-01")]
    batch = quarter.facts.dispatches.drop_duplicates("lead", keep="last").set_index("lead")["batch"]
    person = quarter.facts.feedback.sort_values("at").drop_duplicates("lead").set_index("lead")["person"]
    section = quarter.facts.units.set_index("code")["person"]
    who = [person.get(lead) or section[late.at[lead, "section"]] for lead in late.index]
    groups = set(zip(batch.reindex(late.index), who, strict=True))
    lines = whatif.view(quarter, "2026Q1", "late_verification_penalty=150;overdue_unit=dispatch").lines
    own = lines[lines["clause"] == "7.3.1"]
    assert own["trial"].sum() == -150 * len(groups)
    assert own["official"].sum() == -100 * len(late)


def test_libreoffice_computes_the_same_differences(view, written, recalculate):
    """All stored values removed and computed anew: differences and sums agree."""
    again = recalculate(written)
    for sheet, title in (("逐笔对比", "差额(元)"), ("对象对比", "差额(元)"), ("条款对比", "差额(元)")):
        mine, theirs = ([row[title] for row in rows_of(path, sheet)] for path in (written, again))
        assert mine == theirs
        assert len(mine) > 5
    assert [row["差额(元)"] for row in rows_of(again, "逐笔对比")][:-1] == view.lines["difference"].tolist()


def test_an_approved_quarter_is_compared_with_what_was_approved(quarter):
    """The official side is what was approved, even where the facts say otherwise; that drift is told apart."""
    lines = [line.as_json() for line in settle(quarter.facts, "2026Q1", quarter.as_of, quarter.policy).lines]
    kept = [{**line, "quarter": "2026Q1"} for line in lines if line["clause"] != "7.1.1"]
    readings = {each["key"]: each["value"] for each in quarter.policy.readings_on(date(2026, 3, 31)) if each["key"]}
    assert readings["overdue_unit"] == "lead"
    approval = {"edition": "DKHW080004/4", "readings": readings, "as_of": AFTER, "at": AFTER}
    book = synthetic.book(quarter.facts, datetime(2026, 9, 1), closed=pd.DataFrame(kept), approved={"2026Q1": approval})
    found = whatif.view(book, "2026Q1", "late_verification_penalty=150")
    assert found.lines["official"].sum() == sum(line["amount"] for line in kept)
    assert found.stamp.as_of == AFTER
    missing = sum(1 for line in lines if line["clause"] == "7.1.1")
    assert any(f"有 {missing} 笔与正式结果不同" in note for note in found.notes)


@pytest.mark.slow
def test_a_run_is_marked_and_leaves_the_register_as_it_was(quarter_register, tmp_path):
    """Page and workbook carry the mark, the manifest the changes; the register gets an entry of the paper and no row."""
    policy, before = load_policy(), None
    with enter(quarter_register, "clerk", synthetic.PASSPHRASE, policy, AFTER) as session:
        before = session.register.count("entry")
    made = run("whatif", quarter_register, tmp_path, parameters={"changes": CHANGES})
    with enter(quarter_register, "clerk", synthetic.PASSPHRASE, policy, AFTER) as session:
        assert session.register.read("entry", ["action"])["action"].tolist()[before:] == ["report"]
        assert before + 1 not in proof.written(session.register)
    assert MARK in everything(made.workbook)
    assert f'<div class="mark" aria-hidden="true">{MARK}</div>' in made.html.read_text(encoding="utf-8")
    assert json.loads(made.manifest.read_text(encoding="utf-8"))["parameters"]["changes"] == CHANGES


def test_changes_that_cannot_be_are_refused(quarter):
    """The sentence of the refusal comes from the view itself, whoever calls it."""
    with pytest.raises(WrongUse) as refused:
        whatif.view(quarter, "2026Q1", "minimum_quantity=40%")
    assert "单位是台" in refused.value.zh
