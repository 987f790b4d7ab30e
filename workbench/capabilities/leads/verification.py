"""Dispatch and verification (6.2, 6.3) and its penalties (7.3.1, 7.3.2a)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

import numpy as np
import pandas as pd

from workbench.capabilities.leads.status import Verification
from workbench.capabilities.leads.terms import answers_of
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import SectionFunction, UnitKind, UnitState, listed_categories
from workbench.core.calendar import add_working_days
from workbench.core.frames import by_time, places_of, spread
from workbench.core.names import person_name
from workbench.core.periods import end_of_day
from workbench.platform.regulation.edition import Policy

FEEDBACK, VERIFIED_QUANTITY = "verification_feedback", "verified_quantity"  # T5 and its column 核实标的量(台)


def sections_for(categories: pd.Series, units: pd.DataFrame, on: date) -> pd.Series:
    """6.2: code of the development section in use that handles each category on a day; None where there is none.

    Where several handle one category the first by code gets it.
    """
    now = units_on(units, on)
    now = now[
        (now["kind"] == UnitKind.SECTION)
        & (now["function"] == SectionFunction.DEVELOPMENT)
        & (now["state"] == UnitState.IN_USE)
    ]
    handled: dict[str, str] = {}
    for code, words in zip(now["code"], now["categories"]):
        for word in listed_categories(words):
            handled.setdefault(word, code)
    found = [handled.get(category) for category in categories]
    return pd.Series(found, index=categories.index, dtype=object)


class Sections:
    """D23: who answers for a section on a day, looked up many times."""

    def __init__(self, units: pd.DataFrame) -> None:
        sections = units[units["kind"] == UnitKind.SECTION].sort_values("since", kind="stable")
        self._versions: dict[str, list[tuple]] = {}
        for code, since, person, function, state in zip(
            sections["code"], sections["since"], sections["person"], sections["function"], sections["state"]
        ):
            self._versions.setdefault(code, []).append((since.to_pydatetime(), person, function, state))
        self._people: dict[tuple, str | None] = {}

    def _on(self, code: str, day: date) -> tuple:
        versions = self._versions[code]
        place = bisect_right([version[0] for version in versions], end_of_day(day)) - 1
        return versions[max(place, 0)]

    def person(self, code: str | None, day: date) -> str | None:
        """The 责任人 of a section at the end of a day, else the first one registered later; None where there is none."""
        if (code, day) not in self._people:
            versions = self._versions.get(code or "", [])
            found = self._on(code, day)[1] if code and versions else None
            later = [who for since, who, *_ in versions if who and since > end_of_day(day)]
            self._people[code, day] = person_name(found) if found else person_name(later[0]) if later else None
        return self._people[code, day]

    def with_function(self, function: str, day: date) -> tuple[str | None, str | None]:
        """Code and 责任人 of the section in use with a function on a day; the first by code that names a person."""
        found: tuple[str | None, str | None] = (None, None)
        for code in sorted(self._versions):
            _, _, is_function, state = self._on(code, day)
            if is_function == function and state == UnitState.IN_USE:
                if person := self.person(code, day):
                    return code, person
                found = found if found[0] else (code, None)
        return found


def due_dates(dispatched_at: pd.Series, policy: Policy) -> tuple[pd.Series, pd.Series]:
    """6.3: the last day of the section's working days after each dispatch (D15), and whether it is provisional."""
    return add_working_days(dispatched_at, policy.values("verification_days", dispatched_at), policy.calendar)


def first_feedback(feedback: pd.DataFrame) -> pd.DataFrame:
    """The first answer for each lead (7.3.1 and 7.3.2a look at it)."""
    return by_time(answers_of(feedback), ["lead"]).drop_duplicates("lead", keep="first")


def is_late(due_on: pd.Series, answered_at: pd.Series, waiting: pd.Series, as_of: date) -> pd.Series:
    """7.3.1: answered after the last day, or still waiting when it has passed (D11, D15)."""
    answered_day = answered_at.to_numpy().astype("datetime64[D]")
    due = due_on.to_numpy().astype("datetime64[D]")
    late = answered_day > due  # False where either is missing
    open_late = np.isnat(answered_day) & waiting.to_numpy() & (np.datetime64(as_of, "D") > due)
    return pd.Series(late | open_late, index=due_on.index)


def sought(leads: pd.DataFrame, added: pd.DataFrame) -> np.ndarray:
    """D40: the vehicles each lead's conversion is measured by: what the section verified last, else what was reported.

    ``added``: columns that T5 holds besides those of ``feedback``; a later answer that leaves the cell empty takes nothing back.
    """
    rows = by_time(verified_quantities(added), ["subject"]).drop_duplicates("subject", keep="last")
    verified = rows["value"].map(int).astype("int64")
    places = places_of(rows["subject"], pd.Index(leads["number"]))
    found = spread(verified, places, len(leads), 0)
    return np.where(found > 0, found, leads["quantity"].to_numpy())


def verified_quantities(added: pd.DataFrame) -> pd.DataFrame:
    """Of the values in added columns those that give the vehicles a section verified (D40)."""
    return added[(added["template"] == FEEDBACK) & (added["field"] == VERIFIED_QUANTITY) & added["filled"]]


def standing_dates(rows: pd.DataFrame, keeps: np.ndarray) -> pd.Series:
    """D42: the expiry date of each answer, of a 有效 one without a date the date given before where its lead ``keeps`` it.

    ``rows``: answers in order of time, with lead, verdict and expires_on.
    """
    good = (rows["verdict"] == Verification.VALID).to_numpy()
    given = rows["expires_on"].where(good).groupby(rows["lead"]).ffill()
    return rows["expires_on"].where(~(good & keeps), given)


def missing_expiry(feedback: pd.DataFrame, keeps: pd.Series) -> pd.DataFrame:
    """7.3.2a: each lead's first answer that says 有效 without an expiry date; columns of ``feedback``.

    ``keeps`` by lead: whether a date given before still stands (D42): then the answer lacks none.
    """
    bare = feedback.loc[(feedback["verdict"] == Verification.VALID) & feedback["expires_on"].isna(), "lead"]
    rows = by_time(feedback, ["lead"], feedback["lead"].isin(bare).to_numpy()).reset_index(drop=True)
    stands = standing_dates(rows, rows["lead"].map(keeps).fillna(False).to_numpy(dtype=bool))
    return first_feedback(rows[(rows["verdict"] == Verification.VALID) & stands.isna()])
