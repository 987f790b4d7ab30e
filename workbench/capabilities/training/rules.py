"""How long a training or an agreement lets somebody use personal data (客户信息管理制度 三2, 三3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum

import pandas as pd

from workbench.platform.regulation.edition import Policy

REGULATION = "客户信息管理制度"
OF_STAFF, OF_PARTNERS = f"{REGULATION}·三2", f"{REGULATION}·三3"
FOREVER = date.max
Term = tuple[date, date | None]  # the day of a training or signature, and its own last day where it has one


class RecordKind(StrEnum):
    """What a row of T16 is about."""

    TRAINING = "培训"
    STAFF_AGREEMENT = "员工保密协议"
    PARTNER_AGREEMENT = "合作方保密协议"


OF_PERSONS = (RecordKind.TRAINING, RecordKind.STAFF_AGREEMENT)


class Asked(StrEnum):
    """Since when a record is a condition."""

    ONCE_KEPT = "登记后"
    ALWAYS = "一律"
    NEVER = "不要求"


class Stage(StrEnum):
    """How near the end is."""

    VALID = "有效"
    ENDING = "将到期"
    LAST_DAYS = "即将到期"
    LAPSED = "已到期"


def ends_on(kind: str, held_on: date, own_end: date | None, policy: Policy) -> date:
    """三2: the last day of one training or agreement: its own, and a training ends after ``training_months`` at the latest."""
    months = policy.value("training_months", held_on) if kind == RecordKind.TRAINING else None
    if months is None:
        return own_end or FOREVER
    term: date = (pd.Timestamp(held_on) + pd.DateOffset(months=months)).date()
    return min(own_end or term, term)


def asked_since(kind: str, first_kept: date | None, member_since: date, on: date, policy: Policy) -> date | None:
    """三2: since when a record of a kind is asked of a user; None where it is not.

    ``first_kept``: the day the register got its first record of the kind (None: it has none); ``member_since``: the day
    the person became a user. Of a register that keeps no such records nothing is asked (``access_condition``).
    """
    if kind not in (policy.value("access_needs", on) or []):
        return None
    match policy.value("access_condition", on):
        case Asked.ALWAYS:
            return member_since
        case Asked.ONCE_KEPT:
            return None if first_kept is None else max(first_kept, member_since)
    return None


def last_day(kind: str, terms: Iterable[Term], asked: date | None, on: date, policy: Policy) -> date:
    """三2: the last day on which a person may use personal data as far as one kind of record goes; FOREVER without end.

    ``terms``: his records of the kind; ``asked``: since when one is asked of him (``asked_since``). Who has none yet has
    ``first_training_days`` for the first.
    """
    if asked is None:
        return FOREVER
    first = asked + timedelta(days=policy.value("first_training_days", asked) or 0)
    return max([first, *(ends_on(kind, day, end, policy) for day, end in terms if day <= on)])


def stage(until: date, on: date, policy: Policy) -> Stage:
    """三2: how a last day stands on a day: warned ``warning_days`` before it, twice; lapsed on the day after it."""
    if on > until:
        return Stage.LAPSED
    left, warned = (until - on).days, sorted(policy.value("warning_days", on) or [], reverse=True)
    reached = sum(left <= days for days in warned)
    return (Stage.VALID, Stage.ENDING, Stage.LAST_DAYS)[min(reached, 2)]


def locked(lapsed: Collection[str], roles: dict[str, str], kept: Collection[str]) -> set[str]:
    """三2: of the users whose training or agreement lapsed those who are locked out.

    ``roles``: the role of every user; ``kept``: roles of which one at least always works (custodian, approver). As long
    as nobody else of such a role is in order, none of it is locked.
    """
    in_order = {role for user, role in roles.items() if user not in lapsed}
    return {user for user in lapsed if roles[user] not in kept or roles[user] in in_order}


def bound(terms: Iterable[Term], kept: bool, on: date, policy: Policy) -> bool:
    """三3: whether information may go to a partner on a day: his agreement holds, or none is asked (``partner_condition``).

    ``terms``: his agreements; ``kept``: whether the register has any partner's.
    """
    asked = policy.value("partner_condition", on)
    if asked not in (Asked.ONCE_KEPT, Asked.ALWAYS) or (asked == Asked.ONCE_KEPT and not kept):
        return True
    return any(day <= on <= (end or FOREVER) for day, end in terms)
