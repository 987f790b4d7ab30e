"""How the records of a template come into the register: one declaration each, iterated by the import."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.core.findings import Finding
from workbench.platform.capability import declared, derived

if TYPE_CHECKING:
    import pandas as pd

    from workbench.platform.access.session import Session
    from workbench.platform.forms.spec import Column, Template
    from workbench.platform.intake.submission import ImportBatch, Submission
    from workbench.platform.register.store import Register

ANY = "import"  # the action that lets somebody bring in every template
# what an import writes besides the records of its files (``RecordIntake.tables``)
OF_EVERY_FILE = (
    "document",
    "document_place",
    "finding",
    "fingerprint",
    "row_verdict",
    "added_value",
    "layout",
    "earlier_copy",
    "transition",
    "line_given_back",
)


def any_file(batch: ImportBatch, submission: Submission) -> None:
    """Every well-formed file is taken in."""


def one_series(submission: Submission) -> Hashable:
    """All files of the template are taken in one after another."""
    return submission.form.template.id


@dataclass(frozen=True)
class RecordIntake:
    """A template's way into the register.

    ``accept`` gives every row of the submissions a verdict and puts the records of the accepted ones, which are stored
    in ``tables`` (parents first); ``on_accept`` gets the stored rows by table, with the columns ``followed`` (None: all), and
    does what follows from them. Both get
    one file of each series at a time. ``check_file`` raises FileRefused for a file that cannot be taken in at all.
    ``sequence_key``: files with the same key form a series, whose later files see the rows of the earlier ones.
    ``needs_time``: a day is no time of receipt for it. ``earliest_counts``: its time of receipt decides, so that a copy
    of a file that was received earlier is taken in and counts instead (D4). ``waits_for``: codes of findings for which a
    row is returned that a file received earlier may mend: such a row waits for it (``waiting``); not where who brings it
    in at a day behind the clock has the role ``own_act``, whose act it is. ``another_brings``: codes of findings for which a
    row is returned that another person may bring in: from him the same file is taken in. ``look_again``: judges
    anew what was taken in and received at a moment or later, after something that was received then has come in or was
    taken back, and says whether anything changed; ``beside``: from the register and an entry's number to the tables that
    entry may hold rows of because of it. ``action``: who may do it may bring the template in, beside
    those who may ``import``. ``after``: templates of the same batch that are taken in before. ``columns``: those of the
    sheet the intake knows and is given (None: it is given all and keeps those its tables have); any other column of the
    template is kept as it is (``added_values``), for what the row is about: the header fields and columns in ``key``,
    or what ``accept`` says (``Submission.subjects``). ``refers_to``: the column that names a lead (None: the row is
    about the lead itself, or about none). ``check``: what can be said of forms without a register, a list for each.
    ``receipt``: what receipts say beside the verdicts of the import (document → row → verdict, clause, number, customer,
    place, note, todo) of
    received files (columns of ``document``) as known at a moment. ``receipt_notes``: codes of notes that stand on
    receipts beside errors and warnings; ``receipt_omits``: codes of findings that name somebody else's record and do
    not.
    """

    template: str
    accept: Callable[[ImportBatch, list[Submission]], None]
    tables: tuple[str, ...]
    check_file: Callable[[ImportBatch, Submission], None] = any_file
    sequence_key: Callable[[Submission], Hashable] = one_series
    needs_time: bool = False
    earliest_counts: bool = False
    waits_for: frozenset[str] = frozenset()
    own_act: str | None = None
    another_brings: frozenset[str] = frozenset()
    look_again: Callable[[ImportBatch, datetime, Sequence[Submission]], bool] | None = None
    beside: Callable[[Register, int], set[str]] | None = None
    action: str = ANY
    on_accept: Callable[[ImportBatch, list[Submission], Mapping[str, pd.DataFrame]], None] | None = None
    followed: tuple[str, ...] | None = None
    after: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    key: tuple[str, ...] = ()
    refers_to: str | None = None
    check: Callable[..., list[list[Finding]]] | None = None
    receipt: Callable[[Session, pd.DataFrame, datetime], dict[int, dict[int, dict[str, Any]]]] | None = None
    receipt_notes: frozenset[str] = frozenset()
    receipt_omits: frozenset[str] = frozenset()


@derived
def intakes() -> list[RecordIntake]:
    """All intakes in the order in which a batch is worked through.

    That is the order of the capabilities; an intake that names others comes right behind the last of them. Raises
    ValueError where intakes wait for each other.
    """
    waiting: list[RecordIntake] = list(declared("intakes"))
    known = {intake.template for intake in waiting}
    ordered: list[RecordIntake] = []
    while waiting:
        placed = {intake.template for intake in ordered}
        ready = [intake for intake in waiting if placed >= known.intersection(intake.after)]
        if not ready:
            raise ValueError(f"intakes wait for each other: {[intake.template for intake in waiting]}")
        chosen = next((intake for intake in ready if intake.after), ready[0])
        ordered.append(chosen)
        waiting.remove(chosen)
    return ordered


def intake_of(template: str) -> RecordIntake | None:
    """The intake of a template; None for one that only goes out."""
    return next((intake for intake in intakes() if intake.template == template), None)


def added_columns(template: Template) -> list[Column]:
    """The columns of a template that neither its intake nor a table of it knows."""
    from workbench.platform.register.facts import tables

    intake = intake_of(template.id)
    if intake is None:
        return []
    known = intake.columns
    if known is None:
        known = tuple(name for table in intake.tables for name in tables()[table].columns)
    return [column for column in template.columns if not (column.given or column.idle or column.key in known)]


def imported_by(template: str) -> tuple[str, ...]:
    """The actions that let somebody bring a template in: the one for every template, and its own where it has one."""
    intake = intake_of(template)
    return tuple(dict.fromkeys([ANY, intake.action if intake else ANY]))


def needs_time(template: str) -> bool:
    """Whether a day alone is no time of receipt for a template."""
    intake = intake_of(template)
    return intake is not None and intake.needs_time


def earliest_counts(template: str) -> bool:
    """Whether a copy of a file of a template counts instead of it where it was received earlier."""
    intake = intake_of(template)
    return intake is not None and intake.earliest_counts


def asked_of(user: str, detail: dict[str, Any]) -> list[tuple[str, ...]]:
    """What who brought these files in has to be allowed: of each template one of the actions that let it in."""
    return [imported_by(template) for template in sorted({file[0] for file in detail.get("files", {}).values()})]


def tables_of(detail: dict[str, Any]) -> set[str]:
    """The tables an import of these files may hold rows of."""
    found = set(OF_EVERY_FILE)
    for template in {file[0] for file in detail.get("files", {}).values()}:
        intake = intake_of(template)
        found |= set(intake.tables if intake else ())
    return found


def may_bring_in(session: Session, template: str) -> bool:
    """Whether this person may bring in a template."""
    return any(session.may(action) for action in imported_by(template))
