"""A further regulation with one clause about money, declared in one place, is settled like the first one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from docs.build import rulebook
from tests.support import synthetic
from tests.support.synthetic import AFTER
from workbench.app.policy import load_policy
from workbench.capabilities.settlement import line_formulas
from workbench.capabilities.settlement import settlement_report as settlement
from workbench.capabilities.settlement.appeal_rules import NO_REWARD, check_appeal, ruled
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.explain_adjustments import of_any_line
from workbench.capabilities.settlement.inputs import Inputs
from workbench.capabilities.settlement.payers import FINANCE
from workbench.capabilities.settlement.payment import to_carry_out
from workbench.capabilities.settlement.quarter import Line, Quarter, stored_lines
from workbench.capabilities.settlement.recipe import Recipe
from workbench.capabilities.settlement.settlement import settle
from workbench.platform.capability import Capability, extended
from workbench.platform.explanation.steps import FACT, SUM, Counterfactual, Step
from workbench.platform.regulation.clause import Clause, reward_codes, settled_regulations
from workbench.platform.regulation.settled_terms import terms

DOCUMENT, CODE = "SX2026", "SX2026·3"


@dataclass(frozen=True, kw_only=True)
class Bonus(Inputs):
    """How many leads count."""

    leads: int
    bonus: int
    readings: dict[str, Any]


def bonus_lines(quarter: Quarter) -> Iterator[Line]:
    """3: so much for each lead of a dealer that counts in the quarter; ref = quarter."""
    states = quarter.states
    own = states[states["counts_in"].isin(quarter.months) & (states["reporter_kind"] == "经销商")]
    bonus = quarter.policy.value("lead_bonus", quarter.last)
    readings = {"repeated_leads": quarter.policy.reading("repeated_leads", quarter.last)}
    for party, leads in own.groupby("reporter").size().items():
        inputs = Bonus(leads=int(leads), bonus=bonus, readings=readings)
        yield Line(CODE, party, quarter.quarter, int(leads) * bonus, None, inputs)


def explain(line: Line, basis: Basis, last: date):
    """The leads, times the bonus."""
    seen: Bonus = line.inputs
    text = f"{seen.leads}×{seen.bonus}＝{line.amount} 元。"
    steps = (*basis.rules(line, last, {"lead_bonus": seen.bonus}), Step(FACT, f"计入 {seen.leads} 条。", "5.3"))
    one_less = Counterfactual(f"若少 1 条，则为 {line.amount - seen.bonus} 元。", {"by": -1}, {})
    return (*steps, Step(SUM, text, line.clause)), (one_less,)


CLAUSE = Clause(
    number="3",
    regulation=DOCUMENT,
    title="信息奖励",
    function=bonus_lines,
    parameters=("lead_bonus",),
    readings=("SX1",),
    subject="试行信息奖励",
    payer=FINANCE,
    reward=True,
    lines=bonus_lines,
    Inputs=Bonus,
    explain=explain,
    recipe=Recipe(
        sheet="",
        parameters=("lead_bonus",),
        formula="{part}*{0}",
        value=lambda row, p: row["part"] * p[0],
        row=lambda seen, last: {"part": seen.leads, "on": last, "basis": f"计入 {seen.leads} 条", "source": "—"},
    ),
)
FURTHER = Capability(
    name="further",
    title="试行办法",
    regulations=(DOCUMENT,),
    depends=("settlement",),
    regulation_files=(Path(__file__).with_name("further.yaml"),),
    clauses=(CLAUSE,),
)


@pytest.fixture(scope="module", autouse=True)
def house():
    with extended(FURTHER):
        yield


@pytest.fixture(scope="module")
def book(house, quarter_facts):
    """The generated quarter, under a policy that knows the further regulation."""
    return synthetic.book(quarter_facts, AFTER, load_policy())


@pytest.fixture(scope="module")
def result(book):
    return settle(book.facts, "2026Q1", book.as_of, book.policy, states=book.states)


@pytest.fixture(scope="module")
def own(result):
    return [line for line in result.lines if line.clause == CODE]


def test_its_lines_come_after_those_of_the_leading_regulation(book, result, own):
    """One line per dealer with leads that count, by the bonus of the quarter's last day, in totals and JSON."""
    counted = book.states[(book.states["reporter_kind"] == "经销商")]
    counted = counted[counted["counts_in"].isin(["2026-01", "2026-02", "2026-03"])].groupby("reporter").size()
    assert {line.party: line.amount for line in own} == {party: 8 * int(leads) for party, leads in counted.items()}
    assert [line.clause for line in result.lines[-len(own) :]] == [CODE] * len(own)
    json_line = own[0].as_json()
    assert json_line["inputs"] == {"leads": own[0].inputs.leads, "bonus": 8, "readings": {"repeated_leads": False}}
    assert "SX1" in [reading["id"] for reading in result.readings]


def test_a_line_is_explained_with_the_number_and_edition_of_its_regulation(book, own):
    """The clause stands inside its regulation, the parameter with that regulation's edition, the reading with its answer."""
    told = of_any_line(own[0], Basis(book.policy), "2026Q1")
    assert told.of_kind("条款") == "第3条（信息奖励）：每条计入信息的奖励 8 元（SX2026 第2版，自 2026-03-01 起）。"
    assert told.of_kind("口径") == "口径 SX1：重复信息是否计奖？不计。"
    assert told.of_kind("计算") == f"{own[0].inputs.leads}×8＝{own[0].amount} 元。"


def test_the_workbook_lists_it_with_a_formula_over_its_parameter(book, own, tmp_path, recalculate):
    """A line of the summary, its lines recomputed by live formulas, its parameters and edition among the others."""
    view = settlement.view(book, "2026Q1")
    assert view.agrees
    assert view.clauses.iloc[-1].to_dict() == {
        "clause": CODE,
        "what": "试行信息奖励",
        "by": FINANCE,
        "count": len(own),
        "own": sum(line.amount for line in own),
        "adjusted": 0,
        "amount": sum(line.amount for line in own),
        "again": sum(line.amount for line in own),
    }
    assert [tuple(row) for row in view.parameters[["clause", "value", "edition", "now"]].values.tolist()[-2:]] == [
        (CODE, 5, "SX2026/1", ""),
        (CODE, 8, "SX2026/2", "本季度适用"),
    ]
    settlement.write(view, tmp_path / "核算.xlsx")
    sheet = load_workbook(recalculate(tmp_path / "核算.xlsx"), data_only=True)["逐笔明细"]
    titles = [cell.value for cell in sheet[4]]
    rows = [dict(zip(titles, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=5)]
    mine = [(row["复算金额\n(元)"], row["核对"]) for row in rows if row["条款"] == CODE]
    assert mine == [(line.amount, "相符") for line in own]


def test_it_is_paid_appealed_and_kept_like_the_others(book, own):
    """Its payer pays it, a missing one can be appealed for and ruled on, and what is kept is read back as it was."""
    lines = pd.DataFrame([line.as_json() for line in own])
    assert to_carry_out(lines).to_dict("records") == [
        {"payer": FINANCE, "paid": sum(line.amount for line in own), "collected": 0}
    ]
    assert CODE in reward_codes()
    appeal = {"clause": CODE, "kind": NO_REWARD, "claimed": 40}
    assert check_appeal(appeal, None, datetime(2026, 4, 9), datetime(2026, 4, 10), book.policy) == []
    rulings = pd.DataFrame(
        [
            {
                "appeal": "SS1",
                "quarter": "2026Q1",
                "clause": CODE,
                "party": own[0].party,
                "ref": "2026Q1",
                "amount": 40,
                "at": datetime(2026, 4, 20),
            }
        ]
    )
    after = next(line for line in ruled(rulings, "2026Q1", own) if line.party == own[0].party)
    assert after == replace(own[0], amount=40, inputs=replace(own[0].inputs, appeal="SS1", computed=own[0].amount))
    kept = lines.assign(inputs=[json.loads(json.dumps(each, sort_keys=True)) for each in lines["inputs"]])
    assert stored_lines(kept) == own


def test_its_numbers_and_readings_are_kept_with_an_approval(book):
    """Beside those of the leading regulation, under its own name."""
    held = terms(book.policy, date(2026, 3, 31), settled_regulations())
    assert held["regulations"] == {
        DOCUMENT: {
            "editions": [["2025-01-01", 1], ["2026-03-01", 2]],
            "parameters": {"lead_bonus": [["2025-01-01", 5, 1], ["2026-03-01", 8, 2]]},
            "readings": {"repeated_leads": [["2025-01-01", False, 1]]},
        }
    }
    assert "regulations" not in terms(book.policy, date(2026, 3, 31), ["DKHW080004"])


def test_it_stands_in_the_rule_book():
    """With its number, its payer and what decides it."""
    page = rulebook().partition("## SX2026")[2]
    assert f"| 3 | 信息奖励 | 每条计入信息的奖励 8 元 | {FINANCE} |" in page and "SX1" in page


def test_the_row_of_a_line_computes_its_amount_again(own, book):
    """From its cells and the parameter in force."""
    table = line_formulas.table(own, {}, "2026Q1")
    assert [line_formulas.recompute(row, book.policy) for row in table.to_dict("records")] == [
        line.amount for line in own
    ]
