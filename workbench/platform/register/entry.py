"""An audit entry while it is written: rows appended, kept statuses brought up to date, the roster kept."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.personal_texts import without_phones
from workbench.platform.register import (
    audit,
    cipher,
    free_texts,
    names,
    places,
    records,
    roster,
    row_hashes,
    schema,
    signatures,
    written_rows,
)
from workbench.platform.register import subjects as subject_keys
from workbench.platform.register.columns import to_stored
from workbench.platform.register.storage import ADDED

if TYPE_CHECKING:
    from workbench.platform.register.store import Register


STEP = 5_000  # rows that are made ready and written at once


class Entry:
    """An audit entry being written. ``first``: the least primary key of the rows it added, by table; ``sources``: rows for its
    digest that were put into the register otherwise (``rehearsal``), of which the ``accounting`` may have begun;
    ``detail``: what it says, to be filled in until it ends; ``changes``: what it did so far but adding rows, where that is
    kept (``rehearsal``).
    """

    def __init__(self, register: Register, number: int, detail: dict[str, Any]) -> None:
        self.number = number
        self.detail = detail
        self.first: dict[str, int] = {}
        self.sources: dict[str, written_rows.Source] = {}
        self.accounting: Future[written_rows.Account] | None = None
        self.discarded = False
        self.changes: list[tuple[str, list[tuple[Any, ...]]]] | None = None
        self.register = self._register = register

    def record_key_file(self, content: Mapping[str, Any]) -> None:
        """From this entry on, key files older than this one are refused; the entry keeps its roster."""
        schema.record_generation(self._register._connection, content["generation"])
        if (kept := roster.in_trail(content)) is not None:
            self.detail["roster"] = kept

    def discard(self) -> None:
        """There was nothing to do after all: when the block ends, the transaction leaves no trace."""
        self.discarded = True

    def append(self, table: str, frame: pd.DataFrame) -> pd.Series:
        """Add rows; columns the table does not have are left out, those not given are NULL.

        Plain values go into SEALED and BLIND columns and are stored sealed and hashed. Returns the
        primary keys, given or assigned.
        """
        parts = [frame.iloc[at : at + STEP] for at in range(0, len(frame), STEP)] or [frame]
        return pd.concat([self._append(table, part) for part in parts], ignore_index=True)

    def _append(self, table: str, frame: pd.DataFrame) -> pd.Series:
        register = self._register
        if (column := names.CUSTOMERS.get(table)) in frame:
            frame = frame.assign(**{str(column): register.names.customers(self, frame[column])})
        declared, given = table, frame
        if table not in self._register._tables:
            table, frame = records.TABLE, records.rows_of(table, frame)
        kinds = register._tables[table]
        key = next(iter(kinds))
        frame = frame.reset_index(drop=True).drop(columns="entry", errors="ignore")
        if key not in frame or frame[key].isna().all():
            first = (register.maximum(table, key) or 0) + 1
            frame[key] = np.arange(first, first + len(frame))
        ids = frame[key].tolist()
        about = self._subjects(declared, given.reset_index(drop=True), frame, kinds, ids)
        boxes = register.subjects.boxes(subject for subject in about if subject is not None)
        named = self._named(declared, given.reset_index(drop=True), table, ids)
        if named and declared != table:
            frame["fields"] = records.seal_named(register, declared, ids, named, frame["fields"])
        column, parts = names.PARTS.get(table, ("", ()))
        if named and column in frame:
            sealed = free_texts.seal_parts(register, table, column, parts, ids, named, frame[column])
            frame[column] = pd.Series(sealed, dtype=object)
        columns: list[list[Any]] = []
        for name, kind in kinds.items():
            if name == "entry":
                columns.append([self.number] * len(frame))
            elif name not in frame:
                columns.append([None] * len(frame))
            else:
                stored = self._stored(table, name, kind, ids, frame[name], about, boxes)
                if name in names.COLUMNS.get(table, ()) and named:
                    stored = register.names.seal_texts(table, name, ids, named, stored)
                columns.append(stored)
        rows = list(zip(*columns, strict=True))
        marks = ", ".join("?" * len(kinds))
        self._write_many(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        if table == "document" and register.names.sealed:
            self._keep_places(frame)
        if named and table in free_texts.COMPARED:
            free_texts.keep_same(register, self, table, given[free_texts.COMPARED[table][0]].tolist())
        return pd.Series(ids, dtype="int64")

    def _named(self, declared: str, given: pd.DataFrame, table: str, ids: list[int]) -> list[int]:
        """Whom rows of a table that may name customers are about, by number; empty where nothing has to be sealed."""
        register = self._register
        has = table in names.COLUMNS or (declared != table and records.declared_table(declared).named)
        if not has or not len(given) or not register.names.sealed:
            return []
        return register.names.about(self, declared, given, ids)

    def _keep_places(self, documents: pd.DataFrame) -> None:
        """Keep where the names of new files stand among all names (D4), for those who cannot read them."""
        register = self._register
        known = dict(register._fetch("SELECT place, max(document) FROM document_place GROUP BY place ORDER BY place"))
        lost = []
        if register.subjects.destroyed:
            named = dict(register._fetch("SELECT document, name FROM document"))
            lost = [place for place, number in known.items() if register.names.is_destroyed(named[number])]

        def name_at(place: str) -> str:
            ((number, name),) = register._fetch(
                "SELECT document, name FROM document WHERE document = ?", (known[place],)
            )
            return without_phones(register.names.opened("document", "name", [number], [name])[0])

        kept = [place for place in known if place not in lost]
        found = places.placed([without_phones(name) for name in documents["name"]], kept, name_at, lost)
        self.append("document_place", pd.DataFrame({"document": documents["document"], "place": found}))

    def close(self, before: str, at: datetime, recorded_at: datetime, user: str, action: str) -> None:
        """Write the entry itself: what it says, what it accounts for, its link to the one ``before``, its user's signature."""
        register, keys = self._register, self._register.keys
        detail = free_texts.own_words(register, self)
        fields: list[Any] = [self.number]
        said = [("TIME", at), ("TIME", recorded_at), ("TEXT", user), ("TEXT", action), ("JSON", detail)]
        for kind, value in said:
            fields += to_stored(kind, pd.Series([value], dtype=object))
        account = written_rows.account_of(self)
        self._write_many(f"INSERT INTO {row_hashes.TABLE} VALUES (?, ?, ?)", account.kept)
        fields.append(account.digest)
        fields.append(audit.link(keys.audit, before, fields))
        register._execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", fields)
        if keys.own is not None and "entry_signature" in register._tables:
            signed = signatures.sign(keys, self.number, fields[-1])
            register._execute("INSERT INTO entry_signature VALUES (?, ?)", (self.number, signed))

    def replace_state(self, frame: pd.DataFrame) -> None:
        """Bring the kept statuses (lead, status, clause) up to date; they can be derived anew at any time."""
        kinds = self._register._tables["state"]
        rows = zip(*(to_stored(kind, frame[name]) for name, kind in kinds.items()), strict=True)
        key, *others = kinds
        changed = ", ".join(f"{name} = excluded.{name}" for name in others)
        sql = f"INSERT INTO state VALUES ({', '.join('?' * len(kinds))}) ON CONFLICT ({key}) DO UPDATE SET {changed}"
        self._write_many(sql, list(rows))

    def _subjects(
        self, table: str, given: pd.DataFrame, frame: pd.DataFrame, kinds: Mapping[str, str], ids: list[int]
    ) -> list[int | None]:
        """Whom each row with something to seal is about, by number; keys of those who are new are made."""
        sealed = [name for name, kind in kinds.items() if kind == "SEALED" and name in frame]
        filled = frame[sealed].notna().any(axis="columns").to_numpy() if sealed else np.zeros(len(frame), dtype=bool)
        if not filled.any():
            return [None] * len(frame)
        self._register._field_keys()
        picked = [number for number, has in zip(ids, filled, strict=True) if has]
        names = subject_keys.names_of_rows(self._register, table, given[filled].reset_index(drop=True), picked)
        numbers = iter(self._register.subjects.for_names(self, names))
        return [next(numbers) if has else None for has in filled]

    def _stored(
        self,
        table: str,
        name: str,
        kind: str,
        ids: list[int],
        values: pd.Series,
        about: list[int | None],
        boxes: Mapping[int, AESGCM],
    ) -> list[Any]:
        if kind in ("SEALED", "BLIND") and values.isna().all():
            return [None] * len(values)  # nothing personal, no key needed
        if kind == "SEALED":
            return cipher.seal(boxes, table, name, ids, about, to_stored("TEXT", values))
        if kind == "BLIND":
            return cipher.blind(self._register._index_key(), to_stored("TEXT", values))
        return to_stored(kind, values)

    def _write_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a statement for each row; one that adds rows (``ADDED``) gives the primary key first."""
        if not rows:
            return
        if added := ADDED.match(sql):
            least = min(row[0] for row in rows)
            self.first[added[1]] = min(self.first.get(added[1], least), least)
        elif self.changes is not None:
            self.changes.append((sql, rows))
        self._register._connection.write_many(sql, rows)
