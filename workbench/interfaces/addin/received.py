"""Whether a workbook came from outside: what it holds would go back with it, so the register tells it nothing."""

from __future__ import annotations

import re
from typing import Any

from workbench.platform.forms.recognised import STAMP

OUTSIDE = re.compile(r"^\s*ZoneId\s*=\s*[34]\s*$", re.MULTILINE)


def is_received(book: Any) -> bool:
    """Whether an xlwings book is an official form, or a file Windows marked as coming from the internet.

    A file that lost the mark on its way (some messengers set none) and is no official form is not recognised.
    """
    return STAMP in [sheet.name for sheet in book.sheets] or is_marked(str(book.api.FullName))


def is_marked(path: str) -> bool:
    """Whether the file bears the mark of the web: a second stream of the file that names its zone."""
    try:
        with open(f"{path}:Zone.Identifier", encoding="utf-8", errors="replace") as stream:
            return OUTSIDE.search(stream.read(4096)) is not None
    except OSError:
        return False
