"""How the forms of disclosures and incidents are filled in beforehand in a book: their heads, as nothing else is known."""

from __future__ import annotations

from workbench.platform.access.session import Session
from workbench.platform.forms.write_book import Filled
from workbench.platform.intake.prepared_books import Prefill, Subject

PREFILLS = (Prefill("customer_disclosure", "workbench.capabilities.privacy.prefilled:head"),)


def head(session: Session, subject: Subject) -> Filled:
    """T12 with the unit that asks."""
    return Filled({"unit": subject.unit})
