"""A register on a server: what ``storage.Store`` asks, answered by PostgreSQL with the rights of a role that only adds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.platform.register import expected_schema, schema
from workbench.platform.register.postgres import address as addresses
from workbench.platform.register.postgres import ddl
from workbench.platform.register.postgres.connection import connect, refused, role_of
from workbench.platform.register.storage import ADDED, Column, Values, all_of

BUSY_SECONDS = 60
WRITER = 0x776F726B  # the advisory lock of the one writer of a database
_LISTED = re.compile(r"IN \(SELECT value FROM json_each\(\?\)\)")
_ADDS_ONLY = re.compile(ADDED.pattern + r" \(\?(, \?)*\)")
MANY = 100  # rows from which it pays to send them as a stream
_MARKED = "\x02"
_BYTES, _TEXT = f"{_MARKED}b", f"{_MARKED}t"
_MARK = re.compile(r"IN \(SELECT value FROM json_each\(\?\)\)|\?")


@lru_cache(maxsize=512)
def translated(sql: str) -> tuple[str, frozenset[int]]:
    """A statement with the server's marks, and which of its values are lists."""
    lists = frozenset(place for place, mark in enumerate(_MARK.findall(sql)) if mark != "?")
    return _LISTED.sub("= ANY(?)", sql).replace("%", "%%").replace("?", "%s"), lists


def told_apart(value: Any) -> Any:
    """Bytes as a text that no text is taken for."""
    if isinstance(value, bytes):
        return _BYTES + value.hex()
    return _TEXT + value if isinstance(value, str) and value[:1] == _MARKED else value


def _given(values: Values, lists: frozenset[int]) -> list[Any]:
    """Values as the server takes them: truth values as whole numbers, JSON texts of lists as lists."""
    return [
        json.loads(value) if place in lists else int(value) if isinstance(value, bool) else value
        for place, value in enumerate(values)
    ]


class Server:
    """An open register on a server. What the server refuses becomes RegisterError, faults of ours stay what they are."""

    def __init__(self, address: addresses.Address) -> None:
        self._address = address
        self._connection = connect(address)
        self._connection.adapters.register_loader("varchar", loader())
        try:
            self._work_as_user()
            self._place = self._place_now()
        except BaseException:
            self._connection.close()
            raise

    def _work_as_user(self) -> None:
        """Lay down every right but those to read and to add. Raises RegisterError ``no_register``, ``server_no_right``."""
        role = role_of(self._address)
        sql = (
            "SELECT to_regnamespace(?) IS NOT NULL, EXISTS (SELECT FROM pg_roles WHERE rolname = ?),"
            " pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = ?"
        )
        found = self.fetch(sql, (ddl.SCHEMA, role, role))
        if not found or not found[0][0]:
            raise RegisterError("no_register/on_server", server=self._address.shown)
        if not found[0][2]:
            raise RegisterError("server_no_right", server=self._address.shown)
        self.execute(f"SET ROLE {quoted(role)}")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.info.transaction_status.name in ("INTRANS", "INERROR", "ACTIVE")

    def execute(self, sql: str, values: Values = ()) -> Any:
        """Run one statement; returns its cursor."""
        text, lists = translated(sql)
        with self._sentences():
            return self._connection.execute(text.encode(), _given(values, lists))

    def fetch(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self.execute(sql, values).fetchall())

    def batches(self, sql: str, values: Values = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query; the server's client holds them all in any case."""
        if rows := self.fetch(sql, values):
            yield rows

    def columns(
        self, table: str, names: Sequence[str], packed: Sequence[bool], clause: str, values: Values
    ) -> Iterator[list[Column]]:
        """The columns of a table's rows in order of its key; none is packed."""
        for rows in self.batches(all_of(table, names, clause), values):
            yield list(zip(*rows, strict=True))

    def write_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run a statement for each row; many rows that are only added go as one stream (COPY)."""
        text, lists = translated(sql)
        table = ADDED.match(sql)
        places = ddl.mixed(table[1], tuple(schema.tables().get(table[1], ()))) if table else ()
        given = [_given(row, lists) for row in rows]
        for row in given if places else ():
            for place in places:
                row[place] = told_apart(row[place])
        with self._sentences(), self._connection.cursor() as cursor:
            if table is None or len(given) < MANY or not _ADDS_ONLY.fullmatch(sql):
                cursor.executemany(text.encode(), given)
                return
            with cursor.copy(f"COPY {quoted(table[1])} FROM STDIN".encode()) as stream:
                for row in given:
                    stream.write_row(row)

    def begin_reading(self) -> None:
        """What is read from here on is one state of the register."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def begin_writing(self) -> None:
        """Become the one writer of the database; every statement from here on sees what those before wrote."""
        self._begin("")

    def begin_changing_schema(self) -> None:
        """Become the writer with the rights of one's own login. Only the owner of the tables may make others."""
        self._begin("SET LOCAL ROLE NONE")

    def _begin(self, first: str, patience: float = BUSY_SECONDS) -> None:
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE")
        try:
            if first:
                self.execute(first)
            self.execute(f"SET LOCAL lock_timeout = '{int(patience * 1000)}ms'")
            self.execute("SELECT pg_advisory_xact_lock(?)", (WRITER,))
        except BaseException:
            self.rollback()
            raise

    def make(self, statement: str) -> None:
        """Run one statement of a step of the schema; what it makes may be read and added to, and no more."""
        for text in ddl.translated(statement):
            self.execute(text)
        for rights, table in ddl.granted(statement):
            self.execute(f'GRANT {rights} ON "{table}" TO {quoted(role_of(self._address))}')

    def commit(self) -> None:
        """Keep what was written."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was written; harmless where no transaction is open, or the server is gone and has undone it."""
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def schema_version(self) -> Any:
        """What stands still as long as nobody changes the schema."""
        return ddl.catalog(self.fetch)

    def differences(self, steps: expected_schema.Steps) -> list[expected_schema.Difference]:
        """Where the schema is not what these steps make."""
        return ddl.differences(ddl.catalog(self.fetch), steps)

    def json_text(self, column: str, name: str) -> str:
        """The expression for a member of the JSON text in a column."""
        return f"(CAST({column} AS json) ->> '{name}')"

    def require_in_place(self) -> None:
        """Refuse a register that was moved away, also where one stands there again. Raises RegisterError ``no_register``, ``renewed``."""
        place = self._place_now()
        if place is None:
            raise RegisterError("no_register/on_server", server=self._address.shown)
        if place != self._place:
            raise RegisterError("renewed", path=self._address.shown)

    def _place_now(self) -> int | None:
        """The schema that stands at the register's place: every one that is made has a number of its own."""
        found: int | None = self.fetch(f"SELECT CAST(CAST(to_regnamespace('{ddl.SCHEMA}') AS oid) AS bigint)")[0][0]
        return found

    def require_whole(self) -> None:
        """Pages are the server's own to check (data checksums); rows are proven by the trail."""

    def copy_to(self, target: Path) -> None:
        """Not done here. Raises RegisterError ``server_file_only``."""
        raise file_only()

    duplicate_to = copy_to

    def lock_exclusively(self, patience: float) -> None:
        """Let nobody else write until this is closed; waits ``patience`` seconds. Raises RegisterError ``in_use``."""
        try:
            self._begin("", patience)
        except RegisterError as refusal:
            raise (schema.in_use() if refusal.code == "busy" else refusal) from None

    def export(self, target: Path, file_key: bytes) -> None:
        """Not done here. Raises RegisterError ``server_file_only``."""
        raise file_only()

    def compact(self) -> None:
        """Not done here. Raises RegisterError ``server_file_only``."""
        raise file_only()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            if (refusal := refused(error, self._address)) is None:
                raise
            raise refusal from error


@lru_cache(maxsize=1)
def loader() -> Any:
    """What reads columns that hold texts and bytes (``told_apart``)."""
    from psycopg.adapt import Loader

    class Mixed(Loader):
        """Texts, and bytes that were told apart from them."""

        def load(self, data: Any) -> str | bytes:
            text = bytes(data).decode()
            if text[:1] != _MARKED:
                return text
            if not text.startswith(_BYTES):
                return text[2:]
            try:
                return bytes.fromhex(text[2:])
            except ValueError:  # no bytes of ours: somebody changed the row, and the trail says which one
                return text

    return Mixed


def quoted(name: str) -> str:
    """A name as the server's language writes it."""
    return '"' + name.replace('"', '""') + '"'


def file_only() -> RegisterError:
    """The refusal of what puts a new file in a register's place, which a server has not."""
    return RegisterError("server_file_only")
