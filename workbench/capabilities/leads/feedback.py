"""T5 大客户信息甄别反馈表: the sections' verdicts come back (6.3, 7.3.1, 7.3.2a)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from workbench.capabilities.leads.change_rules import taken_by
from workbench.capabilities.leads.lead_states import (
    joined_customers,
    known_lead,
    leads_by_number,
    refresh_stored,
    states_at_receipt,
)
from workbench.capabilities.leads.own_acts import require_anothers_word
from workbench.capabilities.leads.status import Status, Verification
from workbench.capabilities.leads.terms import answers_of, handed_to
from workbench.capabilities.organization.directory import all_units, unit_of
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.organization.people import known_people
from workbench.capabilities.organization.successions import successors_on
from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import customer_key
from workbench.platform.intake.rows import Row, newest_values, store_rows, values
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission, returned
from workbench.platform.register.facts import load_facts

READ_BACK = ["verdict", "reason", "expires_on", "person"]
# why a row does not fit what is known, which files received before it may mend
WAITS_FOR = frozenset({"unknown_number", "not_dispatched", "other_section", "customer_differs", "customer_taken"})


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Only a listed section answers, and a verifier brings in his own section's answers. Raises FileRefused."""
    unit = unit_of(batch, submission, "section")
    if unit["kind"] != UnitKind.SECTION:
        cell = submission.form.header_cells.get("section")
        raise FileRefused(
            "not_a_section", name=unit["name"], file=submission.form.file, sheet=submission.form.sheet, cell=cell
        )
    own = None if batch.session.sole else batch.session.section
    if own is not None and submission.form.header["section"] != own:
        cell = submission.form.header_cells.get("section")
        raise FileRefused(
            "not_your_section", own=own, file=submission.form.file, sheet=submission.form.sheet, cell=cell
        )


def sequence_key(submission: Submission) -> str:
    """A section's answers are taken in one after another."""
    return submission.form.header["section"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store verdicts on leads dispatched to the section; one that says nothing new changes nothing, in any order (D4).

    A lead that stands twice in a file, and one named with another customer, are returned: the lead stays open (6.3).
    """
    for submission in submissions:
        _accept(batch, submission)


def _accept(batch: ImportBatch, submission: Submission) -> None:
    rows, section = submission.open_rows(), submission.form.header["section"]
    leads = leads_by_number(batch, rows["number"])
    ids = leads["lead"].tolist()
    handed = handed_to(load_facts(batch.register, ids, taken_back=False), submission.received_at)
    answered = _answered(batch, ids, submission.received_at)
    newest = newest_values(batch, "feedback", ["lead"], READ_BACK, {"lead": ids}, submission.received_at)
    named = customer_key(rows["customer"]).to_dict()
    customers = dict(zip(rows["row"], map(named.get, rows.index)))
    every = submission.rows["number"].dropna()  # those that are returned for their form contradict the others too
    repeated = set(every[every.duplicated(keep=False)])
    people = known_people(batch)
    alone: list[int] = []
    taken = _taken(batch, submission, sorted(answered))
    expiry_days = int(batch.session.policy.value("doubtful_expiry_days", submission.received_at.date()))

    def examine(row: Row) -> list[Row]:
        lead = _dispatched(batch, submission, row, leads, handed)
        if row["number"] in repeated:
            raise returned("answered_twice", Message.of("answered_twice", number=row["number"]), "number", "6.3")
        if customers[row["row"]] not in (None, leads.at[row["number"], "name_key"]):
            raise returned("customer_differs", Message.of("customer_differs", number=row["number"]), "customer", "6.3")
        if row["verdict"] == Verification.NOT_OURS and lead in answered:
            message = Message.of("answered_already", number=row["number"])
            raise returned("answered_already", message, "verdict", "6.3")
        if row["verdict"] == Verification.VALID and lead in taken and pd.notna(row["expires_on"]):
            raise returned("customer_taken", Message.of("customer_taken", number=row["number"]), "expires_on", "6.3")
        _check_dates(submission, row, expiry_days)
        if row["person"] and not people.may_be_named(row["person"], section, submission.received_at.date()):
            submission.add_finding(
                "not_on_the_list",
                Message.of("not_on_the_list", person=row["person"], section=section),
                row=row["row"],
                column="person",
                clause="6.3",
                severity=Severity.WARNING,
            )
        answer = values(row, READ_BACK)
        kept = {"lead": lead, "section": section, **answer, "remark": row["remark"]}
        if newest.get((lead,)) == answer:
            alone.append(row["row"])
            return [kept]
        newest[lead,] = answer
        if row["verdict"] == Verification.VALID and answer["expires_on"] is None:
            submission.add_finding(
                "no_expiry_date",
                Message.of("no_expiry_date"),
                row=row["row"],
                column="expires_on",
                clause="7.3.2a",
            )
        return [kept]

    store_rows(batch, submission, "feedback", rows, examine)
    submission.decide(RowVerdict.UNCHANGED, alone)


def _taken(batch: ImportBatch, submission: Submission, leads: list[int]) -> set[int]:
    """Expired leads whose customer has another living lead by now: a later date would take it back (D32)."""
    if not leads:
        return set()
    states = states_at_receipt(batch, [submission], leads)[submission.received_at]
    expired = states.index[(states["status"] == Status.EXPIRED) & states.index.isin(leads)]
    if expired.empty:
        return set()
    joined = joined_customers(batch.session, leads, submission.received_at)
    return {int(lead) for lead in expired if taken_by(int(lead), states, joined) is not None}


def _answered(batch: ImportBatch, leads: list[int], at: datetime) -> set[int]:
    """The leads that a section answered for by then: they can be handed over by a request (T20), not handed back."""
    rows = batch.register.read("feedback", ["lead", "verdict", "at"], where={"lead": leads})
    return set(answers_of(rows[rows["at"] <= at])["lead"])


def on_accept(batch: ImportBatch, submissions: list[Submission], stored: Mapping[str, pd.DataFrame]) -> None:
    """Derive the statuses of the answered leads; note answers after the second working day (7.3.1)."""
    if "feedback" not in stored:
        return
    rows, by_document = stored["feedback"], {submission.document: submission for submission in submissions}
    verdicts = [
        by_document[document].verdicts[row] for document, row in zip(rows["document"], rows["row"], strict=True)
    ]
    rows = rows[[verdict is RowVerdict.ACCEPTED for verdict in verdicts]]
    states = refresh_stored(batch, submissions, rows)
    own = rows[~rows["document"].isin([submission.document for submission in submissions if submission.again])]
    _not_in_time_by_ones_own_word(batch, states.reindex(own["lead"]), own["at"])
    for lead, document in dict(zip(rows["lead"], rows["document"], strict=True)).items():
        state = states.loc[lead]
        if state["late"]:
            said = Message.of("late_feedback", number=state["number"], due_on=state["due_on"])
            by_document[document].add_remark("late_feedback", said, clause="7.3.1", number=state["number"])


def _not_in_time_by_ones_own_word(batch: ImportBatch, states: pd.DataFrame, received: pd.Series) -> None:
    """A verifier's first answer is not in time by a time behind the clock (7.3.1). Raises WrongUse."""
    first = (states["answered_at"].to_numpy() == pd.to_datetime(received).to_numpy()) & states[
        "due_on"
    ].notna().to_numpy()
    for due_on, at in zip(states.loc[first, "due_on"], states.loc[first, "answered_at"], strict=True):
        require_anothers_word(batch.session, "verifier", "clerk", "answer", at, due_on.date())


def _dispatched(batch: ImportBatch, submission: Submission, row: Row, leads: pd.DataFrame, handed: pd.DataFrame) -> int:
    """The lead a row answers. Raises RowReturned where it was not handed to this section."""
    number = row["number"]
    lead = known_lead(leads, number)
    if lead not in handed.index:
        raise returned("not_dispatched", Message.of("not_dispatched", number=number), "number", "6.2")
    section, has = submission.form.header["section"], handed.at[lead, "section"]
    if has != section and successors_on(all_units(batch.register), submission.received_at.date()).get(section) != has:
        raise returned("other_section", Message.of("other_section", number=number), "number", "6.3")
    if handed.at[lead, "at"] > submission.received_at:
        submission.add_finding(
            "before_dispatch",
            Message.of("before_dispatch", number=number),
            row=row["row"],
            column="number",
            clause="6.3",
            severity=Severity.WARNING,
        )
    return lead


def _check_dates(submission: Submission, row: Row, days: int) -> None:
    """The expiry date can be right: not before the day of the answer (6.3); more than ``days`` after it it deserves a look.

    Raises RowReturned.
    """
    expires = row["expires_on"]
    if row["verdict"] == Verification.VALID and pd.notna(expires) and expires.date() < submission.received_at.date():
        raise returned("expired_already", Message.of("expired_already"), "expires_on", "6.3")
    if pd.notna(expires) and (expires.date() - submission.received_at.date()).days > days:
        submission.add_finding(
            "doubtful_expiry",
            Message.of("doubtful_expiry", expires_on=expires.date()),
            row=row["row"],
            column="expires_on",
            clause="6.3",
            severity=Severity.WARNING,
        )
    if row["verdict"] == Verification.INVALID and not row["reason"]:
        submission.add_finding(
            "no_reason",
            Message.of("no_reason/of_invalid"),
            row=row["row"],
            column="reason",
            clause="6.3",
            severity=Severity.WARNING,
        )
