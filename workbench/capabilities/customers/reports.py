"""The reports of customers."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "每周信息汇总",
        "weekly",
        "date",
        "workbench.capabilities.customers.weekly_digest",
        drills="workbench.capabilities.customers.drill:weekly",
        periods="workbench.capabilities.customers.due_dates:meetings",
        order=70,
    ),
    Report(
        "大客户分级报告",
        "grading",
        "quarter",
        "workbench.capabilities.customers.grading_report",
        drills="workbench.capabilities.customers.drill:grades",
        order=71,
    ),
)
