"""Whoever is fined for being late does not set the time of his own act: that takes another person's word."""

from __future__ import annotations

from datetime import date, datetime

from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, Message
from workbench.platform.access.roles import ROLES
from workbench.platform.access.session import Session


def require_anothers_word(session: Session, own: str, other: str, act: str, at: datetime, last: date) -> None:
    """Refuse a time behind the clock that makes an act of one's own in time, which is late by the clock.

    ``own``: the role whose act it is; ``other``: the role that may give the time instead; ``act``: what it is, by its
    text; ``last``: the last day in time. A sole user and a simulation are free. Raises WrongUse ``own_late_act``.
    """
    if session.role != own or session.sole or session.simulation or session.simulated:
        return
    if at.date() <= last < session.now.date():
        raise WrongUse(
            "own_late_act",
            act=Message.of(f"own_act/{act}"),
            last=last,
            at=at,
            now=session.now,
            other=Bilingual(ROLES[other].title, other),
        )
