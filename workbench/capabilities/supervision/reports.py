"""The report of inspections."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "客户信息管理检查报告",
        "inspection",
        "month",
        "workbench.capabilities.supervision.inspection_report",
        drills="workbench.capabilities.supervision.drill:tables",
        order=75,
        action="inspection_report",
    ),
)
