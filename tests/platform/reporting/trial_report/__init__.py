"""A capability that adds one report from a folder of its own: module, drill-down and notebook stand here."""

from __future__ import annotations

from pathlib import Path

from workbench.platform.capability import Capability
from workbench.platform.reporting.registry import Report

CAPABILITY = Capability(
    name="trial_report",
    title="试行报告",
    depends=("organization", "leads"),
    reports=(
        Report(
            "试行报告",
            "trial",
            "month",
            f"{__name__}.report",
            drills=f"{__name__}.report:tables",
            own_notebook=Path(__file__).with_name("试行报告.ipynb"),
        ),
    ),
    home=__name__,
)
