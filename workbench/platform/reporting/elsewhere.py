"""Reports by workers that have no key: what one shows goes there as plain values; its executed notebook and what it saved come back.

The workbooks stand in a private folder until the task ends, in memory where the worker's machine has room for files there. What a
worker left that was killed goes when the next one begins.
"""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.held_folders import held_folder
from workbench.platform.executors.workers import Workers
from workbench.platform.reporting.notebook import Prepared
from workbench.platform.reporting.registry import Report, find
from workbench.platform.reporting.runs import GIVEN, Order, executed_in, run_in

MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory; a private folder is made there
ROOM = 2**30  # bytes that have to be free there
PRIVATE = "wb-report-"  # how the folders of tasks begin


@dataclass(frozen=True)
class Executed:
    """An executed notebook as its file's text, and the workbooks it saved, in the order of ``_saved``."""

    notebook: str = field(repr=False)
    files: list[bytes] = field(repr=False)


def send(workers: Workers, wanted: Order, prepared: Prepared, preload: tuple[str, ...]) -> Future[Any]:
    """Have a worker execute a report's notebook on what was prepared here. ``preload``: modules its kernel imports as it starts."""
    import nbformat

    asked = {name: wanted.given[name] for name in GIVEN if name != "out_dir"} | wanted.more()
    notebook = nbformat.writes(wanted.notebook)
    return workers.submit(
        execute, wanted.report.name, wanted.period, notebook, wanted.given, prepared.packed(asked), preload
    )


def execute(
    name: str, period: str, notebook: str, given: dict[str, Any], prepared: bytes, preload: tuple[str, ...]
) -> Executed:
    """The task: a notebook executed in a private kernel that was handed what it shows, and knows no register.

    Raises WorkbenchError where the notebook refuses or fails.
    """
    import nbformat

    from workbench.platform.reporting.kernel import kernel_apart

    report = find(name)
    wanted = Order(report, period, nbformat.reads(notebook, as_version=4), given)
    with private_folder() as folder:
        executed = executed_in(kernel_apart(folder, prepared, preload), wanted, folder)
        return Executed(nbformat.writes(executed), [path.read_bytes() for path in _saved(folder, report, period)])


def receive(workers: Workers, task: Future[Any], wanted: Order, prepared: Prepared, folder: Path) -> Any:
    """The notebook that a worker executed; what it saved is in ``folder`` as if it had been executed there.

    What its manifest will say of the register is what was prepared here, whatever a worker says. Raises as ``Workers.result``.
    """
    import nbformat

    executed: Executed = workers.result(task)
    for path, content in zip(_saved(folder, wanted.report, wanted.period), executed.files, strict=True):
        path.write_bytes(content)
    prepared.leave_facts(folder)
    return nbformat.reads(executed.notebook, as_version=4)


def private_folder() -> AbstractContextManager[Path]:
    """A folder for one task, gone at its end. Those of tasks that were killed go now."""
    return held_folder(_in_memory() or Path(tempfile.gettempdir()), PRIVATE)


def _in_memory() -> Path | None:
    """A folder in memory; None where this machine has none that is large enough."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM else None


def _saved(folder: Path, report: Report, period: str) -> list[Path]:
    """The workbooks that a report's notebook leaves in a folder."""
    made = run_in(folder, report, period)
    return [made.workbook, *([made.short] if made.short else [])]
