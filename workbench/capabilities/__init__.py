"""The business capabilities, one folder each, in the order in which they depend on each other."""

from __future__ import annotations

from workbench.capabilities import (
    archive,
    contracts,
    customers,
    duties,
    leads,
    organization,
    privacy,
    publication,
    service,
    settlement,
    statements,
    supervision,
    targets,
    training,
)
from workbench.platform.capability import assemble

CAPABILITIES = (
    organization.CAPABILITY,
    leads.CAPABILITY,
    contracts.CAPABILITY,
    publication.CAPABILITY,
    targets.CAPABILITY,
    settlement.CAPABILITY,
    statements.CAPABILITY,
    duties.CAPABILITY,
    customers.CAPABILITY,
    archive.CAPABILITY,
    service.CAPABILITY,
    privacy.CAPABILITY,
    training.CAPABILITY,
    supervision.CAPABILITY,
)
assemble(CAPABILITIES)
