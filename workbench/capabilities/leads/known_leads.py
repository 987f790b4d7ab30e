"""The leads that rows of T1 may be about, each as it stood at the receipt of the rows' file (5.1, D4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lead_states import states_at
from workbench.capabilities.leads.status import ALIVE, Status
from workbench.platform.intake.submission import ImportBatch, Submission

BY_SECTION = "6.3"  # the clause of a lead that a section found invalid
UNTOUCHED = (Status.RECEIVED, Status.HELD)
REPEATED = ["lead", "row_id", "reported_on", "at", "document", "row"]
ORDER = ["lead", "filed_at", "file", "version"]

Record = dict[str, Any]


def known_leads(
    batch: ImportBatch, rows: pd.DataFrame, by_document: dict[int, Submission], columns: list[str]
) -> dict[int, list[Record]]:
    """For each file the leads of its reporter that its rows may be about: ``columns`` of the version that stood then.

    ``status``, ``alive`` and ``refused`` are those at the receipt of the file. ``upcoming``: the lead was received after
    the file, which is brought in late; it is given by its first version. ``next_at``: when it was
    corrected after the file (NaT: it was not). ``copied``: the rows of the file that the lead
    was made or corrected by in a copy of it that was received later.
    """
    versions = _versions(batch, rows, columns)
    if versions.empty:
        return {}
    states = _States(batch, versions)
    of_reporter = dict(list(versions.groupby("reporter")))
    known = rows[rows["reporter"].isin(list(of_reporter))].groupby("document")
    keys = known[["customer_key", "row_id"]].agg(set)
    reports = known[["reporter", "reported_on"]].first()
    found = {}
    for document, (names, tags), reporter, day in zip(
        keys.index, keys.to_numpy().tolist(), reports["reporter"], reports["reported_on"], strict=True
    ):
        own = of_reporter[reporter]
        same_day = own["reported_on"].isna() if pd.isna(day) else own["reported_on"].eq(day)
        near = own[own["customer_key"].isin(names) | (own["row_id"].isin(tags - {None}) & same_day)]
        if len(near):
            found[document] = _as_of(own[own["lead"].isin(near["lead"])], by_document[document], states)
    return {document: records for document, records in found.items() if records}


def _versions(batch: ImportBatch, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """All versions of the leads that these rows may be about, in the order in which they were received."""
    register, reporters = batch.register, sorted(set(rows["reporter"]))
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("customer_key", {"customer_key": sorted(set(rows["customer_key"]))}),
        (
            "reported_on",
            {"row_id": sorted(set(rows["row_id"].dropna())), "reported_on": sorted(set(rows["reported_on"].dropna()))},
        ),
    )
    leads: set[int] = set()
    for column, where in asked:
        there = register.read("lead", ["lead", "reporter", column], where={"reporter": reporters, **where})
        if len(there):  # each of many files has its reporter and its day
            own = set(rows[["reporter", column]].drop_duplicates().itertuples(index=False, name=None))
            leads |= {lead for lead, *of in there.itertuples(index=False, name=None) if tuple(of) in own}
    if not leads:
        return pd.DataFrame()
    versions = register.read("lead", [*columns, "document", "row", "ranked_at"], where={"lead": sorted(leads)})
    wanted = {"document": sorted(set(versions["document"]))}
    names = register.read("document", ["document", "name"], where=wanted).set_index("document")["name"]
    versions = versions.assign(
        file=versions["document"].map(names), reported_on=versions["reported_on"].astype("object")
    )
    return versions.sort_values(ORDER, ignore_index=True)


@dataclass
class _States:
    """What has become of leads at a moment; derived for an earlier one only where that may be something else."""

    batch: ImportBatch
    versions: pd.DataFrame

    def __post_init__(self) -> None:
        leads = sorted(set(self.versions["lead"]))
        self.newest = self._judged(states_at(self.batch, leads, self.batch.horizon))
        sent = set(self.batch.register.read("dispatch", ["lead"], where={"lead": leads})["lead"])
        once = self.versions["lead"].value_counts().eq(1)
        simple = self.newest["status"].isin(UNTOUCHED)
        self.settled = {lead for lead in self.newest.index[simple] if once.get(lead, False) and lead not in sent}

    def at(self, leads: Collection[int], moment: Any) -> pd.DataFrame:
        """Status, alive and refused of leads that were received by a moment."""
        if not leads or moment >= self.batch.horizon or self.settled.issuperset(leads):
            return self.newest
        return self._judged(states_at(self.batch, sorted(leads), moment))

    def _judged(self, states: pd.DataFrame) -> pd.DataFrame:
        behind = states["duplicate_of"].map(states["status"])
        alive = states["status"].isin(ALIVE) | (states["status"].eq(Status.DUPLICATE) & behind.isin(ALIVE))
        refused = states["status"].eq(Status.INVALID) & states["clause"].eq(BY_SECTION)
        refused |= states["status"].eq(Status.WITHDRAWN)
        return pd.DataFrame({"status": states["status"], "alive": alive, "refused": refused})


def _as_of(versions: pd.DataFrame, submission: Submission, states: _States) -> list[Record]:
    """Some leads' versions as they stood when a file was received."""
    at, file = pd.Timestamp(submission.received_at), submission.form.file
    by_then = (versions["filed_at"] < at) | (versions["filed_at"].eq(at) & (versions["file"] <= file))
    stood = versions[by_then].drop_duplicates("lead", keep="last").assign(upcoming=False)
    later = versions[~versions["lead"].isin(stood["lead"])].drop_duplicates("lead").assign(upcoming=True)
    judged = states.at(set(stood["lead"]), at)
    last = versions.groupby("lead")["version"].max()
    copies = versions[versions["document"].isin(submission.later)].groupby("lead")["row"].agg(set)
    corrected = versions[~by_then].groupby("lead")["filed_at"].min()
    records = []
    for record in pd.concat([stood, later]).to_dict("records"):
        lead = record["lead"]
        became = {"status": Status.RECEIVED, "alive": True, "refused": False}
        if not record["upcoming"]:
            became = judged.loc[lead].to_dict()
        more = {"copied": copies.get(lead, frozenset()), "next_at": corrected.get(lead, pd.NaT)}
        records.append({**record, **became, "version": int(last[lead]), **more})
    return records


def repeated_after(batch: ImportBatch, submission: Submission, lead: Record) -> Record | None:
    """The first row received after a file that said again what a lead had said, before it was corrected otherwise (D4)."""
    of_unit = {"template": submission.form.template.id, "unit": submission.form.header.get("unit")}
    last = batch.register.maximum("document", "received_at", of_unit)
    if last is None or last <= submission.received_at:
        return None
    rows = batch.once("repeated_row", lambda register: register.read("repeated_row", REPEATED))
    rows = rows[(rows["lead"] == lead["lead"]) & (rows["at"] > submission.received_at)]
    rows = rows[rows["at"] < lead["next_at"]] if pd.notna(lead["next_at"]) else rows
    return rows.sort_values("at", kind="stable").iloc[0].to_dict() if len(rows) else None
