"""What a command, a button of the ribbon and a function for cells declare: names and texts, never the code itself.

``run`` names the code as ``module:name`` and is resolved on first use, so that a menu of all commands, the ribbon
and the list of functions cost nothing. A capability declares its own (``Capability.commands``, ``buttons``,
``functions``); the interfaces list what is declared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

LAST = 10_000  # where what says nothing about its place stands


@dataclass(frozen=True)
class Command:
    """A command of the command line, or a group of commands.

    ``path``: its words after ``workbench`` (``settle``, ``settlement approve``). ``run``: the function that typer
    calls; of a group, what it does without a subcommand, or nothing. ``zh``, ``en``: what its help says.
    ``weight``: its place in the menu, the lighter first. ``default``: of a group, the subcommand that is meant where
    a value stands in its place.
    """

    path: str
    run: str = ""
    zh: str = ""
    en: str = ""
    weight: int = LAST
    default: str = ""

    @property
    def name(self) -> str:
        """The last word of the path."""
        return self.path.rpartition(" ")[2]

    @property
    def group(self) -> str:
        """The group it stands in; empty at the top."""
        return self.path.rpartition(" ")[0]

    def help(self, lang: str) -> str:
        """What it does, in a language."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True)
class Button:
    """A button of Excel's ribbon.

    ``group``: a group of the ribbon; ``label`` and ``tip``: what it says, ``en`` what English documentation says of it;
    ``icon``: a name of Office's own pictures;
    ``run``: the function that gets the ``ButtonCall``; ``command``: the command that does the same; ``large``: drawn in
    full height. ``background``: its work goes on beside Excel; without, Excel waits, so that nobody changes the sheet
    meanwhile. ``at_any_time``: also while another one goes on. ``in_menu``: it stands in the menu of a cell, too.
    ``desk``: the ``Deed`` that does the same on the desk page, where it is there too. In WPS, whose buttons open that page:
    ``opens``: the button whose deed is opened where this one has none; ``hands``: what goes along from the table in front,
    its ``workbook`` or the text of the chosen ``cell``.
    """

    id: str
    group: str
    label: str
    tip: str
    icon: str
    run: str
    command: str
    large: bool = False
    weight: int = LAST
    en: str = ""
    background: bool = False
    at_any_time: bool = False
    in_menu: bool = False
    desk: str = ""
    opens: str = ""
    hands: str = ""


@dataclass(frozen=True)
class Function:
    """A function for Excel's cells; ``run`` is the ``CellFunction`` of that name."""

    name: str
    run: str
    weight: int = LAST


Weighted = TypeVar("Weighted", Command, Button, Function)


def in_order(items: Iterable[Weighted]) -> tuple[Weighted, ...]:
    """By weight; equal weights in the order of their declaration."""
    return tuple(sorted(items, key=lambda item: item.weight))
