"""Reports that fall due: whether a folder holds one, and the making of it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

from workbench.platform.reporting.registry import find
from workbench.platform.reporting.runs import paths
from workbench.platform.workflow.task import Duty, RunContext, TaskResult


def is_made(out: Path, report: str, period: str, since: datetime) -> bool:
    """Whether a folder holds a report whole and unaltered, with data as of ``since`` or later."""
    try:
        manifest = json.loads(paths(out, find(report), period)[3].read_text(encoding="utf-8"))
        whole = all(
            hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
            for name, digest in manifest["files"].items()
        )
        return whole and datetime.fromisoformat(manifest["as_of"]) >= since
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def make_report(duty: Duty, context: RunContext) -> TaskResult:
    """Make the report of a task for the duty's period."""
    assert duty.task.report is not None  # the runner of reports is named by tasks that have one
    run = context.make_report(duty.task.report, duty.period, context.moment)
    return TaskResult(duty, run.files, late=duty.due_on < context.moment.date())
