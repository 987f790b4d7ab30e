"""What ``doctor`` says of one thing it looked at: what it is, why it matters, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.messages import Message


@dataclass(frozen=True)
class Remark:
    """One thing that was looked at. ``well``: True, False, or None for what is worth knowing and stops nobody.

    ``key`` names it for machines and in the catalogue: ``doctor/KEY``, ``doctor/KEY/why``, ``doctor/KEY/todo``.
    ``todo``: what to do where it is not well.
    """

    key: str
    well: bool | None
    what: Message
    why: Message
    todo: Any

    def as_json(self, lang: str) -> dict[str, Any]:
        """Its key, whether it is well, and its sentences in a language; without anything to do where it is well."""
        said = {"what": self.what.text(lang), "why": self.why.text(lang)}
        return {"key": self.key, "well": self.well, **said, "todo": None if self.well else self.way_out(lang)}

    def way_out(self, lang: str) -> str:
        """What to do, in a language."""
        return str(self.todo.text(lang))

    @property
    def word(self) -> str:
        """The key of the word for how it stands: well, wrong, or worth knowing."""
        return {True: "doctor_word/well", False: "doctor_word/wrong", None: "doctor_word/note"}[self.well]


def remark(key: str, well: bool | None, todo: Any = None, /, **values: Any) -> Remark:
    """A remark by its key; ``todo`` replaces the catalogue's way out (a refusal says its own)."""
    told = Message(f"doctor/{key}/todo", values) if todo is None else todo
    return Remark(key, well, Message(f"doctor/{key}", values), Message(f"doctor/{key}/why", values), told)


def exit_code(found: Sequence[Remark]) -> int:
    """1 where something is wrong, else 0."""
    return 1 if any(each.well is False for each in found) else 0
