"""Reports on the register in use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.app.context import register_path

if TYPE_CHECKING:
    from workbench.platform.reporting.runs import Run


def make_report(
    name: str, user: str, secret: str, period: str, as_of: datetime, out: Path, parameters: dict[str, Any] | None = None
) -> Run:
    """Run a report's notebook on the register in use; ``parameters``: further ones it knows."""
    from workbench.platform.reporting.runs import run_report

    return run_report(
        name,
        register_path=register_path(),
        period=period,
        as_of=as_of,
        out_dir=out,
        user=user,
        passphrase=secret,
        parameters=parameters,
    )
