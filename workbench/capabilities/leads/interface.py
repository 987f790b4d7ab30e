"""The commands, buttons and functions of leads."""

from __future__ import annotations

from workbench.platform.interface import Button, Command, Function

COMMANDS = (
    Command(
        "review",
        run="workbench.interfaces.cli.leads:review",
        zh="列出待复核（疑似重复等）的信息，并写出复核表；填好后用 import 导入。",
        en=(
            "List the leads that wait for a review (suspected duplicates and others) and write the review "
            "workbook, which is handed back with import."
        ),
        weight=50,
    ),
    Command(
        "decide",
        run="workbench.interfaces.cli.leads:decide",
        zh="对一条待复核的信息作出复核结论；同样的情况以后照此处理。",
        en="Decide a lead that waits for a review; the same situation is treated alike from then on.",
        weight=60,
    ),
    Command(
        "changes",
        zh="信息变更申请单（T20）：列出申请，作出决定。",
        en="Requests to change leads (T20): list them and decide on them.",
        weight=65,
    ),
    Command(
        "changes list",
        run="workbench.interfaces.cli.changes:list_",
        zh="列出信息变更申请及其决定；有待决定的，退出码为 1。",
        en="List requests to change leads and their decisions; exit code 1 while one is open.",
    ),
    Command(
        "changes decide",
        run="workbench.interfaces.cli.changes:decide",
        zh="决定一件信息变更申请：同意或不同意；申请由谁录入，就由另一人决定。",
        en="Decide a request to change a lead (agree or decline); another person than who brought it in decides.",
    ),
    Command(
        "withdraw-import",
        run="workbench.interfaces.cli.changes:withdraw_import",
        zh="撤回误导入的文件：一人提出，另一人用同一命令确认；从此不再计入，记录保留。",
        en="Take a wrongly imported file back: one person asks, another confirms with the same command; the trail stays.",
        weight=67,
    ),
    Command(
        "dispatch",
        run="workbench.interfaces.cli.leads:dispatch",
        zh="把首次提报的信息转交业务科室：每个科室一份预填的甄别反馈表。",
        en="Hand first reports to the sections: one pre-filled feedback workbook per section.",
        weight=70,
    ),
    Command(
        "leads",
        run="workbench.interfaces.cli.leads:leads",
        zh="列出信息：编号、状态、依据条款、计入月份。",
        en="List leads: number, status, clause, the month they count in.",
        weight=80,
    ),
    Command(
        "added",
        run="workbench.interfaces.cli.leads:added",
        zh="列出各模板附加栏目的内容：依据哪个文件的哪个单元格；个人信息为掩码，可用 reveal 文件号/行号 查看。",
        en=(
            "List what stands in columns that were added to templates, each with its file and cell; personal ones are "
            "masked, reveal FILE/ROW opens them."
        ),
        weight=205,
    ),
)
BUTTONS = (
    Button(
        id="statuses",
        group="intake",
        label="刷新状态",
        tip="按本表的信息编号填写最新状态；没有编号的表则另列全部信息。",
        icon="RefreshAll",
        run="workbench.interfaces.addin.buttons_register:statuses",
        desk="workbench.interfaces.desk.deeds_daily:STATUSES",
        command="workbench leads",
        weight=110,
        en="Fills in the status of the lead numbers on the sheet, or lists all leads where there are none.",
        background=True,
    ),
    Button(
        id="review",
        group="screening",
        label="疑似重复",
        tip="并排列出疑似重复的信息，选好结论并保存后用“导入本工作簿”交回。",
        icon="ViewSideBySide",
        run="workbench.interfaces.addin.buttons_register:review",
        desk="workbench.interfaces.desk.deeds_review:REVIEW",
        command="workbench review",
        large=True,
        weight=120,
        en="Shows suspected duplicates side by side; choose the verdicts and hand the sheet back by importing it.",
        background=True,
    ),
    Button(
        id="dispatch",
        group="screening",
        label="转交",
        tip="把首次提报的信息转交业务科室，每个科室一份甄别反馈表。",
        icon="ReviewSendForReview",
        run="workbench.interfaces.addin.buttons_register:dispatch",
        command="workbench dispatch",
        large=True,
        weight=130,
        en="Dispatches first reports to the sections, one feedback workbook each.",
        background=True,
        desk="workbench.interfaces.desk.deeds_fixed_dates:DISPATCH",
    ),
)
FUNCTIONS = (
    Function("DK_CHECK", "workbench.interfaces.addin.functions.checking:DK_CHECK", weight=10),
    Function("DK_FREE", "workbench.interfaces.addin.functions.leads:DK_FREE", weight=30),
    Function("DK_STATUS", "workbench.interfaces.addin.functions.leads:DK_STATUS", weight=40),
    Function("DK_DUE", "workbench.interfaces.addin.functions.leads:DK_DUE", weight=50),
    Function("DK_EXPIRY", "workbench.interfaces.addin.functions.leads:DK_EXPIRY", weight=60),
    Function("DK_LEAD", "workbench.interfaces.addin.functions.leads:DK_LEAD", weight=70),
    Function("DK_DUEBY", "workbench.interfaces.addin.functions.working_days:DK_DUEBY", weight=210),
)
