"""A regulation's numbers and readings as dated data, read from its YAML file.

A later edition is one more entry under ``editions`` with the numbers (and readings) it changes and the day it takes
effect; nothing before that day changes.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, both
from workbench.core.yaml_texts import plain_values
from workbench.platform.regulation.spec import EditionSpec, RegulationSpec

Value = int | str | Fraction | list[Any] | None
RATE_UNITS = ("%", "百分点")
UNKNOWN = object()


@dataclass(frozen=True)
class Dated:
    """A value from a day on."""

    since: date
    value: Any
    edition: int


@dataclass(frozen=True)
class Parameter:
    """One number of a regulation (or of ``ours``): clause, unit, and its values in order of effect.

    ``choices``: the words it may consist of, where it consists of words; empty where any will do.
    """

    name: str
    clause: str
    title: str
    unit: str
    source: str
    values: tuple[Dated, ...]
    ours: bool = False
    choices: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether a verdict or an amount may rest on it; beyond a ``doubtful_…`` number something is only pointed out."""
        return not self.name.startswith("doubtful_")

    @property
    def title_words(self) -> Bilingual:
        """Its title in both languages; in Chinese where no catalogue has its English."""
        return both("parameter", self.title)


@dataclass(frozen=True)
class Reading:
    """A question the source leaves open and the answer taken.

    ``key`` is None where nothing can be chosen; ``standard`` is the value its file gives it, ``alternatives`` maps each
    other value it may take to its wording. ``before`` is the value with its wording that held until the reading was
    added or corrected, ``formerly`` maps (key, value) it was kept under earlier to what that means now,
    ``retired`` the values among these that are no longer offered to their wording.
    """

    id: str
    question: str
    clause: str
    chosen: str
    key: str | None = None
    alternatives: Mapping[Any, str] = field(default_factory=dict)
    values: tuple[Dated, ...] = ()
    standard: Any = None
    before: tuple[Any, str] | None = None
    formerly: Mapping[tuple[str, Any], Any] = field(default_factory=dict)
    retired: Mapping[Any, str] = field(default_factory=dict)

    def settled_value(self, kept: Mapping[str, Any]) -> Any:
        """The value of the key by the readings (key → value) an approval kept; UNKNOWN where they tell nothing of it."""
        if self.key is not None and self.key in kept:
            return kept[self.key]
        for (key, value), meaning in self.formerly.items():
            if key in kept and type(kept[key]) is type(value) and kept[key] == value:
                return meaning
        return self.before[0] if self.before else UNKNOWN

    @property
    def question_words(self) -> Bilingual:
        """The question in both languages; in Chinese where no catalogue has its English."""
        return both("reading", self.question)

    def words_of(self, value: Any) -> Bilingual:
        """``text_of`` in both languages; in Chinese where no catalogue has its English."""
        return answer_words(self.text_of(value), self.key, value)

    def value_on(self, on: date | None) -> Any:
        """The value of the key on a day; the newest without one. None when there is no key."""
        return _dated(self.values, on, self.id).value if self.values else None

    def text_on(self, on: date | None) -> str:
        """The wording of the answer in force on a day."""
        return self.text_of(self.value_on(on))

    def text_of(self, value: Any) -> str:
        """The wording of the answer that a value of the key stands for."""
        offered = [*self.alternatives.items(), *self.retired.items(), *([self.before] if self.before else [])]
        for other, text in offered:
            if type(other) is type(value) and other == value:
                return text
        if self.key and value != self.standard:
            return f"{self.chosen}（{self.key} = {value}）"
        return self.chosen


def answer_words(text: str, key: str | None, value: Any) -> Bilingual:
    """The wording of an answer in both languages; one for a value that is not offered names key and value."""
    bare = text.removesuffix(f"（{key} = {value}）")
    words = both("reading", bare)
    return words if bare == text else Bilingual(text, f"{words.en} ({key} = {value})")


def readings_in(rows: Iterable[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Rows of ``Policy.readings_on`` with their questions and answers in a language."""
    return [
        {
            **row,
            "question": getattr(both("reading", row["question"]), lang),
            "chosen": getattr(answer_words(row["chosen"], row["key"], row["value"]), lang),
        }
        for row in rows
    ]


@dataclass(frozen=True)
class Late:
    """An edition entered when a time it speaks of was settled already: the day it states, and since when it applies."""

    edition: int
    stated: date
    since: date


@dataclass(frozen=True)
class Regulation:
    """One document with all its editions and the readings taken; ``late``: see ``settled_terms``."""

    document: str
    editions: tuple[EditionSpec, ...]
    parameters: Mapping[str, Parameter]
    readings: Mapping[str, Reading]
    late: tuple[Late, ...] = ()

    def value(self, name: str, on: date) -> Any:
        """The value of parameter ``name`` on a day; rates are Fractions; None where repealed.

        Raises WrongUse for a day before the first edition.
        """
        return self.dated(name, on).value

    def dated(self, name: str, on: date) -> Dated:
        """The value of parameter ``name`` on a day with its edition and day of effect. Raises as ``value``."""
        return _dated(self._parameter(name).values, on, name)

    def values(self, name: str, days: pd.Series, repealed: int = 0) -> np.ndarray:
        """The whole-number parameter on each day (int64); ``repealed`` stands in where there is none.

        Missing days, and days before the first edition, get the first value.
        """
        dated = self._parameter(name).values
        numbers: np.ndarray = np.array(
            [repealed if each.value is None else each.value for each in dated], dtype="int64"
        )
        return np.asarray(numbers[_places(dated, days)])

    def includes(self, name: str, word: str, days: pd.Series) -> np.ndarray:
        """Whether the list ``name`` holds a word on each day (bool); missing days get the first list."""
        dated = self._parameter(name).values
        found: np.ndarray = np.array([word in (each.value or ()) for each in dated], dtype=bool)
        return np.asarray(found[_places(dated, days)])

    def choices(self, name: str, days: pd.Series) -> np.ndarray:
        """The parameter or reading ``name`` on each day, of any type (object); missing days get the first value."""
        known = self.parameters.get(name)
        dated = known.values if known else self._reading(name).values
        found = np.empty(len(dated), dtype=object)
        found[:] = [each.value for each in dated]
        return np.asarray(found[_places(dated, days)])

    def edition_on(self, on: date) -> str:
        """The edition in force on a day, as ``DKHW080004/4``."""
        dated = tuple(Dated(e.since, e.edition, e.edition) for e in self.editions)
        return f"{self.document}/{_dated(dated, on, self.document).value}"

    def reading(self, key: str, on: date | None = None) -> Any:
        """The value taken for a reading's key (e.g. ``overdue_unit``) on a day; the newest without one."""
        return self._reading(key).value_on(on)

    def readings_on(self, on: date) -> list[dict[str, Any]]:
        """All readings as printed in a settlement: id, clause, question, chosen, key, value."""
        return [
            {
                "id": reading.id,
                "clause": reading.clause,
                "question": reading.question,
                "chosen": reading.text_on(on),
                "key": reading.key,
                "value": reading.value_on(on),
            }
            for reading in self.readings.values()
        ]

    def with_readings(self, since: date | None = None, /, **overrides: Any) -> Regulation:
        """The regulation with other values for some readings, for all dates or from ``since`` on.

        Raises WrongUse for unknown readings and values they cannot take.
        """
        readings = dict(self.readings)
        for key, value in overrides.items():
            reading = self._reading(key)
            check_reading(reading, value)
            values = reading.values if since else reading.values[:1]
            readings[reading.id] = replace(reading, values=_instead(values, since, value))
        return replace(self, readings=readings)

    def as_settled(self, kept: Mapping[str, Any]) -> Regulation:
        """The regulation with the readings (key → value) a quarter was settled under, also values no longer offered."""
        readings = dict(self.readings)
        for name, reading in self.readings.items():
            if reading.key and (value := reading.settled_value(kept)) is not UNKNOWN:
                readings[name] = replace(reading, values=(replace(reading.values[0], value=value),))
        return replace(self, readings=readings)

    def with_parameters(self, since: date | None = None, /, **overrides: Value) -> Regulation:
        """The regulation with other values for some parameters, for all dates or from ``since`` on; None repeals.

        Values are those ``value`` gives (rates as Fractions); ``trial`` reads them from text.
        Raises WrongUse for unknown ones.
        """
        parameters = dict(self.parameters)
        for name, value in overrides.items():
            parameter = self._parameter(name)
            values = _instead(parameter.values, since, value)
            parameters[name] = replace(parameter, values=values if since else values[-1:])
        return replace(self, parameters=parameters)

    def with_edition(self, edition: Mapping[str, Any] | EditionSpec) -> Regulation:
        """The regulation with a further edition: ``edition``, ``from``, and the parameters and readings it changes."""
        spec = edition if isinstance(edition, EditionSpec) else EditionSpec(**edition)
        if spec.since <= self.editions[-1].since:
            raise WrongUse("edition_order", edition=spec.edition, before=self.editions[-1].edition)
        parameters, readings = dict(self.parameters), dict(self.readings)
        for name, raw in spec.parameters.items():
            parameter = self._parameter(name)
            value = Dated(spec.since, _typed(raw, parameter.unit), spec.edition)
            parameters[name] = replace(parameter, values=(*parameter.values, value))
        for key, raw in spec.readings.items():
            reading = self._reading(key)
            check_reading(reading, raw)
            value = Dated(spec.since, raw, spec.edition)
            readings[reading.id] = replace(reading, values=(*reading.values, value))
        return replace(self, editions=(*self.editions, spec), parameters=parameters, readings=readings)

    def _parameter(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise WrongUse("unknown_parameter", name=name)
        return self.parameters[name]

    def _reading(self, key: str) -> Reading:
        for reading in self.readings.values():
            if reading.key == key:
                return reading
        raise WrongUse("unknown_reading", reading=key)


def _dated(values: tuple[Dated, ...], on: date | None, name: str) -> Dated:
    if on is None:
        return values[-1]
    day = on.date() if isinstance(on, datetime) else on
    place = bisect.bisect_right([dated.since for dated in values], day) - 1
    if place < 0:
        raise WrongUse("before_policy", day=day, since=values[0].since, name=name)
    return values[place]


def _places(dated: tuple[Dated, ...], days: pd.Series) -> np.ndarray:
    """Which of the dated values is in force on each day; the first for missing days and days before it."""
    if len(dated) == 1:
        return np.zeros(len(days), dtype="int64")
    since = np.array([each.since for each in dated], dtype="datetime64[D]")
    places = np.searchsorted(since, days.to_numpy().astype("datetime64[D]"), side="right") - 1
    return np.where(days.isna().to_numpy(), 0, np.clip(places, 0, None))


def _instead(values: tuple[Dated, ...], since: date | None, value: Any) -> tuple[Dated, ...]:
    """The dated values with another one from ``since`` on (None: from the beginning)."""
    since = max(since or values[0].since, values[0].since)
    before = tuple(dated for dated in values if dated.since <= since)
    return (*before, Dated(since, value, before[-1].edition))


def _typed(raw: Any, unit: str) -> Any:
    if raw is None:
        return None
    if unit in RATE_UNITS:
        return Fraction(str(raw)) / 100
    return raw


def check_reading(reading: Reading, value: Any) -> None:
    """Refuse a value that a reading cannot take. Raises WrongUse ``bad_reading``."""
    allowed = [reading.standard, *reading.alternatives]
    if isinstance(allowed[0], int) and not isinstance(allowed[0], bool):
        right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    else:
        right = any(type(value) is type(choice) and value == choice for choice in allowed)
    if not right:
        choices = [str(choice) for choice in allowed]
        raise WrongUse("bad_reading", reading=reading.key, value=value, choices=choices)


def build_regulation(document: Mapping[str, Any]) -> Regulation:
    """The regulation described by the parsed YAML; raises pydantic's ValidationError when it is malformed."""
    spec = RegulationSpec(**document)
    first, *later = sorted(spec.editions, key=lambda edition: edition.since)

    def dated(value: Any) -> tuple[Dated, ...]:
        return (Dated(first.since, value, first.edition),)

    parameters = {
        each.name: Parameter(
            each.name,
            each.clause,
            each.title,
            each.unit,
            each.source,
            dated(_typed(each.value, each.unit)),
            each.ours,
            tuple(each.choices),
        )
        for each in spec.parameters
    }
    readings = {
        each.id: Reading(
            each.id,
            each.question,
            each.clause,
            each.chosen,
            each.key,
            {other.value: other.text for other in each.alternatives},
            dated(each.value) if each.key else (),
            each.value,
            (each.before.value, each.before.text) if each.before else None,
            {(former.key, former.kept): former.value for former in each.formerly},
            {former.value: former.text for former in each.formerly if former.text},
        )
        for each in spec.readings
    }
    regulation = Regulation(spec.document, (first,), parameters, readings)
    for edition in later:
        regulation = regulation.with_edition(edition)
    return regulation


@lru_cache(maxsize=32)
def read_regulation(path: Path) -> Regulation:
    """The regulation of a YAML file."""
    return build_regulation(plain_values(path.read_bytes()))
