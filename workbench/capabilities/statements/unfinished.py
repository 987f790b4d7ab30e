"""A run of due statements that was cut off: how the next one finds that out, and what it need not do again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workbench.capabilities.statements.statement import TITLE
from workbench.core.errors import RegisterError, WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import write_whole
from workbench.platform.access.session import Session
from workbench.platform.documents import delivery, manifests
from workbench.platform.documents.delivery import copy_name, digest_of
from workbench.platform.documents.papers import Papers
from workbench.platform.documents.papers import of as papers_of
from workbench.platform.documents.signatures import TrustedKey, trusted_key

NOTE = ".unfinished"
ASIDE = ".statements-"  # how folders begin in which statements are made before they get their names


@dataclass(frozen=True)
class Begun:
    """What a run set out to make: the head of the trail its statements rest on, whose they are, the day they were due, and who
    was to get a copy.
    """

    head: str
    units: tuple[str, ...]
    due_on: str
    copies: tuple[str, ...]


def begin(folder: Path, head: str, units: Sequence[str], due_on: date, copies: Iterable[str]) -> None:
    """Note that the statements of these units, due on a day, are being made and handed out. Raises WrongUse ``not_written/statements``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        said = {"head": head, "units": list(units), "due_on": due_on.isoformat(), "copies": list(copies)}
        write_whole(folder / NOTE, json.dumps(said) + "\n")
    except OSError:
        raise WrongUse("not_written/statements", out=folder) from None


def end(session: Session, folder: Path, copies: Path, made: Mapping[str, Path]) -> None:
    """Nothing is left to do, unless a copy that was to be made is not out: its password was not listed this time."""
    due = [unit for unit in _begun(folder).copies if unit in made]
    if all(copy_out(session, made[unit], unit, copies) for unit in due):
        (folder / NOTE).unlink(missing_ok=True)


def is_unfinished(folder: Path) -> bool:
    """Whether a run that was to fill a folder did not come to its end."""
    return (folder / NOTE).exists()


def resumed(session: Session, folder: Path, copies: Path, due_on: date) -> dict[str, Path] | None:
    """The workbooks by unit that a run which was cut off had made, all of them whole; None where they have to be made,
    also because they were due on another day: a quarter's fall due again when it was approved.

    What such a run left half written is removed. Raises RegisterError of ``papers``.
    """
    if not is_unfinished(folder):
        return None
    for place in (folder, copies):
        for begins in (ASIDE, delivery.ASIDE):
            for left in place.glob(f"{begins}*"):
                shutil.rmtree(left, ignore_errors=True)
    begun = _begun(folder)
    if begun.due_on != due_on.isoformat():
        return None
    period = folder.name
    found = {unit: folder / file_name(TITLE, unit, period, ending=".xlsx") for unit in begun.units}
    known, papers = trusted_key(session), papers_of(session)
    return found if found and all(_rests_on(path, begun.head, known, papers) for path in found.values()) else None


def _begun(folder: Path) -> Begun:
    """What the note says; nothing where somebody wrote into it."""
    try:
        said: Any = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        units, copies = (tuple(map(str, said[name])) for name in ("units", "copies"))
        return Begun(str(said["head"]), units, str(said["due_on"]), copies)
    except (OSError, ValueError, KeyError, TypeError):
        return Begun("", (), "", ())


def _rests_on(workbook: Path, head: str, known: TrustedKey, papers: Papers) -> bool:
    """Whether a workbook is a genuine statement of this head, which the trail knows."""
    try:
        return manifests.verify(workbook, known, papers=papers).head == head
    except (RegisterError, WrongUse):
        return False


def copy_out(session: Session, workbook: Path, unit: str, copies: Path) -> Path | None:
    """The copy of this very workbook that a unit was handed and that stands in the folder; None where it is still to be made.

    One that was entered, but cut off before its file got its name, is with nobody and is made again.
    """
    columns = ["recipient", "report", "period", "code", "sealed_sha256"]
    raw = digest_of(workbook.read_bytes())
    for row in session.register.read("delivery", columns, where={"report_sha256": raw}).to_dict("records"):
        path = copies / copy_name(row["report"], row["period"], row["code"])
        if row["recipient"] == unit and path.is_file() and digest_of(path.read_bytes()) == row["sealed_sha256"]:
            return path
    return None
