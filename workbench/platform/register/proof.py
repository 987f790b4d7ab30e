"""What proves a register: its schema, the rows of every entry, and that what is kept outside the trail follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.platform.register import audit, expected_schema, records, schema

if TYPE_CHECKING:
    from workbench.platform.register.store import Register


def breaches(register: Register, anchor_head: tuple[int, str] | None) -> list[audit.Breach]:
    """What the trail does not account for: schema, entries, rows, and what is kept outside it."""
    bent = [
        audit.Breach("schema", 0, difference.name)
        for difference in expected_schema.differences(register._connection, schema.migrations())
    ]
    if any(breach.table in register._tables for breach in bent):
        return bent  # what the tables hold cannot be read as what it was
    rows: dict[int, dict[str, list[tuple[int, bytes]]]] = {}
    for table, kinds in register._tables.items():
        if table in audit.OUTSIDE:
            continue
        place = list(kinds).index("entry")
        stored = register._fetch(f'SELECT * FROM "{table}"')
        for row, encoded in zip(stored, audit.encode_rows(stored), strict=True):
            rows.setdefault(row[place], {}).setdefault(table, []).append((row[0], encoded))
    found = audit.verify(register._keys.audit, _entries(register), rows, anchor_head)
    return found + bent + _unlike_the_trail(register) + register._unsigned(0)


def of_entries(register: Register) -> list[audit.Breach]:
    """What ``breaches`` finds of the entries alone: gaps, chain, rosters, signatures; not whether their rows are theirs."""
    return audit.verify(register._keys.audit, _entries(register), None) + register._unsigned(0)


def _entries(register: Register) -> list[tuple[Any, ...]]:
    columns = "entry, at, recorded_at, user, action, detail, digest, chain"
    return register._fetch(f"SELECT {columns} FROM entry ORDER BY entry")


def written(register: Register) -> dict[int, set[str]]:
    """The tables each entry wrote rows of; of ``record`` the declared tables it stands for."""
    found: dict[int, set[str]] = {}
    for table, kinds in register._tables.items():
        if table in audit.OUTSIDE:
            continue
        name = "kind" if table == records.TABLE else f"'{table}'"
        assert "entry" in kinds
        for entry, kind in register._fetch(f'SELECT DISTINCT entry, {name} FROM "{table}"'):
            found.setdefault(entry, set()).add(kind)
    return found


def in_others_names(register: Register) -> list[tuple[int, str]]:
    """Entry and table of rows that say they are by somebody else than who wrote the entry."""
    found = []
    for table, kinds in register._tables.items():
        if table in audit.OUTSIDE or not ("by" in kinds or table == records.TABLE):
            continue
        by = "json_extract(t.fields, '$.by')" if table == records.TABLE else 't."by"'
        name = "t.kind" if table == records.TABLE else f"'{table}'"
        found += register._fetch(
            f'SELECT DISTINCT t.entry, {name} FROM "{table}" t JOIN entry e ON e.entry = t.entry WHERE {by} <> e.user'
        )
    return sorted(found)


def _unlike_the_trail(register: Register) -> list[audit.Breach]:
    """What is kept outside the trail and is not what the trail makes of it: kept statuses, the file's own notes."""
    steps = register._fetch('SELECT lead, status, clause FROM "transition" ORDER BY "transition"')
    last = {lead: (status, clause) for lead, status, clause in steps}
    kept = {
        lead: (status, clause) for lead, status, clause in register._fetch("SELECT lead, status, clause FROM state")
    }
    notes = {name for (name,) in register._fetch("SELECT name FROM meta")} - schema.NOTES
    return [audit.Breach("state", 0, "state")] * (kept != last) + [audit.Breach("stray", 0, "meta")] * bool(notes)
