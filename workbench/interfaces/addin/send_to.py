"""The entry 检查大客户信息 in the menu 发送到, and the same on the desktop to drop files on. No Excel, no administrator.

Both are links that start Python itself, so no shell reads the names of the files, and no console opens (``pythonw``).
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.interfaces.addin.computer import Computer
from workbench.interfaces.addin.pywin32 import ExcelRefuses

LINK = "检查大客户信息.lnk"
MODULE = "workbench.interfaces.addin.sent_files"
ARGUMENTS = f"-P -B -m {MODULE}"
FOLDERS = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders"


class Links(Protocol):
    """What writes a link of Windows."""

    def __call__(self, place: Path, target: Path, arguments: str, told: str) -> None:
        """Write one. ``told``: its description."""
        ...


def install(computer: Computer, links: Links | None = None) -> list[Path]:
    """Put both in place; doing it again repairs. Returns them.

    Raises WrongUse ``no_send_to`` off Windows, ``no_pywin32``, ``link_not_written``.
    """
    if computer.system != "win32":
        raise WrongUse("no_send_to")
    made = places(computer)
    put_links(computer, {place: ARGUMENTS for place in made}, text_for("sent/told"), links)
    return made


def put_links(computer: Computer, wanted: Mapping[Path, str], told: str, links: Links | None = None) -> None:
    """Write links that start our Python without a console, each with its arguments. ``told``: their description.

    Raises WrongUse ``no_pywin32``, ``link_not_written``.
    """
    if links is None:
        if importlib.util.find_spec("pythoncom") is None:
            raise WrongUse("no_pywin32", python=computer.python)
        links = write_link
    silent = computer.python.with_name("pythonw.exe")
    target = silent if silent.is_file() else computer.python
    for place, arguments in wanted.items():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            links(place, target, arguments, told)
        except (OSError, ExcelRefuses) as fault:  # what Windows says of it through pywin32 is of one class
            raise WrongUse("link_not_written", place=place, kind=type(fault).__name__) from fault


def uninstall(computer: Computer) -> list[Path]:
    """Take both out; those that were there. A link of this name that somebody moved elsewhere stays."""
    found = [place for place in places(computer) if place.exists()]
    for place in found:
        place.unlink()
    return found


def places(computer: Computer) -> list[Path]:
    """Where they belong: Windows knows where the user's folders are, also where OneDrive or the company moved them."""
    send_to = computer.appdata / "Microsoft" / "Windows" / "SendTo"
    return [
        folder_of(computer, "SendTo", send_to) / LINK,
        folder_of(computer, "Desktop", computer.home / "Desktop") / LINK,
    ]


def folder_of(computer: Computer, name: str, usual: Path) -> Path:
    """A folder of the user as the registry names it; the usual one where it does not, or by a variable we do not know."""
    named = (computer.registry.read(FOLDERS) or {}).get(name) if computer.registry is not None else None
    if not named:
        return usual
    known = {"userprofile": str(computer.home), "appdata": str(computer.appdata)}
    filled = re.sub(r"%(\w+)%", lambda found: known.get(found[1].lower(), found[0]), str(named))
    return usual if "%" in filled else Path(filled.replace("\\", "/"))


def write_link(place: Path, target: Path, arguments: str, told: str) -> None:
    """By Windows' own ShellLink, whose texts are Unicode: a Chinese name survives in any code page (Windows only)."""
    com, shell = importlib.import_module("pythoncom"), importlib.import_module("win32com.shell.shell")
    link = com.CoCreateInstance(shell.CLSID_ShellLink, None, com.CLSCTX_INPROC_SERVER, shell.IID_IShellLink)
    link.SetPath(str(target))
    link.SetArguments(arguments)
    link.SetDescription(told)
    link.SetWorkingDirectory(str(target.parent))
    link.QueryInterface(com.IID_IPersistFile).Save(str(place), 0)
