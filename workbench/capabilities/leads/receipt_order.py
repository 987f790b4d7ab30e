"""The order of 5.1: which receipt of a lead counts, and what tells leads received at the same time apart (D4, D18)."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads.status import Review
from workbench.capabilities.leads.versions import RETURNS, with_kept_places
from workbench.capabilities.organization.directory import units_on
from workbench.core.calendar import add_working_days
from workbench.core.frames import days, in_order, places_of
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

GRACES = dict(zip(RETURNS, ("returned_row_grace", "form_grace", "form_grace"), strict=True))  # D18


def ordered_leads(known: Facts, as_of: datetime, policy: Policy) -> pd.DataFrame:
    """The newest version of each lead in the order of 5.1 (D4), with ``reporter_kind``.

    ``told_apart_at`` and ``said`` order leads of one place in time: by their receipt, then by what a person said of
    those that came at the same time. Where reading D18 grants a grace, a row returned and filed again within it keeps
    its first time.
    """
    versions = known.leads
    by_version = np.lexsort((versions["version"].to_numpy(), versions["lead"].to_numpy()))
    ids = versions["lead"].to_numpy()[by_version]
    last = np.append(ids[1:] != ids[:-1], True) if len(ids) else np.empty(0, dtype=bool)
    versions = with_kept_places(in_order(versions, by_version), policy)
    leads = versions if last.all() else versions[last]
    leads = leads.reset_index(drop=True)
    first = _placing_versions(versions, leads)
    _keep_places(leads, known.closures, policy)
    by_date = policy.choices("tie", leads["received_at"]) == "reported_date"
    leads["told_apart_at"] = leads["received_at"].where(~by_date, leads["ranked_at"])
    leads["said"] = _said(leads, known.reviews)
    reported = first["reported_on"].to_numpy().astype("int64")
    reported = np.where(first["reported_on"].isna(), np.iinfo("int64").max, reported)
    files, reporters = (pd.factorize(texts, sort=True)[0] for texts in (first["file"], leads["reporter"]))
    times = (leads["said"], leads["told_apart_at"].to_numpy(), leads["ranked_at"].to_numpy())
    order = np.lexsort((leads["lead"], reporters, first["row"], files, reported, *times))
    leads = in_order(leads, order).reset_index(drop=True)
    now = units_on(known.units, as_of.date())
    leads["reporter_kind"] = leads["reporter"].map(dict(zip(now["code"], now["kind"]))).astype("object")
    return leads


def _keep_places(leads: pd.DataFrame, closures: pd.DataFrame, policy: Policy) -> None:
    """D18: a row that was returned and came back in time has the time at which it was first returned.

    Not in a month that was closed when it came back: what is closed is not reordered (D4).
    """
    received, first = leads["received_at"].copy(), leads["received_at"].copy()
    for column in RETURNS:
        grace = policy.choices(GRACES[column], received).astype("int64")
        again = np.flatnonzero(leads[column].notna().to_numpy() & (leads[column] < received).to_numpy() & (grace > 0))
        if not len(again):
            continue
        limit, _ = add_working_days(leads[column].iloc[again], grace[again], policy.calendar)
        again = again[days(received.to_numpy()[again]) <= days(limit.to_numpy())]
        for place in again.tolist():
            then = leads[column].iloc[place]
            shut = closures[closures["month"].eq(f"{then:%Y-%m}") & (closures["at"] <= received.iloc[place])]
            if shut.empty:
                first.iloc[place] = min(first.iloc[place], then)
    kept = np.flatnonzero((first < received).to_numpy())
    for column in ("received_at", "ranked_at"):
        leads.loc[kept, column] = first.to_numpy()[kept]


def _said(leads: pd.DataFrame, reviews: pd.DataFrame) -> np.ndarray:
    """What a person said of leads that came at the same time: 0 first, 1 nothing, 2 behind another (D4)."""
    said = np.ones(len(leads), dtype="int8")
    index = pd.Index(leads["lead"])
    ranked, received = leads["ranked_at"].to_numpy(), leads["told_apart_at"].to_numpy()
    for one, other, verdict in _about_two(reviews, index):
        if ranked[one] == ranked[other] and received[one] == received[other]:
            if verdict == Review.ADMITTED:
                said[one], said[other] = 0, 2
            elif verdict == Review.SAME:
                said[one] = 2
    return said


def first_of(reviews: pd.DataFrame, index: pd.Index) -> dict[tuple[int, int], int]:
    """The lead of a pair of which a person said last that it comes first (D4)."""
    found = {}
    for one, other, verdict in _about_two(reviews, index):
        if verdict in (Review.ADMITTED, Review.SAME):
            found[min(one, other), max(one, other)] = one if verdict == Review.ADMITTED else other
    return found


def _about_two(reviews: pd.DataFrame, index: pd.Index) -> list[tuple[int, int, str]]:
    """The decisions on two leads, in order of time, by their places in an index of leads."""
    pairs = reviews[reviews["other"].notna()].sort_values("at", kind="stable")
    one, other = places_of(pairs["lead"], index), places_of(pairs["other"].astype("int64"), index)
    rows = zip(one.tolist(), other.tolist(), pairs["verdict"].tolist())
    return [row for row in rows if min(row[:2]) >= 0]


def _placing_versions(versions: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """For each of ``leads``, the version that gave it its place: a correction that keeps the place keeps its ties (D4)."""
    columns = ["reported_on", "file", "row"]
    if len(versions) == len(leads):
        return leads[columns]
    same = versions.merge(leads[["lead", "ranked_at"]], on=["lead", "ranked_at"]).sort_values(["lead", "version"])
    first = same.drop_duplicates("lead").set_index("lead")[columns]
    return first.reindex(leads["lead"]).reset_index(drop=True).fillna({"row": leads["row"]})


def form_grace_until(received_at: datetime, policy: Policy) -> date | None:
    """The last day on which a row that was returned for its form comes back in its place; None where none does (D18)."""
    grace = int(policy.reading("form_grace", received_at.date()))
    if not grace:
        return None
    last: date = add_working_days(pd.Series([received_at]), grace, policy.calendar)[0].iloc[0].date()
    return last
