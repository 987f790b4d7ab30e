"""Customers and their grades (大客户管理制度)."""

from __future__ import annotations

from workbench.platform.capability import Capability

CAPABILITY = Capability(
    name="customers",
    title="客户分级",
    functions="workbench.capabilities.customers.interface:FUNCTIONS",
)
