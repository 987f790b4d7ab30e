"""The commands, buttons and functions of targets."""

from __future__ import annotations

from workbench.platform.interface import Button, Command, Function

COMMANDS = (
    Command(
        "targets",
        zh="目标：分解为部门和月份、调整的历史、全年预测。",
        en="Targets: break them down by department and month, show how they changed, forecast the year.",
        weight=350,
    ),
    Command(
        "targets plan",
        run="workbench.interfaces.cli.targets:plan",
        zh="把全年目标分解到部门和月份：每个方案一份可导入的 T4，另有一份方案比较。",
        en="Break a year's target down by department and month: a T4 to import for each scenario, and a comparison.",
    ),
    Command(
        "targets history",
        run="workbench.interfaces.cli.targets:history",
        zh="目标的历次下达和调整：由多少改为多少、原因、批准人、来源文件和单元格。",
        en="How targets were set and changed: from what to what, why, approved by whom, from which file and cell.",
    ),
    Command(
        "targets roll",
        run="workbench.interfaces.cli.targets:roll",
        zh="滚动调整：把截至某月的缺口按各部门余下月份的目标分摊，写成待批准、可导入的 T4。",
        en="Spread what departments fell short of by the end of a month over the months left, as a T4 for approval.",
    ),
    Command(
        "targets forecast",
        run="workbench.interfaces.cli.targets:forecast",
        zh="按目前的进度预测全年有效信息，并给出区间和方法。",
        en="Forecast the year's valid leads from the pace so far, with a range and the method.",
    ),
)
BUTTONS = (
    Button(
        id="targets",
        group="reports",
        label="月度目标完成",
        tip="生成月度目标分解与完成情况。",
        icon="ChartInsert",
        run="workbench.interfaces.addin.buttons_reports:monthly_targets",
        command="workbench report 月度目标分解与完成情况",
        weight=150,
        en="Makes the monthly report of targets and completion.",
        background=True,
    ),
    Button(
        id="roll_targets",
        group="reports",
        label="目标滚动调整",
        tip="把已过月份的缺口分摊到余下月份，生成待批准的目标调整表（T4）并打开；批准人填写姓名后导入。",
        icon="CalculateNow",
        run="workbench.interfaces.addin.buttons_reports:roll_targets",
        desk="workbench.interfaces.desk.deeds_papers:ROLL",
        command="workbench targets roll 月份",
        weight=155,
        en="Spreads the shortfall of the months gone over the months left, as a T4 for approval.",
        background=True,
    ),
)
FUNCTIONS = (
    Function("DK_TARGET", "workbench.interfaces.addin.functions.figures:DK_TARGET", weight=80),
    Function("DK_VALID", "workbench.interfaces.addin.functions.figures:DK_VALID", weight=90),
    Function("DK_COMPLETION", "workbench.interfaces.addin.functions.figures:DK_COMPLETION", weight=100),
)
