"""All commands, buttons and functions: the platform's own, and what the capabilities declare."""

from __future__ import annotations

from workbench.app.installation_commands import INSTALLATION
from workbench.app.platform_commands import COMMANDS
from workbench.platform.capability import declared
from workbench.platform.interface import Button, Command, Function, in_order

BUTTONS = (
    Button(
        id="unlock",
        group="register",
        label="解锁",
        tip="用口令打开登记册；闲置一段时间后自动锁定。",
        icon="FilePermissionRestrictMenu",
        run="workbench.interfaces.addin.buttons_register:unlock_register",
        command="workbench leads",
        large=True,
        weight=10,
        en="Unlocks the register with a passphrase; it locks itself when it is not used.",
        background=True,
    ),
    Button(
        id="lock",
        group="register",
        label="锁定",
        tip="关闭登记册，口令和密钥离开内存。",
        icon="Lock",
        run="workbench.interfaces.addin.buttons_register:lock",
        command="workbench leads",
        weight=20,
        en="Closes the register; passphrase and keys leave memory.",
        background=True,
        at_any_time=True,
    ),
    Button(
        id="check",
        group="check",
        label="检查本表",
        tip="不用登记册，逐格检查官方表：标色、批注，并列出错误清单。",
        icon="ErrorChecking",
        run="workbench.interfaces.addin.buttons_check:check",
        desk="workbench.interfaces.desk.deeds_files:CHECK",
        hands="workbook",
        command="workbench check --annotate",
        large=True,
        weight=30,
        en="Checks the official form in front without a register: colours, comments and a list of errors.",
    ),
    Button(
        id="next_error",
        group="check",
        label="下一处错误",
        tip="转到错误清单里的下一个单元格（Ctrl+Shift+E）。",
        icon="GoTo",
        run="workbench.interfaces.addin.buttons_check:next_error",
        command="workbench check",
        weight=40,
        en="Goes to the next cell of the list of errors (Ctrl+Shift+E).",
        in_menu=True,
    ),
    Button(
        id="clear_marks",
        group="check",
        label="清除标记",
        tip="去掉检查留下的颜色、批注和清单，恢复原来的颜色。",
        icon="ClearFormats",
        run="workbench.interfaces.addin.buttons_check:clear_marks",
        command="workbench check",
        weight=50,
        en="Removes the colours, comments and list of a check and restores the colours of before.",
    ),
    Button(
        id="fix_preview",
        group="fix",
        label="更正预览",
        tip="列出可以自动更正之处（全角数字、多余空格、日期写法），不改动表格。",
        icon="ReviewTrackChangesMenu",
        run="workbench.interfaces.addin.buttons_fix:preview",
        command="workbench fix --preview",
        large=True,
        weight=60,
        en="Lists what can be corrected (full-width digits, extra spaces, dates); changes nothing.",
    ),
    Button(
        id="fix_apply",
        group="fix",
        label="执行更正",
        tip="按预览中选“是”的各行更正，并标色。",
        icon="ReviewAcceptOrRejectChangeDialog",
        run="workbench.interfaces.addin.buttons_fix:apply",
        desk="workbench.interfaces.desk.deeds_received:FIX",
        hands="workbook",
        command="workbench fix",
        weight=70,
        en="Corrects and colours the rows that were agreed to in the preview.",
    ),
    Button(
        id="fix_undo",
        group="fix",
        label="撤销更正",
        tip="把更正过的单元格改回原值。",
        icon="Undo",
        run="workbench.interfaces.addin.buttons_fix:undo",
        command="workbench fix",
        weight=80,
        en="Restores the values of corrected cells.",
    ),
    Button(
        id="import",
        group="intake",
        label="导入本工作簿",
        tip="把当前工作簿导入登记册，并列出逐行结果。",
        icon="GetExternalDataImportClassic",
        run="workbench.interfaces.addin.buttons_register:import_workbook",
        opens="import_folder",
        hands="workbook",
        command="workbench import",
        large=True,
        weight=90,
        en="Imports the workbook into the register and lists what became of each row.",
        background=True,
    ),
    Button(
        id="import_folder",
        group="intake",
        label="批量导入收件箱",
        tip="导入一个文件夹里收到的全部文件，备好回复和批注副本，最后打开一页：收了什么、退回什么、还等谁。",
        icon="FileOpen",
        run="workbench.interfaces.addin.buttons_intake:import_folder",
        desk="workbench.interfaces.desk.deeds_files:TAKE_IN",
        command="workbench import --desk",
        weight=95,
        en="Imports all received files of a folder, prepares replies and marked copies, and opens one page on what became of each.",
        background=True,
    ),
    Button(
        id="receipt",
        group="intake",
        label="收件回执",
        tip="为已导入的当前工作簿出具签名的收件回执：谁先收到，以它为准。",
        icon="FileViewDigitalSignatures",
        run="workbench.interfaces.addin.buttons_register:receipt",
        desk="workbench.interfaces.desk.deeds_received:RECEIPT",
        hands="workbook",
        command="workbench receipt make",
        weight=100,
        en="Issues the signed receipt of an imported workbook, which settles who was first.",
        background=True,
    ),
    Button(
        id="doctor",
        group="help",
        label="诊断",
        tip="看整套安装哪里不对：程序、登记册、备份、自动运行、Excel 的设置，并说明原因和办法；不作改动。",
        icon="ErrorChecking",
        run="workbench.interfaces.addin.buttons_doctor:diagnose",
        command="workbench doctor",
        weight=185,
        en="Looks at the whole installation and lists what is wrong, why it matters and what to do; changes nothing.",
        background=True,
    ),
    Button(
        id="help",
        group="help",
        label="帮助",
        tip="各按钮的用法和对应的命令。",
        icon="Help",
        run="workbench.interfaces.addin.buttons_check:help_page",
        command="workbench --help",
        large=True,
        weight=190,
        en="Shows what each button does and the command that does the same.",
    ),
)
FUNCTIONS = (
    Function("DK_NAME", "workbench.interfaces.addin.functions.names:DK_NAME", weight=20),
    Function("DK_WORKDAY", "workbench.interfaces.addin.functions.working_days:DK_WORKDAY", weight=180),
    Function("DK_WORKDAYS", "workbench.interfaces.addin.functions.working_days:DK_WORKDAYS", weight=190),
    Function("DK_ISWORKDAY", "workbench.interfaces.addin.functions.working_days:DK_ISWORKDAY", weight=200),
    Function("DK_PROVISIONAL", "workbench.interfaces.addin.functions.working_days:DK_PROVISIONAL", weight=220),
    Function("DK_PARAM", "workbench.interfaces.addin.functions.rules:DK_PARAM", weight=240),
    Function("DK_READING", "workbench.interfaces.addin.functions.rules:DK_READING", weight=250),
    Function("DK_EDITION", "workbench.interfaces.addin.functions.rules:DK_EDITION", weight=260),
)


def commands() -> tuple[Command, ...]:
    """All commands, in the order of the menu."""
    return in_order((*COMMANDS, *INSTALLATION, *declared("commands")))


def buttons() -> tuple[Button, ...]:
    """All buttons, in the order of the ribbon."""
    return in_order((*BUTTONS, *declared("buttons")))


def functions() -> tuple[Function, ...]:
    """All functions for cells, in the order of their documentation."""
    return in_order((*FUNCTIONS, *declared("functions")))
