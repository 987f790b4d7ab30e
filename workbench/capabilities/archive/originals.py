"""Electronic originals of the archive's documents: kept encrypted beside the register, opened with a reason (S1 二3; S3 七, 九)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.leads.visibility import visible_leads
from workbench.core.errors import RegisterError, WrongUse
from workbench.core.file_names import file_name, name_of
from workbench.core.messages import Message
from workbench.core.reasons import checked_reason
from workbench.platform.access.session import Session
from workbench.platform.register import stored_files
from workbench.platform.register.names import number_of

MOST = 12  # letters of the ending of a file's name that are kept


def add(session: Session, number: str, source: Path) -> None:
    """Keep a file as the original of a document of the index, encrypted under its customer's key.

    A later file of the same document counts instead; the earlier one is kept. The same file again mends what is missing or
    altered on disk. Raises RegisterError ``not_allowed``, ``no_field_key``, ``not_brought_over``, ``not_written``; WrongUse
    ``unknown_archive_number``, ``no_such_file``, ``empty_file``, ``too_large``, ``changed_meanwhile``.
    """
    session.require("archive_add")
    register = session.register
    key = _customer_of(session, number)
    subject = number_of(key)
    if subject is None:
        raise RegisterError("not_brought_over")
    file = stored_files.seal(register, subject, source)
    newest = _originals(session, number)
    if len(newest) and newest["address"].iloc[-1] == file.address:
        return
    row = {
        "number": number,
        "customer_key": key,
        "address": file.address,
        "file_name": name_of(source),
        "by": session.user,
        "at": session.now,
    }
    with session.transaction("archive_add", session.now, number=number) as entry:
        if not register.read("stored_file", ["address"], where={"address": file.address}).size:
            entry.append("stored_file", pd.DataFrame([{**file.record(), "at": session.now}]))
        entry.append("archive_original", pd.DataFrame([row]))


def get(session: Session, number: str, out: Path, reason: str) -> Path:
    """Write the newest original of a document to a folder, or to a file where none stands yet; who and why is kept first.

    A verifier gets those of customers whose leads were handed to his section. Raises RegisterError ``not_allowed``,
    ``no_field_key``, ``stored_file_missing``, ``stored_file_changed``, ``destroyed_file``, ``not_written``; WrongUse
    ``unknown_archive_number``, ``no_original``, ``no_reason``, ``personal_reason``, ``exists``.
    """
    session.require("archive_get")
    reason = checked_reason(reason, Message("archive/get"))
    key = _customer_of(session, number)
    if not _is_visible(session, key):
        with session.transaction("refused", session.now, wanted="archive_get", role=session.role, number=number):
            pass
        raise _unknown(number)
    found = _originals(session, number)
    if found.empty:
        raise WrongUse("no_original", number=number)
    original = found.iloc[-1]
    file = {each.address: each for each in stored_files.known(session.register)}.get(original["address"])
    if file is None:
        raise RegisterError("destroyed_file")
    target = out / _name(number, original["file_name"]) if out.is_dir() else out
    with session.transaction("archive_get", session.now, number=number, reason=reason):
        pass
    stored_files.unseal(session.register, file, target)
    return target


def verify(session: Session) -> list[dict[str, Any]]:
    """Every original that is missing on disk or is not what was stored: number, stored_at, problem; no key of personal fields
    is needed.

    Raises RegisterError ``not_allowed``.
    """
    session.require("archive")
    folder = stored_files.folder_of(session.register.path)
    wrong = {
        file.address: code
        for file in stored_files.known(session.register)
        if (code := stored_files.problem(folder, file)) is not None
    }
    rows = session.register.read("archive_original", ["number", "address", "at"])
    return [
        {"number": row.number, "stored_at": row.at.isoformat(), "problem": wrong[row.address]}
        for row in rows.itertuples()
        if row.address in wrong
    ]


def _customer_of(session: Session, number: str) -> str:
    """The key of the customer of a document of the index. Raises WrongUse ``unknown_archive_number``."""
    rows = session.register.read("archive_document", ["customer_key", "at"], where={"number": number})
    if rows.empty:
        raise _unknown(number)
    return str(rows.sort_values("at", kind="stable")["customer_key"].iloc[-1])


def _originals(session: Session, number: str) -> pd.DataFrame:
    """The originals of a document, the newest last: address, file_name."""
    return session.register.read("archive_original", ["address", "file_name"], where={"number": number})


def _is_visible(session: Session, key: str) -> bool:
    own = visible_leads(session)
    if own is None:
        return True
    leads = session.register.read("lead", ["lead", "customer_key"], where={"customer_key": key})
    return bool(leads["lead"].isin(own).any())


def _name(number: str, original: str | None) -> str:
    """What an opened file is called: by its number, with the ending of the file that was stored."""
    ending = Path(original or "").suffix
    return file_name(number, ending=ending if ending[1:].isalnum() and len(ending) <= MOST else ".bin")


def _unknown(number: str) -> WrongUse:
    return WrongUse("unknown_archive_number/original", number=number)
