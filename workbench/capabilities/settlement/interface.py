"""The commands, buttons and functions of settlement."""

from __future__ import annotations

from workbench.platform.interface import Button, Command, Function

COMMANDS = (
    Command(
        "settle",
        run="workbench.interfaces.cli.settlement:settle",
        zh="核算季度奖惩：逐笔列出金额、条款、对象和依据。",
        en="Settle a quarter: every amount with its clause, party and evidence.",
        weight=100,
    ),
    Command(
        "close",
        run="workbench.interfaces.cli.settlement:close",
        zh="提前关闭一个月：此后收到的信息不再排到该月之前。",
        en="Close a month early: leads received later are no longer ordered before its end.",
        weight=110,
    ),
    Command(
        "rules",
        run="workbench.interfaces.cli.settlement:rules",
        zh="打印规章：各条款的参数，以及对未尽事项的解释口径。",
        en="Print the regulation: the parameters of its clauses, and how open questions are read.",
        weight=130,
    ),
    Command(
        "explain",
        run="workbench.interfaces.cli.explain:explain",
        zh="解释一条信息、一笔金额、一个单位或合计：条款、口径、依据、来源单元格，以及怎样才会不同。",
        en=(
            "Explain a lead, an amount, a unit or a total: clauses, readings, evidence, source cells, and "
            "what would have changed it."
        ),
        weight=180,
    ),
    Command(
        "whatif",
        run="workbench.interfaces.cli.whatif:whatif",
        zh="测算（非正式）：换参数或口径重算一个季度，与正式结果并列；登记册不作任何改动。",
        en=(
            "Try a quarter under other parameters or readings beside the official result (unofficial); the "
            "register stays as it is."
        ),
        weight=190,
    ),
    Command(
        "appeals",
        zh="申诉：列出已受理的《奖惩申诉表》各笔，作出裁定。",
        en="Appeals: list the amounts appealed against and rule on them.",
        weight=270,
    ),
    Command(
        "appeals list",
        run="workbench.interfaces.cli.appeals:list_",
        zh="列出申诉及其裁定；有待裁定的，退出码为 1。",
        en="List appeals and their rulings; exit code 1 while one is open.",
    ),
    Command(
        "appeals rule",
        run="workbench.interfaces.cli.appeals:rule",
        zh="裁定申诉：改变金额的，差额列入下一个未批准的季度，不改原账。",
        en=(
            "Rule on an appeal: where the amount changes, the difference goes into the next quarter that is "
            "not approved; the settled quarter stays."
        ),
    ),
    Command(
        "settlement",
        zh="季度核算：提交、批准、退回、兑现、进度和签名核验。",
        en="A quarter's settlement: submit, approve, send back, pay, progress and signatures.",
        weight=340,
    ),
    Command(
        "settlement submit",
        run="workbench.interfaces.cli.settlement:submit",
        zh="提交一个季度的核算结果报批（签名）；有未了事项须写明理由。",
        en="Submit a quarter's settlement for approval (signed); what is still open needs a reason.",
    ),
    Command(
        "settlement approve",
        run="workbench.interfaces.cli.settlement:approve",
        zh="批准他人报批的核算结果（签名）：固定各行并关账，此后不再改变。",
        en="Approve what another person submitted (signed): the lines are fixed and the books closed for good.",
    ),
    Command(
        "settlement return",
        run="workbench.interfaces.cli.settlement:return_",
        zh="退回报批的核算结果，由提交人重新核对。",
        en="Send a submitted settlement back to be checked again.",
    ),
    Command(
        "settlement pay",
        run="workbench.interfaces.cli.settlement:pay",
        zh="登记兑现：财务计划部发放经销商奖励，综合管理部发放部门奖励、收缴处罚；金额须与批准的一致。",
        en=(
            "Record the payment: dealers' rewards by the finance department, departments' rewards and "
            "penalties by administration; amounts have to agree with the approved ones."
        ),
    ),
    Command(
        "settlement payable",
        run="workbench.interfaces.cli.settlement:payable",
        zh="列出一个已批准季度应由谁发放、收缴多少，以及尚未分配奖金的部门。",
        en=(
            "List who has to pay or collect how much of an approved quarter, and the departments whose "
            "reward is not shared out."
        ),
    ),
    Command(
        "settlement shares",
        run="workbench.interfaces.cli.settlement:shares",
        zh="列出一个已批准季度各部门的奖金分给了谁、多少。",
        en="List to whom the departments' rewards of an approved quarter were shared out, and how much.",
    ),
    Command(
        "settlement status",
        run="workbench.interfaces.cli.settlement:status",
        zh="列出各季度的报批进度，并核验签名与数字。",
        en="List how far each quarter's approval is, and verify signatures and numbers.",
    ),
)
BUTTONS = (
    Button(
        id="why",
        group="ask",
        label="为什么",
        tip="说明所选单元格里的信息编号、奖惩行、单位或合计何以如此：条款、口径、依据和出处。",
        icon="TraceError",
        run="workbench.interfaces.addin.buttons_questions:why",
        desk="workbench.interfaces.desk.deeds_questions:WHY",
        hands="cell",
        command="workbench explain",
        weight=24,
        en="Explains what the chosen cell names: a lead, a line, a unit or a total, with clauses, readings, evidence and sources.",
        background=True,
        in_menu=True,
    ),
    Button(
        id="settlement",
        group="reports",
        label="季度奖惩",
        tip="生成季度奖惩核算报告。",
        icon="Calculator",
        run="workbench.interfaces.addin.buttons_reports:settlement",
        command="workbench report 季度奖惩核算报告",
        weight=170,
        en="Makes the quarterly report of rewards and penalties.",
        background=True,
    ),
    Button(
        id="whatif",
        group="reports",
        label="测算",
        tip="换一个参数或口径重算一个季度，与正式结果并列；非正式，登记册不作任何改动。",
        icon="WhatIfAnalysisMenu",
        run="workbench.interfaces.addin.buttons_reports:whatif",
        desk="workbench.interfaces.desk.deeds_papers:TRIAL",
        command="workbench whatif",
        weight=180,
        en="Tries a quarter under another parameter or reading beside the official result; the register stays as it is.",
        background=True,
    ),
)
FUNCTIONS = (
    Function("DK_REWARD", "workbench.interfaces.addin.functions.figures:DK_REWARD", weight=120),
    Function("DK_PENALTY", "workbench.interfaces.addin.functions.figures:DK_PENALTY", weight=130),
    Function("DK_MISSING", "workbench.interfaces.addin.functions.figures:DK_MISSING", weight=140),
    Function("DK_MISSING_PICKUPS", "workbench.interfaces.addin.functions.figures:DK_MISSING_PICKUPS", weight=150),
    Function("DK_MISSING_LEADS", "workbench.interfaces.addin.functions.figures:DK_MISSING_LEADS", weight=160),
    Function("DK_COMPLETION_REWARD", "workbench.interfaces.addin.functions.figures:DK_COMPLETION_REWARD", weight=170),
    Function("DK_CLAUSE", "workbench.interfaces.addin.functions.rules:DK_CLAUSE", weight=230),
)
