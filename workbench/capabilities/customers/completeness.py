"""How complete and how old each part of a customer's file is (大客户管理制度 三.1; 客户信息及档案管理制度 四)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from workbench.capabilities.customers import fields
from workbench.capabilities.customers.profiles import provider
from workbench.platform.regulation.edition import Policy


@dataclass(frozen=True)
class PartState:
    """A part of a file on a day: what it lacks (keys), since when it was not brought up to date, who has to provide it.

    ``filled``: the share of the fields asked for; None where none is. ``last_on``: the day of the newest word on it.
    """

    part: fields.Part
    missing: tuple[str, ...]
    filled: Fraction | None
    last_on: date | None
    stale: bool
    department: str | None


def part_states(known: Mapping[str, date], on: date, policy: Policy) -> list[PartState]:
    """三.1: the parts of a file of which ``known`` says since when (day) each filled field is so.

    A part is stale where its newest word is more than ``profile_days`` days old; one without any word is not stale but
    incomplete.
    """
    days = policy.value("profile_days", on)
    found = []
    for part, name in fields.REQUIRED.items():
        asked: Iterable[str] = policy.value(name, on) or ()
        missing = tuple(key for key in asked if key not in known)
        count = len(list(asked))
        own = [day for key, day in known.items() if fields.BY_KEY[key].part is part or key in asked]
        last = max(own, default=None)
        stale = last is not None and days is not None and last + timedelta(days=days) < on
        share = Fraction(count - len(missing), count) if count else None
        found.append(PartState(part, missing, share, last, stale, provider(part, on, policy)))
    return found
