"""`workbench lab`: JupyterLab on the notebooks, for analysts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.context import policy_files, register_path
from workbench.app.options import common
from workbench.app.session import open_session, read_passphrase


def lab(
    folder: Annotated[Path, typer.Option("--folder", metavar="FOLDER")] = Path("大客户分析"),
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
    port: Annotated[int | None, typer.Option("--port", metavar="PORT")] = None,
) -> int:
    """Open JupyterLab on this computer: choose a report and a period, run it, and go from a number to its leads;
    analysts do not see customers' names.
    """

    from workbench.interfaces.lab import serve

    serve.check_installed()
    secret = read_passphrase()
    with open_session(secret=secret) as session:
        session.require("report")
        user = session.user
    environment = {
        "WORKBENCH_PASSPHRASE": secret,
        "WORKBENCH_REGISTER": str(register_path().resolve()),
        "WORKBENCH_USER": user,
        "WORKBENCH_LANG": common.lang,
        **policy_files(),
    }
    serve.serve(folder.resolve(), environment, port=port, browser=not no_browser)
    return 0
