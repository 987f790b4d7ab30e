"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.archive import intake
from workbench.capabilities.organization.directory import unit_named
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="archive_index",
        columns=intake.DOCUMENT,
        key=("number",),
        check_file=unit_named,
        accept=intake.accept_documents,
        tables=("archive_document",),
    ),
    RecordIntake(
        template="archive_loan",
        action="import_custody",
        columns=intake.BORROWED,
        key=("number", "borrower", "lent_on"),
        check_file=unit_named,
        accept=intake.accept_loans,
        tables=("archive_loan",),
    ),
)
