"""Registers as earlier versions wrote them: personal values under the field key itself, names or other texts in clear."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.platform.register import free_texts, names, roster
from workbench.platform.register.columns import to_stored
from workbench.platform.register.entry import Entry
from workbench.platform.register.keys import Keys


def sealed_as_before(key: bytes, version: int, table: str, column: str, row: int, value: str) -> bytes:
    """A value as version 0.1 sealed it: ``version‖nonce‖ciphertext``."""
    nonce = os.urandom(12)
    return bytes([version]) + nonce + AESGCM(key).encrypt(nonce, value.encode(), f"{table}|{column}|{row}".encode())


@contextmanager
def earlier_program() -> Iterator[None]:
    """What is written inside is sealed as before there were keys of customers; registers made inside have no names key."""
    subjects, stored, commitments, handed = Entry._subjects, Entry._stored, roster.commitments, Keys.keys_for

    def as_before(self: Entry, table: str, name: str, kind: str, ids: list[int], values: Any, *rest: Any) -> list[Any]:
        if kind != "SEALED" or values.isna().all():
            return stored(self, table, name, kind, ids, values, *rest)
        fields = self._register.keys.fields
        newest = max(fields)
        return [
            None if text is None else sealed_as_before(fields[newest], newest, table, name, row, text)
            for row, text in zip(ids, to_stored("TEXT", values), strict=True)
        ]

    Entry._subjects, Entry._stored = (lambda self, table, given, frame, *_: [None] * len(frame)), as_before
    roster.commitments = lambda keys: commitments(replace(keys, names={}))
    Keys.keys_for = lambda self, *of: handed(replace(self, names={}), *of)
    try:
        yield
    finally:
        Entry._subjects, Entry._stored, roster.commitments, Keys.keys_for = subjects, stored, commitments, handed


@contextmanager
def names_only_program() -> Iterator[None]:
    """What is written inside is sealed as before there were other sealed texts than names."""
    with (
        patch.object(names, "COLUMNS", dict(names.FIRST)),
        patch.object(names, "PARTS", {}),
        patch.object(names, "WORDS", ()),
        patch.object(names, "TEXTS_BORN", names.BORN),
        patch.object(free_texts, "COMPARED", {}),
    ):
        yield
