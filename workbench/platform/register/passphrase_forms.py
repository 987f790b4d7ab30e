"""One passphrase, typed on another keyboard or kept by another editor, is other bytes: the forms a slot may have."""

from __future__ import annotations

import re
import unicodedata

SHARE_LETTERS = 20  # of each of the two shares of a recovery passphrase: 100 bits
MARK = "\ufeff"  # what some editors put before a text


def canonical(passphrase: str) -> str:
    """A passphrase in the one form slots are made with: composed letters (NFC), without a byte order mark."""
    return unicodedata.normalize("NFC", passphrase.removeprefix(MARK))


def forms(passphrase: str) -> tuple[str, ...]:
    """What may open a slot: the form slots are made with, and those of slots made before there was one."""
    bare = passphrase.removeprefix(MARK)
    return tuple(dict.fromkeys((canonical(passphrase), passphrase, unicodedata.normalize("NFD", bare))))


def of_two_shares(typed: str) -> str:
    """The recovery passphrase that two shares make, in whichever order and with whatever between them; any other text
    as it is (registers of earlier versions have a recovery passphrase of one person).
    """
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    if len(letters) != 2 * SHARE_LETTERS:
        return typed
    return "+".join(sorted((letters[:SHARE_LETTERS], letters[SHARE_LETTERS:])))
