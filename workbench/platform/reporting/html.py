"""HTML by Jinja2: templates stand beside the code that fills them, and every value is escaped."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from workbench.core.colours import variables

PIECES = Path(__file__).with_name("templates")


class JoinedLines(Extension):
    """A template is laid out for reading; the lines of an ``.html.jinja`` leave no white space between elements."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template as it is compiled."""
        if name is None or not name.endswith(".html.jinja"):
            return source
        return "".join(line.strip() for line in source.splitlines())


def _escaped(value: Any) -> Any:
    """A value as it stands in a page; quotes are written as in every page issued so far, so that these stay verifiable."""
    return value if hasattr(value, "__html__") else Markup(escape(str(value)))  # noqa: S704 - what is marked was escaped


@cache
def templates(*folders: Path) -> Environment:
    """The templates of these folders, and the pieces that all pages share."""
    made = Environment(
        loader=FileSystemLoader([*folders, PIECES]),
        autoescape=True,
        finalize=_escaped,
        undefined=StrictUndefined,
        extensions=[JoinedLines],
    )
    made.globals["colours"] = variables()
    return made


@cache
def piece(name: str, file: str = "pieces.html.jinja", *folders: Path) -> Any:
    """The macro ``name`` of a file of templates, to be called with its arguments."""
    return getattr(templates(*folders).get_template(file).module, name)
