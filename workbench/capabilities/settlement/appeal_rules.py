"""Appeals against settled amounts (T14): which are admissible, and what a ruling makes of a line (7, D5, D28, D29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.capabilities.settlement.inputs import Inputs
from workbench.capabilities.settlement.quarter import Line, matter
from workbench.core.calendar import add_working_days
from workbench.core.findings import Finding
from workbench.core.messages import Message
from workbench.platform.regulation.clause import clause, settled_clauses
from workbench.platform.regulation.edition import Policy

NO_PENALTY, WRONG_AMOUNT, NO_REWARD = "不应处罚", "金额有误", "应奖未奖"  # what an appeal says


class Outcome(StrEnum):
    """What became of an appeal."""

    OPEN = "待裁定"
    UPHELD = "成立"
    PARTLY = "部分成立"
    DISMISSED = "不成立"


OPEN, UPHELD, PARTLY, DISMISSED = Outcome


def deadline(since: datetime, key: str, policy: Policy) -> datetime:
    """The last day (its midnight) of a term of D28 or D29 (``appeal_days``, ``ruling_days``), counted in working days."""
    days = policy.reading(key, since.date())
    return add_working_days(pd.Series([pd.Timestamp(since)]), days, policy.calendar)[0].iloc[0].to_pydatetime()


def check_appeal(
    row: Mapping[str, Any], settled: int | None, approved_at: datetime | None, received_at: datetime, policy: Policy
) -> list[Finding]:
    """What keeps an appeal from being taken in; empty where it is admissible.

    ``row``: clause, kind (不应处罚, 金额有误, 应奖未奖), claimed (yuan). ``settled``: what the line was given in all, None
    where there is no such line; ``approved_at``: when it was last approved, None where its quarter is not.
    """
    if approved_at is None:
        return [_no("not_approved", Message.of("not_approved/trial_amount"), "quarter")]
    found = []
    last = deadline(approved_at, "appeal_days", policy)
    if received_at.date() > last.date():
        found.append(_no("appeal_too_late", Message.of("appeal_too_late", last=last), "quarter"))
    penalty, missing = not clause(row["clause"]).reward, row["kind"] == NO_REWARD
    if settled is None and not missing:
        return [*found, _no("no_such_line", Message.of("no_such_line"), "ref")]
    if settled is not None and missing:
        found.append(_no("kind_does_not_fit", Message.of("kind_does_not_fit"), "kind"))
    if (missing and penalty) or (row["kind"] == NO_PENALTY and not penalty):
        found.append(
            _no(
                "kind_does_not_fit",
                Message.of("kind_does_not_fit/clause", clause=row["clause"], kind=row["kind"]),
                "kind",
            )
        )
    if row["claimed"] > 0 if penalty else row["claimed"] < 0:
        found.append(_no("wrong_sign", Message.of("wrong_sign"), "claimed"))
    elif row["claimed"] == (settled or 0):
        found.append(_no("nothing_claimed", Message.of("nothing_claimed"), "claimed"))
    elif row["kind"] == NO_PENALTY and row["claimed"] != 0:
        found.append(_no("wrong_amount", Message.of("wrong_amount"), "claimed"))
    return found


def _no(code: str, message: str | Message, column: str) -> Finding:
    return Finding(code, message, clause="7", column=column)


def ruled(rulings: pd.DataFrame, quarter: str, found: list[Line]) -> list[Line]:
    """A closed quarter's lines as they would be today, with the amounts of rulings in place of the computed ones.

    ``rulings``: facts table of that name. A ruling stands for its matter, whoever the party becomes (D29): what becomes
    known later does not change its line again.
    """
    own = rulings[(rulings["quarter"] == quarter) & rulings["amount"].notna()].sort_values("at", kind="stable")
    newest = {(row.clause, row.party, row.ref): row for row in own.itertuples()}
    computed = {(line.clause, line.party, line.ref): line for line in found}
    elsewhere = {matter(*key): key for key in newest if key not in computed}  # its line has another party by now
    lines, moved = [], {}
    for line in found:
        if (line.clause, line.party, line.ref) in newest:
            continue
        if line.matter in elsewhere:
            moved[elsewhere[line.matter]] = line
        else:
            lines.append(line)
    for key, row in newest.items():
        before = computed.get(key) or moved.get(key)
        computed_amount = before.amount if before else 0
        inputs = replace(before.inputs if before else Inputs(), appeal=row.appeal, computed=computed_amount)
        lines.append(Line(row.clause, row.party, row.ref, int(row.amount), None, inputs))
    return lines


def earning(rulings: pd.DataFrame, quarter: str, states: pd.DataFrame) -> frozenset[int]:
    """Leads whose project was given its reward for a quarter by a ruling (D8: it does not earn again)."""
    projects = [each.code for each in settled_clauses() if each.earning]
    own = rulings[
        (rulings["quarter"] == quarter) & rulings["clause"].isin(projects) & (rulings["amount"] > 0).fillna(False)
    ]
    return frozenset(states.index[states["number"].isin(own["ref"])]) if len(own) else frozenset()
