"""Personal fields: AES-GCM bound to table, column, row and subject; blind indexes that only compare.

A sealed value says under which key it is: ``0‖subject (8 bytes)‖nonce‖ciphertext`` under the key of whom it is about, which
can be destroyed (``subjects``); in registers of earlier versions ``version‖nonce‖ciphertext`` under a field key itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.errors import RegisterError

NONCE = 12
SUBJECTS_KEY = 0  # the first byte of a value sealed under a key of its subject; others are versions of the field key
NUMBER = 8  # bytes of a subject's number
HEAD = 1 + NUMBER
DESTROYED = "已销毁"  # what is read where the key was destroyed


def subject_of(value: object) -> int | None:
    """The number of the subject a value is sealed under; None where it is under a field key, or is no sealed value."""
    if not isinstance(value, bytes) or len(value) < HEAD or value[0] != SUBJECTS_KEY:
        return None
    return int.from_bytes(value[1:HEAD], "big")


def seal(
    boxes: Mapping[int, AESGCM],
    table: str,
    column: str,
    rows: Iterable[int],
    subjects: Iterable[int | None],
    values: Iterable[str | None],
) -> list[bytes | None]:
    """Seal one column, each value under the key (``boxes``) of its row's subject; None stays None."""
    place = f"{table}|{column}|".encode()
    sealed: list[bytes | None] = []
    for row, subject, value in zip(rows, subjects, values, strict=True):
        if value is None:
            sealed.append(None)
            continue
        assert subject is not None
        nonce = os.urandom(NONCE)
        head = bytes([SUBJECTS_KEY]) + subject.to_bytes(NUMBER, "big")
        sealed.append(head + nonce + boxes[subject].encrypt(nonce, value.encode(), place + b"%d|%d" % (row, subject)))
    return sealed


def unseal(
    keys: Mapping[int, bytes],
    boxes: Mapping[int, AESGCM | None],
    table: str,
    column: str,
    rows: Sequence[int],
    values: Sequence[bytes | None],
) -> list[str | None]:
    """Open one column, each value with the key it was sealed under; DESTROYED where that is no more (None in ``boxes``).

    ``keys``: field keys by version. Raises RegisterError ``damaged_field`` where a value was altered or moved.
    """
    own, place = {version: AESGCM(key) for version, key in keys.items()}, f"{table}|{column}|".encode()
    opened: list[str | None] = []
    try:
        for row, value in zip(rows, values, strict=True):
            if value is None:
                opened.append(None)
            elif (subject := subject_of(value)) is None:
                box, nonce, rest = own[value[0]], value[1 : 1 + NONCE], value[1 + NONCE :]
                opened.append(box.decrypt(nonce, rest, place + b"%d" % row).decode())
            elif (of_subject := boxes[subject]) is None:
                opened.append(DESTROYED)
            else:
                nonce, rest = value[HEAD : HEAD + NONCE], value[HEAD + NONCE :]
                opened.append(of_subject.decrypt(nonce, rest, place + b"%d|%d" % (row, subject)).decode())
    except (InvalidTag, LookupError, TypeError, ValueError):  # altered; of no known key; no bytes; too short
        raise damaged_field(table, column) from None
    return opened


def damaged_field(table: str, column: str) -> RegisterError:
    """The refusal of a sealed value that does not open."""
    return RegisterError("damaged_field", table=table, column=column)


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
