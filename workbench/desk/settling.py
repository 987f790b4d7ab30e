"""Approving a quarter and closing months: what is fixed from then on (4.3.3, D5, D26)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd

from workbench.core.errors import WrongUse
from workbench.core.periods import month_bounds, months_of, quarter_bounds, quarter_of_month
from workbench.desk.session import Session
from workbench.policy.settlement import Settlement


def trial(session: Session, quarter: str, as_of: datetime) -> Settlement:
    """A quarter's rewards and penalties as known at a moment; nothing is kept."""
    session.require("settle")
    return session.book(as_of).settlement(quarter)


def approve(session: Session, quarter: str, as_of: datetime, at: datetime) -> Settlement:
    """Fix a quarter: keep its lines for good and close its months (D26).

    Raises WrongUse where the quarter is not over, is approved already, or an earlier one is open.
    """
    session.require("approve")
    booked: dict[str, int] = {}
    with session.deed("approve", at, quarter=quarter, as_of=as_of.isoformat(), totals=booked) as entry:
        _may_approve(session, quarter, as_of)
        result = session.book(as_of).settlement(quarter)
        booked |= result.totals
        last = quarter_bounds(quarter)[1]
        readings = {item["key"]: item["value"] for item in session.policy.readings_on(last) if item["key"]}
        row = {"quarter": quarter, "edition": result.edition, "as_of": as_of, "at": at, "readings": readings}
        entry.append("settlement", pd.DataFrame([row]))
        lines = [
            {"quarter": quarter, "position": position, "clause": line.clause, "party": line.party, "ref": line.ref,
             "amount": line.amount, "adjusts": line.adjusts, "inputs": line.inputs}
            for position, line in enumerate(result.lines)
        ]  # fmt: skip
        if lines:
            entry.append("settlement_line", pd.DataFrame(lines))
        closed = set(session.register.read("closure", ["month"])["month"])
        months = [month for month in months_of(quarter) if month not in closed]
        if months:
            reason = f"{quarter} 奖惩核算批准"
            entry.append("closure", pd.DataFrame([{"month": month, "at": at, "reason": reason} for month in months]))
    return result


def _may_approve(session: Session, quarter: str, as_of: datetime) -> None:
    """Refuse to fix what is not over, fixed already, or out of turn."""
    approved = set(session.register.read("settlement", ["quarter"])["quarter"])
    if quarter in approved:
        raise WrongUse(
            "already_approved", f"{quarter} 已批准，不能再改；更正请在后续季度列为调整。",
            f"{quarter} is approved and does not change; corrections are posted in a later quarter.",
        )  # fmt: skip
    last = quarter_bounds(quarter)[1]
    if as_of.date() <= last:
        raise WrongUse(
            "quarter_not_over", f"{quarter} 尚未结束（至 {last}），不能批准。", f"{quarter} is not over (until {last})."
        )
    first = session.register.minimum("lead", "filed_at")
    earlier = quarter_of_month(f"{first:%Y-%m}") if first is not None else quarter
    while earlier < quarter:
        if earlier not in approved:
            raise WrongUse(
                "earlier_quarter_open",
                f"{earlier} 尚未批准，请先批准较早的季度。",
                f"{earlier} must be approved first.",
            )
        following: date = quarter_bounds(earlier)[1] + timedelta(days=1)
        earlier = quarter_of_month(f"{following:%Y-%m}")


def close_month(session: Session, month: str, at: datetime, reason: str) -> None:
    """Close a month before its quarter is approved (D26). Raises WrongUse where it is closed or not over."""
    session.require("close")
    last = month_bounds(month)[1]
    if at.date() <= last:
        raise WrongUse("month_not_over", f"{month} 尚未结束，不能关账。", f"{month} is not over yet.")
    with session.deed("close", at, month=month) as entry:
        if len(session.register.read("closure", ["month"], where={"month": month})):
            raise WrongUse("already_closed", f"{month} 已关账。", f"{month} is closed already.")
        entry.append("closure", pd.DataFrame([{"month": month, "at": at, "reason": reason}]))
