"""Findings: what the checks have to say about received data. Values, never exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters to a person."""

    ERROR = "error"  # someone must act: the row is returned, refused, invalid or held
    WARNING = "warning"  # taken as it is, but worth a look
    NOTE = "note"  # for information


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one place of one file.

    ``message`` is Chinese, says what and what to do, and never repeats personal data.
    ``inputs`` are the values the rule looked at (no personal data).
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    clause: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    cell: str | None = None
    column: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The finding as the JSON contract shows it."""
        return {**asdict(self), "severity": self.severity.value}


def must_act(findings: Iterable[Finding]) -> bool:
    """Whether a person has to act on any of these findings (exit code 1)."""
    return any(finding.severity is Severity.ERROR for finding in findings)
