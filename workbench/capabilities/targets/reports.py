"""The reports of targets."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "月度目标分解与完成情况",
        "targets",
        "month",
        "workbench.capabilities.targets.targets_report",
        drills="workbench.capabilities.targets.drill:tables",
        order=2,
    ),
)
