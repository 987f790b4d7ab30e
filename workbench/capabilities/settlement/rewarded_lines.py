"""Which contract lines can earn a project reward: a lead is a potential customer, in time, within its contract (D32–D34)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from workbench.capabilities.leads.contract_limits import EXCESS, FITS, fitting
from workbench.capabilities.leads.contract_lines import contract_states
from workbench.core.findings import Finding, Severity
from workbench.core.frames import days
from workbench.core.messages import Message
from workbench.platform.regulation.edition import Policy

NO_REWARD = "no_reward"
BEFORE, AFTER = "contract_before_receipt", "contract_after_expiry"  # the readings D33 and D32


def rewarded_lines(
    lines: pd.DataFrame, told: pd.DataFrame, states: pd.DataFrame, policy: Policy, on: date
) -> pd.DataFrame:
    """7.1.1, 7.2.2: the lines without those of contracts signed before the lead's receipt (D33) or after its expiry (D32),
    with the pick-ups that fit into their contract (D34).

    ``told``: all lines that were received (``contracts``); ``on``: the last day of the quarter, whose readings are asked.
    """
    if policy.reading(EXCESS, on) == FITS:
        fit = fitting(lines, told)
        if fit.ne(lines["picked_up"]).any():
            lines = lines.assign(picked_up=fit)
    return lines[~_unrewarded(lines, states, policy, on).any(axis=1).to_numpy()]


def unrewarded(
    lines: pd.DataFrame, told: pd.DataFrame, states: pd.DataFrame, policy: Policy, on: date, months: list[str]
) -> Iterator[Finding]:
    """The pick-ups of some months that earn nothing for it, one finding for each contract and lead."""
    why = _unrewarded(lines, states, policy, on)
    why = why[lines["month"].isin(months).to_numpy() & lines["picked_up"].gt(0).to_numpy()]
    for key in (BEFORE, AFTER):
        own = lines.loc[why.index[why[key]]]
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
        yield from _beyond(lines, told, states, months)


def _beyond(lines: pd.DataFrame, told: pd.DataFrame, states: pd.DataFrame, months: list[str]) -> Iterator[Finding]:
    """The pick-ups of some months that do not fit into their contract (D34), one finding for each contract and lead."""
    over = (lines["picked_up"] - fitting(lines, told)).where(lines["month"].isin(months), 0)
    over = over[lines["lead"].isin(states.index)]
    for (lead, contract), own in over[over > 0].groupby([lines["lead"], lines["contract"]]):
        inputs = {"number": states.at[lead, "number"], "contract": contract, "picked_up": int(own.sum())}
        yield Finding(EXCESS, Message(EXCESS, inputs), Severity.WARNING, "6.5", inputs=inputs)


def _unrewarded(lines: pd.DataFrame, states: pd.DataFrame, policy: Policy, on: date) -> pd.DataFrame:
    """For each line whether its contract was signed too early, and whether too late: columns BEFORE and AFTER."""
    contracts = contract_states(lines).set_index(["lead", "contract"])["signed_on"]
    signed = contracts.reindex(pd.MultiIndex.from_frame(lines[["lead", "contract"]])).to_numpy()
    leads = states[["received_at", "expires_on"]].reindex(lines["lead"])
    received, expires = (leads[name].to_numpy() for name in ("received_at", "expires_on"))
    asked = {key: policy.reading(key, on) == NO_REWARD for key in (BEFORE, AFTER)}
    none = np.zeros(len(lines), dtype=bool)
    found = {
        BEFORE: days(signed) < days(received) if asked[BEFORE] else none,
        AFTER: signed > expires if asked[AFTER] else none,
    }
    return pd.DataFrame(found, index=lines.index)
