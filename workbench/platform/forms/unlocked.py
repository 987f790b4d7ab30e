"""Workbooks under the password that Excel itself tries first: people who protect a sheet's structure never see it."""

from __future__ import annotations

import io
import re
import struct
from xml.parsers.expat import ExpatError

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, ParseError

from workbench.platform.forms.guard import ENCRYPTED, MAX_FILE, OLE, Refused

KNOWN_TO_EXCEL = "VelvetSweatshop"
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


def unlocked(raw: bytes) -> bytes:
    """A file as it is without a password of its own: opened where Excel would open it without asking.

    Raises Refused ``password`` where it would ask for one.
    """
    if not raw.startswith(OLE) or len(raw) > MAX_FILE:
        return raw
    sealed = ENCRYPTED in raw
    try:
        if sealed and not _bearable(raw):
            raise Refused("password")
        office = msoffcrypto.OfficeFile(io.BytesIO(raw))
        if not office.is_encrypted():
            return raw
        sealed = True
        office.load_key(password=KNOWN_TO_EXCEL)
        opened = io.BytesIO()
        office.decrypt(opened)
    except OF_LIBRARIES:
        if sealed:
            raise Refused("password") from None
        return raw  # no workbook, or a spoiled one: its reader says so
    return opened.getvalue()


def _bearable(raw: bytes) -> bool:
    """Whether trying a password takes no more than Excel's own would, and the description declares nothing."""
    with olefile.OleFileIO(io.BytesIO(raw)) as ole, ole.openstream("EncryptionInfo") as stream:
        info = stream.read(1 << 20)
    rounds = [int(number) for number in _ROUNDS.findall(info)]
    return b"<!" not in info and max(rounds, default=0) <= MOST_ROUNDS
