"""The guard: what a received file is, before any parser sees it. Runs in the reading process."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Any

from workbench.core.messages import Message

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream that holds a workbook with a password
MAX_FILE, MAX_UNPACKED, MAX_RATIO, MAX_PARTS = 100 << 20, 1 << 30, 150, 2000
LIST, FIXES = "错误清单", "更正清单"  # sheets that are added to copies and by buttons
UNREAD = ("填表说明", "_列表", LIST, FIXES)  # sheets that no parser is given
SMALL = 8 << 20  # below this a high ratio is no danger


class Refused(Exception):
    """A file that is not read: the reason, by its key in a catalogue, and where."""

    def __init__(self, key: str, sheet: str | None = None, cell: str | None = None, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.reason, self.sheet, self.cell = Message(key, {"sheet": sheet, "cell": cell, **values}), sheet, cell


class OtherFormat(Refused):
    """A file that is no .xlsx and may be read as another ``kind``: xls, xlsb, ods, csv; else the refusal holds."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(key)
        self.kind = kind


@dataclass
class Marks:
    """What a person sees of a sheet beside its values; cells by their addresses, rows from 1, columns from 0.

    ``hidden``: rows; ``columns``: hidden ones; ``concealed``: the sheet itself; ``errors``: error values, ``uncached``:
    formulas without a result; ``merged``: areas; ``disguised``: numbers and texts whose format scales or hides them;
    ``struck``: what is crossed out; ``far``: the first cell with a value that lies outside any form. ``from_1904``: whether
    numbers stand for days since 1904, as old Excel for Mac counts them.
    """

    hidden: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    concealed: bool = False
    errors: list[str] = field(default_factory=list)
    uncached: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    disguised: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    far: str | None = None
    from_1904: bool = False


def admit(raw: bytes) -> None:
    """Refuse what is no archive of the size of a form, with the way out for what else people send.

    Raises Refused; OtherFormat for what another reader may know.
    """
    if not raw:
        raise Refused("empty_file")
    if len(raw) > MAX_FILE:
        raise Refused("too_large")
    if raw.startswith(OLE):
        if ENCRYPTED in raw:
            raise Refused("password")
        if "__substg1.0_".encode("utf-16-le") in raw:
            raise Refused("a_mail")
        raise OtherFormat("xls", "old_excel")
    if not raw.startswith(ZIP):
        if is_mail(raw):
            raise Refused("a_mail")
        if raw.startswith(PACKED):
            raise Refused("archive_of_another_kind")
        raise OtherFormat("csv", "not_a_workbook/no_archive")


PACKED = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")  # .rar, .7z, .gz
_MAIL = (b"received:", b"return-path:", b"from:", b"date:", b"message-id:", b"delivered-to:", b"x-", b"mime-version:")


def is_mail(raw: bytes) -> bool:
    """Whether a file is a mail as programs save it (.eml)."""
    head = raw[:64_000].lower()
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(_MAIL) and (b"\nsubject:" in head or b"\nmime-version:" in head)


def bounded(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that unpacks to what no form is. Raises Refused."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    bomb = any(part.file_size > SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1) for part in parts)
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED
        or bomb
        or (unpacked > SMALL and unpacked > MAX_RATIO * packed)
    ):
        raise Refused("bomb")
