"""Returned rows that wait: what is received earlier and brought in later may be what they were returned for (D4).

A row that is right in itself and does not fit what the register knows is returned, and kept. When something comes in
that was received before the row's file, the row is looked at again as it would have been with it: so the order in which
files are brought in decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.personal_texts import without_phones
from workbench.platform.access.session import Session
from workbench.platform.forms.check import DTYPES
from workbench.platform.forms.read import Form
from workbench.platform.forms.spec import Template, templates
from workbench.platform.intake.added_values import put_added_values
from workbench.platform.intake.layouts import usual_letters
from workbench.platform.intake.record_intake import RecordIntake, intakes
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.intake.tables import ADDED, LAYOUT, TAKEN, UNSEEN, WAITING
from workbench.platform.intake.verdicts import keep_findings
from workbench.platform.register.columns import from_sealed, plain, to_sealed
from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import has_documents

OF_TAKEN = ("finding", ADDED, LAYOUT)  # what is kept of rows that are taken in, beside the records of their template
ROUNDS = 5  # one thing that fits now may let another fit, or not; no more than so often


def tables_taken(register: Register, entry: int) -> set[str]:
    """The tables an import holds rows of because rows wait: its own files' kept ones, others' that were kept before (D4).

    Only where each such row belongs to a file of the entry itself, or to one whose row was kept waiting by an earlier
    entry; none otherwise.
    """
    own = {"entry": entry}
    beside = {UNSEEN}.union(*(each.beside(register, entry) for each in intakes() if each.beside))
    files = set(register.read("document", ["document"], own, every=True)["document"])
    kept = set(register.read(WAITING, ["document"], own, every=True)["document"])
    found = {WAITING, *beside} if kept <= files else beside
    taken = register.read(TAKEN, ["document", "row"], own, every=True)
    if taken.empty:
        return found
    wanted = sorted(set(taken["document"]))
    before = register.read(WAITING, ["document", "row", "entry"], {"document": wanted}, every=True)
    before = set(before[before["entry"] < entry][["document", "row"]].itertuples(index=False, name=None))
    if not set(taken.itertuples(index=False, name=None)) <= before:
        return found
    received = register.read("document", ["template"], {"document": wanted}, every=True)
    named = {table for each in intakes() if each.template in set(received["template"]) for table in each.tables}
    return found | {TAKEN} | {table for table in named if _of_files(register, table, entry, files | set(wanted))}


def tables_in_course(register: Register, entry: int) -> set[str]:
    """The tables an entry by which somebody had his say may hold rows of because rows waited for it (D4)."""
    found = tables_taken(register, entry)
    return {*found, *OF_TAKEN} if TAKEN in found else found - {WAITING}


def _of_files(register: Register, table: str, entry: int, files: set[int]) -> bool:
    if not has_documents(register, table):
        return True
    return set(register.read(table, ["document"], {"entry": entry}, every=True)["document"]) <= files


def keep_waiting(batch: ImportBatch, submissions: Sequence[Submission], intake: RecordIntake) -> None:
    """Have the rows stored that were returned for nothing but what an earlier file could mend."""
    if not intake.waits_for:
        return
    for submission in submissions:
        rows = _waiting(submission, intake)
        if rows and not _by_ones_own_word(batch.session, submission.received_at, intake):
            kept = [_kept(submission, row) for row in rows]
            batch.put(WAITING, [row for row in kept if not row["personal"] or batch.register.keys.fields])


def _waiting(submission: Submission, intake: RecordIntake) -> list[dict[str, Any]]:
    """The rows of a file that were returned for such grounds only."""
    grounds: dict[int, set[str]] = {}
    for finding in submission.findings:
        if finding.row is not None and finding.severity is Severity.ERROR:
            grounds.setdefault(int(finding.row), set()).add(finding.code)
    back = submission.rows_with(RowVerdict.RETURNED)
    mine = {row for row in back if grounds.get(row, {""}) <= intake.waits_for}
    if not mine:
        return []
    rows = submission.form.rows
    found: list[dict[str, Any]] = rows[rows["row"].isin(mine)].astype(object).to_dict("records")
    return found


def _by_ones_own_word(session: Session, received_at: datetime, intake: RecordIntake) -> bool:
    """Whether who is fined for being late brings his own act in at a day behind the clock: it is not mended unseen."""
    bound = session.role == intake.own_act and not (session.sole or session.simulation or session.simulated)
    return bound and received_at.date() < session.now.date()


def _kept(submission: Submission, row: dict[str, Any]) -> dict[str, Any]:
    personal = {column.key for column in submission.form.template.columns if column.personal}
    cells = {key: plain(value) for key, value in row.items() if not pd.isna(value)}
    sealed = {key: cells.pop(key) for key in personal & set(cells)}
    return {
        "cells": json.dumps(cells, ensure_ascii=False),
        "personal": bool(sealed),
        "sealed_cells": to_sealed(sealed),
        "at": submission.received_at,
        "document": submission.document,
        "row": int(row["row"]),
    }


def in_order_of_receipt(batch: ImportBatch, since: datetime, arrived: Sequence[Submission] = ()) -> None:
    """Bring what was received at ``since`` or later to where it would be had it come in after what ``arrived`` (D4)."""
    since = _unseen(batch, since)
    for _ in range(ROUNDS):
        taken = take_waiting(batch, since, arrived)
        changed = [intake.look_again(batch, since, arrived) for intake in intakes() if intake.look_again]
        if not any([taken, *changed]):
            return


def _unseen(batch: ImportBatch, since: datetime) -> datetime:
    """From when on rows are looked at: earlier, where somebody without the keys of personal rows left some to others."""
    register = batch.register
    if not register.keys.fields:
        rows = register.read(WAITING, ["at", "personal"])
        if rows.loc[rows["at"] >= since, "personal"].astype(bool).any():
            batch.entry.append(UNSEEN, pd.DataFrame([{"at": since, "open": True}]))
        return since
    rows = register.read(UNSEEN, ["at", "open"])
    left = rows.loc[rows["open"].astype(bool)[::-1].cumprod()[::-1].astype(bool), "at"]
    if left.empty:
        return since
    batch.entry.append(UNSEEN, pd.DataFrame([{"at": since, "open": False}]))
    earliest: datetime = left.min().to_pydatetime()
    return min(since, earliest)


def take_waiting(batch: ImportBatch, since: datetime, arrived: Sequence[Submission]) -> bool:
    """Look again at the waiting rows of files received at ``since`` or later, in the order of import.

    Whether any is taken in now. Such rows are so from the receipt of their file; it says so, and so does the first of
    the files that ``arrived`` and had been received before it.
    """
    just = {each.document for each in arrived} if len(arrived) == 1 else set()  # it was judged by all there is
    forms = [each for each in _forms(batch.register, since) if each[1] not in just]
    again, found = bool(forms), False
    while again:
        again = False
        for intake in intakes():
            for form, document, received_at in [each for each in forms if each[0].template.id == intake.template]:
                submission = Submission(form, received_at, document, again=True)
                if _taken(batch, submission, intake):
                    again = found = True
                    _say(submission, arrived)
                    keep_findings(batch, [submission])
                    forms = [each for each in forms if each[1] != document]
                    rest = form.rows[~form.rows["row"].isin(_rows_taken(submission))]
                    if len(rest):
                        forms.append((_with_rows(form, rest), document, received_at))
    return found


def _taken(batch: ImportBatch, submission: Submission, intake: RecordIntake) -> bool:
    """Whether a row of a waiting file is taken in now; nothing is stored where none is."""
    intake.accept(batch, [submission])
    taken = _rows_taken(submission)
    if not taken:
        batch.waiting.clear()
        return False
    put_added_values(batch, [submission], intake)
    rows = [{"at": submission.received_at, "document": submission.document, "row": row} for row in taken]
    batch.put(TAKEN, rows)
    stored = batch.store((), (*intake.tables, ADDED, LAYOUT, TAKEN), intake.followed)
    if intake.on_accept:
        intake.on_accept(batch, [submission], stored)
    return True


def _rows_taken(submission: Submission) -> list[int]:
    """The rows that are not returned again."""
    return sorted(set(submission.verdicts) - submission.rows_with(RowVerdict.RETURNED))


def _say(submission: Submission, arrived: Sequence[Submission]) -> None:
    """Say of the rows what became of them, and name them where what came in had been received before."""
    rows = _rows_taken(submission)
    submission.findings = [each for each in submission.findings if each.row in rows]
    for row in rows:
        submission.add_finding("taken_since", Message("taken_since/row"), row=row, severity=Severity.WARNING)
    said = Message.of("taken_since", file=without_phones(submission.form.file), rows=rows)
    for each in arrived:
        if each.received_at <= submission.received_at:
            each.add_remark("taken_since", said)
            return


def _forms(register: Register, since: datetime) -> Iterator[tuple[Form, int, datetime]]:
    """The files with waiting rows, as forms of these rows alone, with number and receipt."""
    if not register.count("record", {"kind": WAITING}):
        return
    rows = register.read(WAITING, ["document", "row", "at", "cells", "personal"])
    rows = rows[rows["at"] >= since]
    if not register.keys.fields:  # whoever has the keys looks at these
        rows = rows[~rows["personal"]]
    done = register.read(TAKEN, ["document", "row"])
    if len(done) and len(rows):
        places = [pd.MultiIndex.from_frame(each[["document", "row"]]) for each in (rows, done)]
        rows = rows[~places[0].isin(places[1])]
    if rows.empty:
        return
    sealed = _sealed(register, rows["document"])
    kept = register.read(
        "document",
        ["document", "name", "template", "version", "received_at", "header", "sha256"],
        where={"document": sorted(set(rows["document"]))},
    )
    layouts = register.read(LAYOUT, ["document", "letters"])
    letters = {int(number): json.loads(text) for number, text in zip(layouts["document"], layouts["letters"])}
    for document in kept.sort_values(["received_at", "name"]).to_dict("records"):
        number, template = int(document["document"]), templates()[document["template"]]
        mine = rows[rows["document"] == number].drop_duplicates("row")
        cells = [
            {**json.loads(text), **sealed.get((number, int(row)), {})}
            for text, row in zip(mine["cells"], mine["row"], strict=True)
        ]
        form = Form(
            template,
            document["name"],
            Path(document["name"]),
            document["sha256"],
            template.sheet,
            _header(template, document["header"]),
            {},
            _rows(template, cells),
            letters.get(number) or usual_letters(template, document["version"]),
            [],
        )
        yield form, number, document["received_at"].to_pydatetime()


def _header(template: Template, kept: dict[str, Any]) -> dict[str, Any]:
    """The header block as a read form has it (``Form.header``), without personal fields."""
    values = {item.key: kept.get(item.key) for item in template.header}
    for item in template.header:
        if DTYPES.get(item.kind, "").startswith("datetime") and values[item.key] is not None:
            values[item.key] = pd.Timestamp(values[item.key])
    return values


def _sealed(register: Register, documents: pd.Series) -> dict[tuple[int, int], dict[str, Any]]:
    """The personal cells of waiting rows."""
    if not register.keys.fields:
        return {}
    rows = register.read(WAITING, ["document", "row", "sealed_cells"], where={"document": sorted(set(documents))})
    return {
        (int(document), int(row)): from_sealed(text) or {}
        for document, row, text in zip(rows["document"], rows["row"], rows["sealed_cells"], strict=True)
    }


def _with_rows(form: Form, rows: pd.DataFrame) -> Form:
    own = {name: getattr(form, name) for name in form.__dataclass_fields__}
    return Form(**{**own, "rows": rows.reset_index(drop=True)})


def _rows(template: Template, cells: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a read sheet has them (``Form.rows``)."""
    kinds = {column.key: column.kind for column in template.columns}
    frame = pd.DataFrame(cells, columns=[*kinds, "row", "row_id", "returned"], dtype=object)
    for key, kind in kinds.items():
        values = frame[key].where(frame[key].notna(), None)
        kept = pd.to_datetime(values, format="ISO8601") if DTYPES.get(kind, "").startswith("datetime") else values
        frame[key] = kept.astype(DTYPES.get(kind, "object"))
    frame["row_id"] = frame["row_id"].where(frame["row_id"].notna(), None)
    return frame.assign(row=frame["row"].astype("int64"), returned=False)
