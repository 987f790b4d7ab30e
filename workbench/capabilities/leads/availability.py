"""Which customers are kept by a lead that is alive, at a moment (5.1, D2): what a new report would run into."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads.lifecycle import undated_until
from workbench.capabilities.leads.sameness import SAME, SUSPECTED, UNRELATED, sameness
from workbench.capabilities.leads.similarity import close_pairs
from workbench.capabilities.leads.status import ALIVE, Status
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core.frames import places_of
from workbench.platform.register.facts import Facts, frame
from workbench.platform.regulation.edition import Policy

FREE, OCCUPIED, CLOSE = "空闲", "已占用", "须复核"


def availability(asked: pd.DataFrame, facts: Facts, states: pd.DataFrame, as_of: datetime, policy: Policy) -> pd.Series:
    """What a lead about each asked customer would meet if it were received now: 空闲, 已占用 or 须复核.

    ``asked`` has the columns of ``IDENTITY`` (keys by ``names.customer_key``, full place names); ``facts`` and
    ``states`` as at ``as_of``. 已占用: a lead of the same customer is alive, or of one that a person found to be the
    same; 须复核: only one is that may be. A contact's phone is not looked at.
    """
    fresh = asked[IDENTITY].drop_duplicates().reset_index(drop=True)
    fresh = fresh[fresh["customer_key"].fillna("").ne("")].reset_index(drop=True)
    known = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("lead")
    known = known.loc[states.index].reset_index()
    new = frame("leads", fresh.assign(**_nothing(len(fresh), known["lead"].max() if len(known) else 0, as_of)))
    pairs = close_pairs(new.assign(phone_key=None), known[known["city"].isin(fresh["city"])].assign(phone_key=None))
    leads = pd.concat([known, new], ignore_index=True) if len(known) else new
    same = sameness(leads, facts.leads, frame("links", pairs[["a", "b", "reason", "score"]]), facts.reviews, policy)
    status = states["status"].to_numpy()
    gone = undated_until(states["received_at"], policy) <= np.datetime64(as_of, "us").astype("int64")
    alive = np.isin(status, ALIVE) & ~((status == Status.VALID) & gone)
    first = places_of(states["duplicate_of"].fillna(-1).astype("int64"), pd.Index(known["lead"]))
    of_name = pd.Series(range(len(known))).groupby(same.names[: len(known)]).agg(list).to_dict()

    def met(place: int) -> int:
        found = {UNRELATED}
        named = [other for name in same.names_of(place) for other in of_name.get(name, ())]
        for other in {*named, *(other for other in same.linked(place) if other < len(known))}:
            relation, root = same.relation(place, other), other
            if status[other] == Status.DUPLICATE:
                if relation == SAME:
                    continue
                while status[root] == Status.DUPLICATE:
                    root = first[root]
            if alive[root] and not (relation == SUSPECTED and same.apart(place, root)):
                found.add(relation)
        return SAME if SAME in found else max(found)

    words = {UNRELATED: FREE, SAME: OCCUPIED, SUSPECTED: CLOSE}
    said = dict(zip(map(tuple, fresh.to_numpy().tolist()), (words[met(len(known) + n)] for n in range(len(fresh)))))
    wanted = map(tuple, asked[IDENTITY].to_numpy().tolist())
    return pd.Series([said.get(key, FREE) for key in wanted], index=asked.index, dtype=object)


def _nothing(count: int, last: int, as_of: datetime) -> dict[str, object]:
    """The columns of reports that were not made: their numbers, and the moment they would come."""
    whole = dict.fromkeys(("version", "row", "quantity"), 0)
    times = dict.fromkeys(("filed_at", "received_at", "ranked_at"), pd.Timestamp(as_of))
    return {"lead": range(last + 1, last + 1 + count), **whole, **times, "short_name": False}
