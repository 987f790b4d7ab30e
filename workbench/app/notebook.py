"""What a report's notebook calls: open the register and look at a report.

The passphrase comes from the environment only (WORKBENCH_PASSPHRASE): parameters are stored in the notebook in clear. A kernel
that was handed what its report shows (``platform.reporting.elsewhere``) opens no register and has none.
What a notebook is refused for is one sentence under its cell, and no traceback.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.app import clock
from workbench.app.context import policy_in_use, register_path
from workbench.app.options import common, take_common
from workbench.app.output import text_for
from workbench.app.preparing import Preparation
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.platform.access.session import enter
from workbench.platform.reporting import page
from workbench.platform.reporting.notebook import Opened, Stages, handed_over, refusals_left_in
from workbench.platform.reporting.registry import find

__all__ = ["open_report", "page", "passphrase", "say_refusals"]

OUT = "输出"  # where a notebook that names no folder leaves its workbook


def open_report(
    name: str,
    *,
    period: str,
    register: str = "",
    user: str = "",
    as_of: str = "",
    out_dir: str = "",
    now: datetime | None = None,
    **more: str,
) -> Opened:
    """Open the register as known at ``as_of`` (ISO time, by default all it knows) and look at a report's period.

    ``register``, ``user``: by default as the environment says (WORKBENCH_REGISTER, WORKBENCH_USER); ``out_dir``: by default
    ``OUT`` in the working folder. ``now``: the actual time, by default the clock's. ``more``: what else the report's view asks for.
    Raises WrongUse without a register or passphrase, for a bad period or time, RegisterError where the register refuses.
    """
    say_refusals()
    if not register:
        take_common([])
    folder, stage = (
        Path(out_dir or OUT),
        Stages(tuple(text_for(f"stage/{name}") for name in ("opening", "reading", "arranging"))),
    )
    folder.mkdir(parents=True, exist_ok=True)
    with refusals_left_in(folder), stage:
        asked = {"register": register, "period": period, "as_of": as_of, "user": user, **more}
        if (prepared := handed_over(name, asked)) is not None:
            return prepared.opened(folder)
        moment = clock.parse_time(as_of, end_of_day=True) if as_of else None
        path = Path(register) if register else register_path()
        policy = policy_in_use(os.environ)
        with enter(path, user or common.user, passphrase(), policy, now or clock.now()) as session:
            return Preparation(session, stage.next).of(find(name), period, moment, more).opened(folder)


def say_refusals() -> None:
    """Have the notebook this runs in, if it is one, show a refusal as its sentence in the chosen language."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return

    def say(shell: Any, kind: type, refusal: WorkbenchError, trace: Any, tb_offset: int | None = None) -> list[str]:
        sentence = [refusal.text(common.lang)]
        shell._showtraceback(kind, refusal, sentence)  # what IPython shows its own tracebacks with
        return sentence

    shell.set_custom_exc((WorkbenchError,), say)


def passphrase() -> str:
    """The passphrase from the environment. Raises WrongUse where there is none."""
    if "WORKBENCH_PASSPHRASE" not in os.environ:
        raise WrongUse("no_passphrase")
    return os.environ["WORKBENCH_PASSPHRASE"]
