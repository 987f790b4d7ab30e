"""Tasks: what falls due, by which clause, and who or what does it. Each capability declares its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.platform.capability import declared, derived, resolve
from workbench.platform.executors.workers import Workers, on_this_pc
from workbench.platform.regulation.edition import Policy

AHEAD = timedelta(days=7)  # how far ahead fixed dates are named
MAKE_REPORT = "workbench.platform.reporting.due_reports:make_report"  # the runner of a task that is one report


class DutyState(StrEnum):
    """How a duty stands on a day."""

    DONE = "已完成"
    OVERDUE = "逾期"
    DUE = "到期"
    COMING = "将到期"


@dataclass(frozen=True)
class Task:
    """Something that falls due again and again: its key, Chinese title, clause and the action it takes.

    ``instruction``: what a person is told to do, with ``{period}``. ``when``: an English sentence on when it is due, for
    the documentation. ``due``: ``module:function`` from a ``DueContext`` to
    the task's duties. ``report``: alias of the report that is made. ``runner``: ``module:function`` from a duty and a
    ``RunContext`` to its ``TaskResult`` (None: nothing was left to do); a task has one exactly where it is done
    ``by_itself``. ``run_again``: days after its day within which the runner looks again at what is done already.
    ``from_register``: its due function needs the open register; a report does not name it. ``reminded``: the function (T6)
    of the section that is told by mail. ``unfinished``: ``module:function`` from a duty and the folder of reports to whether a
    run of it was cut off there, for one that takes several steps: it then counts as not done. ``order``: its place among the
    tasks of one day.

    Raises ValueError for a task that runs by itself and names no runner, or the other way round.
    """

    key: str
    title: str
    clause: str | None
    action: str
    instruction: str
    when: str
    due: str
    report: str | None = None
    runner: str | None = None
    by_itself: bool = False
    run_again: int = 0
    from_register: bool = False
    reminded: str | None = None
    unfinished: str | None = None
    order: int = 1000

    def __post_init__(self) -> None:
        if self.by_itself != (self.runner is not None):
            raise ValueError(f"task {self.key} runs by itself exactly where it names a runner, not {self.runner!r}")

    @property
    def is_report(self) -> bool:
        """Whether it is done by making its report: a folder then says whether it is done, not the register."""
        return self.runner == MAKE_REPORT

    def duties(self, context: DueContext) -> Iterator[Duty]:
        """What of it is or was to be done, by its due function."""
        found: Iterator[Duty] = resolve(self.due)(self, context)
        return found

    def is_unfinished(self, duty: Duty, out: Path) -> bool:
        """Whether a run of a duty was cut off between its steps in this folder of reports."""
        return self.unfinished is not None and bool(resolve(self.unfinished)(duty, out))

    def run(self, duty: Duty, context: RunContext) -> TaskResult | None:
        """Do one duty. Raises LookupError where nothing can do it but a person, WorkbenchError as its runner."""
        if self.runner is None:
            raise LookupError(f"task {self.key} has no runner")
        result: TaskResult | None = resolve(self.runner)(duty, context)
        return result


@dataclass(frozen=True)
class Duty:
    """A task for one period: the day it is due on, whether it is done, how many leads it is about (0: not about leads),
    through which day it is done in time where that is later than ``due_on``.

    ``period``: a date, month, quarter or section's code; empty where there is one at a time. ``since``: when the last of
    what a report is computed from came in; one with earlier data does not count as made. ``final``: what it says does not change
    whatever comes in.
    """

    task: Task
    period: str
    due_on: date
    done: bool = False
    count: int = 0
    since: datetime | None = None
    until: date | None = None
    final: bool = False

    def state(self, on: date) -> DutyState:
        """How it stands as seen on a day."""
        if self.done:
            return DutyState.DONE
        if on < self.due_on:
            return DutyState.COMING
        return DutyState.DUE if on <= (self.until or self.due_on) else DutyState.OVERDUE


@dataclass(frozen=True)
class DueContext:
    """What a due function is asked with: the moment, the policy, the snapshot of what was known then.

    ``session``: the open register; None where a report asks, which sees the snapshot alone.
    """

    moment: datetime
    policy: Policy
    snapshot: Any
    session: Any = None


def _nobody_prepares(reports: object) -> None:
    """What is told of the reports to come where nothing is started ahead."""


@dataclass(frozen=True)
class RunContext:
    """What a runner works with: the session, the moment, the folders of reports and backups, the making of a report.

    ``make_report``: alias, period and moment of the data → a run with its ``files``; ``expect_reports`` is told how many there
    will be, and ``send_reports`` which ones come next, with nothing done to the register between them. ``workers``: who does what needs no key,
    so many processes beside this one where that is this PC. ``passwords``: by recipient, where what goes to others is to be handed out
    under a password; None: it is not. Nobody is there to be told one that was made.
    """

    session: Any
    moment: datetime
    out: Path
    backup_folder: Path
    make_report: Callable[[str, str, datetime], Any]
    workers: Callable[[int], AbstractContextManager[Workers]] = on_this_pc
    passwords: Mapping[str, str] | None = None
    expect_reports: Callable[[int], None] = _nobody_prepares
    send_reports: Callable[[Sequence[tuple[str, str, datetime]]], None] = _nobody_prepares


@dataclass(frozen=True)
class TaskResult:
    """What became of one duty: the files it left, or the error in its way.

    ``late``: done after its day; ``again``: it was done before, and only its file was made again.
    """

    duty: Duty
    files: tuple[Path, ...] = ()
    error: WorkbenchError | None = None
    late: bool = False
    again: bool = False


@derived
def tasks() -> tuple[Task, ...]:
    """Every task, in the order in which those of one day are named. Raises ValueError where a key stands twice."""
    found = sorted(declared("tasks"), key=lambda task: task.order)
    if len({task.key for task in found}) != len(found):
        raise ValueError(f"a task is declared twice among {sorted(task.key for task in found)}")
    return tuple(found)


def duties(context: DueContext) -> list[Duty]:
    """Everything that is or was to be done at a moment, as known then: in the order of days, then what only the open
    register says, task by task; AHEAD of the moment the next dates.

    Reports count as not done: whether they were made, the caller finds out.
    """
    known = by_day(duty for task in tasks() if not task.from_register for duty in task.duties(context))
    return known + list(_from_register(context) if context.session is not None else ())


def by_day(found: Iterable[Duty]) -> list[Duty]:
    """The longest overdue first, those of one day in the order of their tasks."""
    return sorted(found, key=lambda duty: (duty.due_on, duty.task.order, duty.period))


def _from_register(context: DueContext) -> Iterable[Duty]:
    return (duty for task in tasks() if task.from_register for duty in task.duties(context))
