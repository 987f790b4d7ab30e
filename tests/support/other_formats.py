"""Writes small workbooks in other formats, archives and mails by hand, as the descriptions of these formats say."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import load_workbook

Grid = Sequence[Sequence[Any]]
SECTOR, FREE, END, FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
EPOCH = datetime(1899, 12, 30)


def grids_of(path: Path) -> dict[str, Grid]:
    """The values of a workbook's sheets: what the formats below are given."""
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(path)}


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE) with these streams; ``a/b`` stands in a storage ``a``. Streams are padded to 4 KB, below which
    they would go elsewhere."""
    tree: dict[str, Any] = {}
    for path, content in streams.items():
        *folders, name = path.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = content
    entries: list[list[Any]] = [["Root Entry", 5, FREE, FREE, END, 0]]  # name, kind, right, child, begin, size
    body, chains = b"", []

    def put(folder: dict[str, Any]) -> int:
        nonlocal body
        first = before = FREE
        for name, content in folder.items():
            number = len(entries)
            entries.append([name, 1 if isinstance(content, dict) else 2, FREE, FREE, 0, 0])
            if isinstance(content, dict):
                entries[number][3] = put(content)
            else:
                padded = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\0")
                entries[number][4:] = [len(body) // SECTOR, max(len(content), 4096)]
                chains.append((len(body) // SECTOR, len(padded) // SECTOR))
                body += padded
            if before == FREE:
                first = number
            else:
                entries[before][2] = number
            before = number
        return first

    entries[0][3] = put(tree)
    table = b"".join(
        struct.pack(
            "<64sHBBIII16sIQQIQ",
            f"{name}\0".encode("utf-16-le"),
            2 * len(name) + 2,
            kind,
            1,
            FREE,
            right,
            child,
            b"",
            0,
            0,
            0,
            begin,
            size,
        )
        for name, kind, right, child, begin, size in entries
    )
    table = table.ljust(-(-len(table) // SECTOR) * SECTOR, b"\0")
    chains.append((len(body) // SECTOR, len(table) // SECTOR))
    directory, body = len(body) // SECTOR, body + table
    count = len(body) // SECTOR
    fats = next(n for n in range(1, 100) if n * 128 >= count + n)
    fat = [FREE] * (fats * 128)
    for begin, length in chains:
        for place in range(begin, begin + length):
            fat[place] = place + 1 if place + 1 < begin + length else END
    fat[count : count + fats] = [FAT] * fats
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16sHHHHH6sIIIIIIIII", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, fats, directory, 0, 4096, END, 0, END, 0
    )
    head += struct.pack("<109I", *range(count, count + fats), *[FREE] * (109 - fats))
    return head + body + struct.pack(f"<{len(fat)}I", *fat)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def xls(
    sheets: Mapping[str, Grid],
    *,
    hidden_sheets: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    errors: Sequence[tuple[int, int]] = (),
    from_1904: bool = False,
) -> bytes:
    """An Excel 97 workbook (.xls). Rows, columns and error cells of every sheet are given by numbers from 0."""

    def begin(kind: int) -> bytes:
        return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    def text(value: str) -> bytes:
        return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")

    parts = []
    for grid in sheets.values():
        part = begin(0x0010)
        for column in hidden_columns:
            part += _record(0x007D, struct.pack("<HHHHHH", column, column, 2000, 15, 1, 0))
        part += _record(0x0200, struct.pack("<IIHHH", 0, len(grid), 0, max(map(len, grid), default=0), 0))
        for number, _ in enumerate(grid):
            flags = 0x100 | (0x20 if number in hidden_rows else 0)
            part += _record(0x0208, struct.pack("<HHHHHHI", number, 0, 256, 300, 0, 0, flags))
        for number, row in enumerate(grid):
            for column, value in enumerate(row):
                place = struct.pack("<HHH", number, column, 0)
                if (number, column) in errors:
                    part += _record(0x0205, place + b"\x2a\x01")
                elif isinstance(value, bool):
                    part += _record(0x0205, place + bytes([value, 0]))
                elif isinstance(value, datetime):
                    day = (value - EPOCH).total_seconds() / 86_400
                    part += _record(0x0203, struct.pack("<HHHd", number, column, 1, day))
                elif isinstance(value, (int, float)):
                    part += _record(0x0203, place + struct.pack("<d", value))
                elif value is not None:
                    part += _record(0x0204, place + text(str(value)))
        parts.append(part + _record(0x000A, b""))
    styles = b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, shown, 0, 0, 0, 0, 0, 0, 0, 0)) for shown in (0, 14)
    )
    head = begin(0x0005) + _record(0x0022, struct.pack("<H", from_1904)) + styles
    listed = [name.encode("utf-16-le") for name in sheets]
    at = len(head) + sum(4 + 8 + len(name) for name in listed) + 4
    for (name, encoded), part in zip(zip(sheets, listed, strict=True), parts, strict=True):
        head += _record(0x0085, struct.pack("<IBBBB", at, int(name in hidden_sheets), 0, len(name), 1) + encoded)
        at += len(part)
    return compound({"Workbook": head + _record(0x000A, b"") + b"".join(parts)})


def xlsb(sheets: Mapping[str, Grid], *, short: bool = False) -> bytes:
    """A binary workbook (.xlsb): texts and numbers only; ``short``: texts stand behind the cell before, as SheetJS writes."""

    def record(kind: int, content: bytes = b"") -> bytes:
        size, length = b"", len(content)
        while True:
            length, low = length >> 7, length & 0x7F
            size += bytes([low | (0x80 if length else 0)])
            if not length:
                break
        head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return head + size + content

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    book = record(131) + record(143)
    relations, parts = "", {}
    for number, (name, grid) in enumerate(sheets.items(), start=1):
        book += record(156, struct.pack("<II", 0, number) + text(f"rId{number}") + text(name))
        relations += (
            f'<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships/worksheet" Target="worksheets/sheet{number}.bin"/>'
        )
        sheet = record(129)
        sheet += record(148, struct.pack("<4I", 0, len(grid), 0, max(map(len, grid), default=0))) + record(145)
        for row, line in enumerate(grid):
            sheet += record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0))
            for column, value in enumerate(line):
                place = struct.pack("<II", column, 0)
                if isinstance(value, datetime):
                    value = value.date().isoformat()
                if isinstance(value, (int, float)):
                    sheet += record(5, place + struct.pack("<d", value))
                elif value is not None and short and column and line[column - 1] is not None:
                    sheet += record(17, bytes(4) + text(str(value)))
                elif value is not None:
                    sheet += record(6, place + text(str(value)))
        parts[f"xl/worksheets/sheet{number}.bin"] = sheet + record(146) + record(130)
    namespace = "http://schemas.openxmlformats.org/package/2006"
    kinds = f'<Types xmlns="{namespace}/content-types"/>'
    return archive(
        {
            "[Content_Types].xml": kinds.encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{namespace}/relationships"><Relationship Id="rId1" Type="http://schemas.'
                'openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.bin"/>'
                "</Relationships>"
            ).encode(),
            "xl/workbook.bin": book + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships xmlns="{namespace}/relationships">{relations}</Relationships>'
            ).encode(),
            **parts,
        }
    )


def ods(sheets: Mapping[str, Grid], further: str = "") -> bytes:
    """An OpenDocument spreadsheet; ``further``: rows added to every sheet as they are."""

    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, datetime):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.date().isoformat()}"/>'
        if isinstance(value, (int, float)):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in grid)
        + further
        + "</table:table>"
        for name, grid in sheets.items()
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<manifest/>",
            "content.xml": f"<office:document-content{names}>{body}</office:document-content>".encode(),
        }
    )


def archive(files: Mapping[str, bytes], *, chinese_windows: bool = False) -> bytes:
    """A zip archive; ``chinese_windows``: names in its code page, without a word of it."""
    raw, swaps = io.BytesIO(), []
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
        for number, (name, content) in enumerate(files.items()):
            if chinese_windows:
                encoded = name.encode("gb18030")
                swaps.append((f"{number}".ljust(len(encoded), "~").encode(), encoded))
                name = swaps[-1][0].decode()
            target.writestr(name, content)
    made = raw.getvalue()
    for ascii_name, encoded in swaps:
        made = made.replace(ascii_name, encoded)
    return made


def mail(attachments: Mapping[str, bytes], received: str | None = None) -> bytes:
    """A mail as programs save it (.eml), with the line of the last server that took it in."""
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", "提报"
    message.set_content("见附件")
    for name, content in attachments.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    head = f"Received: from mx by mail.example with ESMTP; {received}\r\n" if received else ""
    return head.encode() + message.as_bytes()


def outlook_mail(attachments: Mapping[str, bytes], head: str = "", delivered: datetime | None = None) -> bytes:
    """A mail as Outlook saves it (.msg): attachments that fill whole blocks, transport headers, time of delivery (UTC)."""
    streams: dict[str, bytes] = {}
    if head:
        streams["__substg1.0_007D001F"] = (head + " " * 3000).encode("utf-16-le")
    if delivered:
        ticks = int((delivered - datetime(1601, 1, 1)).total_seconds()) * 10_000_000
        streams["__properties_version1.0"] = bytes(32) + struct.pack("<IIQ", 0x0E060040, 6, ticks)
    for number, (name, content) in enumerate(attachments.items()):
        own = f"__attach_version1.0_#{number:08X}"
        streams[f"{own}/__substg1.0_37010102"] = content
        streams[f"{own}/__substg1.0_3707001F"] = name.encode("utf-16-le")
    return compound(streams)
