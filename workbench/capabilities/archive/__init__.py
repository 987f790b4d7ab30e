"""The archive of customers' documents: the index, and who borrowed what (客户信息及档案管理制度 六, 七)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="archive",
    title="客户档案与借阅",
    regulations=("客户信息及档案管理制度",),
    depends=("organization", "leads", "customers"),
    prefills="workbench.capabilities.archive.prefilled:PREFILLS",
    tables="workbench.capabilities.archive.tables:TABLES",
    clauses="workbench.capabilities.archive.clauses:CLAUSES",
    actions="workbench.capabilities.archive.actions:ACTIONS",
    reports="workbench.capabilities.archive.reports:REPORTS",
    intakes="workbench.capabilities.archive.intakes:INTAKES",
    commands="workbench.capabilities.archive.interface:COMMANDS",
)
