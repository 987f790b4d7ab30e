"""The reports of what falls due."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "到期提醒",
        "reminders",
        "date",
        "workbench.capabilities.duties.reminders_report",
        order=7,
    ),
)
