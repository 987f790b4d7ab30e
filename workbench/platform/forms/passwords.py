"""Passwords of workbooks that come in: what a section or a dealer was handed under a password comes back under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.file_names import name_of
from workbench.platform.forms.guard import OLE


@dataclass(frozen=True)
class Passwords:
    """What may open files that come in. ``listed``: whose each is (as a recipient of a copy, or a file's name; may be empty),
    and the password."""

    listed: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def of(self, path: Path) -> list[str]:
        """What to try on a file, those whose owner its name names first; nothing where it is under no password."""
        if not self.listed or not _may_be_protected(path):
            return []
        named = [password for owner, password in self.listed if owner and owner in name_of(path)]
        return list(dict.fromkeys([*named, *(password for _, password in self.listed)]))

    def question(self, path: Path) -> str | dict[str, Any]:
        """What the reading process is asked: a file, with passwords only where it may need them."""
        place, tried = str(path.resolve()), self.of(path)
        return {"read": place, "passwords": tried} if tried else place


NONE = Passwords()


def _may_be_protected(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(OLE)) == OLE
    except OSError:
        return False  # whoever reads it says so
