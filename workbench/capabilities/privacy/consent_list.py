"""All consents as one list: what T1 and T8 say, what was recorded, and what of it stands (顾客信息管理制度 四1)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pandas as pd

from workbench.capabilities.leads.consents import TABLE, Basis, Scope, closed_leads
from workbench.capabilities.privacy.consent_rules import covered
from workbench.platform.access.session import Session

COLUMNS = (
    "person",
    "source",
    "customer",
    "basis",
    "scope",
    "state",
    "title",
    "version",
    "given_on",
    "evidence",
    "purpose",
    "keep_until",
    "reason",
    "by",
    "at",
)


class Source(StrEnum):
    """Where a consent is known from."""

    LEAD = "大客户信息记录表"
    PROFILE = "大客户档案登记表"
    RECORDED = "登记"


class ConsentState(StrEnum):
    """How it stands."""

    GIVEN = "有效"
    REFUSED = "未同意"
    WITHDRAWN = "已撤回"
    OVER = "已到期"


def listed(session: Session) -> list[dict[str, Any]]:
    """A line (COLUMNS) for every contact of a lead about whose consent T1 says something, every contact person of T8, and
    everything recorded; without names of persons. ``person``: what ``consents.record`` and ``withdraw`` call him by.

    Days and times are in ISO 8601. Raises RegisterError ``not_allowed``.
    """
    session.require("consents")
    with session.register.snapshot():
        rows = [*_of_leads(session), *_of_profiles(session), *_recorded(session)]
    plain = {
        name: [None if value is pd.NaT or value != value else value for value in (row.get(name) for row in rows)]
        for name in COLUMNS
    }
    return [{name: _plain(plain[name][place]) for name in COLUMNS} for place in range(len(rows))]


def _of_leads(session: Session) -> list[dict[str, Any]]:
    """What T1 says (客户同意): 是 covers what the regulation takes it for on the day of receipt."""
    register = session.register
    columns = ["lead", "version", "number", "customer", "consent", "filed_at", "reporter"]
    rows = register.read("lead", columns).sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    rows = rows[rows["consent"].notna()]
    closed = {scope: closed_leads(register, rows["lead"].tolist(), scope) for scope in Scope}
    found = []
    for row in rows.to_dict("records"):
        scopes = covered(row["consent"], row["filed_at"].date(), session.policy)
        left = [scope for scope in scopes if row["lead"] not in closed[scope]]
        state = ConsentState.GIVEN if left else ConsentState.WITHDRAWN if scopes else ConsentState.REFUSED
        found.append(
            {
                "person": row["number"],
                "source": Source.LEAD,
                "customer": row["customer"],
                "basis": Basis.CONSENT,
                "scope": " ".join(scopes) or None,
                "state": state,
                "by": row["reporter"],
                "at": row["filed_at"],
            }
        )
    return found


def _of_profiles(session: Session) -> list[dict[str, Any]]:
    """What the newest row of T8 about each contact person says of basis, purpose and term."""
    register, today = session.register, pd.Timestamp(session.now.date())
    own = ["customer_key", "contact_key"]
    said = ["customer", "department", "basis", "evidence", "purpose", "keep_until", "at", "document", "row"]
    rows = register.read("customer_profile", [*own, *said])
    rows = rows[rows["contact_key"].notna()].sort_values(["at", "document", "row"], kind="stable")
    words = register.read(TABLE, [*own, "stands", "at", "record"]).sort_values(["at", "record"], kind="stable")
    newest = words.drop_duplicates(own, keep="last").set_index(own)["stands"].to_dict()
    found = []
    for key, person in rows.groupby(own, sort=False):
        row = {name: (person[name].dropna().iloc[-1] if person[name].notna().any() else None) for name in said}
        state = ConsentState.GIVEN if newest.get(key, True) else ConsentState.WITHDRAWN
        if state == ConsentState.GIVEN and row["keep_until"] is not None and row["keep_until"] < today:
            state = ConsentState.OVER
        place = person.iloc[-1]
        found.append(
            {
                **row,
                "person": f"{int(place['document'])}/{int(place['row'])}",
                "source": Source.PROFILE,
                "state": state,
                "by": row["department"],
            }
        )
    return found


def _recorded(session: Session) -> list[dict[str, Any]]:
    """Every word that was recorded, in order."""
    register = session.register
    said = ["basis", "scope", "stands", "title", "version", "given_on", "evidence", "reason", "by", "at"]
    rows = register.read(TABLE, ["lead", "customer_key", "entry", "record", *said]).sort_values(["at", "record"])
    rows = rows.drop_duplicates("entry")  # one word about one person, wherever the register knows him
    leads = register.read("lead", ["lead", "version", "number", "customer", "customer_key"])
    leads = leads.sort_values(["lead", "version"])
    numbers = dict(zip(leads["lead"], leads["number"], strict=True))
    profiles = register.read("customer_profile", ["customer_key", "customer"])
    names = dict(zip(profiles["customer_key"], profiles["customer"], strict=True))
    names |= dict(zip(leads["customer_key"], leads["customer"], strict=True))
    return [
        {
            **{name: row[name] for name in said if name != "stands"},
            "person": None if pd.isna(row["lead"]) else numbers.get(int(row["lead"])),
            "source": Source.RECORDED,
            "customer": names.get(row["customer_key"]),
            "state": ConsentState.GIVEN if row["stands"] else ConsentState.WITHDRAWN,
        }
        for row in rows.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    return value
