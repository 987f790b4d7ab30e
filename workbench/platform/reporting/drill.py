"""From a number of a report down to the records or the explanation behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.platform.explanation.steps import Explanation
from workbench.platform.reporting.parts import Column, plain

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """The records behind a number, with ``columns``; their ``value`` adds up to the number.

    ``key``: the column that names a record and leads to its explanation; "" where none does. ``explained``: there is one record, and its
    explanation is what the number leads to.
    """

    rows: pd.DataFrame
    columns: tuple[Column, ...]
    key: str
    explained: bool = False


Found = Records | list[Explanation]


@dataclass(frozen=True)
class Drill:
    """A table whose numbers lead on: ``rows`` and ``columns`` as the report shows them, ``numbers`` the clickable columns.

    ``find(row, column)`` gives the records behind a number, or the explanations of an amount.
    """

    title: str
    rows: pd.DataFrame
    columns: tuple[Column, ...]
    numbers: frozenset[str]
    find: Callable[[Row, str], Found]

    def leads_on(self, place: int, column: str) -> bool:
        """Whether there is something behind a cell; a word or a zero has nothing behind it."""
        value = plain(self.rows.iloc[place][column]) if column in self.numbers else None
        return isinstance(value, int) and value != 0

    def behind(self, place: int, column: str) -> Found:
        """What is behind the number in a row (by position) and column. Raises KeyError where nothing is."""
        if not self.leads_on(place, column):
            raise KeyError(column)
        return self.find(self.rows.iloc[place].to_dict(), column)
