"""What is due, and the running of it: once each, safe to repeat, by one process at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.capabilities.duties import duties
from workbench.capabilities.duties.duties import COMING, DONE, Duty, task
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.publication import publishing
from workbench.capabilities.settlement import appeals
from workbench.capabilities.settlement import approval_status as approvals
from workbench.capabilities.settlement.approval_status import APPROVED, SUBMITTED
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.platform.access import backups
from workbench.platform.access.session import Session
from workbench.platform.reporting.registry import find
from workbench.platform.reporting.runs import Run, paths

PATIENCE = 3600  # seconds a second process waits for the first
RECENT = 31  # days within which a publication's missing workbook is made again
MakeReport = Callable[[str, str, datetime], Run]  # report, period, as of


@dataclass(frozen=True)
class Ran:
    """What became of one duty in a run: the files it left, or the error in its way.

    ``late``: done after its day; ``again``: it was published before, and only its workbook was made again.
    """

    duty: Duty
    files: tuple[Path, ...] = ()
    error: WorkbenchError | None = None
    late: bool = False
    again: bool = False


def listed(session: Session, moment: datetime, out: Path) -> list[Duty]:
    """Everything due at ``moment``, and done before, that concerns this person's role, in the order of days.

    A report counts as made when ``out`` holds it whole, with data of its due day or later.
    """
    book = open_snapshot(session, moment)
    known = duties.duties(book.facts, book.states, moment, session.policy, book.approved)
    found = [*known, *_settling(session, moment), *_keeping(session)]
    return [
        replace(duty, done=made(out, duty.task.report, duty.period, datetime.combine(duty.due_on, time.min)))
        if duty.task.report and duty.task.key != "publication" else duty
        for duty in found
        if session.may("list") or session.may(duty.task.right)
    ]  # fmt: skip


def _settling(session: Session, moment: datetime) -> Iterator[Duty]:
    """What waits for another person: submitted settlements from the day they were submitted, approved ones to be carried
    out from the day they were approved, appeals until the last day of their term (4.3.3, 4.4, D29)."""
    if not session.may("settle"):
        return
    quarters = approvals.standing(session)
    for word, key, since in ((SUBMITTED, "approval", "submitted_at"), (APPROVED, "payment", "decided_at")):
        for row in quarters[(quarters["state"] == word) & (quarters[since] <= moment)].to_dict("records"):
            yield Duty(task(key), row["quarter"], row[since].date())
    made = appeals.appeals(session)
    for row in made[(made["outcome"] == appeals.OPEN) & (made["at"] <= moment)].to_dict("records"):
        yield Duty(task("ruling"), row["number"], row["decide_by"].date())


def _keeping(session: Session) -> Iterator[Duty]:
    """Backups and their tests, by the actual clock whatever day is asked about."""
    for key, since, term in backups.terms(session):
        if since + term <= session.now:
            yield Duty(task(key), "", (since + term).date())


def made(out: Path, report: str, period: str, since: datetime) -> bool:
    """Whether a folder holds a report whole and unaltered, with data as of ``since`` or later."""
    try:
        manifest = json.loads(paths(out, find(report), period)[3].read_text(encoding="utf-8"))
        whole = all(
            hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
            for name, digest in manifest["files"].items()
        )
        return whole and datetime.fromisoformat(manifest["as_of"]) >= since
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def run(session: Session, moment: datetime, out: Path, backup_folder: Path, make_report: MakeReport) -> Iterator[Ran]:
    """Do what is due and can be done without a person, one after another; what this role may not do is left alone.

    A missed date is caught up with and says so. Killed in between, the next run does the rest: each duty is
    done whole or not at all. Raises WrongUse ``folder_not_written``, ``running`` where another run does not end.
    """
    with _alone(out):
        for duty in listed(session, moment, out):
            if not (duty.task.by_itself and session.may(duty.task.right)) or duty.state(moment.date()) == COMING:
                continue
            recent = duty.task.key == "publication" and (moment.date() - duty.due_on).days <= RECENT
            if duty.done and not recent:
                continue
            try:
                if ran := _do(session, duty, moment, out, backup_folder, make_report):
                    yield ran
            except WorkbenchError as error:
                yield Ran(duty, error=error)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One run at a time in a folder; a killed one leaves no lock."""
    lock = FileLock(out / ".due.lock", timeout=PATIENCE)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise WrongUse(
            "running", "另一个 workbench due --run 正在运行。请稍后再试。", "Another run is under way."
        ) from None
    except OSError as error:
        raise WrongUse(
            "folder_not_written", f"不能写入文件夹 {out}，请换一个文件夹（--out）。",
            f"The folder {out} cannot be written ({error.strerror}); use another one.",
        ) from None  # fmt: skip
    try:
        yield
    finally:
        lock.release()


def _do(
    session: Session, duty: Duty, moment: datetime, out: Path, backup_folder: Path, make_report: MakeReport
) -> Ran | None:
    """Do one duty; None where a publication and its workbook are there already."""
    late = duty.due_on < moment.date()
    if duty.task.key == "publication":
        done = publishing.publish(session, date.fromisoformat(duty.period), moment)
        if done.again and made(out, duty.task.report, duty.period, done.at):
            return None
        files = make_report(duty.task.report, duty.period, done.at).files
        return Ran(duty, files, late=done.late and not done.again, again=done.again)
    if duty.task.report:
        return Ran(duty, make_report(duty.task.report, duty.period, moment).files, late=late)
    if duty.task.key == "backup":
        return Ran(duty, (backups.make(session, backup_folder).backup.path,), late=late)
    return Ran(duty, (backups.test(session, backup_folder).path,), late=late)


def to_act(found: list[Duty], on: date) -> list[Duty]:
    """The duties that are due or overdue and not done."""
    return [duty for duty in found if duty.state(on) not in (DONE, COMING)]
