"""What a function for cells is: declared once here, from which VBA wrappers, help texts and docs rows are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORY = "大客户"
HELP_LONGEST = 255  # what Excel takes as the description of a function or an argument


@dataclass(frozen=True)
class Argument:
    """One argument: ``name`` in VBA and Python (ASCII), Chinese ``title`` and ``help``.

    ``kind``: how a cell's value is read (a key of ``cells.READERS``), or ``table``: the range as it is.
    ``whole``: one value for the whole call, never a range. ``optional``: may be left out; then None.
    """

    name: str
    title: str
    help: str
    kind: str = "text"
    whole: bool = False
    optional: bool = False


@dataclass(frozen=True)
class CellFunction:
    """A function for cells. ``needs``: what the user must be allowed to do with the unlocked register (an action of
    ``platform.access``); None: it works without a register. ``call`` is what xlwings calls."""

    name: str
    title: str
    help: str
    example: str
    arguments: tuple[Argument, ...]
    needs: str | None
    call: Callable[..., Any]

    @property
    def description(self) -> str:
        """What Excel's function wizard shows."""
        return f"{self.title}。{self.help}"


def signature(arguments: Sequence[Argument]) -> inspect.Signature:
    """The call as Excel sees it; from it xlwings takes names and which may be left out."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [
            inspect.Parameter(each.name, kind, default=None if each.optional else inspect.Parameter.empty)
            for each in arguments
        ]
    )


def declare(function: CellFunction, func: Callable, arg: Callable, ret: Callable) -> None:
    """Tell xlwings of a function with its three decorators (off Windows they do nothing).

    Every argument comes as a list of rows, error values as their text. What functions of whole ranges give are rows of
    texts, which need no conversion.
    """
    decorated = func(category=CATEGORY)(function.call)
    for each in function.arguments:
        decorated = arg(each.name, doc=each.help, ndim=2, err_to_str=True)(decorated)
    if any(each.kind == "table" for each in function.arguments):
        ret("raw")(decorated)
