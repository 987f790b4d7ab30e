"""The commands of the flow of service."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "service",
        zh="大客户服务流程：每个客户办到哪一步、下一步是什么、何时应办。",
        en="The flow of service of key accounts: how far each is, what is next, by when.",
        weight=287,
    ),
    Command(
        "service list",
        run="workbench.interfaces.cli.service:list_",
        zh="列出各客户的流程：等级、方案版本、已办的最后一步、下一步和应办日期；逾期的在前。",
        en="List flows: grade, version of the plan, the last step, the next one and its day, what is due first in front.",
    ),
    Command(
        "service show",
        run="workbench.interfaces.cli.service:show",
        zh="一个客户的流程：每一步的日期、结果和来源，各个版本的方案。",
        en="One customer's flow: day, result and source of each step, every version of the plan.",
    ),
    Command(
        "service prepare",
        run="workbench.interfaces.cli.service:prepare",
        zh="预填一个客户的大客户服务流程表：登记册已经知道的步骤已填好。",
        en="Fill in a customer's form of the flow (T19) with the steps that the register knows of.",
    ),
)
