"""The commands of trainings and agreements."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "training",
        zh="培训与保密协议（培训与保密协议登记表，用 import 导入）：谁到期、谁已被锁定；紧急开通。",
        en="Trainings and agreements (a form taken in with import): whose end, who is locked out; opening in an emergency.",
        weight=325,
    ),
    Command(
        "training list",
        run="workbench.interfaces.cli.training:list_",
        zh="列出各用户的培训和保密协议有效期、是否锁定、紧急开通。",
        en="List every user's training and agreement with the last day, who is locked out, what was opened.",
    ),
    Command(
        "training partners",
        run="workbench.interfaces.cli.training:partners",
        zh="列出各经销商和合作方的保密协议。",
        en="List the agreements of dealers and other partners.",
    ),
    Command(
        "training open",
        run="workbench.interfaces.cli.training:open_",
        zh="紧急开通一位已锁定用户的查看权限，到期自动终止；须写明原因，不能为本人开通。",
        en="Open access for a locked user in an emergency, until a day; needs a reason, and another person.",
    ),
)
