"""The regulation's numbers and readings as dated data.

``load_policy`` reads ``dkhw080004.yaml``. A later edition is one more entry under
``editions`` with the numbers (and readings) it changes and the day it takes effect;
nothing before that day changes.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from workbench.core.calendar import WorkingCalendar, standard
from workbench.core.errors import WrongUse

Value = int | str | Fraction | list | None
POLICY_FILE = Path(__file__).parents[2] / "capabilities" / "regulations" / "dkhw080004.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one where PyYAML was built with it
RATE_UNITS = ("%", "百分点")


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class ParameterSpec(_Spec):
    """A number of the regulation as the YAML states it; ``ours``: one the program needs and the regulation does not set."""

    name: str
    clause: str
    title: str
    value: int | str | list[int] | list[str] | None
    unit: str
    source: str
    ours: bool = False


class AlternativeSpec(_Spec):
    """Another value a reading may take, and what it means."""

    value: bool | int | str
    text: str


class ReadingSpec(_Spec):
    """How an open question is read (D1, D2 …), with its alternatives."""

    id: str
    clause: str
    question: str
    chosen: str
    key: str | None = None
    value: bool | int | str | None = None
    alternatives: list[AlternativeSpec] = []


class EditionSpec(_Spec):
    """An edition of the regulation, in force from a day on."""

    edition: int
    since: date = Field(alias="from")
    source: str = ""
    parameters: dict[str, int | str | list[int] | list[str] | None] = {}
    readings: dict[str, bool | int | str] = {}


class PolicySpec(_Spec):
    """The whole policy file."""

    document: str
    editions: list[EditionSpec]
    parameters: list[ParameterSpec]
    readings: list[ReadingSpec]


@dataclass(frozen=True)
class Dated:
    """A value from a day on."""

    since: date
    value: Any
    edition: int


@dataclass(frozen=True)
class Parameter:
    """One number of the regulation (or of ``ours``): clause, unit, and its values in order of effect."""

    name: str
    clause: str
    title: str
    unit: str
    source: str
    values: tuple[Dated, ...]
    ours: bool = False


@dataclass(frozen=True)
class Reading:
    """A question the source leaves open and the answer taken.

    ``key`` is None where there is no alternative; ``alternatives`` maps each other
    value of the key to its wording.
    """

    id: str
    question: str
    clause: str
    chosen: str
    key: str | None = None
    alternatives: Mapping[Any, str] = field(default_factory=dict)
    values: tuple[Dated, ...] = ()

    def value_on(self, on: date | None) -> Any:
        """The value of the key on a day; the newest without one. None when there is no key."""
        return _dated(self.values, on, self.id).value if self.values else None

    def text_on(self, on: date | None) -> str:
        """The wording of the answer in force on a day."""
        return self.text_of(self.value_on(on))

    def text_of(self, value: Any) -> str:
        """The wording of the answer that a value of the key stands for."""
        for other, text in self.alternatives.items():
            if type(other) is type(value) and other == value:
                return text
        if self.key and value != self.values[0].value:
            return f"{self.chosen}（{self.key} = {value}）"
        return self.chosen


@dataclass(frozen=True)
class Late:
    """An edition entered when a time it speaks of was settled already: the day it states, and since when it applies."""

    edition: int
    stated: date
    since: date


@dataclass(frozen=True)
class Policy:
    """The regulation with all its editions and the readings taken; ``late`` editions see ``policy.held``."""

    document: str
    editions: tuple[EditionSpec, ...]
    parameters: Mapping[str, Parameter]
    readings: Mapping[str, Reading]
    calendar: WorkingCalendar = field(default_factory=standard)
    late: tuple[Late, ...] = ()

    def value(self, name: str, on: date) -> Value:
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
        numbers = np.array([repealed if d.value is None else d.value for d in dated], dtype="int64")
        since = np.array([d.since for d in dated], dtype="datetime64[D]")
        places = np.searchsorted(since, days.to_numpy().astype("datetime64[D]"), side="right") - 1
        return numbers[np.where(days.isna().to_numpy(), 0, np.clip(places, 0, None))]

    def choices(self, name: str, days: pd.Series) -> np.ndarray:
        """The parameter or reading ``name`` on each day, of any type (object); missing days get the first value."""
        known = self.parameters.get(name)
        dated = known.values if known else self._reading(name).values
        since = np.array([d.since for d in dated], dtype="datetime64[D]")
        found = np.empty(len(dated), dtype=object)
        found[:] = [d.value for d in dated]
        places = np.searchsorted(since, days.to_numpy().astype("datetime64[D]"), side="right") - 1
        return found[np.where(days.isna().to_numpy(), 0, np.clip(places, 0, None))]

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
            {"id": r.id, "clause": r.clause, "question": r.question, "chosen": r.text_on(on),
             "key": r.key, "value": r.value_on(on)}
            for r in self.readings.values()
        ]  # fmt: skip

    def with_readings(self, since: date | None = None, /, **overrides: Any) -> Policy:
        """The policy with other values for some readings, for all dates or from ``since`` on.

        Raises WrongUse for unknown readings and values they cannot take.
        """
        readings = dict(self.readings)
        for key, value in overrides.items():
            reading = self._reading(key)
            _check_reading(reading, value)
            values = reading.values if since else reading.values[:1]  # the first one tells what is another answer
            readings[reading.id] = replace(reading, values=_instead(values, since, value))
        return replace(self, readings=readings)

    def as_settled(self, kept: Mapping[str, Any]) -> Policy:
        """The policy with the readings (key → value) a quarter was settled under, also values no longer offered."""
        readings = {
            name: replace(reading, values=_instead(reading.values[:1], None, kept[reading.key]))
            if reading.key in kept
            else reading
            for name, reading in self.readings.items()
        }
        return replace(self, readings=readings)

    def with_parameters(self, since: date | None = None, /, **overrides: Value) -> Policy:
        """The policy with other values for some parameters, for all dates or from ``since`` on; None repeals.

        Values are those ``value`` gives (rates as Fractions); ``policy.trial`` reads them from text.
        Raises WrongUse for unknown ones.
        """
        parameters = dict(self.parameters)
        for name, value in overrides.items():
            parameter = self._parameter(name)
            values = _instead(parameter.values, since, value)
            parameters[name] = replace(parameter, values=values if since else values[-1:])
        return replace(self, parameters=parameters)

    def with_edition(self, edition: Mapping[str, Any]) -> Policy:
        """The policy with a further edition: ``edition``, ``from``, and the parameters and readings it changes."""
        spec = edition if isinstance(edition, EditionSpec) else EditionSpec(**edition)
        if spec.since <= self.editions[-1].since:
            raise WrongUse("edition_order", edition=spec.edition, edition_2=self.editions[-1].edition)
        parameters, readings = dict(self.parameters), dict(self.readings)
        for name, raw in spec.parameters.items():
            parameter = self._parameter(name)
            value = Dated(spec.since, _typed(raw, parameter.unit), spec.edition)
            parameters[name] = replace(parameter, values=(*parameter.values, value))
        for key, raw in spec.readings.items():
            reading = self._reading(key)
            _check_reading(reading, raw)
            value = Dated(spec.since, raw, spec.edition)
            readings[reading.id] = replace(reading, values=(*reading.values, value))
        return replace(self, editions=(*self.editions, spec), parameters=parameters, readings=readings)

    def with_calendar(self, calendar: WorkingCalendar) -> Policy:
        """The policy with a calendar that knows more years (D15)."""
        return replace(self, calendar=calendar)

    def _parameter(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise WrongUse("unknown_parameter", name=name)
        return self.parameters[name]

    def _reading(self, key: str) -> Reading:
        for reading in self.readings.values():
            if reading.key == key:
                return reading
        raise WrongUse("unknown_reading", key_2=key)


def _dated(values: tuple[Dated, ...], on: date | None, name: str) -> Dated:
    if on is None:
        return values[-1]
    day = on.date() if isinstance(on, datetime) else on
    place = bisect.bisect_right([dated.since for dated in values], day) - 1
    if place < 0:
        raise WrongUse("before_policy", day=day, since=values[0].since, name=name)
    return values[place]


def _instead(values: tuple[Dated, ...], since: date | None, value: Any) -> tuple[Dated, ...]:
    """The dated values with another one from ``since`` on (None: from the beginning)."""
    since = max(since or values[0].since, values[0].since)
    before = tuple(dated for dated in values if dated.since <= since)
    return (*before, Dated(since, value, before[-1].edition))


def _typed(raw: Any, unit: str) -> Value:
    if raw is None:
        return None
    if unit in RATE_UNITS:
        return Fraction(str(raw)) / 100
    return raw


def _check_reading(reading: Reading, value: Any) -> None:
    allowed = [reading.values[0].value, *reading.alternatives]
    if isinstance(allowed[0], int) and not isinstance(allowed[0], bool):
        right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    else:
        right = any(type(value) is type(choice) and value == choice for choice in allowed)
    if not right:
        choices = "、".join(str(choice) for choice in allowed)
        raise WrongUse("bad_reading", key_2=reading.key, value=value, choices=choices)


def build_policy(document: Mapping[str, Any]) -> Policy:
    """The policy described by the parsed YAML; raises pydantic's ValidationError when it is malformed."""
    spec = PolicySpec(**document)
    first, *later = sorted(spec.editions, key=lambda edition: edition.since)
    parameters = {
        p.name: Parameter(p.name, p.clause, p.title, p.unit, p.source,
                          (Dated(first.since, _typed(p.value, p.unit), first.edition),), p.ours)
        for p in spec.parameters
    }  # fmt: skip
    readings = {
        r.id: Reading(r.id, r.question, r.clause, r.chosen, r.key, {a.value: a.text for a in r.alternatives},
                      (Dated(first.since, r.value, first.edition),) if r.key else ())
        for r in spec.readings
    }  # fmt: skip
    policy = Policy(spec.document, (first,), parameters, readings)
    for edition in later:
        policy = policy.with_edition(edition)
    return policy


@lru_cache(maxsize=8)
def load_policy(path: Path | str | None = None) -> Policy:
    """The policy of a YAML file; without one, the regulation that comes with the program."""
    return build_policy(yaml.load(Path(path or POLICY_FILE).read_bytes(), Loader=LOADER))
