"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json")]
At = Annotated[str | None, typer.Option("--at", metavar="TIME")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="TIME")]
Quarter = Annotated[str, typer.Argument(metavar="QUARTER")]
Workers = Annotated[int, typer.Option("--workers", metavar="COUNT", min=1, max=64)]
Files = Annotated[list[Path], typer.Argument(metavar="FILE")]


def out(**more: Any) -> Any:
    """``--out``: the folder that results are written to."""
    return typer.Option("--out", metavar="FOLDER", **more)
