"""Import: any received template, recognised by its stamp, in one transaction.

The same files in any order, with the same recorded times of receipt, give the same
register (lead numbers aside): files are taken in the order of the templates, then of
receipt, and what a file means is derived from all facts, not from the order of batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.errors import FileRefused, WorkbenchError
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.seldom_collected import seldom_collected
from workbench.platform.access.actions import import_actions
from workbench.platform.access.session import Session
from workbench.platform.executors.workers import Workers
from workbench.platform.forms.fingerprint import fingerprints, new_code
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.read import Form, ReadBook, read_many
from workbench.platform.intake.added_values import put_added_values, require_keys
from workbench.platform.intake.copies import copies_of, identity, put_in_place, returned_to_another
from workbench.platform.intake.layouts import put_layouts
from workbench.platform.intake.outcome import ImportOutcome, of_file, refusal, sheets_of
from workbench.platform.intake.record_intake import earliest_counts, intakes, may_bring_in, needs_time
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.intake.tables import ADDED, LAYOUT, WAITING
from workbench.platform.intake.verdicts import keep_findings, record_verdicts
from workbench.platform.intake.waiting import in_order_of_receipt, keep_waiting
from workbench.platform.register import rehearsal
from workbench.platform.register.entry import Entry


@dataclass(frozen=True)
class Arrival:
    """A file and the time it was received at (PRC time); ``bare``: only its day is known."""

    path: Path
    received_at: datetime
    bare: bool = False


# an import of so many rows is worked out on a copy of the register, if that is no larger than so many bytes a row; tried so
# often, since others may write meanwhile
MANY_ROWS, BYTES_COPIED, TRIES = 5_000, 1 << 17, 2
Place = tuple[Path, int]  # a form's file, and which sheet of it, where it is a book


@seldom_collected()
def import_files(
    session: Session,
    arrivals: Sequence[Arrival],
    *,
    workers: int = 1,
    progress: Callable[[], None] | None = None,
    passwords: Passwords = NONE,
    cluster: Workers | None = None,
) -> list[ImportOutcome]:
    """Take in received workbooks; one transaction for all of them, refused files left out.

    Returns a receipt per file in the order given. A file whose bytes the register already
    holds changes nothing and says so, unless it was received earlier and that decides (D4). ``passwords``: what opens those
    that came under one; ``cluster``: who reads
    the files elsewhere, up to the check. Faults (not findings) roll everything back.
    Raises RegisterError ``not_allowed`` for a template that is not this role's to bring in.
    """
    if not any(session.may(action) for action in import_actions()):
        session.refuse("import")
    receipts: dict[Place, ImportOutcome] = {}
    received = {arrival.path: arrival.received_at for arrival in arrivals}
    bare = {arrival.path for arrival in arrivals if arrival.bare}
    forms: list[tuple[Place, Form]] = []
    files: dict[Path, Form | ReadBook | FileRefused] = {}
    for path, read in read_many(
        list(received), workers=workers, progress=progress, passwords=passwords, cluster=cluster
    ):
        files[path] = read
        for number, outcome in enumerate(sheets_of(read)):
            place = path, number
            if isinstance(outcome, FileRefused):
                receipts[place] = refusal(outcome)
            elif not may_bring_in(session, outcome.template.id):
                session.refuse("import")
            elif path in bare and needs_time(outcome.template.id):
                receipts[place] = refusal(FileRefused("bare_date", file=outcome.file, day=received[path].date()))
            else:
                forms.append((place, outcome))
    senders = {path: form.header.get("unit") or form.header.get("section") for (path, _), form in reversed(forms)}
    fresh = _not_yet_known(session, forms, received, receipts)
    if fresh:
        _take_in(session, fresh, received, receipts)
    found = {}
    for path, read in files.items():
        whole = of_file(read, [receipts[path, number] for number in range(len(sheets_of(read)))])
        whole.received_at, whole.unit = received[path], senders.get(path)
        found[path] = whole
    return [found[arrival.path] for arrival in arrivals]


def _not_yet_known(
    session: Session,
    forms: list[tuple[Place, Form]],
    received: dict[Path, datetime],
    receipts: dict[Place, ImportOutcome],
) -> list[tuple[Place, Form]]:
    """Leave out files that stand in the register already with the same or an earlier time; the earliest received first."""
    known = _received(session, forms)
    fresh = []
    for place, form in sorted(
        forms, key=lambda item: (received[item[0][0]], item[1].file, str(item[0][0]), item[0][1])
    ):
        first, at = known.get(identity(form)), received[place[0]]
        if first is not None and (at >= first or not earliest_counts(form.template.id)):
            receipts[place] = _unchanged(form, first)
        else:
            fresh.append((place, form))
    return fresh


def _unchanged(form: Form, since: datetime) -> ImportOutcome:
    """A receipt for a file whose bytes were taken in before."""
    message = Message.of("already_imported", since=f"{since:%Y-%m-%d %H:%M}")
    note = Finding("already_imported", message, Severity.NOTE, file=form.file, sheet=form.sheet)
    return ImportOutcome(form.file, form.template.id, findings=[note])


def _received(session: Session, forms: list[tuple[Place, Form]]) -> dict[tuple[str, str], datetime]:
    """Since when each form is in the register with the same bytes (``identity``); not where another had to bring it in."""
    again, known = returned_to_another(session, forms), {}
    for form, held in copies_of(session.register, forms).items():
        if times := [at for file, at in held.items() if file not in again]:
            known[form] = min(times)
    return known


def _take_in(
    session: Session,
    forms: list[tuple[Place, Form]],
    received: dict[Path, datetime],
    receipts: dict[Place, ImportOutcome],
) -> None:
    """Take in the new files, in one transaction; of many rows nearly all the work is done before it (``rehearsal``)."""
    latest = max(received[path] for (path, _), _ in forms)
    rows = sum(len(form.rows) for _, form in forms)
    if rows >= MANY_ROWS and rehearsal.is_worth_it(session.register, rows * BYTES_COPIED):
        for _ in range(TRIES):
            if _rehearsed(session, forms, received, receipts, latest):
                return
    detail: dict[str, Any] = {}
    with session.transaction("import", latest, files=detail) as entry:
        _work_through(session, entry, forms, received, receipts, latest, detail)


def _rehearsed(
    session: Session,
    forms: list[tuple[Place, Form]],
    received: dict[Path, datetime],
    receipts: dict[Place, ImportOutcome],
    latest: datetime,
) -> bool:
    """Do the work on a copy of the register and write what came of it; False where others wrote meanwhile, or it was refused,
    which has to be said by the register itself.
    """
    found: dict[Place, ImportOutcome] = {}
    detail: dict[str, Any] = {}
    done = None
    with ExitStack() as beside:
        try:
            copy = beside.enter_context(rehearsal.beside(session.register))
            other, head = replace(session, register=copy, remembers=False), copy.head()
            horizon = other.horizon(latest)
            with other.transaction("import", latest, files=detail) as entry:
                entry.changes = []
                _work_through(other, entry, forms, received, found, latest, detail)
                if not entry.discarded:
                    done = rehearsal.Rehearsed.of(entry, head)
            copy.close()
        except WorkbenchError:
            return False
        if done is not None:
            with (
                rehearsal.at_hand(session.register, done) as reader,
                session.transaction("import", latest, files={}) as entry,
            ):
                if session.horizon(latest) != horizon or not rehearsal.stands(entry, done):
                    entry.discard()
                    return False
                rehearsal.write(entry, done, reader)
    receipts |= found
    return True


def _work_through(
    session: Session,
    entry: Entry,
    forms: list[tuple[Place, Form]],
    received: dict[Path, datetime],
    receipts: dict[Place, ImportOutcome],
    latest: datetime,
    detail: dict[str, Any],
) -> None:
    """Work through the new files template by template. ``detail``: what the entry says of each file that was taken in."""
    forms = _not_yet_known(session, forms, received, receipts)  # again: another process may have been first
    templates = frozenset(form.template.id for _, form in forms)
    batch = ImportBatch(session, entry, session.horizon(latest), templates=templates)
    number = session.register.maximum("document", "document") or 0
    held = copies_of(session.register, forms)
    submissions: list[tuple[Place, Submission]] = []
    for intake in intakes():
        series: dict[Hashable, list[Submission]] = defaultdict(list)
        taken: dict[str, datetime] = {}
        for place, form in forms:
            if form.template.id != intake.template:
                continue
            if form.sha256 in taken:  # twins in one import; one that was refused has taken nobody's place
                receipts[place] = _unchanged(form, taken[form.sha256])
                continue
            arrived_at = received[place[0]]
            later = tuple(file for file, at in held.get(identity(form), {}).items() if at > arrived_at)
            submission = Submission(form, arrived_at, number + 1, later, findings=list(form.findings))
            try:
                require_keys(session, form)
                intake.check_file(batch, submission)
            except FileRefused as error:
                receipts[place] = refusal(error)
                continue
            number += 1
            taken[form.sha256] = arrived_at
            submissions.append((place, submission))
            series[intake.sequence_key(submission)].append(submission)
        # files of one series see each other's rows: one after another; different series go together
        for step in range(max(map(len, series.values()), default=0)):
            current = [files[step] for files in series.values() if step < len(files)]
            intake.accept(batch, current)
            put_added_values(batch, current, intake)
            put_layouts(batch, current)
            keep_waiting(batch, current, intake)
            stored = batch.store(current, (*intake.tables, ADDED, LAYOUT, WAITING), intake.followed)
            put_in_place(batch, current)
            if intake.on_accept:
                intake.on_accept(batch, current, stored)
    if submissions:
        arrived = [submission for _, submission in submissions]
        in_order_of_receipt(batch, min(submission.received_at for submission in arrived), arrived)
    for place, submission in submissions:
        form, counts = submission.form, submission.counts()
        _every_row_decided(submission)
        accepted, returned = counts[RowVerdict.ACCEPTED], counts[RowVerdict.RETURNED]
        detail[" ".join(identity(form)) if form.book else form.sha256] = [form.template.id, accepted, returned]
        receipts[place] = ImportOutcome(
            form.file,
            form.template.id,
            accepted,
            returned,
            counts[RowVerdict.UNCHANGED],
            findings=submission.findings,
            number=submission.document,
            remarks=submission.remarks,
        )
    if submissions:
        keep_findings(batch, [submission for _, submission in submissions])
        _keep_fingerprints(batch, [submission for _, submission in submissions])
        record_verdicts(batch, [submission for _, submission in submissions])
    else:
        entry.discard()


def _every_row_decided(submission: Submission) -> None:
    """A row without a verdict would be lost without a word."""
    open_rows = set(submission.form.rows["row"].astype(int)) - set(submission.verdicts)
    if open_rows:
        raise RuntimeError(f"no verdict on rows {sorted(open_rows)} of a {submission.form.template.id}")


def _keep_fingerprints(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store a keyed hash of every row, for the receipts; the sheets of a book share their code, as they share a receipt."""
    files: dict[Hashable, list[Submission]] = defaultdict(list)
    for submission in submissions:
        files[submission.form.sha256 if submission.form.book else submission.document].append(submission)
    rows = []
    for sheets in files.values():
        code, personal = new_code(), any(column.personal for each in sheets for column in each.form.template.columns)
        rows += [
            {
                "document": submission.document,
                "rows": list(fingerprints(submission.form, code).items()),
                "code": None if personal else code,
                "sealed_code": code if personal else None,
            }
            for submission in sheets
        ]
    batch.entry.append("fingerprint", pd.DataFrame(rows, dtype=object))
