"""What an entry brought in, took back or decided, as what may have caused the rest of it (D4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.platform.intake.tables import TAKEN
from workbench.platform.register.facts import tables
from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import COPIES, REFUSED, TABLE, has_documents

SAYINGS = ("review", "change_decision", "dispatch", "contract_split")  # by which somebody has his say on leads
DIRECTORY = "organization"


@dataclass(frozen=True)
class Cause:
    """A file or decision: since when it counts, the leads it is about, its file, whether it changes units or was taken back."""

    moment: datetime
    leads: frozenset[int]
    document: int | None = None
    units: bool = False
    back: bool = False


def causes_of(register: Register, entry: int) -> list[Cause]:
    """The causes an entry holds."""
    return [*_files(register, entry), *_decisions(register, entry)]


def _files(register: Register, entry: int) -> Iterator[Cause]:
    own = {"entry": entry}
    back = set(register.read(TABLE, ["withdrawn"], own, every=True)["withdrawn"])
    back |= set(register.read(REFUSED, ["refused"], own, every=True)["refused"])
    back |= set(register.read(COPIES, ["later"], own, every=True)["later"])
    brought = set(register.read("document", ["document"], own)["document"])
    brought |= set(register.read(TAKEN, ["document"], own, every=True)["document"])  # rows that waited for it
    numbers = sorted({*map(int, brought), *map(int, back)})
    files = register.read("document", ["document", "template", "received_at"], {"document": numbers})
    leads = leads_in(register, files["document"].astype(int).tolist())
    for number, template, moment in files.itertuples(index=False):
        yield Cause(moment, frozenset(leads[int(number)]), int(number), template == DIRECTORY, number in back)


def leads_in(register: Register, documents: Sequence[int]) -> dict[int, set[int]]:
    """By file, the leads that its rows are about, as it came in; not those that only follow from it."""
    found: dict[int, set[int]] = {document: set() for document in documents}
    for table in tables().values() if found else ():
        if table.by_lead == "lead" and table.name != "transition" and has_documents(register, table.name):
            rows = register.read(table.name, ["document", "lead"], {"document": list(found)}, every=True)
            for document, leads in rows.dropna().groupby("document")["lead"]:
                found[int(document)].update(leads.astype(int))
    return found


def _decisions(register: Register, entry: int) -> Iterator[Cause]:
    for table in SAYINGS:
        rows = register.read(table, ["lead", "at"], {"entry": entry}, every=True)
        for lead, at in rows.itertuples(index=False):
            yield Cause(at, frozenset({int(lead)}))


def asked_for(register: Register, entry: int, table: str) -> bool:
    """Whether rows about leads in an entry that decides on requests, or brings them in, or takes a file back, are about leads
    of these.
    """
    own = {"entry": entry}
    action = register.read("entry", ["action"], own)["action"].iloc[0]
    if action not in FOLLOWING:
        return True
    asked = set().union(*(cause.leads for cause in _files(register, entry)))
    decided = register.read("change_decision", ["number", "lead"], own, every=True)
    asked |= set(decided["lead"])
    requests = register.read("lead_change", ["number", "lead"], {"number": decided["number"].tolist()}, every=True)
    asked |= set(requests["lead"])
    rows = register.read(table, ["lead"], own, every=True)
    return set(rows["lead"]) <= asked


# entries that hold such rows only as what follows from something else
FOLLOWING = ("decide_change", "withdraw_import", "import")


def dispatched(register: Register, entry: int) -> bool:
    """A lead handed over follows from a request about it."""
    return asked_for(register, entry, "dispatch")


def reviewed(register: Register, entry: int) -> bool:
    """A decision on a lead follows from a request about it, or came with a sheet."""
    return asked_for(register, entry, "review")


def split(register: Register, entry: int) -> bool:
    """A contract is divided by a request about its lead."""
    return asked_for(register, entry, "contract_split")
