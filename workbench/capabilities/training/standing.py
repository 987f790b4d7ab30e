"""How every user stands: until when training and agreement hold, who is locked out, what was opened (客户信息管理制度 三2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from workbench.capabilities.training.partners import Partner, partners
from workbench.capabilities.training.records import KEY, newest_records
from workbench.capabilities.training.rules import (
    FOREVER,
    OF_PERSONS,
    Asked,
    Stage,
    asked_since,
    last_day,
    locked,
    stage,
)
from workbench.core.errors import RegisterError
from workbench.core.messages import Bilingual, Message
from workbench.platform.access.actions import actions
from workbench.platform.access.membership import Member, members_of
from workbench.platform.access.roles import title_words
from workbench.platform.access.session import Session
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.task import DueContext, Duty, Task

KEPT_ROLES = ("custodian", "approver")  # one of each always works
TERMS = [*KEY, "account", "valid_until", "at"]


@dataclass(frozen=True)
class Need:
    """What is asked of a user: its kind, the last day it holds, whether he has a record of it at all."""

    kind: str
    until: date
    ever: bool


@dataclass(frozen=True)
class Standing:
    """How a user stands on a day. ``needs``: what is asked of him; ``stage``: of the one that ends first.

    ``lapsed``: one is over; ``locked``: so that he is locked out, unless access was opened through ``opened_until``;
    lapsed and not locked is the last of his role.
    """

    user: str
    role: str
    needs: tuple[Need, ...]
    stage: Stage
    lapsed: bool
    locked: bool
    opened_until: date | None

    @property
    def first(self) -> Need | None:
        """What ends first; None where nothing is asked or nothing ends."""
        ending = [need for need in self.needs if need.until != FOREVER]
        return min(ending, key=lambda need: need.until, default=None)

    @property
    def shut_out(self) -> bool:
        """Whether he may not come near personal data."""
        return self.locked and self.opened_until is None


def standings(
    records: pd.DataFrame, openings: pd.DataFrame, members: Sequence[Member], on: date, policy: Policy
) -> list[Standing]:
    """三2: how the users stand on a day, in the order they became users.

    ``records``: all rows of ``training_record``; ``openings``: of ``access_opening``, as known then.
    """
    newest = newest_records(records)
    needs = {member.user: tuple(_needs(newest, records, member, on, policy)) for member in members}
    lapsed = {user for user, own in needs.items() if any(on > need.until for need in own)}
    roles = {member.user: member.role for member in members}
    out = locked(lapsed, roles, KEPT_ROLES)
    opened = openings[openings["until"] >= pd.Timestamp(on)].groupby("account")["until"].max()
    found = []
    for user, own in needs.items():
        first = min((need.until for need in own), default=FOREVER)
        until = opened[user].date() if user in opened else None
        found.append(Standing(user, roles[user], own, stage(first, on, policy), user in lapsed, user in out, until))
    return found


def _needs(newest: pd.DataFrame, records: pd.DataFrame, member: Member, on: date, policy: Policy) -> Iterator[Need]:
    for kind in OF_PERSONS:
        of_kind = records.loc[records["kind"].eq(kind), "at"]
        kept = of_kind.min().date() if len(of_kind) else None
        asked = asked_since(kind, kept, member.since, on, policy)
        if asked is None:
            continue
        own = newest[newest["kind"].eq(kind) & newest["account"].eq(member.user)]
        ends = [None if pd.isna(end) else end.date() for end in own["valid_until"]]
        terms = list(zip(own["held_on"].dt.date, ends, strict=True))
        yield Need(kind, last_day(kind, terms, asked, on, policy), bool(terms))


def list_standings(session: Session) -> list[Standing]:
    """How every user stands today, by the actual clock. Raises RegisterError ``not_allowed``."""
    session.require("training")
    return _standings(session, session.now)


def _standings(session: Session, moment: datetime) -> list[Standing]:
    register, policy, on = session.register, session.policy, moment.date()
    records = register.read("training_record", TERMS)
    records = records[records["at"] <= moment]
    if records.empty and policy.value("access_condition", on) != Asked.ALWAYS:
        return []
    openings = register.read("access_opening", ["account", "until"])
    return standings(records, openings, members_of(register), on, policy)


def _own(session: Session) -> Standing | None:
    return next((one for one in _standings(session, session.now) if one.user == session.user), None)


def against(session: Session, action: str, recipient: str | None) -> RegisterError | None:
    """What is against this person's coming near personal data: a training or agreement that is over."""
    if session.sole or recipient is not None:
        return None
    own = _own(session)
    if own is None or not own.shut_out or own.first is None:
        return None
    word, need = Bilingual(actions()[action].word, action), own.first
    code = "training_lapsed" if need.ever else "never_trained"
    return RegisterError(code, kind=need.kind, day=need.until, word=word)


def notices(session: Session) -> Iterator[Message]:
    """What the user is told of his own training and agreement when he opens the register."""
    own = None if session.sole else _own(session)
    if own is None or own.first is None or own.stage == Stage.VALID:
        return
    said = {"kind": own.first.kind, "day": own.first.until}
    if not own.lapsed:
        yield Message.of("training/ending", **said, left=(own.first.until - session.now.date()).days)
    elif own.opened_until is not None and own.locked:
        yield Message.of("training/opened", **said, until=own.opened_until)
    elif own.locked:
        yield Message.of("training/locked", **said)
    else:
        yield Message.of("training/last_of_role", **said, role=title_words(own.role))


def due(task: Task, context: DueContext) -> Iterator[Duty]:
    """三2: what ends within the first of the ``warning_days``: due from the second of them on, until its last day.

    Who does not bring T16 in is told of his own alone.
    """
    session, on = context.session, context.moment.date()
    everybody = session.may(task.action)
    for one in _standings(session, context.moment):
        if everybody or one.user == session.user:
            ends = [(f"{one.user}（{need.kind}）", need.until) for need in one.needs]
            yield from _ending(task, ends, on, context.policy)
    if everybody:
        found = partners(session, context.moment)
        yield from _ending(task, [(f"{one.name}（{one.kind}）", one.until) for one in _held(found)], on, context.policy)


def _held(found: Iterable[Partner]) -> Iterator[Partner]:
    return (one for one in found if one.until is not None)


def _ending(task: Task, ends: Iterable[tuple[str, date | None]], on: date, policy: Policy) -> Iterator[Duty]:
    days = sorted(policy.value("warning_days", on) or [0])
    for what, until in ends:
        if until is not None and until != FOREVER and stage(until, on, policy) != Stage.VALID:
            yield Duty(task, what, until - timedelta(days=days[0]), until=until)
