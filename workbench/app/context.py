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

if TYPE_CHECKING:
    from workbench.platform.regulation.edition import Policy


def register_path() -> Path:
    """The register named by --register or WORKBENCH_REGISTER. Raises WrongUse where there is none."""
    if not common.register:
        raise WrongUse("no_register/unnamed")
    if common.register.startswith(("postgresql://", "postgres://")):
        raise WrongUse("server_register")
    return Path(common.register)


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


def read_time(text: str | None, *, end_of_day: bool = False) -> datetime | None:
    """A time given for a run (``clock.parse_time``). One ahead of the clock is taken and said: a wrong year would stay.

    Raises WrongUse ``bad_time``.
    """
    if text is None:
        return None
    value = clock.parse_time(text, end_of_day=end_of_day)
    remind_if_ahead(value)
    return value


def remind_if_ahead(value: datetime) -> None:
    """Say that a given time is ahead of the clock."""
    today = clock.now().date()
    if value.date() > today:
        say_error("ahead_of_clock", value=value, today=today)


def output_folder(path: Path | None) -> Path | None:
    """An ``--out`` that can be a folder, found out before anything is done. Raises WrongUse ``not_a_folder``."""
    wrong = next((part for part in (path, *path.parents) if part.is_file()), None) if path else None
    if wrong:
        raise WrongUse("not_a_folder", wrong=wrong)
    return path


def backup_folder(given: Path | None = None) -> Path:
    """The folder of the backups: as given, WORKBENCH_BACKUPS, or beside the register."""
    from workbench.platform.access.backups import default_folder

    if given is not None:
        return given
    kept = os.environ.get("WORKBENCH_BACKUPS")
    return Path(kept) if kept else default_folder(register_path())


def report_folder(given: Path | None = None) -> Path:
    """The folder of the reports that are due: as given, WORKBENCH_REPORTS, or beside the register."""
    if given is not None:
        return given
    if kept := os.environ.get("WORKBENCH_REPORTS"):
        return Path(kept)
    register = register_path()
    return register.with_name(register.name + ".reports")
