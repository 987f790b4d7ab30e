"""The states of many leads, derived in parts by workers: leads that bear on each other stand in one part.

The rules look at a part as at a register that holds these leads only; all parts together say what ``lifecycle.derive`` says of
all leads at once. A part holds no key, no name of a customer and no reason that somebody typed: what no rule looks at is left out.
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
from workbench.capabilities.leads.sameness import PLACE
from workbench.capabilities.leads.tables import LEAD_STATES, UNDECIDING
from workbench.capabilities.leads.verification import verified_quantities
from workbench.core.frames import empty_texts, places_of
from workbench.platform.executors.workers import Hire, WorkerLost, Workers, nobody
from workbench.platform.register.facts import Facts, FactTable, fact_tables
from workbench.platform.regulation.edition import Policy

Part = dict[str, pd.DataFrame]

NAMED = [*PLACE, "customer_key"]  # what is one name
WORTHWHILE = 200_000  # leads from which on the rules take longer than to pack what they look at, and what they find
MOST = 50_000  # leads of one part, but for those that belong together

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
    """What ``lifecycle.derive`` gives, derived by workers. A part at which worker after worker dies is derived here.

    Raises WorkbenchError ``no_worker_left``.
    """
    known = facts.up_to(as_of)
    found = list(_derived(workers, parts(known), as_of, policy))
    leads = ordered_leads(known, as_of, policy)
    if not found:
        return lifecycle.derive(known, as_of, policy)
    states = pd.concat(found).loc[leads["lead"]]
    if "customer" not in leads:
        return LEAD_STATES.without("customer").check(states)
    names = leads["customer"].astype(object).to_numpy()
    texts = pd.Series(np.where(pd.isna(names), None, names), index=states.index, dtype=object)
    states.insert(list(LEAD_STATES.columns).index("customer"), "customer", texts)
    return LEAD_STATES.check(states)


def _derived(workers: Workers, given: Iterable[Part], as_of: datetime, policy: Policy) -> Iterator[pd.DataFrame]:
    """The states of each part in turn; so many parts are under way at once that no worker waits for the next."""
    given = iter(given)
    under_way: deque[tuple[Part, Future[pd.DataFrame]]] = deque()
    while True:
        for part in islice(given, 2 * workers.count - len(under_way)):
            under_way.append((part, workers.submit(derive_part, part, as_of, policy)))
        if not under_way:
            return
        part, task = under_way.popleft()
        try:
            yield workers.result(task)
        except WorkerLost:
            yield derive_part(part, as_of, policy)


def derive_part(part: Part, as_of: datetime, policy: Policy) -> pd.DataFrame:
    """The states of a part's leads, without ``customer``. Raises LookupError where a rule looks at a table that was not given."""

    def given(table: FactTable) -> pd.DataFrame:
        if table.facts not in LOOKED_AT:
            raise LookupError(f"no part of a register holds {table.facts}")
        return part[table.facts] if table.facts in part else _without_undeciding(table, table.typed(None))

    return lifecycle.derive(Facts(given, as_of), as_of, policy)


def parts(known: Facts) -> Iterator[Part]:
    """The rows of leads that belong together, by attribute of ``Facts``, so many leads at once; what is empty is left out."""
    tables = {name: fact_tables()[name] for name in LOOKED_AT}
    rows = {name: _without_undeciding(table, getattr(known, name)) for name, table in tables.items()}
    rows["added_values"] = verified_quantities(rows["added_values"])
    rows = {name: frame for name, frame in rows.items() if len(frame)}
    whole = {name: frame for name, frame in rows.items() if not (tables[name].by_lead or tables[name].by_lead_number)}
    numbers = known.leads.drop_duplicates("lead").set_index("number")["lead"]
    leads_of = {}
    for name, frame in rows.items():
        if column := tables[name].by_lead:
            leads_of[name] = frame[column]
        elif column := tables[name].by_lead_number:
            leads_of[name] = frame[column].map(numbers).fillna(0)
    ids = pd.Index(pd.unique(pd.concat([column.astype("int64") for column in leads_of.values()]))) if leads_of else []
    part_of = _parts_of(ids, known) if len(ids) else np.empty(0, dtype="int64")
    of_rows = {name: part_of[places_of(column, ids)] for name, column in leads_of.items()}
    for number in range(int(part_of.max(initial=-1)) + 1):
        own = {name: rows[name].iloc[np.flatnonzero(of_rows[name] == number)] for name in of_rows}
        yield whole | {name: frame for name, frame in own.items() if len(frame)}


def _parts_of(ids: pd.Index, known: Facts) -> np.ndarray:
    """The part of each lead: those joined by ``_bonds`` stand in one, part after part is filled."""
    from networkx.utils import UnionFind

    joined = UnionFind()
    for pair in _bonds(known):
        joined.union(*pair)
    heads = ids.to_numpy(copy=True)
    places = ids.get_indexer(list(joined.parents))
    heads[places[places >= 0]] = [joined[lead] for lead in ids[places[places >= 0]].tolist()]
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
    """A table without what decides nothing: ``tables.UNDECIDING``, and what was typed as a reason."""
    frame = frame.drop(columns=[column for column in UNDECIDING.get(table.name, ()) if column in frame])
    return frame.assign(reason=empty_texts(len(frame))) if "reason" in frame else frame
