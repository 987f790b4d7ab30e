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
)
BUTTONS = (
    Button(
        id="statuses",
        group="intake",
        label="刷新状态",
        tip="按本表的信息编号填写最新状态；没有编号的表则另列全部信息。",
        icon="RefreshAll",
        run="workbench.interfaces.addin.buttons_register:statuses",
        command="workbench leads",
        weight=110,
        en="Fills in the status of the lead numbers on the sheet, or lists all leads where there are none.",
    ),
    Button(
        id="review",
        group="screening",
        label="疑似重复",
        tip="并排列出疑似重复的信息，选好结论并保存后用“导入本工作簿”交回。",
        icon="ReviewCompareTwoVersions",
        run="workbench.interfaces.addin.buttons_register:review",
        command="workbench review",
        large=True,
        weight=120,
        en="Shows suspected duplicates side by side; choose the verdicts and hand the sheet back by importing it.",
    ),
    Button(
        id="dispatch",
        group="screening",
        label="转交",
        tip="把首次提报的信息转交业务科室，每个科室一份甄别反馈表。",
        icon="DistributionListSelectMembers",
        run="workbench.interfaces.addin.buttons_register:dispatch",
        command="workbench dispatch",
        large=True,
        weight=130,
        en="Dispatches first reports to the sections, one feedback workbook each.",
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
