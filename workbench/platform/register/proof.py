"""What proves a register: its schema, the rows of every entry, and that what is kept outside the trail follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.platform.register import audit, expected_schema, schema

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
    columns = "entry, at, recorded_at, user, action, detail, digest, chain"
    entries = register._fetch(f"SELECT {columns} FROM entry ORDER BY entry")
    found = audit.verify(register._keys.audit, entries, rows, anchor_head)
    return found + bent + _unlike_the_trail(register) + register._unsigned(0)


def _unlike_the_trail(register: Register) -> list[audit.Breach]:
    """What is kept outside the trail and is not what the trail makes of it: kept statuses, the file's own notes."""
    steps = register._fetch('SELECT lead, status, clause FROM "transition" ORDER BY "transition"')
    last = {lead: (status, clause) for lead, status, clause in steps}
    kept = {
        lead: (status, clause) for lead, status, clause in register._fetch("SELECT lead, status, clause FROM state")
    }
    notes = {name for (name,) in register._fetch("SELECT name FROM meta")} - schema.NOTES
    return [audit.Breach("state", 0, "state")] * (kept != last) + [audit.Breach("stray", 0, "meta")] * bool(notes)
