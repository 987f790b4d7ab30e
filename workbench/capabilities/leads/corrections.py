"""Rows of T1 that come again: which lead a row corrects, and whether it may (5.1, D4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from workbench.capabilities.leads.known_leads import Record, known_leads, repeated_after
from workbench.capabilities.leads.screening import own_verdict
from workbench.capabilities.leads.similarity import PLACE
from workbench.capabilities.leads.status import CORRECTABLE, Status
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.names import customer_key
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission

PLAIN = [
    "row",
    "row_id",
    "customer",
    "category",
    "province",
    "city",
    "county",
    "level",
    "contact_title",
    "model",
    "quantity",
    "expected",
    "method",
    "budget",
    "rivals",
    "source",
    "consent",
]
SEALED = ["contact", "phone", "content", "remark"]
# a correction of these is compared; the row's place in the sheet is not
CONTENT = [name for name in (*PLAIN, *SEALED) if name not in ("row", "row_id")]
KNOWN = [
    "lead",
    "version",
    "number",
    "row_id",
    "reporter",
    "reported_on",
    "filed_at",
    "phone_key",
    *CONTENT,
    "customer_key",
]


def match_resubmitted(batch: ImportBatch, rows: pd.DataFrame, by_document: dict[int, Submission]) -> pd.DataFrame:
    """Give every row its lead: a new one, or the one it corrects. Rows without news are left out.

    A row is about a lead of its reporter if customer, category and place are the same, whatever
    the report date; what is left, if report date and row id are the same and customer or phone is.
    What the leads were when the row's file was received decides. A file that is brought in late is matched with what was
    received after it as that would have been with it, and makes earlier versions of its leads (D4); ``place``: the place
    in the order of 5.1 that such a row keeps at the least.
    """
    register = batch.register
    first = (register.maximum("lead", "lead") or 0) + 1
    rows = rows.assign(lead=pd.array([pd.NA] * len(rows), dtype="Int64"), version=1, number=None)
    rows = rows.assign(place=pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"))
    rows = _without_copied_ids(rows, by_document)
    if known := known_leads(batch, rows, by_document, KNOWN):
        rows = _corrections(batch, rows, known, by_document)
    new = rows["lead"].isna()
    ids = range(first, first + int(new.sum()))
    rows.loc[new, "lead"] = pd.array(list(ids), dtype="Int64")
    months = rows.loc[new, "filed_at"].dt.strftime("%Y%m")
    rows.loc[new, "number"] = [f"DK{month}-{lead:05d}" for month, lead in zip(months, ids, strict=True)]
    return rows.astype({"lead": "int64"})


def copied_ids(rows: pd.DataFrame) -> dict[int, int]:
    """Rows of one sheet whose row id stands in an earlier row already, each with that row (Excel rows)."""
    tagged = [(tag, row) for tag, row in zip(rows["row_id"], rows["row"].tolist(), strict=True) if isinstance(tag, str)]
    first: dict[str, int] = {}  # without pandas: this is asked of every sheet by itself
    for tag, row in tagged:
        first[tag] = min(row, first.get(tag, row))
    return {row: first[tag] for tag, row in tagged if row != first[tag]}


def add_copied_ids(submission: Submission) -> dict[int, int]:
    """Say which rows of a sheet were copied together with their row id; returns ``copied_ids``."""
    copies = copied_ids(submission.form.rows)
    for row, first in copies.items():
        submission.add_finding(
            "copied_row",
            Message.of("copied_row", first=first),
            row=row,
            column="customer",
            severity=Severity.WARNING,
        )
    return copies


def _without_copied_ids(rows: pd.DataFrame, by_document: dict[int, Submission]) -> pd.DataFrame:
    """An id that stands twice in a sheet identifies its first row only."""
    copies = {(document, row) for document, each in by_document.items() for row in add_copied_ids(each)}
    places = list(zip(rows["document"], rows["row"], strict=True))
    return rows.assign(
        row_id=[None if place in copies else tag for place, tag in zip(places, rows["row_id"], strict=True)]
    )


def _corrections(
    batch: ImportBatch, rows: pd.DataFrame, known: dict[int, list[Record]], by_document: dict[int, Submission]
) -> pd.DataFrame:
    """Mark the rows that correct a known lead; say so, and drop those that change nothing or come too late."""
    own = own_verdict(rows, batch.session.policy)
    keyed = rows.assign(
        phone_key=batch.register.blind(rows["phone_key"]), invalid=own["clause"].notna() & ~own["held"].astype(bool)
    )
    drop: list[Any] = []
    again: list[pd.Series] = []
    for document, sheet in keyed[keyed["document"].isin(known)].groupby("document"):
        submission = by_document[document]
        records = dict(zip(sheet.index, sheet.to_dict("records"), strict=True))
        for index, lead in _matched(records, known[document]).items():
            row, number = records[index], int(records[index]["row"])
            if lead["upcoming"]:
                rows.loc[index, ["lead", "version", "number"]] = [lead["lead"], lead["version"] + 1, lead["number"]]
                if _same_identity(row, lead):
                    rows.loc[index, "place"] = lead["ranked_at"]
                said = Message.of("received_first", number=lead["number"])
                submission.add_finding("received_first", said, severity=Severity.NOTE, row=number, column="customer")
            elif _repeats(row, lead):
                submission.decide(RowVerdict.UNCHANGED, [number])
                submission.subjects[number] = lead["number"]
                batch.put("repeated_row", [_repeat(row, lead)])
                said = Message.of("unchanged", number=lead["number"])
                submission.add_finding("unchanged", said, severity=Severity.NOTE, row=number, column="customer")
                drop.append(index)
            elif lead["refused"]:
                continue  # found invalid by the section, or withdrawn: what comes back corrected is a new report
            elif lead["status"] not in CORRECTABLE:
                said = Message.of("already_dispatched", number=lead["number"])
                submission.return_row(number, Finding("already_dispatched", said, column="customer"))
                drop.append(index)
            else:
                rows.loc[index, ["lead", "version", "number"]] = [lead["lead"], lead["version"] + 1, lead["number"]]
                _say_corrected(submission, row, lead, number)
                if repeated := repeated_after(batch, submission, lead):
                    again.append(_again(rows.loc[index], lead, repeated))
    rows = rows.drop(index=drop)
    if again:
        rows = pd.concat([rows, pd.DataFrame(again)[list(rows)].astype(rows.dtypes)], ignore_index=True)
    return rows


def _repeat(row: Record, lead: Record) -> Record:
    """The stored row of a row of a sheet that says what its lead says."""
    own = {name: row[name] for name in ("row_id", "reported_on", "document", "row")}
    return {"lead": lead["lead"], "at": row["filed_at"], **own}


def _again(row: pd.Series, lead: Record, repeated: Record) -> pd.Series:
    """The version of a row that was received after this one and says again what the lead said before it (D4)."""
    said = {name: lead[name] for name in (*CONTENT, "customer_key")}
    own = {name: repeated[name] for name in ("document", "row", "row_id", "reported_on")}
    times = dict.fromkeys(("filed_at", "received_at"), repeated["at"])
    named = {"name_key": customer_key(pd.Series([lead["customer"]], dtype=object)).iloc[0]}
    return pd.Series({**row, **said, **own, **times, **named, "version": lead["version"] + 2})


def _say_corrected(submission: Submission, row: Record, lead: Record, number: int) -> None:
    """A correction is noted; one that changes the customer is a warning, for it may be meant as another lead."""
    same = row["customer_key"] == lead["customer_key"]
    said = Message.of("corrected" if same else "corrected/customer", number=lead["number"])
    submission.add_finding(
        "corrected", said, severity=Severity.NOTE if same else Severity.WARNING, row=number, column="customer"
    )


def _matched(rows: dict[Any, Record], known: list[Record]) -> dict[Any, Record]:
    """The lead that each row of one sheet is about, by the row's index; no lead twice."""
    found: dict[Any, Record] = {}
    taken: set[int] = set()
    for fits in TIERS:
        for index, row in rows.items():
            if index in found:
                continue
            candidates = [lead for lead in known if lead["lead"] not in taken and fits(row, lead)]
            if candidates:
                best = max(candidates, key=_nearest)
                found[index] = best
                taken.add(best["lead"])
    return found


def _nearest(lead: Record) -> tuple[Any, ...]:
    """The newest lead before a row, one that came first before one that waits behind another; else the next after it."""
    filed = pd.Timestamp(lead["filed_at"]).value
    upcoming = bool(lead["upcoming"])
    return not upcoming, lead["status"] != Status.DUPLICATE, -filed if upcoming else filed, lead["lead"]


def _copied(row: Record, lead: Record) -> bool:
    """Whether the lead was made or corrected by the same row of a later copy of the row's file."""
    return int(row["row"]) in lead["copied"]


def _alive(row: Record, lead: Record) -> bool:
    """Whether the lead kept its customer; of two of which the later is known already, whether the row would."""
    return not row["invalid"] if lead["upcoming"] else bool(lead["alive"])


def _same_identity(row: Record, lead: Record) -> bool:
    return all(row[name] == lead[name] for name in IDENTITY)


def _repeats(row: Record, lead: Record) -> bool:
    """Whether the row says nothing that the lead does not say."""
    return all(_alike(lead[name], row[name]) for name in CONTENT)


def _same_report(row: Record, lead: Record) -> bool:
    return bool(_alike(row["reported_on"], lead["reported_on"]))


def _same_row(row: Record, lead: Record) -> bool:
    return row["row_id"] is not None and row["row_id"] == lead["row_id"] and _same_report(row, lead)


def _may_correct(row: Record, lead: Record) -> bool:
    """Whether a row about the same customer is about this lead: of the same report, or while the lead can be corrected.

    What another report says of a lead that was dispatched, or that no longer keeps its customer, is another report.
    """
    return _same_report(row, lead) or (_alive(row, lead) and lead["status"] in CORRECTABLE)


def _renamed(row: Record, lead: Record) -> bool:
    """A row that kept its id and its customer, or its place and phone: name, category or place were corrected.

    Another customer in another place is another lead, also under the phone of an agent who asks for both.
    """
    kept = row["customer_key"] == lead["customer_key"]
    kept = kept or (row["phone_key"] == lead["phone_key"] and all(row[name] == lead[name] for name in PLACE))
    return _same_row(row, lead) and kept


# one after another: what a copy of the file said, what repeats a lead, what is about a living one, what is about another of the report, what is renamed
TIERS: Iterable[Callable[[Record, Record], bool]] = (
    _copied,
    lambda row, lead: _repeats(row, lead) and _same_report(row, lead),
    lambda row, lead: _repeats(row, lead) and _alive(row, lead),
    lambda row, lead: _same_identity(row, lead) and _alive(row, lead) and _same_row(row, lead),
    lambda row, lead: _same_identity(row, lead) and _alive(row, lead) and _may_correct(row, lead),
    lambda row, lead: _same_identity(row, lead) and _may_correct(row, lead),
    _renamed,
)


def _alike(one: object, other: object) -> bool:
    """Whether two cell values say the same; empty is empty."""
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return one == other
