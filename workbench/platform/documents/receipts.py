"""Receipts: what was received when, what came of each row, and its place among those for the same customer (5.1, 5.2).

A receipt is signed and can be checked without the register. It settles who was first: it names the recorded time of
receipt, the file and each row by hashes that tell nothing of the contact, and never who else reported the customer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.errors import FileRefused, WrongUse
from workbench.core.file_names import name_of
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.personal_texts import without_phones
from workbench.platform.access.actions import import_actions
from workbench.platform.access.session import Session
from workbench.platform.documents.papers import digest
from workbench.platform.documents.signatures import sign_document
from workbench.platform.forms.fingerprint import commitment, fingerprints, new_code
from workbench.platform.forms.read import Form, read
from workbench.platform.forms.spec import templates
from workbench.platform.intake.copies import identity
from workbench.platform.intake.record_intake import intake_of, intakes, may_bring_in
from workbench.platform.intake.submission import RowVerdict
from workbench.platform.intake.verdicts import verdicts
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.facts import names_of_parties
from workbench.platform.register.store import Register

PURPOSE, FORMAT = "receipt", 1
BOOK = ["entry", "sha256"]  # what the sheets of a book have in common, and no two other files
SEND_AGAIN = "按说明改正后重新提交。"  # what to do with a returned row of which its template says no more
_SHA = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Receipt:
    """A signed receipt (plain JSON), and the code that opens its row hashes, for its holder only; None: no hashes."""

    signed: dict[str, Any]
    code: str | None


def documents(session: Session, references: Sequence[str]) -> list[int]:
    """Received files by their number in the register, or by their SHA-256 (its first 8 digits or more): of a book its sheets.

    Raises WrongUse ``unknown_document``, ``unclear_document``.
    """
    known = session.register.read("document", ["document", "sha256", "entry"])
    found = []
    for reference in references:
        text = reference.strip().lower()
        mine = known["document"].eq(int(text)) if text.isascii() and text.isdecimal() and len(text) < 8 else None
        if mine is None:
            mine = known["sha256"].str.startswith(text) if _SHA.fullmatch(text) else known["document"].eq(-1)
        if not mine.any():
            raise WrongUse("unknown_document/reference", reference=reference[:64])
        if len(known.loc[mine, BOOK].drop_duplicates()) > 1:
            raise WrongUse("unclear_document", reference=reference)
        found += known.loc[mine, "document"].astype(int).tolist()
    return found


def held(session: Session, hashes: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of each file (by its SHA-256) the register holds, one for each sheet of a book; the others are left out."""
    rows = session.register.read("document", ["document", "sha256", "template"], where={"sha256": list(hashes)})
    known: dict[str, dict[str, int]] = {}
    for sha256, template, number in zip(rows["sha256"], rows["template"], rows["document"].tolist(), strict=True):
        known.setdefault(sha256, {})[template] = number
    return {sha256: list(known[sha256].values()) for sha256 in hashes if sha256 in known}


def issue_for(session: Session, references: Sequence[str], files: Sequence[Path]) -> list[Receipt]:
    """Receipts of files named by number or SHA-256, or given themselves, issued anew. Raises as ``issue`` does.

    Also WrongUse ``not_received`` for a file the register does not hold, FileRefused where one cannot be read.
    """
    hashes = {path: _sha256(path) for path in files}
    known = held(session, list(hashes.values()))
    for path, sha256 in hashes.items():
        if sha256 not in known:
            raise WrongUse("not_received", path=name_of(path))
    mine = {path: known[sha256] for path, sha256 in hashes.items()}
    kept = set(session.register.read("fingerprint", ["document"])["document"])
    unkept = [path for path, numbers in mine.items() if not kept.issuperset(numbers)]
    forms = {identity(form): form for path in unkept for form in read(path)}
    named = [number for numbers in mine.values() for number in numbers]
    return issue(session, [*documents(session, references), *named], forms)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise FileRefused("refused_file", file=name_of(path), reason=Message.of("unreadable")) from None


def issue(
    session: Session, numbers: Sequence[int], forms: Mapping[tuple[str, str], Form] | None = None
) -> list[Receipt]:
    """The receipts of received files, signed by who issues them, and an entry that says so before anything is handed out.

    The sheets of a book have one receipt, whichever of them was asked for. Who may bring a file in may have its receipt.
    ``forms``: original files by ``identity``, for files received before rows were hashed on arrival. Raises RegisterError ``not_allowed``; WrongUse ``unknown_document``.
    """
    if not numbers:
        return []
    if not any(session.may(action) for action in import_actions()):
        session.refuse("import")
    table = session.register.read(
        "document",
        [
            "document",
            "entry",
            "sha256",
            "name",
            "template",
            "version",
            "received_at",
            "unit",
            "header",
            "accepted",
            "returned",
        ],
        where={"sha256": _hashes_of(session, numbers)},
    )
    asked = set(table.loc[table["document"].isin(list(numbers)), BOOK].itertuples(index=False, name=None))
    table = table[[pair in asked for pair in table[BOOK].itertuples(index=False, name=None)]]
    table = table[[_sees(session, row) for row in table.to_dict("records")]]
    if not set(table["document"]) >= set(numbers):
        raise WrongUse("unknown_document")
    for template in set(table["template"]):
        if not may_bring_in(session, template):
            session.refuse("import")
    with session.register.snapshot():
        known = _known(session, table)
        files = [own.to_dict("records") for _, own in table.groupby(BOOK, sort=False)]
        made = [_compose(session, known, own, forms or {}) for own in files]
    digests = [digest(receipt.signed) for receipt in made]
    with session.transaction("receipt", session.now, documents=sorted(table["document"].tolist()), digests=digests):
        pass
    return made


@dataclass(frozen=True)
class _Known:
    """What the register knows when receipts are issued: the moment, the head, unit names, what intakes say of rows.

    ``rows``: document → row → what its capability says of it (``RecordIntake.receipt``).
    """

    as_of: datetime
    head: str
    names: dict[str, str]
    rows: dict[int, dict[int, dict[str, Any]]]


def _known(session: Session, documents: pd.DataFrame) -> _Known:
    as_of = session.latest()
    rows: dict[int, dict[int, dict[str, Any]]] = {}
    for intake in intakes():
        mine = documents[documents["template"] == intake.template]
        if intake.receipt and len(mine):
            rows |= intake.receipt(session, mine, as_of)
    return _Known(as_of, session.register.head(), names_of_parties(session.register), rows)


def _sees(session: Session, document: dict[str, Any]) -> bool:
    """A verifier has the receipts of what his own section answered."""
    return session.sole or session.section is None or document["header"].get("section") == session.section


def _hashes_of(session: Session, numbers: Sequence[int]) -> list[str]:
    asked = session.register.read("document", ["sha256"], where={"document": list(numbers)})
    return sorted(set(asked["sha256"]))


def _compose(
    session: Session, known: _Known, documents: list[dict[str, Any]], forms: Mapping[tuple[str, str], Form]
) -> Receipt:
    """The receipt of a file; of several documents where it was a book: ``sheets`` and a ``sheet`` at each row tell."""
    first, found, codes = documents[0], list[dict[str, Any]](), set[str]()
    for document in documents:
        number, template = int(document["document"]), templates()[document["template"]]
        hashes, code = _hashes(session, number, template, forms.get((document["sha256"], template.id)))
        rows = _outcomes(session.register, document, set(hashes), known.rows.get(number, {}))
        sheet = {"sheet": template.title} if len(documents) > 1 else {}
        found += [{**sheet, "row": row, "hash": hashes.get(row), **_row(rows[row])} for row in sorted(rows)]
        codes |= {code} if code else set()
    code = codes.pop() if len(codes) == 1 else None
    recorded = session.register.read("entry", ["recorded_at"], where={"entry": int(first["entry"])})
    units = [row["unit"] if isinstance(row["unit"], str) else row["header"].get("section") for row in documents]
    unit: Any = next(filter(None, units), None)
    titles = [templates()[document["template"]].title for document in documents]
    return Receipt(
        sign_document(
            session.register.keys,
            PURPOSE,
            {
                "format": FORMAT,
                **({"simulation": True} if session.simulated else {}),
                "document": int(first["document"]),
                "file": without_phones(first["name"]),
                "sha256": first["sha256"],
                "template": first["template"],
                "title": titles[0],
                "version": first["version"],
                **({"sheets": [_sheet(*each) for each in zip(documents, titles)]} if len(documents) > 1 else {}),
                "unit": unit,
                "unit_name": known.names.get(unit),
                "received_at": _text(first["received_at"]),
                "recorded_at": _text(recorded["recorded_at"].iloc[0]),
                "issued_at": _text(session.now),
                "as_of": _text(known.as_of),
                "edition": session.policy.edition_on(first["received_at"].date()),
                "register_head": known.head,
                "accepted": sum(int(document["accepted"]) for document in documents),
                "returned": sum(int(document["returned"]) for document in documents),
                "commitment": commitment(code) if code else None,
                "rows": found,
            },
        ),
        code,
    )


def _sheet(document: dict[str, Any], title: str) -> dict[str, Any]:
    """A sheet of a book, as its receipt names it."""
    counts = {name: int(document[name]) for name in ("document", "accepted", "returned")}
    return {"template": document["template"], "title": title, "version": document["version"], **counts}


def _row(outcome: dict[str, Any]) -> dict[str, Any]:
    returned = outcome.get("verdict") == RowVerdict.RETURNED
    names = {
        "verdict": RowVerdict.ACCEPTED.value,
        "todo": SEND_AGAIN if returned else None,
        "clause": None,
        "number": None,
        "customer": None,
        "place": None,
        "note": "",
    }
    return {name: outcome.get(name, default) for name, default in names.items()}


def _text(moment: Any) -> str:
    return str(pd.Timestamp(moment).isoformat())


def _hashes(session: Session, document: int, template: Any, form: Form | None) -> tuple[dict[int, str], str | None]:
    """The rows' hashes kept at the import with their code, or fresh ones from the original file, or none."""
    own = "sealed_code" if any(part.personal for part in template.columns) else "code"
    # a book's code is sealed where one of its sheets holds personal data
    further = ["sealed_code"] if session.register.keys.fields else []
    for column in dict.fromkeys([own, *further]):
        kept = session.register.read("fingerprint", ["rows", column], where={"document": document})
        if len(kept) and kept[column].iloc[0] not in (None, DESTROYED):
            return {int(row): digest for row, digest in kept["rows"].iloc[0]}, kept[column].iloc[0]
    if form is None:
        return {}, None
    code = new_code()
    return fingerprints(form, code), code


def _outcomes(
    register: Register, document: dict[str, Any], rows: set[int], more: dict[int, dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """What came of each row: verdict, clause, number, customer, place, note. ``more``: what its intake adds to the verdicts."""
    number, intake = int(document["document"]), intake_of(document["template"])
    found: dict[int, dict[str, Any]] = {
        row: {"verdict": verdict.value, "note": ""} for row, verdict in verdicts(register, document, rows).items()
    }
    findings = register.read(
        "finding", ["row", "code", "clause", "severity", "message"], where={"document": number}
    ).dropna(subset=["row"])
    notes, omits = (intake.receipt_notes, intake.receipt_omits) if intake else (frozenset(), frozenset())
    for item in findings[findings["row"].isin(list(found))].to_dict("records"):
        row = found[int(item["row"])]
        shown = item["code"] not in omits and (item["severity"] != Severity.NOTE or item["code"] in notes)
        if shown and item["message"] not in row["note"]:
            row["note"] += item["message"]
        if row["verdict"] == RowVerdict.RETURNED and item["severity"] == Severity.ERROR:
            row["clause"] = row.get("clause") or item["clause"]
    for place, added in more.items():
        found[place] |= {**added, "note": found[place]["note"] + added.get("note", "")}
    return found
