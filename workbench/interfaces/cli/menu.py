"""The menu of all commands, made from what is declared; a command's code is loaded when the command is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from workbench.app.interface import commands
from workbench.app.options import common
from workbench.app.output import print_lines
from workbench.core.messages import Message, exists
from workbench.interfaces.cli.usage import no_such_command, too_many
from workbench.platform.capability import resolve
from workbench.platform.interface import Command

HELP = {
    "zh": "大客户信息工作台：收集、甄别、通报、奖惩核算（DKHW080004）。\n\n"
    "各命令通用选项：--register 登记册文件，--user 用户，--passphrase-file 口令文件，--lang zh|en，"
    "--policy 规章文件，--calendar 日历文件，--backups 备份文件夹，--debug 显示出错处的追溯。也可用环境变量 WORKBENCH_REGISTER、WORKBENCH_USER、"
    "WORKBENCH_PASSPHRASE、WORKBENCH_LANG、WORKBENCH_POLICY、WORKBENCH_CALENDAR、WORKBENCH_BACKUPS、WORKBENCH_CLUSTER。\n\n"
    "退出码：0 完成；1 有需要人处理的问题；2 用法不当或文件被拒收；其他为程序故障。",
    "en": "Key-account workbench: collects, verifies, publishes and settles leads (DKHW080004).\n\n"
    "Options of every command: --register FILE, --user USER, --passphrase-file FILE, --lang zh|en, --policy FILE, "
    "--calendar FILE, --backups FOLDER, --debug to show the traceback of a fault; or the environment variables WORKBENCH_REGISTER, WORKBENCH_USER, "
    "WORKBENCH_PASSPHRASE, WORKBENCH_LANG, WORKBENCH_POLICY, WORKBENCH_CALENDAR, WORKBENCH_BACKUPS, WORKBENCH_CLUSTER.\n\n"
    "Exit codes: 0 done; 1 something a person has to act on; 2 wrong use or a refused file; other: a fault.",
}

WORDS = {  # typer's own, and what stands in their place in a Chinese help text
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 …",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "[default: ": "[默认：",
    "required]": "必填]",
    "Show this message and exit.": "显示本说明。",
}

Context = Any  # typer's own click, whose types are private


class Menu(TyperGroup):
    """A group that lists its commands from their declarations and loads the one that is called."""

    def __init__(self, declared: Sequence[Command], **attributes: Any) -> None:
        self.default, self.path = attributes.pop("default", ""), attributes.get("name") or ""
        super().__init__(rich_markup_mode=None, suggest_commands=False, **attributes)
        self.listed = Commands(declared, self.name or "")

    def format_help(self, ctx: Context, formatter: Any) -> None:
        """The help text."""
        localise(self)
        super().format_help(ctx, formatter)

    def get_help(self, ctx: Context) -> str:
        """Print the help text, line by line, and end."""
        return print_help(super().get_help(ctx))

    def list_commands(self, ctx: Context) -> list[str]:
        """The names, without loading anything."""
        return list(self.listed)

    def get_command(self, ctx: Context, cmd_name: str) -> TyperCommand | Menu | None:
        """A command by its name, loaded now."""
        return self.listed.get(cmd_name)

    def format_commands(self, ctx: Context, formatter: Any) -> None:
        """The list of commands, from what their declarations say."""
        limit = formatter.width - 6 - max(map(len, self.listed))
        rows = [
            (name, TyperCommand(name, help=_first_sentence(each.help(common.lang))).get_short_help_str(limit))
            for name, each in self.listed.declared.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put the default command's name in where a value stands in its place; without arguments show the help."""
        if not args and not self.invoke_without_command:
            print_lines(in_language(super().get_help(ctx)), sys.stderr)
            raise typer.Exit(2)
        short = bool(self.default) and args[0] not in self.listed and args[0] != "--help"
        return super().parse_args(ctx, [self.default, *args] if short else args)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is called. Raises WrongUsage."""
        if args[0] not in self.listed and not args[0].startswith("-"):
            raise no_such_command(args[0], ctx)
        return super().resolve_command(ctx, args)


class One(TyperCommand):
    """A command whose help is in the chosen language, and that says what is too much in its own words."""

    path = ""

    def format_help(self, ctx: Context, formatter: Any) -> None:
        """The help text."""
        localise(self)
        super().format_help(ctx, formatter)

    def get_help(self, ctx: Context) -> str:
        """Print the help text, line by line, and end."""
        return print_help(super().get_help(ctx))

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Raises WrongUsage where arguments are left."""
        if rest := super().parse_args(ctx, args):
            raise too_many(rest, ctx)
        return rest


def print_help(text: str) -> NoReturn:
    """Print a help text in the chosen language; typer would write it at once, which is one line (``output.Terminal``)."""
    print_lines(in_language(text))
    raise typer.Exit(0)


def in_language(text: str) -> str:
    """A help text without typer's English words where Chinese was chosen."""
    if common.lang == "zh":
        for word, ours in WORDS.items():
            text = text.replace(word, ours)
    return text


class Commands(Mapping[str, "TyperCommand | Menu"]):
    """The commands of a group by name, each made when it is looked up."""

    def __init__(self, declared: Sequence[Command], group: str) -> None:
        self.all = declared
        self.declared = {each.name: each for each in declared if each.group == group}

    def __getitem__(self, name: str) -> TyperCommand | Menu:
        each = self.declared[name]
        if any(other.group == each.path for other in self.all):
            return _group(each, self.all)
        return _command(each)

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __len__(self) -> int:
        return len(self.declared)


def _command(each: Command) -> One:
    """What typer makes of a command's function."""
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    take = {"allow_extra_args": True}  # they are refused by ``One``
    one.command(each.name, cls=One, help=each.help(common.lang), context_settings=take)(resolve(each.run))
    made = cast(One, get_command(one))
    made.path = each.path
    return made


def _group(each: Command, declared: Sequence[Command]) -> Menu:
    """A group; with a function of its own it works without a subcommand."""
    own: dict[str, Any] = {}
    if each.run:
        alone = _command(each)
        own = {"callback": alone.callback, "params": alone.params, "invoke_without_command": True}
    return Menu(declared, name=each.path, help=each.help(common.lang), default=each.default, **own)


def localise(command: Any) -> None:
    """Put the texts of a command's options and arguments in: ``option/NAME``, or ``option/PATH/NAME``, or ``option/GROUP/NAME``
    for all commands of a group, where it has one.

    Texts stand in the catalogues; what has none keeps what its code says.
    """
    path = command.path.replace(" ", ".")
    for parameter in command.params:
        name, group = parameter.name, path.partition(".")[0]
        keys = (f"option/{path}/{name}", f"option/{group}/{name}", f"option/{name}")
        key = next((key for key in keys if exists(key)), None)
        if key is not None and parameter.help is None:
            parameter.help = Message(key).text(common.lang)
        if exists(metavar := f"metavar/{parameter.metavar}"):
            parameter.metavar = Message(metavar).text(common.lang)
        if parameter.param_type_name == "argument":
            parameter.display_type_rich = _untyped


def _untyped(ctx: Context) -> None:
    """No type of the program stands beside an argument."""


def program() -> Menu:
    """The command ``workbench``, in the language of the common options."""
    return Menu(commands(), help=HELP["en" if common.lang == "en" else "zh"])


def _first_sentence(text: str) -> str:
    """A Chinese text up to its first full stop: it has no spaces by which one that is too long could be cut."""
    head, stop, _ = text.partition("。")
    return head + stop
