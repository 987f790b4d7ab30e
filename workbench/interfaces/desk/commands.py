"""`workbench desk`: the desk page in the browser of this computer."""

from __future__ import annotations

from typing import Annotated

import typer


def desk(
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
    port: Annotated[int | None, typer.Option("--port", metavar="PORT")] = None,
) -> int:
    """Open the desk page in the browser of this computer: what is due, dropped workbooks, suspected duplicates, statements,
    reports and answers; without Excel.
    """
    from workbench.interfaces.desk import serve

    serve.serve(port, not no_browser)
    return 0
