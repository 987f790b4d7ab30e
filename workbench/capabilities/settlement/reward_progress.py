"""What is still missing to a reward: every project and department of a quarter, rewarded or not (7.1.1, 7.2.1, 7.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.leads import contract_lines as contracts
from workbench.capabilities.leads import projects
from workbench.capabilities.leads.facts import DEALER, DEPARTMENT, Facts
from workbench.capabilities.settlement import lines
from workbench.capabilities.settlement.explain_lines import more_leads, needed_pick_ups, next_step
from workbench.capabilities.settlement.quarter import Quarter
from workbench.capabilities.settlement.settlement import earning
from workbench.capabilities.targets import completion as targets
from workbench.core.periods import quarter_of_day, quarters_between
from workbench.platform.explanation.steps import Counterfactual, rate_text, share_text
from workbench.platform.regulation.edition import Policy

EARNED, SMALL, SHORT, REWARDED, REPEALED = "已得奖", "标的量不足", "转化率不足", "得奖", "已废止"
PROJECTS = [
    "clause", "party", "lead", "number", "quantity", "picked_up", "part", "whole", "needed", "short", "standing",
    "amount",
]  # fmt: skip
DEPARTMENTS = ["unit", "valid", "target", "rate", "steps", "amount", "more", "next"]


def quarter_at(
    facts: Facts, states: pd.DataFrame, quarter: str, as_of: datetime, policy: Policy,
    approved: Mapping[str, Mapping[str, Any]],
) -> Quarter:  # fmt: skip
    """The quarter as its rules see it, with what earned in the quarters before it (D8).

    ``facts`` and ``states`` are those known at ``as_of``; ``approved`` as in ``settlement.settle``.
    """
    newest, counted = contracts.newest_lines(facts.contracts), projects.rewardable(states)
    first = quarter if states.empty else min(quarter, quarter_of_day(states["received_at"].min()))
    earned: frozenset[int] = frozenset()
    for each in quarters_between(first, quarter):
        ruled = policy.as_settled(approved.get(each, {}))
        now = Quarter(each, facts, states, newest, counted, as_of, ruled, earned)
        if each != quarter:
            earned |= earning(now)
    return now


def project_standing(quarter: Quarter) -> pd.DataFrame:
    """Every project that counts and how it stands: columns of ``PROJECTS``, in the order of receipt.

    ``part`` and ``whole`` are the two sides of its conversion (D7), ``needed`` the pick-ups of the quarter that
    reach the rate and ``short`` how many are missing (both by project only), ``amount`` the yuan it earns or, where
    only the conversion is missing, would earn.
    """
    tables = [_of_kind(quarter, kind) for kind in (DEALER, DEPARTMENT)]
    return pd.concat(tables).sort_index(kind="stable", key=lambda index: quarter.counted.index.get_indexer(index))


def _of_kind(quarter: Quarter, kind: str) -> pd.DataFrame:
    policy, on = quarter.policy, quarter.last
    name, clause = ("dealer", lines.DEALER_REWARD) if kind == DEALER else ("department", lines.DEPARTMENT_REWARD)
    rate, reward = policy.value(f"{name}_conversion_rate", on), policy.value(f"{name}_project_reward", on) or 0
    minimum = policy.value(f"{name}_minimum_quantity", on) or 0
    cap = policy.value("department_reward_cap", on) if kind == DEPARTMENT else None
    by_project = policy.reading("conversion_basis", on) != "reporter"
    own = quarter.counted[quarter.counted["reporter_kind"] == kind]
    picked = contracts.pick_ups(quarter.lines, quarter.months).reindex(own.index).fillna(0).astype("int64")
    won = lines.rewards(quarter, kind)
    again = policy.reading("repeat_project_reward", on)
    ahead: dict[str, int] = {}
    rows = []
    for lead, number, party, quantity, vehicles in zip(
        own.index.tolist(), own["number"], own["reporter"], own["quantity"].tolist(), picked.tolist()
    ):
        needed = needed_pick_ups(quantity, rate) if rate is not None and by_project else None
        short = max(0, needed - vehicles) if needed is not None else None
        before = ahead.get(party, 0)
        amount = reward if cap is None else min(max(0, cap - before * reward), reward)
        part, whole = vehicles, quantity
        if lead in won.index:
            standing = REWARDED
            ahead[party] = before + 1
            part, whole = int(won.at[lead, "rate_picked_up"]), int(won.at[lead, "rate_quantity"])
        elif rate is None or not reward:
            standing = REPEALED
        elif quantity < minimum:
            standing = SMALL
        elif lead in quarter.earned and not again:
            standing = EARNED
        else:
            standing = SHORT
        rows.append((clause, party, lead, number, quantity, vehicles, part, whole, needed, short, standing,
                     amount if standing in (REWARDED, SHORT) else 0))  # fmt: skip
    return pd.DataFrame(rows, columns=PROJECTS, index=own.index, dtype=object)


def project_sentence(row: Mapping[str, Any], rate: Fraction | None, minimum: int) -> str:
    """Why a project earns nothing in the quarter, with its numbers."""
    match row["standing"]:
        case "标的量不足":
            return f"单次提报 {row['quantity']} 台，不足 {minimum} 台。"
        case "已得奖":
            return "以前季度已得奖，一个项目终身一次（口径 D8）。"
        case "已废止":
            return "本条奖励在该季度已废止。"
        case "转化率不足" if row["needed"] is None:
            return f"本季度提车 {row['picked_up']} 台；按提报单位合计的转化率未达 {rate_text(rate)}，或本项目当季没有提车（口径 D7）。"
        case "转化率不足":
            return f"季度转化率＝{share_text(row['picked_up'], row['quantity'])}，不足 {rate_text(rate)}。"
    return f"得 {row['amount']} 元。"


def missing_pick_ups(row: Mapping[str, Any]) -> tuple[Counterfactual, ...]:
    """How many pick-ups more would have earned the reward."""
    if row["standing"] != SHORT or row["needed"] is None:
        return ()
    change = {"kind": "picked_up", "lead": row["number"], "by": row["short"]}
    text = f"若本季度再提车 {row['short']} 台（共 {row['needed']} 台，{share_text(row['needed'], row['quantity'])}），"
    text += f"即可获得 {row['amount']} 元。" if row["amount"] else "即达标，但部门奖励已达上限，列 0 元。"
    return (Counterfactual(text, change, {"amount": row["amount"]}),)


def department_standing(quarter: Quarter) -> pd.DataFrame:
    """7.2.1: each department's completion and its next step, columns of ``DEPARTMENTS``.

    ``more``: valid leads to the next step and ``next`` its reward; None at the cap, without a target (D17), where
    nothing more is paid, or where months are capped at their targets (D6).
    """
    policy, on = quarter.policy, quarter.last
    table = targets.quarter_completion(
        quarter.states, quarter.facts.targets, quarter.facts.units, quarter.quarter, policy
    )
    threshold, step = policy.value("completion_threshold", on), policy.value("completion_step", on)
    reward, cap = policy.value("completion_step_reward", on), policy.value("completion_reward_cap", on)
    paid = threshold is not None and step and reward and not policy.reading("cap_month_at_target", on)
    rows = []
    for row in table.itertuples():
        more = amount = None
        if row.rate is not None and paid and (cap is None or row.amount < cap):
            more, amount = next_step(row.counted, row.target_sum, row.steps, threshold, step, reward, cap)
        rows.append((row.unit, row.counted, row.target_sum, row.rate, row.steps, row.amount, more, amount))
    return pd.DataFrame(rows, columns=DEPARTMENTS, dtype=object)


def missing_leads(row: Mapping[str, Any]) -> tuple[Counterfactual, ...]:
    """How many valid leads more would have reached a department's next step."""
    if row["more"] is None:
        return ()
    return (more_leads(row["unit"], row["valid"], row["target"], row["more"], row["next"]),)
