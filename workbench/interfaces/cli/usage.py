"""Wrong options, arguments and commands, said in the chosen language."""

from __future__ import annotations

import re
from typing import Any

from workbench.app.options import common
from workbench.app.output import say_error

# what the command-line library says of wrong use, by its class or the beginning of its sentence
USAGE = {
    "NoSuchOption": "没有选项 {what}",
    "NoSuchCommand": "没有这个命令",
    "MissingParameter": "缺少 {what}",
    "BadParameter": "{what} 的值不对",
    "BadOptionUsage": "选项 {what} 缺少值，或不应有值",
    "Option ": "选项{what}缺少值，或不应有值",
    "No such command": "没有这个命令",
    "Got unexpected extra argument": "参数多了",
}


def say(error: Any) -> None:
    """A wrong option, argument or command in the chosen language, with where to read on."""
    context = getattr(error, "ctx", None)
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if common.lang == "en" or "NoArgsIsHelpError" in kinds:
        error.show()
        return
    told = error.format_message()
    words = next((zh for key, zh in USAGE.items() if key in kinds or told.startswith(key)), "命令写法不对")
    parameter = getattr(error, "param", None)
    what = getattr(error, "option_name", None) or (parameter.get_error_hint() if parameter else "")
    quoted = re.findall(r"\(([^)]*)\)|'([^']*)'", told) if "{what}" not in words else []
    named = "：" + "、".join(filter(None, quoted[-1])) if quoted else ""
    path = context.command_path if context else "workbench"
    say_error(f"{words.format(what=what)}{named}。用法见 {path} --help。", told)
