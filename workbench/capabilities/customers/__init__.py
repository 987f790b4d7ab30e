"""Customers: their files, what account managers report of them, their grades and what each grade is due."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

REGULATIONS = Path(__file__).parents[1] / "regulations"
CAPABILITY = Capability(
    name="customers",
    title="客户档案、每周信息与分级",
    regulations=(
        "大客户管理制度",
        "客户信息及档案管理制度",
        "大客户信息收集管理办法（每周上报）",
        "大客户管理的方法和策略",
    ),
    depends=("organization", "leads"),
    regulation_files=(
        REGULATIONS / "key_accounts.yaml",
        REGULATIONS / "customer_files.yaml",
        REGULATIONS / "weekly_information.yaml",
        REGULATIONS / "customer_methods.yaml",
    ),
    books="workbench.capabilities.customers.books:BOOKS",
    prefills="workbench.capabilities.customers.books:PREFILLS",
    tables="workbench.capabilities.customers.tables:TABLES",
    clauses="workbench.capabilities.customers.clauses:CLAUSES",
    intakes="workbench.capabilities.customers.intakes:INTAKES",
    actions="workbench.capabilities.customers.actions:ACTIONS",
    commands="workbench.capabilities.customers.interface:COMMANDS",
    reports="workbench.capabilities.customers.reports:REPORTS",
    tasks="workbench.capabilities.customers.tasks:TASKS",
    buttons="workbench.capabilities.customers.interface:BUTTONS",
    functions="workbench.capabilities.customers.interface:FUNCTIONS",
)
