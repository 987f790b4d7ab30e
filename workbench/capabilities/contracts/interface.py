"""The commands, buttons and functions of contracts."""

from __future__ import annotations

from workbench.platform.interface import Button, Command, Function

COMMANDS = (
    Command(
        "prepare-register",
        run="workbench.interfaces.cli.contracts:prepare_register",
        zh="预填某月的合同登记汇总表：在执行的合同和未签约的项目，供销售支持科填写。",
        en=(
            "Fill in the contract register of a month for the support section: contracts under way and projects "
            "without a contract."
        ),
        weight=75,
    ),
)
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
        background=True,
    ),
)
FUNCTIONS = (Function("DK_CONVERSION", "workbench.interfaces.addin.functions.figures:DK_CONVERSION", weight=110),)
