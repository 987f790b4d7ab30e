"""Which leads a person may see one by one."""

from __future__ import annotations

from workbench.capabilities.organization.directory import all_units
from workbench.capabilities.organization.successions import successors_on
from workbench.platform.access.session import Session


def visible_leads(session: Session) -> list[int] | None:
    """The leads (ids) this person may see one by one: a verifier those handed to his section, or to one it succeeded; None: all."""
    if session.sole or session.section is None or session.role != "verifier":
        return None
    closed = successors_on(all_units(session.register), session.now.date())
    sections = [session.section, *(code for code, heir in closed.items() if heir == session.section)]
    return sorted(set(session.register.read("dispatch", ["lead"], where={"section": sections})["lead"]))
