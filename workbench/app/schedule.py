"""Having ``workbench due --run`` happen by itself: Windows Task Scheduler, systemd user timers, cron.

What is installed names the register, the user and, if one is used, the path of a passphrase file; the passphrase itself
comes from the system keyring or that file when the time comes, and stands in no entry.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from xml.sax.saxutils import escape

from workbench.core.errors import WrongUse

NAME = "workbench-due"
TASK = "大客户工作台-到期事项"
BEGIN, END = f"# >>> {NAME}", f"# <<< {NAME}"
Runner = Callable[[Sequence[str], str | None], str]  # command, its standard input → its standard output


@dataclass(frozen=True)
class Plan:
    """What runs, daily at ``at``: the register, the user, where passphrase file, reports, and the company's policy, calendar,
    backups and list of passwords are, if they are named: a scheduled run does not see the variables of a terminal."""

    register: Path
    at: time
    user: str | None = None
    passphrase_file: Path | None = None
    reports: Path | None = None
    policy: Path | None = None
    calendar: Path | None = None
    backups: Path | None = None
    passwords: Path | None = None
    program: tuple[str, ...] = field(default_factory=lambda: (sys.executable, "-P", "-m", "workbench"))

    def command(self) -> list[str]:
        """The command line, all paths absolute."""
        command = [*self.program, "due", "--run", "--register", str(self.register.resolve())]
        for option, value in (
            ("--user", self.user),
            ("--passphrase-file", self.passphrase_file),
            ("--out", self.reports),
            ("--policy", self.policy),
            ("--calendar", self.calendar),
            ("--backups", self.backups),
            ("--passwords", self.passwords),
        ):
            if value is not None:
                command += [option, str(value.resolve() if isinstance(value, Path) else value)]
        return command


def crontab(plan: Plan) -> str:
    """The lines of a crontab, with marks around them."""
    line = " ".join(shlex.quote(part) for part in plan.command()).replace("%", r"\%")  # cron takes % for a line's end
    return f"{BEGIN}\n{plan.at.minute} {plan.at.hour} * * * {line}\n{END}\n"


def systemd(plan: Plan) -> dict[str, str]:
    """A user service and its timer, by file name; a time that was missed is caught up with."""
    command = " ".join(
        '"' + re.sub(r'(["\\])', r"\\\1", part).replace("%", "%%").replace("$", "$$") + '"' for part in plan.command()
    )
    service = f"[Unit]\nDescription={TASK}\n\n[Service]\nType=oneshot\nExecStart={command}\nSuccessExitStatus=1\n"
    timer = (
        f"[Unit]\nDescription={TASK}\n\n[Timer]\nOnCalendar=*-*-* {plan.at:%H:%M}:00\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    return {f"{NAME}.service": service, f"{NAME}.timer": timer}


def windows(plan: Plan) -> str:
    """A task for Windows' Task Scheduler: daily, caught up with when the machine was off, without elevated rights."""
    program, *arguments = plan.command()
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{TASK}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T{plan.at:%H:%M}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT4H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def kind_here() -> str:
    """What this machine has: windows, systemd or cron. Raises WrongUse ``no_scheduler``."""
    if sys.platform == "win32":
        return "windows"
    if shutil.which("systemctl") and Path("/run/systemd/system").exists():
        return "systemd"
    if shutil.which("crontab"):
        return "cron"
    raise WrongUse("no_scheduler")


def shown(plan: Plan, kind: str) -> str:
    """What would be installed, as text."""
    if kind == "cron":
        return crontab(plan)
    if kind == "windows":
        return windows(plan)
    return "\n".join(f"# {name}\n{text}" for name, text in systemd(plan).items())


def run(command: Sequence[str], stdin: str | None = None) -> str:
    """Run a program of the system. Raises WrongUse ``schedule_failed``."""
    try:
        done = subprocess.run(list(command), input=stdin, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        message = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[:1]
        raise WrongUse("schedule_failed", command=command[0], said="".join(message)) from None
    return done.stdout


def install(plan: Plan, kind: str, home: Path, runner: Runner = run) -> str:
    """Install or replace the daily run; says where it stands. Raises WrongUse ``schedule_failed``."""
    if kind == "cron":
        runner(["crontab", "-"], _without(_crontab(runner)) + crontab(plan))
        return "crontab"
    if kind == "systemd":
        folder = _units(home)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in systemd(plan).items():
            (folder / name).write_text(text, encoding="utf-8")
        runner(["systemctl", "--user", "daemon-reload"], None)
        runner(["systemctl", "--user", "enable", "--now", f"{NAME}.timer"], None)
        return str(folder / f"{NAME}.timer")
    handle, name = tempfile.mkstemp(suffix=".xml")
    os.close(handle)
    try:
        Path(name).write_text(windows(plan), encoding="utf-16")
        runner(["schtasks", "/Create", "/TN", TASK, "/XML", name, "/F"], None)
    finally:
        Path(name).unlink(missing_ok=True)
    return TASK


def remove(kind: str, home: Path, runner: Runner = run) -> None:
    """Take the daily run out; everything else stays. Raises WrongUse ``schedule_failed``."""
    if kind == "cron":
        runner(["crontab", "-"], _without(_crontab(runner)))
    elif kind == "systemd":
        runner(["systemctl", "--user", "disable", "--now", f"{NAME}.timer"], None)
        for ending in (".timer", ".service"):
            (_units(home) / f"{NAME}{ending}").unlink(missing_ok=True)
        runner(["systemctl", "--user", "daemon-reload"], None)
    else:
        runner(["schtasks", "/Delete", "/TN", TASK, "/F"], None)


def installed(kind: str, home: Path, runner: Runner = run) -> bool:
    """Whether the daily run is installed here; what cannot be asked counts as not."""
    if kind == "cron":
        return BEGIN in _crontab(runner).splitlines()
    if kind == "systemd":
        return (_units(home) / f"{NAME}.timer").is_file()
    try:
        runner(["schtasks", "/Query", "/TN", TASK], None)
    except WrongUse:
        return False
    return True


def _units(home: Path) -> Path:
    return home / ".config" / "systemd" / "user"


def _crontab(runner: Runner) -> str:
    """The user's crontab; empty where there is none."""
    try:
        return runner(["crontab", "-l"], None)
    except WrongUse:
        return ""


def _without(text: str) -> str:
    """A crontab without our lines, ending in a line's end."""
    rest = re.sub(rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}\n", "", text, flags=re.DOTALL)
    return rest if not rest or rest.endswith("\n") else rest + "\n"
