"""The reports of the publication."""

from __future__ import annotations

from workbench.platform.reporting.registry import Report

REPORTS = (
    Report(
        "信息提报情况通报",
        "publication",
        "date",
        "workbench.capabilities.publication.publication_report",
        drills="workbench.capabilities.publication.drill:tables",
        periods="workbench.capabilities.publication.publication_report:periods",
        moment="workbench.capabilities.publication.publication_report:moment",
        order=1,
    ),
)
