"""Errors a person can act on: what is wrong, where, and what to do, in Chinese and in English.

Only these are shown as a sentence. Anything else that is raised is a fault of the
program and stops the run.
"""

from __future__ import annotations

from typing import Any

from workbench.core.messages import Message


class WorkbenchError(Exception):
    """A refusal with a reason (exit code 2): a key of a catalogue and the values of its placeholders.

    ``code`` is a stable word for machines; the text is one or two sentences saying what, where and what to do.
    Values are never personal data. ``traceback``: where a notebook failed, as its kernel told it.
    """

    traceback: list[str] | None = None

    def __init__(self, key: str, /, **values: Any) -> None:
        super().__init__(key)
        self.message = Message(key, values)

    @property
    def code(self) -> str:
        """The stable word for machines; where the text gives another one as its reason, the reason's."""
        reason = self.message.values.get("reason")
        return reason.code if isinstance(reason, Message) else self.message.code

    @property
    def zh(self) -> str:
        """The sentence in Chinese, as the command line says it."""
        return self.text("zh")

    @property
    def en(self) -> str:
        """The sentence in English, as the command line says it."""
        return self.text("en")

    def text(self, lang: str = "zh", place: str = "command") -> str:
        """The sentence in ``lang`` (``zh`` or ``en``) with the remedy for ``place`` (``command`` or ``excel``)."""
        return self.message.text(lang, place)

    def plain(self) -> dict[str, Any]:
        """The error as JSON takes it, to be raised again in another process (``from_plain``)."""
        return self.message.plain()

    @classmethod
    def from_plain(cls, document: dict[str, Any]) -> WorkbenchError:
        """The error ``plain`` wrote down."""
        error = cls("")
        error.message = Message.from_plain(document)
        return error

    def __str__(self) -> str:
        return self.en

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.message.key), self.__dict__


def _again(kind: type[WorkbenchError], key: str) -> WorkbenchError:
    """An error as it was in another process; its state follows."""
    error = kind.__new__(kind, key)
    Exception.__init__(error, key)
    return error


class FileRefused(WorkbenchError):
    """A received file that cannot be taken in at all; the register is unchanged.

    ``file`` is the file's name; ``sheet`` and ``cell`` say where, when there is a where; a text may name all three.
    """

    def __init__(
        self,
        key: str,
        /,
        *,
        file: str,
        sheet: str | None = None,
        cell: str | None = None,
        **values: Any,
    ) -> None:
        super().__init__(key, file=file, sheet=sheet, cell=cell, **values)
        self.file = file
        self.sheet = sheet
        self.cell = cell


class WrongUse(WorkbenchError):
    """A command or call used in a way the regulation or the program does not allow."""


class RegisterError(WorkbenchError):
    """The register cannot be opened, is damaged, or refuses the user."""
