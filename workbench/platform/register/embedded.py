"""A register in one encrypted file (SQLCipher): what ``storage.Store`` asks, answered by the file."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from workbench.platform.register import expected_schema, schema
from workbench.platform.register.keys import Keys
from workbench.platform.register.storage import Column, Values, all_of

BATCH = 20_000  # rows that are held as they come at once
COPYING = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"
LEAST, GREATEST = -(2**63), 2**63 - 1  # keys


class Embedded:
    """An open file. Errors of the database become RegisterError (``schema.refused``), faults of ours stay what they are."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self._path = path
        self._file = schema.identity(path)
        self._connection = schema.connect(path, keys)
        try:
            self.require_in_place()  # waiting for a rotation to end, one may have opened the file it replaced
        except BaseException:
            self._connection.close()
            raise

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, values: Values = ()) -> Any:
        """Run one statement; returns its cursor."""
        try:
            return self._connection.execute(sql, values)
        except (sqlcipher.IntegrityError, sqlcipher.ProgrammingError):
            raise  # a fault of ours, such as reading a closed register
        except sqlcipher.DatabaseError as error:
            raise schema.refused(error, self._path) from error

    def fetch(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found = self.execute(sql, values)
        try:
            return list(found.fetchall())  # damage may show at any row
        except sqlcipher.DatabaseError as error:
            raise schema.refused(error, self._path) from error

    def batches(self, sql: str, values: Values = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, some at a time."""
        found = self.execute(sql, values)
        try:
            while rows := found.fetchmany(BATCH):
                yield rows
        except sqlcipher.DatabaseError as error:
            raise schema.refused(error, self._path) from error

    def columns(
        self, table: str, names: Sequence[str], packed: Sequence[bool], clause: str, values: Values
    ) -> Iterator[list[Column]]:
        """The columns of a table's rows; of a long one packed by SQLite, which meanwhile works in a thread of its own."""
        newest = self.fetch(f'SELECT max("{names[0]}") FROM "{table}"')[0][0]
        if newest is None or newest <= BATCH:
            for rows in self.batches(all_of(table, names, clause), values):
                yield list(zip(*rows, strict=True))
            return
        read = partial(self._part, table, names, packed, clause, values)
        within = self.in_transaction
        if not within:
            self.begin_reading()
        try:
            with ThreadPoolExecutor(1) as ahead:
                part, last = read(LEAST)
                while last is not None:
                    coming = ahead.submit(read, last + 1)
                    yield part
                    part, last = coming.result()
                yield part
        finally:
            if not within:
                self.rollback()

    def _part(
        self, table: str, names: Sequence[str], packed: Sequence[bool], clause: str, values: Values, first: int
    ) -> tuple[list[Column], int | None]:
        """The columns of the next rows from a key on, and the last key looked at; None where that is the end."""
        key = f'"{names[0]}"'
        beyond = f'SELECT {key} FROM "{table}" WHERE {key} >= ? ORDER BY {key} LIMIT 1 OFFSET {BATCH - 1}'
        last = next((int(found) for (found,) in self.fetch(beyond, (first,))), None)
        clause = f"{clause or ' WHERE TRUE'} AND {key} BETWEEN ? AND ?"
        values = [*values, first, GREATEST if last is None else last]
        if any(packed):
            return self._packed(table, names, packed, clause, values), last
        return self._unpacked(table, names, clause, values), last

    def _packed(
        self, table: str, names: Sequence[str], packed: Sequence[bool], clause: str, values: Values
    ) -> list[Column]:
        several = ", ".join(f'json_group_array("{name}")' for name, each in zip(names, packed, strict=True) if each)
        try:
            texts = iter(
                self._connection.execute(f'SELECT {several} FROM "{table}" NOT INDEXED{clause}', values).fetchone()
            )
        except sqlcipher.DatabaseError:  # bytes where a text is declared, or damage: as rows it reads or is refused
            return self._unpacked(table, names, clause, values)
        others = [name for name, each in zip(names, packed, strict=True) if not each]
        rest = iter(self._unpacked(table, others, clause, values) if others else ())
        return [next(texts if each else rest) for each in packed]

    def _unpacked(self, table: str, names: Sequence[str], clause: str, values: Values) -> list[Column]:
        rows = self.fetch(all_of(table, names, clause), values)
        return list(zip(*rows, strict=True)) if rows else [()] * len(names)

    def write_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run a statement for each row."""
        try:
            self._connection.executemany(sql, rows)
        except (sqlcipher.IntegrityError, sqlcipher.ProgrammingError):
            raise
        except sqlcipher.DatabaseError as error:
            raise schema.refused(error, self._path) from error

    def begin_reading(self) -> None:
        """What is read from here on is one state of the file."""
        self.execute("BEGIN")

    def begin_writing(self) -> None:
        """Become the writer. SQLite's own waiting sleeps ever longer and starves behind a busy writer; this one does not."""
        end = time.monotonic() + schema.BUSY_SECONDS
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self._connection.execute("BEGIN IMMEDIATE")
                    break
                except sqlcipher.OperationalError as error:
                    refusal = schema.refused(error, self._path)
                    if refusal.code != "busy" or time.monotonic() > end:
                        raise refusal from error
                time.sleep(0.0005 + secrets.randbelow(1500) / 1_000_000)
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {int(schema.BUSY_SECONDS * 1000)}")
        self.execute("PRAGMA defer_foreign_keys = ON")  # rows name their entry before it is written

    begin_changing_schema = begin_writing

    def make(self, statement: str) -> None:
        """Run one statement of a step of the schema."""
        self.execute(statement)

    def commit(self) -> None:
        """Keep what was written."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was written; harmless where no transaction is open."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def schema_version(self) -> Any:
        """What stands still as long as nobody changes the schema."""
        return expected_schema.version(self)

    def differences(self, steps: expected_schema.Steps) -> list[expected_schema.Difference]:
        """Where the schema is not what these steps make."""
        return expected_schema.differences(self, steps)

    def json_text(self, column: str, name: str) -> str:
        """The expression for a member of the JSON text in a column."""
        return f"json_extract({column}, '$.{name}')"

    def require_in_place(self) -> None:
        """Refuse a file that another one has taken the place of. Raises RegisterError ``renewed``."""
        if schema.identity(self._path) != self._file:
            raise schema.renewed(self._path)

    def require_whole(self) -> None:
        """Every page, and that indexes hold what tables do. Raises RegisterError ``damaged``."""
        if self.fetch("PRAGMA integrity_check(1)") != [("ok",)]:
            raise schema.damaged(self._path)

    def copy_to(self, target: Path) -> None:
        """An encrypted copy under the same keys, one state of the register, while others go on writing."""
        self.execute("VACUUM INTO ?", (str(target),))

    def duplicate_to(self, target: Path) -> None:
        """The file as it stands, byte by byte: what ``copy_to`` makes, in a tenth of its time, pages that hold nothing included.

        Whoever begins to read while the log is empty reads the file alone, and nobody moves pages into it until he is done.
        Another process copies: closing a second handle here would give up this process's locks on the file (POSIX).
        """
        self._connection.execute("PRAGMA busy_timeout = 0")
        self.fetch("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.execute(f"PRAGMA busy_timeout = {int(schema.BUSY_SECONDS * 1000)}")
        self.begin_reading()
        try:
            self.fetch("SELECT count(*) FROM sqlite_master")
            log = self._path.with_name(self._path.name + "-wal")
            alone = not log.exists() or not log.stat().st_size
            command = [sys.executable, "-I", "-c", COPYING, str(self._path), str(target)]
            done = alone and subprocess.run(command, capture_output=True, check=False).returncode == 0
        finally:
            self.rollback()
        if not done:  # somebody reads an earlier state, or writes; or the disk is full, which is said better there
            target.unlink(missing_ok=True)
            self.copy_to(target)

    def lock_exclusively(self, patience: float) -> None:
        """Shut everybody else out until this is closed; waits ``patience`` seconds. Raises RegisterError ``in_use``."""
        self.execute("PRAGMA busy_timeout = 20")
        self.execute("PRAGMA locking_mode = EXCLUSIVE")
        end = time.monotonic() + patience
        while True:  # leaving WAL needs every other connection gone, and does not wait by itself
            try:
                self._connection.execute("PRAGMA journal_mode = DELETE").fetchall()
                self._connection.execute("BEGIN EXCLUSIVE")
                self._connection.execute("COMMIT")
                break
            except sqlcipher.OperationalError:
                if time.monotonic() > end:
                    raise schema.in_use() from None
                time.sleep(0.005)
        self.execute("PRAGMA shrink_memory")  # leaving WAL, SQLite trusts pages read before others wrote
        self.require_in_place()

    def export(self, target: Path, file_key: bytes) -> None:
        """The whole register as a new file under another key. Raises RegisterError."""
        self.execute(f"ATTACH DATABASE ? AS fresh KEY \"x'{file_key.hex()}'\"", (str(target),))
        self.fetch("SELECT sqlcipher_export('fresh')")
        self.execute("DETACH DATABASE fresh")

    def compact(self) -> None:
        """Write the whole file anew: pages and parts of pages that hold nothing any more hold no former content either."""
        self.execute("VACUUM")
