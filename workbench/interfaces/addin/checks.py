"""What ``doctor`` looks at for the add-in: its file, its settings, the Python it starts, and what Windows has against it."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench.app.remarks import Remark, remark
from workbench.core.messages import Message
from workbench.core.shipped import shipped
from workbench.interfaces.addin import wps_install
from workbench.interfaces.addin.computer import NAME, Computer, this_computer
from workbench.interfaces.addin.install import from_store, left_behind, settings, xlwings_version
from workbench.interfaces.addin.received import is_marked
from workbench.interfaces.addin.server import GAVE_UP
from workbench.interfaces.addin.signing import is_same, is_signed
from workbench.interfaces.addin.windows_checks import windows_remarks

CARRIED = ("onedrive", "\\\\")  # a path below these is somewhere else at times


def if_used() -> list[Remark]:
    """The remarks on this computer's add-in; one of them where there is none to look at."""
    computer = this_computer()
    if computer.system != "win32":
        return [remark("addin_elsewhere", None)]
    if not computer.addin.exists() and not computer.config.exists() and not left_behind(computer):
        return [remark("addin_unused", None), *_wps(computer)]
    return addin_remarks(computer)


def addin_remarks(computer: Computer, needed: Mapping[str, str | None] | None = None) -> list[Remark]:
    """Everything that buttons and functions need. ``needed``: versions of xlwings and pywin32, if installed."""
    needed = needed or {name: _version(name) for name in ("xlwings", "pywin32")}
    source = shipped("excel") / NAME
    wanted = xlwings_version(source)
    found = [remark("system", computer.system == "win32"), _file(computer, source)]
    if computer.registry is not None:
        found += [remark("left_behind", not left_behind(computer)), *windows_remarks(computer, computer.registry)]
        found.append(remark("addin_signed", True) if is_signed(computer.addin) else remark("addin_unsigned", None))
        found.append(remark("unmarked", not is_marked(str(computer.addin)), path=computer.addin))
        found += [_python_of_excel(computer), remark("pywin32", needed["pywin32"] is not None)]
    known = _configured(computer)
    same = known == {key.lower(): value for key, value in settings(computer).items()}
    found.append(remark("config", same, path=computer.config))
    started = known.get("interpreter_win") or ""
    found.append(remark("interpreter", Path(started).is_file(), path=started or Message("doctor_word/nothing")))
    has = needed["xlwings"] or Message("doctor_word/missing")
    found.append(remark("xlwings", needed["xlwings"] == wanted, version=has, wanted=wanted))
    if computer.registry is not None and needed["xlwings"] == wanted:
        found.append(_library(computer, wanted))
    if computer.registry is not None and Path(started).is_file() and needed["xlwings"] == wanted and needed["pywin32"]:
        found.append(_start(computer, Path(started)))
    found.append(remark("windows", importlib.util.find_spec("tkinter") is not None))
    return found + _wps(computer)


def _wps(computer: Computer) -> list[Remark]:
    """The tab in WPS, where it was installed."""
    there = wps_install.is_there(computer)
    return [] if there is None else [remark("wps_face", there)]


def _file(computer: Computer, source: Path) -> Remark:
    """The add-in in its place, and of this version."""
    placed = computer.addin.is_file()
    same = placed and is_same(computer.addin, source)
    return remark("addin" if same or not placed else "addin_version", same, path=computer.addin)


def _python_of_excel(computer: Computer) -> Remark:
    """Whether the Python lies where Excel can start it, at all times."""
    if from_store(computer):
        return remark("python_store", False, path=computer.base)
    if (computer.base / "conda-meta").is_dir():
        return remark("python_conda", False, path=computer.base)
    carried = any(word in str(computer.python).lower() for word in CARRIED)
    return remark("python_place", not carried, path=computer.python)


def _start(computer: Computer, python: Path) -> Remark:
    """Whether the interpreter that Excel is told of really starts and loads everything, as it does for Excel."""
    code = computer.try_start(python)
    if code in (0, None):
        return remark("start" if code == 0 else "start_refused", code == 0, path=python)
    return remark("start_slow" if code == GAVE_UP else "start_failed", False, path=python)


def _library(computer: Computer, wanted: str) -> Remark:
    """Both libraries of xlwings: Excel takes that of its own bitness, whatever Python's is."""
    folders = (computer.python.parent, computer.python.parent.parent)
    names = [f"xlwings{bits}-{wanted}.dll" for bits in ("64", "32")]
    missing = [name for name in names if not any((folder / name).is_file() for folder in folders)]
    return remark("library", not missing, missing=missing, wanted=wanted)


def _configured(computer: Computer) -> dict[str, str]:
    try:
        text = computer.config.read_bytes().decode(computer.encoding)
    except (OSError, UnicodeDecodeError):
        return {}
    return {row[0].lower(): row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
