"""A keyed hash for each row of a received workbook: it tells later which row was received, and betrays nothing of it.

A row holds a name and a phone, and phones are few enough to be tried out: a plain hash, or one whose salt stands
beside it, would fall to whoever knows the rest of the row. So the key is a random code of 128 bits, one for each
received file, which is kept apart from the page the hashes are printed on. The file's own SHA-256 may be printed:
trying that out takes every other byte of the file. What a cell holds that cannot be read counts as empty here; the
file's hash covers it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from workbench.platform.forms.read import Form

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_READ_SINCE = frozenset({"phone_as_number", "date_as_text"})
AT_ONCE = 10_000  # rows whose values are held together
LENGTH = 32  # hex digits: 128 bits, and they fit on a printed line


def new_code() -> str:
    """A fresh key (32 hex digits) for the rows of one file."""
    return secrets.token_hex(16)


def commitment(code: str) -> str:
    """What may be printed of a code, so that another one cannot be put in its place later (hex)."""
    return hashlib.sha256(b"row code " + bytes.fromhex(code)).hexdigest()[:LENGTH]


def fingerprints(form: Form, code: str) -> dict[int, str]:
    """Excel row → keyed hash (hex) of its values as read, in the order of the template's columns.

    Where a row stands does not matter, so a row that moved is still found. Columns the sheet does not have are left out:
    a file keeps its hashes when its template is given another column later.
    """
    return {row: _hash(form, code, values) for row, values in _values(form)}


def earlier_fingerprints(form: Form, code: str) -> dict[int, list[str]]:
    """The same for rows with cells that earlier versions could not read and took for empty: Excel row → their hashes.

    These are mobile numbers stored as numbers, and days in further styles; which of them a version could not read is
    not known, so that each is tried.
    """
    keys = [column.key for column in form.template.columns if column.key in form.letters]
    newly: dict[int, dict[str, set[int]]] = {}
    for finding in form.findings:
        if finding.code in _READ_SINCE and finding.row is not None and finding.column in keys:
            newly.setdefault(finding.row, {}).setdefault(finding.code, set()).add(keys.index(finding.column))
    found: dict[int, list[str]] = {}
    values = dict(_values(form))
    for row, places in newly.items():
        for empty in {frozenset().union(*some) for some in _subsets(list(places.values()))}:
            before = tuple(None if place in empty else value for place, value in enumerate(values[row]))
            found.setdefault(row, []).append(_hash(form, code, before))
    return found


def _subsets(groups: list[set[int]]) -> list[list[set[int]]]:
    return [list(some) for count in range(1, len(groups) + 1) for some in combinations(groups, count)]


def _values(form: Form) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Each Excel row with its values in the order of the template's columns."""
    keys = [column.key for column in form.template.columns if column.key in form.letters]
    for at in range(0, len(form.rows), AT_ONCE):
        rows = form.rows.iloc[at : at + AT_ONCE]
        yield from zip(rows["row"].tolist(), zip(*(_plain(rows[key]) for key in keys), strict=True), strict=True)


def _hash(form: Form, code: str, values: tuple[Any, ...]) -> str:
    return hmac.digest(bytes.fromhex(code), _canonical(form.template.id, values), "sha256").hex()[:LENGTH]


def _canonical(template: str, values: tuple[Any, ...]) -> bytes:
    return _ENCODER.encode([template, *values]).encode()


def _plain(values: pd.Series) -> list[Any]:
    """A column as JSON holds it: times to the second, None where there is nothing."""
    if values.dtype.kind == "M":
        texts = np.datetime_as_string(values.to_numpy(dtype="datetime64[s]")).tolist()
        return [None if text == "NaT" else text for text in texts]
    return [None if value is pd.NA or value != value else value for value in values.tolist()]
