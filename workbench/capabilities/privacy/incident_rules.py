"""What is done about a leak of customer information, and by when (顾客信息管理制度 六3; 客户信息管理制度 三4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from workbench.platform.regulation.edition import Policy


class Step(StrEnum):
    """The steps, in their order."""

    FOUND = "发现"
    CONTAINED = "控制"
    REPORTED = "上报"
    TOLD = "告知客户"


HOURS = {
    Step.CONTAINED: "incident_contain_hours",
    Step.REPORTED: "incident_report_hours",
    Step.TOLD: "incident_tell_hours",
}


def until(found_at: datetime, policy: Policy) -> dict[Step, datetime]:
    """六: by when each step has to be done after a leak was found; by the hours of that day, nights and days off included."""
    return {step: found_at + timedelta(hours=policy.value(name, found_at.date())) for step, name in HOURS.items()}
