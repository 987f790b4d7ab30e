"""What is carried out of an approved quarter, and by whom it was acknowledged (4.4, 4.5)."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from workbench.capabilities.settlement.allocations import allocated, department_rewards
from workbench.capabilities.settlement.payers import ADMINISTRATION, PAYERS
from workbench.core.errors import WrongUse
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register
from workbench.platform.regulation.clause import penalty_codes, settled_clauses
from workbench.platform.regulation.settled_periods import closed_lines


def payable(register: Register, quarter: str) -> pd.DataFrame:
    """What each payer has to carry out of an approved quarter: ``to_carry_out`` of its lines.

    Raises WrongUse ``not_approved``.
    """
    if not register.count("settlement", {"quarter": quarter}):
        raise WrongUse("not_approved", f"{quarter} 尚未批准，不能兑现。", f"{quarter} is not approved yet.")
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

    Returns whether the quarter is carried out in full. Raises RegisterError ``not_allowed``; WrongUse ``unknown_payer``,
    ``not_approved``, ``already_paid``, ``nothing_to_pay``, ``amount_differs``, ``no_reference``, ``paid_in_future``,
    ``paid_too_early``, ``not_allocated`` where a department's reward is not split yet (7.2.3).
    """
    session.require("pay")
    if payer not in PAYERS:
        zh = f"兑现部门应为 {' 或 '.join(PAYERS)}。"
        raise WrongUse("unknown_payer", zh, f"The payer is one of {', '.join(PAYERS)}.")
    if not reference.strip():
        raise WrongUse("no_reference", "请用 --reference 写明凭证号。", "Give the voucher with --reference.")
    if paid_on > at.date():
        raise WrongUse("paid_in_future", f"兑现日期 {paid_on} 晚于今天，请核对。", f"{paid_on} is in the future.")
    with session.transaction("pay", at, quarter=quarter, payer=payer) as entry:
        open_ = _open(session.register, quarter)
        due = open_[open_["payer"] == payer]
        if due.empty:
            raise WrongUse(
                "nothing_to_pay", f"{quarter} 没有需要{payer}兑现的金额。", f"{payer} has nothing to carry out."
            )
        if due["done"].iloc[0]:
            raise WrongUse(
                "already_paid", f"{quarter} {payer}已登记兑现，不能重复登记。", f"{payer} acknowledged before."
            )
        want = int(due["paid"].iloc[0]), int(due["collected"].iloc[0])
        if (paid, collected) != want:
            zh = (
                f"{quarter} {payer}应发放 {want[0]} 元、收缴 {want[1]} 元，登记的是 {paid} 元、{collected} 元。请核对。"
            )
            raise WrongUse("amount_differs", zh, f"{payer} has to pay {want[0]} and collect {want[1]} yuan.")
        known = session.register.read("settlement", ["as_of"], {"quarter": quarter})["as_of"].iloc[0].date()
        if paid_on < known:
            raise WrongUse(
                "paid_too_early", f"兑现日期 {paid_on} 早于核算数据的截止日 {known}，请核对。",
                f"{paid_on} is before {known}, up to which the settlement knows.",
            )  # fmt: skip
        if payer == ADMINISTRATION and (missing := unallocated(session.register, quarter)):
            zh = f"{quarter} 部门奖励尚未分配：{'、'.join(missing)}。请先导入部门奖金分配表（第7.2.3条）。"
            raise WrongUse("not_allocated", zh, f"Rewards not allocated yet: {', '.join(missing)}; import T15 first.")
        row = {"quarter": quarter, "payer": payer, "paid": paid, "collected": collected,
               "paid_on": pd.Timestamp(paid_on), "reference": reference.strip(), "at": at, "by": session.user}  # fmt: skip
        entry.append("payment", pd.DataFrame([row]))
    return bool(_open(session.register, quarter)["done"].all())


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
