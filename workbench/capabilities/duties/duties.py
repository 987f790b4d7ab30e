"""What falls due when: the regulation's fixed dates and clocks, and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from workbench.capabilities.leads import contract_lines as contracts
from workbench.capabilities.leads.facts import APPLIED, HELD, PROJECT, RECEIVED, VALID, WAITING, Facts
from workbench.capabilities.publication import publications as publication
from workbench.core.periods import (
    month_bounds,
    month_of_day,
    months_between,
    months_of,
    quarter_of_day,
    quarters_between,
)
from workbench.platform.regulation.edition import Policy

DONE, OVERDUE, DUE, COMING = "已完成", "逾期", "到期", "将到期"
AHEAD = timedelta(days=7)  # how far ahead fixed dates are named


@dataclass(frozen=True)
class Task:
    """Something that falls due: key, Chinese title, clause, the right it takes (``desk.roles``), what to do.

    ``report``: the report that does it, by alias; ``by_itself``: whether the workbench can do it without a person.
    """

    key: str
    title: str
    clause: str | None
    right: str
    do: str
    report: str | None = None
    by_itself: bool = False


TASKS: tuple[Task, ...] = (
    Task("publication", "信息提报情况通报", "6.1", "publish", "workbench publish {period}", "publication", True),
    Task("dispatch", "首次提报信息转交科室", "6.2", "dispatch", "workbench dispatch"),
    Task("review", "疑似重复等待复核", "5.1", "review", "workbench review"),
    Task("feedback", "科室甄别反馈", "6.3", "import_feedback", "请科室 {period} 反馈，收到后 workbench import"),
    Task("expiring", "有效信息将到期而未签约", "6.4", "list", "请项目责任人在 {period} 前跟进"),
    Task("register", "合同登记汇总表", "6.5", "import_contracts", "请销售支持科返回 {period} 的表，收到后 workbench import"),
    Task("targets", "月度目标分解与完成情况", "4.2.2", "report", "workbench report 月度目标分解与完成情况 --period {period}",
         "targets", True),
    Task("conversion", "信息转化率月报", "6.5", "report", "workbench report 信息转化率月报 --period {period}", "conversion",
         True),
    Task("settlement_report", "季度奖惩核算报告", "4.3.3", "report",
         "workbench report 季度奖惩核算报告 --period {period}", "settlement", True),
    Task("settlement", "季度奖惩核算报批", "4.3.3", "submit", "workbench settlement submit {period}"),
    Task("approval", "季度奖惩核算批准", "4.3.3", "approve", "workbench settlement approve {period}，或 return 退回"),
    Task("payment", "奖惩兑现登记", "4.4", "pay", "workbench settlement pay {period}"),
    Task("ruling", "奖惩申诉裁定", "7", "rule", "workbench appeals rule {period}"),
    Task("backup", "备份登记册", None, "backup", "workbench backup", by_itself=True),
    Task("backup_test", "试恢复备份", None, "backup", "workbench backup test", by_itself=True),
)  # fmt: skip


def task(key: str) -> Task:
    """The task of a key; KeyError where there is none."""
    return {each.key: each for each in TASKS}[key]


@dataclass(frozen=True)
class Duty:
    """A task for one period: the day it is due on, whether it is done, how many leads it is about (0: not about leads).

    ``period``: a date, month, quarter or section's code; empty where there is one at a time.
    """

    task: Task
    period: str
    due_on: date
    done: bool = False
    count: int = 0

    def state(self, on: date) -> str:
        """已完成, 逾期, 到期 (that day) or 将到期, as seen on a day."""
        if self.done:
            return DONE
        return OVERDUE if self.due_on < on else DUE if self.due_on == on else COMING


def duties(
    facts: Facts, states: pd.DataFrame, moment: datetime, policy: Policy, approved: Collection[str] = ()
) -> list[Duty]:
    """Everything that is or was to do at ``moment``, as known then, in the order of days; AHEAD of it the next dates.

    Reports count as not done: whether they were made is for the caller to say. ``approved``: quarters settled.
    Duties begin with the month of the first lead received (D21).
    """
    if facts.leads.empty:
        return []
    first = f"{facts.leads['filed_at'].min():%Y-%m}"
    found = [
        *_publications(facts, first, moment.date(), policy), *_registers(facts, first, moment.date(), policy),
        *_reports(first, moment.date(), policy, approved), *_open_leads(states, moment.date(), policy),
    ]  # fmt: skip
    return sorted(found, key=lambda duty: (duty.due_on, TASKS.index(duty.task), duty.period))


def _publications(facts: Facts, first: str, on: date, policy: Policy) -> Iterator[Duty]:
    """6.1: the fixed days of every month."""
    made = {day.date() for day in facts.publications["due_on"]}
    for month in months_between(first, month_of_day(on + AHEAD)):
        for day in publication.due_dates(month, policy):
            if day <= on + AHEAD:
                yield Duty(task("publication"), day.isoformat(), day, day in made)


def _registers(facts: Facts, first: str, on: date, policy: Policy) -> Iterator[Duty]:
    """6.5: each month's contract register, due in the next month."""
    returned = set(facts.returns["month"])
    for month in months_between(first, month_of_day(on)):
        day = contracts.due_on(month, policy)
        if day <= on + AHEAD:
            yield Duty(task("register"), month, day, month in returned)


def _reports(first: str, on: date, policy: Policy, approved: Collection[str]) -> Iterator[Duty]:
    """What is computed once a month or a quarter is over; conversion and settlement after the register is due."""
    for month in months_between(first, month_of_day(on)):
        over = month_bounds(month)[1] + timedelta(days=1)
        for key, day in (("targets", over), ("conversion", contracts.due_on(month, policy) + timedelta(days=1))):
            if day <= on:
                yield Duty(task(key), month, day)
    for quarter in quarters_between(quarter_of_day(month_bounds(first)[0]), quarter_of_day(on)):
        day = contracts.due_on(months_of(quarter)[2], policy) + timedelta(days=1)
        if day <= on:
            yield Duty(task("settlement_report"), quarter, day)
            yield Duty(task("settlement"), quarter, day, quarter in approved)


def expiring_until(on: date, policy: Policy) -> date:
    """The last expiry date of which a lead without a contract is named on a day."""
    return on + timedelta(days=int(policy.value("expiring_days", on)))


def _open_leads(states: pd.DataFrame, on: date, policy: Policy) -> Iterator[Duty]:
    """What single leads wait for."""
    status = states["status"]
    for key, word in (("dispatch", RECEIVED), ("review", HELD)):
        if count := int((status == word).sum()):
            yield Duty(task(key), "", on, count=count)
    waiting = states[(status == WAITING) & states["due_on"].notna()]
    for (section, day), leads in waiting.groupby(["section", "due_on"]):
        if day.date() <= on + timedelta(days=1):  # a reminder the day before
            yield Duty(task("feedback"), str(section), day.date(), count=len(leads))
    free = states[status.isin([VALID, PROJECT, APPLIED]) & states["expires_on"].notna()]
    last = expiring_until(on, policy)
    soon = free.loc[free["expires_on"].between(pd.Timestamp(on), pd.Timestamp(last)), "expires_on"]
    if len(soon):
        yield Duty(task("expiring"), f"{last}", soon.min().date(), count=len(soon))
