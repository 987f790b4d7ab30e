"""What is due, and the running of it: once each, safe to repeat, by one process at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from workbench.app.options import common
from workbench.app.output import text_for
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.messages import exists
from workbench.platform.access.session import Session
from workbench.platform.documents.manifests import genuine
from workbench.platform.reporting.due_reports import Proof, is_made, take_in
from workbench.platform.reporting.registry import find
from workbench.platform.workflow.task import DueContext, Duty, DutyState, RunContext, Task, TaskResult, duties

if TYPE_CHECKING:
    import pandas as pd

    from workbench.platform.reporting.runs import Run

PATIENCE = 3600  # seconds a second process waits for the first
AT_HAND = 20  # seconds somebody waits who sits before it


class Filed(Enum):
    """What became of a report that somebody made by hand, in the folder of reports.

    ``NOT_DUE``: nobody waits for it; ``MASKED``: it is due, and this one names customers by numbers, so that it counts for nothing;
    ``STANDS``: the folder holds it already; ``FILED``: it is there now, and counts as made.
    """

    NOT_DUE = "not_due"
    MASKED = "masked"
    STANDS = "stands"
    FILED = "filed"


def list_duties(session: Session, moment: datetime, out: Path) -> list[Duty]:
    """Everything due at ``moment``, and done before, that concerns this person's role, in the order of days.

    A report counts as made when ``out`` holds it whole, with data of its due day or later and all it is computed from: not
    where a file came in since that had been received before its moment, unless what it says is ``final``. What takes several
    steps does not count as done where a run was cut off in ``out``.
    """
    found = duties(DueContext(moment, session.policy, open_snapshot(session, moment), session))
    mine = [duty for duty in found if session.may("list") or session.may(duty.task.action)]
    came, proof = _came(session), genuine(session)
    return [replace(duty, done=_is_done(duty, out, came, proof)) for duty in mine]


def _is_done(duty: Duty, out: Path, came: pd.DataFrame, proof: Proof) -> bool:
    if duty.task.is_report:
        return _is_made(duty, out, came, proof)
    return duty.done and not duty.task.is_unfinished(duty, out)


def _came(session: Session) -> pd.DataFrame:
    """The received files: the entry each came in with, and when it was received."""
    return session.register.read("document", ["entry", "received_at"])


def _is_made(duty: Duty, out: Path, came: pd.DataFrame, proof: Proof) -> bool:
    """``came``: the received files, each with the entry it came in with."""
    day = datetime.combine(duty.due_on, time.min)
    received = None if duty.final else came
    return is_made(out, duty.task.report or "", duty.period, max(day, duty.since or day), proof, received)


def file_report(session: Session, made: Run, moment: datetime, out: Path) -> Filed:
    """Put a report that was made elsewhere into the folder of reports, where it is due at ``moment`` and not made yet.

    Made by who may do its task, it counts as made as one of a run does. Raises WrongUse ``folder_not_written/of_reports``,
    ``running/at_hand`` where a run goes on; WorkbenchError ``report_blocked``.
    """
    waiting = [
        duty
        for duty in list_duties(session, moment, out)
        if duty.task.is_report
        and find(duty.task.report or "").name == made.report
        and duty.period == made.period
        and moment.date() >= duty.due_on
        and session.may(duty.task.action)
    ]
    if not waiting:
        return Filed.NOT_DUE
    if session.deidentified:
        return Filed.MASKED
    came, proof = _came(session), genuine(session)
    with _by_hand(out):
        if all(_is_made(duty, out, came, proof) for duty in waiting):
            return Filed.STANDS
        take_in(out, made)
    return Filed.FILED


def file_publication(session: Session, made: Run, moment: datetime, out: Path) -> None:
    """Put the workbook of a publication, made elsewhere with data of ``moment``, into the folder of reports, unless it is there.

    Raises as ``file_report``.
    """
    with _by_hand(out):
        if not is_made(out, made.report, made.period, moment, genuine(session)):
            take_in(out, made)


@contextmanager
def _by_hand(out: Path) -> Iterator[None]:
    """A folder of reports for one report that is there already: not long waited for."""
    wanted = "folder_not_written/of_reports"
    try:
        with _alone(out, AT_HAND, "running/at_hand", wanted):
            yield
    except OSError:
        raise WrongUse(wanted, out=out) from None


def run(context: RunContext, patience: float = PATIENCE) -> Generator[TaskResult, None, None]:
    """Do what is due and can be done without a person, one after another, reports that follow each other at once where a cluster
    makes them; what this role may not do is left alone, and all of it by somebody who reads numbers in place of customers' names.

    A missed date is caught up with and says so. Killed in between, the next run does the rest: each duty is
    done whole or not at all. Raises WrongUse ``folder_not_written``, ``running`` where another run does not end for ``patience`` seconds.
    """
    session, today = context.session, context.moment.date()
    with _alone(context.out, patience):
        found = list_duties(session, context.moment, context.out)
        mine = [
            duty
            for duty in found
            if duty.task.by_itself
            and session.may(duty.task.action)
            and not session.deidentified
            and _to_do(duty, today)
        ]
        context.expect_reports(sum(duty.task.report is not None for duty in mine))
        for are_reports, part in groupby(mine, lambda duty: duty.task.is_report):
            together = list(part)
            if are_reports:  # they leave the register to the next one as it is; anything else may change it
                context.send_reports([(duty.task.report or "", duty.period, context.moment) for duty in together])
            for duty in together:
                try:
                    if result := duty.task.run(duty, context):
                        yield result
                except WorkbenchError as error:
                    yield TaskResult(duty, error=error)


def _to_do(duty: Duty, today: date) -> bool:
    """Whether its day has come and it is not done, or is looked at again."""
    if duty.done:
        return bool(duty.task.run_again) and (today - duty.due_on).days <= duty.task.run_again
    return duty.state(today) != DutyState.COMING


@contextmanager
def _alone(
    out: Path, patience: float = PATIENCE, busy: str = "running", unwritten: str = "folder_not_written"
) -> Iterator[None]:
    """One run at a time in a folder; a killed one leaves no lock. Raises WrongUse ``busy`` after ``patience`` seconds,
    ``unwritten`` where nothing can be written there."""
    lock = FileLock(out / ".due.lock", timeout=patience)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise WrongUse(busy) from None
    except OSError:
        raise WrongUse(unwritten, out=out) from None
    try:
        yield
    finally:
        lock.release()


def to_act(found: list[Duty], on: date) -> list[Duty]:
    """The duties that are due or overdue and not done."""
    return [duty for duty in found if duty.state(on) in (DutyState.DUE, DutyState.OVERDUE)]


def title_of(task: Task) -> str:
    """A task's title in the chosen language; a task whose title has no English is called by its key."""
    if common.lang == "zh":
        return task.title
    return text_for(f"task/{task.key}") if exists(f"task/{task.key}") else task.key


def instruction_of(duty: Duty) -> str:
    """What a person is told to do, in the chosen language."""
    key = f"instruction/{duty.task.key}"
    if common.lang == "zh" or not exists(key):
        return duty.task.instruction.format(period=duty.period)
    return text_for(key, period=duty.period)
