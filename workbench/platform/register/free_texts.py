"""Texts typed by people that stand within JSON (a file's header, an entry of the trail), sealed like names; and which texts say
the same, where rules compare them.

Who holds no names key derives the same statuses: he does not read why a section found a lead 无效, and knows from ``same_text``
whether it said so in the same words before. What he types himself (analysts, payers) stays in clear: he could not seal it,
and knows no customer by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.platform.register import names, proof
from workbench.platform.register.cipher import DESTROYED

if TYPE_CHECKING:
    from workbench.platform.register.entry import Entry
    from workbench.platform.register.store import Register

SAME = "same_text"
COMPARED: Mapping[str, tuple[str, str]] = {"feedback": ("lead", "reason")}  # table → its lead, the text rules compare


def seal_parts(
    register: Register,
    table: str,
    column: str,
    parts: Sequence[str],
    ids: Sequence[int],
    about: Sequence[int],
    values: Sequence[Any],
) -> list[Any]:
    """JSON objects with the texts at ``parts`` sealed, each under the key of whom its row is about."""
    found = [dict(value) if isinstance(value, Mapping) else value for value in values]
    for part in parts:
        typed = [_part(value, part) for value in found]
        texts = [text if isinstance(text, str) and not _sealed(text) else None for text in typed]
        sealed = register.names.seal(table, f"{column}.{part}", ids, about, texts)
        for value, text in zip(found, sealed, strict=True):
            if text is not None:
                value[part] = names.packed(text)
    return found


def opened_parts(
    register: Register, table: str, column: str, parts: Sequence[str], ids: Sequence[int], values: Sequence[Any]
) -> list[Any]:
    """What ``seal_parts`` made the objects of: None in place of a text without the names key, DESTROYED without its key."""
    found = [dict(value) if isinstance(value, Mapping) else value for value in values]
    for part in parts:
        stored = [names.unpacked(_part(value, part)) for value in found]
        if any(isinstance(text, bytes) for text in stored):
            texts = register.names.opened(table, f"{column}.{part}", ids, stored)
            for value, text, sealed in zip(found, texts, stored, strict=True):
                if isinstance(sealed, bytes):
                    value[part] = text
    return found


def _part(value: Any, part: str) -> Any:
    return value.get(part) if isinstance(value, Mapping) else None


def opened_header(register: Register, table: str, column: str, ids: Sequence[int], stored: Sequence[Any]) -> list[str]:
    """A stored column of PARTS with its texts opened, as it would be stored in clear."""
    _, parts = names.PARTS[table]
    if not any(names.MARK in text for text in stored):
        return list(stored)
    found = opened_parts(register, table, column, parts, ids, [json.loads(text) for text in stored])
    return [_json(value) for value in found]


def own_words(register: Register, entry: Entry) -> dict[str, Any]:
    """What an entry says, with what its user typed sealed: under the key of the customer of the lead it names, if any."""
    detail = entry.detail
    if not any(isinstance(detail.get(part), str) for part in names.WORDS):
        return detail
    if not (register.names.sealed and register.keys.names):
        return detail
    (about,) = _about(register, entry, [entry.number], [detail])
    (sealed,) = seal_parts(register, names.ENTRY, "detail", names.WORDS, [entry.number], [about], [detail])
    found: dict[str, Any] = sealed
    return found


def told(register: Register, numbers: Sequence[int], details: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What entries say, as this user may read it."""
    return opened_parts(register, names.ENTRY, "detail", names.WORDS, numbers, details)


def _about(register: Register, entry: Entry, numbers: Sequence[int], details: Sequence[Mapping[str, Any]]) -> list[int]:
    """Whom entries are about, by number: the customer of the lead whose number they name, else nobody else than they."""
    from workbench.platform.register.facts import tables

    leads = next((each for each in tables().values() if each.subject), None)
    known: dict[Any, Any] = {}
    if leads is not None and leads.subject is not None:
        _, number, key = leads.subject
        wanted = [str(detail["number"]) for detail in details if "number" in detail]
        rows = register.read(leads.name, [number, key], {number: wanted}, every=True) if wanted else None
        known = {} if rows is None else dict(zip(rows[number], rows[key], strict=True))
    customers = [names.number_of(known.get(str(detail.get("number")))) for detail in details]
    customers = [None if number in register.subjects.destroyed else number for number in customers]
    own = [f"{names.ENTRY}|{n}" for n, customer in zip(numbers, customers, strict=True) if customer is None]
    texts = iter(register.subjects.for_texts(entry, own))
    return [next(texts) if customer is None else customer for customer in customers]


def keep_same(register: Register, entry: Entry, table: str, leads: Sequence[int]) -> None:
    """Keep which texts about these leads say the same as one before, for those that were not compared yet."""
    lead, column = COMPARED[table]
    rows = register.read(table, [table, lead, column], {lead: sorted(set(leads))}, every=True)
    kept = register.read(SAME, ["row", "same"], {"kind": table, "row": rows[table].tolist()})
    known = dict(zip(kept["row"].tolist(), kept["same"].tolist(), strict=True))
    first: dict[tuple[int, str], int] = {}
    found = []
    for number, whose, text in rows.itertuples(index=False):
        if not isinstance(text, str) or text == DESTROYED:
            continue
        same = first.setdefault((whose, text), known.get(number, number))
        if number not in known:
            found.append({"kind": table, "row": number, "same": same})
    if found:
        entry.append(SAME, pd.DataFrame(found))


def said_the_same(rows: pd.DataFrame, table: str, kept: pd.DataFrame) -> pd.Series:
    """The compared texts of a table's rows, or what stands for them where they are sealed. ``kept``: of ``same_text``."""
    _, column = COMPARED[table]
    kept = kept[kept["kind"].eq(table)]
    known = dict(zip(kept["row"], kept["same"], strict=True))
    same = rows[table].map(known)
    return rows[column].where(same.isna(), same.map(lambda number: f"#{number:.0f}", na_action="ignore"))


def seal_all(register: Register, entry: Entry) -> int:
    """Seal the parts of files' headers and of earlier entries that were typed, and compare texts; returns how many."""
    done = 0
    for table, (column, parts) in names.PARTS.items():
        rows = register.read(table, every=True)
        ids = [
            n for n, value in zip(rows[table], rows[column], strict=True) if any(_part(value, part) for part in parts)
        ]
        picked = rows[rows[table].isin(ids)].reset_index(drop=True)
        if ids:
            stored = [json.loads(text) for (text,) in _stored(register, table, column, ids)]
            about = register.names.about(entry, table, picked, ids)
            sealed = seal_parts(register, table, column, parts, ids, about, stored)
            done += _write(entry, table, column, ids, sealed)
    done += _seal_trail(register, entry)
    for table, (lead, column) in COMPARED.items():
        rows = register.read(table, [lead, column], every=True)
        if leads := rows.loc[rows[column].notna(), lead].tolist():
            keep_same(register, entry, table, leads)
    return done


def _seal_trail(register: Register, entry: Entry) -> int:
    """Seal what was typed in earlier entries. Their chains stay: what the trail accounts for instead is stated once."""
    stored = [
        (number, json.loads(text))
        for number, text in register._fetch("SELECT entry, detail FROM entry ORDER BY entry")
        if any(f'"{part}"' in text for part in names.WORDS)
    ]
    typed = [
        (number, detail)
        for number, detail in stored
        if any(isinstance(detail.get(part), str) and not _sealed(detail[part]) for part in names.WORDS)
    ]
    if not typed:
        return 0
    numbers, details = [number for number, _ in typed], [detail for _, detail in typed]
    about = _about(register, entry, numbers, details)
    sealed = seal_parts(register, names.ENTRY, "detail", names.WORDS, numbers, about, details)
    _write(entry, names.ENTRY, "detail", numbers, sealed)
    wanted, links = set(numbers), proof.links(register)
    rows = [{"about": number, "digest": links[number]} for number in sorted(wanted)]
    entry.append(proof.RESTATED_DETAIL, pd.DataFrame(rows))
    return len(numbers)


def texts_about_nobody(register: Register, own: set[int]) -> list[tuple[int, str]]:
    """The texts within JSON under keys of their own (``own``), each with its subject."""
    found: list[tuple[int, str]] = []
    places = [(table, column, parts) for table, (column, parts) in names.PARTS.items()]
    for table, column, parts in [*places, (names.ENTRY, "detail", names.WORDS)]:
        key = next(iter(register._tables[table]))
        marked = f'replace("{column}", ?, \'\') <> "{column}"'
        rows = register._fetch(f'SELECT "{key}", "{column}" FROM "{table}" WHERE {marked}', (names.MARK,))
        for part in parts:
            stored = [(row, names.unpacked(json.loads(text).get(part))) for row, text in rows]
            found += names.own_texts(register, table, f"{column}.{part}", stored, own)
    return found


def same_words(one: Register, other: Register) -> bool:
    """Whether the trails of two registers say the same, sealed or not, but for what the other has beyond."""
    read = []
    for register in (one, other):
        rows = register.read(names.ENTRY, ["entry", "detail"])
        read.append(dict(zip(rows["entry"], told(register, rows["entry"].tolist(), rows["detail"]), strict=True)))
    return all(read[1].get(number) == detail for number, detail in read[0].items())


def _sealed(text: str) -> bool:
    return isinstance(names.unpacked(text), bytes)


def _stored(register: Register, table: str, column: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    key = next(iter(register._tables[table]))
    return register._fetch(
        f'SELECT "{column}" FROM "{table}" WHERE "{key}" IN (SELECT value FROM json_each(?)) ORDER BY "{key}"',
        (json.dumps(list(map(int, ids))),),
    )


def _write(entry: Entry, table: str, column: str, ids: Sequence[int], values: Sequence[Mapping[str, Any]]) -> int:
    key = next(iter(entry.register._tables[table]))
    changes = [(_json(value), int(row)) for value, row in zip(values, ids, strict=True)]
    entry._write_many(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?', changes)
    return len(changes)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
