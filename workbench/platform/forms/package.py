"""A workbook's package: its parts and where they lead, as the Open Packaging Conventions say.

The package's own relationships name the workbook, the workbook's name its sheets. Names of parts are equal whatever
their case; backslashes, as some programs write them, stand for slashes.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import TypeVar
from urllib.parse import unquote

from workbench.platform.forms.guard import ZIP, OtherFormat, Refused, admit, bounded
from workbench.platform.forms.markup import CHUNK, children, local

SPOILED = (  # what reading the parts of a spoilt file raises
    zipfile.BadZipFile,
    EOFError,
    KeyError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    zlib.error,
)
MAIN = frozenset(
    {
        "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
        "{http://purl.oclc.org/ooxml/spreadsheetml/main}",  # strict
    }
)
FILLED_IN = (".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods", ".csv", ".eml", ".msg", ".zip")  # what people send
_Found = TypeVar("_Found")
Links = dict[str, tuple[str, str]]
Listed = tuple[list[tuple[str, str, bool]], bool]
_LOCAL = struct.Struct("<4s5H3L2H")  # what stands before a part's bytes
_USUAL_FLAGS = 0x2 | 0x4 | 0x8 | 0x800  # how well it is packed, where its sizes stand, names in UTF-8
_YES = frozenset({"1", "true", "on"})


def yes(value: str | None) -> bool:
    """A truth value of an attribute; what is not there is false."""
    return value in _YES


@dataclass(frozen=True)
class SheetEntry:
    """A sheet in the workbook's list: its name, its part (None where it is no worksheet), whether people see its tab."""

    name: str
    part: str | None
    concealed: bool


class Package:
    """An admitted workbook: its parts by their names in lower case. Raises Refused, here and in every method."""

    def __init__(self, raw: bytes) -> None:
        admit(raw)
        self.raw = raw
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(raw))
            entries = [entry for entry in self.archive.infolist() if not entry.filename.endswith(("/", "\\"))]
        except SPOILED:
            raise Refused("damaged_workbook") from None
        bounded(entries)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused("archive_password")
        self.parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = entry.filename.replace("\\", "/").lstrip("/").lower()
            if name in self.parts:
                raise Refused("parts_alike")
            self.parts[name] = entry
        self.workbook = self._workbook()

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part's bytes, piece by piece."""
        try:
            with self.archive.open(self.parts[part]) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except SPOILED:
            raise Refused("damaged_workbook") from None

    def begin(self, part: str) -> bytes | None:
        """All of a part that is short enough to be looked at in one piece; None for a longer one."""
        entry = self.parts[part]
        if entry.file_size > CHUNK:
            return None
        whole = _inflated(self.raw, entry)
        return b"".join(self.chunks(part)) if whole is None else whole

    def whole_or_parts(
        self, part: str, short: Callable[[bytes], _Found], long: Callable[[Iterable[bytes]], _Found]
    ) -> _Found:
        """What is found in a part: in all of it, as it may be known already, or in its chunks where it is long."""
        whole = self.begin(part)
        return long(self.chunks(part)) if whole is None else short(whole)

    def links(self, part: str) -> Links:
        """A part's relationships ("" for the package's own): id → kind (the last word of its type) and target part."""
        folder, name = posixpath.split(part)
        own = posixpath.join(folder, "_rels", f"{name}.rels")
        if own not in self.parts:
            return {}
        return self.whole_or_parts(own, partial(links_of, folder), partial(_links, folder))

    def linked(self, kind: str) -> str | None:
        """The workbook's part of a kind, such as its styles."""
        parts = [target for link, target in self._links.values() if link == kind and target in self.parts]
        return parts[0] if parts else None

    def _workbook(self) -> str:
        """The part that is the workbook. Where the package leads to one, no other part says what it is."""
        found = {target for kind, target in self.links("").values() if kind == "officeDocument"}
        names = self.parts.keys()
        part = next(iter(found), "")
        usual = not part.endswith(".bin") and (
            posixpath.basename(part) == "workbook.xml" or any(name.startswith("xl/") for name in names | found)
        )
        if len(found) == 1 and usual and part in names:
            return part
        if any(name.endswith("workbook.bin") for name in found | names):
            raise OtherFormat("xlsb", "binary_workbook")
        if "content.xml" in names and "mimetype" in names:
            raise OtherFormat("ods", "open_document")
        if any(name.endswith(FILLED_IN) for name in names):
            raise Refused("workbooks_packed")
        if len(found) > 1:
            raise Refused("damaged_workbook")
        raise Refused("damaged_workbook" if part and usual else "not_a_workbook/archive_without")

    def sheets(self) -> tuple[list[SheetEntry], bool]:
        """The sheets in their order, and whether days count from 1904."""
        self._links = links = self.links(self.workbook)
        found, from_1904 = self.whole_or_parts(self.workbook, _short_list, _list)
        listed = []
        for name, number, concealed in found:
            kind, part = links.get(number, ("", ""))
            if kind == "worksheet" and part not in self.parts:
                raise Refused("damaged_workbook")
            listed.append(SheetEntry(name, part if kind == "worksheet" else None, concealed))
        if len({sheet.name.casefold() for sheet in listed}) < len(listed):
            raise Refused("damaged_workbook")
        return listed, from_1904


def _inflated(raw: bytes, entry: zipfile.ZipInfo) -> bytes | None:
    """A short part that is packed as nearly all are and keeps its word; None for any other, which zipfile judges."""
    start = entry.header_offset
    if entry.compress_type != zipfile.ZIP_DEFLATED or entry.flag_bits & ~_USUAL_FLAGS:
        return None
    if not 0 <= start <= len(raw) - _LOCAL.size:
        return None
    sign, _, flags, _, _, _, _, _, _, name, extra = _LOCAL.unpack_from(raw, start)
    first = start + _LOCAL.size + name + extra
    last = first + entry.compress_size
    named = raw[start + _LOCAL.size : first - extra]
    if sign != ZIP or flags & ~_USUAL_FLAGS or not named.isascii() or named.decode() != entry.orig_filename:
        return None
    if last > len(raw) or last > (getattr(entry, "_end_offset", None) or len(raw)):  # parts that lie in each other
        return None
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = unpacking.decompress(raw[first:last], entry.file_size + 1)
    except zlib.error:
        return None
    kept = unpacking.eof and len(whole) == entry.file_size and zlib.crc32(whole) == entry.CRC
    return whole if kept else None


def _links(folder: str, chunks: Iterable[bytes]) -> Links:
    found = {}
    for link in chain.from_iterable(children(chunks)):
        if local(link.tag) != "Relationship" or link.get("TargetMode") == "External":
            continue
        target = unquote(link.get("Target", "")).replace("\\", "/")
        if not target.startswith("/"):
            target = posixpath.join("/", folder, target)
        found[link.get("Id", "")] = (
            link.get("Type", "").rpartition("/")[2],
            posixpath.normpath(target).lstrip("/").lower(),
        )
    return found


@lru_cache(maxsize=16)
def links_of(folder: str, raw: bytes) -> Links:
    """The relationships of a short part of a folder, given as their bytes: forms of one template share theirs.

    Raises Refused.
    """
    return _links(folder, [raw])


def _list(chunks: Iterable[bytes]) -> Listed:
    """The workbook's list of sheets: name, relationship, whether it is concealed; and whether days count from 1904."""
    listed, from_1904 = [], False
    parts = chain.from_iterable(children(chunks, "sheets"))
    main = next(parts).tag.rpartition("workbook")[0]
    if main not in MAIN:
        raise Refused("damaged_workbook")
    for element in parts:
        if element.tag == f"{main}workbookPr":
            from_1904 = yes(element.get("date1904"))
        if element.tag == f"{main}sheet":
            number = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            listed.append((element.get("name", ""), number, element.get("state", "visible") != "visible"))
    return listed, from_1904


@lru_cache(maxsize=16)
def _short_list(raw: bytes) -> Listed:
    """The same of a short part."""
    return _list([raw])
