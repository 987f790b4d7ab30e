"""One passphrase, typed on another keyboard or kept by another editor, is other bytes: the forms a slot may have."""

from __future__ import annotations

import unicodedata

MARK = "\ufeff"  # what some editors put before a text


def canonical(passphrase: str) -> str:
    """A passphrase in the one form slots are made with: composed letters (NFC), without a byte order mark."""
    return unicodedata.normalize("NFC", passphrase.removeprefix(MARK))


def forms(passphrase: str) -> tuple[str, ...]:
    """What may open a slot: the form slots are made with, and those of slots made before there was one."""
    bare = passphrase.removeprefix(MARK)
    return tuple(dict.fromkeys((canonical(passphrase), passphrase, unicodedata.normalize("NFD", bare))))
