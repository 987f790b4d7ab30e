"""What is still missing to the next reward of clause 7, from plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from workbench.capabilities.leads.facts import DEALER, DEPARTMENT
from workbench.capabilities.targets.completion import completion_reward, rate
from workbench.platform.regulation.edition import Policy

CLAUSES = {DEALER: "7.1.1", DEPARTMENT: "7.2.2"}


@dataclass(frozen=True)
class Step:
    """The next reward: ``missing`` more (leads or vehicles) reach ``reached``, which gives ``amount`` yuan (clause)."""

    missing: int
    reached: Fraction
    amount: int
    clause: str


def next_completion(counted: int, target: int, on: date, policy: Policy) -> Step | None:
    """7.2.1: how many valid leads lift a department's reward by one step; None without a target or at the cap.

    ``amount`` is the whole reward then (D12: part of a step gives nothing). Raises WrongUse before the regulation.
    """
    threshold, step = policy.value("completion_threshold", on), policy.value("completion_step", on)
    reached = rate(counted, target)
    if reached is None or threshold is None or not step:
        return None
    steps, amount = completion_reward(reached, on, policy)
    missing = _ceiling((threshold + (steps + 1) * step) * target) - counted
    then = Fraction(counted + missing, target)  # with a small target one lead is several steps
    better = completion_reward(then, on, policy)[1]
    return Step(missing, then, better, "7.2.1") if better > amount else None


def next_pick_ups(quantity: int, picked_up: int, kind: str, on: date, policy: Policy) -> Step | None:
    """7.1.1 (``kind`` 经销商), 7.2.2 (部门): how many more pick-ups reach the conversion that is rewarded.

    ``missing`` is 0 where it is reached; None where no reward is in force. ``quantity`` and ``picked_up`` are the two
    sides of the conversion (D7). Raises WrongUse before the regulation.
    """
    name = {DEALER: "dealer", DEPARTMENT: "department"}[kind]
    needed, amount = policy.value(f"{name}_conversion_rate", on), policy.value(f"{name}_project_reward", on)
    if needed is None or not amount:
        return None
    goal = max(1, _ceiling(needed * quantity))
    return Step(max(0, goal - picked_up), needed, amount, CLAUSES[kind])


def minimum_quantity(kind: str, on: date, policy: Policy) -> int:
    """7.1.1, 7.2.2: the vehicles of a single report from which a project is rewarded."""
    return policy.value(f"{'dealer' if kind == DEALER else 'department'}_minimum_quantity", on) or 0


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
