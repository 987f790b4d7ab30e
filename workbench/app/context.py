"""What a run works with: the register, the regulation and calendar in use, the folders, the times it is given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.app import clock
from workbench.app.options import common
from workbench.app.output import say_error
from workbench.core.errors import WrongUse
from workbench.core.files import try_place

if TYPE_CHECKING:
    from workbench.platform.regulation.edition import Policy


def register_path() -> Path:
    """The register named by --register or WORKBENCH_REGISTER, of one on a server the file that stands for it.

    Raises WrongUse where there is none, RegisterError ``server_address``.
    """
    if not common.register:
        raise WrongUse("no_register/unnamed")
    return register_place(common.register)


def register_place(text: str) -> Path:
    """The place of a register as a person names it: a file, or an address on a server."""
    from workbench.platform.register.postgres.address import is_address, pointer

    return pointer(text) if is_address(text) else Path(text)


# files by which a company says what is in force there
POLICY_FILES = ("WORKBENCH_POLICY", "WORKBENCH_CALENDAR")


def policy_in_use(environment: Mapping[str, str]) -> Policy:
    """The regulations that come with the program; the file WORKBENCH_POLICY names replaces that of its document.

    WORKBENCH_CALENDAR names a file of further published years (columns date, kind: 休 or 班), from which provisional
    due dates become final (D15). Raises WrongUse.
    """
    from workbench.app.policy import load_policy
    from workbench.core.calendar import build, read_extension

    files = {name: Path(environment[name]) for name in POLICY_FILES if environment.get(name)}
    for name, path in files.items():
        if not path.is_file():
            raise WrongUse("no_policy_file", name=name, path=path)
    policy = load_policy(files.get("WORKBENCH_POLICY"))
    calendar = files.get("WORKBENCH_CALENDAR")
    return policy.with_calendar(build(read_extension(calendar))) if calendar else policy


def policy_files() -> dict[str, str]:
    """The variables that name the regulation and the calendar in use, with whole paths: for other processes."""
    return {name: str(Path(os.environ[name]).resolve()) for name in POLICY_FILES if os.environ.get(name)}


def policy(readings: Sequence[str] = ()) -> Policy:
    """The regulation in use, with other readings for this run (``key=value``). Raises WrongUse."""
    from workbench.platform.regulation.trial import read_readings

    return policy_in_use(os.environ).with_readings(**read_readings(readings))


SIMULATION = "WORKBENCH_SIMULATION"


def simulation_asked_for() -> bool:
    """Whether WORKBENCH_SIMULATION=1 is set: times may be ahead of the clock, and the register is marked for good."""
    return os.environ.get(SIMULATION) == "1"


def read_time(text: str | None, *, end_of_day: bool = False) -> datetime | None:
    """The moment something is looked at (``clock.parse_time``). One ahead of the clock is taken and said.

    Raises WrongUse ``bad_time``.
    """
    if text is None:
        return None
    value, today = clock.parse_time(text, end_of_day=end_of_day), clock.now().date()
    if value.date() > today:
        say_error("ahead_of_clock/looked_at", value=value, today=today)
    return value


def time_recorded(text: str | None) -> datetime:
    """The time something is recorded at: as given, else the clock's. Raises WrongUse ``bad_time``, ``ahead_of_clock``."""
    return clock.now() if text is None else not_ahead(clock.parse_time(text))


def last_moment(text: str | None) -> datetime | None:
    """As of when something is recorded: as given, a bare date through its end, today's as far as it has come.

    Raises WrongUse ``bad_time``, ``ahead_of_clock``.
    """
    if text is None:
        return None
    value, now = clock.parse_time(text, end_of_day=True), clock.now()
    today = value > now and value.date() == now.date() and clock.is_bare_date(text)
    return now if today else not_ahead(value)


def not_ahead(value: datetime) -> datetime:
    """A time that may be recorded: one that has come, any in a simulation. Raises WrongUse ``ahead_of_clock``."""
    now = clock.now()
    if value > now and not simulation_asked_for():
        raise WrongUse("ahead_of_clock", value=value, now=now)
    return value


def output_folder(path: Path | None) -> Path | None:
    """An ``--out`` that can be a folder, found out before anything is done. Raises WrongUse ``not_a_folder``."""
    wrong = next((part for part in (path, *path.parents) if part.is_file()), None) if path else None
    if wrong:
        raise WrongUse("not_a_folder", wrong=wrong)
    return path


def folder_to_write(path: Path | None) -> Path | None:
    """A folder of an option that takes files, found out before anything is done. Raises WrongUse ``folder_not_written/named``."""
    try:
        if path is not None:
            try_place(path)
    except OSError:
        raise WrongUse("folder_not_written/named", out=path) from None
    return path


def backup_folder(given: Path | None = None, register: Path | None = None) -> Path:
    """The folder of the backups: as given, WORKBENCH_BACKUPS, or beside the register (the one in use)."""
    from workbench.platform.access.backups import default_folder

    if given is not None:
        return given
    kept = os.environ.get("WORKBENCH_BACKUPS")
    return Path(kept) if kept else default_folder(register or register_path())


def report_folder(given: Path | None = None, register: Path | None = None) -> Path:
    """The folder of the reports that are due: as given, WORKBENCH_REPORTS, or beside the register (the one in use)."""
    if given is not None:
        return given
    if kept := os.environ.get("WORKBENCH_REPORTS"):
        return Path(kept)
    register = register or register_path()
    return register.with_name(register.name + ".reports")
