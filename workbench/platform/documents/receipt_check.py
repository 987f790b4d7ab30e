"""Checking a receipt slip away from the register: its signature, whether it shows what was signed, which rows fit a file."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from workbench.core.errors import WrongUse
from workbench.platform.documents import receipt_slip
from workbench.platform.documents.receipt_slip import Layout
from workbench.platform.documents.receipts import FORMAT, PURPOSE, Receipt
from workbench.platform.documents.signatures import TrustedKey, verify_signature
from workbench.platform.documents.slip_page import Page, read_page
from workbench.platform.forms.fingerprint import commitment, fingerprints
from workbench.platform.forms.guard import Refused, inspect
from workbench.platform.forms.read import read
from workbench.platform.intake.record_intake import imported_by

LARGEST = 64 << 20
PLAIN = frozenset({"General", "@", "0"})  # formats that show what a cell holds
SHEETS = frozenset({receipt_slip.NAME, receipt_slip.CODE_SHEET, receipt_slip.DATA_SHEET})
_CODE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Checked:
    """A receipt whose signature holds. ``as_signed``: the slip shows what was signed. Of a file held against it:

    ``same_file``: it is the one received (None: no file given); ``fits``: receipt row → row of the file that is the
    same, None where it has none; empty where it cannot be told without the code.
    """

    signed: dict[str, Any]
    as_signed: bool
    same_file: bool | None = None
    fits: dict[int, int | None] = field(default_factory=dict)


def verify(path: Path, known: TrustedKey, file: Path | None = None) -> Checked:
    """Check a slip (page or workbook) with the register's public key, and a file against it.

    Raises WrongUse ``no_such_file``, ``no_receipt``, ``bad_code``; RegisterError ``unsigned``, ``other_register``,
    ``altered``, ``not_entitled``; FileRefused where the file is no readable template.
    """
    for wanted in filter(None, (path, file)):
        if not wanted.is_file():
            raise WrongUse("no_such_file", path=wanted)
    raw = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    signed, code, shown = _read_sheet(raw, path) if raw[:2] == b"PK" else _read_page(raw, path)
    verify_signature(known, PURPOSE, signed, f"回执 {path.name} ", imported_by(str(signed.get("template"))))
    if signed.get("format") != FORMAT:
        raise WrongUse("newer_receipt", path=path.name)
    if code is not None and commitment(code) != signed["commitment"]:
        raise WrongUse("bad_code", path=path.name)
    as_signed = any(_is(shown, layout, signed, code) for layout in receipt_slip.LAYOUTS)
    if file is None:
        return Checked(signed, as_signed)
    with file.open("rb") as opened:
        same = hashlib.file_digest(opened, "sha256").hexdigest() == signed["sha256"]
    return Checked(signed, as_signed, same, _fits(signed, code, file, same))


def _fits(signed: dict[str, Any], code: str | None, file: Path, same: bool) -> dict[int, int | None]:
    if same:
        return {item["row"]: item["row"] for item in signed["rows"]}
    if code is None:
        return {}
    rows: dict[str, list[int]] = {}
    for row, digest in fingerprints(read(file), code).items():
        rows.setdefault(digest, []).append(row)
    fits: dict[int, int | None] = {}
    for item in signed["rows"]:  # equal rows are told apart by their order
        found = rows.get(item["hash"], [])
        fits[item["row"]] = found.pop(0) if found else None
    return fits


def _read_page(raw: bytes, path: Path) -> tuple[dict[str, Any], None, Page]:
    try:
        page = read_page(raw.decode("utf-8"))
    except (UnicodeDecodeError, AssertionError):  # the parser's word for what is no markup
        _no_receipt(path)
    (data,) = page.documents if len(page.documents) == 1 else _no_receipt(path)
    return _document(data, path), None, page


def _is(shown: Any, layout: Layout, signed: dict[str, Any], code: str | None) -> bool:
    """Whether a slip shows what was signed as one of the layouts shows it; lines and spaces between elements are free."""
    if not isinstance(shown, Page):
        return bool(shown == _shown(signed, code, layout))
    fresh = read_page(receipt_slip.as_page(signed, layout))
    return shown.shown == fresh.shown and shown.style in {fresh.style, layout.style}


def _read_sheet(raw: bytes, path: Path) -> tuple[dict[str, Any], str | None, dict[tuple[int, int], Any]]:
    """The signed document, the code where its sheet is still there, and what the slip's sheet shows."""
    try:
        inspect(raw)  # nothing that unfolds beyond measure
        cells = _cells(raw)
    except Refused as no:
        raise WrongUse("no_receipt/refused", path=path.name, why=no.reason) from None
    if receipt_slip.DATA_SHEET not in cells or receipt_slip.NAME not in cells:
        _no_receipt(path)
    data = "".join(str(value) for _, value in sorted(cells[receipt_slip.DATA_SHEET].items()))
    code = next(
        (str(value) for value in cells.get(receipt_slip.CODE_SHEET, {}).values() if _CODE.fullmatch(str(value))), None
    )
    return _document(data, path), code, cells[receipt_slip.NAME]


def _document(text: str, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        _no_receipt(path)
    return found if isinstance(found, dict) else _no_receipt(path)


def _no_receipt(path: Path) -> NoReturn:
    raise WrongUse("no_receipt", path=path.name)


def _shown(signed: dict[str, Any], code: str | None, layout: Layout) -> dict[tuple[int, int], Any]:
    """What the slip's sheet shows when it is written anew from what was signed."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "slip.xlsx"
        receipt_slip.write_sheet(Receipt(signed, code), fresh, layout)
        return _cells(fresh.read_bytes())[receipt_slip.NAME]


def _cells(raw: bytes) -> dict[str, dict[tuple[int, int], Any]]:
    """Sheet → (row, column) → value, of the cells that hold any.

    What makes a sheet show something else than its values stands there as a value of its own: a number format with
    words in it, a hidden row or column, a rule that formats, a picture over the cells, a sheet that is none of ours.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(io.BytesIO(raw), data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, TypeError):
        raise Refused("damaged_workbook/receipt_check") from None
    found = {
        sheet.title: {
            (cell.row, cell.column): cell.value if cell.number_format in PLAIN else (cell.value, cell.number_format)
            for line in sheet.iter_rows()
            for cell in line
            if cell.value not in (None, "")
        }
        for sheet in workbook.worksheets
    }
    if receipt_slip.NAME in found:
        found[receipt_slip.NAME] |= {(0, place): word for place, word in enumerate(_disguises(raw, workbook))}
    return found


def _disguises(raw: bytes, workbook: Any) -> list[str]:
    """Means by which the slip's sheet could show what it does not hold."""
    sheet = workbook[receipt_slip.NAME]
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        found = [name for name in package.namelist() if name.startswith(("xl/drawings/", "xl/media/", "xl/charts/"))]
    found += sorted({each.title for each in [*workbook.worksheets, *workbook.chartsheets]} - SHEETS)
    found += ["hidden"] * any(
        part.hidden for part in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    )
    return found + ["rules"] * bool(len(sheet.conditional_formatting))
