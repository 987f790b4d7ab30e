"""Which leads a person may see one by one."""

from __future__ import annotations

from workbench.platform.access.session import Session


def visible_leads(session: Session) -> list[int] | None:
    """The leads (ids) this person may see one by one: a verifier those handed to his section; None: all."""
    if session.sole or session.section is None:
        return None
    return sorted(set(session.register.read("dispatch", ["lead"], where={"section": session.section})["lead"]))
