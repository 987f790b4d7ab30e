"""Delivering a report: each recipient's own marked copy under a password, and the register of what went to whom.

A password is never kept: who lost it gets another copy with another mark.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import write_whole
from workbench.core.messages import Message
from workbench.platform.access.session import Session
from workbench.platform.access.users import check_passphrase, random_code
from workbench.platform.documents import manifests, marked_copies
from workbench.platform.documents.found_marks import Borne
from workbench.platform.documents.manifests import Origin, altered_report
from workbench.platform.documents.papers import UNCHECKED, Papers, digest
from workbench.platform.documents.papers import of as papers_of
from workbench.platform.documents.signatures import TrustedKey, sign_document, trusted_key, verify_signature

PURPOSE, ACTIONS = "delivery", ("deliver",)
LONGEST_NAME, LONGEST_PASSWORD = 40, 255
ASIDE = ".copies-"  # how folders begin in which copies are made before they get their names


@dataclass(frozen=True)
class Delivered:
    """A copy that was written: its recipient, mark, file and password (to be shown once and then forgotten)."""

    recipient: str
    code: str
    file: Path
    password: str
    generated: bool


@dataclass(frozen=True)
class Trace:
    """To whom a leaked file leads. ``how``: ``sealed`` and ``copy`` are the very file that was handed out, ``ticket`` one
    saved again that still carries its signed ticket, ``mark`` one that carries its mark only, which can be forged;
    ``places``: where the mark was found."""

    recipient: str
    code: str
    report: str
    period: str
    at: Any
    user: str
    how: str
    places: tuple[str, ...] = ()


def deliver(
    session: Session, report: Path, recipients: Mapping[str, str | None], out: Path, manifest: Path | None = None
) -> list[Delivered]:
    """One protected copy of a genuine report for each recipient; what went to whom stands in the register first.

    ``recipients``: name → password, or None to have one made. Raises RegisterError ``not_allowed`` and what
    ``manifests.verify`` raises; WrongUse ``bad_recipient``, ``weak_passphrase``, ``not_a_workbook``, ``not_written``.
    """
    session.require("deliver")
    for name, password in recipients.items():
        check_recipient(name, password)
        session.require("deliver", name)
    origin = manifests.verify(report, trusted_key(session), manifest, papers=papers_of(session))
    raw = report.read_bytes()
    parts = marked_copies.unpack(raw) if report.suffix.lower() == ".xlsx" else None
    if parts is None:
        raise WrongUse("not_a_workbook", report=report.name)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=ASIDE, dir=out) as folder:
            return _hand_out(session, origin, (raw, parts), recipients, out, Path(folder))
    except OSError:
        raise WrongUse("not_written/copies", out=out) from None


class Handing:
    """Papers that are no reports, handed out in one go like copies of a report: each recipient has one password for all of his.

    ``copies``: those handed out so far.
    """

    def __init__(self, session: Session, given: Mapping[str, str]) -> None:
        """``given``: passwords by recipient; whoever has none here gets one made.

        Raises RegisterError ``not_allowed``; WrongUse ``bad_recipient``, ``weak_passphrase``, before anything is handed out.
        """
        session.require("deliver")
        for name, password in given.items():
            check_recipient(name, password)
        self._session, self._given = session, given
        self._made: dict[str, str] = {}
        self.copies: list[Delivered] = []

    def paper(self, title: str, about: str, recipient: str, workbook: bytes, out: Path) -> Delivered:
        """Hand a workbook to a recipient: marked, with a ticket, under his password, entered in the register first.

        ``about``: the number of what it is about. Raises WrongUse ``bad_recipient``; OSError.
        """
        check_recipient(recipient)
        parts = marked_copies.unpack(workbook)
        assert parts is not None
        session = self._session
        register, on = session.register, session.now.date()
        made_by = (register.keys.register_id, session.user, session.role)
        name, moment = file_name(title, about, ending=".xlsx"), session.now.isoformat()
        origin = Origin(name, title, about, session.policy.edition_on(on), moment, register.head(), *made_by)
        password = self._given.get(recipient) or self._made.setdefault(recipient, random_code(4, 5))
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=ASIDE, dir=out) as folder:
            (copy,) = _hand_out(session, origin, (workbook, parts), {recipient: password}, out, Path(folder))
        self.copies.append(replace(copy, generated=recipient in self._made))
        return self.copies[-1]


def protected_copy(
    session: Session, workbook: bytes, paper: str, about: str, recipient: str, out: Path, password: str | None = None
) -> Delivered:
    """A workbook that is no report (``paper``: its title, ``about``: the number of what it is about), handed to one recipient
    (``Handing.paper``).

    Raises RegisterError ``not_allowed``; WrongUse ``bad_recipient``, ``weak_passphrase``, ``not_written``.
    """
    try:
        return Handing(session, {recipient: password} if password else {}).paper(paper, about, recipient, workbook, out)
    except OSError:
        raise WrongUse("not_written/copies", out=out) from None


def _hand_out(
    session: Session,
    origin: Origin,
    report: tuple[bytes, marked_copies.Parts],
    recipients: Mapping[str, str | None],
    out: Path,
    folder: Path,
) -> list[Delivered]:
    """Write the copies aside, enter them, then give them their names: none is out that is not in the register."""
    from workbench.platform.forms.unlocked import locked

    raw, parts = report
    made: list[Delivered] = []
    rows: list[dict[str, Any]] = []
    taken = set(session.register.read("delivery", ["code"])["code"])
    for name, given in recipients.items():
        code = next(code for code in iter(lambda: random_code(2, 4), None) if code not in taken)
        taken.add(code)
        password = given or random_code(4, 5)  # 100 bits
        ticket, copy = _copy(session, origin, raw, parts, name, code)
        protected = locked(copy, password)
        file = out / copy_name(origin.report, origin.period, code)
        write_whole(folder / file.name, protected)
        made.append(Delivered(name, code, file, password, given is None))
        rows.append(
            {
                "code": code,
                "recipient": name,
                "report": origin.report,
                "period": origin.period,
                "at": session.now,
                "report_sha256": digest_of(raw),
                "copy_sha256": digest_of(copy),
                "sealed_sha256": digest_of(protected),
                "ticket": ticket,
            }
        )
    codes, digests = [item.code for item in made], [digest(row["ticket"]) for row in rows]
    with session.transaction(
        "deliver", session.now, report=origin.report, period=origin.period, codes=codes, digests=digests
    ) as entry:
        entry.append("delivery", pd.DataFrame(rows, dtype=object))
    for item in made:
        os.replace(folder / item.file.name, item.file)
    return made


def _copy(
    session: Session, origin: Origin, raw: bytes, parts: marked_copies.Parts, recipient: str, code: str
) -> tuple[dict[str, Any], bytes]:
    """The marked copy with its signed ticket."""
    found = marked_copies.marked(parts, f"副本 {code}　仅供 {recipient} 使用，不得转发", code)
    ticket = sign_document(
        session.register.keys,
        PURPOSE,
        {
            "code": code,
            "recipient": recipient,
            "report": origin.report,
            "period": origin.period,
            "edition": origin.edition,
            "as_of": origin.as_of,
            "register_head": origin.head,
            "file": origin.file,
            "report_sha256": digest_of(raw),
            "at": session.now.isoformat(),
            "parts": marked_copies.digest(found),
        },
    )
    return ticket, marked_copies.pack(marked_copies.with_ticket(found, ticket))


def known_recipient(name: str | None, otherwise: str) -> str:
    """Whom a paper is for: by the name a file gave, where that can be kept, else ``otherwise``."""
    try:
        check_recipient(name or "")
    except WrongUse:
        return otherwise
    return name or otherwise


def check_recipient(name: str, password: str | None = None) -> None:
    """Refuse a recipient whose name cannot be kept, and a password that is guessed easily. Raises WrongUse."""
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise WrongUse("bad_recipient", longest_name=LONGEST_NAME)
    if re.search(r"\d{7,}|@", name):
        raise WrongUse("bad_recipient/phone")
    if password is not None:
        check_passphrase(password, name)
        if len(password) > LONGEST_PASSWORD:
            raise WrongUse("long_password")


def verify_copy(borne: Borne, known: TrustedKey, name: str, papers: Papers | None = None) -> Origin | None:
    """Whose copy of which report a file is, by what it bears; None where it is no delivered copy.

    Needs no register; ``papers``: what one knows of its papers. Raises RegisterError ``unsigned``, ``other_register``,
    ``altered``, ``altered_report``, ``not_recorded``, ``newer_paper``.
    """
    ticket = borne.ticket
    if ticket is None:
        return None
    what = Message.of("paper/copy", name=name)
    block = verify_signature(known, PURPOSE, ticket, what, ACTIONS)
    recorded = papers.check("deliver", ticket, what) if papers else UNCHECKED
    if borne.digest != ticket["parts"]:
        raise altered_report(Path(name))
    return Origin(
        ticket["file"],
        ticket["report"],
        ticket["period"],
        ticket["edition"],
        ticket["as_of"],
        ticket["register_head"],
        ticket["register"],
        block["user"],
        block["role"],
        (name,),
        ticket["recipient"],
        ticket["code"],
        recorded=recorded,
    )


def confirm(session: Session, origin: Origin) -> None:
    """That what a report rests on is part of the open register's history. Raises RegisterError ``other_history``."""
    if not session.register.contains_head(origin.head):
        raise RegisterError("other_history")


def trace(session: Session, borne: Borne | None, code: str | None = None) -> list[Trace]:
    """Whose copy a file is by what it bears, or one with a mark read off paper (``code``); empty where nothing leads
    anywhere. Raises RegisterError ``not_allowed``.
    """
    session.require("trace")
    register = session.register
    found: list[tuple[str, dict[str, Any], tuple[str, ...]]] = []
    columns = ["entry", "code", "recipient", "report", "period", "at"]
    places: dict[str, list[str]] = {as_printed(code): []} if code else {}
    if borne is not None:
        for how, column, sha256 in (("sealed", "sealed_sha256", borne.sha256), ("copy", "copy_sha256", borne.opened)):
            rows = register.read("delivery", columns, where={column: sha256})
            found += [(how, row, ()) for row in rows.to_dict("records")]
        places |= borne.codes
    rows = register.read("delivery", columns, where={"code": list(places)})
    sure, proven = {row["code"] for _, row, _ in found}, _proven(borne, trusted_key(session))
    found += [
        ("ticket" if row["code"] == proven else "mark", row, tuple(places[row["code"]]))
        for row in rows.to_dict("records")
        if row["code"] not in sure
    ]
    # a copy can be known in several ways at once: the first one found, the surest, is named
    surest = {row["code"]: (how, row, where) for how, row, where in reversed(found)}
    found = [surest[code] for code in dict.fromkeys(row["code"] for _, row, _ in found)]
    with session.transaction("trace", session.now, codes=[row["code"] for _, row, _ in found]):
        users = register.read("entry", ["entry", "user"], where={"entry": [int(row["entry"]) for _, row, _ in found]})
    by = dict(zip(users["entry"], users["user"], strict=True))
    return [
        Trace(row["recipient"], row["code"], row["report"], row["period"], row["at"], by[row["entry"]], how, where)
        for how, row, where in found
    ]


def as_printed(code: str) -> str:
    """A mark as it is printed, from how somebody read or typed it: full-width letters, spaces and other dashes are fine."""
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", code).upper())
    return f"{letters[:4]}-{letters[4:]}"


def _proven(borne: Borne | None, known: TrustedKey) -> str | None:
    """The code of a genuine ticket in a workbook, whatever else was altered."""
    ticket = borne.ticket if borne else None
    try:
        return ticket["code"] if ticket and verify_signature(known, PURPOSE, ticket, "", ACTIONS) else None
    except RegisterError:
        return None


def list_deliveries(session: Session) -> pd.DataFrame:
    """What went to whom: at, recipient, report, period, code, user; the newest last. Raises RegisterError."""
    if not session.may("trace"):
        session.require("deliver")
    rows = session.register.read("delivery", ["entry", "at", "recipient", "report", "period", "code"])
    users = session.register.read("entry", ["entry", "user"], where={"action": "deliver"})
    return rows.merge(users, on="entry", how="left").drop(columns="entry")


def copy_name(report: str, period: str, code: str) -> str:
    """How the file of a copy with this mark is called."""
    return file_name(report, period, "副本", code, ending=".xlsx")


def digest_of(content: bytes) -> str:
    """The SHA-256 by which the register knows a workbook or a copy of it, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
