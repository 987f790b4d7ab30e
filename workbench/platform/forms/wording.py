"""A template's texts and formulas with the regulation's numbers of one day; what speaks of a repealed number is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from workbench.platform.forms.spec import Column, Highlight, Part, Template
from workbench.platform.regulation.edition import Policy

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
COUNTED = ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")  # 两个, not 二个


class _Repealed(Exception):
    """A text names a number that is not in force."""


@dataclass(frozen=True)
class Wording:
    """What the texts of blank forms say on the day they are written.

    In a text ``{name}`` is a parameter or a reading's key of the policy, ``{name:counted}`` the same as a Chinese
    numeral before a measure word, ``{name:above}`` the choices of the column in question that stand before the
    parameter's value (choices of a limited column are listed from the highest down). Texts are cut at ；: a part that
    names what is repealed on the day is left out, and so is a limit that excludes nothing.
    """

    template: Template
    policy: Policy
    on: date

    def text(self, text: str | None, part: Part | None = None) -> str | None:
        """The text in words of the day; None where nothing is left of it."""
        if text is None:
            return None
        kept = [words for piece in text.split("；") if (words := self._filled(piece, part)) is not None]
        if not kept:
            return None
        words = "；".join(kept)
        return words if words.endswith("。") or not text.endswith("。") else words + "。"

    def hint(self, part: Part) -> str | None:
        """The part's hint, with what follows from leaving it empty where it must not be."""
        missing = part.if_missing if self.required(part) else None
        return "；".join(filter(None, [self.text(part.hint, part), self.text(missing, part)])) or None

    def required(self, part: Part) -> bool:
        """Whether the field must be filled, whatever else the row holds."""
        by = getattr(part, "required_by", None)
        return part.required or (by is not None and part.key in (self._value(by) or ()))

    def required_values(self, column: Column) -> list[str]:
        """Values of other columns with which this one must be filled."""
        values = (column.required_if or {}).values()
        return [words for value in values if (words := self._filled(value, column)) is not None]

    def highlights(self) -> Iterator[tuple[Highlight, str]]:
        """The colourings in force, with formulas that hold the day's numbers; references to cells stand in braces yet."""
        columns = {column.key: column for column in self.template.columns}
        for item in self.template.highlights:
            column = columns[item.column]
            if item.when_required and not self.required(column):
                continue
            formula = self._filled(item.formula, column, keep=columns)
            if formula is not None:
                yield item, formula

    def instructions(self) -> Iterator[str]:
        """The lines of the instruction sheet."""
        for line in self.template.instructions:
            if "{highlights}" in line:
                notes = self._notes()
                line = line.replace("{highlights}", notes) if notes else line.split("。")[0] + "。"
            if (words := self.text(line)) is not None:
                yield words

    def _notes(self) -> str:
        """What the coloured cells mean, as one list; what is missing stands together."""
        columns = {column.key: column for column in self.template.columns}
        notes: dict[str, list[str]] = {}
        for item, _ in self.highlights():
            note = self._filled(item.note, columns[item.column]) or ""
            notes.setdefault(note, []).extend(filter(None, [item.of]))
        words = [note + "或".join(of) for note, of in notes.items()]
        return "或".join(filter(None, ["、".join(words[:-1]), *words[-1:]]))

    def _filled(self, text: str, part: Part | None, keep: Any = ()) -> str | None:
        """The text with its numbers; None where one of them is not in force."""

        def put(match: re.Match[str]) -> str:
            return match[0] if match[1] in keep else self._word(match[1], match[2], part)

        try:
            return PLACEHOLDER.sub(put, text)
        except _Repealed:
            return None

    def _word(self, name: str, style: str | None, part: Part | None) -> str:
        value = self._value(name)
        choices = part.offered if part else ()
        if value is None or (value in choices and value == choices[0]):
            raise _Repealed
        return _STYLES[style](value, choices)

    def _value(self, name: str) -> Any:
        if name in self.policy.parameters:
            return self.policy.value(name, self.on)
        return self.policy.reading(name, self.on)


def _plain(value: Any, choices: tuple[str, ...]) -> str:
    if isinstance(value, Fraction):  # a rate
        return f"{value * 100}%"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _counted(value: int, choices: tuple[str, ...]) -> str:
    return COUNTED[value] if 0 <= value < len(COUNTED) else str(value)


def _above(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise _Repealed
    return "、".join(choices[: choices.index(value)])


_STYLES: dict[str | None, Callable[[Any, tuple[str, ...]], str]] = {None: _plain, "counted": _counted, "above": _above}
