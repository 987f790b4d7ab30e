"""An audit entry while it is written: rows appended, kept statuses brought up to date, the roster kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlcipher3 import dbapi2 as sqlcipher

from workbench.platform.register import audit, cipher, erasable, records, roster, schema
from workbench.platform.register import subjects as subject_keys
from workbench.platform.register.columns import to_stored

if TYPE_CHECKING:
    from workbench.platform.register.store import Register


class Entry:
    """An audit entry being written. ``appended``: stored rows by table, for its digest;
    ``detail``: what it says, to be filled in until it ends.
    """

    def __init__(self, register: Register, number: int, detail: dict[str, Any]) -> None:
        self.number = number
        self.detail = detail
        self.appended: dict[str, list[Sequence[Any]]] = {}
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
        declared, given = table, frame
        if table not in self._register._tables:
            table, frame = records.TABLE, records.rows_of(table, frame)
        register, kinds = self._register, self._register._tables[table]
        key = next(iter(kinds))
        frame = frame.reset_index(drop=True).drop(columns="entry", errors="ignore")
        if key not in frame:
            first = (register.maximum(table, key) or 0) + 1
            frame[key] = np.arange(first, first + len(frame))
        ids = frame[key].tolist()
        about = self._subjects(declared, given.reset_index(drop=True), frame, kinds, ids)
        boxes = register.subjects.boxes(subject for subject in about if subject is not None)
        columns: list[list[Any]] = []
        for name, kind in kinds.items():
            if name == "entry":
                columns.append([self.number] * len(frame))
            elif name not in frame:
                columns.append([None] * len(frame))
            else:
                columns.append(self._stored(table, name, kind, ids, frame[name], about, boxes))
        rows = list(zip(*columns, strict=True))
        marks = ", ".join("?" * len(kinds))
        self._write_many(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        self.appended.setdefault(table, []).extend(rows)
        return pd.Series(ids, dtype="int64")

    def digest(self) -> str:
        """The keyed hash over the rows it added."""
        accounting = erasable.Accounting.of(self._register, self.appended)
        encoded = {
            table: list(zip([row[0] for row in rows], audit.encode_rows(accounting.rows(table, rows)), strict=True))
            for table, rows in self.appended.items()
        }
        return audit.digest(self._register.keys.audit, encoded)

    def replace_state(self, frame: pd.DataFrame) -> None:
        """Bring the kept statuses (lead, status, clause) up to date; they can be derived anew at any time."""
        kinds = self._register._tables["state"]
        rows = zip(*(to_stored(kind, frame[name]) for name, kind in kinds.items()), strict=True)
        self._write_many(f"INSERT OR REPLACE INTO state VALUES ({', '.join('?' * len(kinds))})", list(rows))

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
        """Run a statement for each row. Rows it adds to a table of the trail are not part of the entry's digest."""
        try:
            self._register._connection.executemany(sql, rows)
        except sqlcipher.IntegrityError:
            raise
        except sqlcipher.DatabaseError as error:
            raise schema.refused(error, self._register.path) from error
