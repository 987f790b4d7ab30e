"""The guard: what a received file is, before any parser sees it. Runs in the reading process."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from workbench.core.messages import Message

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_FILE, MAX_UNPACKED, MAX_RATIO, MAX_PARTS = 100 << 20, 1 << 30, 150, 2000
UNREAD = ("填表说明", "_列表")  # sheets of the template that no parser is given
SMALL = 8 << 20  # below this a high ratio is no danger
_FAR = re.compile(rb'r="(?:[A-Z]{3,}\d+|[A-Z]{1,2}\d{7,})"')  # begins with what is quick to find


class Refused(Exception):
    """A file that is not read: the reason, by its key in a catalogue, and where."""

    def __init__(self, key: str, sheet: str | None = None, cell: str | None = None, **values: Any) -> None:
        super().__init__(key)
        self.reason, self.sheet, self.cell = Message(key, {"sheet": sheet, "cell": cell, **values}), sheet, cell


@dataclass
class Marks:
    """What a sheet's XML says that the fast parser does not: by sheet."""

    hidden: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    uncached: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def inspect(raw: bytes) -> dict[str, Marks]:
    """Refuse what is no safe .xlsx workbook; give each sheet's marks. Raises Refused."""
    if not raw:
        raise Refused("empty_file")
    if len(raw) > MAX_FILE:
        raise Refused("too_large")
    if raw.startswith(OLE):
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in raw:
            raise Refused("password")
        raise Refused("old_excel")
    if not raw.startswith(ZIP):
        raise Refused("not_a_workbook/no_archive")
    try:
        return _inspect_zip(zipfile.ZipFile(io.BytesIO(raw)))
    except (zipfile.BadZipFile, EOFError, KeyError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        raise Refused("damaged_workbook") from None


def _inspect_zip(archive: zipfile.ZipFile) -> dict[str, Marks]:
    parts = archive.infolist()
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
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise Refused("not_a_workbook/archive_without")
    workbook_part = _text(archive, "xl/workbook.xml")
    links = dict(_pairs(_text(archive, "xl/_rels/workbook.xml.rels"), b"Relationship", b"Id", b"Target"))
    marks, unread = {}, set(names) - {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    for name, rel in _pairs(workbook_part, b"sheet", b"name", b"r:id"):
        target = links.get(rel, "").lstrip("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        if part in names and name not in UNREAD:
            marks[name] = _sheet_marks(_text(archive, part), name)
            unread.discard(part)
    for part in sorted(unread):
        _text(archive, part)
    return marks


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part's bytes; refused with declarations that parsers act on, or in an encoding that could hide them."""
    raw = archive.read(name)
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or raw.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        raise Refused("doctype")
    return raw


def _pairs(raw: bytes, tag: bytes, key: bytes, value: bytes) -> list[tuple[str, str]]:
    """Two attributes of every element with a tag."""
    found = []
    for element in re.findall(rb"<(?:\w+:)?" + tag + rb"\s([^>]*)", raw):
        attributes = dict(re.findall(rb'([\w:]+)\s*=\s*"([^"]*)"', element))
        if key in attributes:
            first, second = (html.unescape(attributes.get(name, b"").decode("utf-8")) for name in (key, value))
            found.append((first, second))
    return found


def _sheet_marks(raw: bytes, name: str) -> Marks:
    far = next((match for match in _FAR.finditer(raw) if raw[match.start() - 1 : match.start()].isspace()), None)
    if far:
        cell = far[0][3:-1].decode()
        raise Refused("far_cell", name=name, sheet=name, cell=cell)
    marks = Marks(merged=[area.decode() for area in re.findall(rb'<mergeCell\s+ref="([A-Z0-9:]+)"', raw)])
    if raw.find(b'hidden="', raw.find(b"<sheetData")) >= 0:  # before it, columns may be hidden
        for row in re.findall(rb"<row\s([^>]*)>", raw):
            if b'hidden="1"' in row or b'hidden="true"' in row:
                number = re.search(rb'\br="(\d+)"', row)
                marks.hidden.add(int(number[1]) if number else 0)
    if b't="e"' in raw:
        for cell in re.findall(rb"<c\s([^>]*)>", raw):
            if b't="e"' in cell and (place := re.search(rb'\br="([A-Z]+\d+)"', cell)):
                marks.errors.append(place[1].decode())
    if b"<f" in raw:
        for attributes, inside in re.findall(rb"<c\s([^>/]*)>(.*?)</c>", raw, re.DOTALL):
            uncached = b"<f" in inside and not re.search(rb"<v>[^<]", inside)
            if uncached and (place := re.search(rb'\br="([A-Z]+\d+)"', attributes)):
                marks.uncached.append(place[1].decode())
    return marks
