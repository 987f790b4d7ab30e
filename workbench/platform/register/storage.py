"""What a register asks of where it is kept: rows in and out by SQL that every store understands, one writer at a time.

The SQL is that of the steps and of this package: marks are ``?``, a list to look among is a JSON text that
``json_each(?)`` takes apart, and a column named like a word of SQL stands in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from workbench.platform.register.expected_schema import Difference, Steps

Values = Sequence[Any]
Column = Sequence[Any]  # of which a str is the JSON list of the values
ADDED = re.compile(r'INSERT INTO "?(\w+)"? VALUES')  # how a statement begins that adds rows to a table


def all_of(table: str, names: Sequence[str], clause: str) -> str:
    """The query for columns of a table in order of the first of them."""
    named = ", ".join(f'"{name}"' for name in names)
    return f'SELECT {named} FROM "{table}"{clause} ORDER BY "{names[0]}"'


class Store(Protocol):
    """An open store of one register. Whatever cannot be done raises RegisterError, one code per cause."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, values: Values = ()) -> Any:
        """Run one statement; returns its cursor."""

    def fetch(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows of a query: whole numbers, texts, bytes and None, whatever the store."""

    def batches(self, sql: str, values: Values = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of ``fetch``, some at a time, so that they need not all be held at once."""

    def columns(
        self, table: str, names: Sequence[str], packed: Sequence[bool], clause: str, values: Values
    ) -> Iterator[list[Column]]:
        """The columns of a table's rows in order of its key, which is the first of ``names`` and a whole number, some rows at
        a time. Those that may be ``packed`` (they hold no bytes) can come as the text of a JSON list, the key only with all
        others.
        """

    def write_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run a statement for each row."""

    def begin_reading(self) -> None:
        """What is read from here on is one state of the register."""

    def begin_writing(self) -> None:
        """Become the one writer, waiting for others; rows may name their entry before it is written."""

    def begin_changing_schema(self) -> None:
        """Become the writer as one who may make tables."""

    def make(self, statement: str) -> None:
        """Run one statement of a step of the schema."""

    def commit(self) -> None:
        """Keep what was written."""

    def rollback(self) -> None:
        """Undo what was written; harmless where no transaction is open."""

    def close(self) -> None:
        """Let the store go."""

    def schema_version(self) -> Any:
        """What stands still as long as nobody changes the schema."""

    def differences(self, steps: Steps) -> list[Difference]:
        """Where the schema is not what these steps make."""

    def json_text(self, column: str, name: str) -> str:
        """The expression for a member of the JSON text in a column."""

    def require_in_place(self) -> None:
        """Refuse a store that another one has taken the place of. Raises RegisterError ``renewed``."""

    def require_whole(self) -> None:
        """What the store can say of itself is whole. Raises RegisterError ``damaged``."""

    def copy_to(self, target: Path) -> None:
        """An encrypted file under the same keys, one state of the register, while others go on writing."""

    def duplicate_to(self, target: Path) -> None:
        """What ``copy_to`` makes, as quickly as it goes, for work that is thrown away with it."""

    def lock_exclusively(self, patience: float) -> None:
        """Shut everybody else out until this is closed; waits ``patience`` seconds. Raises RegisterError ``in_use``."""

    def export(self, target: Path, file_key: bytes) -> None:
        """The whole register as a new file under another key."""

    def compact(self) -> None:
        """Keep no former content where nothing stands any more."""
