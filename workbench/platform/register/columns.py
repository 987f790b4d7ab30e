"""Columns of frames to stored values and back, by declared type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from workbench.platform.register.cipher import DESTROYED

TIMES = {"TIME": "s", "DATE": "D"}
NUMBERS = ("INTEGER", "BOOL")
BEGINNING = (
    12  # letters of a hash that its indexes hold (migrations/0021): six bytes tell ten million apart but for a few
)
_WHOLE_NUMBERS = re.compile(r"\[[-\d,]+\]", re.ASCII)
_DAY, _SECOND = 10, 19  # letters of a day, and of a time without parts of a second


def to_stored(kind: str, values: pd.Series) -> list[Any]:
    """A column as the database keeps it; missing values become NULL."""
    if kind in TIMES:
        times = pd.to_datetime(values).astype("datetime64[us]")
        exact = times.to_numpy()
        whole = exact.astype(f"datetime64[{TIMES[kind]}]")
        texts = np.datetime_as_string(whole).astype(object)
        if kind == "TIME":  # to the microsecond (D4); a whole second is written without its noughts, and sorts first
            finer = ~times.isna().to_numpy() & (whole != exact)
            texts[finer] = np.datetime_as_string(exact[finer])
        texts[times.isna().to_numpy()] = None
        return list(texts)
    if kind == "JSON":
        return [json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain) for value in values]
    missing = values.isna().to_numpy()
    if missing.all():
        return [None] * len(values)
    if kind in NUMBERS and not missing.any():
        return list(values.astype("int64").tolist())
    change = int if kind in NUMBERS else str
    plain_values = values.to_numpy(dtype=object)  # a column of texts gives them out one by one slowly
    return [None if gone else change(value) for value, gone in zip(plain_values, missing.tolist(), strict=True)]


def plain(value: Any) -> Any:
    """A value as JSON keeps it: days and times in ISO 8601, numbers of numpy as Python's."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _plain(value: Any) -> Any:
    found = plain(value)
    if found is value:
        raise TypeError(f"{type(value).__name__} in a JSON column")
    return found


def to_sealed(value: Any) -> str | None:
    """A plain value, or several by name, as the text a SEALED column takes; None where there is nothing."""
    return None if value is None or value == {} else json.dumps(value, ensure_ascii=False)


def from_sealed(text: str | None) -> Any:
    """What ``to_sealed`` made the text of; DESTROYED where its key was destroyed."""
    return text if text is None or text == DESTROYED else json.loads(text)


def from_stored(kind: str, values: Sequence[Any]) -> Any:
    """A stored column for a frame: times as datetime64[us], whole numbers as int64 or Int64, else objects.

    What is missing among objects is None: pandas left to itself reads them as its text, with nan, which is true.
    """
    if kind in TIMES:
        return np.array(values, dtype="datetime64[us]") if len(values) else np.empty(0, "datetime64[us]")
    if kind == "INTEGER":
        try:
            return np.array(values, dtype="int64")
        except TypeError:
            if None not in values:
                raise
            return pd.array(list(values), dtype="Int64")
    if kind == "BOOL":
        return np.array(values, dtype="bool")
    if kind == "JSON":
        return _objects([json.loads(value) for value in values])
    return _objects(values)


def unpacked(kind: str, text: str) -> Sequence[Any] | np.ndarray:
    """A column out of the JSON list of its stored values: whole numbers and times as ``from_stored`` gives them where none is
    odd. Raises ValueError for what is no time.
    """
    if kind in NUMBERS and _WHOLE_NUMBERS.fullmatch(text):
        found = np.fromstring(text[1:-1], dtype="int64", sep=",")
        return found if kind == "INTEGER" else found.astype("bool")
    if kind in TIMES and (times := _times(text)) is not None:
        return times
    values: list[Any] = json.loads(text)
    return values


def _times(text: str) -> np.ndarray | None:
    """The times of a JSON list, all of one length or missing; None where they are not."""
    length = text.find('"', 2 + text.find('"')) - text.find('"') - 1
    if length not in (_DAY, _SECOND) or not text.isascii():
        return None
    stored = text.replace("null", f'"{"NaT":\0<{length}}"').encode()[1:-1] + b","
    count, rest = divmod(len(stored), length + 3)
    if rest:
        return None
    marks = np.frombuffer(stored, dtype="uint8").reshape(count, length + 3)
    if (marks[:, [0, length + 1, length + 2]] != np.frombuffer(b'"",', dtype="uint8")).any():
        return None
    fields = np.ndarray(count, dtype=f"S{length}", buffer=stored, offset=1, strides=(length + 3,))
    return fields.astype("datetime64[us]")


class Collected:
    """A stored column that comes batch by batch, kept as it will be read: numbers and times as such, an equal text once.

    ``whole``: kept as it is ``stored`` instead, because it is opened before it is read.
    """

    def __init__(self, kind: str, *, whole: bool) -> None:
        self.stored: list[Any] = []
        self._kind = kind
        self._whole = whole
        self._parts: list[Any] = []
        self._known: dict[Any, Any] | None = {}

    def add(self, values: Sequence[Any] | str) -> None:
        """Take a batch, or the JSON list of one. Raises TypeError or ValueError for what is not of the kind."""
        found = unpacked(self._kind, values) if isinstance(values, str) else values
        if isinstance(found, np.ndarray):
            self._parts.append(found)
        elif self._whole:
            self.stored += found
        elif self._kind in TIMES or self._kind in NUMBERS:
            part = from_stored(self._kind, found)
            self._parts.append(part if isinstance(part, np.ndarray) else list(found))
        else:
            self._parts.append(_array(found if self._known is None else self._once(self._known, found)))

    def _once(self, known: dict[Any, Any], values: Sequence[Any]) -> list[Any]:
        """The values, equal ones as one object; no more so in a column in which hardly two are equal."""
        found = [known.setdefault(value, value) for value in values]
        if len(known) * 2 > sum(map(len, self._parts)) + len(values):
            self._known = None
        return found

    def read(self, opened: Sequence[Any]) -> Any:
        """The column as ``from_stored`` gives it; ``opened``: in place of what was stored of a whole one."""
        parts, self._parts = self._parts, []  # not held twice
        if self._whole or not parts:
            return from_stored(self._kind, opened)
        if any(isinstance(part, list) for part in parts):
            return from_stored(self._kind, [value for part in parts for value in part])
        joined = np.concatenate(parts)
        return pd.Series(joined, dtype=object) if joined.dtype == object else joined


def _objects(values: Sequence[Any]) -> pd.Series:
    return pd.Series(_array(values), dtype=object)


def _array(values: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def to_filter(kind: str, value: Any) -> Any:
    """A value to compare a stored column with."""
    if kind in TIMES:
        moment = pd.Timestamp(value)
        return (
            moment.strftime("%Y-%m-%d") if kind == "DATE" else moment.to_pydatetime().replace(tzinfo=None).isoformat()
        )
    return value.item() if isinstance(value, np.generic) else value


def where_clause(kinds: Mapping[str, str], where: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
    """The WHERE clause of a table with columns of these kinds, and its values; several wanted values are one of them.

    Hashes (BLIND) are looked for by their beginnings first, which is what their indexes hold.
    """
    terms: list[str] = []
    values: list[Any] = []
    for column, wanted in (where or {}).items():
        several = isinstance(wanted, (list, tuple, set, np.ndarray, pd.Series))
        found = [to_filter(kinds[column], value) for value in (wanted if several else [wanted])]
        compared = {f'"{column}"': found}
        if kinds[column] == "BLIND":
            begun = [value[:BEGINNING] if isinstance(value, str) else None for value in found]
            compared = {f'substr("{column}", 1, {BEGINNING})': begun} | compared
        for term, each in compared.items():
            terms.append(f"{term} IN (SELECT value FROM json_each(?))" if several else f"{term} = ?")
            values += to_stored("JSON", pd.Series([each])) if several else each
    return (" WHERE " + " AND ".join(terms) if terms else ""), values
