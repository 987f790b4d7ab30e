"""Workbooks under a password: the one that Excel itself tries first (people who protect a sheet's structure never see it), and
those that are known because we handed the workbook out under them."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from xml.parsers.expat import ExpatError

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, ParseError

from workbench.platform.forms.guard import ENCRYPTED, MAX_FILE, OLE, Refused

KNOWN_TO_EXCEL = "VelvetSweatshop"
MOST_TRIED = 100  # passwords on one file: each takes Excel's own time
MOST_ROUNDS = 1_000_000  # of hashing a password; Excel takes 100,000
_ROUNDS = re.compile(rb'spinCount="(\d+)"')
OF_LIBRARIES = (  # of the libraries, on a file that is not what it says
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,  # olefile's own are of this kind
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    DecryptionError,
    ExpatError,
    FileFormatError,
    ParseError,
)


def unlocked(raw: bytes, passwords: Sequence[str] = ()) -> bytes:
    """A file as it is without a password of its own (``opened``). Raises Refused."""
    return opened(raw, passwords)[0]


def opened(raw: bytes, passwords: Sequence[str] = ()) -> tuple[bytes, int | None]:
    """A file as it is without a password: opened where Excel would not ask for one, or by one of ``passwords``; and by which
    of these (None: by none of them).

    Raises Refused ``password`` where it would ask for one, ``password/none_fits`` where none of those given opens it.
    """
    if not raw.startswith(OLE) or len(raw) > MAX_FILE:
        return raw, None
    sealed = ENCRYPTED in raw
    try:
        if sealed and not _bearable(raw):
            raise Refused("password")
        if not msoffcrypto.OfficeFile(io.BytesIO(raw)).is_encrypted():
            return raw, None
        sealed = True
    except OF_LIBRARIES:
        if sealed:
            raise Refused("password") from None
        return raw, None  # no workbook, or a spoiled one: its reader says so
    for number, password in enumerate([KNOWN_TO_EXCEL, *passwords[:MOST_TRIED]]):
        try:
            office, inside = msoffcrypto.OfficeFile(io.BytesIO(raw)), io.BytesIO()
            office.load_key(password=password)
            office.decrypt(inside)
        except OF_LIBRARIES:
            continue
        return inside.getvalue(), number - 1 if number else None
    raise Refused("password/none_fits" if passwords else "password")


def locked(workbook: bytes, password: str) -> bytes:
    """A workbook under Excel's own encryption (AES-256, SHA-512)."""
    from msoffcrypto.format.ooxml import OOXMLFile  # with cryptography, which the reading process does without

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, out)
    return out.getvalue()


def _bearable(raw: bytes) -> bool:
    """Whether trying a password takes no more than Excel's own would, and the description declares nothing."""
    with olefile.OleFileIO(io.BytesIO(raw)) as ole, ole.openstream("EncryptionInfo") as stream:
        info = stream.read(1 << 20)
    rounds = [int(number) for number in _ROUNDS.findall(info)]
    return b"<!" not in info and max(rounds, default=0) <= MOST_ROUNDS
