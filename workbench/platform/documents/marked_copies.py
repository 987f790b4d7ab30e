"""A marked copy of a report's workbook: the mark and the signed ticket are put into the package, nothing else changes.

Loading and saving a workbook would lose charts' and conditional formats' finer parts, so the sheets' XML is only
touched at its header: every other part keeps its bytes.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import zipfile
from typing import Any
from xml.parsers import expat

from workbench.platform.forms.package import SPOILED

TICKET, TICKET_NAME = "customXml/item1.xml", "customXml/itemProps1.xml"
PROPERTIES = "docProps/custom.xml"
PROPERTY = "DocumentId"
HEADER_LIMIT = 255  # letters, by the file format
LARGEST = 256 << 20  # unpacked
LONGEST_TICKET = 1 << 20
_SPACE = "urn:key-account-workbench:delivery"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = re.compile(r"xl/(work|chart)sheets/[^/]+\.xml")
# what follows the header in a sheet, in the order of the file format
_AFTER = frozenset(
    {
        "rowBreaks",
        "colBreaks",
        "customProperties",
        "cellWatches",
        "ignoredErrors",
        "smartTags",
        "drawing",
        "drawingHF",
        "legacyDrawing",
        "legacyDrawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "webPublishObjects",
        "extLst",
    }
)
_HEADERS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
# a mark, and no piece of an identifier Excel gave out
CODE = re.compile(r"(?<![0-9A-Za-z-])[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}(?![0-9A-Za-z-])")
# a mark in a header, as it was put there or as it was saved again
_EARLIER = re.compile(r"\n?&8 ?副本 [2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}　仅供 [^\n]* 使用，不得转发")
Parts = dict[str, bytes]


def unpack(raw: bytes) -> Parts | None:
    """The parts of a package in order; None where it is none, is too large, or names a part twice."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.namelist()
            if len(set(names)) != len(names) or sum(part.file_size for part in archive.infolist()) > LARGEST:
                return None
            return {name: archive.read(name) for name in names}
    except SPOILED:
        return None


def pack(parts: Parts) -> bytes:
    """A package of these parts; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def marked(parts: Parts, words: str, code: str) -> Parts:
    """The parts with ``words`` in every sheet's printed header and ``code`` as a document property."""
    found = {
        name: with_header(content, words) if _SHEET.fullmatch(name) else content for name, content in parts.items()
    }
    identity = f"{{{_guid(code)}}}"
    had_properties = found.pop(PROPERTIES, None) is not None  # the sender's own, among them an earlier mark, give way
    _add(
        found,
        PROPERTIES,
        (
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
            'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
            f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{PROPERTY}">'
            f"<vt:lpwstr>{code}</vt:lpwstr></property></Properties>"
        ),
    )
    _add(found, TICKET, f'<ticket xmlns="{_SPACE}"/>')
    _add(
        found,
        TICKET_NAME,
        (
            f'<ds:datastoreItem ds:itemID="{identity}" '
            'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"><ds:schemaRefs>'
            f'<ds:schemaRef ds:uri="{_SPACE}"/></ds:schemaRefs></ds:datastoreItem>'
        ),
    )
    _add(
        found,
        "customXml/_rels/item1.xml.rels",
        (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_RELATIONS}/customXmlProps" Target="itemProps1.xml"/></Relationships>'
        ),
    )
    if not had_properties:
        _relate(found, "_rels/.rels", "custom-properties", PROPERTIES)
    _relate(found, "xl/_rels/workbook.xml.rels", "customXml", f"../{TICKET}")
    kind = "application/vnd.openxmlformats-officedocument"
    _insert(
        found,
        "[Content_Types].xml",
        "</Types>",
        (
            (
                ""
                if had_properties
                else f'<Override PartName="/{PROPERTIES}" ContentType="{kind}.custom-properties+xml"/>'
            )
            + f'<Override PartName="/{TICKET_NAME}" ContentType="{kind}.customXmlProperties+xml"/>'
        ),
    )
    return found


def with_ticket(parts: Parts, ticket: dict[str, Any]) -> Parts:
    """The marked parts with their signed ticket."""
    text = html.escape(json.dumps(ticket, ensure_ascii=False, sort_keys=True), quote=False)
    return {**parts, TICKET: f'{_DECLARATION}<ticket xmlns="{_SPACE}">{text}</ticket>'.encode()}


def ticket_of(parts: Parts) -> dict[str, Any] | None:
    """The ticket inside a copy, not yet checked; None where there is none."""
    for name, content in parts.items():
        if name.startswith("customXml/") and _SPACE.encode() in content:
            text = re.search(r"<ticket[^>]*>(.*)</ticket>", content.decode("utf-8", "replace"), re.DOTALL)
            try:
                found = json.loads(html.unescape(text[1])) if text and len(text[1]) <= LONGEST_TICKET else None
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
    return None


def digest(parts: Parts) -> str:
    """One hash (hex) over all parts but the ticket, with their names, whatever their order."""
    lines = [[name, hashlib.sha256(content).hexdigest()] for name, content in sorted(parts.items()) if name != TICKET]
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def codes_in(parts: Parts) -> dict[str, list[str]]:
    """What may be marks anywhere in a workbook: code → the parts it stands in."""
    found: dict[str, list[str]] = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            for code in set(CODE.findall(content.decode("utf-8", "replace"))):
                found.setdefault(code, []).append(name)
    return found


def codes_in_bytes(raw: bytes) -> dict[str, list[str]]:
    """What may be marks in a file that is no package, such as an .xls it was saved as: code → the file's bytes."""
    texts = (raw.decode("latin-1"), raw.decode("utf-16-le", "replace"), raw[1:].decode("utf-16-le", "replace"))
    return {code: ["file"] for text in texts for code in CODE.findall(text)}


def with_header(sheet: bytes, words: str) -> bytes:
    """A sheet's XML with ``words`` in the middle of each printed header it has; its other bytes stay."""
    children = _children(sheet)
    at = next(((start, end) for name, start, end in children if name == "headerFooter"), None)
    if at is None:
        place = next((start for name, start, _ in children if name in _AFTER), None)
        place = sheet.rindex(b"</") if place is None else place
        at, element = (place, place), "<headerFooter></headerFooter>"
    else:
        element = sheet[at[0] : at[1]].decode()
    opening = re.match(r"<headerFooter([^>]*?)/?>", element)
    attributes = opening[1] if opening else ""
    held = {name: (more, text) for name, more, text in re.findall(r"<(\w+)([^>]*)>([^<]*)</\1>", element)}
    wanted = ["oddHeader"]
    wanted += ["evenHeader"] if re.search(r'differentOddEven="(1|true)"', attributes) else []
    wanted += ["firstHeader"] if re.search(r'differentFirst="(1|true)"', attributes) else []
    for name in wanted:
        more, text = held.get(name, ("", ""))
        held[name] = more, html.escape(_in_the_middle(html.unescape(text), words), quote=False)
    inside = "".join(f"<{name}{held[name][0]}>{held[name][1]}</{name}>" for name in _HEADERS if name in held)
    return sheet[: at[0]] + f"<headerFooter{attributes}>{inside}</headerFooter>".encode() + sheet[at[1] :]


def _in_the_middle(header: str, words: str) -> str:
    """A header's text with more words in its centre section, as far as its length allows."""
    header = _EARLIER.sub("", header)
    sections = {"L": "", "C": "", "R": ""}
    now = "C"  # what stands before any sign is centred
    for token in re.findall(r"&&|&[LCR]|&.|[^&]+|&", header, re.DOTALL):
        if token in ("&L", "&C", "&R"):
            now = token[1]
        else:
            sections[now] += token
    footer = "&8 " + words.replace("&", "&&")
    sections["C"] = f"{sections['C']}\n{footer}" if sections["C"] else footer
    text = "".join(f"&{name}{section}" for name, section in sections.items() if section)
    if len(text) > HEADER_LIMIT:
        text = f"&C{footer}"
    return text


def _children(xml: bytes) -> list[tuple[str, int, int]]:
    """The elements directly below the root: local name, first byte, byte after the last."""
    parser, depth = expat.ParserCreate(), 0
    found: list[tuple[str, int, int]] = []

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2:
            found.append((name.rpartition(":")[2], parser.CurrentByteIndex, 0))

    def end(name: str) -> None:
        nonlocal depth
        if depth == 2:  # an element without content ends where the parser stands, others with their closing tag
            here = parser.CurrentByteIndex
            closing = re.compile(rb"</" + re.escape(name.encode()) + rb"\s*>").match(xml, here)
            found[-1] = (*found[-1][:2], closing.end() if closing else here)
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(xml, True)
    return found


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _guid(code: str) -> str:
    raw = hashlib.sha256(code.encode()).hexdigest()[:32].upper()
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))


def _add(parts: Parts, name: str, text: str) -> None:
    if name in parts:
        raise ValueError(f"the workbook already has {name}")
    parts[name] = (_DECLARATION + text).encode()


def _insert(parts: Parts, name: str, before: str, text: str) -> None:
    head, found, tail = parts[name].decode().rpartition(before)
    if not found:
        raise ValueError(f"{name} is not what was expected")
    parts[name] = (head + text + found + tail).encode()


def _relate(parts: Parts, name: str, kind: str, target: str) -> None:
    line = f'<Relationship Id="rIdMark" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
    _insert(parts, name, "</Relationships>", line)
