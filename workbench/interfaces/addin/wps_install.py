"""Puts the tab into a user's WPS and takes it out again. No administrator rights; others' add-ins stay as they are.

WPS lists the add-ins of a user in ``%APPDATA%\\kingsoft\\wps\\jsaddons\\publish.xml``. Ours lies in a folder beside it, not at an
address: what another account serves at a port of this computer would be run with everything that is open in WPS.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from workbench.core.errors import WrongUse
from workbench.core.files import write_whole
from workbench.core.state import state_folder
from workbench.interfaces.addin.computer import Computer
from workbench.interfaces.addin.send_to import Links, folder_of, put_links
from workbench.interfaces.addin.wps_face import FOLDER, NAME, TITLE, VERSION, pieces

LINK = f"{TITLE}.lnk"
ARGUMENTS = "-P -B -m workbench desk"
BOM = "\ufeff"
BLANK = '<?xml version="1.0" encoding="UTF-8"?>\n<jsplugins>\n</jsplugins>\n'
_INSIDE = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_ENTRY = re.compile(rf"[ \t]*<jsplugin(?:online)?\b({_INSIDE}?)(?:/>|>\s*</jsplugin(?:online)?\s*>)[ \t]*\r?\n?")


def jsaddons(computer: Computer) -> Path:
    """Where WPS looks for the add-ins of this user."""
    return computer.appdata / "kingsoft" / "wps" / "jsaddons"


def places(computer: Computer) -> dict[Path, str]:
    """The links that start the desk, with their arguments: in the start menu with a browser, at logon without."""
    usual = computer.appdata / "Microsoft" / "Windows" / "Start Menu" / "Programs"
    programs, startup = folder_of(computer, "Programs", usual), folder_of(computer, "Startup", usual / "Startup")
    return {programs / LINK: ARGUMENTS, startup / LINK: f"{ARGUMENTS} --no-browser"}


def install(computer: Computer, links: Links | None = None) -> tuple[list[Path], bool]:
    """Put the tab in place, list it, and have the desk started at logon; doing it again repairs.

    Returns what was written, and whether the links are among it (they need pywin32). Raises WrongUse ``no_wps_here`` off Windows,
    ``wps_publish`` where the list cannot be read or written, ``wps_publish/files``, ``link_not_written``.
    """
    if computer.system != "win32":
        raise WrongUse("no_wps_here")
    published = jsaddons(computer) / "publish.xml"
    text = _listed(published, _line())  # refused before anything is written
    folder = jsaddons(computer) / FOLDER
    for name, content in pieces(_state()).items():
        _held("wps_publish/files", folder / name, partial(_put, folder / name, content))
    _held("wps_publish", published, partial(write_whole, published, text))
    made = [folder, published]
    if links is None and importlib.util.find_spec("pythoncom") is None:
        return made, False
    put_links(computer, places(computer), TITLE, links)
    return [*made, *places(computer)], True


def uninstall(computer: Computer) -> list[Path]:
    """Take out what ``install`` put in: our entry, our files, the links. Returns what was removed.

    Raises WrongUse ``wps_publish``, ``wps_publish/files``.
    """
    removed = []
    published, folder = jsaddons(computer) / "publish.xml", jsaddons(computer) / FOLDER
    if published.exists():
        text = _listed(published, "")
        if text != _text(published):
            _held("wps_publish", published, partial(write_whole, published, text))
            removed.append(published)
    if folder.is_dir():
        for name in pieces(_state()):
            _held("wps_publish/files", folder / name, partial((folder / name).unlink, missing_ok=True))
        for each in (folder / "images", folder):
            if each.is_dir() and not any(each.iterdir()):
                each.rmdir()
        removed.append(folder)
    for place in places(computer):
        if place.exists():
            place.unlink()
            removed.append(place)
    return removed


def is_there(computer: Computer) -> bool | None:
    """Whether the tab is whole and listed; None where nothing of it is there."""
    published, folder = jsaddons(computer) / "publish.xml", jsaddons(computer) / FOLDER
    if not folder.is_dir():
        return None
    try:
        listed = published.exists() and _listed(published, _line()) == _text(published)
        return listed and all((folder / name).read_bytes() == text.encode() for name, text in pieces(_state()).items())
    except (OSError, WrongUse):
        return False


def _state() -> Path:
    return state_folder(os.environ).absolute()


def _line() -> str:
    values = {"name": NAME, "type": "et", "url": FOLDER, "version": VERSION, "enable": "enable_dev", "install": "null"}
    return f'  <jsplugin {" ".join(f"{name}={quoteattr(value)}" for name, value in values.items())} customDomain=""/>\n'


def _text(published: Path) -> str:
    """The list as it is; a blank one where there is none. Raises WrongUse ``wps_publish``."""
    try:
        return published.read_bytes().decode() if published.exists() else BLANK
    except (OSError, UnicodeDecodeError):
        raise WrongUse("wps_publish", path=published) from None


def _listed(published: Path, line: str) -> str:
    """The list with our entry replaced by this line, everything else as it stands. Raises WrongUse ``wps_publish``."""
    text = _text(published)
    if not text.strip(f"{BOM} \t\r\n"):
        text = BLANK
    before = _others(text, published)
    kept = _ENTRY.sub(lambda found: "" if re.search(rf"\bname\s*=\s*[\"']{NAME}[\"']", found[1]) else found[0], text)
    if line:
        kept = re.sub(r"<jsplugins([^<>]*)/>", r"<jsplugins\1>\n</jsplugins>", kept)
        head, closing, tail = kept.rpartition("</jsplugins")
        kept = head + ("" if head.endswith("\n") else "\n") + line + closing + tail
    ours = _root(kept, published)
    if _others(kept, published) != before or len([each for each in ours if each.get("name") == NAME]) != bool(line):
        raise WrongUse("wps_publish", path=published)
    return kept


def _others(text: str, published: Path) -> list[tuple[str, dict[str, str]]]:
    """The entries that are not ours."""
    return [(each.tag, dict(each.attrib)) for each in _root(text, published) if each.get("name") != NAME]


def _root(text: str, published: Path) -> Element:
    try:
        root: Element = fromstring(text.removeprefix(BOM).encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise WrongUse("wps_publish", path=published) from None
    if root.tag != "jsplugins":
        raise WrongUse("wps_publish", path=published)
    return root


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)


def _held(code: str, path: Path, work: Callable[[], Any]) -> None:
    """Do something to a file that WPS may hold. Raises WrongUse with this code."""
    try:
        work()
    except OSError:
        raise WrongUse(code, path=path) from None
