"""Unusual uses of customer information, found from the trail by four plain rules (客户信息综合管理制度 四3).

Each has a number that says day, rule and person; another person says that he has seen it, and why it was right or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.core.calendar import is_working_day
from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.periods import month_bounds, parse_month
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session
from workbench.platform.regulation.edition import Policy


class Rule(StrEnum):
    """What makes a use unusual; the letter stands in the number."""

    MANY = "多"
    ODD_HOURS = "时"
    REFUSED = "越"
    MISSES = "误"


@dataclass(frozen=True)
class Use:
    """One thing somebody did, by the actual clock: a reveal, a refused one, a wrong passphrase."""

    user: str
    at: datetime
    what: str


REVEAL, REFUSED, MISS = "reveal", "refused", "miss"


@dataclass(frozen=True)
class Observation:
    """An unusual use: whose, on which day, by which rule, how often."""

    user: str
    day: date
    rule: Rule
    times: int

    @property
    def number(self) -> str:
        """What it is called by: ``GZ20260105-多-wang``."""
        return f"GZ{self.day:%Y%m%d}-{self.rule}-{self.user}"

    @property
    def text(self) -> Message:
        """What happened, in a sentence."""
        return Message.of(f"observed/{self.rule.name.lower()}", user=self.user, day=self.day, times=self.times)


def observed(uses: Iterable[Use], policy: Policy) -> list[Observation]:
    """四3: what is unusual among the uses, in order of day, rule and person; at most one of a rule, person and day.

    Many: at least ``reveals_a_day`` reveals; odd hours: reveals before ``working_hours_begin`` or from
    ``working_hours_end`` on (full hours), or on a day off; refused: any reveal the program refused; misses: at least
    ``misses_a_day`` wrong passphrases.
    """
    counted: Counter[tuple[date, Rule, str]] = Counter()
    for use in uses:
        day = use.at.date()
        if use.what == REVEAL:
            counted[day, Rule.MANY, use.user] += 1
            counted[day, Rule.ODD_HOURS, use.user] += _outside_hours(use.at, policy)
        else:
            counted[day, Rule.REFUSED if use.what == REFUSED else Rule.MISSES, use.user] += 1
    least = {Rule.MANY: "reveals_a_day", Rule.MISSES: "misses_a_day"}
    order = list(Rule)
    found = [
        Observation(user, day, rule, times)
        for (day, rule, user), times in counted.items()
        if times and times >= (policy.value(least[rule], day) if rule in least else 1)
    ]
    return sorted(found, key=lambda one: (one.day, order.index(one.rule), one.user))


def _outside_hours(at: datetime, policy: Policy) -> bool:
    day = at.date()
    begin, end = policy.value("working_hours_begin", day), policy.value("working_hours_end", day)
    return not begin <= at.hour < end or not is_working_day(day, policy.calendar)


def observations(session: Session, month: str) -> pd.DataFrame:
    """A month's unusual uses: number, day, user, rule, times, text (Message), answered_by, reason, answered_at.

    What was not answered has None in the last three. Raises RegisterError ``not_allowed``, WrongUse ``bad_period``.
    """
    session.require("watch")
    first, last = month_bounds(parse_month(month))
    with session.register.snapshot():
        entries = session.register.read("entry", ["recorded_at", "user", "action", "detail"])
        found = observed(uses(entries, first, last), session.policy)
        said = session.register.read("observation_seen", ["number", "reason", "by", "at"])
    answers = said.drop_duplicates("number", keep="last").set_index("number").to_dict("index")
    rows = [
        {
            "number": one.number,
            "day": one.day,
            "user": one.user,
            "rule": one.rule.value,
            "times": one.times,
            "text": one.text,
            "answered_by": answers.get(one.number, {}).get("by"),
            "reason": answers.get(one.number, {}).get("reason"),
            "answered_at": answers.get(one.number, {}).get("at"),
        }
        for one in found
    ]
    columns = ["number", "day", "user", "rule", "times", "text", "answered_by", "reason", "answered_at"]
    return pd.DataFrame(rows, columns=columns)


def answer(session: Session, number: str, reason: str) -> None:
    """Keep that an unusual use was seen by another person than whose it is, and why it was right or not.

    A sole user answers his own, since there is nobody else. Raises RegisterError ``not_allowed``; WrongUse
    ``unknown_observation``, ``own_observation``, ``no_reason/observation``, ``personal_reason``.
    """
    session.require("watch_answer")
    reason = kept_reason(reason, "no_reason/observation")
    day = _day_of(number)
    month = f"{day:%Y-%m}"
    found = {one["number"]: one for one in observations(session, month).to_dict("records")}
    if number not in found:
        raise WrongUse("unknown_observation", number=number)
    if found[number]["user"] == session.user and not session.sole:
        raise WrongUse("own_observation", number=number)
    with session.transaction("observation_seen", session.now, number=number) as entry:
        row = {"number": number, "reason": reason, "by": session.user, "at": session.now}
        entry.append("observation_seen", pd.DataFrame([row]))


def _day_of(number: str) -> date:
    try:
        return datetime.strptime(number[2:10], "%Y%m%d").date()
    except ValueError:
        raise WrongUse("unknown_observation", number=number) from None


def uses(entries: pd.DataFrame, first: date, last: date) -> Iterator[Use]:
    """The uses of these days, by the actual clock. ``entries``: recorded_at, user, action, detail of the trail."""
    entries = entries[entries["action"].isin(["reveal", "refused", "wrong_passphrase"])]
    for row in entries.itertuples(index=False):
        for use in _of_entry(row.action, row.user, row.recorded_at, row.detail):
            if first <= use.at.date() <= last:
                yield use


def _of_entry(action: str, user: str, at: datetime, detail: dict[str, Any]) -> Iterator[Use]:
    if action == "reveal":
        yield Use(user, at, REVEAL)
    elif action == "refused":
        if detail.get("wanted") == "reveal" and "why" not in detail:  # a lapsed training is another matter
            yield Use(user, at, REFUSED)
    else:
        for who, when in detail.get("tries", []):
            yield Use(who, datetime.fromisoformat(when), MISS)
