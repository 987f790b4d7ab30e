"""Personal fields: AES-GCM bound to table, column and row; blind indexes that only compare."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.errors import RegisterError

NONCE = 12


def seal(
    keys: Mapping[int, bytes], table: str, column: str, rows: Iterable[int], values: Iterable[str | None]
) -> list[bytes | None]:
    """Seal one column under the newest key: ``version‖nonce‖ciphertext`` per value, None stays None."""
    newest = max(keys)
    box, version, place = AESGCM(keys[newest]), bytes([newest]), f"{table}|{column}|".encode()
    sealed: list[bytes | None] = []
    for row, value in zip(rows, values, strict=True):
        if value is None:
            sealed.append(None)
            continue
        nonce = os.urandom(NONCE)
        sealed.append(version + nonce + box.encrypt(nonce, value.encode(), place + b"%d" % row))
    return sealed


def unseal(
    keys: Mapping[int, bytes], table: str, column: str, rows: Iterable[int], values: Iterable[bytes | None]
) -> list[str | None]:
    """Open one column, each value with the key it was sealed under. Raises RegisterError ``damaged_field`` where a value was altered or moved."""
    boxes, place = {version: AESGCM(key) for version, key in keys.items()}, f"{table}|{column}|".encode()
    opened: list[str | None] = []
    try:
        for row, value in zip(rows, values, strict=True):
            if value is None:
                opened.append(None)
                continue
            opened.append(
                boxes[value[0]].decrypt(value[1 : 1 + NONCE], value[1 + NONCE :], place + b"%d" % row).decode()
            )
    except (InvalidTag, LookupError, TypeError, ValueError):  # altered; of no known version; no bytes; too short
        raise RegisterError("damaged_field", table=table, column=column) from None
    return opened


def blind(key: bytes, values: Iterable[str | None]) -> list[str | None]:
    """Keyed hashes (hex) under which equal values are equal and nothing else shows."""
    keyed = blake2b(key=key, digest_size=16)
    hashes: list[str | None] = []
    for value in values:
        if value is None:
            hashes.append(None)
            continue
        one = keyed.copy()
        one.update(value.encode())
        hashes.append(one.hexdigest())
    return hashes
