"""Puts the add-in into a user's Excel, takes it out again, and says what is wrong. No administrator rights.

The file goes to the user's ``Microsoft\\AddIns`` folder and a value ``OPEN`` of Excel's options makes Excel open it.
Windows only: on macOS xlwings starts Python through a shell whose command line holds the open workbook's name.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.core.shipped import shipped

NAME = "大客户工作台.xlam"
PROJECT = "workbench"  # names the configuration file: ~/.workbench/workbench.conf
MODULE = "workbench.interfaces.addin.functions"
OFFICE_VERSIONS = ("16.0", "15.0")
OPTIONS = "Software\\Microsoft\\Office\\{version}\\Excel\\Options"
BLOCKING = "Software\\Policies\\Microsoft\\Office\\{version}\\Excel\\Security"


class Registry(Protocol):
    """The user's part of the Windows registry: string and number values of a key."""

    def read(self, key: str) -> dict[str, Any] | None:
        """All values of a key; None where it does not exist."""
        ...

    def write(self, key: str, name: str, value: str) -> None:
        """Set a string value; a missing key is made."""
        ...

    def delete(self, key: str, name: str) -> None:
        """Take a value away."""
        ...


@dataclass(frozen=True)
class Computer:
    """Where things are on this computer; tests give their own. ``encoding`` is the one VBA reads text files in."""

    system: str
    home: Path
    appdata: Path
    python: Path
    encoding: str
    registry: Registry | None

    @property
    def addin(self) -> Path:
        """Where the add-in belongs."""
        return self.appdata / "Microsoft" / "AddIns" / NAME

    @property
    def config(self) -> Path:
        """The file in which the add-in looks for Python."""
        return self.home / f".{PROJECT}" / f"{PROJECT}.conf"


@dataclass(frozen=True)
class Remark:
    """One thing ``doctor`` looked at: whether it is well, what it is, and what to do where it is not."""

    well: bool
    what: Message
    todo: Message


def this_computer() -> Computer:
    """The computer we run on."""
    home = Path.home()
    appdata = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    if sys.platform == "win32":
        from workbench.interfaces.addin.winregistry import UserRegistry

        return Computer("win32", home, appdata, Path(sys.executable), "mbcs", UserRegistry())
    return Computer(sys.platform, home, appdata, Path(sys.executable), "utf-8", None)


def settings(computer: Computer) -> dict[str, str]:
    """What the add-in reads: our interpreter."""
    return {"INTERPRETER_WIN": str(computer.python)}


def install(computer: Computer) -> list[Path]:
    """Put everything in place; doing it again repairs. Returns what was written. Raises WrongUse."""
    source = shipped("excel") / NAME
    if computer.system != "win32" or computer.registry is None:
        raise WrongUse("no_excel_here")
    text = "".join(f'"{key}","{value}"\r\n' for key, value in settings(computer).items())
    try:
        content = text.encode(computer.encoding)
    except UnicodeEncodeError:
        raise WrongUse("bad_python_path", python=computer.python) from None
    written = [computer.addin, computer.config]
    _copied(source, computer.addin)
    computer.config.parent.mkdir(parents=True, exist_ok=True)
    computer.config.write_bytes(content)
    for key in _options(computer.registry):
        if not _opened(computer.registry, key):
            computer.registry.write(key, _free(computer.registry.read(key) or {}), f'/R "{computer.addin}"')
    return written


def uninstall(computer: Computer) -> list[Path]:
    """Take out what ``install`` put in; what the add-in remembers of the register stays. Returns what was removed."""
    places = [computer.addin, computer.config]
    if computer.registry is not None:
        for key in _options(computer.registry):
            for name in _opened(computer.registry, key):
                computer.registry.delete(key, name)
            _close_gaps(computer.registry, key)
    removed = [path for path in places if path.exists()]
    for path in removed:
        _held(path, path.unlink)
    return removed


def doctor(computer: Computer, needed: Mapping[str, str | None] | None = None) -> list[Remark]:
    """Look at everything that buttons and functions need. ``needed``: versions of xlwings and pywin32, if installed."""
    needed = needed or {name: _version(name) for name in ("xlwings", "pywin32")}
    source = shipped("excel") / NAME
    wanted = xlwings_version(source)
    again = Message("doctor/install")
    found = [Remark(computer.system == "win32", Message("doctor/system"), Message("doctor/no_excel"))]
    placed = computer.addin.is_file()
    same = placed and computer.addin.read_bytes() == source.read_bytes()
    todo = Message.of("doctor/other_version", again=again) if placed else again
    found.append(Remark(same, Message.of("doctor/addin", path=computer.addin), todo))
    if computer.registry is not None:
        opened = all(_opened(computer.registry, key) for key in _options(computer.registry))
        found.append(Remark(opened, Message("doctor/opened"), again))
        for office in OFFICE_VERSIONS:
            policy = computer.registry.read(BLOCKING.format(version=office)) or {}
            allowed = policy.get("VBAWarnings") != 4
            found.append(Remark(allowed, Message.of("doctor/macros", office=office), Message("doctor/no_macros")))
        which = Message.of("doctor/package", name="pywin32", version=needed["pywin32"] or Message("doctor/missing"))
        found.append(Remark(needed["pywin32"] is not None, which, Message("doctor/pywin32")))
    known = _configured(computer)
    same = known == {key.lower(): value for key, value in settings(computer).items()}
    found.append(Remark(same, Message.of("doctor/config", path=computer.config), again))
    python = known.get("interpreter_win")
    which = Message.of("doctor/package", name="Python", version=python or Message("doctor/not_configured"))
    found.append(Remark(Path(python or "").is_file(), which, Message.of("doctor/no_python", again=again)))
    which = Message.of("doctor/package", name="xlwings", version=needed["xlwings"] or Message("doctor/missing"))
    found.append(Remark(needed["xlwings"] == wanted, which, Message.of("doctor/xlwings", wanted=wanted, again=again)))
    if computer.registry is not None and needed["xlwings"] == wanted:
        folders = (computer.python.parent, computer.python.parent.parent)
        names = [f"xlwings{bits}-{wanted}.dll" for bits in ("64", "32")]  # Excel takes that of its own bitness
        missing = [name for name in names if not any((folder / name).is_file() for folder in folders)]
        todo = Message.of("doctor/no_library", missing=missing, wanted=wanted)
        found.append(Remark(not missing, Message("doctor/library"), todo))
    has_windows = importlib.util.find_spec("tkinter") is not None
    found.append(Remark(has_windows, Message("doctor/windows"), Message("doctor/no_windows")))
    return found


def xlwings_version(addin: Path) -> str:
    """The xlwings the add-in was built with; its library's name carries the version. Raises WrongUse."""
    with zipfile.ZipFile(addin) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r"<t>xlwings</t></is></c><c [^>]*><is><t>([\d.]+)</t>", sheet)
    if found is None:
        raise WrongUse("bad_addin", addin=addin)
    return found[1]


def _configured(computer: Computer) -> dict[str, str]:
    try:
        text = computer.config.read_bytes().decode(computer.encoding)
    except (OSError, UnicodeDecodeError):
        return {}
    return {row[0].lower(): row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}


def _options(registry: Registry) -> list[str]:
    """The option keys of the Excels that were ever started by this user; of the newest, where none was."""
    keys = [OPTIONS.format(version=version) for version in OFFICE_VERSIONS]
    return [key for key in keys if registry.read(key) is not None] or keys[:1]


def _opened(registry: Registry, key: str) -> list[str]:
    """The OPEN values that name our add-in."""
    values = registry.read(key) or {}
    return [
        name for name, value in values.items() if re.fullmatch(r"OPEN\d*", name) and NAME.lower() in str(value).lower()
    ]


def _free(values: Mapping[str, Any]) -> str:
    """The next OPEN name: Excel reads OPEN, OPEN1, OPEN2 … up to the first gap."""
    names = ("OPEN" + (str(number) if number else "") for number in range(len(values) + 1))
    return next(name for name in names if name not in values)


def _close_gaps(registry: Registry, key: str) -> None:
    """Renumber the remaining OPEN values: behind a gap Excel would not see other add-ins any more."""
    values = registry.read(key) or {}
    names = sorted((name for name in values if re.fullmatch(r"OPEN\d*", name)), key=lambda name: int(name[4:] or 0))
    for number, name in enumerate(names):
        wanted = "OPEN" + (str(number) if number else "")
        if name != wanted:
            registry.write(key, wanted, values[name])
            registry.delete(key, name)


def _copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _held(target, lambda: shutil.copyfile(source, target))


def _held(path: Path, work) -> None:
    """Do something to a file that Excel may hold. Raises WrongUse."""
    try:
        work()
    except PermissionError:
        raise WrongUse("excel_open", path=path) from None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
