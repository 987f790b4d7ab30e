"""What goes to which stream, in the chosen language: results to stdout, sentences to stderr; nothing a terminal acts on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any, TextIO

from workbench.app.options import common
from workbench.core.messages import JOINED, SEMICOLON, Listed, Message, Part
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
    """A list: as JSON, or as ``print_rows`` prints it under the names of its columns; ``empty`` where there is no value."""
    if json:
        print_json(rows)
        return
    columns = list(dict.fromkeys(name for row in rows for name in row))
    print_rows(columns, [[row.get(name) for name in columns] for row in rows], empty)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], empty: str = "") -> None:
    """A list for people: a line of headings, a line a row, columns that stand below each other as a screen shows them.

    ``columns``: names of texts ``column/…``. Han characters are two places wide; lines are never wrapped, on a screen as in
    a pipe, and nothing in a value breaks one. Values of added columns stand with their titles. No rows: nothing.
    """
    from rich.cells import cell_len

    lines = [[one_line(_shown(value, empty)).strip() for value in row] for row in rows]
    if not lines:
        return
    lines.insert(0, [_heading(name) for name in columns])
    wide = [[cell_len(text) for text in line] for line in lines]
    widths = [max(column) for column in zip(*wide, strict=True)]
    for line, own in zip(lines, wide, strict=True):
        cells = (text + " " * (width - taken) for text, width, taken in zip(line, widths, own, strict=True))
        print("  ".join(cells).rstrip())


def _heading(name: str) -> str:
    """What a column is called; the heading of an added column stays as it is."""
    try:
        return text_for(f"column/{name}")
    except KeyError:
        return name


def _shown(value: Any, empty: str) -> str:
    if isinstance(value, bool):
        return "✓" if value else empty
    if isinstance(value, list | tuple):
        return JOINED[common.lang].join(map(str, value)) or empty
    if isinstance(value, dict):
        return getattr(SEMICOLON, common.lang).join(text_for("pair", name=name, value=value[name]) for name in value)
    return empty if value is None or value != value else str(value)


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
