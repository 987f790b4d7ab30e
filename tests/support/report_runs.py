"""Reports run as the commands run them, and the text of what a run leaves."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

from tests.support import synthetic
from tests.support.synthetic import AFTER
from workbench.app.reports import run_report
from workbench.platform.reporting.runs import Parameter

WHEN = {
    "publication": ("2026-03-20", datetime(2026, 3, 20, 17)),
    "targets": ("2026年3月", AFTER),
    "conversion": ("2026-03", AFTER),
    "development": ("2026-03-31", AFTER),
    "settlement": ("2026-Q1", AFTER),
    "marks": ("2026-Q1", AFTER),
    "reminders": ("2026-03-20", AFTER),
    "whatif": ("2026-Q1", AFTER),
    "weekly": ("2026-03-23", AFTER),
    "inspection": ("2026-03", AFTER),
    "grading": ("2026-Q1", AFTER),
}
OPTIONAL = {
    "whatif": {"changes": Parameter(str, "无", "改了什么")},
    "card": {"customer": Parameter(str, "", "客户编号")},
}


def run(alias, register, out, **changes):
    """Run a report as the commands do."""
    period, at = WHEN.get(alias, ("2026-03", AFTER))
    options = {
        "register_path": register,
        "period": period,
        "as_of": at,
        "out_dir": out,
        "user": "clerk",
        "passphrase": synthetic.PASSPHRASE,
    }
    return run_report(alias, **{**options, **changes})


def everything(path: Path) -> str:
    """A file's text, of all its parts where it is a workbook."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())
