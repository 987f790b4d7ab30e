"""Watching the use of customer information, inspections and what is put right after them (客户信息综合管理制度)."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="supervision",
    title="客户信息管理的监督与检查",
    regulations=("客户信息综合管理制度",),
    depends=("organization", "leads", "customers", "training"),
    regulation_files=(Path(__file__).parents[1] / "regulations" / "information_management.yaml",),
    clauses="workbench.capabilities.supervision.clauses:CLAUSES",
    actions="workbench.capabilities.supervision.actions:ACTIONS",
    buttons="workbench.capabilities.supervision.interface:BUTTONS",
    commands="workbench.capabilities.supervision.interface:COMMANDS",
    intakes="workbench.capabilities.supervision.intakes:INTAKES",
    books="workbench.capabilities.supervision.books:BOOKS",
    prefills="workbench.capabilities.supervision.books:PREFILLS",
    reports="workbench.capabilities.supervision.reports:REPORTS",
    tables="workbench.capabilities.supervision.tables:TABLES",
    tasks="workbench.capabilities.supervision.tasks:TASKS",
)
