"""The report of the archive."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "大客户卡片",
        "card",
        "date",
        "workbench.capabilities.archive.card_report",
        drills="workbench.capabilities.archive.drill:card",
        order=72,
    ),
)
