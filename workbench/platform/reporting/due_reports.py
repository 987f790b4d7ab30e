"""Reports that fall due: whether a folder holds one, and the making of it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.core.file_names import unique_name
from workbench.core.held_folders import held_folder
from workbench.platform.reporting.registry import find
from workbench.platform.reporting.runs import ASIDE, Run, put_in_place, run_in
from workbench.platform.workflow.task import Duty, RunContext, TaskResult

if TYPE_CHECKING:
    import pandas as pd

EARLIER = "以前版本"
DEIDENTIFIED = "deidentified"  # in a manifest: whoever made it reads numbers in place of customers' names

Proof = Callable[[dict[str, Any]], bool]


class Made(NamedTuple):
    """A whole report in a folder: the moment of its data, the last entry of the trail it was computed from, and whether it
    names customers by numbers."""

    as_of: datetime
    last: int
    deidentified: bool


def is_made(
    out: Path, report: str, period: str, since: datetime, genuine: Proof, came: pd.DataFrame | None = None
) -> bool:
    """Whether a folder holds a report whole and unaltered, with data as of ``since`` or later, by somebody who reads names.

    ``genuine``: whether the register knows the report by its manifest; one it does not know counts for nothing. ``came``: received files (columns entry, received_at), where one that came into the register after the report was
    computed, and had been received by the moment of its data, makes it one of less data.
    """
    made = _made(out, report, period, genuine)
    if made is None or made.deidentified or made.as_of < since:
        return False
    return came is None or not ((came["entry"] > made.last) & (came["received_at"] <= made.as_of)).any()


def make_report(duty: Duty, context: RunContext) -> TaskResult:
    """Make the report of a task for the duty's period; one made before from less data is kept in the folder ``EARLIER``."""
    assert duty.task.report is not None  # the runner of reports is named by tasks that have one
    before = _made(context.out, duty.task.report, duty.period)
    if before is not None:
        _keep(context.out, duty.task.report, duty.period, before.as_of)
    run = context.make_report(duty.task.report, duty.period, context.moment)
    again = before is not None
    return TaskResult(duty, run.files, late=duty.due_on < context.moment.date() and not again, again=again)


def take_in(out: Path, run: Run) -> None:
    """Copy a report that was made elsewhere into a folder, whole or not at all; one made before is kept as by ``make_report``.

    Raises WorkbenchError ``report_blocked`` where its workbook is held open there; OSError.
    """
    report = find(run.report)
    if (before := _made(out, run.report, run.period)) is not None:
        _keep(out, run.report, run.period, before.as_of)
    with held_folder(out, ASIDE) as folder:
        for path in run.files:
            shutil.copyfile(path, folder / path.name)
        put_in_place(run_in(folder, report, run.period), run_in(out, report, run.period))


def _made(out: Path, report: str, period: str, genuine: Proof | None = None) -> Made | None:
    """The report that a folder holds whole and unaltered; None where the folder does not, or its manifest cannot be read."""
    run = run_in(out, find(report), period)
    try:
        manifest = json.loads(run.manifest.read_text(encoding="utf-8"))
        own = (manifest["report"], manifest["period"]) == (run.report, run.period)
        own = own and {run.workbook.name, run.html.name, run.notebook.name} <= set(manifest["files"])
        if not own or (genuine is not None and not genuine(manifest)):
            return None
        whole = all(
            hashlib.sha256((out / Path(name).name).read_bytes()).hexdigest() == digest
            for name, digest in manifest["files"].items()
        )
        last, as_of = int(manifest["register_head"].partition(":")[0]), datetime.fromisoformat(manifest["as_of"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Made(as_of, last, DEIDENTIFIED in manifest) if whole and as_of.tzinfo is None else None


def _keep(out: Path, report: str, period: str, made: datetime) -> None:
    """Copy a report under its own names into a folder named by the moment of its data, where it goes on being verified.

    One of the same moment that is kept there already stays; the next one has a folder of its own.
    """
    files = [path for path in run_in(out, find(report), period).files if path.exists()]
    taken = {each.name.casefold() for each in (out / EARLIER).glob("*") if (each / files[-1].name).exists()}
    folder = out / EARLIER / unique_name(taken, f"{made:%Y%m%d-%H%M%S}")
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy2(path, folder / path.name)
