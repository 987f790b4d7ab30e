"""The register: typed frames in, typed frames out, one audited transaction at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.seldom_collected import seldom_collected
from workbench.platform.register import (
    audit,
    cipher,
    erasable,
    free_texts,
    key_file,
    names,
    proof,
    records,
    roster,
    schema,
    signatures,
    withdrawn,
)
from workbench.platform.register.columns import Collected, where_clause
from workbench.platform.register.embedded import Embedded
from workbench.platform.register.entry import Entry
from workbench.platform.register.key_slots import public_of
from workbench.platform.register.keys import Keys
from workbench.platform.register.postgres import address
from workbench.platform.register.postgres.store import Server
from workbench.platform.register.storage import Store, all_of
from workbench.platform.register.subjects import SubjectKeys

Where = Mapping[str, Any]


class Register:
    """An open register. Use as a context manager; ``read`` frames, write within ``transaction``."""

    def __init__(self, path: Path, keys: Keys, *, new: bool = False) -> None:
        self.path = path
        self._keys = keys
        self._sound = roster.BEGINNING  # the head up to which the trail was looked at
        self.subjects = SubjectKeys(self)
        self.names = names.Names(self)
        self.is_open = True
        server = address.of(path)
        self._connection: Store = Embedded(path, keys) if server is None else Server(server)
        try:
            self.generation_adopted = schema.migrate(self._connection, keys, path, new=new)
            self._tables = schema.tables()
            self._schema_seen = self._connection.schema_version()
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def create(cls, path: Path, keys: Keys) -> Register:
        """A new, empty register. Raises RegisterError ``exists`` or ``network``."""
        if address.of(path) is None:
            if path.exists():
                raise RegisterError("exists/register", path=path)
            schema.refuse_network(path)
            path.touch(mode=0o600)
        return cls(path, keys, new=True)

    @classmethod
    def open(cls, path: Path, keys: Keys) -> Register:
        """An existing register; after a rotation that was cut off, also under the key it was to get.

        Raises RegisterError, one code per cause.
        """
        if not path.exists():
            raise RegisterError("no_register", path=path)
        if address.of(path) is not None:
            return cls(path, keys)
        if path.stat().st_size < schema.PAGE:  # SQLite would take it for a new file
            raise schema.no_register(path)
        schema.refuse_network(path)
        try:
            return cls(path, keys)
        except RegisterError as error:
            if error.code != "not_a_register" or keys.next_file is None:
                raise
        return cls(path, replace(keys, file=keys.next_file, next_file=keys.file))

    @property
    def keys(self) -> Keys:
        """The keys this register was opened with."""
        return self._keys

    def close(self) -> None:
        """Close the file; the keys go with the object."""
        self._connection.close()
        self.is_open = False

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @seldom_collected()
    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: Where | None = None,
        until: int | None = None,
        every: bool = False,
    ) -> pd.DataFrame:
        """Rows in order of their primary key, typed by declaration; up to the entry ``until``, where that is given.

        A declared table the file has no table of its own for is read from ``records``. ``every``: also what came with a
        file that was withdrawn since (``withdrawn``).
        ``where``: column → value, or a sequence of values of which one has to match. SEALED columns are
        opened only when named in ``columns``; without the field key that raises RegisterError. What may name a customer
        (``names``) is None without the names key.
        """
        if table not in self._tables:
            return records.read(self, table, columns, where, until, every)
        kinds = self._tables[table]
        wanted = list(columns) if columns is not None else self.columns(table)
        clause, values = where_clause(kinds, where)
        clause, values = withdrawn.cut(self, table, where, until, every, clause, values)
        named = [next(iter(kinds)), *wanted]
        whole = [_kept_whole(table, name, kinds[name]) for name in wanted]
        found = [Collected(kinds[name], whole=each) for name, each in zip(wanted, whole, strict=True)]
        ids: list[int] = []
        boxes: dict[int, AESGCM | None] = {}
        frame: dict[str, Any] = {}
        try:
            for numbers, *batch in self._batches(table, named, [not each for each in whole], clause, values, not where):
                ids += numbers if any(whole) else ()
                for collected, given in zip(found, batch, strict=True):
                    collected.add(given)
        except (TypeError, ValueError):
            raise schema.damaged(self.path) from None
        for name, kept in zip(wanted, found, strict=True):
            column: Sequence[Any] = kept.stored
            if kinds[name] == "SEALED":
                column = self.subjects.unseal(table, name, ids, column, boxes)
            elif name in names.COLUMNS.get(table, ()):
                column = self.names.stored(table, name, ids, column)
            elif name in names.PARTS.get(table, ())[:1]:
                column = free_texts.opened_header(self, table, name, ids, column)
            try:
                frame[name] = kept.read(erasable.shown(table, name, kinds[name], column))
            except (TypeError, ValueError):
                raise schema.damaged(self.path) from None
        return pd.DataFrame(frame, columns=wanted, copy=False)

    def columns(self, table: str) -> list[str]:
        """The columns of a table that need no key to be read, with ``entry``."""
        if table in self._tables:
            shut = () if self.names.readable else names.COLUMNS.get(table, ())
            return [name for name, kind in self._tables[table].items() if kind != "SEALED" and name not in shut]
        return [*records.declared_table(table).columns, "entry"]

    def count(self, table: str, where: Where | None = None) -> int:
        """How many rows."""
        if table not in self._tables:
            return len(self.read(table, where=where))
        clause, values = where_clause(self._tables[table], where)
        return int(self._execute(f'SELECT count(*) FROM "{table}"{clause}', values).fetchone()[0])

    def maximum(self, table: str, column: str, where: Where | None = None) -> Any:
        """The greatest value of a column (times as datetime), None where there is none."""
        return self._extreme("max", table, column, where)

    def minimum(self, table: str, column: str, where: Where | None = None) -> Any:
        """The smallest value of a column (times as datetime), None where there is none."""
        return self._extreme("min", table, column, where)

    def blind(self, values: pd.Series) -> pd.Series:
        """Keyed hashes of values, as BLIND columns hold them. Raises RegisterError without the index key."""
        plain = [None if pd.isna(value) else str(value) for value in values]
        return pd.Series(cipher.blind(self._index_key(), plain), index=values.index, dtype=object)

    def head(self, without: str = "") -> str:
        """The newest audit entry and its link, for anchoring outside: ``entry:chain``; the newest but of one action."""
        newest = "SELECT entry, chain FROM entry WHERE action <> ? ORDER BY entry DESC LIMIT 1"
        row = self._execute(newest, (without,)).fetchone()
        return f"{row[0]}:{row[1]}" if row else f"0:{audit.FIRST_LINK}"

    def contains_head(self, head: str) -> bool:
        """Whether the trail goes through a head noted elsewhere."""
        number, _, chain = head.partition(":")
        return number == "0" or self.read("entry", ["chain"], {"entry": int(number)})["chain"].tolist() == [chain]

    def verify_audit(self, anchor: str | None = None) -> list[audit.Breach]:
        """Everything the audit trail does not account for; empty when the history is whole.

        ``anchor``: a head noted outside earlier (in a publication, a manifest, a backup). Raises WrongUse
        where it is none, RegisterError ``damaged`` where a page of the file was altered.
        """
        anchor_head = None
        if anchor is not None:
            number, _, chain = anchor.strip().partition(":")
            if not (number.isdecimal() and chain):
                raise WrongUse("bad_anchor/head", anchor=anchor)
            anchor_head = (int(number), chain)
        with self.snapshot():
            self._connection.require_whole()
            return proof.breaches(self, anchor_head)

    def entry_breaches(self) -> list[audit.Breach]:
        """What ``verify_audit`` finds of the entries alone, without looking at their rows (``proof.of_entries``)."""
        with self.snapshot():
            return proof.of_entries(self)

    def standing(self) -> signatures.Standing:
        """Who was on the roster when."""
        return signatures.Standing(self._keys, self._rosters())

    def _same_schema(self) -> None:
        """Refuse to write where the schema was changed since it was compared. Raises RegisterError ``altered_schema``."""
        seen = self._connection.schema_version()
        if seen != self._schema_seen:
            schema.require(self._connection, schema.migrations())
            self._schema_seen = seen

    def prover(self) -> Callable[[Mapping[str, Any]], bool]:
        """What proves a key file by the trail as it is now (``roster.prove``)."""
        known = [detail["roster"] for _, detail in self._rosters()]
        return lambda content: roster.prove(content, self._keys.house, known, lambda head: proof.ends_at(self, head))

    def prove_key_file(self) -> bool:
        """That the key file in place is what the trail says.

        Returns whether it is newer than the trail, after a change whose entry was cut off. Raises RegisterError
        ``roster_changed``.
        """
        with self.snapshot():
            return self.prover()(key_file.read(self.path))

    def require_sound_trail(self) -> None:
        """That no entry is missing and the newest were signed by those they name; before a later deed, those written since.

        Raises RegisterError ``trail_changed``.
        """
        with self.snapshot():
            if (head := self.head()) == self._sound:
                return
            number, seen = (int(each.partition(":")[0]) for each in (head, self._sound))
            after = seen if seen and self.contains_head(self._sound) else number - signatures.BEFORE_A_DEED
            if self.count("entry") != number or self._unsigned(after):
                raise RegisterError("trail_changed", path=self.path.name)
        self._sound = head

    def _rosters(self) -> list[tuple[int, dict[str, Any]]]:
        """Entry and detail of those that keep a roster, in order."""
        found = self.read("entry", ["entry", "detail"], where={"action": roster.RECORDED_BY})
        return [row for row in zip(found["entry"], found["detail"], strict=True) if "roster" in row[1]]

    def _unsigned(self, after: int) -> list[audit.Breach]:
        """What of the entries after one their users did not sign."""
        entries = self._fetch('SELECT entry, "user", chain FROM entry WHERE entry > ? ORDER BY entry', (after,))
        signed = dict(self._fetch("SELECT entry, signature FROM entry_signature WHERE entry > ?", (after,)))
        standing = self.standing()
        other = standing.after is not None and not self.contains_head(standing.after)
        found = [audit.Breach("roster", standing.first)] if other else []
        return found + signatures.verify(self._keys, entries, signed, standing)

    def copy_to(self, target: Path) -> None:
        """An encrypted copy under the same keys, one state of the register, while others go on writing."""
        self._connection.copy_to(target)

    def duplicate_to(self, target: Path) -> None:
        """What ``copy_to`` makes, as quickly as it goes, for work that is thrown away with it."""
        self._connection.duplicate_to(target)

    def lock_exclusively(self, patience: float) -> None:
        """Shut everybody else out until this register is closed; waits for others to close it, ``patience`` seconds.

        Raises RegisterError ``in_use``.
        """
        self._connection.lock_exclusively(patience)

    def export(self, target: Path, file_key: bytes) -> None:
        """The whole register as a new file under another key. Raises RegisterError."""
        self._connection.export(target, file_key)

    def compact(self) -> None:
        """Write the whole file anew: pages and parts of pages that hold nothing any more hold no former content either."""
        self._connection.compact()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside is one state of the register, whatever others commit meanwhile."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.begin_reading()
        try:
            yield
        finally:
            self._connection.rollback()

    @contextmanager
    def transaction(
        self, action: str, *, at: datetime, recorded_at: datetime, user: str, detail: dict[str, Any]
    ) -> Iterator[Entry]:
        """One change with its audit entry: all of it, or on any exception nothing.

        ``detail`` may still be filled inside the block; it holds no personal data.
        """
        self._connection.begin_writing()
        try:
            self._connection.require_in_place()
            self._same_schema()
            number, before = self._execute("SELECT max(entry), NULL FROM entry", ()).fetchone()
            if number:
                (before,) = self._execute("SELECT chain FROM entry WHERE entry = ?", (number,)).fetchone()
            entry = Entry(self, (number or 0) + 1, detail)
            self._require_not_revoked(entry.number, user)
            yield entry
            if entry.discarded:
                self._connection.rollback()
                self.subjects.forget()
                return
            entry.close(before or audit.FIRST_LINK, at, recorded_at, user, action)
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            self.subjects.forget()
            raise

    def _require_not_revoked(self, number: int, user: str) -> None:
        """Refuse who was revoked since he opened this: what he signs counts no more, and nobody could write after it.

        Raises RegisterError ``revoked``.
        """
        own = self._keys.own
        newest = self._fetch("SELECT value FROM meta WHERE name = 'generation'")
        if own is None or not newest or int(newest[0][0]) <= self._keys.generation:
            return
        standing = self.standing()
        if standing.knows(number) and public_of(own.sign) not in {each.key for each in standing.members(number, user)}:
            raise RegisterError("revoked/writing", user=user)

    def _extreme(self, function: str, table: str, column: str, where: Where | None) -> Any:
        if table not in self._tables:
            rows = self.read(table, [column], where)[column].dropna()
            return None if rows.empty else getattr(rows, function)()
        kinds = self._tables[table]
        clause, values = where_clause(kinds, where)
        found = self._execute(f'SELECT {function}("{column}") FROM "{table}"{clause}', values).fetchone()[0]
        if found is None or kinds[column] not in ("TIME", "DATE"):
            return found
        return datetime.fromisoformat(found)

    def _fetch(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.fetch(sql, values)

    def _batches(
        self,
        table: str,
        named: Sequence[str],
        packed: Sequence[bool],
        clause: str,
        values: Sequence[Any],
        all_rows: bool,
    ) -> Iterator[list[Any]]:
        """Columns of a table, its key first, some rows at a time; those that may be ``packed`` can be the text of a JSON list."""
        if all_rows and self._tables[table][named[0]] == "INTEGER":
            yield from self._connection.columns(table, named, [not packed, *packed], clause, values)
            return
        for rows in self._connection.batches(all_of(table, named, clause), values):
            yield list(zip(*rows, strict=True))

    def _execute(self, sql: str, values: Sequence[Any]) -> Any:
        return self._connection.execute(sql, values)

    def _field_keys(self) -> Mapping[int, bytes]:
        return self._keys.fields or self._no_key()

    def _index_key(self) -> bytes:
        return self._keys.index or self._no_key()

    def _no_key(self) -> NoReturn:
        raise RegisterError("no_field_key/personal_data")


def _kept_whole(table: str, column: str, kind: str) -> bool:
    """Whether a column is opened, or changed otherwise, before it is read."""
    changed = (*names.COLUMNS.get(table, ()), *names.PARTS.get(table, ())[:1], *erasable.COLUMNS.get(table, ()))
    return kind in ("SEALED", "JSON") or (column in changed and kind != "BLIND")
