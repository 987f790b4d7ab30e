"""Who was a user of a register, in which role and since when, as the trail says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.platform.register.key_file import RECOVERY_USER
from workbench.platform.register.store import Register

CHANGED_BY = ("init", "user_add", "user_revoke", "users_found")  # the entries that change who is a user


@dataclass(frozen=True)
class Member:
    """A user, his role, and the day he became one, by the actual clock."""

    user: str
    role: str
    since: date


def members_after(entries: pd.DataFrame) -> list[Member]:
    """Who is a user after these entries, in the order in which they came.

    ``entries``: user, recorded_at, action, detail in the order of the trail; others than CHANGED_BY are passed over.
    """
    found: dict[str, Member] = {}
    for row in entries[entries["action"].isin(CHANGED_BY)].itertuples(index=False):
        day, detail = row.recorded_at.date(), row.detail
        if row.action == "user_revoke":
            found.pop(detail["user"], None)
            continue
        if row.action == "users_found":
            named = [(user, role) for user, role in detail["users"]]
            found = {user: each for user, each in found.items() if user in dict(named)}
            new = [(user, role) for user, role in named if user not in found]
        else:
            new = [(detail.get("user") or row.user, detail.get("role") or "custodian")]
        found |= {user: Member(user, role, day) for user, role in new if user != RECOVERY_USER}
    return list(found.values())


def members_of(register: Register) -> list[Member]:
    """Who is a user of an open register now."""
    columns = ["entry", "user", "recorded_at", "action", "detail"]
    return members_after(register.read("entry", columns, where={"action": list(CHANGED_BY)}))
