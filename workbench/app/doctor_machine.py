"""What an installation rests on, apart from register and Excel: Python, packages, folders, mail, rules, clock, schedule."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workbench.app import clock, context, mail, run_log, schedule
from workbench.app.remarks import Remark, remark
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.core.shipped import shipped
from workbench.core.state import state_folder

OURS = "key-account-workbench"
LEAST_PYTHON = (3, 11)
LEAST_FREE = 1 << 30  # bytes: a backup and a restoration on trial need room for the register twice
LISTED = 5  # names of packages that are told at once
WAIT = 5  # seconds for a mail server's answer
FONTS = ("msyh.ttc", "msyh.ttf")
Installed = Callable[[str], str | None]  # a package's name → its installed version


def look(environment: Mapping[str, str], now: datetime) -> list[Remark]:
    """All of it. ``now``: PRC time."""
    return [
        python(sys.version_info[:3], 64 if sys.maxsize > 1 << 32 else 32),
        packages(needed(), installed),
        tested(pins(), installed),
        state(state_folder(environment)),
        keyring(),
        mailing(environment),
        rules(environment),
        years(environment, now),
        disk(folders(environment)),
        zone(now, clock.local()),
        scheduled(),
        fonts(sys.platform),
    ]


def python(found: tuple[int, ...], bits: int) -> Remark:
    """Version and bitness of the running Python."""
    shown = ".".join(map(str, found))
    return remark("python", found >= LEAST_PYTHON and bits == 64, version=shown, bits=bits, least="3.11")


def installed(name: str) -> str | None:
    """The installed version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def needed() -> list[Requirement]:
    """What the program says it needs, without extras; nothing where it runs from a folder that was never installed."""
    try:
        told = requires(OURS) or []
    except PackageNotFoundError:
        return []
    asked = [Requirement(text) for text in told]
    return [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]


def pins() -> dict[str, str]:
    """The versions the program was tested with."""
    text = shipped("constraints.txt").read_text(encoding="utf-8")
    return {canonicalize_name(name): pin for name, pin in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


def packages(asked: Sequence[Requirement], found: Installed) -> Remark:
    """Whether every package is there in a version the program works with. ``found``: name → version or None."""
    has = {one.name: found(one.name) or "" for one in asked}
    lacking = [str(one) for one in asked if not has[one.name] or has[one.name] not in one.specifier]
    return remark("packages", not lacking, count=len(asked), names=lacking[:LISTED])


def tested(pinned: Mapping[str, str], found: Installed) -> Remark:
    """Whether the installed packages are the tested versions; others may work as well."""
    has = {name: found(name) for name in pinned}
    others = [f"{name} {has[name]}" for name in sorted(pinned) if has[name] not in (None, pinned[name])]
    return remark("tested", None if others else True, count=len(others), names=others[:LISTED])


def state(folder: Path) -> Remark:
    """Whether the state folder can be written."""
    return remark("state", writable(folder), folder=folder)


def writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or where the folder is to be made; it is taken away at once."""
    place = next(part for part in (folder, *folder.parents) if part.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def keyring() -> Remark:
    """Whether the system has a keyring that can hold a passphrase."""
    from keyring import get_keyring
    from keyring.errors import KeyringError

    try:
        backend = get_keyring()
        usable = backend.priority >= 1
    except (KeyringError, RuntimeError):  # a back end that says it does not work here
        return remark("keyring", None, name="")
    name = type(backend).__module__.rpartition(".")[2] if usable else ""
    return remark("keyring", True if usable else None, name=name)


def mailing(environment: Mapping[str, str]) -> Remark:
    """Mail settings: whole, the list readable, the server answering over TLS; nothing is sent."""
    named = [name for name in ("WORKBENCH_SMTP", "WORKBENCH_MAIL_LIST", run_log.OPERATOR) if environment.get(name)]
    if not named:
        return remark("mail", None)
    try:
        server = mail.server_from(environment)
        if listed := environment.get("WORKBENCH_MAIL_LIST"):
            mail.addresses(Path(listed))
        mail.reach(server, WAIT)
    except WrongUse as refused:
        return remark("mail", False, refused)
    return remark("mail", True if environment.get(run_log.OPERATOR) else None)


def rules(environment: Mapping[str, str]) -> Remark:
    """Whether the regulations and the calendar in use can be read."""
    try:
        policy = context.policy_in_use(environment)
    except WorkbenchError as refused:
        return remark("rules", False, refused, count=0)
    return remark("rules", True, count=len(policy.regulations))


def years(environment: Mapping[str, str], now: datetime) -> Remark:
    """Whether the working days of the year, and from December of the next one, are officially known (D15)."""
    try:
        last = int(str(context.policy_in_use(environment).calendar.published_until)[:4])
    except WorkbenchError:
        return remark("years", None, year=now.year)
    wanted = (now + timedelta(days=31)).year
    return remark("years", True if last >= wanted else None, year=last)


def folders(environment: Mapping[str, str]) -> list[Path]:
    """Where something is written: state, temporary files, and of the register, where one is named, the files beside it."""
    places = [state_folder(environment), Path(tempfile.gettempdir())]
    with suppress(WorkbenchError):
        places += [context.register_path().parent, context.backup_folder(), context.report_folder()]
    return places


def disk(places: Sequence[Path], usage: Callable[[str], Any] = shutil.disk_usage) -> Remark:
    """Whether there is room where something is written; the one with least is told."""
    found = [next(part for part in (place, *place.parents) if part.exists()) for place in map(Path.absolute, places)]
    free, place = min((usage(str(one)).free, str(one)) for one in found)
    return remark("disk", free >= LEAST_FREE, place=place, free=f"{free // (1 << 20):,}")


def zone(now: datetime, local: datetime) -> Remark:
    """Whether the computer's clock shows Beijing time; the program counts in it whatever the computer shows."""
    there = local.utcoffset() == now.replace(tzinfo=clock.PRC).utcoffset()
    return remark("zone", True if there else None, now=now, local=f"{local:%Y-%m-%d %H:%M %z}")


def scheduled() -> Remark:
    """Whether the daily run is installed."""
    try:
        there = schedule.installed(schedule.kind_here(), Path.home())
    except WrongUse:
        there = False
    return remark("schedule", True if there else None)


def fonts(system: str, windows: Path = Path("C:/Windows/Fonts")) -> Remark:
    """Whether the font of workbooks and pages is there."""
    if system == "win32":
        there = any((windows / name).is_file() for name in FONTS)
    else:
        try:
            there = bool(schedule.run(["fc-list", ":lang=zh-cn", "family"]).strip())
        except WrongUse:
            there = system == "darwin"  # which comes with Chinese fonts and without fc-list
    return remark("fonts", True if there else None)
