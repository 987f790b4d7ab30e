"""The commands, buttons and functions of publication."""

from __future__ import annotations

from workbench.platform.interface import Button, Command

COMMANDS = (
    Command(
        "publish",
        run="workbench.interfaces.cli.publication:publish",
        zh="发布信息提报情况通报：登记发布时间并生成通报。",
        en="Publish the report on leads: record the time of publication and make the report.",
        weight=90,
    ),
)
BUTTONS = (
    Button(
        id="publish",
        group="reports",
        label="发布通报",
        tip="登记并生成每月10日、20日、30日的信息提报情况通报。",
        icon="FileSendAsAttachment",
        run="workbench.interfaces.addin.buttons_reports:publish",
        command="workbench publish",
        large=True,
        weight=140,
        en="Records and makes the publication of the 10th, 20th or 30th.",
        background=True,
        desk="workbench.interfaces.desk.deeds_fixed_dates:PUBLISH",
    ),
)
