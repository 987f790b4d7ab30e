"""The reports of leads."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "开发计划",
        "development",
        "date",
        "workbench.capabilities.leads.development_report",
        drills="workbench.capabilities.leads.drill:development",
        order=4,
    ),
)
