"""The commands, buttons and functions of customers."""

from __future__ import annotations

from workbench.platform.interface import Button, Command, Function

COMMANDS = (
    Command(
        "customers",
        zh="客户：一份档案、待补待核清单、名称关联、大客户认定、分级和考核。",
        en="Customers: one record each, work lists, names that belong together, key accounts, grades and assessments.",
        weight=280,
    ),
    Command(
        "customers list",
        run="workbench.interfaces.cli.customers:list_",
        zh="列出客户：其他名称、代码、上级单位、信息和合同、客户经理、各部分完整率。",
        en="List customers: other names, code, parent, leads and contracts, manager, how complete each part is.",
    ),
    Command(
        "customers show",
        run="workbench.interfaces.cli.customers:show",
        zh="一个客户的档案：每一栏的内容、提供部门、时间和来源；个人信息隐去。",
        en="One customer's record: each field with department, time and source; personal ones are masked.",
    ),
    Command(
        "customers worklist",
        run="workbench.interfaces.cli.customers:worklist",
        zh="待办的档案：过期、缺项、矛盾。",
        en="What has to be done about files: out of date, incomplete, contradicting.",
    ),
    Command(
        "customers fields",
        run="workbench.interfaces.cli.customers:fields",
        zh="客户档案的栏目：所属部分、用途、期限、可查看的人。",
        en="The fields of a file: part, purpose, term, who may see them.",
    ),
    Command(
        "customers link",
        run="workbench.interfaces.cli.customers:link",
        zh="关联两个名称：同一客户，或上级单位。",
        en="Link two names: the same customer, or the unit above.",
    ),
    Command(
        "customers unlink",
        run="workbench.interfaces.cli.customers:unlink",
        zh="解除两个名称的关联；以前的关联保留在登记册中。",
        en="Undo a link of two names; the earlier one stays in the register.",
    ),
    Command(
        "customers card",
        run="workbench.interfaces.cli.customers:card",
        zh="预填一个客户的档案登记表：某部门负责的栏目已填，只改变动的；不含个人信息。",
        en="Fill in a customer's T8 with what a department said before; no personal data are in it.",
    ),
    Command(
        "customers page",
        run="workbench.interfaces.cli.customers:page",
        zh="生成一个客户的大客户卡片报告：档案及来源、信息、归档材料、沟通与服务；个人信息隐去。",
        en="Make the report on one customer: file with sources, leads, documents, matters; personal fields are masked.",
    ),
    Command(
        "customers name",
        run="workbench.interfaces.cli.customers:name",
        zh="认定大客户（影响、战略、形象），有效期一年；--end 提前撤销。",
        en="Name a customer a key account for a year on a ground of the regulation; --end ends it.",
    ),
    Command(
        "customers grades",
        run="workbench.interfaces.cli.customers:grades",
        zh="某季度末的大客户等级、依据、变动，和客户经理考核建议。",
        en="Key accounts at the end of a quarter: grade, ground, movement; and the proposed assessments.",
    ),
    Command(
        "customers assess",
        run="workbench.interfaces.cli.customers:assess",
        zh="登记对一位客户经理季度考核的决定；建议得分一并保存。",
        en="Keep the decision on an account manager's assessment of a quarter, beside the score proposed.",
    ),
    Command(
        "weekly",
        zh="客户经理每周信息：谁已报、迟报、未报、休假；服务记录。",
        en="Weekly information of account managers: who reported, was late, is missing, on leave; the record of service.",
        weight=285,
    ),
    Command(
        "weekly status",
        run="workbench.interfaces.cli.weekly:status",
        zh="某周的上报情况：按时、迟报、未报、休假。",
        en="How a week's sheets stand: in time, late, missing, excused.",
    ),
    Command(
        "weekly leave",
        run="workbench.interfaces.cli.weekly:leave",
        zh="登记客户经理休假，整周休假的免报；--cancel 撤销。",
        en="An account manager is on leave; a whole week of it excuses from the sheet; --cancel takes it back.",
    ),
    Command(
        "weekly prepare",
        run="workbench.interfaces.cli.weekly:prepare",
        zh="预填一位客户经理本周的上报表，和未办结事项的服务记录表。",
        en="Fill in a manager's sheet of the week, and the record of service with his open matters.",
    ),
    Command(
        "weekly share",
        run="workbench.interfaces.cli.weekly:share",
        zh="把近两周的客户信息转给一个部门：预填的服务记录表，不含联系人和联系方式，同一张表填反馈。",
        en="Pass news of customers on to a department: a prepared sheet without contacts, which comes back with its answers.",
    ),
    Command(
        "weekly shared",
        run="workbench.interfaces.cli.weekly:shared",
        zh="转给部门的信息及其反馈，未反馈和逾期的注明。",
        en="What was passed on to departments, what they said to it, what is not answered.",
    ),
    Command(
        "weekly record",
        run="workbench.interfaces.cli.weekly:record",
        zh="客户沟通与服务记录：由每周信息生成，未办结和逾期的在前。",
        en="The record of service as it follows from the weekly sheets, open and overdue matters first.",
    ),
)
BUTTONS = (
    Button(
        id="find_customer",
        group="ask",
        label="查客户",
        tip="所选或输入的客户：各栏内容及来源；个人信息已掩码。",
        icon="FindDialogExcel",
        run="workbench.interfaces.addin.buttons_questions:find_customer",
        command="workbench customers show",
        weight=26,
        en="Shows the record of the customer in the chosen cell, field by field with its source; personal fields are masked.",
        background=True,
        in_menu=True,
    ),
    Button(
        id="weekly",
        group="reports",
        label="每周信息汇总",
        tip="生成每周信息汇总：按类别和客户经理，迟报未报、离网倾向、竞争信息。",
        icon="ReviewShowAllComments",
        run="workbench.interfaces.addin.buttons_reports:weekly",
        command="workbench report 每周信息汇总",
        weight=172,
        en="Makes the weekly digest: by class and manager, late and missing ones, churn, rivals.",
        background=True,
    ),
    Button(
        id="grading",
        group="reports",
        label="大客户分级",
        tip="生成大客户分级报告：等级、变动、应办服务、客户经理考核建议。",
        icon="SortDialog",
        run="workbench.interfaces.addin.buttons_reports:grading",
        command="workbench report 大客户分级报告",
        weight=174,
        en="Makes the report of key accounts: grades, movement, services due, proposed assessments.",
        background=True,
    ),
    Button(
        id="customer_card",
        group="reports",
        label="大客户卡片",
        tip="一个客户的卡片：档案及来源、信息、归档材料、沟通与服务；不含个人信息。先点客户名称，再按此钮。",
        icon="HyperlinkInsert",
        run="workbench.interfaces.addin.buttons_reports:customer_card",
        command="workbench customers page",
        weight=176,
        en="Makes the card of the customer whose name is in the chosen cell, or is typed: file, leads, documents, matters.",
        background=True,
    ),
)
FUNCTIONS = (Function("DK_GRADE", "workbench.interfaces.addin.functions.names:DK_GRADE", weight=270),)
