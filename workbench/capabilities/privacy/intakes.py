"""How the templates of this capability come into the register."""

from __future__ import annotations

from workbench.capabilities.organization.directory import unit_named
from workbench.capabilities.privacy import disclosure_requests, leak_incidents
from workbench.platform.intake.record_intake import RecordIntake

INTAKES = (
    RecordIntake(
        template="leak_incident",
        action="import_custody",
        earliest_counts=True,
        columns=("number", "person", "unit", "happened_on", "inside", "lead"),
        key=("number",),
        refers_to="lead",
        after=("contract_register",),
        accept=leak_incidents.accept,
        tables=("incident",),
    ),
    RecordIntake(
        template="customer_disclosure",
        action="import_custody",
        columns=(*disclosure_requests.KEPT, "lead"),
        key=("number",),
        refers_to="lead",
        check_file=unit_named,
        accept=disclosure_requests.accept,
        tables=("disclosure_request",),
    ),
)
