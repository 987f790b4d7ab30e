"""Regular expressions that are compiled when they are first asked: a program starts without those it does not need."""

from __future__ import annotations

import re
from typing import Any


class Pattern:
    """A pattern by its text; it answers like what ``re.compile`` makes of it.

    For long ones in modules that are loaded for something else; their methods are kept, so that only the first call pays.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.__dict__[name] = getattr(re.compile(self._text), name)
        return found
