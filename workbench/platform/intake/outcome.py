"""What became of a received file, and of the sheets of a book: the receipt an import or a check gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workbench.core.errors import FileRefused
from workbench.core.findings import Finding, Severity, must_act
from workbench.core.messages import Message
from workbench.platform.forms.read import Form, ReadBook


@dataclass
class ImportOutcome:
    """What became of one file. ``refused`` files left no trace; ``template`` is None if unknown; ``number``: of the file
    in the register, where it was taken in now.

    ``findings``: what is wrong in it; ``remarks``: what follows from it and cannot be corrected there. ``unit``: the sender it
    names, where it could be read; ``sha256``: of the bytes that were read. ``inside``: the archive or mail it was in. Of a book ``sheets`` says it sheet by sheet
    (``sheet``: its name), the counts and findings are those of all; ``untouched``: sheets that are as they were handed out.
    """

    file: str
    template: str | None = None
    accepted: int = 0
    returned: int = 0
    unchanged: int = 0
    refused: bool = False
    received_at: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    number: int | None = None
    remarks: list[Finding] = field(default_factory=list)
    unit: str | None = None
    sha256: str | None = None
    inside: str | None = None
    sheet: str | None = None
    sheets: list[ImportOutcome] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The file as lists name it: with the archive or mail it came out of."""
        return f"{self.inside}/{self.file}" if self.inside else self.file

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """The receipt as the JSON contract shows it."""
        return {
            "file": self.file,
            **({"inside": self.inside} if self.inside else {}),
            "number": self.number,
            "template": self.template,
            "accepted": self.accepted,
            "returned": self.returned,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            **({"sheet": self.sheet} if self.sheet else {}),
            **self._sheets_as_json(lang),
            "findings": [finding.as_json(lang) for finding in self.findings],
            "remarks": [remark.as_json(lang) for remark in self.remarks],
        }

    def _sheets_as_json(self, lang: str) -> dict[str, Any]:
        """What a book's receipt says beside that of a single form; findings stand with the file, each names its sheet."""
        if not self.sheets and not self.untouched:
            return {}
        sheets = [sheet.as_json(lang) for sheet in self.sheets]
        left = ("file", "received_at", "findings", "remarks")
        told = [{key: value for key, value in sheet.items() if key not in left} for sheet in sheets]
        return {"sheets": told, "untouched": self.untouched}

    def must_act(self) -> bool:
        """Whether a person has to do something about this file."""
        return self.refused or any(sheet.refused for sheet in self.sheets) or must_act(self.findings)

    def parts_refused(self) -> list[ImportOutcome]:
        """What could not be taken in: the file itself, or sheets of it."""
        return [sheet for sheet in self.sheets if sheet.refused] or [self] * self.refused


def refusal(error: FileRefused) -> ImportOutcome:
    """A receipt for a file that could not be taken in at all."""
    finding = Finding(error.code, error.message, file=error.file, sheet=error.sheet, cell=error.cell)
    return ImportOutcome(file=error.file, refused=True, findings=[finding])


def sheets_of(outcome: Form | ReadBook | FileRefused) -> Sequence[Form | FileRefused]:
    """What has to be taken in of a read file: its form, or the sheets of a book that say something."""
    return outcome.sheets if isinstance(outcome, ReadBook) else [outcome]


def of_file(read: Form | ReadBook | FileRefused, parts: Sequence[ImportOutcome]) -> ImportOutcome:
    """The outcome of a whole file from those of ``sheets_of``: a single form's own, or that of a book.

    A book is refused where nothing of it was taken in because of it; sheets that are sound are taken in, whatever becomes of
    the others. A book nobody has filled in says so.
    """
    if not isinstance(read, ReadBook):
        (only,) = parts
        only.sha256 = read.sha256 if isinstance(read, Form) else None
        return only
    whole = ImportOutcome(read.file, read.key, sha256=read.sha256, sheets=list(parts), untouched=read.untouched)
    for sheet, part in zip(read.sheets, parts, strict=True):
        part.sheet = sheet.sheet
        whole.accepted += part.accepted
        whole.returned += part.returned
        whole.unchanged += part.unchanged
        whole.findings += part.findings
        whole.remarks += part.remarks
    whole.refused = bool(parts) and all(part.refused for part in parts)
    if not parts:
        text = Message.of("nothing_filled_in")
        whole.findings = [Finding("nothing_filled_in", text, Severity.WARNING, file=read.file)]
    return whole
