"""T16 培训与保密协议登记表: trainings of staff, agreements of staff and of partners (客户信息管理制度 三2, 三3)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd

from workbench.capabilities.organization.directory import known_units
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.organization.people import People, known_people
from workbench.capabilities.training.rules import OF_PARTNERS, OF_PERSONS, OF_STAFF, RecordKind
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.platform.access.users import people as users
from workbench.platform.intake.rows import Row, newest_values, note_unchanged, store_rows, values
from workbench.platform.intake.submission import ImportBatch, Submission, returned

COLUMNS = ("kind", "name", "unit", "account", "partner", "subject", "held_on", "valid_until", "document", "remark")
KEY = ["kind", "who", "unit", "held_on"]
TOLD = ["account", "subject", "valid_until", "number", "remark"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store trainings and agreements; one that comes again with another content is a later word on it."""
    accounts = set(users(batch.session)["user"])
    for submission in submissions:
        known = newest_values(batch, "training_record", KEY, TOLD, {}, submission.received_at)
        examine = partial(_record, batch, submission, known, accounts, {})
        store_rows(batch, submission, "training_record", submission.open_rows(), examine)


def _record(
    batch: ImportBatch,
    submission: Submission,
    known: dict[tuple[Any, ...], Row],
    accounts: set[str],
    here: dict[tuple[Any, ...], int],
    row: Row,
) -> list[Row]:
    """The record a row tells of. Raises RowReturned."""
    of_person = row["kind"] in OF_PERSONS
    clause = OF_STAFF if of_person else OF_PARTNERS
    who = _person(batch, row) if of_person else _partner(batch, row)
    _days(submission.received_at, row, clause)
    if row["kind"] != RecordKind.TRAINING and row["document"] is None:
        raise returned("no_agreement_number", Message("no_agreement_number/training"), "document", clause)
    record = {"kind": row["kind"], "who": who, "unit": row["unit"] or "", "held_on": row["held_on"]}
    key = tuple(record.values())
    if key in here:
        raise returned("training_twice", Message.of("training_twice", row=here[key]), "kind", clause)
    here[key] = int(row["row"])
    if of_person and row["account"] == batch.session.user and not batch.session.sole:
        raise returned("own_training", Message("own_training"), "account", clause)
    said = {**values(row, ("account", "subject", "valid_until", "remark")), "number": row["document"]}
    if known.get(key) == said:
        text = Message("already_registered/training")
        return note_unchanged(submission, row, "already_registered", text, "kind", clause)
    known[key] = said
    if of_person:
        _note_strangers(submission, row, accounts, known_people(batch))
    return [{**record, **said}]


def _person(batch: ImportBatch, row: Row) -> str:
    """Whose training or agreement it is. Raises RowReturned."""
    if row["name"] is None:
        raise returned("no_name", Message("no_name/training"), "name", OF_STAFF)
    if row["unit"] is None:
        raise returned("no_unit", Message("no_unit/training"), "unit", OF_STAFF)
    if row["unit"] not in known_units(batch).index:
        raise returned("unknown_unit", Message.of("unknown_unit/training", code=row["unit"]), "unit", OF_STAFF)
    return person_name(row["name"])


def _partner(batch: ImportBatch, row: Row) -> str:
    """Which partner is bound: the name of a dealer of the directory, or the one that is written. Raises RowReturned."""
    if row["account"] is not None:
        raise returned("account_of_partner", Message("account_of_partner"), "account", OF_PARTNERS)
    if row["subject"] is None:
        raise returned("no_scope", Message("no_scope/training"), "subject", OF_PARTNERS)
    if row["unit"] is None:
        if row["partner"] is None:
            raise returned("no_partner", Message("no_partner"), "unit", OF_PARTNERS)
        return str(row["partner"])
    units = known_units(batch)
    if row["unit"] not in units.index:
        raise returned("unknown_unit", Message.of("unknown_unit/training", code=row["unit"]), "unit", OF_PARTNERS)
    if units.at[row["unit"], "kind"] != UnitKind.DEALER:
        raise returned("partner_is_ours", Message.of("partner_is_ours", code=row["unit"]), "unit", OF_PARTNERS)
    return str(units.at[row["unit"], "name"])


def _days(received_at: datetime, row: Row, clause: str) -> None:
    if row["held_on"] > pd.Timestamp(received_at.date()):
        raise returned("in_the_future", Message("in_the_future/training"), "held_on", clause)
    if row["valid_until"] is not None and row["valid_until"] < row["held_on"]:
        raise returned("ends_before_it_begins", Message("ends_before_it_begins/training"), "valid_until", clause)


def _note_strangers(submission: Submission, row: Row, accounts: set[str], people: People) -> None:
    """A user name nobody has, and a person the list of people (T21) does not have in that unit, are said."""
    if row["account"] is not None and row["account"] not in accounts:
        text = Message.of("unknown_account", account=row["account"])
        _warn(submission, row, "unknown_account", text, "account")
    if not people.may_be_named(row["name"], row["unit"], row["held_on"].date()):
        text = Message.of("not_listed_then", unit=row["unit"], day=row["held_on"].date())
        _warn(submission, row, "not_listed_then", text, "name")


def _warn(submission: Submission, row: Row, code: str, text: Message, column: str) -> None:
    submission.add_finding(code, text, row=int(row["row"]), column=column, clause=OF_STAFF, severity=Severity.WARNING)


def newest_records(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest word on each training and agreement, by day; columns of ``training_record``, index 0 …"""
    newest = rows.sort_values("at", kind="stable").drop_duplicates(KEY, keep="last")
    return newest.sort_values(["held_on", "who", "kind"], kind="stable", ignore_index=True)
