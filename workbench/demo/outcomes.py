"""What becomes of the demo's leads once a section has them: answers, applications, contracts, pick-ups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from workbench.core.calendar import is_working_day
from workbench.core.periods import months_between
from workbench.demo.company import MODELS

REASONS = ("电话核实无购车计划", "预算未批准", "已采购其他品牌", "联系人不属实")


def following(day: date, count: int) -> date:
    """The ``count``-th working day after a day."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


@dataclass
class Outcome:
    """A dispatched lead's future, drawn once from its number."""

    number: str
    customer: str
    reporter: str
    model: str
    quantity: int
    answered_on: date
    valid: bool
    reason: str | None
    expires_on: date | None
    person: str
    applied_at: datetime | None = None
    contract: str | None = None
    signed_on: date | None = None
    picked_up: dict[str, int] | None = None  # month → vehicles

    @property
    def answered_at(self) -> datetime:
        """When the section's file comes back."""
        return datetime.combine(self.answered_on, time(16, 20))


def draw(lead: dict, dispatched: datetime, people: list[str], months: tuple[str, str]) -> Outcome:
    """The outcome of a lead. ``lead``: number, customer, reporter, quantity, dealer; ``months``: of the demo."""
    random = Random(lead["number"])
    valid = random.random() < 0.84
    late = random.choices((0, 1, 3), (93, 5, 2))[0]
    answered = following(dispatched.date(), random.choice((1, 2, 2)) if not late else 2 + late)
    expires = answered + timedelta(days=random.choice((60, 90, 120, 180))) if random.random() > 0.04 else None
    outcome = Outcome(
        lead["number"],
        lead["customer"],
        lead["reporter"],
        random.choice(MODELS),
        lead["quantity"],
        answered,
        valid,
        None if valid else random.choice(REASONS),
        expires if valid else None,
        random.choice(people),
    )
    if not valid or expires is None:
        return outcome
    if lead["dealer"] and random.random() < 0.28:
        applied = following(answered, random.choice((0, 1, 2, 5, 10)))
        outcome.applied_at = datetime.combine(applied, time(random.randint(17, 18), random.randrange(60)))
    if random.random() < 0.33:
        _contract(outcome, random, months)
    return outcome


def _contract(outcome: Outcome, random: Random, months: tuple[str, str]) -> None:
    signed = outcome.answered_on + timedelta(days=random.randint(1, 45))
    if f"{signed:%Y-%m}" > months[1]:
        return
    outcome.signed_on, outcome.contract = signed, f"HT{outcome.number[2:]}"
    left = outcome.quantity
    outcome.picked_up = {}
    for month in months_between(f"{signed:%Y-%m}", months[1])[:4]:
        part = min(
            left,
            random.choice((0, outcome.quantity // 4, outcome.quantity // 3, outcome.quantity // 2, outcome.quantity)),
        )
        outcome.picked_up[month] = part
        left -= part
        if not left:
            break


def contract_lines(outcomes: list[Outcome], month: str) -> list[dict]:
    """Rows of T2 by key for a month: contracts signed by then, with the month's pick-ups. Money in fen."""
    rows = []
    for outcome in outcomes:
        if outcome.picked_up and month in outcome.picked_up:
            so_far = sum(count for each, count in outcome.picked_up.items() if each <= month)
            done = so_far >= outcome.quantity
            rows.append(
                {
                    "contract": outcome.contract,
                    "number": outcome.number,
                    "customer": outcome.customer,
                    "unit": outcome.reporter,
                    "model": outcome.model,
                    "quantity": outcome.quantity,
                    "amount": outcome.quantity * 7_800_000,
                    "signed_on": outcome.signed_on,
                    "picked_up": outcome.picked_up[month],
                    "cumulative": so_far,
                    "progress": "已完成" if done else "执行中",
                }
            )
    return [{"seq": str(number), **row} for number, row in enumerate(rows, 1)]
