"""The options every command understands, and the environment variables that stand for them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

LANGUAGES = ("zh", "en")


def language() -> str:
    """The language that WORKBENCH_LANG names, which other processes inherit; Chinese without one."""
    return os.environ.get("WORKBENCH_LANG") or LANGUAGES[0]


@dataclass
class CommonOptions:
    """Options every command understands, wherever they stand on the command line."""

    register: str | None = None
    user: str | None = None
    passphrase_file: str | None = None
    lang: str = field(default_factory=language)
    debug: bool = False


common = CommonOptions()
OPTIONS = {
    "--register": "register",
    "--user": "user",
    "--passphrase-file": "passphrase_file",
    "--lang": "lang",
}
FLAGS = {"--debug": "debug"}
# these stand for environment variables, which notebooks' processes inherit
VARIABLES = {
    "--policy": "WORKBENCH_POLICY",
    "--calendar": "WORKBENCH_CALENDAR",
    "--backups": "WORKBENCH_BACKUPS",
    "--cluster": "WORKBENCH_CLUSTER",
}


def take_common(arguments: list[str]) -> list[str]:
    """Take the common options out of the arguments, from before or after the command's name; returns the rest."""
    anew = CommonOptions(
        register=os.environ.get("WORKBENCH_REGISTER") or None,
        user=os.environ.get("WORKBENCH_USER") or None,
        debug=bool(os.environ.get("WORKBENCH_DEBUG")),
    )
    vars(common).update(vars(anew))
    rest = []
    waiting = iter(arguments)
    for argument in waiting:
        name, _, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif name in OPTIONS:
            value = value or next(waiting, "")
            setattr(common, OPTIONS[name], value)
        elif argument in FLAGS:
            setattr(common, FLAGS[argument], True)
        elif name in VARIABLES:
            os.environ[VARIABLES[name]] = value or next(waiting, "")
        else:
            rest.append(argument)
    return rest
