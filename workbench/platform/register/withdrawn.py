"""Received files that were taken back: what came with them counts no more from then on, and stays in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

TABLE = "import_withdrawal"
KEPT = frozenset({"transition"})  # what happened, whatever file caused it


def has_documents(register: Register, table: str) -> bool:
    """Whether rows of a table say in which received file they came."""
    return table not in register._tables or "document" in register._tables[table]


def hidden(register: Register, table: str, where: Mapping[str, Any] | None) -> list[int]:
    """The files whose rows of a table are left out: none where a file is asked for, or where it keeps no received rows."""
    from workbench.platform.register.facts import tables

    if "document" in (where or {}) or table in KEPT or table not in tables() or not has_documents(register, table):
        return []
    if not register.count("record", {"kind": TABLE}):
        return []
    kept = register.read("record", ["fields"], {"kind": TABLE}, every=True)["fields"]
    return [int(fields["withdrawn"]) for fields in kept]


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
