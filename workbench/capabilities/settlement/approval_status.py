"""Where each quarter stands between draft and approval, and whether its signatures hold (4.3.3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.capabilities.settlement.approval import APPROVAL, SUBMISSION, basis_of, digest, digest_by_names
from workbench.capabilities.settlement.payment import carried_out
from workbench.capabilities.settlement.quarter import stored_lines
from workbench.core.errors import RegisterError
from workbench.platform.access.session import Session
from workbench.platform.register import signing
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.kept_files import told
from workbench.platform.register.names import SEALED_BY
from workbench.platform.register.store import Register
from workbench.platform.regulation.settled_periods import closed_lines


class ApprovalState(StrEnum):
    """How far the approval of a quarter is."""

    SUBMITTED = "已报批"
    SENT_BACK = "已退回"
    APPROVED = "已批准"
    PAID = "已兑现"


SUBMITTED, SENT_BACK, APPROVED, PAID = ApprovalState
SUBMITTED_ROW = [
    "submission",
    "entry",
    "quarter",
    "edition",
    "as_of",
    "at",
    "by",
    "digest",
    "reason",  # nothing to whom texts are sealed
    "signature",
]
COLUMNS = [
    "quarter",
    "state",
    "as_of",
    "digest",
    "submitted_by",
    "submitted_at",
    "reason",
    "decided_by",
    "decided_at",
    "signed",
]


def quarter_states(session: Session) -> pd.DataFrame:
    """One row per quarter that was submitted, by its newest submission, in order; columns COLUMNS.

    ``state``: 已报批, 已退回, 已批准 or 已兑现. ``reason``: of going on with open items, or of sending back. ``signed``: whether
    every signature holds and, for an approved quarter, the lines the register keeps are the ones signed.
    Raises RegisterError ``not_allowed``.
    """
    session.require("settle")
    register = session.register
    with register.snapshot():
        submissions = register.read("submission", SUBMITTED_ROW)
        approvals = register.read("approval").set_index("quarter")
        backs = register.read("send_back", ["submission", "at", "by", "reason"])
        backs = backs.drop_duplicates("submission", keep="last").set_index("submission")
        lines = closed_lines(register)
    rows = []
    for row in submissions.drop_duplicates("quarter", keep="last").sort_values("quarter").to_dict("records"):
        quarter = row["quarter"]
        numbers = {
            "quarter": quarter,
            "edition": row["edition"],
            "as_of": row["as_of"].isoformat(),
            "digest": row["digest"],
        }
        basis = basis_of(register, int(row["entry"]))
        state_of = {"state": SUBMITTED, "reason": row["reason"], "decided_by": None, "decided_at": None}
        signed = _holds(session, SUBMISSION, numbers | basis, row["signature"], row["by"])
        if quarter in approvals.index:
            decided = approvals.loc[quarter]
            state = PAID if carried_out(register, quarter) else APPROVED
            state_of |= {"state": state, "decided_by": decided["by"], "decided_at": decided["at"]}
            basis = basis_of(register, int(decided["entry"]))
            signed &= _holds(session, APPROVAL, numbers | basis, decided["signature"], decided["by"])
            signed &= as_signed(register, lines[lines["quarter"] == quarter], row["digest"], int(decided["entry"]))
        elif row["submission"] in backs.index:
            back = backs.loc[row["submission"]]
            state_of |= {
                "state": SENT_BACK,
                "decided_by": back["by"],
                "decided_at": back["at"],
                "reason": back["reason"],
            }
        rows.append(
            {
                "quarter": quarter,
                "as_of": row["as_of"],
                "digest": row["digest"],
                "submitted_by": row["by"],
                "submitted_at": row["at"],
                **state_of,
                "signed": signed,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def _holds(session: Session, purpose: str, numbers: dict[str, Any], block: dict[str, Any], user: str) -> bool:
    try:
        signing.verify(signing.house_key(session.register.keys), purpose, numbers, block)
    except RegisterError:
        return False
    return block["user"] == user


def as_signed(register: Register, lines: pd.DataFrame, signed: str, entry: int) -> bool:
    """Whether the lines the register keeps of an approved quarter are those that were signed.

    Before a register was brought over to sealed names, files' names were signed: who does not read them, or where one was
    destroyed, that cannot be computed again; the lines were compared then, and the trail holds them since.
    """
    if digest(register, stored_lines(lines)) == signed:
        return True
    if entry > (register.maximum("entry", "entry", {"action": SEALED_BY}) or 0):
        return False
    named = told(register, lines["inputs"].tolist(), named=register.names.readable)
    if not register.names.readable or DESTROYED in str(named):
        return True
    return (
        digest_by_names(stored_lines(lines.assign(inputs=pd.Series(named, index=lines.index, dtype=object)))) == signed
    )
