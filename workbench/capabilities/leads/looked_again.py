"""Rows of T1 that repeated what another file had said: they say it themselves where that file is taken back (D4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.corrections import CONTENT, KNOWN
from workbench.capabilities.leads.known_leads import REPEATED
from workbench.capabilities.leads.lead_records import VERSION_TABLES, phone_keys, put_versions
from workbench.capabilities.leads.lead_states import refresh
from workbench.capabilities.leads.refused_since import look_at_reports
from workbench.capabilities.leads.refused_since import written_beside as refusals_beside
from workbench.core.names import customer_key
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.register.store import Register
from workbench.platform.register.withdrawn import files_taken_back

COLUMNS = [*KNOWN, "document", "row", "ranked_at"]
ORDER = ["filed_at", "document", "version"]


def look_again(batch: ImportBatch, since: datetime, arrived: Sequence[Submission]) -> bool:
    """Judge anew which reports would have been refused, then which rows stand because a file before them counts no more."""
    refused = look_at_reports(batch, since, arrived)
    return _stand_themselves(batch) or refused


def _stand_themselves(batch: ImportBatch) -> bool:
    """Make versions of the rows that said again what a file said that was taken back; whether there is one.

    Whoever has the keys of what is personal in them does: who takes the file back, or who brings something in next.
    """
    register = batch.register
    back = files_taken_back(register)
    if not back or not register.keys.fields or not register.names.readable:
        return False
    taken = register.read("lead", ["lead"], {"document": sorted(back)})
    repeated = register.read("repeated_row", REPEATED, {"lead": sorted(set(taken["lead"]))})
    if repeated.empty:
        return False
    leads = sorted(set(repeated["lead"]))
    said = register.read("lead", COLUMNS, {"lead": leads}, every=True).sort_values(ORDER)
    stand = set(register.read("lead", ["document"], {"lead": leads})["document"])
    rows = [
        row
        for lead, own in repeated.sort_values(["at", "document"], kind="stable").groupby("lead")
        for row in _versions(said[said["lead"] == lead], own, stand)
    ]
    if not rows:
        return False
    found = pd.DataFrame(rows)[[*COLUMNS, "received_at"]].astype(said.dtypes.to_dict())
    found["phone_key"] = phone_keys(found)
    found["name_key"] = customer_key(found["customer"]).fillna("")
    put_versions(batch, found)
    batch.store((), VERSION_TABLES)
    causes = {int(row["lead"]): (row["filed_at"], int(row["document"])) for row in rows}
    states = refresh(batch.session, batch.entry, sorted(causes), batch.horizon, causes)
    batch.touched.update(states.index.tolist())
    return True


def _versions(said: pd.DataFrame, repeated: pd.DataFrame, stand: set[int]) -> Iterator[dict[str, Any]]:
    """Of one lead, the rows that say what no version before them says any more; ``said``: all it ever was, in order."""
    number = int(said["version"].max())
    standing = said[said["document"].isin(stand)]
    for row in repeated.to_dict("records"):
        then = said[said["filed_at"] <= row["at"]]
        now = standing[standing["filed_at"] <= row["at"]]
        if then.empty or then["document"].iloc[-1] in stand:
            continue
        own = then.iloc[-1]
        if len(now) and _alike(own, now.iloc[-1]):
            continue
        number += 1
        place = {name: row[name] for name in ("document", "row", "row_id", "reported_on")}
        times = dict.fromkeys(("filed_at", "received_at", "ranked_at"), row["at"])
        made = {**own.to_dict(), **place, **times, "version": number}
        standing = pd.concat([standing, pd.DataFrame([made])[list(standing)].astype(standing.dtypes)]).sort_values(
            ORDER
        )
        yield made


def _alike(one: pd.Series, other: pd.Series) -> bool:
    texts = [each[CONTENT].astype(object).where(each[CONTENT].notna(), None).tolist() for each in (one, other)]
    return bool(texts[0] == texts[1])


def written_beside(register: Register, entry: int) -> set[str]:
    """The tables an entry may hold rows of because of this: each version of a row that was kept as a repetition before."""
    made = register.read("lead", ["lead", "document", "row"], {"entry": entry}, every=True)
    kept = register.read(
        "repeated_row", ["lead", "document", "row", "entry"], {"lead": sorted(set(made["lead"]))}, every=True
    )
    kept = kept[kept["entry"] < entry].drop(columns="entry")
    fits = set(made.itertuples(index=False, name=None)) <= set(kept.itertuples(index=False, name=None))
    return refusals_beside(register, entry) | (set(VERSION_TABLES) if len(made) and fits else set())
