"""Access opened in an emergency: by a custodian, for somebody else, with a reason and a last day (客户信息管理制度 三2)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from workbench.capabilities.training.standing import list_standings
from workbench.core.errors import WrongUse
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session


def open_access(session: Session, account: str, until: date, reason: str) -> None:
    """Let a user who is locked out come near personal data through a day; it ends by itself.

    Raises RegisterError ``not_allowed``, and where the custodian is locked out himself; WrongUse ``own_opening``,
    ``not_locked``, ``opening_over``, ``opening_too_long``, ``no_reason/opening``, ``personal_reason``.
    """
    session.require("open_access")
    reason = kept_reason(reason, "no_reason/opening")
    if account == session.user:
        raise WrongUse("own_opening")
    standing = next((one for one in list_standings(session) if one.user == account), None)
    if standing is None or not standing.locked:
        raise WrongUse("not_locked", account=account)
    today = session.now.date()
    days = session.policy.value("opening_days", today) or 0
    if until < today:
        raise WrongUse("opening_over", until=until)
    if until > today + timedelta(days=days):
        raise WrongUse("opening_too_long", days=days, last=today + timedelta(days=days))
    with session.transaction("access_opened", session.now, account=account, until=until.isoformat()) as entry:
        row = {"account": account, "until": pd.Timestamp(until), "reason": reason}
        entry.append("access_opening", pd.DataFrame([{**row, "by": session.user, "at": session.now}]))
