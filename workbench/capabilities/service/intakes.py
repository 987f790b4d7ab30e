"""How the template of the flow of service comes into the register."""

from __future__ import annotations

from workbench.capabilities.organization.directory import unit_named
from workbench.capabilities.service import intake
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template=intake.TEMPLATE,
        columns=intake.COLUMNS,
        key=("customer", "step"),
        check_file=unit_named,
        accept=intake.accept,
        tables=("service_flow_step",),
    ),
)
