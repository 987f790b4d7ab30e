"""Builds the tables of the documentation from the program itself. `make docs` writes them; a test checks them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def every_command(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Name and command of everything below a group; ``users add`` stands for the commands of groups."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield before + name, command
            yield from every_command(command, f"{before}{name} ")
        else:
            yield before + name, command


def commands(lang: str) -> str:
    """The commands with their options, as a table."""
    import typer.main

    from workbench.cli.commands import app

    head = ("| 命令 | 作用 |", "|---|---|") if lang == "zh" else ("| Command | What it does (help text) |", "|---|---|")
    lines = [*head]
    for name, command in sorted(every_command(typer.main.get_command(app))):
        words = [name]
        for option in command.params:
            if option.param_type_name == "argument":
                words.append(option.make_metavar(None) if option.metavar is None else option.metavar)
            elif option.name != "help":
                words.append(f"[{option.opts[0]}]")
        lines.append(f"| `workbench {' '.join(words)}` | {command.help.splitlines()[0]} |")
    return "\n".join(lines)


def rulebook() -> str:
    """Clauses with their parameters, and the readings."""
    from workbench.policy.edition import load_policy
    from workbench.policy.rulebook import RULES

    policy = load_policy()
    lines = [
        "# DKHW080004 as rules",
        "",
        "Generated from `workbench/policy/` by `make docs`. Numbers are dated data in `dkhw080004.yaml`.",
        "",
        "## Clauses",
        "",
        "| Clause | Rule | Parameters | Function |",
        "|---|---|---|---|",
    ]
    for rule in RULES:
        numbers = "；".join(
            f"{item.title} {item.values[-1].value} {item.unit}" for item in map(policy.parameters.get, rule.parameters)
        )
        where = f"`{rule.function.__module__.removeprefix('workbench.policy.')}.{rule.function.__qualname__}`"
        lines.append(f"| {rule.clause} | {rule.title} | {numbers} | {where} |")
    lines += [
        "",
        "## Readings of what the source leaves open",
        "",
        "| Id | Clause | Question | Reading taken | Alternative |",
    ]
    lines.append("|---|---|---|---|---|")
    for reading in policy.readings.values():
        others = "；".join(f"`{reading.key}: {value}` {text}" for value, text in reading.alternatives.items())
        lines.append(f"| {reading.id} | {reading.clause} | {reading.question} | {reading.chosen} | {others} |")
    return "\n".join(lines) + "\n"


def templates() -> str:
    """Every official template with its header fields and columns."""
    from workbench.forms.spec import templates

    lines = ["# Official templates", "", "Generated from `templates/*.yaml` by `make docs`. **Bold** = required."]
    for template in templates().values():
        lines += ["", f"## {template.title} (`{template.id}`, {template.form_no}, version {template.version})", ""]
        if template.header:
            fields = "、".join(f"**{item.title}**" if item.required else item.title for item in template.header)
            lines += [f"Header: {fields}", ""]
        lines += ["| Column | Kind | Values |", "|---|---|---|"]
        for column in template.columns:
            title = f"**{column.title}**" if column.required else column.title
            lines.append(f"| {title} | {column.kind} | {' / '.join(column.choices or [])} |")
    return "\n".join(lines) + "\n"


def role_table() -> str:
    """Who may do what, as a table of actions and roles."""
    from workbench.desk.roles import ACTIONS, CLEARED, ROLES

    lines = [
        "# Roles", "",
        "What each role may do, as `workbench users roles` prints it. While a register has one user, that user may do"
        " everything; from the second user on the table holds for everybody. A refusal is kept in the trail.", "",
        "| Action | " + " | ".join(f"{title}<br>`{role}`" for role, (title, _) in ROLES.items()) + " |",
        "|---|" + ":-:|" * len(ROLES),
    ]  # fmt: skip
    for action, words in ACTIONS.items():
        lines.append(f"| {words} | " + " | ".join("✓" if action in may else "" for _, may in ROLES.values()) + " |")
    lines.append("| *个人信息密钥* | " + " | ".join("✓" if role in CLEARED else "" for role in ROLES) + " |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Every generated page with its fresh text."""
    docs = ROOT / "docs"
    made = {docs / "rulebook.md": rulebook(), docs / "templates.md": templates(), docs / "roles.md": role_table()}
    for name, lang in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        text = (ROOT / name).read_text(encoding="utf-8")
        table = f"<!-- commands -->\n{commands(lang)}\n<!-- /commands -->"
        made[ROOT / name] = re.sub(
            r"<!-- commands -->.*<!-- /commands -->", lambda _, table=table: table, text, flags=re.DOTALL
        )
    return made


def stale() -> list[str]:
    """The names of generated pages that are not what the program would write today."""
    return [
        path.name for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path.relative_to(ROOT), file=sys.stderr)
