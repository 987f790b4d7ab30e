"""Findings: what the checks have to say about received data. Values, never exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from workbench.core.messages import Message


class Severity(StrEnum):
    """How much a finding matters to a person."""

    ERROR = "error"  # someone must act: the row is returned, refused, invalid or held
    WARNING = "warning"  # taken as it is, but worth a look
    NOTE = "note"  # for information


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one place of one file.

    ``message`` says what and what to do, and never repeats personal data: a text of a catalogue, kept as ``localized`` and
    shown in Chinese, or a Chinese sentence.
    ``inputs`` are the values the rule looked at (no personal data).
    """

    code: str
    message: str | Message
    severity: Severity = Severity.ERROR
    clause: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    cell: str | None = None
    column: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    localized: Message | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """A text of a catalogue is kept beside its Chinese."""
        if isinstance(self.message, Message):
            object.__setattr__(self, "localized", self.message)
            object.__setattr__(self, "message", self.message.text())

    @property
    def original(self) -> str | Message:
        """Its text as it was given: that of a catalogue where there is one."""
        return self.message if self.localized is None else self.localized

    def text(self, lang: str = "zh") -> str:
        """What it says, in ``lang``; in Chinese where it was not taken from a catalogue."""
        return str(self.message) if self.localized is None or lang == "zh" else self.localized.text(lang)

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """The finding as the JSON contract shows it."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "localized"}
        return {**values, "message": self.text(lang), "severity": self.severity.value}


def must_act(findings: Iterable[Finding]) -> bool:
    """Whether a person has to act on any of these findings (exit code 1)."""
    return any(finding.severity is Severity.ERROR for finding in findings)
