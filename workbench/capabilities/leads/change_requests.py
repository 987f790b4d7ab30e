"""T20 信息变更申请单: what a unit asks to have changed; what touches nobody else takes effect at once (D32, D35, D41)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from workbench.capabilities.leads.change_effects import at_once
from workbench.capabilities.leads.change_rules import LEAD_NAMED, RULES, Known, Refused
from workbench.capabilities.leads.changes import SAME, Matter, numbers_given, request_number, requests
from workbench.capabilities.leads.lead_states import (
    joined_customers,
    known_lead,
    leads_by_number,
    refresh_stored,
    states_at_receipt,
)
from workbench.capabilities.organization.directory import unit_of, units_at
from workbench.core import names
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.forms.days import day_of_text
from workbench.platform.forms.values import clean_column
from workbench.platform.intake.rows import Row, note_unchanged, numbers_of_copies, store_rows
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission, returned

# why a row does not fit what is known, which files received before it may mend
WAITS_FOR = frozenset(
    {
        "unknown_number",
        "other_customer",
        "other_reporter",
        "not_its_section",
        "not_dispatched",
        "same_section",
        "same_reporter",
        "nothing_to_prolong",
        "not_longer",
        "customer_taken",
        "change_too_late",
        "not_a_duplicate",
        "value_missing",
    }
)


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Only a listed unit asks. Raises FileRefused."""
    unit_of(batch, submission)


@dataclass
class _Ledger:
    """What requests are compared with: the open ones, and how many there ever were; ``again``: rows that repeat one."""

    open: dict[tuple[Any, ...], str]
    count: int
    again: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, batch: ImportBatch) -> _Ledger:
        asked = requests(batch.register)
        done = set(batch.register.read("change_decision", ["number"])["number"])
        waiting = asked[~asked["at_once"] & ~asked["number"].isin(done)]
        keys = waiting[SAME].astype(object).where(waiting[SAME].notna(), None)
        return cls(dict(zip(map(tuple, keys.to_numpy().tolist()), waiting["number"])), numbers_given(batch.register))


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Number and store what may be asked for; what waits for its decision already is noted and kept (``asked_once``)."""
    ledger = _Ledger.read(batch)
    for submission in submissions:
        rows = submission.open_rows()
        rows = rows.assign(value=[_value(*row) for row in zip(rows["matter"], rows["value"], strict=True)])
        named = rows.loc[rows["matter"].isin(LEAD_NAMED), "value"]
        leads = leads_by_number(batch, [*rows["number"], *named])
        ids, at = leads["lead"].tolist(), submission.received_at
        states = states_at_receipt(batch, [submission], ids)[at]
        known = Known(states, units_at(batch, at), at, partial(joined_customers, batch.session, ids, at))
        copied = numbers_of_copies(batch, submission, "lead_change")
        examine = partial(_request, batch, submission, ledger, leads, known, copied)
        asked = store_rows(batch, submission, "lead_change", rows, examine)
        submission.decide(RowVerdict.UNCHANGED, ledger.again)
        ledger.again.clear()
        # what a later copy handed over was handed over then: the section could not have had it earlier
        at_once(batch, submission, [row for row in asked if row["at_once"] and row["row"] not in copied])


def on_accept(batch: ImportBatch, submissions: list[Submission], stored: Mapping[str, pd.DataFrame]) -> None:
    """Derive the statuses of the leads of requests that took effect."""
    if "lead_change" in stored:
        refresh_stored(batch, submissions, stored["lead_change"])


def _value(matter: str, value: str | None) -> str | None:
    """The new value as it is kept: a date in ISO 8601, a code or number without spaces."""
    if value is None or pd.isna(value):
        return None
    if matter == Matter.PROLONG:
        read, _ = clean_column("date", None, None, [int(value) if value.isdigit() else value])
        day = day_of_text(value) if read[0] is None or pd.isna(read[0]) else read[0]
        return value if day is None else pd.Timestamp(day).date().isoformat()
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)) or None


def _request(
    batch: ImportBatch,
    submission: Submission,
    ledger: _Ledger,
    leads: pd.DataFrame,
    known: Known,
    copied: dict[int, str],
    row: Row,
) -> list[Row]:
    """The request a row makes, with its number: that of its later copy, where there is one. Raises RowReturned."""
    number, unit, matter = row["number"], submission.form.header["unit"], Matter(row["matter"])
    leads_then = leads[leads["lead"].isin(known.states.index)]
    lead = known_lead(leads_then, number)
    given = names.customer_key(pd.Series([row["customer"]]))[0]
    if given != leads.at[number, "name_key"]:
        raise returned("other_customer", Message.of("other_customer", number=number), "customer")
    other = None
    if matter in LEAD_NAMED and row["value"]:
        other = known_lead(leads_then, row["value"], "value")
    try:
        immediate, value = RULES[matter](unit, row["value"], lead, other, known)
    except Refused as no:
        raise returned(
            no.code, Message.of(no.key, number=number, matter=matter.value, **no.fields), no.column
        ) from None
    key, same = (lead, matter.value, value, unit), copied.get(int(row["row"]))
    if not same:
        ledger.count += 1
    name = same or request_number(submission.received_at, ledger.count)
    if key in ledger.open and not same:
        message = Message.of("already_requested", number=ledger.open[key])
        note_unchanged(submission, row, "already_requested", message, "number", None)
        ledger.again.append(row["row"])  # it stands where the earlier one is taken back
    elif not immediate:
        ledger.open[key] = name
        submission.add_finding(
            "change_asked",
            Message.of("change_asked", number=name, matter=matter.value),
            row=row["row"],
            column="matter",
            severity=Severity.NOTE,
        )
    return [
        {
            "number": name,
            "lead": lead,
            "matter": matter.value,
            "value": value,
            "unit": unit,
            "reason": row["reason"],
            "at_once": immediate,
        }
    ]
