"""Which rule book and calendar something was made under: kept with it, and held against the ones in use later.

A rule book calls itself by its edition, and anybody can write a file that does. So the numbers and readings themselves, up
to a day, are kept with their digest; what was added to the program since makes no difference.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import numpy as np

from workbench.core.calendar import WorkingCalendar
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_terms import terms

CALENDAR = "calendar"  # names the working calendar among differences


def rules_used(policy: Policy, until: date) -> dict[str, Any]:
    """What is in force up to a day: ``until``; digests (SHA-256) ``policy`` and ``calendar``; ``published_until``, as far
    as the calendar was official; ``terms`` (``settled_terms.terms`` of every regulation).
    """
    published = policy.calendar.published_until.astype(date)
    kept = terms(policy, until, [each.document for each in policy.regulations])
    return {
        "until": until.isoformat(),
        "policy": _sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True)),
        "calendar": _digest(policy.calendar, min(until, published)),
        "published_until": published.isoformat(),
        "terms": kept,
    }


def digests(used: dict[str, Any]) -> dict[str, str]:
    """What of ``rules_used`` is signed with an approval, which keeps the terms themselves apart."""
    return {name: used[name] for name in ("until", "policy", "calendar")}


def differences(used: dict[str, Any], policy: Policy) -> list[str]:
    """The numbers, readings and editions that are others in a policy, by name, and ``calendar``.

    Only what both know is compared, and of the calendar the days both know officially. Raises KeyError, TypeError,
    ValueError for what is no ``rules_used``.
    """
    until, kept = date.fromisoformat(used["until"]), used["terms"]
    own = terms(policy, until, [each.document for each in policy.regulations])
    found = _other(kept, own)
    for document, theirs in kept.get("regulations", {}).items():
        found += _other(theirs, own.get("regulations", {}).get(document, theirs))
    official = date.fromisoformat(used["published_until"])
    if official <= policy.calendar.published_until.astype(date) and used["calendar"] != _digest(
        policy.calendar, min(until, official)
    ):
        found.append(CALENDAR)
    if used["policy"] != _sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True)):
        raise ValueError("the digest is not that of the terms")
    return found


def _other(kept: dict[str, Any], own: dict[str, Any]) -> list[str]:
    """The names of one regulation whose values differ over time."""
    found = [] if _numbers(kept) <= _numbers(own) else ["editions"]
    for part in ("parameters", "readings"):
        both = kept[part].keys() & own[part].keys()
        found += sorted(name for name in both if _values(kept[part][name]) != _values(own[part][name]))
    return found


def _numbers(terms: dict[str, Any]) -> set[tuple[str, str]]:
    return {(since, number) for since, number in terms["editions"]}


def _values(rows: list[list[Any]]) -> list[tuple[str, Any]]:
    return [(since, json.dumps(value, ensure_ascii=False)) for since, value, _ in rows]


def _digest(calendar: WorkingCalendar, last: date) -> str:
    days = calendar.days[calendar.days <= np.datetime64(last)]
    return _sha256("\n".join(np.datetime_as_string(days).tolist()))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
