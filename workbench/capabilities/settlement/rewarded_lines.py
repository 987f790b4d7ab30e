"""Which contract lines can earn a project reward: a lead is a potential customer, in time, within its contract (D32–D34)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.capabilities.leads.contract_limits import EXCESS, FITS, fitting
from workbench.capabilities.leads.contract_lines import latest_places
from workbench.core.findings import Finding, Severity
from workbench.core.frames import days, places_of
from workbench.core.messages import Message
from workbench.platform.regulation.edition import Policy

NO_REWARD = "no_reward"
BEFORE, AFTER = "contract_before_receipt", "contract_after_expiry"  # the readings D33 and D32

TIMES = ("received_at", "expires_on")


@dataclass(frozen=True)
class Counting:
    """The ``lines`` that count (``contract_history.counting_lines``), beside all that were received (``told``: ``contracts``)."""

    lines: pd.DataFrame
    told: pd.DataFrame

    @cached_property
    def fit(self) -> pd.Series:
        """The pick-ups of each line that fit into its contract (D34)."""
        return fitting(self.lines, self.told)

    @cached_property
    def signed(self) -> np.ndarray:
        """When the contract of each line was signed, as the latest month's line of the lead says."""
        return self.lines["signed_on"].to_numpy()[latest_places(self.lines)]


def rewarded_lines(counting: Counting, states: pd.DataFrame, policy: Policy, on: date) -> pd.DataFrame:
    """7.1.1, 7.2.2: the lines without those of contracts signed before the lead's receipt (D33) or after its expiry (D32),
    with the pick-ups that fit into their contract (D34).

    ``on``: the last day of the quarter, whose readings are asked.
    """
    lines = counting.lines
    if policy.reading(EXCESS, on) == FITS and counting.fit.ne(lines["picked_up"]).any():
        lines = lines.assign(picked_up=counting.fit)
    too_early, too_late = _unrewarded(counting, states, policy, on).values()
    return lines[~(too_early | too_late)]


def unrewarded(
    counting: Counting, states: pd.DataFrame, policy: Policy, on: date, months: list[str]
) -> Iterator[Finding]:
    """The pick-ups of some months that earn nothing for it, one finding for each contract and lead."""
    lines = counting.lines
    picked_up = lines["month"].isin(months).to_numpy() & lines["picked_up"].gt(0).to_numpy()
    for key, why in _unrewarded(counting, states, policy, on).items():
        own = lines[why & picked_up]
        for (lead, contract), rows in own.groupby(["lead", "contract"]):
            state = states.loc[lead]
            values = {
                "number": state["number"],
                "contract": contract,
                "signed_on": rows["signed_on"].iloc[-1].date(),
                "day": state["received_at" if key == BEFORE else "expires_on"].date(),
                "picked_up": int(rows["picked_up"].sum()),
            }
            inputs = {"number": state["number"], "contract": contract, "picked_up": values["picked_up"]}
            yield Finding(key, Message(key, values), Severity.WARNING, "6.5", inputs=inputs)
    if policy.reading(EXCESS, on) == FITS:
        yield from _beyond(counting, states, months)


def _beyond(counting: Counting, states: pd.DataFrame, months: list[str]) -> Iterator[Finding]:
    """The pick-ups of some months that do not fit into their contract (D34), one finding for each contract and lead."""
    lines = counting.lines
    over = (lines["picked_up"] - counting.fit).where(lines["month"].isin(months), 0)
    over = over[lines["lead"].isin(states.index)]
    for (lead, contract), own in over[over > 0].groupby([lines["lead"], lines["contract"]]):
        inputs = {"number": states.at[lead, "number"], "contract": contract, "picked_up": int(own.sum())}
        yield Finding(EXCESS, Message(EXCESS, inputs), Severity.WARNING, "6.5", inputs=inputs)


def _unrewarded(counting: Counting, states: pd.DataFrame, policy: Policy, on: date) -> dict[str, np.ndarray]:
    """For each line whether its contract was signed too early (BEFORE), and whether too late (AFTER)."""
    signed, places = counting.signed, places_of(counting.lines["lead"], states.index)
    received, expires = (states[name].array.take(places, allow_fill=True).to_numpy() for name in TIMES)
    asked = {key: policy.reading(key, on) == NO_REWARD for key in (BEFORE, AFTER)}
    none = np.zeros(len(counting.lines), dtype=bool)
    return {
        BEFORE: days(signed) < days(received) if asked[BEFORE] else none,
        AFTER: signed > expires if asked[AFTER] else none,
    }
