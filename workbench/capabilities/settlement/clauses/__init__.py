"""The clauses of section 7 and those about carrying it out, one file each. This list is what a quarter is settled by."""

from __future__ import annotations

from workbench.capabilities.settlement.clauses.completion import COMPLETION
from workbench.capabilities.settlement.clauses.late_verification import LATE_VERIFICATION
from workbench.capabilities.settlement.clauses.leaks import LEAK
from workbench.capabilities.settlement.clauses.missed_days import LATE_REGISTER, MISSED_PUBLICATION
from workbench.capabilities.settlement.clauses.missing_expiry import MISSING_EXPIRY
from workbench.capabilities.settlement.clauses.procedure import PROCEDURE
from workbench.capabilities.settlement.clauses.projects import DEALER_PROJECT, DEPARTMENT_PROJECT

CLAUSES = (
    *PROCEDURE,
    DEALER_PROJECT,
    COMPLETION,
    DEPARTMENT_PROJECT,
    LATE_VERIFICATION,
    MISSING_EXPIRY,
    MISSED_PUBLICATION,
    LATE_REGISTER,
    LEAK,
)
