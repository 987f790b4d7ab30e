"""Training and confidentiality agreements, as a condition for access to personal data (客户信息管理制度)."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="training",
    title="培训与保密协议",
    regulations=("客户信息管理制度",),
    depends=("organization",),
    regulation_files=(Path(__file__).parents[1] / "regulations" / "information_protection.yaml",),
    clauses="workbench.capabilities.training.clauses:CLAUSES",
    actions="workbench.capabilities.training.actions:ACTIONS",
    commands="workbench.capabilities.training.interface:COMMANDS",
    conditions="workbench.capabilities.training.conditions:CONDITIONS",
    intakes="workbench.capabilities.training.intakes:INTAKES",
    tables="workbench.capabilities.training.tables:TABLES",
    tasks="workbench.capabilities.training.tasks:TASKS",
)
