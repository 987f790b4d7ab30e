"""Answers and decisions that nobody could give, by what the register holds: a section's on another's lead, on one never held.

The program refuses them; here they are found where somebody wrote them past it (6.3, D2). Files come in any order (D4), so
that only what no order explains is named.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

import pandas as pd

from workbench.capabilities.leads.causes import FOLLOWING
from workbench.capabilities.leads.status import Status
from workbench.platform.access.persons import Writer
from workbench.platform.intake.tables import TAKEN
from workbench.platform.register.store import Register

PLACE = ["customer_key", "province", "city"]
Name = TypeVar("Name", bound=Hashable)


def of_another_section(register: Register, writers: Mapping[int, Writer]) -> set[int]:
    """Entries with answers a section did not give (6.3): another than the file's, a verifier's for a section that is not
    his, or on a lead that was not handed to it, nor to one it succeeds or that succeeds it, by the end of the entry.
    """
    rows = register.read("feedback", ["entry", "lead", "section", "document", "row"], every=True)
    rows = rows[rows["entry"].isin(writers.keys())]
    if rows.empty:
        return set()
    files = register.read("document", ["document", "entry", "header"]).set_index("document")
    taken = register.read(TAKEN, ["entry", "document", "row"], every=True)
    waited = set(taken.itertuples(index=False, name=None))
    handed = _Handed(register)
    found = set()
    for entry, lead, section, document, row in rows.itertuples(index=False):
        if document not in files.index or files.at[document, "header"].get("section") != section:
            found.add(entry)
        elif files.at[document, "entry"] == entry:  # what waited came with a file of before, by who brought that
            writer = writers[entry]
            own = {each for each in writer.sections if each}
            if writer.roles == {"verifier"} and not writer.alone and section not in own:
                found.add(entry)
        elif (entry, document, row) not in waited:
            found.add(entry)
        if not handed.by(entry, lead, section):
            found.add(entry)
    return found


class _Handed:
    """By which entry a lead was first handed to a section, or to one in the same line of successors."""

    def __init__(self, register: Register) -> None:
        successions = register.read("succession", ["code", "successor"], every=True).dropna()
        self.line = _joined(successions.itertuples(index=False, name=None))
        self.first: dict[tuple[int, str], int] = {}
        given = register.read("dispatch", ["entry", "lead", "section"], every=True)
        for entry, lead, section in given.itertuples(index=False):
            key = int(lead), self.line.get(section, section)
            self.first[key] = min(int(entry), self.first.get(key, int(entry)))

    def by(self, entry: int, lead: int, section: str) -> bool:
        return self.first.get((int(lead), self.line.get(section, section)), entry + 1) <= entry


def of_nobody_held(register: Register, writers: Mapping[int, Writer]) -> set[int]:
    """Entries with decisions on leads that no entry until then held for a person, and that cannot have been (D2, D4, D10).

    Held is what a change of status says; without one, a lead that came no earlier than one it was suspected of, or is of
    the same customer and place, can have been; by its own row, one that states a level (D10: only such are held for it,
    whichever category the rule book limits) or one of a doubted unit; of two leads of one reporter its own clerk may decide. Decisions that follow from a request are looked at by ``causes.reviewed``.
    """
    rows = register.read("review", ["entry", "lead", "other"], every=True)
    looked = {number for number, each in writers.items() if not each.alone and each.action not in FOLLOWING[:2]}
    rows = rows[rows["entry"].isin(looked)]
    if rows.empty:
        return set()
    moved = register.read("transition", ["entry", "lead", "status"], every=True)
    held = moved[moved["status"].eq(Status.HELD)].groupby("lead")["entry"].min().to_dict()
    open_ = rows[[held.get(lead, entry + 1) > entry for entry, lead in zip(rows["entry"], rows["lead"], strict=True)]]
    if open_.empty:
        return set()
    leads = _Leads(register)
    return {
        int(entry)
        for entry, lead, other in open_.itertuples(index=False)
        if not (leads.doubted(int(lead)) if pd.isna(other) else leads.may_follow(int(lead), int(other), int(entry)))
    }


class _Leads:
    """What can have had a lead held, by every version and suspicion there ever was."""

    def __init__(self, register: Register) -> None:
        columns = ["lead", "reporter", "level", "filed_at", *PLACE]
        leads = register.read("lead", columns, every=True)
        by_lead = leads.groupby("lead")
        self.first, self.last = by_lead["filed_at"].min().to_dict(), by_lead["filed_at"].max().to_dict()
        self.reporters = by_lead["reporter"].agg(set).to_dict()
        doubted = register.read("doubted_reporter", ["lead"], every=True)["lead"]
        self.by_row = {*leads.loc[leads["level"].notna(), "lead"], *doubted}
        links = register.read("link", ["a", "b"], every=True)
        known = leads.loc[leads["customer_key"].notna(), ["lead", *PLACE]].drop_duplicates()
        self.pairs: list[tuple[Hashable, Hashable]] = [(int(a), int(b)) for a, b in links.itertuples(index=False)]
        self.pairs += [(int(lead), tuple(place)) for lead, *place in known.itertuples(index=False)]
        said = register.read("review", ["entry", "lead", "other"], every=True).dropna()
        self.said = [tuple(map(int, row)) for row in said.itertuples(index=False)]

    def doubted(self, lead: int) -> bool:
        return lead in self.by_row

    def may_follow(self, lead: int, other: int, entry: int) -> bool:
        """Whether a lead can have waited behind another, or both are one reporter's."""
        if self.reporters.get(lead, set()) & self.reporters.get(other, set()):
            return True
        if lead not in self.last or other not in self.first or self.last[lead] < self.first[other]:
            return False
        places = _joined([*self.pairs, *((a, b) for before, a, b in self.said if before < entry)])
        return places.get(lead, lead) == places.get(other, other)


def _joined(pairs: Iterable[tuple[Name, Name]]) -> dict[Name, Name]:
    """What stands in pairs → one of all those it hangs together with."""
    root: dict[Name, Name] = {}

    def top(name: Name) -> Name:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for one, two in pairs:
        root[top(two)] = top(one)
    return {name: top(name) for name in root}
