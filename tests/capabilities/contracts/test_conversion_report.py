"""信息转化率月报: contracts and pick-ups added up again, line by line."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support import synthetic
from tests.support.examples import examples
from tests.support.naive_lifecycle import READINGS, Screening, naive_states, plain_tables
from tests.support.strategies import World
from workbench.capabilities.contracts import conversion_report as conversion
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.core.periods import month_bounds
from workbench.platform.register.facts import Facts

pytestmark = pytest.mark.whole


def by_hand(book, key):
    """Group → projects, quantity, contract_quantity, picked_up (March), quarter, to date."""
    lines = {}
    for line in book.facts.contracts.sort_values("at").to_dict("records"):
        lines[line["month"], line["contract"], line["lead"]] = line
    sums = defaultdict(lambda: defaultdict(int))
    for lead, state in book.states.iterrows():
        if not isinstance(state["project"], str):
            continue
        own = sums[f"{state['received_at']:%Y-%m}" if key == "received_month" else state[key]]
        own["projects"] += 1
        own["quantity"] += state["quantity"]
        mine = [line for line in lines.values() if line["lead"] == lead]
        contracts = {line["contract"]: line["quantity"] for line in sorted(mine, key=lambda line: line["month"])}
        before = {
            line["contract"]: line["quantity"]
            for line in sorted(mine, key=lambda x: x["month"])
            if line["month"] < "2026-03"
        }
        gone = sum(line["picked_up"] for line in mine if line["month"] < "2026-03")
        taken = any(line["picked_up"] for line in mine if line["month"] == "2026-03")
        expired = state["status"] == "已到期" and state["expires_on"] < datetime(2026, 3, 1)
        over = expired or (bool(before) and gone >= sum(before.values()))
        own["alive_quantity"] += state["quantity"] * (taken or not over)
        own["quarter_quantity"] += state["quantity"]  # the register begins with the quarter
        own["contracted"] += bool(mine)
        own["contract_quantity"] += sum(contracts.values())
        own["picked_up"] += sum(line["picked_up"] for line in mine if line["month"] == "2026-03")
        own["quarter_picked_up"] += sum(line["picked_up"] for line in mine)
        own["picked_up_to_date"] += sum(line["picked_up"] for line in mine)
    return {group: dict(own) for group, own in sums.items()}


@pytest.mark.parametrize(
    ("name", "key"),
    [("按提报单位", "reporter"), ("按客户类别", "category"), ("按省份", "province"), ("按接收月份", "received_month")],
)
def test_each_group_as_added_up_by_hand(quarter, name, key):
    """Projects, vehicles sought, contracted and picked up, and the rates between them."""
    table = conversion.view(quarter, "2026-03").tables[name]
    rows = {row[key]: row for row in table.to_dict("records")}
    expected = by_hand(quarter, key)
    assert sum(group["alive_quantity"] for group in expected.values()) < sum(g["quantity"] for g in expected.values())
    assert {group: {name: row[name] for name in conversion.SUMS} for group, row in rows.items()} == expected
    for row in rows.values():
        assert row["rate"] == (Fraction(row["picked_up"], row["alive_quantity"]) if row["alive_quantity"] else None)
        assert row["quarter_rate"] == Fraction(row["quarter_picked_up"], row["quarter_quantity"])
        assert row["contract_rate"] == Fraction(row["contract_quantity"], row["quantity"])


def plainly(facts, as_of, months):
    """Reporter → the sums of the report's month and quarter, from the naive computation's contract lines."""
    tables = plain_tables(facts, as_of)
    screening, states = Screening(tables, READINGS), naive_states(facts, as_of)
    sums = defaultdict(lambda: dict.fromkeys(conversion.SUMS, 0))
    for lead, row in screening.leads.items():
        state = states[row["number"]]
        if state["project"] is None or f"{row['received_at']:%Y-%m}" > months[-1]:
            continue
        lines = [line for line in screening.contract_lines(lead) if line["month"] <= months[-1]]

        def signed(before, lines=lines):
            latest = {line["contract"]: line["quantity"] for line in lines if line["month"] < before}
            return sum(latest.values()) if latest else None

        def alive(months, lines=lines, lead=lead, state=state):
            if any(line["picked_up"] for line in lines if line["month"] in months):
                return True
            given = [answer["expires_on"] for answer in screening.answers(lead) if answer["expires_on"] is not None]
            if state["status"] == "已到期" and f"{given[-1]:%Y-%m}" < months[0]:
                return False
            picked = sum(line["picked_up"] for line in lines if line["month"] < months[0])
            return signed(months[0]) is None or picked < signed(months[0])

        own = sums[screening.holder(lead, month_bounds(months[-1])[1])]
        own["projects"] += 1
        own["quantity"] += state["sought"]
        own["contracted"] += bool(lines)
        own["contract_quantity"] += signed("9999-99") or 0
        for name, these in (("", months[-1:]), ("quarter_", months)):
            own["alive_quantity" if not name else "quarter_quantity"] += state["sought"] * alive(these)
            own[f"{name}picked_up"] += sum(line["picked_up"] for line in lines if line["month"] in these)
        own["picked_up_to_date"] += sum(line["picked_up"] for line in lines)
    return dict(sums)


@examples(60, shrink=False)
@given(st.integers(0, 2**32 - 1), st.integers(0, 8))
def test_returned_and_ended_contracts_as_the_naive_computation_has_them(seed, place):
    """Returns go off the month of the pick-up, an ended contract has what was delivered: the report's sums say so."""
    world = World(seed)
    month = world.months()[place]
    months = world.months()[place - place % 3 : place + 1]
    table = conversion.view(synthetic.book(world.facts, world.until), month).tables["按提报单位"]
    rows = {row["reporter"]: {name: row[name] for name in conversion.SUMS} for row in table.to_dict("records")}
    assert rows == plainly(world.facts, world.until, months)


def test_the_register_of_the_month_is_named(quarter_facts):
    """Returned in time, late, or not yet: the report says which, since its numbers hang on it."""
    said = {
        month: conversion.view(synthetic.book(quarter_facts, at), month).notes[0]
        for month, at in (
            ("2026-01", datetime(2026, 4, 3)),
            ("2026-02", datetime(2026, 4, 3)),
            ("2026-03", datetime(2026, 4, 1)),
        )
    }
    assert said["2026-01"] == "2026-01 的《合同登记汇总表》已于 2026-02-02 16:00 返回（第6.5条）。"
    assert "逾期（第7.3.3条）" in said["2026-02"]
    assert "尚未返回" in said["2026-03"]


def test_what_is_left_out_is_counted(quarter):
    """Valid leads without an expiry date are no projects; the report says how many."""
    without = (quarter.states["valid"] & quarter.states["project"].isna()).sum()
    assert without > 0
    assert (
        f"未计入：{without} 条，第6.4条（有效但未注明到期日期，尚未立项）" in conversion.view(quarter, "2026-03").notes
    )


def test_what_lies_outside_the_month_is_counted(quarter):
    """A report of January made in April: later projects and later contract lines are said to be left out."""
    notes = conversion.view(quarter, "2026-01").notes
    states, lines = quarter.states, counting_lines(quarter.facts, quarter.policy)
    coming = (states["project"].notna() & (states["received_at"] >= "2026-02-01")).sum()
    later = len(lines[lines["month"] > "2026-01"].drop_duplicates(["month", "contract", "lead"]))
    assert coming
    assert later
    assert f"未计入：{coming} 个项目的信息在本月末以后接收；{later} 行合同登记属于本月以后的月份（第6.5条）" in notes
    march = states[(states["received_at"] < "2026-04-01") & states["project"].notna()]
    said = f"已计入：因第5.5条不计奖励的项目 {march['excluded'].notna().sum()} 个"
    assert any(note.startswith(said) for note in conversion.view(quarter, "2026-03").notes)
    assert "本月没有合同登记行，本月提车为零。" in conversion.view(quarter, "2025-12").notes


def test_nothing_yet(tmp_path):
    """Without projects every table says so and the rates are undefined."""
    view = conversion.view(synthetic.book(Facts.of(), datetime(2026, 4, 3)), "2026-03")
    conversion.write(view, tmp_path / "空.xlsx")
    assert load_workbook(tmp_path / "空.xlsx")["按客户类别"]["A5"].value == "截至本月没有已立项的信息。"
    assert view.figures[0].value is None


def test_cohorts_stand_in_the_order_of_their_months(quarter):
    """January's projects first; each month's projects are those whose lead came in it."""
    table = conversion.view(quarter, "2026-03").tables["按接收月份"]
    states = quarter.states[quarter.states["project"].notna()]
    own = states["received_at"].dt.strftime("%Y-%m").value_counts().to_dict()
    assert dict(zip(table["received_month"], table["projects"], strict=True)) == own
    assert table["received_month"].tolist() == ["2026-01", "2026-02", "2026-03"]


def test_names_are_those_of_the_month(quarter_facts):
    """A dealer renamed in April keeps its old name in the report of March and has the new one in April's."""
    old = quarter_facts.units[quarter_facts.units["code"] == "D001"].iloc[[-1]]
    renamed = old.assign(name="新名销售服务店", since=pd.Timestamp("2026-04-02"))
    facts = quarter_facts.replace(units=pd.concat([quarter_facts.units, renamed], ignore_index=True))
    for month, name in (("2026-03", old["name"].iloc[0]), ("2026-04", "新名销售服务店")):
        table = conversion.view(synthetic.book(facts, datetime(2026, 5, 3)), month).tables["按提报单位"]
        assert table.set_index("reporter").at["D001", "name"] == name
