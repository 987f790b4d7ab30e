"""One control for every case: who had another part in it does not decide; everybody else, and a sole user, may."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import workbench.capabilities  # noqa: F401 - the declarations
from workbench.core.errors import WrongUse
from workbench.core.messages import exists
from workbench.platform.access.actions import actions
from workbench.platform.capability import Capability, extended
from workbench.platform.forms.spec import templates
from workbench.platform.register.facts import tables
from workbench.platform.register.schema import migrations
from workbench.platform.workflow.case import Case, FourEyes, cases
from workbench.platform.workflow.task import tasks

TRIAL = Case(
    name="trial",
    title="试行事项",
    request="list",
    decided_by="approve",
    four_eyes=(
        FourEyes("who asked", "own_request"),
        FourEyes("who brought it in", "own_decision"),
    ),
    effect="It holds.",
    due="At any time.",
)
CODES = {
    "restore": ["own_restore"],
    "override": ["own_decision"],
    "target_adjustment": ["own_approval"],
    "settlement": ["own_submission"],
    "appeal": ["own_settlement", "own_appeal"],
    "disclosure": ["own_request"],
    "disposal": ["own_disposal"],
    "lead_change": ["own_change"],
    "withdraw_import": ["own_case_request"],
}


def person(name: str, sole: bool = False) -> SimpleNamespace:
    """A user of a register."""
    return SimpleNamespace(user=name, sole=sole)


def test_the_codes_of_every_case():
    """What outside checks rely on."""
    assert {name: [rule.code for rule in case.four_eyes] for name, case in cases().items()} == CODES


@pytest.mark.parametrize("name", CODES)
def test_a_case_names_what_exists(name):
    """Its actions, its form, its task, its sentences, and the tables that hold its decisions."""
    case = cases()[name]
    assert all(exists(rule.code) for rule in case.four_eyes)
    assert {case.request, case.decided_by} <= set(actions())
    assert case.form is None or case.form in templates()
    assert case.task is None or case.task in {task.key for task in tasks()}
    schema = "".join(text for _, text in migrations())
    kept = {name: declared.columns for name, declared in tables().items()}  # without a table of their own: records
    for table, column in case.decisions:
        assert f"CREATE TABLE {table} " in schema or column in kept[table]


@pytest.mark.parametrize("name", CODES)
def test_who_had_another_part_does_not_decide(name):
    """Each part by itself keeps its holder out, with its own code; nobody else, and no sole user."""
    case = cases()[name]
    for rule in case.four_eyes:
        parts = {each.part: {"甲"} if each is rule else {"乙", None} for each in case.four_eyes}
        assert case.broken_rule(person("甲"), parts) is rule
        assert case.broken_rule(person("丙"), parts) is None
        assert case.broken_rule(person("甲", sole=True), parts) is None


def test_the_first_part_that_holds_is_said():
    """In both languages, with what the case is about."""
    parts = {"who asked": {"甲"}, "who brought it in": {"甲"}}
    with pytest.raises(WrongUse) as refused:
        TRIAL.require_another(person("甲"), parts, number="S-1")
    assert (refused.value.code, refused.value.zh, refused.value.en) == (
        "own_request",
        "申请 S-1 是您本人提出或导入的，须由他人审批。",
        "Request S-1 is your own; another person has to decide it.",
    )
    TRIAL.require_another(person("乙"), parts, number="S-1")


def test_a_part_cannot_be_left_out():
    """A caller who names one part only would let the other through; a sole user is no excuse."""
    with pytest.raises(KeyError, match="who brought it in"):
        TRIAL.broken_rule(person("甲", sole=True), {"who asked": {"甲"}})


def test_a_case_without_four_eyes_is_none():
    """It cannot be declared."""
    with pytest.raises(ValueError, match="needs four eyes"):
        Case("x", "某事", "list", "approve", (), "It holds.", "At any time.")


def test_a_decision_is_one_of_its_tables():
    """Any of them."""
    rows = {("send_back", "submission"): 3}
    register = SimpleNamespace(count=lambda table, where: rows.get((table, *where)) == next(iter(where.values())))
    assert [cases()["settlement"].is_decided(register, key) for key in (3, 4)] == [True, False]


def test_a_capability_brings_its_own():
    """And its name stands once."""
    with extended(Capability("trial", "试行", cases=(TRIAL,))):
        assert cases()["trial"] is TRIAL
    with extended(Capability("trial", "试行", cases=(TRIAL, TRIAL))), pytest.raises(ValueError, match="twice"):
        cases()
    assert "trial" not in cases()
