"""Running reports: a notebook by papermill in a kernel of its own, and a manifest signed by who ran it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.app import clock
from workbench.app.context import policy_files, policy_in_use, register_path
from workbench.app.output import say_error

if TYPE_CHECKING:
    from workbench.platform.reporting.ahead import KernelsAhead
    from workbench.platform.reporting.runs import Run

IN_KERNEL = ("workbench.app.notebook",)  # what every report's notebook imports


def make_report(
    name: str,
    user: str,
    secret: str,
    period: str,
    as_of: datetime,
    out: Path,
    parameters: dict[str, Any] | None = None,
    ahead: KernelsAhead | None = None,
) -> Run:
    """Run a report's notebook on the register in use; ``parameters``: further ones it knows; ``ahead``: see ``run_report``."""
    return run_report(
        name,
        register_path=register_path(),
        period=period,
        as_of=as_of,
        out_dir=out,
        user=user,
        passphrase=secret,
        parameters=parameters,
        ahead=ahead,
    )


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
    ahead: KernelsAhead | None = None,
) -> Run:
    """``platform.reporting.runs.run_report`` with the application's kernel and signature."""
    from workbench.platform.access import persons
    from workbench.platform.access.session import enter
    from workbench.platform.documents import manifests
    from workbench.platform.reporting import runs
    from workbench.platform.reporting.due_reports import DEIDENTIFIED

    def seal(manifest: dict[str, Any]) -> dict[str, Any]:
        with enter(register_path, user or None, passphrase, policy_in_use(os.environ), clock.now()) as session:
            if doubt := persons.doubt(session.register):
                say_error("doubted_report", why=doubt.message)
                manifest = {**manifest, "doubted": True}
            if session.deidentified:
                manifest = {**manifest, DEIDENTIFIED: True}
            return manifests.issue(session, manifest)

    return runs.run_report(
        name,
        register_path=register_path,
        period=period,
        as_of=as_of,
        out_dir=out_dir,
        user=user,
        passphrase=passphrase,
        parameters=parameters,
        progress=progress,
        preload=IN_KERNEL,
        seal=seal,
        environment=policy_files(),
        ahead=ahead,
    )
