"""The flow of service of key accounts, step by step (银行大客户管理流程)."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="service",
    title="大客户服务流程",
    regulations=("银行大客户管理流程",),
    depends=("organization", "leads", "customers", "archive"),
    regulation_files=(Path(__file__).parents[1] / "regulations" / "service_flow.yaml",),
    clauses="workbench.capabilities.service.clauses:CLAUSES",
    intakes="workbench.capabilities.service.intakes:INTAKES",
    commands="workbench.capabilities.service.interface:COMMANDS",
    prefills="workbench.capabilities.service.prefilled:PREFILLS",
    tasks="workbench.capabilities.service.tasks:TASKS",
)
