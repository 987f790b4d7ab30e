"""Imports point downward only, and each concern stays in its layer: the clock, SQL, catching everything."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.source import PACKAGE, Module, modules
from workbench.capabilities import CAPABILITIES

LEVELS = {
    "workbench": 0,
    "core": 0,
    "platform": 1,
    "capabilities": 2,
    "app": 3,
    "demo": 4,
    "analysis": 4,
    "interfaces": 5,
}
# ``python -m workbench`` hands over to the commands
START = ("__main__.py", "workbench.interfaces.cli.main")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|DROP|ALTER)\s+(UNIQUE\s+)?"
    r"(TABLE|INDEX|VIEW|TRIGGER)|PRAGMA\s+\w+|VACUUM|BEGIN\s+IMMEDIATE|ORDER\s+BY)\b",
    re.DOTALL,
)
DATABASES = {"sqlite3", "sqlcipher3", "psycopg", "sqlalchemy", "duckdb"}


def of(path_name: str) -> str:
    """The layer a dotted name of ours belongs to."""
    parts = path_name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in LEVELS else "workbench"


def part(path_name: str) -> str:
    """The capability, interface or platform package a dotted name of ours belongs to."""
    return ".".join(path_name.split(".")[1:3])


def test_every_package_has_a_level():
    """A new folder or module at the top has to be given its place in the order."""
    assert {module.package for module in modules()} == set(LEVELS)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_imports_point_downward(module: Module):
    """A module imports its own package and lower levels only, inside functions too."""
    upward = [
        f"line {line}: {name}"
        for line, name in module.imports()
        if name.split(".")[0] == "workbench"
        and of(name) != module.package
        and LEVELS[of(name)] >= LEVELS[module.package]
        and (of(name) != "workbench")
        and (module.path.name, name) != START
    ]
    assert upward == []


DEPENDS = {each.name: {each.name, *each.depends} for each in CAPABILITIES}


@pytest.mark.parametrize(
    "module", [m for m in modules() if m.package == "capabilities"], ids=lambda module: module.name
)
def test_a_capability_imports_what_it_depends_on(module: Module):
    """Along ``depends`` only; the list of all capabilities apart."""
    here = module.area.partition(".")[2]
    if here not in DEPENDS:
        return
    foreign = [
        f"line {line}: {name}"
        for line, name in module.imports()
        if name.startswith("workbench.capabilities.") and part(name).partition(".")[2] not in DEPENDS[here]
    ]
    assert foreign == []


def test_interfaces_do_not_know_each_other():
    """Command line, add-in and lab are faces of the same house."""
    found = [
        (module.name, name)
        for module in modules()
        if module.package == "interfaces"
        for _, name in module.imports()
        if name.startswith("workbench.interfaces.") and part(name) != module.area
    ]
    assert found == []


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of packages that import each other around a circle."""
    order: list[str] = []
    seen: set[str] = set()

    def walk(node: str, graph: dict[str, set[str]], into: list[str]) -> None:
        seen.add(node)
        for other in sorted(graph.get(node, ())):
            if other not in seen:
                walk(other, graph, into)
        into.append(node)

    for node in sorted(edges):
        if node not in seen:
            walk(node, edges, order)
    back: dict[str, set[str]] = {}
    for node, others in edges.items():
        for other in others:
            back.setdefault(other, set()).add(node)
    seen.clear()
    groups = []
    for node in reversed(order):
        if node not in seen:
            group: list[str] = []
            walk(node, back, group)
            groups.append(sorted(group))
    return [group for group in groups if len(group) > 1]


def test_no_packages_import_each_other_in_a_circle():
    """Packages below platform, capabilities and interfaces, and core and app, form an order."""
    edges: dict[str, set[str]] = {}
    for module in modules():
        here = module.area if module.package in ("platform", "capabilities", "interfaces") else module.package
        for _, name in module.imports():
            if name.startswith("workbench.") and (module.path.name, name) != START:
                there = part(name) if of(name) in ("platform", "capabilities", "interfaces") else of(name)
                if there != here and here not in ("capabilities", "platform.capability"):
                    edges.setdefault(here, set()).add(there)
    assert circles(edges) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_the_rule_would_notice():
    """The reading of imports sees plain, from, relative and local ones."""
    source = "import workbench.capabilities.leads.lead_records\nfrom .register import store\ndef f():\n    from workbench.platform.forms.read import x\n"
    module = Module(PACKAGE / "platform" / "new.py", ast.parse(source), 4)
    assert [of(name) for _, name in module.imports()] == ["capabilities", "platform", "platform"]


# what decides, line by line and lead by lead: frames and policies in, frames and lines out
RULES = (
    "capabilities/leads/screening.py",
    "capabilities/leads/precedence.py",
    "capabilities/leads/lifecycle.py",
    "capabilities/leads/verification.py",
    "capabilities/leads/projects.py",
    "capabilities/leads/contract_lines.py",
    "capabilities/publication/withholding.py",
    "capabilities/targets/completion.py",
    "capabilities/targets/breakdown.py",
    "capabilities/settlement/clauses/",
    "capabilities/settlement/settlement.py",
    "capabilities/settlement/quarter.py",
    "platform/regulation/edition.py",
)


def test_rules_need_no_input_and_no_database():
    """The rules are pure: nothing that opens files, sheets, sockets or registers is imported."""
    forbidden = {
        "pathlib",
        "os",
        "io",
        "openpyxl",
        "xlsxwriter",
        "python_calamine",
        "yaml",
        "socket",
        "time",
        *DATABASES,
    }
    rules = {part: [m for m in modules() if m.path.relative_to(PACKAGE).as_posix().startswith(part)] for part in RULES}
    assert [part for part, found in rules.items() if not found] == []
    found = [
        (module.name, name)
        for part in rules.values()
        for module in part
        for _, name in module.imports()
        if name.split(".")[0] in forbidden
    ]
    assert found == []


def clock_calls(tree: ast.AST) -> list[int]:
    """Lines that ask what time it is: now, today, utcnow, time.time, localtime, and ``"now"`` given to pandas."""
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function, words = node.func, [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
        asks = name in {"now", "today", "utcnow"} and owner not in {"clock"}
        asks |= owner == "time" and name in {"time", "time_ns", "localtime", "gmtime", "ctime"}
        asks |= owner == "time" and name == "strftime" and len(node.args) < 2
        asks |= name in {"Timestamp", "datetime64", "to_datetime"} and bool({"now", "today"} & set(words))
        if asks:
            lines.append(node.lineno)
    return lines


def test_the_clock_is_read_at_the_edge_only():
    """No module but ``workbench/app/clock.py`` asks for the time; it is handed in."""
    assert [module.name for module in modules() if clock_calls(module.tree)] == ["workbench/app/clock.py"]


def test_nothing_is_caught_wholesale():
    """``except Exception`` stands where commands, functions of cells, buttons, checks of sent files, deeds of the desk and
    workers' tasks end; others clean up and raise again."""
    found = []
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = {ast.unparse(node.type)} if node.type else {"everything"}
            if isinstance(node.type, ast.Tuple):
                caught = {ast.unparse(part) for part in node.type.elts}
            last = node.body[-1]
            again = isinstance(last, ast.Raise) and last.exc is None
            if caught & {"Exception", "everything"} or (caught & {"BaseException"} and not again):
                found.append(module.name)
    assert found == [
        "workbench/interfaces/addin/callbacks.py",
        "workbench/interfaces/addin/callbacks.py",
        "workbench/interfaces/addin/cells.py",
        "workbench/interfaces/addin/sent_files.py",
        "workbench/interfaces/cli/__init__.py",
        "workbench/interfaces/desk/work.py",
        "workbench/platform/executors/workers.py",
    ]


def test_suppress_names_what_it_expects():
    """``contextlib.suppress`` is no way around it."""
    found = [
        (module.name, node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"suppress", "contextlib.suppress"}
        and {ast.unparse(arg) for arg in node.args} & {"Exception", "BaseException"}
    ]
    assert found == []


def test_sql_stands_in_the_register_only():
    """No statement and no database module outside ``workbench/platform/register``."""
    found = []
    for module in modules():
        if module.area == "platform.register":
            continue
        documentation = module.docstrings()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
                found += [(module.name, node.lineno)] * bool(SQL.search(node.value))
        found += [(module.name, line) for line, name in module.imports() if name.split(".")[0] in DATABASES]
    assert found == []
    statements = [
        node.value
        for module in modules()
        if module.path.name == "store.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert len(statements) > 3, "the pattern no longer sees statements"


def test_private_parts_of_the_register_stay_there():
    """Nobody outside reaches for the connection, the keys or the statements of an open register."""
    private = {"_connection", "_keys", "_execute", "_fetch", "_tables", "_field_key", "_index_key"}
    found = [
        (module.name, node.lineno, node.attr)
        for module in modules()
        if module.area != "platform.register"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in private
    ]
    assert found == []


def test_only_the_free_part_of_xlwings_is_imported():
    """``xlwings.pro`` and what it brings (reports, server, remote, reader) need a commercial licence."""
    paid = re.compile(r"^xlwings\.(pro|server|reports|conversion\.framework_pro)\b")
    assert [(module.name, name) for module in modules() for _, name in module.imports() if paid.match(name)] == []
    assert [module.name for module in modules() if "xlwings" + ".pro" in module.path.read_text(encoding="utf-8")] == []


def test_randomness_for_keys_comes_from_the_system():
    """``random`` makes demonstration data, never keys."""
    users = {module.package for module in modules() for _, name in module.imports() if name.split(".")[0] == "random"}
    assert users <= {"demo"}
