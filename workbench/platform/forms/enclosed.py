"""What is in an archive or a mail: the files that somebody meant to hand in, and when a mail was received.

Runs in the reading process, by name; what it finds is put into a folder under numbers, so that no name leads anywhere.
"""

from __future__ import annotations

import email
import email.header
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message as Mail
from email.policy import compat32
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any

import olefile

from workbench.core.file_names import file_name, passed_over
from workbench.platform.forms.days import in_china
from workbench.platform.forms.guard import MAX_FILE, MAX_UNPACKED, OLE, ZIP, Refused, bounded, is_mail
from workbench.platform.forms.unlocked import OF_LIBRARIES

DEEPEST, MOST_FILES = 3, 500  # archives within each other; files in all
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emz", ".wmz", ".svg", ".ics", ".p7s", ".asc")
_SUBSTANCE = "__substg1.0_"
_FAULTS = (*OF_LIBRARIES, zipfile.BadZipFile)


@dataclass
class _Found:
    """What came out so far: names and bytes; ``bytes_left`` bounds all of it together."""

    folder: Path
    files: list[list[str]] = field(default_factory=list)
    bytes_left: int = MAX_UNPACKED

    def put(self, name: str, raw: bytes) -> None:
        self.bytes_left -= len(raw)
        if len(self.files) >= MOST_FILES or self.bytes_left < 0:
            raise Refused("bomb")
        own = self.folder / str(len(self.files))
        own.mkdir(mode=0o700)
        target = own / file_name(PurePosixPath(name.replace("\\", "/")).name or "附件")
        target.touch(mode=0o600)
        target.write_bytes(raw)
        self.files.append([name, str(target)])


def enclosed(raw: bytes, folder: str) -> dict[str, Any]:
    """The files in an archive or mail, written into ``folder``: ``files`` with name and path, ``received_at`` (ISO, China's
    time) where a mail says it. Nothing for what is neither. Raises Refused.
    """
    found = _Found(Path(folder))
    received = _received(raw)
    for name, content in _inside(raw, DEEPEST):
        found.put(name, content)
    return {"files": found.files, "received_at": received.isoformat() if received else None}


def _inside(raw: bytes, levels: int) -> Iterator[tuple[str, bytes]]:
    """The files in an archive or mail, those in it taken apart in turn as deep as ``levels``."""
    for name, content in _members(raw):
        if passed_over(name) or not content:
            continue
        within = list(_inside(content, levels - 1)) if levels > 1 and len(content) <= MAX_FILE else []
        if within:
            yield from within
        else:  # a workbook, or what its reader will refuse with the way out
            yield name, content


def _members(raw: bytes) -> Iterator[tuple[str, bytes]]:
    if raw.startswith(ZIP):
        yield from _zipped(raw)
    elif raw.startswith(OLE) and _SUBSTANCE.encode("utf-16-le") in raw:
        yield from _of_outlook(raw)
    elif is_mail(raw):
        yield from _attached(email.message_from_bytes(raw, policy=compat32))


def _zipped(raw: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            names = {entry.filename.replace("\\", "/").lower() for entry in entries}
            if "[content_types].xml" in names or {"mimetype", "content.xml"} <= names:
                return  # a document, no archive of documents
            bounded(entries)
            if any(entry.flag_bits & 1 for entry in entries):
                return  # under a password: its reader says so
            for entry in entries:
                if not passed_over(_named(entry)):
                    yield _named(entry), archive.read(entry)
    except _FAULTS:
        return


def _named(entry: zipfile.ZipInfo) -> str:
    """A name as it was given: Chinese Windows writes it in its own code page and does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _attached(mail: Mail) -> Iterator[tuple[str, bytes]]:
    """The attachments of a mail, those of mails in it too; pictures that are part of its text are none."""
    for part in mail.walk():
        if part.is_multipart():
            continue
        name = _decoded(part.get_filename())
        if not name or (part.get("Content-ID") and name.lower().endswith(PICTURES)):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield name, content


def _decoded(name: str | None) -> str:
    """A file's name from its encoded words."""
    if not name:
        return ""
    try:
        return str(email.header.make_header(email.header.decode_header(name)))
    except (LookupError, ValueError):
        return name


def _of_outlook(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The attachments of a mail as Outlook saves it (.msg)."""
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as ole:
            for own in sorted({entry[0] for entry in ole.listdir() if entry[0].startswith("__attach_version1.0_")}):
                content = _stream(ole, f"{own}/{_SUBSTANCE}37010102")
                name = _property(ole, f"{own}/{_SUBSTANCE}", "3707") or _property(ole, f"{own}/{_SUBSTANCE}", "3704")
                if (
                    content is not None
                    and name
                    and not (_property(ole, f"{own}/{_SUBSTANCE}", "3712") and name.lower().endswith(PICTURES))
                ):
                    yield name, content
    except _FAULTS:
        return


def _stream(ole: Any, path: str) -> bytes | None:
    if not ole.exists(path):
        return None
    with ole.openstream(path) as stream:
        content: bytes = stream.read()
    return content


def _property(ole: Any, prefix: str, tag: str) -> str | None:
    """A text of a mail's properties, in Unicode or the sender's code page."""
    wide = _stream(ole, f"{prefix}{tag}001F")
    if wide is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    narrow = _stream(ole, f"{prefix}{tag}001E")
    return None if narrow is None else narrow.decode("gb18030", "replace").rstrip("\0")


def _received(raw: bytes) -> datetime | None:
    """When a mail was received, by the server that took it in last (the topmost line); China's time, to the second."""
    if raw.startswith(OLE) and _SUBSTANCE.encode("utf-16-le") in raw:
        try:
            with olefile.OleFileIO(io.BytesIO(raw)) as ole:
                head = _property(ole, _SUBSTANCE, "007D")
                moment = _of_head(email.message_from_string(head)) if head else None
                return moment or _delivered(_stream(ole, "__properties_version1.0"))
        except _FAULTS:
            return None
    return _of_head(email.message_from_bytes(raw)) if is_mail(raw) else None


def _of_head(mail: Mail) -> datetime | None:
    for line in mail.get_all("Received", [])[:1]:
        words = re.sub(r"\s*\([^()]*\)\s*$", "", str(line).rpartition(";")[2].strip())
        try:
            moment = parsedate_to_datetime(words)
        except (ValueError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            return None  # a time without its zone proves nothing
        return _here(moment)
    return None


def _delivered(properties: bytes | None) -> datetime | None:
    """Outlook's own time of delivery (PR_MESSAGE_DELIVERY_TIME), in tenths of microseconds since 1601."""
    for at in range(32, len(properties or b"") - 15, 16):
        tag, _, ticks = struct.unpack_from("<IIQ", properties or b"", at)
        if tag == 0x0E060040 and ticks:
            try:
                return _here(datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10))
            except OverflowError:
                return None
    return None


def _here(moment: datetime) -> datetime:
    return in_china(moment).replace(microsecond=0)
