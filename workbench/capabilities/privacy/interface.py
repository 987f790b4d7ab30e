"""The commands, buttons and functions of privacy."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "disclosures",
        zh="客户信息的披露：申请（客户信息披露申请表，用 import 导入）、审批、交付。",
        en="Disclosure of customer information: request (a form taken in with import), approval, hand-over.",
        weight=310,
    ),
    Command(
        "disclosures list",
        run="workbench.interfaces.cli.disclosures:list_",
        zh="列出披露申请：对象、依据、状态、审批和交付情况。",
        en="List requests for disclosure: recipient, basis, status, approval and hand-over.",
    ),
    Command(
        "disclosures decide",
        run="workbench.interfaces.cli.disclosures:decide",
        zh="审批一项披露申请；审批人不能是申请人或导入申请的人。",
        en="Decide a request for disclosure; neither the applicant nor the person who took the request in may.",
    ),
    Command(
        "disclosures hand-over",
        run="workbench.interfaces.cli.disclosures:hand_over",
        zh="按批准的内容交付：写出披露单；只在批准后、有效期内，每次交付都先登记。",
        en=(
            "Hand over what was approved: writes the note; only after approval and while it is valid, each "
            "hand-over is recorded first."
        ),
    ),
)
