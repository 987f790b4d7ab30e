"""Approved quarters as the register keeps them: when and under what they were settled, their lines (D26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.core.periods import quarter_bounds
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.settled_terms import with_settled_readings, with_settled_terms


def approvals(register: Register) -> dict[str, dict[str, Any]]:
    """Approved quarters: edition, readings (key → value), as_of, at."""
    rows = register.read("settlement", ["quarter", "edition", "readings", "as_of", "at"])
    return {row.pop("quarter"): row for row in rows.to_dict("records")}


def open_at_submission(register: Register) -> dict[str, dict[str, Any]]:
    """What was open when each quarter was submitted last: quarter → code → inputs."""
    rows = register.read("submission", ["submission", "quarter", "open"]).sort_values("submission")
    return dict(zip(rows["quarter"], rows["open"], strict=True))


@dataclass(frozen=True)
class Proceeding:
    """How far a quarter is: by whom and when it was submitted last, sent back since, approved; the payers that carried it out."""

    submitted: tuple[str, datetime] | None = None
    sent_back: tuple[str, datetime] | None = None
    approved: tuple[str, datetime] | None = None
    paid: tuple[tuple[str, datetime], ...] = ()


def proceedings(register: Register) -> dict[str, Proceeding]:
    """Quarter → how far it is, of all that were submitted."""
    newest = register.read("submission", ["submission", "quarter", "at", "by"]).sort_values("submission")
    backs = register.read("send_back", ["submission", "at", "by"]).set_index("submission")
    decided = register.read("approval", ["quarter", "at", "by"]).set_index("quarter")
    paid = register.read("payment", ["quarter", "payer", "at"])
    found = {}
    for row in newest.drop_duplicates("quarter", keep="last").itertuples():
        found[row.quarter] = Proceeding(
            (row.by, row.at),
            _act(backs, row.submission),
            _act(decided, row.quarter),
            tuple((each.payer, each.at) for each in paid[paid["quarter"] == row.quarter].itertuples()),
        )
    return found


def _act(acts: pd.DataFrame, key: Any) -> tuple[str, datetime] | None:
    """Who did it and when; None where nobody did."""
    return (acts.at[key, "by"], acts.at[key, "at"]) if key in acts.index else None


def closed_lines(register: Register) -> pd.DataFrame:
    """Lines of approved settlements, in the order they were approved in."""
    columns = ["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"]
    rows = register.read("settlement_line", [*columns, "position"])
    return rows.sort_values(["quarter", "position"], ignore_index=True)[columns]


def settled_policy(register: Register, policy: Policy) -> Policy:
    """The policy with what approved quarters were settled under (``settled_terms``).

    Older approvals kept no dated readings, the oldest no numbers either: the readings of each quarter stand in.
    """
    approved = register.read("settlement", ["quarter", "readings"]).sort_values("quarter")
    policy = with_settled_readings(
        policy, [(quarter_bounds(row.quarter)[1], row.readings) for row in approved.itertuples()]
    )
    newest = register.maximum("settlement_terms", "quarter")
    if newest is None:
        return policy
    kept = register.read("settlement_terms", ["terms"], {"quarter": newest})["terms"].iloc[0]
    return with_settled_terms(policy, kept)
