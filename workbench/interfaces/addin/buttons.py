"""The buttons of the ribbon: one table, from which ribbon XML, VBA callbacks and the docs are made.

A new button is one line here: its group, what it says, its icon (a name of Office's own
pictures), the Python function that gets the ``Click``, and the command that does the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.interfaces.addin.click import Click

TAB = "大客户"
GROUPS = {
    "register": "登记册", "check": "检查填表", "fix": "更正填表", "intake": "收件", "screening": "复核与转交",
    "reports": "通报与报告", "help": "帮助",
}  # fmt: skip


@dataclass(frozen=True)
class Button:
    """One button. ``work`` is ``module:function`` below ``workbench.interfaces.addin``; ``command`` the command-line equal."""

    id: str
    group: str
    label: str
    tip: str
    icon: str
    work: str
    command: str
    large: bool = False

    def press(self, click: Click) -> None:
        """Do what the button does. Raises WorkbenchError."""
        module, _, function = self.work.partition(":")
        getattr(import_module(f"workbench.interfaces.addin.{module}"), function)(click)


BUTTONS = (
    Button("unlock", "register", "解锁", "用口令打开登记册；闲置一段时间后自动锁定。", "FilePermissionRestrictMenu",
           "buttons_register:unlock_register", "workbench leads", large=True),
    Button("lock", "register", "锁定", "关闭登记册，口令和密钥离开内存。", "Lock",
           "buttons_register:lock", "workbench leads"),
    Button("check", "check", "检查本表", "不用登记册，逐格检查官方表：标色、批注，并列出错误清单。", "AcceptInvitation",
           "buttons_check:check", "workbench check --annotate", large=True),
    Button("next_error", "check", "下一处错误", "转到错误清单里的下一个单元格。", "FindDialog",
           "buttons_check:next_error", "workbench check"),
    Button("clear_marks", "check", "清除标记", "去掉检查留下的颜色、批注和清单，恢复原来的颜色。", "ClearFormatting",
           "buttons_check:clear_marks", "workbench check"),
    Button("fix_preview", "fix", "更正预览", "列出可以自动更正之处（全角数字、多余空格、日期写法），不改动表格。",
           "ReviewTrackChanges", "buttons_fix:preview", "workbench fix --preview", large=True),
    Button("fix_apply", "fix", "执行更正", "按预览中选“是”的各行更正，并标色。", "ReviewAcceptChange",
           "buttons_fix:apply", "workbench fix"),
    Button("fix_undo", "fix", "撤销更正", "把更正过的单元格改回原值。", "Undo", "buttons_fix:undo", "workbench fix"),
    Button("import", "intake", "导入本工作簿", "把当前工作簿导入登记册，并列出逐行结果。", "ImportExcel",
           "buttons_register:import_workbook", "workbench import", large=True),
    Button("receipt", "intake", "收件回执", "为已导入的当前工作簿出具签名的收件回执：谁先收到，以它为准。", "CertificateProperties",
           "buttons_register:receipt", "workbench receipt make"),
    Button("statuses", "intake", "刷新状态", "按本表的信息编号填写最新状态；没有编号的表则另列全部信息。", "RefreshAll",
           "buttons_register:statuses", "workbench leads"),
    Button("review", "screening", "疑似重复", "并排列出疑似重复的信息，选好结论后用“导入本工作簿”交回。", "ReviewCompareTwoVersions",
           "buttons_register:review", "workbench review", large=True),
    Button("dispatch", "screening", "转交", "把首次提报的信息转交业务科室，每个科室一份甄别反馈表。", "DistributionListSelectMembers",
           "buttons_register:dispatch", "workbench dispatch", large=True),
    Button("publish", "reports", "发布通报", "登记并生成每月10日、20日、30日的信息提报情况通报。", "FileSendAsAttachment",
           "buttons_reports:publish", "workbench publish", large=True),
    Button("targets", "reports", "月度目标完成", "生成月度目标分解与完成情况。", "ChartInsert",
           "buttons_reports:targets", "workbench report 月度目标分解与完成情况"),
    Button("conversion", "reports", "信息转化率", "生成信息转化率月报。", "PivotTableInsert",
           "buttons_reports:conversion", "workbench report 信息转化率月报"),
    Button("settlement", "reports", "季度奖惩", "生成季度奖惩核算报告。", "Calculator",
           "buttons_reports:settlement", "workbench report 季度奖惩核算报告"),
    Button("whatif", "reports", "测算", "换一个参数或口径重算一个季度，与正式结果并列；非正式，登记册不作任何改动。", "WhatIfAnalysisMenu",
           "buttons_reports:whatif", "workbench whatif"),
    Button("help", "help", "帮助", "各按钮的用法和对应的命令。", "Help", "buttons_check:help_page", "workbench --help", large=True),
)  # fmt: skip
BY_ID = {button.id: button for button in BUTTONS}
