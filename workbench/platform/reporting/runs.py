"""Run a report's notebook by papermill: strict parameters, protected outputs, a manifest.

The passphrase reaches the kernel through its environment and never becomes a parameter; a worker's kernel (``elsewhere``) gets none.
Files appear in the output folder only when all of them are whole.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder
from workbench.core.held_folders import held_folder
from workbench.platform.reporting.ahead import KernelsAhead
from workbench.platform.reporting.registry import Report, find, short_of

Seal = Callable[[dict[str, Any]], dict[str, Any]]  # signs a manifest, and enters it in the register
TYPES = {"str": str, "int": int, "float": float, "bool": bool}
GIVEN = ("register", "period", "as_of", "out_dir", "user")  # what every report's notebook is given
ASIDE = ".run-"  # how the folders begin in which files wait until all of them are whole
TIMEOUT = 3600  # seconds one cell may take


@dataclass(frozen=True)
class Run:
    """What a run left: the workbook, the page, the executed notebook and the manifest; ``short``: a workbook to be printed."""

    report: str
    period: str
    workbook: Path
    html: Path
    notebook: Path
    manifest: Path
    short: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, the workbook first, the manifest last."""
        return (self.workbook, *([self.short] if self.short else []), self.html, self.notebook, self.manifest)


@dataclass(frozen=True)
class Order:
    """A report that is asked for, looked over: its period in one spelling, its notebook, and what that is ``given``."""

    report: Report
    period: str
    notebook: Any
    given: dict[str, Any]

    def more(self) -> dict[str, Any]:
        """What its view asks for beside what every report is given; as the notebook has it where it was not said."""
        known = parameters_of(self.notebook)
        return {name: self.given.get(name, each.default) for name, each in known.items() if name not in GIVEN}


def order(
    name: str, register_path: Path, period: str, as_of: datetime, user: str, parameters: Mapping[str, Any] | None = None
) -> Order:
    """A report (by name or alias) for a period, as known at ``as_of``. Raises WrongUse as ``run_report``."""
    report = find(name)
    wanted = report.period(period)
    notebook = source(report)
    usual = (str(Path(register_path).resolve()), wanted, as_of.isoformat(), ".", user)
    given = {**dict(zip(GIVEN, usual, strict=True)), **(parameters or {})}
    check_parameters(parameters_of(notebook), given)
    return Order(report, wanted, notebook, given)


def run_report(
    name: str,
    *,
    register_path: Path,
    period: str,
    as_of: datetime,
    out_dir: Path,
    user: str,
    passphrase: str,
    parameters: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
    preload: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    ahead: KernelsAhead | None = None,
    seal: Seal,
) -> Run:
    """Run a report (by name or alias) for a period, as known at ``as_of``; leaves its four files in ``out_dir``.

    ``parameters``: further ones the notebook knows; ``progress`` is called after each cell with how many
    of how many are through; ``preload``: modules the kernel imports as it starts; ``environment``: its variables on top of this
    process's; ``ahead``: keeps the next kernel, where several reports are made; ``seal`` signs the manifest. Raises WrongUse before anything starts for an unknown report, a bad period,
    or unknown, missing or badly typed parameters; WorkbenchError where the register refuses or the notebook fails.
    """
    wanted = order(name, register_path, period, as_of, user, parameters)
    secret = {**(environment or {}), "WORKBENCH_PASSPHRASE": passphrase}

    def here(folder: Path) -> Any:
        return _execute(wanted, folder, secret, progress, preload, ahead or KernelsAhead())

    return carry_out(wanted, Path(out_dir), here, seal)


def carry_out(wanted: Order, out_dir: Path, execute: Callable[[Path], Any], seal: Seal) -> Run:
    """Make a report from its executed notebook. ``execute``: gives it, and leaves in a folder what it saved there.

    Raises what ``execute`` and ``seal`` do; WorkbenchError ``report_blocked``, WrongUse ``folder_not_written/report``.
    """
    require_folder(out_dir)
    with held_folder(out_dir, ASIDE) as folder:
        made = _finish(wanted, execute(folder), folder, seal)
        return put_in_place(made, run_in(out_dir, wanted.report, wanted.period))


def require_folder(out_dir: Path) -> None:
    """Make the folder that a report is for. Raises WrongUse ``folder_not_written/report``."""
    try:
        try_folder(out_dir)
    except OSError:
        raise WrongUse("folder_not_written/report", out=out_dir) from None


def source(report: Report) -> Any:
    """A report's notebook as it came with the report."""
    import nbformat

    return nbformat.reads(report.notebook.read_text(encoding="utf-8"), as_version=4)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a notebook. ``label``: what it is called where it is asked for."""

    kind: type
    default: Any
    label: str

    @property
    def required(self) -> bool:
        """An empty default must be given."""
        return self.default in ("", None)


def parameters_of(notebook: Any) -> dict[str, Parameter]:
    """The parameters of a notebook's tagged cell, by name; their labels stand in the cell's metadata."""
    found = {}
    for cell in _parameter_cells(notebook):
        labels = cell.metadata.get("labels", {})
        for name, line in _assignments(cell.source).items():
            kind = TYPES[ast.unparse(line.annotation)]
            found[name] = Parameter(kind, ast.literal_eval(line.value), labels.get(name, name))
    return found


def fill_in(notebook: Any, given: Mapping[str, Any]) -> None:
    """Put values in place of the defaults of a notebook's parameters; its remarks stay."""
    for cell in _parameter_cells(notebook):
        lines = [line.encode() for line in cell.source.split("\n")]  # places are counted in bytes of UTF-8
        for name, line in _assignments(cell.source).items():
            if name in given and line.value.lineno == line.value.end_lineno:
                place, value = line.value.lineno - 1, json.dumps(given[name], ensure_ascii=False).encode()
                text = lines[place]
                lines[place] = text[: line.value.col_offset] + value + text[line.value.end_col_offset :]
        cell.source = b"\n".join(lines).decode()


def _parameter_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]


def _assignments(source: str) -> dict[str, Any]:
    """The annotated assignments of a cell, by name."""
    return {
        line.target.id: line
        for line in ast.parse(source).body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None
    }


def check_parameters(known: Mapping[str, Parameter], given: Mapping[str, Any]) -> None:
    """Refuse unknown, missing and badly typed parameters (papermill itself would only warn). Raises WrongUse."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise WrongUse("unknown_parameter/report", unknown=unknown, known=list(known))
    missing = [name for name, each in known.items() if each.required and given.get(name) in (None, "")]
    if missing:
        raise WrongUse("missing_parameter", missing=missing)
    for name, value in given.items():
        if type(value) is not known[name].kind:
            kind = known[name].kind.__name__
            raise WrongUse("bad_parameter", name=name, kind=kind)


def _execute(
    wanted: Order,
    folder: Path,
    environment: dict[str, str],
    progress: Callable[[int, int], None] | None,
    preload: tuple[str, ...],
    ahead: KernelsAhead,
) -> Any:
    """The notebook executed in a kernel of this process."""
    from workbench.platform.reporting.kernel import private_kernel

    def told(done: int, cells: int) -> None:
        ahead.begin(preload)  # now that this one has loaded everything
        if progress:
            progress(done, cells)

    return executed_in(private_kernel(folder, environment, preload, ahead), wanted, folder, told)


def executed_in(
    kernel: AbstractContextManager[Any],
    wanted: Order,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """The executed notebook of a report, by a kernel that works in ``folder``; errors become sentences without values."""
    from workbench.platform.reporting.kernel import execute

    with kernel as manager:
        from nbclient.exceptions import DeadKernelError
        from papermill.exceptions import PapermillExecutionError

        try:
            return execute(wanted.notebook, dict(wanted.given), manager, TIMEOUT, progress)
        except PapermillExecutionError as error:
            raise _refusal(folder, wanted.report, error.exec_count, error.ename, error.traceback) from None
        except (DeadKernelError, RuntimeError, TimeoutError) as error:
            raise _refusal(folder, wanted.report, None, type(error).__name__) from None


def _refusal(
    folder: Path, report: Report, cell: int | None, kind: str, traceback: list[str] | None = None
) -> WorkbenchError:
    """The sentence for a run that failed: the workbench's own, else the place and kind, never a value."""
    from workbench.platform.reporting.notebook import REFUSAL

    refusal = folder / REFUSAL
    if refusal.exists():
        return WorkbenchError.from_plain(json.loads(refusal.read_text(encoding="utf-8")))
    if cell:
        error = WorkbenchError("report_failed/cell", report=report.name, cell=cell, kind=kind)
        error.traceback = traceback
        return error
    return WorkbenchError("report_failed", report=report.name, kind=kind)


def run_in(folder: Path, report: Report, period: str) -> Run:
    """The files of a report in a folder, as a run leaves them there."""
    endings = (".xlsx", ".html", ".ipynb", ".manifest.json")
    workbook, page, notebook, manifest = (folder / file_name(report.name, period, ending=each) for each in endings)
    short = short_of(folder, report, period) if report.short else None
    return Run(report.name, period, workbook, page, notebook, manifest, short)


def _finish(wanted: Order, executed: Any, folder: Path, seal: Seal) -> Run:
    """Page, notebook and signed manifest beside the workbook the notebook wrote."""
    import nbformat

    from workbench.platform.reporting.notebook import FACTS
    from workbench.platform.reporting.page import render

    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    report, period, given = wanted.report, wanted.period, wanted.given
    run = run_in(folder, report, period)
    run.html.write_text(
        render(executed, facts["line"], report.name, facts["period_name"], facts["mark"]), encoding="utf-8"
    )
    run.notebook.write_text(nbformat.writes(executed), encoding="utf-8")
    manifest = {
        "report": report.name,
        "alias": report.alias,
        "period": period,
        "edition": facts["edition"],
        "as_of": given["as_of"],
        "register_head": facts["head"],
        "package_version": __version__,
        "parameters": {**given, "register": Path(given["register"]).name},
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in run.files[:-1]},
        "readings": facts["readings"],
        "rules": facts["rules"],
    }
    text = json.dumps(seal(manifest), ensure_ascii=False, indent=2)
    run.manifest.write_text(text + "\n", encoding="utf-8")
    return run


def put_in_place(made: Run, final: Run) -> Run:
    """Move the whole set into its folder; the manifest goes last and says that the set is whole.

    Raises WorkbenchError ``report_blocked`` where the workbook is held open: the set of before stays whole.
    """
    try:
        if final.short and final.short.exists():
            os.replace(final.short, final.short)  # refused like the workbook where it is held open
        os.replace(made.workbook, final.workbook)
        final.manifest.unlink(missing_ok=True)
        for source, target in zip(made.files[1:], final.files[1:], strict=True):
            os.replace(source, target)
    except OSError as error:
        name = Path(error.filename2 or error.filename).name
        raise WorkbenchError("report_blocked", out_dir=final.workbook.parent, name=name) from None
    return final
