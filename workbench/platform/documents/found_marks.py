"""What a file bears that may be a delivered copy. It may come from anybody, so the reading process looks into it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from struct import error as StructError
from typing import Any
from xml.parsers.expat import ExpatError

from workbench.core.errors import WrongUse
from workbench.platform.documents import marked_copies
from workbench.platform.forms.guard import MAX_FILE, Refused
from workbench.platform.forms.reading_process import reading_process

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_CODES = 100_000  # what may be marks in one file
_DAMAGE = (
    ExpatError,
    StructError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    NotImplementedError,
    MemoryError,
)


@dataclass(frozen=True)
class Borne:
    """Of a file: its SHA-256, that of the workbook inside its password (``opened``; of the file where it has none), the
    ticket, not yet checked, the digest of the parts, and what may be marks: code → the parts it stands in."""

    sha256: str
    opened: str
    ticket: dict[str, Any] | None
    digest: str | None
    codes: dict[str, list[str]]


def look_into(path: Path, password: str | None) -> Borne:
    """What a file bears; ``password``: of a protected one, where it is known.

    Raises WrongUse ``wrong_password``, ``not_a_workbook``; FileRefused where it is too large or cannot be read.
    """
    with reading_process() as child:
        found = child.run(path, f"{__name__}:borne", password=password)
    if "failed" in found:
        raise WrongUse(found["failed"], name=path.name)
    return Borne(**found)


def borne(raw: bytes, password: str | None) -> dict[str, Any]:
    """The fields of ``Borne`` as the reading process tells them, or why a password does not open the file."""
    if len(raw) > MAX_FILE:
        raise Refused("too_large")
    workbook = raw
    if password is not None and is_protected(raw):
        try:
            workbook = unprotect(raw, password)
        except WrongUse as no:
            return {"failed": no.message.key}
    parts = marked_copies.unpack(workbook)
    codes = marked_copies.codes_in(parts) if parts else marked_copies.codes_in_bytes(raw)
    return {
        "sha256": hashlib.sha256(raw).hexdigest(),
        "opened": hashlib.sha256(workbook).hexdigest(),
        "ticket": marked_copies.ticket_of(parts) if parts else None,
        "digest": marked_copies.digest(parts) if parts else None,
        "codes": dict(islice(codes.items(), MOST_CODES)),
    }


def is_protected(raw: bytes) -> bool:
    """Whether a file is in the wrapping that a password gives it; old .xls files begin alike."""
    return raw.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in raw


def unprotect(raw: bytes, password: str, name: str = "") -> bytes:
    """The workbook inside. Raises WrongUse ``wrong_password``, ``not_a_workbook``."""
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    try:
        file = OOXMLFile(io.BytesIO(raw))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out, verify_integrity=True)
    except InvalidKeyError:
        raise WrongUse("wrong_password", name=name) from None
    except (DecryptionError, FileFormatError, ParseError, *_DAMAGE):
        raise WrongUse("not_a_workbook/no_copy", name=name) from None
    return out.getvalue()
