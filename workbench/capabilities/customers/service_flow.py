"""The flow of service of a customer: steps in order, what passed of them, what is next and until when (银行大客户管理流程)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.capabilities.customers.grading import OTHER, A
from workbench.capabilities.customers.identity import Identity
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.core.messages import Message
from workbench.core.periods import month_of_day, quarter_bounds, quarter_of_day
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy


class Step(StrEnum):
    """The ten results of the flow, in its order."""

    REGISTRATION = "客户登记"
    ASSETS = "资产调查"
    NEEDS = "需求会议"
    PLAN = "制定方案"
    PRESENTATION = "方案呈报"
    AGREEMENT = "协议签署"
    EXECUTION = "方案执行"
    MONITORING = "效果监测"
    REVIEW = "定期会议"
    ADJUSTMENT = "服务调整"


class Deed(StrEnum):
    """What was done about a step."""

    DONE = "完成"
    SKIPPED = "跳过"


class Verdict(StrEnum):
    """What a review came to."""

    KEEP = "维持方案"
    CHANGE = "调整方案"


# the eight steps of the document that parameters speak of: two of them have two results
RESULTS = {
    **{step.value: (step,) for step in list(Step)[:6]},
    "执行与监测": (Step.EXECUTION, Step.MONITORING),
    "定期回顾": (Step.REVIEW, Step.ADJUSTMENT),
}
ORDER = list(Step)
AGAIN = (Step.MONITORING, Step.REVIEW, Step.ADJUSTMENT)  # again and again within a version of the plan
ONCE = ORDER[: ORDER.index(Step.MONITORING)]
WHOEVER = ORDER[: ORDER.index(Step.PLAN)]  # of the customer, whatever the version of the plan


@dataclass(frozen=True)
class Passed:
    """A step that was done or skipped: when, of which version of the plan, what came of it.

    ``known``: the text to show where the register knows it from other files, ``file`` and ``row`` where a row of T19 says it.
    """

    step: Step
    on: date
    version: int = 1
    deed: Deed = Deed.DONE
    result: str | None = None
    reason: str | None = None
    archive_number: str | None = None
    verdict: Verdict | None = None
    next_on: date | None = None
    known: Message | None = None
    file: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class Flow:
    """A customer's flow as seen on a day: the steps ``asked`` of his grade, what ``passed`` of all versions, the step that is
    next, the day it is due on and whether it is missed; ``due_on`` is None where no term is in force.
    """

    grade: str
    version: int
    asked: tuple[Step, ...]
    passed: tuple[Passed, ...]
    next: Step
    due_on: date | None
    missed: bool

    @property
    def current(self) -> list[Passed]:
        """What passed of the version in force."""
        return of_version(self.passed, self.version)

    @property
    def last_on(self) -> date | None:
        """The day of the last step."""
        return max((each.on for each in self.passed), default=None)


def asked_steps(grade: str, on: date, policy: Policy) -> tuple[Step, ...]:
    """一: the results asked of a customer of a grade on a day, in the order of the flow; the first is always asked."""
    words = policy.value("flow_steps_a" if grade == A else "flow_steps_other", on) or ()
    asked = {Step.REGISTRATION, *(step for word in words for step in RESULTS[word])}
    return tuple(step for step in ORDER if step in asked)


def version_of(passed: Iterable[Passed]) -> int:
    """五: the version of the plan in force: the one after the last that a review changed."""
    return 1 + max((each.version for each in passed if each.verdict is Verdict.CHANGE), default=0)


def of_version(passed: Iterable[Passed], version: int) -> list[Passed]:
    """What passed for a version of the plan, in order of days; registration, survey and meeting hold for all of them."""
    own = [each for each in passed if each.version == version or each.step in WHOEVER]
    return sorted(own, key=lambda each: (each.on, ORDER.index(each.step)))


def lacking_before(step: Step, asked: Sequence[Step], current: Sequence[Passed]) -> Step | None:
    """一: the first step asked for that has to pass before another one can and has not; None where nothing is in its way.

    Watching comes after the plan was carried out; a review after something was watched since the last one; a change after
    a review.
    """
    have = {each.step for each in current}
    for before in ONCE[: ORDER.index(step)]:
        if before in asked and before not in have:
            return before
    review = _last(current, Step.REVIEW)
    if step is Step.REVIEW and Step.MONITORING in asked:
        watched = _last(current, Step.MONITORING)
        if watched is None or (review is not None and watched.on <= review.on):
            return Step.MONITORING
    if step is Step.ADJUSTMENT:
        changed = _last(current, Step.ADJUSTMENT)
        if review is None or (changed is not None and changed.on > review.on):
            return Step.REVIEW
    return None


def next_step(
    grade: str, asked: Sequence[Step], passed: Sequence[Passed], since: date, on: date, policy: Policy
) -> tuple[Step, date | None]:
    """一, 五: the step that is next, and the day it is due on.

    The term of a step runs from the one before, of the first one and of all that passed earlier from ``since``. A review is
    due on the day the last one set, else after the interval of the grade; what is watched before it, on the same day.
    """
    current = of_version(passed, version_of(passed))
    days = policy.value("flow_step_days", on)
    changed = max((each.on for each in passed if each.verdict is Verdict.CHANGE), default=since)
    for step in ONCE:
        if step in asked and all(each.step is not step for each in current):
            earlier = [each.on for each in current if ORDER.index(each.step) < ORDER.index(step)]
            return step, _after(max([since, changed, *earlier]), days)
    review, changed_last = _last(current, Step.REVIEW), _last(current, Step.ADJUSTMENT)
    if review is not None and Step.ADJUSTMENT in asked and (changed_last is None or changed_last.on < review.on):
        return Step.ADJUSTMENT, _after(max(since, review.on), days)
    interval = policy.value("review_days_a" if grade == A else "review_days_other", on)
    if review is not None:
        due = review.next_on or _after(max(since, review.on), interval)
    else:
        due = _after(max([since, *(each.on for each in current if each.step in ONCE)]), interval)
    waiting = lacking_before(Step.REVIEW, asked, current)
    return waiting or Step.REVIEW, due


def _after(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def _last(passed: Sequence[Passed], step: Step) -> Passed | None:
    own = [each for each in passed if each.step is step]
    return max(own, key=lambda each: each.on) if own else None


def flow(grade: str, passed: Sequence[Passed], since: date, on: date, policy: Policy) -> Flow:
    """一, 五: a customer's flow as seen on a day."""
    asked = asked_steps(grade, on, policy)
    step, due = next_step(grade, asked, passed, since, on, policy)
    return Flow(grade, version_of(passed), asked, tuple(passed), step, due, due is not None and due < on)


def begun_on(facts: Facts) -> date | None:
    """The day of the first T19: terms begin with it; None before."""
    first = facts.service_flow_steps["at"].min()
    return None if pd.isna(first) else first.date()


def passed_steps(facts: Facts, identity: Identity, on: date, policy: Policy) -> dict[str, list[Passed]]:
    """What passed of each customer's flow until a day, by his key: what T19 says, else what the register knows.

    Registration: the first lead (T1) or word of a file (T8); survey: the first standing or settlement of a file's
    financial part; the plan carried out: the first vehicles picked up (T2) since the month of the agreement.
    """
    found: dict[str, list[Passed]] = {}
    for key, step in _said(facts, identity):
        if step.on <= on:
            found.setdefault(key, []).append(step)
    for key, step in _known(facts, identity):
        own = found.setdefault(key, [])
        if step.on <= on and all(each.step is not step.step for each in own):
            own.append(step)
    for key, rows in _delivered(facts, identity, policy).items():
        own = found.setdefault(key, [])
        current = of_version(own, version_of(own))
        agreed = _last(current, Step.AGREEMENT)
        if agreed is None or any(each.step is Step.EXECUTION for each in current):
            continue
        since = month_of_day(agreed.on)
        first = next((row for row in rows if row["month"] >= since and row["at"].date() <= on), None)
        if first is not None:
            text = Message.of("flow/delivered", contract=first["contract"], count=int(first["picked_up"]))
            own.append(Passed(Step.EXECUTION, first["at"].date(), version_of(own), known=text))
    return found


def flows(
    facts: Facts, identity: Identity, grades: Mapping[str, str], before: Mapping[str, str], on: date, policy: Policy
) -> dict[str, Flow]:
    """The flow of every key account, and of whoever T19 tells of, as seen on a day, by key; none before the first T19.

    ``grades``: by key on the day; ``before``: at the end of the quarter before. Who became a key account since has his terms
    from the first day of the quarter on.
    """
    begun = begun_on(facts)
    if begun is None or begun > on:
        return {}
    quarter = max(begun, quarter_bounds(quarter_of_day(on))[0])
    told = set(identity.roots(facts.service_flow_steps["customer_key"]))
    passed = passed_steps(facts, identity, on, policy)
    found = {}
    for key in sorted(told | {key for key, grade in grades.items() if grade != OTHER}):
        new = grades.get(key, OTHER) != OTHER and before.get(key, OTHER) == OTHER
        found[key] = flow(grades.get(key, OTHER), passed.get(key, []), quarter if new else begun, on, policy)
    return found


def _said(facts: Facts, identity: Identity) -> list[tuple[str, Passed]]:
    """The newest word of T19 on each step: of a version, and by days of what is done again and again."""
    rows = facts.service_flow_steps.sort_values(["at", "file", "row"], kind="stable")
    newest: dict[tuple[Any, ...], tuple[str, Passed]] = {}
    for row in rows.to_dict("records"):
        key = identity.root(row["customer_key"])
        newest[(key, *said_of(row))] = (key, passed_of(row))
    return list(newest.values())


def said_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a row of T19 is about, besides its customer: step and version, and its day where it comes again and again."""
    step = Step(row["step"])
    if step in AGAIN:
        return step, row["version"], row["done_on"]
    return step, None if step in WHOEVER else row["version"]


def passed_of(row: Mapping[str, Any]) -> Passed:
    """What a row of T19 says."""
    after = row["next_on"]
    return Passed(
        Step(row["step"]),
        row["done_on"].date(),
        int(row["version"]),
        Deed(row["deed"]),
        row["result"],
        row["reason"],
        row["archive_number"],
        None if row["verdict"] is None else Verdict(row["verdict"]),
        None if after is None or pd.isna(after) else after.date(),
        file=row.get("file"),
        row=row.get("row"),
    )


def _known(facts: Facts, identity: Identity) -> list[tuple[str, Passed]]:
    """Registrations and surveys that leads and files of customers tell of."""
    leads = facts.leads[["customer_key", "number", "filed_at"]].dropna().sort_values("filed_at", kind="stable")
    leads = leads.drop_duplicates("customer_key")
    first: dict[tuple[str, Step], Passed] = {}

    def tell(key: str, step: Step, on: date, text: Message) -> None:
        known = first.get((identity.root(key), step))
        if known is None or on < known.on:
            first[identity.root(key), step] = Passed(step, on, known=text)

    for key, number, at in zip(leads["customer_key"], leads["number"], leads["filed_at"], strict=True):
        tell(key, Step.REGISTRATION, at.date(), Message.of("flow/lead", number=number))
    for row in facts.customer_profiles.to_dict("records"):
        tell(row["customer_key"], Step.REGISTRATION, row["at"].date(), Message.of("flow/file"))
        if row["credit"] is not None or row["settlement"] is not None:
            tell(row["customer_key"], Step.ASSETS, row["at"].date(), Message.of("flow/financial"))
    return [(key, step) for (key, _), step in first.items()]


def _delivered(facts: Facts, identity: Identity, policy: Policy) -> dict[str, list[dict[str, Any]]]:
    """Lines of contracts with vehicles picked up, by the customer's key, in order of months."""
    lines = counting_lines(facts, policy)
    lines = lines[lines["picked_up"].gt(0)]
    if lines.empty:
        return {}
    newest = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    keys = dict(zip(newest["lead"], identity.roots(newest["customer_key"]), strict=True))
    lines = lines.assign(root=lines["lead"].map(keys)).sort_values(["month", "at"], kind="stable")
    return {str(key): own.to_dict("records") for key, own in lines[lines["root"].notna()].groupby("root")}
