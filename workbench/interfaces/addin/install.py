"""Puts the add-in into a user's Excel and takes it out again. No administrator rights.

The file goes to the user's ``Microsoft\\Excel\\XLSTART`` folder: Excel opens what lies there, and trusts it by default.
Windows only: on macOS xlwings starts Python through a shell whose command line holds the open workbook's name.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.core.errors import WrongUse
from workbench.core.shipped import shipped
from workbench.interfaces.addin.computer import NAME, Computer, Registry
from workbench.interfaces.addin.signing import is_same, is_signed

OFFICE_VERSIONS = ("16.0", "15.0", "14.0")
OPTIONS = "Software\\Microsoft\\Office\\{version}\\Excel\\Options"
STORE = ("windowsapps", "pythonsoftwarefoundation")


def settings(computer: Computer) -> dict[str, str]:
    """What the add-in reads: our interpreter."""
    return {"INTERPRETER_WIN": str(computer.python)}


def from_store(computer: Computer) -> bool:
    """Whether Python came from Microsoft's Store: what it registers and writes is invisible to Excel."""
    return any(word in str(path).lower() for word in STORE for path in (computer.base, computer.python))


def install(computer: Computer, signed: Path | None = None) -> list[Path]:
    """Put everything in place; doing it again repairs, and takes out what earlier versions put elsewhere.

    ``signed``: the shipped file with the company's signature; installed once, it stays when the same version is repaired.
    Returns what was written. Raises WrongUse ``bad_addin``, ``no_excel_here``, ``store_python``, ``python_32``, ``bad_python_path``,
    ``bad_home_path``, ``excel_open``.
    """
    source = shipped("excel") / NAME
    if computer.system != "win32" or computer.registry is None:
        raise WrongUse("no_excel_here/mac" if computer.system == "darwin" else "no_excel_here")
    if signed is not None and not (is_same(signed, source) and is_signed(signed)):
        raise WrongUse("bad_addin/signed", addin=signed)
    if from_store(computer):
        raise WrongUse("store_python", python=computer.base)
    if computer.bits != 64:
        raise WrongUse("python_32")
    text = "".join(f'"{key}","{value}"\r\n' for key, value in settings(computer).items())
    content = _encoded(text, computer, WrongUse("bad_python_path", python=computer.python))
    _encoded(str(computer.home), computer, WrongUse("bad_home_path", home=computer.home))
    if signed is not None or not (is_signed(computer.addin) and is_same(computer.addin, source)):
        _copied(signed or source, computer.addin)
    computer.config.parent.mkdir(parents=True, exist_ok=True)
    computer.config.write_bytes(content)
    _take_out_earlier(computer)
    return [computer.addin, computer.config]


def uninstall(computer: Computer) -> list[Path]:
    """Take out what ``install`` put in; what the add-in remembers of the register stays. Returns what was removed."""
    removed = [path for path in (computer.addin, computer.config) if path.exists()]
    for path in removed:
        _held(path, path.unlink)
    return removed + _take_out_earlier(computer)


def left_behind(computer: Computer) -> bool:
    """Whether what an earlier version put in is still there: Excel would open the add-in twice."""
    opened = computer.registry is not None and any(_opened(computer.registry, key) for key in _options())
    return opened or computer.earlier_addin.exists()


def xlwings_version(addin: Path) -> str:
    """The xlwings the add-in was built with; its library's name carries the version. Raises WrongUse."""
    with zipfile.ZipFile(addin) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r"<t>xlwings</t></is></c><c [^>]*><is><t>([\d.]+)</t>", sheet)
    if found is None:
        raise WrongUse("bad_addin", addin=addin)
    return found[1]


def _encoded(text: str, computer: Computer, refusal: WrongUse) -> bytes:
    """A text as VBA reads it. Raises the refusal."""
    try:
        return text.encode(computer.encoding)
    except UnicodeEncodeError:
        raise refusal from None


def _take_out_earlier(computer: Computer) -> list[Path]:
    """The file and the OPEN values of earlier versions; other add-ins stay reachable. Returns the removed files."""
    if computer.registry is not None:
        for key in _options():
            for name in _opened(computer.registry, key):
                computer.registry.delete(key, name)
            _close_gaps(computer.registry, key)
    if not computer.earlier_addin.exists():
        return []
    _held(computer.earlier_addin, computer.earlier_addin.unlink)
    return [computer.earlier_addin]


def _options() -> list[str]:
    return [OPTIONS.format(version=version) for version in OFFICE_VERSIONS]


def _opened(registry: Registry, key: str) -> list[str]:
    """The OPEN values that name our add-in."""
    values = registry.read(key) or {}
    return [
        name for name, value in values.items() if re.fullmatch(r"OPEN\d*", name) and NAME.lower() in str(value).lower()
    ]


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


def _held(path: Path, work: Callable[[], Any]) -> None:
    """Do something to a file that Excel may hold. Raises WrongUse."""
    try:
        work()
    except PermissionError:
        raise WrongUse("excel_open", path=path) from None
