"""The policy: all regulations in force, each with its editions and readings, and the working calendar.

Names of parameters and keys of readings are unique over all regulations, so that a rule asks for a number by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.calendar import WorkingCalendar, standard
from workbench.core.errors import WrongUse
from workbench.platform.regulation.regulation import Dated, Parameter, Reading, Regulation, Value


@dataclass(frozen=True)
class Policy:
    """The regulations, the leading one first: its edition is the one reports name, its clauses bear bare numbers."""

    regulations: tuple[Regulation, ...]
    calendar: WorkingCalendar = field(default_factory=standard)

    @property
    def leading(self) -> Regulation:
        """The regulation that comes first."""
        return self.regulations[0]

    def regulation(self, document: str) -> Regulation:
        """The regulation of a document. Raises KeyError."""
        return {each.document: each for each in self.regulations}[document]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """All parameters by name, regulation after regulation."""
        return {name: each for regulation in self.regulations for name, each in regulation.parameters.items()}

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """All readings by id, regulation after regulation."""
        return {name: each for regulation in self.regulations for name, each in regulation.readings.items()}

    def value(self, name: str, on: date) -> Any:
        """The value of parameter ``name`` on a day; rates are Fractions; None where repealed.

        Raises WrongUse for a day before the first edition.
        """
        return self._with_parameter(name).value(name, on)

    def dated(self, name: str, on: date) -> Dated:
        """The value of parameter ``name`` on a day with its edition and day of effect. Raises as ``value``."""
        return self._with_parameter(name).dated(name, on)

    def values(self, name: str, days: pd.Series, repealed: int = 0) -> np.ndarray:
        """The whole-number parameter on each day (int64); ``repealed`` stands in where there is none.

        Missing days, and days before the first edition, get the first value.
        """
        return self._with_parameter(name).values(name, days, repealed)

    def choices(self, name: str, days: pd.Series) -> np.ndarray:
        """The parameter or reading ``name`` on each day, of any type (object); missing days get the first value."""
        owner = self._with_parameter(name) if name in self.parameters else self._with_reading(name)
        return owner.choices(name, days)

    def includes(self, name: str, word: str, days: pd.Series) -> np.ndarray:
        """Whether the list ``name`` holds a word on each day (bool); missing days get the first list."""
        return self._with_parameter(name).includes(name, word, days)

    def edition_on(self, on: date) -> str:
        """The edition of the leading regulation in force on a day, as ``DKHW080004/4``."""
        return self.leading.edition_on(on)

    def reading(self, key: str, on: date | None = None) -> Any:
        """The value taken for a reading's key (e.g. ``overdue_unit``) on a day; the newest without one."""
        return self._with_reading(key).reading(key, on)

    def readings_on(self, on: date, documents: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """All readings of some documents (None: of all) as printed in a settlement: id, clause, question, chosen, key, value."""
        wanted = [each for each in self.regulations if documents is None or each.document in documents]
        return [row for each in wanted for row in each.readings_on(on)]

    def replaced(self, *regulations: Regulation) -> Policy:
        """The policy with these regulations in place of those of the same documents; new ones come last."""
        own = {each.document: each for each in (*self.regulations, *regulations)}
        return replace(self, regulations=tuple(own.values()))

    def with_readings(self, since: date | None = None, /, **overrides: Any) -> Policy:
        """The policy with other values for some readings, for all dates or from ``since`` on.

        Raises WrongUse for unknown readings and values they cannot take.
        """
        policy = self
        for key, value in overrides.items():
            policy = policy.replaced(policy._with_reading(key).with_readings(since, **{key: value}))
        return policy

    def as_settled(self, kept: Mapping[str, Any]) -> Policy:
        """The policy with the readings (key → value) a quarter was settled under, also values no longer offered."""
        return self.replaced(*(each.as_settled(kept) for each in self.regulations)) if kept else self

    def with_parameters(self, since: date | None = None, /, **overrides: Value) -> Policy:
        """The policy with other values for some parameters, for all dates or from ``since`` on; None repeals.

        Values are those ``value`` gives (rates as Fractions); ``trial`` reads them from text.
        Raises WrongUse for unknown ones.
        """
        policy = self
        for name, value in overrides.items():
            policy = policy.replaced(policy._with_parameter(name).with_parameters(since, **{name: value}))
        return policy

    def with_edition(self, edition: Mapping[str, Any], document: str | None = None) -> Policy:
        """The policy with a further edition of a document (None: the leading one), as ``Regulation.with_edition``."""
        own = self.regulation(document) if document else self.leading
        return self.replaced(own.with_edition(edition))

    def with_calendar(self, calendar: WorkingCalendar) -> Policy:
        """The policy with a calendar that knows more years (D15)."""
        return replace(self, calendar=calendar)

    @cached_property
    def _parameter_owners(self) -> dict[str, Regulation]:
        return {name: regulation for regulation in self.regulations for name in regulation.parameters}

    @cached_property
    def _reading_owners(self) -> dict[str, Regulation]:
        known = ((each.key, regulation) for regulation in self.regulations for each in regulation.readings.values())
        return {key: regulation for key, regulation in known if key}

    def _with_parameter(self, name: str) -> Regulation:
        if name not in self._parameter_owners:
            raise WrongUse("unknown_parameter", name=name)
        return self._parameter_owners[name]

    def _with_reading(self, key: str) -> Regulation:
        if key not in self._reading_owners:
            raise WrongUse("unknown_reading", reading=key)
        return self._reading_owners[key]
