"""The commands, buttons and functions of contracts."""

from __future__ import annotations

from workbench.platform.interface import Button, Function

BUTTONS = (
    Button(
        id="conversion",
        group="reports",
        label="信息转化率",
        tip="生成信息转化率月报。",
        icon="PivotTableInsert",
        run="workbench.interfaces.addin.buttons_reports:conversion",
        command="workbench report 信息转化率月报",
        weight=160,
        en="Makes the monthly conversion report.",
    ),
)
FUNCTIONS = (Function("DK_CONVERSION", "workbench.interfaces.addin.functions.figures:DK_CONVERSION", weight=110),)
