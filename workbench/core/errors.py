"""Errors a person can act on: what is wrong, where, and what to do, in Chinese and in English.

Only these are shown as a sentence. Anything else that is raised is a fault of the
program and stops the run.
"""

from __future__ import annotations


class WorkbenchError(Exception):
    """A refusal with a reason (exit code 2).

    ``code`` is a stable word for machines; ``zh`` and ``en`` are one or two sentences
    saying what, where and what to do. They never hold personal data.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en

    def text(self, lang: str = "zh") -> str:
        """The message in ``lang`` (``zh`` or ``en``)."""
        return self.en if lang == "en" else self.zh


class FileRefused(WorkbenchError):
    """A received file that cannot be taken in at all; the register is unchanged.

    ``file`` is the file's name; ``sheet`` and ``cell`` say where, when there is a where.
    """

    def __init__(
        self, code: str, zh: str, en: str, *, file: str, sheet: str | None = None, cell: str | None = None
    ) -> None:
        super().__init__(code, zh, en)
        self.file = file
        self.sheet = sheet
        self.cell = cell


class WrongUse(WorkbenchError):
    """A command or call used in a way the regulation or the program does not allow."""


class RegisterError(WorkbenchError):
    """The register cannot be opened, is damaged, or refuses the user."""
