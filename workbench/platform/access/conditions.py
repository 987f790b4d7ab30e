"""Conditions of access: what has to hold beside the role before somebody may do something, declared by capabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.platform.capability import declared, derived, resolve

if TYPE_CHECKING:
    from workbench.core.errors import WorkbenchError
    from workbench.core.messages import Message
    from workbench.platform.access.session import Session


@dataclass(frozen=True)
class Condition:
    """A condition of some ``actions``, by their names.

    ``against``: ``module:function`` from the session, the action and the recipient (None: nobody else gets anything) to
    the refusal, or None where nothing is against it. ``notices``: ``module:function`` from the session to what its user is
    told when he opens the register.
    """

    name: str
    actions: tuple[str, ...]
    against: str
    notices: str = ""


@derived
def conditions() -> dict[str, tuple[Condition, ...]]:
    """The conditions of each action, by its name."""
    found: dict[str, tuple[Condition, ...]] = {}
    for condition in declared("conditions"):
        for action in condition.actions:
            found[action] = (*found.get(action, ()), condition)
    return found


def refusal(session: Session, action: str, recipient: str | None) -> WorkbenchError | None:
    """What is against an action, the first condition that does not hold; None where all do."""
    for condition in conditions().get(action, ()):
        against: WorkbenchError | None = resolve(condition.against)(session, action, recipient)
        if against is not None:
            return against
    return None


def notices(session: Session) -> Iterator[Message]:
    """What the user is told when he opens the register."""
    for condition in declared("conditions"):
        if condition.notices:
            yield from resolve(condition.notices)(session)
