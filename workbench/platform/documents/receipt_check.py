"""Checking a receipt slip away from the register: its signature, whether it shows what was signed, which rows fit a file."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from workbench.core.errors import FileRefused, WrongUse
from workbench.core.messages import Message
from workbench.platform.documents import receipt_slip
from workbench.platform.documents.papers import UNCHECKED, Papers
from workbench.platform.documents.receipts import FORMAT, PURPOSE, Receipt
from workbench.platform.documents.signatures import TrustedKey, verify_signature
from workbench.platform.documents.slip_layouts import Layout
from workbench.platform.documents.slip_page import read_page
from workbench.platform.documents.slip_parts import NAME, cells_of, page_digest, sheet_digest
from workbench.platform.forms.fingerprint import commitment, earlier_fingerprints, fingerprints
from workbench.platform.forms.guard import OLE
from workbench.platform.forms.read import read
from workbench.platform.forms.reading_process import reading_process
from workbench.platform.intake.record_intake import imported_by

LARGEST = 64 << 20


@dataclass(frozen=True)
class Shown:
    """What a slip shows, as a digest; ``style``: of a page's style sheets."""

    digest: str
    style: str | None


@dataclass(frozen=True)
class Checked:
    """A receipt whose signature holds. ``as_signed``: the slip shows what was signed. Of a file held against it:

    ``same_file``: it is the one received (None: no file given); ``fits``: receipt row (of a book with its sheet: 表!12) → row
    of the file that is the same, None where it has none; empty where it cannot be told without the code. ``recorded``: whether the register
    entered the receipt when it was issued (``papers``).
    """

    signed: dict[str, Any]
    as_signed: bool
    same_file: bool | None = None
    fits: dict[int | str, int | None] = field(default_factory=dict)
    recorded: str = UNCHECKED


def verify(
    path: Path, known: TrustedKey, file: Path | None = None, papers: Papers | None = None, password: str | None = None
) -> Checked:
    """Check a slip (page or workbook) with the register's public key, and a file against it.

    ``papers``: what the register knows of its papers; ``password``: of a slip that was handed out under one.

    Raises WrongUse ``no_such_file``, ``wrong_password``, ``no_receipt``, ``bad_code``; RegisterError ``unsigned``, ``other_register``,
    ``altered``, ``not_entitled``, ``not_recorded``, ``newer_paper``; FileRefused where the file is no readable template.
    """
    for wanted in filter(None, (path, file)):
        if not wanted.is_file():
            raise WrongUse("no_such_file", path=wanted)
    signed, code, shown = _read(path, password)
    what = Message.of("paper/receipt", name=path.name)
    for form in _forms(signed, path):
        verify_signature(known, PURPOSE, signed, what, imported_by(str(form.get("template"))))
    recorded = papers.check("receipt", signed, what) if papers else UNCHECKED
    if signed.get("format") != FORMAT:
        raise WrongUse("newer_receipt", path=path.name)
    if code is not None and commitment(code) != signed["commitment"]:
        raise WrongUse("bad_code", path=path.name)
    as_signed = any(_is(shown, layout, signed, code) for layout in receipt_slip.LAYOUTS)
    if file is None:
        return Checked(signed, as_signed, recorded=recorded)
    with file.open("rb") as opened:
        same = hashlib.file_digest(opened, "sha256").hexdigest() == signed["sha256"]
    return Checked(signed, as_signed, same, _fits(signed, code, file, same), recorded)


def _forms(signed: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """What a receipt is about: its file, or each sheet of a book; never nothing, for each asks for the signature."""
    forms = signed.get("sheets", [signed])
    if not isinstance(forms, list) or not forms or not all(isinstance(form, dict) for form in forms):
        _no_receipt(path)
    return forms


def _fits(signed: dict[str, Any], code: str | None, file: Path, same: bool) -> dict[int | str, int | None]:
    if same:
        return {_place(item): item["row"] for item in signed["rows"]}
    if code is None:
        return {}
    rows: dict[tuple[str | None, str], list[int]] = {}
    for form in read(file):
        sheet = form.template.title if "sheets" in signed else None
        for row, digest in fingerprints(form, code).items():
            rows.setdefault((sheet, digest), []).append(row)
        for row, digests in earlier_fingerprints(form, code).items():
            for digest in digests:
                rows.setdefault((sheet, digest), []).append(row)
    fits: dict[int | str, int | None] = {}
    for item in signed["rows"]:  # equal rows are told apart by their order
        found = rows.get((item.get("sheet"), item["hash"]), [])
        fits[_place(item)] = found.pop(0) if found else None
    return fits


def _place(item: dict[str, Any]) -> int | str:
    """A row of a receipt; of a book with its sheet."""
    row: int = item["row"]
    return f"{item['sheet']}!{row}" if "sheet" in item else row


def _read(path: Path, password: str | None = None) -> tuple[dict[str, Any], str | None, Shown]:
    """The signed document, the code where a workbook still has its sheet, and what is shown."""
    if path.stat().st_size > LARGEST:
        _no_receipt(path)
    with path.open("rb") as opened:
        kind = "sheet" if opened.read(len(OLE)).startswith((b"PK", OLE)) else "page"
    given = {"passwords": [password]} if kind == "sheet" and password is not None else {}
    try:
        with reading_process() as child:
            found = child.run(path, f"workbench.platform.documents.slip_parts:{kind}_parts", **given)
    except FileRefused as no:
        if no.message.values["reason"].key == "password/none_fits":
            raise WrongUse("wrong_password", name=path.name) from None
        if no.code in ("crashed", "timeout"):
            _no_receipt(path)
        raise WrongUse("no_receipt/refused", path=path.name, why=no.message.values["reason"]) from None
    if found["data"] is None:
        _no_receipt(path)
    return json.loads(found["data"]), found.get("code"), Shown(found["shown"], found.get("style"))


def _is(shown: Shown, layout: Layout, signed: dict[str, Any], code: str | None) -> bool:
    """Whether a slip shows what was signed as one of the layouts shows it; lines and spaces between elements are free."""
    if shown.style is None:
        return shown.digest == _sheet_shown(signed, code, layout)
    fresh = read_page(receipt_slip.as_page(signed, layout))
    return shown.digest == page_digest(fresh) and shown.style in {fresh.style, *layout.styles}


def _no_receipt(path: Path) -> NoReturn:
    raise WrongUse("no_receipt", path=path.name)


def _sheet_shown(signed: dict[str, Any], code: str | None, layout: Layout) -> str:
    """The digest of what the slip's sheet shows when it is written anew from what was signed."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "slip.xlsx"
        receipt_slip.write_sheet(Receipt(signed, code), fresh, layout)
        return sheet_digest(cells_of(fresh.read_bytes())[NAME])
