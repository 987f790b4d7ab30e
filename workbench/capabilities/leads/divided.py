"""The states of many leads, derived in parts by workers: leads that bear on each other stand in one part.

The rules look at a part as at a register that holds these leads only; all parts together say what ``lifecycle.derive`` says of
all leads at once. A part holds no key and no name: what no rule looks at is left out, and for customers, files, contracts and persons
there are numbers that say no more than what is the same and what comes first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from datetime import datetime
from itertools import islice

import numpy as np
import pandas as pd

from workbench.capabilities.leads import lifecycle
from workbench.capabilities.leads.receipt_order import ordered_leads
from workbench.capabilities.leads.sameness import PLACE, joined_by
from workbench.capabilities.leads.tables import LEAD_STATES, STATES, TABLES, UNDECIDING
from workbench.capabilities.leads.verification import verified_quantities
from workbench.core.frames import empty_texts, places_of
from workbench.platform.executors.packing import Packed, joined, pack
from workbench.platform.executors.workers import Hire, WorkerFault, WorkerLost, Workers, nobody
from workbench.platform.register.facts import TEXT, Facts, FactTable, fact_tables
from workbench.platform.regulation.edition import Policy

Part = dict[str, pd.DataFrame]  # rows by attribute of ``Facts``

NAMED = [*PLACE, "customer_key"]  # what is one name
WORTHWHILE = 200_000  # leads from which on the rules take longer than to pack what they look at, and what they find
MOST = 25_000  # leads of one part, but for those that belong together

# columns of states that each lead's newest version gives, and no part gives back; whose a lead is may change (D36)
AS_REPORTED = [name for name in STATES if name in TABLES[0].columns and name != "reporter"]

# for these columns there are numbers, the same ones in all tables, as many digits long: they may be compared as texts
FIRST = 10**9
NUMBERED = ("customer_key", "file", "contract")
# what was typed, or names somebody, and decides nothing
BLANK = ("reason", "by", "name", "leader")

# what ``lifecycle.derive`` looks at: of each part its own rows, and all rows of what names no lead
LOOKED_AT = (
    "added_values",
    "applications",
    "change_decisions",
    "changes",
    "closures",
    "contracts",
    "dispatches",
    "doubted_reporters",
    "feedback",
    "leads",
    "links",
    "reviews",
    "units",
    "withdrawals",
)


def states_of(facts: Facts, as_of: datetime, policy: Policy, hire: Hire = nobody) -> pd.DataFrame:
    """What ``lifecycle.derive`` gives: of many leads by the workers that ``hire`` finds, else here.

    Raises WorkbenchError ``no_worker_left``, WrongUse as ``hire``.
    """
    many = hire is not nobody and len(facts.leads) >= WORTHWHILE
    with hire() if many else nobody() as workers:
        if workers is None:
            return lifecycle.derive(facts, as_of, policy)
        return derive_by(workers, facts, as_of, policy)


def derive_by(workers: Workers, facts: Facts, as_of: datetime, policy: Policy) -> pd.DataFrame:
    """What ``lifecycle.derive`` gives, derived by workers. A part at which worker after worker dies, or fails, is derived here.

    Raises WorkbenchError ``no_worker_left``.
    """
    known = facts.up_to(as_of)
    rows, persons = looked_at(known)
    found = list(_derived(workers, parts(known, rows), as_of, policy))
    if not found:
        return lifecycle.derive(known, as_of, policy)
    leads = ordered_leads(known, as_of, policy)
    index = pd.Index(leads["lead"])
    order = joined(part.pop("lead") for part in found)
    order = pd.Series(order.index, index=order).loc[index].to_numpy()
    promised = LEAD_STATES if "customer" in leads else LEAD_STATES.without("customer")
    columns = {  # the parts lose them one after the other, so that nothing is held twice for long
        name: leads[name].to_numpy()
        if name in AS_REPORTED
        else joined(part.pop(name) for part in found).take(order).array
        for name in promised.columns
    }
    columns["person"] = pd.Series(columns["person"]).map(persons).to_numpy()
    return promised.check(lifecycle.states_frame(columns, index, promised.columns))


def _derived(workers: Workers, given: Iterable[Part], as_of: datetime, policy: Policy) -> Iterator[Packed]:
    """The states of each part in turn; so many parts are under way at once that no worker waits for the next."""
    given = iter(given)
    under_way: deque[tuple[Part, Future[Packed]]] = deque()
    while True:
        for part in islice(given, 2 * workers.count - len(under_way)):
            under_way.append((part, workers.submit(derive_part, part, as_of, policy)))
        if not under_way:
            return
        part, task = under_way.popleft()
        try:
            yield workers.result(task)
        except (WorkerLost, WorkerFault):  # for want of memory, say; a fault of the rules shows here, too
            yield derive_part(part, as_of, policy)


def derive_part(part: Part, as_of: datetime, policy: Policy) -> Packed:
    """The states of a part's leads, without what is as it was reported. Raises LookupError where a rule looks at a table that was
    not given."""

    def given(table: FactTable) -> pd.DataFrame:
        if table.facts not in LOOKED_AT:
            raise LookupError(f"no part of a register holds {table.facts}")
        return part[table.facts] if table.facts in part else _without_undeciding(table, table.typed(None))

    states = lifecycle.derive(Facts(given, as_of), as_of, policy)
    return pack(states.drop(columns=AS_REPORTED, errors="ignore").reset_index())


def looked_at(known: Facts) -> tuple[Part, dict[int, str]]:
    """What the rules look at, without names; and the person whom each number in the answers stands for."""
    tables = {name: fact_tables()[name] for name in LOOKED_AT}
    rows = {name: _without_undeciding(table, getattr(known, name)) for name, table in tables.items()}
    rows["added_values"] = verified_quantities(rows["added_values"])
    rows["units"] = rows["units"].assign(person=empty_texts(len(rows["units"])))
    for column in NUMBERED:
        _number(rows, column)
    persons = _number(rows, "person", "feedback")
    rows["feedback"] = rows["feedback"].astype({"person": TEXT})  # most leads have none
    return {name: frame for name, frame in rows.items() if len(frame)}, persons


def _number(rows: Part, column: str, *only: str) -> dict[int, str]:
    """Put numbers in place of the texts of a column of all tables that have it, or of some, for files in their order; each with
    what it stands for. Nothing stands for nothing."""
    holders = [name for name in only or rows if column in rows[name]]
    values = pd.concat([rows[name][column] for name in holders]).to_numpy(dtype=object)
    places, distinct = pd.factorize(values, sort=column == "file")
    sizes = np.cumsum([len(rows[name]) for name in holders])
    for name, own in zip(holders, np.split(places + FIRST, sizes[:-1]), strict=True):
        numbers = pd.Series(own, index=rows[name].index)
        missing = own < FIRST
        numbers = numbers.astype(TEXT).mask(missing, None) if missing.any() else numbers
        rows[name] = rows[name].assign(**{column: numbers})
    return dict(enumerate(distinct.tolist(), FIRST))


def parts(known: Facts, rows: Part) -> Iterator[Part]:
    """The rows of leads that belong together, so many leads at once; what is empty is left out. No lead, no part.

    ``rows``: see ``looked_at``.
    """
    if known.leads.empty:
        return
    tables = {name: fact_tables()[name] for name in rows}
    whole = {name: frame for name, frame in rows.items() if not (tables[name].by_lead or tables[name].by_lead_number)}
    numbers = known.leads.drop_duplicates("lead").set_index("number")["lead"]
    leads_of = {}
    for name, frame in rows.items():
        if column := tables[name].by_lead:
            leads_of[name] = frame[column]
        elif column := tables[name].by_lead_number:
            leads_of[name] = frame[column].map(numbers).fillna(0)
    ids = pd.Index(pd.unique(pd.concat([column.astype("int64") for column in leads_of.values()])))
    part_of = _parts_of(ids, known)
    of_rows = {name: part_of[places_of(column, ids)] for name, column in leads_of.items()}
    for number in range(int(part_of.max()) + 1):
        own = {name: rows[name].iloc[np.flatnonzero(of_rows[name] == number)] for name in of_rows}
        yield whole | {name: frame for name, frame in own.items() if len(frame)}


def _parts_of(ids: pd.Index, known: Facts) -> np.ndarray:
    """The part of each lead: those joined by ``_bonds`` stand in one, part after part is filled."""
    heads, first_of = ids.to_numpy(copy=True), joined_by(_bonds(known))
    places = ids.get_indexer(list(first_of))
    joined_at = places >= 0  # a suspicion may be of a lead that was not known yet
    heads[places[joined_at]] = np.array([*first_of.values()], dtype=heads.dtype)[joined_at]
    groups = pd.factorize(heads)[0]
    sizes = np.bincount(groups)
    return ((np.cumsum(sizes) - sizes) // MOST)[groups]


def _bonds(known: Facts) -> Iterator[tuple[int, int]]:
    """Pairs of leads that bear on each other: of one name and city in any version, suspected of being the same, decided on
    together. What a contract says of each of its leads, it says of that lead alone."""
    decided = known.reviews[known.reviews["other"].notna()]
    yield from _of_one_name(known.leads)
    yield from zip(known.links["a"].tolist(), known.links["b"].tolist())
    yield from zip(decided["lead"].tolist(), decided["other"].astype("int64").tolist())


def _of_one_name(versions: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Each further lead of a name and city, with the first."""
    rows = versions[versions["customer_key"].duplicated(keep=False)]  # most are alone already by their name
    rows = rows[rows.duplicated(NAMED, keep=False)].drop_duplicates([*NAMED, "lead"])
    first = rows.groupby(NAMED, sort=False, dropna=False)["lead"].transform("first")
    further = rows["lead"] != first
    yield from zip(first[further].tolist(), rows.loc[further, "lead"].tolist())


def _without_undeciding(table: FactTable, frame: pd.DataFrame) -> pd.DataFrame:
    """A table without what decides nothing: ``tables.UNDECIDING``, and the texts of ``BLANK``."""
    frame = frame.drop(columns=[column for column in UNDECIDING.get(table.name, ()) if column in frame])
    return frame.assign(**{column: empty_texts(len(frame)) for column in BLANK if column in frame})
