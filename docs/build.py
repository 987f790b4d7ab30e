"""Builds the tables of the documentation from the program itself. `make docs` writes them; a test checks them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def every_command(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Name and command of everything below a group; ``users add`` stands for the commands of groups."""
    for name, command in group.listed.items():
        if hasattr(command, "listed"):
            if command.invoke_without_command:
                yield before + name, command
            yield from every_command(command, f"{before}{name} ")
        else:
            yield before + name, command


def commands(lang: str) -> str:
    """The commands with their options, as a table."""
    from workbench.app.options import common, take_common
    from workbench.interfaces.cli.menu import localise, program

    head = ("| 命令 | 作用 |", "|---|---|") if lang == "zh" else ("| Command | What it does |", "|---|---|")
    lines = [*head]
    take_common([])
    common.lang = lang
    for name, command in sorted(every_command(program())):
        localise(command)
        words = [name]
        for option in command.params:
            if option.name == "help":
                continue
            argument = option.param_type_name == "argument"
            word = option.metavar + "…" * (option.nargs != 1) if argument else option.opts[0]
            words.append(word if option.required else f"[{word}]")
        called = " ".join(words).replace("|", r"\|")  # else it ends the cell
        lines.append(f"| `workbench {called}` | {command.help.splitlines()[0]} |")
    take_common([])
    return "\n".join(lines)


def rulebook() -> str:
    """Every regulation: its clauses with their parameters and what decides them, and its readings."""
    from workbench.app.policy import load_policy
    from workbench.platform.regulation.clause import clauses

    policy = load_policy()
    lines = [
        "# The regulations as rules",
        "",
        "Generated from the clauses that the capabilities declare and from `workbench/capabilities/regulations/` by"
        " `make docs`. Numbers are dated data; a clause with money names who carries its amounts out.",
    ]
    for regulation in policy.regulations:
        lines += ["", f"## {regulation.document}", "", "| Clause | Rule | Parameters | Carried out by | Function |"]
        lines.append("|---|---|---|---|---|")
        own = [clause for clause in clauses() if clause.regulation == regulation.document]
        lines += [_clause_row(clause, regulation) for clause in own]
        if regulation.readings:
            lines += ["", "Readings of what the source leaves open:", ""]
            lines += ["| Id | Clause | Question | Reading taken | Alternative |", "|---|---|---|---|---|"]
        for reading in regulation.readings.values():
            others = "；".join(f"`{reading.key}: {value}` {text}" for value, text in reading.alternatives.items())
            lines.append(f"| {reading.id} | {reading.clause} | {reading.question} | {reading.chosen} | {others} |")
    return "\n".join(lines) + "\n"


def _clause_row(clause: Any, regulation: Any) -> str:
    from workbench.platform.regulation.regulation import RATE_UNITS
    from workbench.platform.regulation.trial import value_words

    numbers = "；".join(
        f"{item.title} {value_words(item.values[-1].value)}" + ("" if item.unit in RATE_UNITS else f" {item.unit}")
        for item in map(regulation.parameters.get, clause.parameters)
    )
    where = f"`{clause.function.__module__.removeprefix('workbench.')}.{clause.function.__qualname__}`"
    return f"| {clause.number} | {clause.title} | {numbers} | {clause.payer or ''} | {where} |"


def templates() -> str:
    """Every official template with its header fields and columns."""
    from workbench.platform.forms.spec import templates

    lines = ["# Official templates", "", "Generated from `templates/*.yaml` by `make docs`. **Bold** = required."]
    for template in templates().values():
        lines += ["", f"## {template.title} (`{template.id}`, {template.form_no}, version {template.version})", ""]
        if template.header:
            fields = "、".join(f"**{item.title}**" if item.required else item.title for item in template.header)
            lines += [f"Header: {fields}", ""]
        lines += ["| Column | Kind | Values |", "|---|---|---|"]
        for column in template.columns:
            title = f"**{column.title}**" if column.expected else column.title
            lines.append(f"| {title} | {column.kind} | {' / '.join(column.offered)} |")
    return "\n".join(lines) + "\n"


def _decided_by(action: Any) -> str:
    """What keeps others from an action: a key, the trail's check, or the program alone."""
    if action.key:
        return f"key ({action.key})"
    return "trail" if action.entries() or action.section.name == "IMPORT" else "program"


def role_table() -> str:
    """Who may do what, as a table of actions and roles."""
    from workbench.platform.access.actions import actions
    from workbench.platform.access.roles import ROLES

    lines = [
        "# Roles",
        "",
        "What each role may do, as `workbench users roles` prints it. While a register has one user, that user may do"
        " everything; from the second user on the table holds for everybody. A refusal is kept in the trail.",
        "",
        "What decides, if somebody writes a program of his own: a **key** that his slot does not hold (field, names or house key);"
        " where no key can, the **trail**: he can write such an entry, signed by him, and `audit verify` names it, approving,"
        " paying and publishing stop; or only the **program**: what leaves no entry and needs no key.",
        "",
        "| Action | Decided by | " + " | ".join(f"{role.title}<br>`{role.name}`" for role in ROLES.values()) + " |",
        "|---|---|" + ":-:|" * len(ROLES),
    ]
    for action in actions().values():
        marks = " | ".join("✓" if role in action.roles else "" for role in ROLES)
        lines.append(f"| {action.word} | {_decided_by(action)} | {marks} |")
    for word, holds in (
        ("个人信息密钥", [role.cleared for role in ROLES.values()]),
        ("客户名称密钥", [not role.deidentified for role in ROLES.values()]),
        ("机构密钥", [role.governing for role in ROLES.values()]),
    ):
        lines.append(f"| *{word}* | key | " + " | ".join("✓" if held else "" for held in holds) + " |")
    lines += _who_brings_in(list(ROLES), [role.title for role in ROLES.values()])
    return "\n".join(lines) + "\n"


def _who_brings_in(roles: list[str], titles: list[str]) -> list[str]:
    """Which role brings which template in, as lines of a table."""
    from workbench.platform.access.actions import actions
    from workbench.platform.forms.spec import templates
    from workbench.platform.intake.record_intake import imported_by

    lines = [
        "",
        "## Who brings what in",
        "",
        "A template comes in by whoever may bring in all of them, or by the action of its own where it has one. The custodian"
        " brings in what he keeps and no leads, answers, contracts or files of customers.",
        "",
        "| Template | " + " | ".join(titles) + " |",
        "|---|" + ":-:|" * len(roles),
    ]
    for template in templates().values():
        may = {role for action in imported_by(template.id) for role in actions()[action].roles}
        marks = " | ".join("✓" if role in may else "" for role in roles)
        lines.append(f"| {template.title} `{template.id}` | {marks} |")
    return lines


def fact_table() -> str:
    """What the register keeps row by row, as a table."""
    from workbench.platform.forms.spec import templates
    from workbench.platform.register.facts import tables

    lines = [
        "# Facts",
        "",
        "The tables of what happened, which no later entry changes. Generated from the declarations of the capabilities by"
        " `make docs`. A rule reads a table as an attribute of `Facts`, when it first asks for it; at a moment it sees"
        " the rows that were known then. Rows of a template's sheet become rows of the table beside it, and the receipt of"
        " the file says so row by row.",
        "",
        "| Table | In Chinese | Read as | Known since | Template |",
        "|---|---|---|---|---|",
    ]
    for table in tables().values():
        read_as = f"`{table.facts}`" if table.facts else ""
        since = f"`{table.known_at}`" if table.known_at else "always" if table.facts else ""
        template = templates()[table.template].title if table.template else ""
        lines.append(f"| `{table.name}` | {table.word} | {read_as} | {since} | {template} |")
    return "\n".join(lines) + "\n"


def case_table() -> str:
    """What one person asks for and another decides, as a table."""
    from workbench.platform.access.actions import actions
    from workbench.platform.forms.spec import templates
    from workbench.platform.workflow.case import cases

    def taken_by(name: str, form: str | None = None) -> str:
        action = actions()[name]
        word = f"导入 {templates()[form].title}" if form else action.word
        return f"{word} ({', '.join(f'`{role}`' for role in action.roles)})"

    lines = [
        "# Cases",
        "",
        "What one person asks for and another decides. Generated from the declarations by `make docs`. One control"
        " (`workbench/platform/workflow/case.py`) keeps whoever is named under *may not decide* from deciding; the refusal"
        " changes nothing. A register with a single user cannot keep him apart from himself.",
        "",
        "| Case | Asked for | Decided by | May not decide | Until when | Effect |",
        "|---|---|---|---|---|---|",
    ]
    for case in cases().values():
        kept_out = "<br>".join(f"{rule.part} (`{rule.code}`)" for rule in case.four_eyes)
        decided_by = taken_by(case.decided_by, case.form if case.decided_by == case.request else None)
        cells = (case.title, taken_by(case.request, case.form), decided_by, kept_out, case.due, case.effect)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def functions() -> str:
    """Every function for cells with its arguments, and what a cell shows instead of a result."""
    from workbench.interfaces.addin.cell_errors import CELL_ERRORS
    from workbench.interfaces.addin.functions import all_functions
    from workbench.platform.access.actions import actions

    lines = [
        "# Excel 函数",
        "",
        "Generated from `workbench/interfaces/addin/functions/` by `make docs`. 一次可以引用一个单元格，也可以引用一整列；"
        "结果按引用的行数溢出（旧版 Excel 按 Ctrl+Shift+Enter 输入数组公式）。函数只读取，不改动登记册，也不写审计记录。"
        "需要登记册的函数先在“大客户”选项卡解锁；登记册有变动后按 Ctrl+Alt+F9 重算。首个参数为空单元格时结果也为空。"
        "结果是日期而显示为数字时，把单元格设为日期格式。",
        "",
        "| 函数 | 作用 | 参数（〔〕可不填） | 登记册 | 例 |",
        "|---|---|---|---|---|",
    ]
    for each in all_functions():
        names = [f"〔{a.title}〕" if a.optional else a.title for a in each.arguments]
        given = "<br>".join(f"{name}：{a.help}" for name, a in zip(names, each.arguments))
        needs = f"需解锁（{actions()[each.needs].word}）" if each.needs else "不需要"
        lines.append(f"| `{each.name}` | **{each.title}**<br>{each.help} | {given} | {needs} | `{each.example}` |")
    lines += [
        "",
        "## 单元格里的提示",
        "",
        "没有结果时单元格显示下面的短文字，以 `#` 开头，不显示程序细节；`—` 表示无定义（如目标为零时的完成率，D17）。",
        "",
        "| 显示 | 含义和办法 |",
        "|---|---|",
        *(f"| `{text.shown}` | {text.when} |" for text in CELL_ERRORS.values()),
        "",
        "## 解锁之后",
        "",
        "口令只在解锁时使用一次。闲置 15 分钟（`WORKBENCH_IDLE_MINUTES` 可改）后自动锁定：关闭登记册，丢弃密钥和读到的内容，"
        "交还内存（Python 不保证逐字节覆写）。密钥文件有变动时立即锁定，须重新解锁。解锁期间登记册保持打开，"
        "信息管理员轮换密钥前请各处先锁定。",
    ]
    return "\n".join(lines) + "\n"


def capability_table() -> str:
    """The capabilities with what they carry out, depend on and report."""
    from workbench.capabilities import CAPABILITIES

    lines = ["| Folder | Title | Carries out | Depends on | Reports |", "|---|---|---|---|---|"]
    for each in CAPABILITIES:
        reports = "、".join(report.name for report in each.declared("reports"))
        depends = ", ".join(each.depends) or "–"
        folder = f"`workbench/capabilities/{each.name}/`"
        lines.append(f"| {folder} | {each.title} | {'、'.join(each.regulations)} | {depends} | {reports} |")
    return "\n".join(lines)


def task_table() -> str:
    """What falls due, when, and who or what does it."""
    from workbench.platform.access.actions import actions
    from workbench.platform.workflow.task import tasks

    lines = ["| Task | Clause | Due | Done by |", "|---|---|---|---|"]
    for task in tasks():
        by = (
            "`due --run`"
            if task.by_itself
            else f"a person ({', '.join(f'`{r}`' for r in actions()[task.action].roles)})"
        )
        lines.append(f"| {task.title} | {task.clause or '—'} | {task.when} | {by} |")
    return "\n".join(lines)


def role_rights(role: str) -> str:
    """For the manual: what a role may do, which forms it brings in, what falls due for it."""
    from workbench.platform.access.actions import actions
    from workbench.platform.forms.spec import templates
    from workbench.platform.intake.record_intake import imported_by
    from workbench.platform.workflow.task import tasks

    own = {name: action for name, action in actions().items() if role in action.roles}
    forms = [f"{each.form_no} {each.title}" for each in templates().values() if set(imported_by(each.id)) & set(own)]
    due = [
        f"{task.title}（第{task.clause}条）" if task.clause else task.title
        for task in tasks()
        if task.action in own and not task.by_itself
    ]
    lines = ["| | |", "|---|---|", f"| 可以做 | {'、'.join(action.word for action in own.values())} |"]
    lines += [f"| 可以导入 | {'、'.join(forms)} |"] if forms else []
    lines += [f"| 到期事项 | {'；'.join(due)} |"] if due else []
    return "\n".join(lines)


def situations() -> str:
    """The situations a policy owner reviews, as the tests read them."""
    sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []
    from tests.support.case_page import page

    return page()


def close_names() -> str:
    """How well names that may be one customer are found, on the list of pairs among the tests."""
    sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []
    from tests.support.close_name_pairs import measured

    counts = measured()
    found, missed, vain = counts["found"], counts["missed"], counts["in vain"]
    return "\n".join(
        [
            "| Pairs | May be one customer: found | missed | Two customers: suspected in vain | left alone | Precision | Recall |",
            "|---|---|---|---|---|---|---|",
            f"| {counts.total()} | {found} | {missed} | {vain} | {counts['left alone']} "
            f"| {found / (found + vain):.1%} | {found / (found + missed):.1%} |",
        ]
    )


def between(text: str, mark: str, content: str) -> str:
    """A page whose part between the comments ``mark`` and ``/mark`` is ``content``. Raises ValueError without them."""
    head, start, rest = text.partition(f"<!-- {mark} -->")
    _, end, tail = rest.partition(f"<!-- /{mark} -->")
    if not start or not end:
        raise ValueError(f"the page has no part {mark}")
    return f"{head}{start}\n{content}\n{end}{tail}"


def buttons(lang: str) -> str:
    """The buttons of the ribbon, as a table."""
    from workbench.interfaces.addin.ribbon import table

    return table(lang)


WHOLE = {
    "docs/rulebook.md": rulebook,
    "docs/templates.md": templates,
    "docs/roles.md": role_table,
    "docs/cases.md": case_table,
    "docs/facts.md": fact_table,
    "docs/situations.md": situations,
    "docs/functions.md": functions,
}
PARTS = {
    "README.md": {"commands": lambda: commands("en")},
    "README.zh-CN.md": {"commands": lambda: commands("zh")},
    "docs/architecture.md": {"capabilities": capability_table},
    "docs/schedule.md": {"tasks": task_table},
    "docs/testing.md": {"close names": close_names},
    "excel/README.md": {"buttons zh": lambda: buttons("zh"), "buttons en": lambda: buttons("en")},
}


def manual_parts() -> dict[str, dict[str, Callable[[], str]]]:
    """The generated part of each role's page in the manual."""
    from workbench.app.manual import PAGES
    from workbench.platform.access.roles import ROLES

    return {
        f"docs/zh/{title}.md": {"role": partial(role_rights, name)} for title, name in PAGES.items() if name in ROLES
    }


def pages() -> dict[Path, str]:
    """Every page that is generated, whole or in parts, with its fresh text."""
    made = {ROOT / name: make() for name, make in WHOLE.items()}
    for name, parts in (PARTS | manual_parts()).items():
        text = (ROOT / name).read_text(encoding="utf-8")
        for mark, make in parts.items():
            text = between(text, mark, make())
        made[ROOT / name] = text
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
