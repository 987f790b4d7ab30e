"""Consents, disclosures and leaks of customer information (顾客信息管理制度)."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="privacy",
    title="客户同意、保存期限、披露与泄露",
    regulations=("顾客信息管理制度",),
    depends=("organization", "leads", "contracts", "settlement", "customers", "archive"),
    regulation_files=(Path(__file__).parents[1] / "regulations" / "customer_information.yaml",),
    clauses="workbench.capabilities.privacy.clauses:CLAUSES",
    actions="workbench.capabilities.privacy.actions:ACTIONS",
    commands="workbench.capabilities.privacy.interface:COMMANDS",
    intakes="workbench.capabilities.privacy.intakes:INTAKES",
    cases="workbench.capabilities.privacy.cases:CASES",
    tasks="workbench.capabilities.privacy.tasks:TASKS",
    prefills="workbench.capabilities.privacy.prefilled:PREFILLS",
    tables="workbench.capabilities.privacy.tables:TABLES",
)
