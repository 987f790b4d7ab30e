"""What proves a register: its schema, the rows of every entry, and that what is kept outside the trail follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.platform.register import audit, erasable, name_blocks, names, records, row_hashes, schema, subjects

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

RESTATED, RESTATED_DETAIL = "restated", "restated_detail"
BORN_WITH_KEYS = "customer_keys"  # in the detail of the entry that made a register


def breaches(register: Register, anchor_head: tuple[int, str] | None) -> list[audit.Breach]:
    """What the trail does not account for: schema, entries, rows, and what is kept outside it."""
    bent = [
        audit.Breach("schema", 0, difference.name)
        for difference in register._connection.differences(schema.migrations())
    ]
    if any(breach.table in register._tables for breach in bent):
        return bent  # what the tables hold cannot be read as what it was
    entries = entries_of(register)
    restated, wrong = restated_digests(register, entries)
    details, wrong_details = restated_details(register, entries)
    rows = rows_by_entry(register)
    found = audit.verify(register._keys.audit, entries, dict(rows), anchor_head, restated, details)
    found = [each for breach in found for each in _where(register, breach, rows)]
    found += [*wrong, *wrong_details, *subjects.breaches(register, {row[0]: row[4] for row in entries})]
    return found + bent + _unlike_the_trail(register) + name_blocks.breaches(register) + register._unsigned(0)


def entries_of(register: Register) -> list[tuple[Any, ...]]:
    """The trail: entry, at, recorded_at, user, action, detail, digest, chain in order."""
    columns = 'entry, at, recorded_at, "user", action, detail, digest, chain'
    return register._fetch(f"SELECT {columns} FROM entry ORDER BY entry")


def rows_by_entry(register: Register) -> dict[int, dict[str, list[tuple[int, bytes]]]]:
    """What the tables hold, as the trail accounts for it, by entry and table."""
    rows: dict[int, dict[str, list[tuple[int, bytes]]]] = {}
    accounting = erasable.Accounting.of_all(register)
    for table, kinds in register._tables.items():
        if table in audit.OUTSIDE:
            continue
        place = list(kinds).index("entry")
        stored = register._fetch(f'SELECT * FROM "{table}"')
        for row, encoded in zip(stored, audit.encode_rows(accounting.rows(table, stored)), strict=True):
            rows.setdefault(row[place], {}).setdefault(table, []).append((row[0], encoded))
    return rows


def _where(
    register: Register, breach: audit.Breach, rows: Mapping[int, dict[str, list[tuple[int, bytes]]]]
) -> list[audit.Breach]:
    """A breach of an entry's rows by table and row: those that differ from what it wrote, or belong to no entry."""
    mine = rows.get(breach.entry, {})
    if breach.code == "digest":
        places = row_hashes.differing(register, breach.entry, mine)
    elif breach.code == "stray" and breach.table is not None:
        places = [(breach.table, number) for number, _ in mine.get(breach.table, ())]
    else:
        places = []
    return [audit.Breach(breach.code, breach.entry, table, row) for table, row in places] or [breach]


def of_entries(register: Register) -> list[audit.Breach]:
    """What ``breaches`` finds of the entries alone: gaps, chain, rosters, signatures; not whether their rows are theirs."""
    entries = entries_of(register)
    details, wrong = restated_details(register, entries)
    return audit.verify(register._keys.audit, entries, None, details=details) + wrong + register._unsigned(0)


def ends_at(register: Register, head: str) -> bool:
    """Whether the trail ends at a head, but for one entry at most (a new simulation is marked before its first roster)."""
    behind = int(register.head().partition(":")[0]) - int(head.partition(":")[0])
    return behind in (0, 1) and register.contains_head(head)


def links(register: Register) -> dict[int, str]:
    """For every entry what holds in place of its link, once its words are other ones (``audit.kept_link``)."""
    found, before = {}, audit.FIRST_LINK
    for *own, chain in entries_of(register):
        found[own[0]] = audit.kept_link(register._keys.audit, before, own, chain)
        before = chain
    return found


def written(register: Register) -> dict[int, set[str]]:
    """The tables each entry wrote rows of; of ``record`` the declared tables it stands for.

    Not those that account for keys, digests and rows: whatever seals a value writes there, and ``breaches`` proves them
    itself.
    """
    found: dict[int, set[str]] = {}
    for table, kinds in register._tables.items():
        if table in (*audit.OUTSIDE, subjects.STATES, RESTATED, RESTATED_DETAIL, row_hashes.TABLE):
            continue
        name = "kind" if table == records.TABLE else f"'{table}'"
        assert "entry" in kinds
        for entry, kind in register._fetch(f'SELECT DISTINCT entry, {name} FROM "{table}"'):
            found.setdefault(entry, set()).add(kind)
    return found


def in_others_names(register: Register) -> list[tuple[int, str]]:
    """Entry and table of rows that say they are by somebody else than who wrote the entry.

    A received sheet may say who decided (``FactTable.by_sheet``): not where the entry itself brought it in.
    """
    from workbench.platform.register.facts import tables

    by_sheet, found = {each.name for each in tables().values() if each.by_sheet}, []
    for table, kinds in register._tables.items():
        if table in audit.OUTSIDE or not ("by" in kinds or table == records.TABLE):
            continue
        by = register._connection.json_text("t.fields", "by") if table == records.TABLE else 't."by"'
        name = "t.kind" if table == records.TABLE else f"'{table}'"
        mine = f'{by} <> e."user"'
        if table in by_sheet:
            mine += " AND NOT EXISTS (SELECT 1 FROM document d WHERE d.document = t.document AND d.entry = t.entry)"
        found += register._fetch(
            f'SELECT DISTINCT t.entry, {name} FROM "{table}" t JOIN entry e ON e.entry = t.entry WHERE {mine}'
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


def restated_digests(register: Register, entries: Sequence[Sequence[Any]]) -> tuple[dict[int, str], list[audit.Breach]]:
    """The digests that hold since the register was brought over (``resealing``), and a breach where it could not be.

    It can be once for each thing that is brought over (keys of customers, names), in a register that was made by a version
    without it; for keys of entries from before this one wrote anything personal.
    """
    rows = register._fetch(f"SELECT entry, about, digest FROM {RESTATED} ORDER BY {RESTATED}")
    if not rows:
        return {}, []
    made = next((str(row[5]) for row in entries if row[4] == "init"), None)  # in a simulation not the first
    made_by = sorted({entry for entry, _, _ in rows}, key=str)
    actions = {row[0]: row[4] for row in entries}
    (first,) = register._fetch(f"SELECT min(entry) FROM {subjects.STATES}")[0]
    wrong = []
    for entry in made_by:
        action = actions.get(entry)
        born = {
            subjects.RESTATED_BY: f'"{BORN_WITH_KEYS}"' in (made or ""),
            names.SEALED_BY: names.born_sealed(made),
            names.TEXTS_BY: names.born_sealed(made, names.TEXTS_BORN),
        }.get(str(action), True)
        until = min(first or entry, entry) if action == subjects.RESTATED_BY else entry
        once = [actions.get(each) for each in made_by].count(action) == 1
        if born or not once or any(about >= until for by, about, _ in rows if by == entry):
            wrong.append(entry)
    return {about: digest for by, about, digest in rows if by not in wrong}, [
        audit.Breach(RESTATED, entry) for entry in wrong
    ]


def restated_details(register: Register, entries: Sequence[Sequence[Any]]) -> tuple[dict[int, str], list[audit.Breach]]:
    """What holds in place of entries' links since what was typed in them was sealed (``free_texts``), and a breach where that
    could not be: once, of entries before it, in a register that was made by a version without it; never of the entry that made
    the register, which says by which version that was.
    """
    rows = register._fetch(f"SELECT entry, about, digest FROM {RESTATED_DETAIL} ORDER BY {RESTATED_DETAIL}")
    first, made = next(((row[0], str(row[5])) for row in entries if row[4] == "init"), (0, None))
    actions = {row[0]: row[4] for row in entries}
    if rows and made is None and register._rosters():
        first = entries[-1][0]  # the entry that made it was made another one: nothing it said can be gone by
    once = len({entry for entry, _, _ in rows}) == 1 and not names.born_sealed(made, names.TEXTS_BORN)
    wrong = {
        entry
        for entry, about, _ in rows
        if not once or not first < about < entry or actions.get(entry) != names.TEXTS_BY
    }
    return {about: digest for entry, about, digest in rows if entry not in wrong}, [
        audit.Breach(RESTATED, entry) for entry in sorted(wrong)
    ]
