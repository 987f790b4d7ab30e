"""The attacker's own reader: every cell of a register by a bare connection, and everything that some keys open, by the formulas
of the file.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.vault import Vault
from workbench.platform.register.keys import Keys

Cell = tuple[str, str, int, Any]


def cells(vault: Vault) -> list[Cell]:
    """Every cell there is: table, column, row, value."""
    found = []
    with vault.raw() as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [column[1] for column in connection.execute(f"PRAGMA table_info({table})").fetchall()]
            for row in connection.execute(f"SELECT * FROM {table}").fetchall():
                found += [(table, column, row[0], value) for column, value in zip(columns, row, strict=True)]
    return found


def pieces(text: str) -> set[str]:
    """A text and its parts of four characters."""
    return {text, *(text[at : at + 4] for at in range(len(text) - 3))}


def in_clear(vault: Vault, traces: set[str]) -> set[tuple[str, str]]:
    """Tables and columns in which a trace stands in clear."""
    return {(table, column) for table, column, _, value in cells(vault) if any(t in str(value) for t in traces)}


def _packed(every: list[Cell]) -> Iterator[Cell]:
    """Sealed texts within JSON, at the places they are bound to."""
    kinds = {row: value for table, column, row, value in every if (table, column) == ("record", "kind")}
    for table, column, row, value in every:
        if not (isinstance(value, str) and "␟" in value and value.startswith("{")):
            continue
        for name, text in json.loads(value).items():
            if isinstance(text, str) and text.startswith("␟"):
                place = (kinds[row], name) if table == "record" else (table, f"{column}.{name}")
                yield (*place, row, base64.b64decode(text[1:]))


def read_raw(vault: Vault, keys: Keys) -> str:
    """Everything that keys open, with every key at hand."""
    held = [keys.file, keys.audit, *keys.names.values(), *keys.fields.values(), *([keys.index] if keys.index else [])]
    every, opened = cells(vault), []
    rows = [(row, value) for table, column, row, value in every if (table, column) == ("subject_key", "salt")]
    salts = dict(rows)
    sealed = [(t, c, row, value) for t, c, row, value in every if isinstance(value, bytes)]
    for table, column, row, value in [*sealed, *_packed(every)]:
        subject = int.from_bytes(value[1:9], "big")
        for key in held:
            made = [key]
            if subject in salts:
                said = f"{subject}|{salts[subject]}".encode()
                made.append(blake2b(said, key=key, digest_size=32, person=b"customer name").digest())
            for one in made:
                try:
                    bound = f"{table}|{column}|{row}|".encode() + value[:9]
                    opened.append(AESGCM(one).decrypt(value[9:21], value[21:], bound).decode())
                except (InvalidTag, ValueError):
                    continue
    return "\n".join(opened)


def read_personal(vault: Vault, keys: Keys) -> str:
    """Every personal value that keys open: the keys of subjects unwrapped by the field keys, whatever rows of keys there are."""
    every = cells(vault)
    wrapped: dict[int, dict[str, Any]] = {}
    for table, column, row, value in every:
        if table == "subject_key":
            wrapped.setdefault(row, {})[column] = value
    unwrapped: dict[int, AESGCM] = {}
    for subject, row in wrapped.items():
        sealed = row["wrapped"]
        if not sealed or row["version"] not in keys.fields:
            continue
        bound = json.dumps(["subject", subject, row["name"], row["version"], row["salt"]]).encode()
        unwrapped[subject] = AESGCM(AESGCM(keys.fields[row["version"]]).decrypt(sealed[:12], sealed[12:], bound))
    opened = []
    for table, column, row, value in every:
        subject = int.from_bytes(value[1:9], "big") if isinstance(value, bytes) and value[:1] == b"\0" else None
        if subject in unwrapped:
            bound = f"{table}|{column}|{row}|{subject}".encode()
            try:
                opened.append(unwrapped[subject].decrypt(value[9:21], value[21:], bound).decode())
            except (InvalidTag, ValueError):
                continue  # a text under the subject's salt: ``read_raw`` reads it
    return "\n".join(opened)


def read_all(vault: Vault) -> str:
    """Names, texts and personal values that a vault's keys open."""
    return "\n".join([read_raw(vault, vault.keys), read_personal(vault, vault.keys)])
