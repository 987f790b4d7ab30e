"""T21 人员名录: the people of units, with the days they belong to them (D23, D45)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import pandas as pd

from workbench.capabilities.organization.directory import known_units, units_on
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.platform.intake.rows import Row, newest_values, store_rows, values
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission, returned
from workbench.platform.register.facts import Read, without_repeats
from workbench.platform.register.store import Register

KEPT = ["post", "ends_on"]
KEY = ["name", "unit", "starts_on"]


class Post(StrEnum):
    """What a person does."""

    IN_CHARGE = "项目责任人"
    ACCOUNT_MANAGER = "客户经理"
    LEADER = "分管领导"
    FILES = "档案管理员"
    CUSTODIAN = "信息管理员"
    OTHER = "其他"


class People:
    """Who belongs to a unit on a day, by the newest word on each person, unit and first day."""

    def __init__(self, rows: pd.DataFrame) -> None:
        newest = rows.sort_values("at", kind="stable").drop_duplicates(KEY, keep="last")
        self._stays: dict[str, list[tuple[str, date, date, str | None]]] = {}
        for name, unit, post, first, last in zip(
            newest["name"], newest["unit"], newest["post"], newest["starts_on"], newest["ends_on"], strict=True
        ):
            until = date.max if pd.isna(last) else last.date()
            self._stays.setdefault(unit, []).append((person_name(name), first.date(), until, post))

    @classmethod
    def of(cls, register: Register) -> People:
        """Everybody the register knows now."""
        return cls(register.read("person", [*KEY, *KEPT, "at"]))

    def on(self, unit: str, day: date, post: Post | None = None) -> set[str]:
        """Who belongs to a unit on a day, with a certain post where one is asked for."""
        return {
            name for name, first, last, own in self._stays.get(unit, []) if first <= day <= last and post in (None, own)
        }

    def may_be_named(self, name: str, unit: str, day: date) -> bool:
        """Whether a person can be named for a unit on a day: anybody where the unit has nobody on the list."""
        return unit not in self._stays or person_name(name) in self.on(unit, day)

    def units_of(self, name: str) -> set[str]:
        """The units a person ever belonged to."""
        wanted = person_name(name)
        return {unit for unit, stays in self._stays.items() if wanted in {stay[0] for stay in stays}}


def leaders_on(units: pd.DataFrame, people: pd.DataFrame, day: date) -> dict[str, list[str]]:
    """The deputies in charge of each unit at the end of a day: those on the list of people (T21), else the one of T6.

    ``units`` and ``people`` are all their versions; a unit without any has an empty list.
    """
    listed, known = People(people), units_on(units, day)
    found = {}
    for code, leader in zip(known["code"], known["leader"], strict=True):
        deputies = sorted(listed.on(code, day, Post.LEADER))
        found[code] = deputies or ([leader] if leader else [])
    return found


def known_people(batch: ImportBatch) -> People:
    """The list of people as an import sees it, its own earlier files included."""
    found: People = batch.once("person", People.of)
    return found


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new and changed people; the same person, unit and first day again is the newer word on it."""
    for submission in submissions:
        _accept(batch, submission)


def _accept(batch: ImportBatch, submission: Submission) -> None:
    units = known_units(batch)
    newest = newest_values(batch, "person", KEY, KEPT, {}, submission.received_at)
    same: list[int] = []

    def examine(row: Row) -> list[Row]:
        if row["unit"] not in units.index:
            raise returned("unknown_unit", Message.of("unknown_unit/people", code=row["unit"]), "unit")
        if pd.notna(row["ends_on"]) and row["ends_on"] < row["starts_on"]:
            raise returned("ends_before_it_begins", Message.of("ends_before_it_begins"), "ends_on")
        person = {"name": person_name(row["name"]), "unit": row["unit"], "starts_on": row["starts_on"]}
        stay = values(row, KEPT)
        if newest.get(tuple(person.values())) == stay:
            same.append(row["row"])
        newest[tuple(person.values())] = stay
        return [{**person, **stay}]

    store_rows(batch, submission, "person", submission.open_rows(), examine)
    submission.decide(RowVerdict.UNCHANGED, same)


def with_new_words(people: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The list of people without rows that say nothing new."""
    return without_repeats(people, KEY, KEPT)
