"""What a demonstration says at its end."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from workbench.app.output import text_for
from workbench.core.messages import joined
from workbench.demo.folders import BLANKS, DISPATCH, INBOX, REPORTS, REVIEW
from workbench.demo.several_people import CUSTODIAN

if TYPE_CHECKING:
    from workbench.demo.simulation import Simulation


def print_summary(played: Simulation, seconds: float) -> None:
    """What was made, where, and what to try next."""
    out = Console(file=getattr(sys.stdout, "raw", sys.stdout), highlight=False)
    say = partial(out.print, soft_wrap=True)
    files = [receipt for receipt in played.receipts if not receipt.refused]
    accepted, returned = sum(receipt.accepted for receipt in files), sum(receipt.returned for receipt in files)
    counts, quarter = played.totals, played.totals["quarter"]
    statuses = joined(f"{word} {count}" for word, count in counts["statuses"].items())
    sums = {"lines": counts["lines"], "rewards": counts["rewards"], "penalties": -counts["penalties"]}
    say(text_for("demo/done", seconds=seconds))
    say(
        text_for(
            "demo/files",
            files=len(files),
            accepted=accepted,
            returned=returned,
            refused=len(played.receipts) - len(files),
        )
    )
    say(text_for("demo/leads", count=counts["leads"], statuses=statuses))
    say(text_for("demo/quarter", quarter=quarter, adjusted=counts["adjusted"], **sums))
    say(text_for("demo/register", path=played.register))
    for folder in (BLANKS, INBOX, DISPATCH, REVIEW, REPORTS):
        say("  " + text_for("pair", name=folder[2:], value=played.out / folder))
    for run in played.runs:
        say(f"    {run.workbook.name}")
    second = played.second
    say(text_for("demo/second", path=second.register, custodian=CUSTODIAN))
    say(text_for("demo/disclosed", path=second.copy.file, password=second.copy.password))
    say(text_for("demo/disposed", path=second.certificate[0]))
    say(text_for("demo/next"))
    setting, command = ("set" if os.name == "nt" else "export"), _command()
    say(f"  {setting} WORKBENCH_REGISTER={played.register}")
    if "WORKBENCH_PASSPHRASE" not in os.environ:
        say(f"  {setting} WORKBENCH_PASSPHRASE={played.passphrase}    # {text_for('demo/once')}")
    sample = next((played.out / INBOX / played.calendar[-1]).glob("D*_大客户信息_*.xlsx"))
    say(f"  {command} check {sample} --annotate {played.out / '5_标注'}")
    say(f"  {command} leads --month {played.calendar[-1]}")
    say(f"  {command} settle {quarter} --as-of {played.until.date()}")
    say(f"  {command} retention list --register {second.register} --user {CUSTODIAN}")


def _command() -> str:
    """How the workbench is called in the shell the demo was started from."""
    if shutil.which("workbench"):
        return "workbench"
    beside = Path(sys.executable).with_name("workbench")
    return os.path.relpath(beside) if beside.exists() else f"{sys.executable} -m workbench"
