"""Builds ``excel/大客户工作台.xlam`` from text on any system, without Excel. Same sources, same bytes.

The VBA project is written by pyOpenVBA. xlwings' own module for custom add-ins is not in it: its public functions run
programs and write files for whoever calls them from a cell of any open workbook.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape

from workbench.interfaces.addin.computer import NAME
from workbench.interfaces.addin.ribbon import callbacks, ribbon_xml
from workbench.interfaces.addin.wrappers import VBA_NAME, help_rows, vba_module
from workbench.platform.forms.addresses import letter

EPOCH = (1980, 1, 1, 0, 0, 0)
UI_PART, UI_TYPE = "customUI/customUI14.xml", "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
MADE = "2026-01-01T00:00:00Z"
TITLE = "CustomerWorkbench"  # the name of the VBA project
NO_CACHE = b"\xcc\x61\xff\xff\x00\x00\x00"  # written by no version of VBA


def sources() -> dict[str, str]:
    """The text sources that are generated, by path below ``excel/``."""
    return {"ribbon.xml": ribbon_xml(), "vba/Callbacks.bas": callbacks(), f"vba/{VBA_NAME}.bas": vba_module()}


def build(folder: Path) -> Path:
    """Write the generated sources and the add-in into ``folder`` (``excel/``); returns the add-in."""
    for name, text in sources().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    target = folder / NAME
    target.write_bytes(binary(folder))
    return target


def binary(folder: Path) -> bytes:
    """The add-in's bytes from the sources in ``folder``."""
    from pyopenvba import ExcelFile

    modules = {Path(name).stem: text for name, text in sources().items() if name.startswith("vba/")}
    messages = (folder / "texts.csv").read_text(encoding="utf-8")
    texts = [
        *csv.reader(io.StringIO(messages)),
        ["xlwings", version("xlwings")],
        *(["function", *row] for row in help_rows()),
    ]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "addin.xlam"
        with ExcelFile.create_new(path) as book:
            project = book.vba_project()
            project.delete_module("Module1")
            for name in sorted(modules):
                project.add_module(name, _vba(modules[name]))
            book.save()
        return _packed(path.read_bytes(), ribbon_xml(), texts)


def _project(raw: bytes) -> bytes:
    """The VBA project as source alone ([MS-OVBA] 2.3.4.1): no cache of another version, no compiled code, its own name.

    Excel compiles it anew whatever its version. Raises ValueError where the project is not built as it was.
    """
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import compress, decompress

    parts = CFB.from_bytes(raw)
    parts.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_CACHE)
    directory = decompress(parts.get_stream_in_storage("VBA", "dir"))
    for module in (b"ThisWorkbook", b"Sheet1"):  # the others were written without compiled code
        source = parts.get_stream_in_storage("VBA", module.decode())
        at = re.search(rb"\x19\x00.{4}" + module + rb".*?\x31\x00\x04\x00\x00\x00(.{4})", directory, re.DOTALL)
        if at is None:
            raise ValueError("the blank project has changed")
        parts.write_stream_in_storage("VBA", module.decode(), source[int.from_bytes(at[1], "little") :])
        directory = directory[: at.start(1)] + bytes(4) + directory[at.end(1) :]
    directory = re.sub(
        rb"(\x2c\x00\x02\x00\x00\x00)..", lambda found: found[1] + b"\xff\xff", directory, flags=re.DOTALL
    )
    name = TITLE.encode()
    record = b"\x04\x00" + len(name).to_bytes(4, "little") + name
    directory = _once_bytes(directory, rb"\x04\x00\x0a\x00\x00\x00VBAProject", record)
    parts.write_stream_in_storage("VBA", "dir", compress(directory))
    parts.write_stream("PROJECT", _once_bytes(parts.get_stream("PROJECT"), b'Name="VBAProject"', b'Name="%b"' % name))
    return parts.to_bytes()


def _vba(text: str) -> str:
    """VBA source with its line ends, checked to be ASCII. Raises ValueError."""
    if not text.isascii():
        raise ValueError("VBA source must be ASCII")
    return "\r\n".join(text.splitlines()) + "\r\n"


def _packed(raw: bytes, ribbon: str, texts: list[list[str]]) -> bytes:
    """The package with ribbon and texts put in, and every part in a fixed order with a fixed time."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    relation = f'<Relationship Id="rIdRibbon" Type="{UI_TYPE}" Target="{UI_PART}"/></Relationships>'
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", relation.encode())
    parts[UI_PART] = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + ribbon).encode()
    parts["xl/vbaProject.bin"] = _project(parts["xl/vbaProject.bin"])
    parts["xl/worksheets/sheet1.xml"] = _sheet(parts["xl/worksheets/sheet1.xml"], texts)
    parts["xl/workbook.xml"] = _once_bytes(parts["xl/workbook.xml"], rb'<sheet name="[^"]*"', b'<sheet name="texts"')
    parts["docProps/app.xml"] = parts["docProps/app.xml"].replace(b">Sheet1<", b">texts<")
    core = re.sub(rb"(<dc:creator>|<cp:lastModifiedBy>)[^<]*", rb"\1workbench", parts["docProps/core.xml"])
    core = re.sub(rb"(<dcterms:\w+ [^>]*>)[^<]*", rb"\g<1>" + MADE.encode(), core)
    title = "<dc:title>大客户信息工作台</dc:title><dc:creator>".encode()
    parts["docProps/core.xml"] = _once_bytes(core, rb"<dc:creator>", title)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_STORED, 0, 0
            archive.writestr(entry, content)
    return out.getvalue()


def _sheet(xml: bytes, texts: list[list[str]]) -> bytes:
    """The sheet that holds what VBA says in Chinese: messages by key, then a function's help by row."""
    rows = "".join(
        f'<row r="{number}">'
        + "".join(_cell(f"{letter(place)}{number}", value) for place, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(texts, start=1)
    )
    xml = _once_bytes(xml, rb"<sheetData/>", f"<sheetData>{rows}</sheetData>".encode())
    corner = f"{letter(max(map(len, texts)) - 1)}{len(texts)}"
    return _once_bytes(xml, rb'<dimension ref="A1"/>', f'<dimension ref="A1:{corner}"/>'.encode())


def _cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _once_bytes(content: bytes, pattern: bytes, instead: bytes) -> bytes:
    content, count = re.subn(pattern, lambda _: instead, content)
    if count != 1:
        raise ValueError(f"the blank add-in has changed: {pattern!r}")
    return content
