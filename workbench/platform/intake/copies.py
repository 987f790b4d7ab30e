"""Copies of a file: the same bytes received more than once, of which the earliest receipt counts (D4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.access.session import Session
from workbench.platform.intake.record_intake import intakes
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.intake.verdicts import taken_since
from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import COPIES, gone_files

if TYPE_CHECKING:
    from workbench.platform.forms.read import Form


def identity(form: Form) -> tuple[str, str]:
    """What is the same about two receipts of a form: the bytes of its file, and its template, as a book holds several."""
    return form.sha256, form.template.id


def copies_of(register: Register, forms: Sequence[tuple[Any, Form]]) -> dict[tuple[str, str], dict[int, datetime]]:
    """The files of the register that hold the same bytes and count: ``identity`` of the form → number → receipt."""
    wanted = {"sha256": [form.sha256 for _, form in forms]}
    stored = register.read("document", ["document", "sha256", "template", "received_at"], where=wanted)
    gone = gone_files(register) if len(stored) else {}
    found: dict[tuple[str, str], dict[int, datetime]] = {}
    for row in stored.itertuples():
        if row.document not in gone:
            key = row.sha256, row.template
            found.setdefault(key, {})[int(row.document)] = row.received_at.to_pydatetime()
    return found


def returned_to_another(session: Session, forms: Sequence[tuple[Any, Form]]) -> set[int]:
    """The files of the register with the same bytes that had a row returned because somebody else has to bring it in,
    and that this user did not bring in himself.
    """
    asking = {each.template: each.another_brings for each in intakes() if each.another_brings}
    wanted = {"sha256": [form.sha256 for _, form in forms if form.template.id in asking]}
    if not wanted["sha256"]:
        return set()
    register = session.register
    files = register.read("document", ["document", "template", "entry"], wanted)
    users = register.read("entry", ["entry", "user"], {"entry": sorted(set(files["entry"]))}).set_index("entry")["user"]
    files = files[files["entry"].map(users).ne(session.user)].set_index("document")["template"]
    said = register.read("finding", ["document", "code"], {"document": files.index.tolist()})
    return {
        int(document)
        for document, code in zip(said["document"], said["code"], strict=True)
        if code in asking.get(files[document], ())
    }


def put_in_place(batch: ImportBatch, submissions: Sequence[Submission]) -> None:
    """Have files count instead of their copies that were received later, and say so.

    Not where a row that counted would be lost: one the copy has accepted and the file, by what was known at its
    receipt, returns.
    """
    for submission in submissions:
        for later in submission.later:
            if _accepted(batch.register, later) & submission.rows_with(RowVerdict.RETURNED):
                continue
            at = submission.received_at
            row = {"later": later, "earlier": submission.document, "at": at}
            batch.entry.append(COPIES, pd.DataFrame([row]))
            since = batch.register.read("document", ["received_at"], {"document": later})["received_at"].iloc[0]
            said = Message.of("received_earlier", since=_minute(since), at=_minute(at))
            submission.add_finding("received_earlier", said, severity=Severity.WARNING)


def _accepted(register: Register, document: int) -> set[int]:
    """The rows of a file that were taken in."""
    recorded = register.read("row_verdict", ["verdicts"], where={"document": document})["verdicts"]
    accepted = {int(row) for verdicts in recorded for row, verdict in verdicts if verdict == RowVerdict.ACCEPTED}
    return accepted | taken_since(register, document)


def _minute(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
