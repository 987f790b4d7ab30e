"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]
At = Annotated[str | None, typer.Option("--at", metavar="时间", help="按此时间记录（ISO 8601），默认当前时间。")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="时间", help="按截至此时间已知的情况，默认当前。")]
Quarter = Annotated[str, typer.Argument(metavar="季度", help="如 2026Q1。")]
Files = Annotated[list[Path], typer.Argument(metavar="文件…", help="工作簿或文件夹。")]


def out(default: str, **more: Any) -> Any:
    """``--out``: a folder, with the default as the help names it."""
    return typer.Option("--out", metavar="目录", help=f"输出目录，默认 {default}。", **more)
