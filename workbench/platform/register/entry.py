"""An audit entry while it is written: rows appended, kept statuses brought up to date, the roster kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlcipher3 import dbapi2 as sqlcipher

from workbench.platform.register import audit, cipher, records, roster, schema
from workbench.platform.register.columns import to_stored

if TYPE_CHECKING:
    from workbench.platform.register.store import Register


class Entry:
    """An audit entry being written. ``appended``: encoded rows by table, for its digest;
    ``detail``: what it says, to be filled in until it ends."""

    def __init__(self, register: Register, number: int, detail: dict[str, Any]) -> None:
        self.number = number
        self.detail = detail
        self.appended: dict[str, list[tuple[int, bytes]]] = {}
        self.discarded = False
        self._register = register

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
        if table not in self._register._tables:
            table, frame = records.TABLE, records.rows_of(table, frame)
        register, kinds = self._register, self._register._tables[table]
        key = next(iter(kinds))
        frame = frame.reset_index(drop=True).drop(columns="entry", errors="ignore")
        if key not in frame:
            first = (register.maximum(table, key) or 0) + 1
            frame[key] = np.arange(first, first + len(frame))
        ids = frame[key].tolist()
        columns: list[list[Any]] = []
        for name, kind in kinds.items():
            if name == "entry":
                columns.append([self.number] * len(frame))
            elif name not in frame:
                columns.append([None] * len(frame))
            else:
                columns.append(self._stored(table, name, kind, ids, frame[name]))
        rows = list(zip(*columns, strict=True))
        marks = ", ".join("?" * len(kinds))
        self._write_many(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        self.appended.setdefault(table, []).extend(zip(ids, audit.encode_rows(rows), strict=True))
        return pd.Series(ids, dtype="int64")

    def replace_state(self, frame: pd.DataFrame) -> None:
        """Bring the kept statuses (lead, status, clause) up to date; they can be derived anew at any time."""
        kinds = self._register._tables["state"]
        rows = zip(*(to_stored(kind, frame[name]) for name, kind in kinds.items()), strict=True)
        self._write_many(f"INSERT OR REPLACE INTO state VALUES ({', '.join('?' * len(kinds))})", list(rows))

    def _stored(self, table: str, name: str, kind: str, ids: list[int], values: pd.Series) -> list[Any]:
        if kind in ("SEALED", "BLIND") and values.isna().all():
            return [None] * len(values)  # nothing personal, no key needed
        if kind == "SEALED":
            return cipher.seal(self._register._field_keys(), table, name, ids, to_stored("TEXT", values))
        if kind == "BLIND":
            return cipher.blind(self._register._index_key(), to_stored("TEXT", values))
        return to_stored(kind, values)

    def _write_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        try:
            self._register._connection.executemany(sql, rows)
        except sqlcipher.IntegrityError:
            raise
        except sqlcipher.DatabaseError as error:
            raise schema.refused(error, self._register.path) from error
