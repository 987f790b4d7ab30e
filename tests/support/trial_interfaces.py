"""A trial capability: one command, one button, one function for cells, declared and written here alone."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import excel
from workbench.platform.capability import Capability
from workbench.platform.interface import Button, Command, Function

HERE = "tests.support.trial_interfaces"
CAPABILITY = Capability(
    name="trial",
    title="试行",
    depends=("leads",),
    commands=(
        Command("trial", zh="试行的命令。", en="Commands on trial.", weight=85),
        Command("trial double", run=f"{HERE}:double", zh="加倍。", en="Double a number."),
    ),
    buttons=(
        Button("trial", "help", "试行", "试行的按钮。", "Help", run=f"{HERE}:press", command="workbench trial double"),
    ),
    functions=(Function("DK_TRIAL", f"{HERE}:DK_TRIAL"),),
)


def double(number: Annotated[int, typer.Argument(metavar="数")]) -> int:
    """Double a number."""
    print(2 * number)
    return 0


def press(call) -> None:
    """Say that the button was pressed."""
    call.dialogs.message("试行")


@excel("试行", "加倍", "=DK_TRIAL(2)", Argument("number", "数", "要加倍的数", kind="number"))
def DK_TRIAL(number: float) -> float:
    """Double a number."""
    return 2 * number
