"""`workbench help`: the manual by role, in the terminal or as a page with pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import output_folder
from workbench.app.options import common
from workbench.app.output import say


def show(
    role: Annotated[str | None, typer.Argument(metavar="ROLE")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", callback=output_folder)] = None,
) -> int:
    """The manual by role (in Chinese); without a role, its pages. With a folder: pages with pictures, for a browser."""
    from workbench.app.manual import page_of, pages, write_page

    if out is not None:
        for page in [page_of(role)] if role else pages():
            say("manual/written", path=write_page(page, out))
        return 0
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
