"""What a run of `workbench due --run` leaves for the one who looks after the machine: its log, and word of a failure.

The log lies beside the reports: a line when a run begins and one when it ends, so that one that was cut off is seen
too. It holds what was done and the sentences of what was not: nothing personal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.app import clock, desktop_notice, mail
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.messages import Message

LOG = ".due-log.jsonl"
OPERATOR = "WORKBENCH_OPERATOR_MAIL"  # who is told of a failure, separated by commas
FAILED = "大客户工作台：自动运行失败"


@dataclass
class Run:
    """One run: when it ``began`` and ``ended`` (None: it runs, or was cut off), how many duties were ``done``, what ``failed``.

    Each failure is a sentence in Chinese. ``told``: whether word of the failure went out by mail; ``shown``: whether it was
    shown on a Windows computer's screen or in its event log; None where none had to or could.
    """

    began: datetime
    ended: datetime | None = None
    done: int = 0
    failed: list[str] = field(default_factory=list)
    told: bool | None = None
    shown: bool | None = None

    @property
    def sound(self) -> bool:
        """Whether it came to its end, and nothing failed."""
        return self.ended is not None and not self.failed

    def as_json(self) -> dict[str, Any]:
        """The run as ``due --json`` shows it."""
        return {
            "began": self.began.isoformat(),
            "ended": self.ended.isoformat() if self.ended else None,
            "done": self.done,
            "failed": self.failed,
            "told": self.told,
            "shown": self.shown,
        }


@contextmanager
def logged(folder: Path) -> Iterator[Run]:
    """A run whose beginning and end go into the log of ``folder``; a failure is sent to the operator, if there is one.

    Raises WrongUse ``folder_not_written``, and whatever the run raises.
    """
    run = Run(clock.now())
    _write(folder, {"began": run.began.isoformat()})
    try:
        yield run
    except WorkbenchError as error:
        run.failed.append(error.text("zh"))
        raise
    except BaseException as fault:  # a fault of the program, or stopped by the keyboard
        run.failed.append(type(fault).__name__)
        raise
    finally:
        run.ended = clock.now()
        if run.failed:
            run.told, run.shown = tell(run), desktop_notice.show(FAILED, _letter(run))
        _write(folder, run.as_json())


def tell(run: Run) -> bool | None:
    """Mail the failures to the operator (WORKBENCH_OPERATOR_MAIL, server as for reminders); None where nobody is named."""
    to = [address.strip() for address in os.environ.get(OPERATOR, "").split(",") if "@" in address]
    if not to:
        return None
    try:
        return bool(mail.send(mail.server_from(os.environ), {OPERATOR: _letter(run)}, {OPERATOR: to}, FAILED))
    except WrongUse:
        return False


def _letter(run: Run) -> str:
    return "\n".join([f"{run.began:%Y-%m-%d %H:%M} 开始的自动运行没有全部办成：", "", *run.failed])


def sentence(run: Run) -> Message:
    """How a run went, in a sentence."""
    how = "due/last_run" if run.sound else "due/last_run_failed" if run.ended else "due/last_run_cut"
    counts = {"done": run.done, "failed": len(run.failed)}
    return Message.of(how, began=run.began, ended=run.ended, reason=run.failed[:1], **counts)


def last_run(folder: Path) -> Run | None:
    """The newest run in the log of ``folder``; None where there was none."""
    try:
        lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in reversed(lines):
        try:
            said = json.loads(line)
            times = {name: datetime.fromisoformat(said[name]) for name in ("began", "ended") if said.get(name)}
            return Run(**{**said, **times})
        except (ValueError, TypeError, KeyError):
            continue  # a line that was cut off while it was written
    return None


def _write(folder: Path, line: dict[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError:
        raise WrongUse("folder_not_written", out=folder) from None
