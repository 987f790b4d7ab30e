"""`workbench help`: the manual by role, in the terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import say


def show(role: Annotated[str | None, typer.Argument(metavar="ROLE")] = None) -> int:
    """The manual by role (in Chinese); without a role, its pages."""
    from workbench.app.manual import page_of, pages

    if role is None:
        for page in pages():
            print(f"workbench help {page.title if common.lang == 'zh' else page.name}")
        say("manual/pages")
        return 0
    text = page_of(role).text
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        for line in text.splitlines():  # what is printed at once is one line
            print(line)
    return 0
