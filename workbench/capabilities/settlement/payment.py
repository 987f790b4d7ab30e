"""What is carried out of an approved quarter, and by whom it was acknowledged (4.4, 4.5)."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from workbench.capabilities.organization.directory import directory
from workbench.capabilities.settlement.allocations import allocated, department_rewards
from workbench.capabilities.settlement.payers import ADMINISTRATION, PAYERS
from workbench.core.errors import WrongUse
from workbench.core.messages import OR, joined
from workbench.platform.access.persons import require_whole
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register
from workbench.platform.regulation.clause import penalty_codes, settled_clauses
from workbench.platform.regulation.settled_periods import closed_lines


def payable(register: Register, quarter: str) -> pd.DataFrame:
    """What each payer has to carry out of an approved quarter: ``to_carry_out`` of its lines.

    Raises WrongUse ``not_approved``.
    """
    if not register.count("settlement", {"quarter": quarter}):
        raise WrongUse("not_approved", quarter=quarter)
    lines = closed_lines(register)
    return to_carry_out(lines[lines["quarter"] == quarter])


def to_carry_out(lines: pd.DataFrame) -> pd.DataFrame:
    """4.4, 4.5: columns payer, paid, collected (yuan, neither below zero); a payer with nothing to do is left out.

    ``lines``: clause, party, amount. Adjustments count against what the same party gets: what is left of its rewards is
    paid, what it owes back is collected; penalties likewise, a returned one is paid out.
    """
    payers = {each.code: each.payer for each in settled_clauses()}
    nets = lines.assign(payer=lines["clause"].map(payers), penalty=lines["clause"].isin(penalty_codes()))
    nets = nets.groupby(["payer", "penalty", "party"])["amount"].sum().reset_index()
    rows = []
    for payer in PAYERS:
        amounts = [int(amount) for amount in nets.loc[nets["payer"] == payer, "amount"]]
        paid, collected = sum(each for each in amounts if each > 0), -sum(each for each in amounts if each < 0)
        if paid or collected:
            rows.append({"payer": payer, "paid": paid, "collected": collected})
    return pd.DataFrame(rows, columns=["payer", "paid", "collected"])


def acknowledge(
    session: Session, quarter: str, payer: str, paid: int, collected: int, paid_on: date, reference: str, at: datetime
) -> bool:
    """A payer says what was paid and collected, to the yuan, when and under which voucher (``reference``).

    Returns whether the quarter is carried out in full. Raises RegisterError ``not_allowed``, ``trail_breached``; WrongUse ``unknown_payer``, ``not_your_payment``,
    ``not_approved``, ``already_paid``, ``nothing_to_pay``, ``amount_differs``, ``no_reference``, ``paid_in_future``,
    ``paid_too_early``, ``not_allocated`` where a department's reward is not split yet (7.2.3).
    """
    session.require("pay")
    require_whole(session.register)
    if payer not in PAYERS:
        raise WrongUse("unknown_payer", payers=joined(PAYERS, OR))
    if not _own(session, payer):
        raise WrongUse("not_your_payment", own=session.section, payer=payer)
    if not reference.strip():
        raise WrongUse("no_reference/of_voucher")
    if paid_on > at.date():
        raise WrongUse("paid_in_future", paid_on=paid_on)
    with session.transaction("pay", at, quarter=quarter, payer=payer) as entry:
        open_ = _open(session.register, quarter)
        due = open_[open_["payer"] == payer]
        if due.empty:
            raise WrongUse("nothing_to_pay", quarter=quarter, payer=payer)
        if due["done"].iloc[0]:
            raise WrongUse("already_paid", quarter=quarter, payer=payer)
        want = int(due["paid"].iloc[0]), int(due["collected"].iloc[0])
        if (paid, collected) != want:
            raise WrongUse(
                "amount_differs",
                quarter=quarter,
                payer=payer,
                due=want[0],
                fines=want[1],
                paid=paid,
                collected=collected,
            )
        known = session.register.read("settlement", ["as_of"], {"quarter": quarter})["as_of"].iloc[0].date()
        if paid_on < known:
            raise WrongUse("paid_too_early", paid_on=paid_on, known=known)
        if payer == ADMINISTRATION and (missing := unallocated(session.register, quarter)):
            raise WrongUse("not_allocated", quarter=quarter, missing=missing)
        row = {
            "quarter": quarter,
            "payer": payer,
            "paid": paid,
            "collected": collected,
            "paid_on": pd.Timestamp(paid_on),
            "reference": reference.strip(),
            "at": at,
            "by": session.user,
        }
        entry.append("payment", pd.DataFrame([row]))
    return bool(_open(session.register, quarter)["done"].all())


def _own(session: Session, payer: str) -> bool:
    """Whether a person may acknowledge for a payer: who works for one of them (its name, or the code of the unit so named)."""
    if session.sole or session.section is None:
        return True
    units = directory(session.register)["name"]
    return payer in (session.section, units.get(session.section))


def unallocated(register: Register, quarter: str) -> list[str]:
    """The departments of an approved quarter whose reward is not split yet, by code."""
    return sorted(set(department_rewards(register, quarter)) - set(allocated(register, quarter)["unit"]))


def carried_out(register: Register, quarter: str) -> bool:
    """Whether every payer has acknowledged an approved quarter."""
    return bool(_open(register, quarter)["done"].all())


def _open(register: Register, quarter: str) -> pd.DataFrame:
    """``payable`` and whether each is ``done``. Raises WrongUse ``not_approved``."""
    done = set(register.read("payment", ["payer"], where={"quarter": quarter})["payer"])
    table = payable(register, quarter)
    return table.assign(done=table["payer"].isin(done))
