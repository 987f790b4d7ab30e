"""The button that looks at the whole installation, for a person who has no command line at hand."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from workbench.app import settings, unlock
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.remarks import Remark
from workbench.core.colours import BAD, GOOD, WARN, rgb
from workbench.interfaces.addin import sheets
from workbench.interfaces.addin.button_call import ButtonCall
from workbench.interfaces.addin.computer import this_computer

WORDS = {True: "正常", False: "问题", None: "提示"}
COLOURS = {True: rgb(GOOD), False: rgb(BAD), None: rgb(WARN)}
HEADS = (("序号", 6), ("结果", 8), ("项目", 50), ("为什么", 52), ("办法", 80))
FIRST_LINE = {False: 0, None: 1, True: 2}  # what is wrong comes first


def diagnose(call: ButtonCall) -> None:
    """A new workbook that says what is wrong, why it matters and what to do; a locked register stays locked."""
    from workbench.app.doctor import look

    call.progress.step(text_for("addin/diagnosing"))
    with ExitStack() as stack:
        stack.callback(setattr, common, "register", common.register)
        common.register = common.register or settings.read().get("register")
        session = stack.enter_context(unlock.current(call.now)) if unlock.status() else None
        if session is not None:
            common.register = str(session.register.path)
        found = sorted(look(call.now, session, opens=False), key=lambda each: FIRST_LINE[each.well])
    wrong = sum(each.well is False for each in found)
    page = call.show_list("诊断", _where(), HEADS, [_row(number, each) for number, each in enumerate(found, start=1)])

    def colour() -> None:
        for number, each in enumerate(found):
            page.range((sheets.FIRST + number, 2)).color = COLOURS[each.well]

    call.in_excel(colour)
    call.dialogs.message(text_for("addin/diagnosed" if wrong else "addin/diagnosed_well", wrong=wrong, all=len(found)))


def _row(number: int, each: Remark) -> list[str]:
    return [str(number), WORDS[each.well], each.what.text(), each.why.text(), "" if each.well else each.way_out("zh")]


def _where() -> str:
    """Where the commands of the list are: nobody has their folder on the path."""
    folder = Path(this_computer().python).parent
    return f"办法中的 workbench 命令在 {folder} 中：在该文件夹打开命令行后运行。"
