"""Reports that fall due: whether a folder holds one, and the making of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path

from workbench.core.file_names import file_name
from workbench.platform.reporting.registry import find
from workbench.platform.reporting.runs import paths
from workbench.platform.workflow.task import Duty, RunContext, TaskResult

EARLIER = "以前版本"


def is_made(out: Path, report: str, period: str, since: datetime) -> bool:
    """Whether a folder holds a report whole and unaltered, with data as of ``since`` or later."""
    made = _made_at(out, report, period)
    return made is not None and made >= since


def make_report(duty: Duty, context: RunContext) -> TaskResult:
    """Make the report of a task for the duty's period; one made before from less data is kept in the folder ``EARLIER``."""
    assert duty.task.report is not None  # the runner of reports is named by tasks that have one
    before = _made_at(context.out, duty.task.report, duty.period)
    if before is not None:
        _keep(context.out, duty.task.report, duty.period, before)
    run = context.make_report(duty.task.report, duty.period, context.moment)
    again = before is not None
    return TaskResult(duty, run.files, late=duty.due_on < context.moment.date() and not again, again=again)


def _made_at(out: Path, report: str, period: str) -> datetime | None:
    """The moment of the data of a report that a folder holds whole and unaltered; None where it does not."""
    try:
        manifest = json.loads(paths(out, find(report), period)[3].read_text(encoding="utf-8"))
        whole = all(
            hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
            for name, digest in manifest["files"].items()
        )
        return datetime.fromisoformat(manifest["as_of"]) if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(out: Path, report: str, period: str, made: datetime) -> None:
    """Copy a report under its own names into a folder named by the moment of its data, where it goes on being verified."""
    folder = out / EARLIER / file_name(f"{made:%Y%m%d-%H%M%S}")
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths(out, find(report), period):
        shutil.copy2(path, folder / path.name)
