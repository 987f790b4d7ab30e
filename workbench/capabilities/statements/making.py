"""Making statements: workbook, manifest and pre-filled appeal form of each reporter, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.capabilities.statements import unfinished
from workbench.capabilities.statements.drawing import Drawn, draw
from workbench.capabilities.statements.statement import TITLE, Statement, Statements
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder
from workbench.platform.access.session import Session
from workbench.platform.documents import manifests
from workbench.platform.documents.delivery import Handing, deliver
from workbench.platform.documents.manifests import manifest_of
from workbench.platform.executors.workers import WorkerLost, Workers
from workbench.platform.regulation.rules_used import rules_used
from workbench.platform.workflow.task import Duty, RunContext, TaskResult

APPEAL = "奖惩申诉表"
WORTHWHILE = 40  # statements that take longer than a process takes to start
AT_ONCE = 8  # statements that a worker draws up at once
FOLDER = "对账单"  # where `due --run` puts them, in the folder of reports
COPIES = "副本"  # below it, what goes out under passwords


@dataclass(frozen=True)
class Made:
    """The files of one statement; ``appeal``: the pre-filled T14, None where nothing can be appealed against."""

    statement: Statement
    workbook: Path
    manifest: Path
    appeal: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, the workbook first."""
        return (self.workbook, self.manifest, *((self.appeal,) if self.appeal else ()))

    def moved(self, folder: Path) -> Made:
        """The same files in another folder."""
        appeal = folder / self.appeal.name if self.appeal else None
        return Made(self.statement, folder / self.workbook.name, folder / self.manifest.name, appeal)


def make(
    session: Session, statements: Statements, units: Iterable[str], out: Path, workers: Workers | None = None
) -> list[Made]:
    """Write the statements of these units into a folder; they are entered in the trail before the files get their names.

    ``workers``: who draws them up; here, one after another, without any. Raises RegisterError ``not_allowed``; WrongUse ``unknown_unit``, ``no_reporter``, ``not_written/statements``.
    """
    session.require("report")
    try:
        try_folder(out)
        with tempfile.TemporaryDirectory(prefix=unfinished.ASIDE, dir=out) as name:
            folder = Path(name)
            made = _written(statements, list(dict.fromkeys(units)), folder, workers)
            rules = rules_used(statements.snapshot.policy, statements.snapshot.as_of.date())
            manifests_of = [_manifest(statements, each.statement, each.workbook, rules) for each in made]
            signed = manifests.issue_all(session, manifests_of, TITLE, statements.period)
            for each, manifest in zip(made, signed, strict=True):
                text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
                each.manifest.write_text(text, encoding="utf-8")
                for path in sorted(each.files, key=lambda path: path == each.manifest):  # it says that the set is whole
                    os.replace(path, out / path.name)
            return [each.moved(out) for each in made]
    except OSError:
        raise WrongUse("not_written/statements", out=out) from None


def _written(statements: Statements, units: list[str], folder: Path, workers: Workers | None) -> list[Made]:
    """The files of statements in a folder, in the order of the units; the next ones are worked out while some are drawn up."""
    policy = statements.session.policy
    parts = (units[start : start + AT_ONCE] for start in range(0, len(units), AT_ONCE))
    found: list[Statement] = []

    def told(part: list[str]) -> list[Statement]:
        found.extend(own := [statements.of(unit) for unit in part])
        return own

    if workers is None:
        drawn = [draw(told(part), policy) for part in parts]
    else:
        try:
            tasks = [workers.submit(draw, told(part), policy) for part in parts]
            drawn = [workers.result(task) for task in tasks]
        except WorkerLost:
            raise WorkbenchError("worker_lost") from None
    return [_put(statement, one, folder) for statement, one in zip(found, chain.from_iterable(drawn), strict=True)]


def _put(statement: Statement, drawn: Drawn, folder: Path) -> Made:
    path = folder / file_name(TITLE, statement.unit, statement.period, ending=".xlsx")
    path.write_bytes(drawn.workbook)
    appeal = None
    if drawn.appeal is not None:
        appeal = folder / file_name(APPEAL, statement.unit, statement.quarter, ending=".xlsx")
        appeal.write_bytes(drawn.appeal)
    return Made(statement, path, manifest_of(path), appeal)


def _manifest(statements: Statements, statement: Statement, workbook: Path, rules: dict[str, Any]) -> dict[str, Any]:
    snapshot = statements.snapshot
    return {
        "report": TITLE,
        "alias": "statement",
        "period": f"{statement.period}_{statement.unit}",
        "edition": statement.stamp.edition,
        "as_of": snapshot.as_of.isoformat(),
        "register_head": snapshot.head,
        "package_version": __version__,
        "parameters": {"unit": statement.unit, "period": statement.period},
        "files": {workbook.name: hashlib.sha256(workbook.read_bytes()).hexdigest()},
        "rules": rules,
    }


def run(duty: Duty, context: RunContext) -> TaskResult | None:
    """Make the statements that are due, all reporters', beside the reports; for those whose password is listed a copy each.

    A note in the folder says that this was begun, until the last copy is out (``unfinished``). A run that finds one, because
    the run before was cut off, keeps the statements if all are whole, and copies that are out, and does the rest.
    """
    session, folder = context.session, folder_of(context.out, duty.period)
    copies = folder / COPIES
    made = unfinished.resumed(session, folder, copies, duty.due_on)
    statements = Statements(session, duty.period, context.moment) if made is None else None
    units = statements.reporters() if statements else list(made or ())
    listed = {unit: password for unit, password in (context.passwords or {}).items() if unit in units}
    if listed:
        Handing(session, dict(listed))  # refuses before the statements are entered
        _require_folder(copies)
    files = list((made or {}).values())
    if statements:
        unfinished.begin(folder, statements.snapshot.head, units, duty.due_on, listed)
        with context.workers(processes_beside(len(units))) as workers:
            new = make(session, statements, units, folder, workers)
        made, files = (
            {each.statement.unit: each.workbook for each in new},
            [path for each in new for path in each.files],
        )
    for unit, workbook in (made or {}).items():
        if (password := listed.get(unit)) and unfinished.copy_out(session, workbook, unit, copies) is None:
            files += [copy.file for copy in deliver(session, workbook, {unit: password}, copies)]
    unfinished.end(session, folder, copies, made or {})
    return TaskResult(duty, tuple(files), late=duty.due_on < context.moment.date())


def is_unfinished(duty: Duty, out: Path) -> bool:
    """Whether the run that was to make and hand out the statements of a duty was cut off in this folder of reports."""
    return unfinished.is_unfinished(folder_of(out, duty.period))


def _require_folder(folder: Path) -> None:
    try:
        try_folder(folder)
    except OSError:
        raise WrongUse("not_written/copies", out=folder) from None


def processes_beside(statements: int, most: int = 2) -> int:
    """How many processes beside this one, which works out what is told meanwhile, are worth their start for so many statements.

    ``most``: how many may work at once, this one included.
    """
    return max(0, min(most, statements // WORTHWHILE) - 1)


def folder_of(out: Path, period: str) -> Path:
    """Where a period's statements stand in the folder of reports."""
    return out / FOLDER / period
