"""What capabilities declare is whole: each clause has cases, each table a way in and words, each action somebody and a use."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support import case_file
from tests.support.situations import CASES
from tests.support.source import PACKAGE, modules
from workbench.capabilities import CAPABILITIES
from workbench.platform.access.actions import Kind, actions, recorded
from workbench.platform.capability import PLATFORM, declared, resolve
from workbench.platform.forms.spec import templates
from workbench.platform.intake.record_intake import intakes, tables_of
from workbench.platform.register import schema
from workbench.platform.register.facts import BOOL, INT, OPTIONAL_INT, TEXT, TIME, tables
from workbench.platform.regulation.clause import clauses
from workbench.platform.workflow.case import Case
from workbench.platform.workflow.task import Task

MIGRATIONS = PACKAGE / "platform" / "register" / "migrations"
REFERENCE = re.compile(r"^workbench(\.\w+)+:\w+$")


def spoken_in(capability: str) -> set[str]:
    """The clauses that the situations beside a capability speak of."""
    files = [path for path in CASES if path.parts[-3] == capability]
    return {str(name) for path in files for case in case_file.read(path) for name in case["speaks"]}


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda capability: capability.name)
def test_every_clause_has_cases_beside_its_capability(capability):
    """A clause without a situation a policy owner can sign is not finished."""
    assert {clause.code for clause in capability.declared("clauses")} - spoken_in(capability.name) == set()


def test_a_clause_without_cases_would_be_noticed():
    """The look-up finds what is there, and nothing where there is nothing."""
    assert "5.1" in spoken_in("leads") and spoken_in("duties") == set()


def test_every_clause_with_money_says_how_it_is_shown():
    """Lines need typed inputs, an explanation, a subject, a payer and a formula in the workbook."""
    bare = [
        (clause.code, part)
        for clause in clauses()
        if clause.lines
        for part in ("Inputs", "explain", "subject", "payer", "recipe")
        if not getattr(clause, part)
    ]
    assert bare == []


def test_every_table_has_a_word_of_its_own_and_stands_in_the_register():
    """The word is what the audit and explanations say; a table without one in the file is kept as records, by its columns."""
    words = [table.word for table in tables().values()]
    assert all(words) and len(set(words)) == len(words)
    made = "".join(path.read_text(encoding="utf-8") for path in MIGRATIONS.glob("*.sql"))
    migrated = set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?\"?(\w+)", made))
    assert "record" in migrated
    assert [table.name for table in tables().values() if table.name not in migrated and not table.columns] == []


def test_columns_of_tables_have_types_of_the_register():
    """One of five, so that a frame is the same wherever it comes from."""
    odd = [
        (table.name, name)
        for table in tables().values()
        for name, kind in table.columns.items()
        if kind not in (TIME, INT, OPTIONAL_INT, TEXT, BOOL)
    ]
    assert odd == []
    since = [(table.name, table.known_at) for table in tables().values() if table.known_at and table.facts]
    assert [(name, column) for name, column in since if column not in tables()[name].columns] == []


@pytest.mark.parametrize("table", [t for t in tables().values() if t.template], ids=lambda table: table.name)
def test_rows_of_a_template_come_in_by_its_intake_and_get_a_verdict(table):
    """A table filled from a template is one its intake writes: so every row has a verdict, and a receipt says it."""
    assert table.template in templates()
    assert table.name in {name for each in intakes() if each.template == table.template for name in each.tables}


def test_every_template_has_one_way_into_the_register():
    """What can be filled in can be brought in, by a permission there is."""
    assert sorted(each.template for each in intakes()) == sorted(templates())
    assert {each.action for each in intakes()} <= set(actions())
    assert {name for each in intakes() for name in each.tables} <= set(tables())


def asked_for() -> set[str]:
    """Every text that stands in the program outside the declarations of actions: what may ask for one."""
    return {
        node.value
        for module in modules()
        if not module.path.name.endswith("actions.py")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_action_has_a_role_a_word_and_a_use():
    """Words tell actions apart in the trail; a permission nobody asks for is a left-over."""
    words = [action.word for action in actions().values()]
    assert len(set(words)) == len(words)
    assert all(action.roles for action in actions().values())
    assert sorted(set(actions()) - asked_for()) == []
    assert all(
        action.entries() for action in actions().values() if action.records is None and action.kind is not Kind.VIEW
    )


def test_every_procedure_is_asked_for_and_decided_by_declared_actions():
    """And wherever two people are needed, the refusal of one has a code."""
    for case in declared("cases"):
        assert isinstance(case, Case)
        assert {case.request, case.decided_by} - {None} <= set(actions()), case.name
        assert all(each.code and callable(resolve(each.holders)) for each in case.four_eyes), case.name
        assert all(each.unless is None or each.unless in actions() for each in case.four_eyes), case.name


def test_every_entry_names_tables_and_actions_there_are():
    """What ``audit verify`` holds it to: the tables it writes, the actions in whose course it is made."""
    known = {*schema.tables(), *tables()}
    for entry in recorded().values():
        assert isinstance(entry.writes, str) or set(entry.writes) <= known, entry.name
        assert isinstance(entry.also, str) or set(entry.also) <= set(actions()), entry.name
        assert all(callable(resolve(part)) for part in (entry.writes, entry.also) if isinstance(part, str))
    for template in [intake.template for intake in intakes()]:
        assert tables_of({"files": {"": [template, 0, 0]}}) <= known, template


@pytest.mark.parametrize("task", declared("tasks"), ids=lambda task: task.key)
def test_every_task_finds_what_it_names(task):
    """Its due function, its runner where it runs by itself, its action, and its clause or chapter."""
    assert isinstance(task, Task)
    assert callable(resolve(task.due))
    assert task.runner is None or callable(resolve(task.runner))
    assert task.action in actions()
    numbers = [clause.number for clause in clauses()]
    assert task.clause is None or any(f"{number}.".startswith(f"{task.clause}.") for number in numbers)


def test_every_name_of_code_in_a_declaration_is_found():
    """``module:name`` is resolved when it is first used; here all of them are."""
    references = {
        value
        for capability in (PLATFORM, *CAPABILITIES)
        for kind in ("actions", "cases", "tasks", "reports", "commands", "buttons", "functions", "tables", "intakes")
        for item in capability.declared(kind)
        for value in vars(item).values()
        if isinstance(value, str) and REFERENCE.match(value)
    }
    assert len(references) > 50
    assert [reference for reference in sorted(references) if resolve(reference) is None] == []
