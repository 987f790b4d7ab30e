"""The reports of the settlement."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "季度奖惩核算报告",
        "settlement",
        "quarter",
        "workbench.capabilities.settlement.settlement_report",
        drills="workbench.capabilities.settlement.drill:tables",
        order=5,
        short="呈批",
    ),
    Report(
        "诚信黑点告知书",
        "marks",
        "quarter",
        "workbench.capabilities.settlement.marks_report",
        order=6,
    ),
    Report(
        "测算对比",
        "whatif",
        "quarter",
        "workbench.capabilities.settlement.whatif_report",
        order=8,
    ),
)
