"""Wrong options, arguments and commands, said in the chosen language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
from typer.exceptions import TyperException

from workbench.app.output import say_error


class WrongUsage(TyperException):
    """A command line that no command fits; ``key`` and ``what`` say how, ``path`` where to read on."""

    exit_code = 2

    def __init__(self, key: str, what: Any, context: Any) -> None:
        super().__init__(key)
        self.key, self.what, self.ctx = key, what, context


def no_such_command(name: str, context: Any) -> WrongUsage:
    """A word that is no command of a group."""
    return WrongUsage("usage/no_command", name, context)


def too_many(arguments: Sequence[str], context: Any) -> WrongUsage:
    """Arguments after the last one a command takes."""
    return WrongUsage("usage/too_many", " ".join(arguments), context)


def say_usage(error: TyperException) -> None:
    """What is wrong with a command line, and where to read on, on stderr in the chosen language."""
    context = getattr(error, "ctx", None)
    key, what = _what(error)
    say_error(key, what=what, path=context.command_path if context else "workbench")


def _what(error: TyperException) -> tuple[str, Any]:
    """The key of the sentence, and the option, argument or command it names; by what the error carries."""
    if isinstance(error, WrongUsage):
        return error.key, error.what
    if isinstance(error, typer.BadParameter):
        parameter = getattr(error, "param", None)
        missing = hasattr(error, "param_type")  # what only a missing parameter carries
        return f"usage/{'missing' if missing else 'bad_value'}", parameter.get_error_hint() if parameter else ""
    option = getattr(error, "option_name", None)
    if option is None:
        return "usage/other", ""
    return f"usage/{'no_option' if hasattr(error, 'possibilities') else 'option_value'}", option
