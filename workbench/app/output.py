"""What goes to which stream, in the chosen language: results to stdout, sentences to stderr; nothing a terminal acts on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, TextIO

from workbench.app.options import common
from workbench.core.messages import SEMICOLON, Listed, Message, Part
from workbench.core.texts import escaped_json, one_line, printable


class Terminal:
    """A stream for people: what is written at once is one line, without anything a terminal acts on.

    Texts out of files and registers come by here whatever command prints them. ``raw`` is the stream behind it.
    """

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write a text; line breaks inside it are spaces, so a text of several lines is written line by line."""
        body = text.rstrip("\n")
        self.raw.write(printable(body) + text[len(body) :])
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


@contextmanager
def for_people() -> Iterator[None]:
    """Both streams are ``Terminal`` within the block."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Terminal(getattr(stream, "raw", stream)) for stream in (out, err))  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def print_lines(text: str, stream: TextIO | None = None) -> None:
    """Print a text of ours line by line."""
    for line in text.split("\n"):
        print(line, file=stream or sys.stdout)


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else; what is missing in a frame is null."""
    print(escaped_json(json.dumps(_without_nan(document), ensure_ascii=False, default=str)))


def print_table(rows: list[dict[str, Any]], json: bool, empty: str = "") -> None:
    """A list: as JSON, or a line a row; values of added columns with their titles, ``empty`` where there is none."""
    if json:
        print_json(rows)
        return
    for row in rows:
        print("\t".join(_shown(value, empty) for value in row.values()))


def _shown(value: Any, empty: str) -> str:
    if isinstance(value, dict):
        return getattr(SEMICOLON, common.lang).join(text_for("pair", name=name, value=value[name]) for name in value)
    return empty if value is None else str(value)


def _without_nan(value: Any) -> Any:
    """A document whose missing values, which pandas keeps as NaN or NaT, are None."""
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if value != value else value


def text_for(key: str, /, **values: Any) -> str:
    """A text by its key, in the chosen language."""
    return Message(key, values).text(common.lang)


def say(key: str, /, **values: Any) -> None:
    """A text by its key on stdout, in the chosen language."""
    say_message(Message(key, values), sys.stdout)


def say_error(key: str, /, **values: Any) -> None:
    """A text by its key on stderr, in the chosen language."""
    say_message(Message(key, values), sys.stderr)


def say_message(message: Message, stream: TextIO) -> None:
    """A text in the chosen language, line by line: a line ends where the text has it, never where a value has."""
    print_lines(_in_a_line(message).text(common.lang), stream)


def _in_a_line(value: Any) -> Any:
    """A value of a message whose texts are one line each."""
    if isinstance(value, str | PurePath):
        return one_line(str(value)) if type(value) is str or isinstance(value, PurePath) else value
    if isinstance(value, Message):
        return Message(value.key, {name: _in_a_line(item) for name, item in value.values.items()})
    if isinstance(value, Part):
        return Part(_in_a_line(value.sentence))
    if isinstance(value, Listed):
        return Listed([_in_a_line(item) for item in value.items], value.between)
    if isinstance(value, list | tuple | set | frozenset):
        return [_in_a_line(item) for item in value]
    return value
