"""Received files whose rows count no more: taken back by people, received earlier as well, or refused since; all stays in the
trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

TABLE = "import_withdrawal"
COPIES = "earlier_copy"  # D4: the same file was received earlier too, and counts from then on instead
REFUSED = "refused_since"  # D4: what was received before it and came in after it would have had it refused
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
    found = _said(register, (TABLE, COPIES, REFUSED), until)
    taken = {int(fields["withdrawn"]): fields["at"] for fields in found[TABLE]} | _refused(found[REFUSED])
    copied: dict[int, Any] = {}
    for fields in found[COPIES]:
        if int(fields["earlier"]) not in taken:
            later, at = int(fields["later"]), fields["at"]
            copied[later] = min(at, copied.get(later, at))
    return taken | copied


def refused_files(register: Register, until: int | None = None) -> dict[int, Any]:
    """The files that count no more because they would have been refused, each with its receipt: they never counted."""
    return _refused(_said(register, (REFUSED,), until)[REFUSED])


def files_taken_back(register: Register) -> set[int]:
    """The files that people took back, and those that would have been refused."""
    found = _said(register, (TABLE, REFUSED))
    return {int(fields["withdrawn"]) for fields in found[TABLE]} | set(_refused(found[REFUSED]))


def _said(register: Register, kinds: tuple[str, ...], until: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """What was said of files, by kind, in order."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    if register.count("record", {"kind": list(kinds)}):
        rows = register.read("record", ["kind", "fields"], {"kind": list(kinds)}, until, every=True)
        for kind, fields in zip(rows["kind"], rows["fields"], strict=True):
            found[kind].append(fields)
    return found


def _refused(said: list[dict[str, Any]]) -> dict[int, Any]:
    last = {int(fields["refused"]): fields for fields in said}
    return {file: fields["at"] for file, fields in last.items() if fields["out"]}


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
