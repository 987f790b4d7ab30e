"""What a settled amount rests on, as typed records that are kept with the line and read back as they were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, Self, Union, get_args, get_origin, get_type_hints

import pandas as pd

from workbench.core.plain import plain
from workbench.platform.register.facts import shown_file


def optional() -> Any:
    """A field that is left out of the JSON where it has no value."""
    return field(default=None, metadata={"optional": True})


def placed(after: str) -> Any:
    """A field whose place in the JSON is after another one's."""
    return field(metadata={"after": after})


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record with a JSON form: fields in order, nested records as mappings, dates and rates as text."""

    def as_json(self) -> dict[str, Any]:
        """The record as the JSON contract shows it."""
        values = ((name, getattr(self, name), left_out) for name, _, left_out in _schema(type(self)))
        return {name: _plain(value) for name, value, left_out in values if not (left_out and value is None)}

    @classmethod
    def of_fields(cls, **fields: Any) -> Self:
        """One record of very many: as by calling the class, at a quarter of the time, for nothing is looked at on the way.

        Fields that are left out have their default.
        """
        record = object.__new__(cls)
        object.__setattr__(record, "__dict__", fields)
        return record

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """The record of a JSON form; what an earlier version did not keep is None."""
        return cls(**{name: _typed(kept.get(name), hint) for name, hint, _ in _schema(cls)})


@dataclass(frozen=True, kw_only=True)
class Source(Record):
    """The row of a received file that decides."""

    file: str | None
    row: int | None

    @classmethod
    def of(cls, file: Any, row: Any = None) -> Source:
        """The row, from the values of a frame."""
        return cls(file=plain(file), row=plain(row))


@dataclass(frozen=True, kw_only=True)
class CellSource(Record):
    """The cell of a received file that decides."""

    file: str | None
    cell: str | None


@dataclass(frozen=True, kw_only=True)
class Inputs(Record):
    """What a line rests on. Of an amount ruled on appeal also the ``appeal`` and the yuan ``computed`` without it.

    ``kept``: the JSON form this was read from. It is given back as it stands, because an approved line is signed.
    """

    appeal: str | None = optional()
    computed: int | None = optional()
    kept: Mapping[str, Any] | None = field(default=None, repr=False, compare=False, metadata={"internal": True})

    def as_json(self) -> dict[str, Any]:
        """The record as the JSON contract shows it."""
        return _shown(self.kept) if self.kept is not None else super().as_json()

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """The record of a line that the register keeps."""
        values = {name: _typed(kept.get(name), hint) for name, hint, _ in _schema(cls)}
        return cls(**values, kept=kept)


def _schema(cls: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type and whether it may be left out, of each field of a record: its own first, inherited ones after."""
    return _fields_of(cls)


@cache
def _fields_of(cls: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(cls)
    known = [each for each in fields(cls) if "internal" not in each.metadata]
    inherited = {each.name for each in fields(Inputs)} if issubclass(cls, Inputs) and cls is not Inputs else set()
    known.sort(key=lambda each: each.name in inherited)
    for each in [each for each in known if "after" in each.metadata]:
        known.remove(each)
        known.insert([other.name for other in known].index(each.metadata["after"]) + 1, each)
    return tuple((each.name, _without_none(hints[each.name]), "optional" in each.metadata) for each in known)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (UnionType, Union):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.as_json()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return (
        {key: _plain(each) for key, each in value.items()} if isinstance(value, Mapping) else shown_file(plain(value))
    )


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _shown(each) for key, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list) else shown_file(value)


def _typed(value: Any, hint: Any) -> Any:
    """A JSON value in the type a field declares."""
    if value is None:
        return None
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint.read(value)
    if get_origin(hint) is tuple:
        return tuple(_typed(each, get_args(hint)[0]) for each in value)
    if hint is Fraction:
        return Fraction(value.removesuffix("%")) / 100 if value.endswith("%") else Fraction(value)
    return hint.fromisoformat(value) if hint in (date, datetime) else value


def moments(times: pd.Series) -> list[datetime | None]:
    """``moment`` of each time of a column."""
    return times.to_numpy().astype("datetime64[s]").tolist()


def days_of(times: pd.Series) -> list[date | None]:
    """The date of each time of a column; None where there is none."""
    return times.to_numpy().astype("datetime64[D]").tolist()


def moment(time: Any) -> Any:
    """A time of a frame as a datetime to the second, as lines keep it; None where there is none."""
    return None if pd.isna(time) else time.to_pydatetime().replace(microsecond=0)
