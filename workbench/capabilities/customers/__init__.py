"""Customers and their grades (大客户管理制度)."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="customers",
    title="客户分级",
    regulations=("大客户管理制度",),
    regulation_files=(Path(__file__).parents[1] / "regulations" / "key_accounts.yaml",),
    clauses="workbench.capabilities.customers.clauses:CLAUSES",
    functions="workbench.capabilities.customers.interface:FUNCTIONS",
)
