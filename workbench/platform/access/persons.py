"""What the trail says of persons, held against what is declared: who may do what, what each act writes, who decides.

A signature shows who wrote an entry. Whether he was allowed to, wrote only what belongs to such an entry, did it in his own
name and decided nothing he had another part in follows from the roster that held then and from the declared actions and
cases. Entries before the first signed roster, of a register of an earlier version, are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import RegisterError
from workbench.core.names import is_seen_among
from workbench.platform.access.actions import Recorded, actions, allowed, recorded
from workbench.platform.access.roles import ROLES
from workbench.platform.capability import resolve
from workbench.platform.register import free_texts, key_file, proof
from workbench.platform.register.audit import Breach
from workbench.platform.register.facts import tables
from workbench.platform.register.signatures import Standing
from workbench.platform.register.store import Register
from workbench.platform.workflow.case import Case, cases


@dataclass(frozen=True)
class Writer:
    """Who wrote an entry of the trail: the action, his roles and sections by the rosters then, whether he was the only user."""

    action: str
    roles: frozenset[str]
    sections: frozenset[str | None]
    alone: bool


COVERS = "covers"  # the part of an entry's detail that says which head its user had before him


def breaches(register: Register) -> list[Breach]:
    """Entries that those they name may not have made. Codes:

    ``action`` (no entry of this program), ``role`` (not allowed then), ``rows`` (holds rows of a table it has no part
    in), ``cause`` (nothing in it bears out such rows), ``name`` (holds rows by somebody else), ``four_eyes`` (decided on one's own), ``head`` (rests on another state).
    """
    standing = register.standing()
    rows = register.read("entry", ["entry", "user", "action", "detail", "chain"]).to_dict("records")
    entries = {row["entry"]: row for row in rows if standing.knows(row["entry"])}
    chains = {row["entry"]: row["chain"] for row in rows}
    written, alone = proof.written(register), _alone_before(rows, standing)
    found, writers = [], {}
    for number, row in entries.items():
        known = recorded().get(row["action"])
        if known is None:
            found.append(Breach("action", number))
            continue
        members = standing.members(number, row["user"])
        roles = {member.role for member in members}
        sections = frozenset(member.section for member in members)
        writers[number] = Writer(row["action"], frozenset(roles), sections, number < alone)
        if number >= alone and roles and not any(_permits(role, known, row) for role in roles):
            found.append(Breach("role", number))
        strange = written.get(number, set()) - known.tables(row["detail"])
        strange -= known.tables_beside(register, number) if strange else set()
        if written.get(number, set()) & set(free_texts.COMPARED):
            strange -= {free_texts.SAME}
        found += [Breach("rows", number, table) for table in sorted(strange)]
        caused = [name for name in written.get(number, ()) if name in tables() and tables()[name].cause]
        found += [
            Breach("cause", number, name)
            for name in sorted(caused)
            if not resolve(tables()[name].cause)(register, number)
        ]
        covers = row["detail"].get(COVERS)
        if covers is not None and covers != f"{number - 1}:{chains.get(number - 1)}":
            found.append(Breach("head", number))
    for table in tables().values():
        if table.proof:
            found += [Breach("cause", number, table.name) for number in sorted(resolve(table.proof)(register, writers))]
    found += [Breach("name", number, table) for number, table in proof.in_others_names(register) if number in entries]
    for case in cases().values():
        found += [
            Breach("four_eyes", number, case.name) for number in _undivided(register, case, entries, standing, alone)
        ]
    return found


def doubt(register: Register) -> RegisterError | None:
    """Whether some entry is not signed by one who was allowed it: ``trail_breached``, or None.

    Looks at the entries and at persons; whether each entry's rows are as written is left to ``audit verify`` and
    ``require_whole``.
    """
    with register.snapshot():
        found = [*register.entry_breaches(), *breaches(register)]
    return _refusal(register, found)


def require_whole(register: Register) -> None:
    """Before something is done that money or the public rests on: entries, persons and every row, as ``audit verify`` does.

    An entry's digest is over all its rows, so no table can be proven by itself. Raises RegisterError ``trail_breached``,
    which names table and row where a row is another than was written; ``damaged``.
    """
    with register.snapshot():
        found = whole_breaches(register)
    if error := _refusal(register, found):
        raise error


def whole_breaches(register: Register) -> list[Breach]:
    """What the trail does not account for, and what of it nobody was allowed."""
    found = register.verify_audit()
    if not any(breach.code == "schema" for breach in found):  # else the tables cannot be read as what they were
        found += breaches(register)
    return list(dict.fromkeys(found))


def _refusal(register: Register, found: list[Breach]) -> RegisterError | None:
    if not found:
        return None
    said = {"path": register.path.name, "count": len(found)}
    for breach in found:
        if breach.row is not None:
            return RegisterError("trail_breached/row", **said, entry=breach.entry, table=breach.table, row=breach.row)
    return RegisterError("trail_breached", **said, entry=found[0].entry)


def _permits(role: str, entry: Recorded, row: dict[str, Any]) -> bool:
    """Whether a role may make an entry."""
    groups = entry.asks_for(row["user"], row["detail"])
    return role in ROLES and all(any(allowed(role, action) for action in group) for group in groups)


def _alone_before(rows: list[dict[str, Any]], standing: Standing) -> float:
    """The entry by which a register had a second user; until then its only one does everything (``Session.sole``)."""
    held = {number: [member.role for member in members.values()] for number, members in standing.held.items()}
    several = [number for number, roles in held.items() if not key_file.alone(roles)]
    several += [row["entry"] for row in rows if row["action"] == "user_add"]
    several += [
        row["entry"]
        for row in rows
        if row["action"] == "users_found" and not key_file.alone(role for _, role in row["detail"].get("users", ()))
    ]
    return min(several, default=float("inf"))


def _undivided(
    register: Register, case: Case, entries: dict[int, dict[str, Any]], standing: Standing, alone: float
) -> Iterator[int]:
    """The entries by which somebody decided on a case in which he had another part."""
    names = {entry.name for entry in actions()[case.decided_by].entries()}
    for row in _decisions(register, case, names, entries):
        number = int(row["entry"])
        if number not in entries or number < alone or entries[number]["action"] not in names:
            continue
        user = entries[number]["user"]
        roles = {member.role for member in standing.members(number, user)} & set(ROLES)
        parts = case.parts(register, row)
        for rule in case.four_eyes:
            if rule.unless and any(allowed(role, rule.unless) for role in roles):
                continue
            if is_seen_among(user, parts[rule.part]):
                yield number
                break


def _decisions(
    register: Register, case: Case, names: set[str], entries: dict[int, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """What was decided on a case: the rows of its tables, or, without one, the entries themselves."""
    if not case.decisions:
        yield from (row for row in entries.values() if row["action"] in names)
    for table, _ in case.decisions:
        where = {"name": case.name} if table == "case_decision" else None
        wanted = register.columns(table)
        yield from register.read(table, wanted, where, every=True).to_dict("records")
