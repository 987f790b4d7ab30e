"""`workbench schedule …`: have the due things happen by themselves, every day."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.app.context import output_folder, register_path
from workbench.app.options import common
from workbench.core.errors import WrongUse

if TYPE_CHECKING:
    from workbench.app.schedule import Plan

At = Annotated[str, typer.Option("--at", metavar="HH:MM")]
Kind = Annotated[str | None, typer.Option("--kind", metavar="KIND")]
Reports = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", callback=output_folder)]
KINDS = ("windows", "systemd", "cron")


def _plan(at: str, out: Path | None) -> Plan:
    from workbench.app.schedule import Plan

    try:
        moment = time.fromisoformat(at)
    except ValueError:
        raise WrongUse("bad_time/of_day", at=at) from None
    file = common.passphrase_file
    kept = {name: os.environ.get(f"WORKBENCH_{name.upper()}") for name in ("reports", "policy", "calendar", "backups")}
    places = {name: Path(value) for name, value in kept.items() if value} | ({"reports": out} if out else {})
    return Plan(register_path(), moment, common.user, Path(file) if file else None, **places)


def _kind(given: str | None) -> str:
    from workbench.app.schedule import kind_here

    if given is not None and given not in KINDS:
        raise WrongUse("unknown_kind", kinds=KINDS)
    return given or kind_here()


def install(at: At = "08:30", kind: Kind = None, out: Reports = None) -> int:
    """Run workbench due --run every day; the passphrase comes from the system keyring or the file of --passphrase-
    file and never stands in the task.
    """
    from workbench.app import schedule

    plan = _plan(at, out)
    where = schedule.install(plan, _kind(kind), Path.home())
    print(f"已安装：每天 {plan.at:%H:%M} 办理到期事项（{where}）。关机错过的，开机后补办。")
    if plan.passphrase_file is None:
        print(
            "口令须在系统钥匙串中（服务名 workbench，账户为登记册的完整路径）；或重新安装并用 --passphrase-file 指明文件。"
        )
    return 0


def remove(kind: Kind = None) -> int:
    """Take the daily run out."""
    from workbench.app import schedule

    schedule.remove(_kind(kind), Path.home())
    print("已取消。")
    return 0


def show(at: At = "08:30", kind: Kind = None, out: Reports = None) -> int:
    """Show what would be installed; changes nothing."""
    from workbench.app import schedule

    print(schedule.shown(_plan(at, out), _kind(kind)), end="")
    return 0
