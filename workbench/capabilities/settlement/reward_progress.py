"""What is missing to the next reward: computed here only, for explanations, statements and cells (7.1.1, 7.2.1, 7.2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads import contract_lines
from workbench.capabilities.leads.projects import ProjectTerms, caps_of, converted, least_quantities
from workbench.capabilities.leads.status import Status
from workbench.capabilities.leads.verification import first_feedback
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.settlement.basis import THIS_QUARTER
from workbench.capabilities.settlement.quarter import Quarter
from workbench.capabilities.targets import completion
from workbench.capabilities.targets.completion import CompletionTerms
from workbench.core.frames import Contract
from workbench.core.messages import Message
from workbench.core.periods import month_bounds
from workbench.platform.explanation.steps import Counterfactual, rate_text, share_text

PROJECT_CLAUSES: dict[str, str] = {UnitKind.DEALER: "7.1.1", UnitKind.DEPARTMENT: "7.2.2"}
COMPLETION_CLAUSE = "7.2.1"
PROJECTS = [
    "clause",
    "party",
    "lead",
    "number",
    "quantity",
    "minimum",
    "picked_up",
    "part",
    "whole",
    "needed",
    "short",
    "progress",
    "amount",
]
DEPARTMENTS = ["unit", "valid", "target", "rate", "steps", "amount", "more", "next", "short"]
# whole numbers among them may be missing: they stand as objects
PROJECT_PROGRESS = Contract("progress of projects", dict.fromkeys(PROJECTS, "object"), index="lead")
DEPARTMENT_PROGRESS = Contract("progress of departments", dict.fromkeys(DEPARTMENTS, "object"))
OFFSET = "offset"  # the value of month_shortfall by which months that fall short change nothing (D6)


class Progress(StrEnum):
    """How far a project is on its way to the reward of a quarter."""

    EARNED = "已得奖"  # in an earlier quarter (D8)
    SMALL = "标的量不足"
    SHORT = "转化率不足"
    EXPIRED = "已到期"  # without a contract in time: nothing picked up later earns (D32)
    UNTIMELY = "合同不得奖"  # its contracts were signed before its receipt or after its expiry (D32, D33)
    REWARDED = "得奖"
    REPEALED = "已废止"


@dataclass(frozen=True)
class NextReward:
    """``missing`` more (leads or vehicles) reach the rate ``reached``, which gives ``amount`` yuan by a clause."""

    missing: int
    reached: Fraction
    amount: int
    clause: str


def next_completion(counted: int, target: int, terms: CompletionTerms) -> NextReward | None:
    """7.2.1: how many valid leads lift a department's reward; None without a target, at the cap, or repealed.

    ``amount`` is the whole reward then (D12: part of a step gives nothing); few leads may be several steps.
    """
    reached = completion.rate(counted, target)
    if reached is None or terms.threshold is None or not terms.step:
        return None
    steps, amount = terms.reward_for(reached)
    missing = -(-target * (terms.threshold + (steps + 1) * terms.step) // 1) - counted
    then = Fraction(counted + missing, target)
    better = terms.reward_for(then)[1]
    return NextReward(missing, then, better, COMPLETION_CLAUSE) if better > amount else None


def needed_pick_ups(quantity: int, rate: Fraction) -> int:
    """7.1.1, 7.2.2: the fewest pick-ups in a quarter that reach the conversion rate (the rate itself is enough, D1)."""
    return max(1, -(-quantity * rate.numerator // rate.denominator))


def next_pick_ups(quantity: int, picked_up: int, kind: str, terms: ProjectTerms) -> NextReward | None:
    """7.1.1 (``kind`` 经销商), 7.2.2 (部门): how many more pick-ups reach the conversion that is rewarded.

    ``missing`` is 0 where it is reached; None where no reward is in force. ``quantity`` and ``picked_up`` are the two
    sides of the conversion (D7).
    """
    if terms.rate is None or not terms.reward:
        return None
    missing = max(0, needed_pick_ups(quantity, terms.rate) - picked_up)
    return NextReward(missing, terms.rate, terms.reward, PROJECT_CLAUSES[kind])


@dataclass(frozen=True, eq=False)
class QuarterProgress:
    """A quarter and how far its projects and departments are; worked out once, and only when it is asked for."""

    quarter: Quarter

    @cached_property
    def projects(self) -> pd.DataFrame:
        """``project_progress`` of the quarter."""
        return project_progress(self.quarter)

    @cached_property
    def departments(self) -> pd.DataFrame:
        """``department_progress`` of the quarter."""
        return department_progress(self.quarter)

    @cached_property
    def first_answers(self) -> pd.DataFrame:
        """The first answer about each lead, by its number."""
        first = first_feedback(self.quarter.facts.feedback)
        numbers = self.quarter.states["number"].reindex(first["lead"]).to_numpy()
        return first.assign(number=numbers).set_index("number")

    @cached_property
    def _by_number(self) -> dict[str, dict[str, Any]]:
        return {row["number"]: row for row in self.projects.to_dict("records")}

    @cached_property
    def _by_unit(self) -> dict[str, dict[str, Any]]:
        return {row["unit"]: row for row in self.departments.to_dict("records")}

    def project(self, number: str) -> dict[str, Any] | None:
        """The project of a lead number; None where there is none that counts."""
        return self._by_number.get(number)

    def department(self, unit: str) -> dict[str, Any] | None:
        """The completion of a department; None where the unit is none."""
        return self._by_unit.get(unit)


def project_progress(quarter: Quarter) -> pd.DataFrame:
    """Every project that counts and how far it is: columns of ``PROJECTS``, in the order of receipt.

    ``part`` and ``whole`` are the two sides of its conversion (D7), ``needed`` the pick-ups of the quarter that
    reach the rate and ``short`` how many are missing (both by project only), ``amount`` the yuan it earns or, where
    only the conversion is missing, would earn.
    """
    tables = [_of_kind(quarter, kind) for kind in (UnitKind.DEALER, UnitKind.DEPARTMENT)]
    return pd.concat(tables).sort_index(kind="stable", key=lambda index: quarter.counted.index.get_indexer(index))


def _of_kind(quarter: Quarter, kind: str) -> pd.DataFrame:
    policy, on = quarter.policy, quarter.last
    terms = ProjectTerms.in_force(kind, on, policy)
    by_project = policy.reading("conversion_basis", on) != "reporter"
    own = quarter.counted[quarter.counted["reporter_kind"] == kind]
    picked = contract_lines.pick_ups(quarter.lines, quarter.months).reindex(own.index).fillna(0).astype("int64")
    parts = converted(quarter.lines, quarter.months, on, policy).reindex(own.index).fillna(0).astype("int64")
    least = least_quantities(own, kind, on, policy)
    caps = caps_of(own["reporter"], terms.cap, quarter.left_by_completion if kind == UnitKind.DEPARTMENT else None)
    won = quarter.project_rewards(kind)
    again = policy.reading("repeat_project_reward", on)
    untimely = own["signed_on"].notna() & ~own.index.isin(quarter.lines["lead"])
    ahead: dict[str, int] = {}
    rows = []
    for lead, number, party, quantity, whole, expired, barred, vehicles, part, minimum, cap in zip(
        own.index.tolist(),
        own["number"],
        own["reporter"],
        own["quantity"].tolist(),
        own["sought"].tolist(),
        (own["status"] == Status.EXPIRED).tolist(),
        untimely.tolist(),
        picked.tolist(),
        parts.tolist(),
        least.tolist(),
        caps.tolist(),
    ):
        needed = needed_pick_ups(whole, terms.rate) if terms.rate is not None and by_project else None
        # of a quarter at least one vehicle has to be its own
        short = max(0, needed - part, 1 - vehicles) if needed is not None else None
        before = ahead.get(party, 0) * terms.reward
        amount = terms.reward if pd.isna(cap) else min(max(0, int(cap) - before), terms.reward)
        if lead in won.index:
            progress = Progress.REWARDED
            ahead[party] = ahead.get(party, 0) + 1
            part, whole = int(won.at[lead, "rate_picked_up"]), int(won.at[lead, "rate_quantity"])
        elif terms.rate is None or not terms.reward:
            progress = Progress.REPEALED
        elif quantity < minimum:
            progress = Progress.SMALL
        elif lead in quarter.earned and not again:
            progress = Progress.EARNED
        elif expired:
            progress = Progress.EXPIRED
        elif barred:
            progress = Progress.UNTIMELY
        else:
            progress = Progress.SHORT
        paid = amount if progress in (Progress.REWARDED, Progress.SHORT) else 0
        row = (PROJECT_CLAUSES[kind], party, lead, number, quantity, minimum, vehicles, part, whole, needed, short)
        rows.append((*row, progress, paid))
    return pd.DataFrame(rows, columns=PROJECTS, index=own.index, dtype=object)


def project_sentence(row: Mapping[str, Any], terms: ProjectTerms) -> Message:
    """Why a project earns nothing in the quarter, with its numbers."""
    rate = terms.rate or Fraction(0)
    match row["progress"]:
        case Progress.SMALL:
            return Message.of("progress/small", quantity=row["quantity"], minimum=row["minimum"])
        case Progress.EARNED:
            return Message("progress/earned")
        case Progress.EXPIRED:
            return Message("progress/expired")
        case Progress.UNTIMELY:
            return Message("progress/untimely")
        case Progress.REPEALED:
            return Message("progress/repealed")
        case Progress.SHORT if row["needed"] is None:
            known = {"quarter": THIS_QUARTER, "picked_up": row["picked_up"], "rate": rate_text(rate)}
            return Message("progress/short_of_reporter", known)
        case Progress.SHORT:
            if row["part"] >= rate * row["whole"]:  # to date, and none of the quarter's own
                return Message("progress/none_in_quarter", {"quarter": THIS_QUARTER})
            share = share_text(row["part"], row["whole"], rate)
            return Message.of("progress/short", share=share, rate=rate_text(rate))
    return Message.of("project/amount", amount=row["amount"])


def missing_pick_ups(row: Mapping[str, Any]) -> tuple[Counterfactual, ...]:
    """How many pick-ups more would have earned the reward."""
    if row["progress"] != Progress.SHORT or row["needed"] is None:
        return ()
    change = {"kind": "picked_up", "lead": row["number"], "by": row["short"]}
    then = row["part"] + row["short"]
    text = Message.of(
        "progress/if_more" if row["amount"] else "progress/if_more_capped",
        quarter=THIS_QUARTER,
        more=row["short"],
        total=then,
        share=share_text(then, row["whole"]),
        amount=row["amount"],
    )
    return (Counterfactual(text, change, {"amount": row["amount"]}),)


def department_progress(quarter: Quarter) -> pd.DataFrame:
    """7.2.1: each department's completion and its next step, columns of ``DEPARTMENTS``.

    ``more``: valid leads to the next step and ``next`` its reward; None at the cap, without a target (D17), where
    nothing more is paid, where the department is out of use (D36), or where a month that falls short decides;
    ``short`` names those months then (D6).
    """
    policy, on = quarter.policy, quarter.last
    terms, joint = CompletionTerms.in_force(on, policy), policy.reading("joint_cap", on)
    terms = terms.limited(joint) if completion.is_joint(joint) else terms
    shortfall = policy.reading("month_shortfall", on)
    rows = []
    for row in quarter.completion.itertuples():
        moved = shortfall == completion.CAPPED or (shortfall != OFFSET and row.short)
        gone = takes_no_leads(quarter.facts.units, row.unit, quarter.months, row.targets)
        step = None if moved or gone else next_completion(row.counted, row.target_sum, terms)
        more, amount = (step.missing, step.amount) if step else (None, None)
        own = (row.unit, row.counted, row.target_sum, row.rate, row.steps, row.amount, more, amount)
        rows.append((*own, tuple(row.short) if shortfall != OFFSET else ()))
    return pd.DataFrame(rows, columns=DEPARTMENTS, dtype=object)


def takes_no_leads(units: pd.DataFrame, unit: str, months: list[str], targets: Sequence[int | None]) -> bool:
    """D36: whether a department is out of use in every month that has a target, from the month's first day on."""
    own = units[units["code"] == unit]
    if not (own["state"] == UnitState.INACTIVE).any():
        return False
    days = [month_bounds(month)[0] for month, goal in zip(months, targets) if goal]
    return all(units_on(own, day)["state"].eq(UnitState.INACTIVE).all() for day in days)


def missing_leads(row: Mapping[str, Any]) -> tuple[Counterfactual, ...]:
    """How many valid leads more would have reached a department's next step."""
    if row["more"] is None:
        return ()
    return (more_leads(row["unit"], row["valid"], row["target"], row["more"], row["next"]),)


def more_leads(unit: str, valid: int, target: int, more: int, amount: int) -> Counterfactual:
    """The sentence about the next step of 7.2.1."""
    share = share_text(valid + more, target)
    text = Message.of("progress/if_more_leads", more=more, total=valid + more, share=share, amount=amount)
    return Counterfactual(text, {"kind": "valid_leads", "unit": unit, "by": more}, {"amount": amount})
