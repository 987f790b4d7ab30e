"""Received files whose rows count no more: taken back by people, or received earlier as well; all stays in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

TABLE = "import_withdrawal"
COPIES = "earlier_copy"  # D4: the same file was received earlier too, and counts from then on instead
# what happened, and what was worked out of a name, whatever file caused it
KEPT = frozenset({"transition", "short_name"})


def has_documents(register: Register, table: str) -> bool:
    """Whether rows of a table say in which received file they came."""
    return table not in register._tables or "document" in register._tables[table]


def hidden(register: Register, table: str, where: Mapping[str, Any] | None) -> list[int]:
    """The files whose rows of a table are left out: none where a file is asked for, or where it keeps no received rows."""
    from workbench.platform.register.facts import tables

    if "document" in (where or {}) or table in KEPT or table not in tables() or not has_documents(register, table):
        return []
    return sorted(gone_files(register))


def gone_files(register: Register, until: int | None = None) -> dict[int, Any]:
    """The files whose rows count no more, by number, each with the time since when.

    A file of which an earlier copy came in never counts, unless that copy was taken back itself.
    """
    if not register.count("record", {"kind": [TABLE, COPIES]}):
        return {}
    rows = register.read("record", ["kind", "fields"], {"kind": [TABLE, COPIES]}, until, every=True)
    taken = {
        int(fields["withdrawn"]): fields["at"]
        for kind, fields in zip(rows["kind"], rows["fields"], strict=True)
        if kind == TABLE
    }
    copied: dict[int, Any] = {}
    for kind, fields in zip(rows["kind"], rows["fields"], strict=True):
        if kind == COPIES and int(fields["earlier"]) not in taken:
            later, at = int(fields["later"]), fields["at"]
            copied[later] = min(at, copied.get(later, at))
    return taken | copied


def cut(
    register: Register,
    table: str,
    where: Mapping[str, Any] | None,
    until: int | None,
    every: bool,
    clause: str,
    values: list[Any],
) -> tuple[str, list[Any]]:
    """A WHERE clause and its values, cut at an entry (``until``) and, unless ``every`` row is asked for, without the rows
    of withdrawn files.
    """
    terms = [clause.removeprefix(" WHERE ")] if clause else []
    if until is not None:
        terms, values = [*terms, '"entry" <= ?'], [*values, until]
    if not every and (gone := hidden(register, table, where)):
        marks = ", ".join("?" * len(gone))
        terms, values = [*terms, f'("document" IS NULL OR "document" NOT IN ({marks}))'], [*values, *gone]
    return (f" WHERE {' AND '.join(terms)}" if terms else ""), values
