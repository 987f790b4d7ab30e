"""Names of files that are made from data: unit codes, names people gave, names of received files."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath

LONGEST = 150  # bytes of UTF-8 before the ending: with a number and ``.part`` it stays below what file systems take
# what Windows or a shell reads as more than a name, what cannot be seen, and halves of characters
_UNFIT = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"/\\\\|?*\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+'
)
_HALF = re.compile("[\ud800-\udfff]")  # a half of a character, or a byte that is none
_NO_SHEET = re.compile("[\x00-\x1f\x7f\\[\\]:*?/\\\\\ud800-\udfff]")
_LEFT_BEHIND = frozenset({"inbox.csv", "thumbs.db", "desktop.ini"})
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


def file_name(*parts: object, ending: str = "") -> str:
    """A file's name from parts that are joined by ``_``; it is one name on every system, whatever the parts hold.

    A part that can stand as it is does so. Another one is put right and gets a mark of its own, so that two that
    differed still differ. Never empty, never more than ``LONGEST`` bytes without the ending.
    """
    return _fit("_".join(_part(str(part)) for part in parts), LONGEST) + ending


def unique_name(taken: set[str], *parts: object, ending: str = "") -> str:
    """The first of ``file_name(*parts)``, ``…_2``, ``…_3`` that is not in ``taken`` (compared as Windows does), where it is put."""
    name, number = file_name(*parts, ending=ending), 1
    while name.casefold() in taken:
        number += 1
        name = file_name(*parts, number, ending=ending)
    taken.add(name.casefold())
    return name


def name_of(path: PurePath) -> str:
    """A file's name as text, from its path: one whose bytes are no UTF-8 as Chinese Windows writes it, else with ``\ufffd`` for
    what cannot be read. The file is still opened by its path.
    """
    try:
        path.name.encode()
        return path.name
    except UnicodeEncodeError:
        pass
    try:
        return path.name.encode(errors="surrogateescape").decode("gb18030")
    except UnicodeError:
        return _HALF.sub("\ufffd", path.name)


def passed_over(name: str) -> bool:
    """Whether a file (by its name, with folders) is one that nobody handed in: Excel's locks, a list of receipts, what
    Windows and macOS leave behind, hidden ones."""
    *folders, own = name.replace("\\", "/").split("/")
    return own.startswith(("~$", ".")) or own.lower() in _LEFT_BEHIND or "__MACOSX" in folders


def sheet_name(text: str) -> str:
    """A sheet's name from a text, as Excel allows it: at most 31 characters, none of ``[]:*?/\\``, no outer ``'``."""
    return _NO_SHEET.sub("-", text)[:31].strip("'") or "-"


def _part(text: str) -> str:
    clean = _UNFIT.sub("-", text).strip(" .") or "-"
    if _DEVICE.fullmatch(clean) or clean.startswith("~$"):
        clean = f"-{clean}"
    return clean if clean == text else f"{clean}~{_mark(text)}"


def _fit(name: str, longest: int) -> str:
    if len(name.encode()) <= longest:
        return name
    cut = name.encode()[: longest - 7].decode(errors="ignore").rstrip(" .")
    return f"{cut}~{_mark(name)}"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
