"""What has to stand behind approved lines and rulings: a submission, an appeal (4.3.3, D28, D29). Read from the register."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.capabilities.settlement.appeal_rules import DISMISSED, PARTLY, UPHELD
from workbench.capabilities.settlement.approval_status import as_signed
from workbench.platform.register.store import Register
from workbench.platform.regulation.settled_periods import closed_lines

LINE = ["quarter", "clause", "party", "ref"]
SUBMITTED = ["quarter", "edition", "as_of"]


def approved(register: Register, entry: int) -> bool:
    """Whether an entry that approves a quarter, or holds lines of one, approves one whole quarter, with exactly the lines that
    were submitted for it.
    """
    own = {"entry": entry}
    decisions = register.read("approval", ["quarter", "submission", "digest"], own)
    settled = register.read("settlement", SUBMITTED, own)
    if len(decisions) != 1 or len(settled) != 1:
        return False
    decision, quarter = decisions.iloc[0], settled.iloc[0]["quarter"]
    submitted = register.read(
        "submission", [*SUBMITTED, "digest", "entry"], {"submission": int(decision["submission"])}
    )
    lines = closed_lines(register)
    stored = register.read("settlement_line", ["quarter", "entry"])
    return bool(
        len(submitted) == 1
        and submitted["entry"].iloc[0] <= entry
        and submitted[SUBMITTED].equals(settled[SUBMITTED])
        and decision["quarter"] == quarter
        and stored["quarter"].eq(quarter).eq(stored["entry"].eq(entry)).all()
        and decision["digest"] == submitted["digest"].iloc[0]
        and as_signed(register, lines[lines["quarter"] == quarter], decision["digest"], entry)
    )


def ruled(register: Register, entry: int) -> bool:
    """Whether each ruling of an entry is on an appeal brought in before, about its line, and gives no more than was claimed."""
    rulings = register.read("ruling", ["appeal", "outcome", "amount", *LINE], {"entry": entry})
    appeals = register.read(
        "appeal", ["number", "claimed", "settled", "entry", *LINE], {"number": rulings["appeal"].tolist()}, every=True
    )
    before = appeals[appeals["entry"] < entry]
    return all(
        any(_fits(ruling, appeal) for appeal in before[before["number"] == ruling["appeal"]].to_dict("records"))
        for ruling in rulings.to_dict("records")
    )


def _fits(ruling: dict[str, Any], appeal: dict[str, Any]) -> bool:
    if any(ruling[name] != appeal[name] for name in LINE):
        return False
    amount, ends = ruling["amount"], sorted((int(appeal["claimed"]), int(appeal["settled"])))
    if ruling["outcome"] == DISMISSED or pd.isna(amount):
        return bool(ruling["outcome"] == DISMISSED and pd.isna(amount))
    if ruling["outcome"] == UPHELD:
        return bool(amount == appeal["claimed"])
    return bool(ruling["outcome"] == PARTLY and ends[0] < amount < ends[1])
