"""The reports of the contract register."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "信息转化率月报",
        "conversion",
        "month",
        "workbench.capabilities.contracts.conversion_report",
        drills="workbench.capabilities.contracts.drill:tables",
        order=3,
    ),
)
