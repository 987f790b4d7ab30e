"""Dealers and other partners, and what binds them to secrecy (客户信息管理制度 三3)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from workbench.capabilities.organization.directory import directory
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.training.records import KEY, newest_records
from workbench.capabilities.training.rules import FOREVER, RecordKind, bound
from workbench.core.errors import RegisterError
from workbench.platform.access.session import Session
from workbench.platform.register.store import Register

SHORTEST = 4  # characters of a dealer's name that say within a longer text who is meant


@dataclass(frozen=True)
class Partner:
    """A dealer (``unit``: its code) or another partner; the last day he is bound (None: no agreement), whether one is
    asked and lacking."""

    name: str
    unit: str | None
    until: date | None
    bound: bool
    kind: str = RecordKind.PARTNER_AGREEMENT.value


def list_partners(session: Session) -> list[Partner]:
    """Every dealer in use, and every other partner with an agreement, today. Raises RegisterError ``not_allowed``."""
    session.require("training")
    return partners(session, session.now)


def partners(session: Session, moment: datetime) -> list[Partner]:
    """Dealers in use by code, then other partners by name, as they stood at a moment."""
    agreements = _agreements(session.register, moment)
    units = directory(session.register)
    dealers = units[units["kind"].eq(UnitKind.DEALER) & units["state"].ne(UnitState.INACTIVE)]
    named = [(code, name) for code, name in dealers["name"].items()]
    others = sorted(set(agreements.loc[agreements["unit"].eq(""), "who"]))
    return [
        *(_partner(session, agreements, moment.date(), name, str(code)) for code, name in named),
        *(_partner(session, agreements, moment.date(), name, None) for name in others),
    ]


def _partner(session: Session, agreements: pd.DataFrame, on: date, name: str, unit: str | None) -> Partner:
    own = agreements[agreements["unit"].eq(unit) if unit else agreements["unit"].eq("") & agreements["who"].eq(name)]
    terms = _terms(own)
    until = max((end or FOREVER for day, end in terms if day <= on), default=None)
    return Partner(name, unit, until, bound(terms, len(agreements) > 0, on, session.policy))


def against(session: Session, action: str, recipient: str | None) -> RegisterError | None:
    """What is against giving a recipient something: he is a dealer who is not bound to secrecy today."""
    if recipient is None:
        return None
    agreements = _agreements(session.register, session.now)
    units = directory(session.register)
    for code, name in units.loc[units["kind"].eq(UnitKind.DEALER), "name"].items():
        if not _means(recipient, str(code), name):
            continue
        terms = _terms(agreements[agreements["unit"].eq(code)])
        if not bound(terms, len(agreements) > 0, session.now.date(), session.policy):
            return RegisterError("partner_not_bound", dealer=name, code=code)
    return None


def _means(recipient: str, code: str, name: str) -> bool:
    """Whether a recipient's name is a dealer's code or name, or holds his name."""
    said, whole = _plain(recipient), _plain(name)
    return said in (_plain(code), whole) or (len(whole) >= SHORTEST and whole in said)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _agreements(register: Register, moment: datetime) -> pd.DataFrame:
    rows = register.read("training_record", [*KEY, "valid_until", "at"])
    return newest_records(rows[rows["kind"].eq(RecordKind.PARTNER_AGREEMENT) & rows["at"].le(moment)])


def _terms(agreements: pd.DataFrame) -> list[tuple[date, date | None]]:
    ends = [None if pd.isna(end) else end.date() for end in agreements["valid_until"]]
    return list(zip(agreements["held_on"].dt.date, ends, strict=True))
