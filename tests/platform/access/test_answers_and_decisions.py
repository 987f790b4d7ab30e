"""A verifier's answer on another section's lead, and a clerk's decision on one nobody held, written past the program by who signs
honestly: named by the trail's own check, and approving, paying and publishing stop.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from tests.platform.access.test_persons import APPROVER, AUDITOR, CLERK, found, insider
from tests.support.insider import AT
from tests.support.machines import another_machine
from tests.support.office import CLOCK, lead
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.payment import acknowledge
from workbench.core.errors import RegisterError
from workbench.platform.access.session import enter

pytestmark = pytest.mark.slow
__all__ = ["insider"]  # the fixture

OURS, THEIRS, LATER = "江城客运公司", "江城市政府", "滨江物流集团"
MINE, OTHERS = "核实员", "政府核实员"  # S002 and S001
GIVEN = {"甄别结论": "有效", "到期日期": "2026-12-30", "项目责任人": "王政"}
FILES = {"files": {"c" * 64: ["verification_feedback", 1, 0]}}

THEIR_FILE, NEXT = 3, 6  # numbers of files


@pytest.fixture
def leads(become, tmp_path) -> dict[str, int]:
    """One lead with each section, both answered for, and one that was held for its phone: by customer."""
    office = become(CLERK)
    rows = [lead(OURS), lead(THEIRS, 客户类别="政府采购", 联系方式="13900001112")]
    office.receive(office.leads("D001", "一.xlsx", rows), "2026-01-05T09:00:00", code=0)
    office.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", tmp_path / "转交")
    for section, path in enumerate(sorted(office.answer(tmp_path / "转交", {OURS: GIVEN, THEIRS: GIVEN}))):
        office = become((OTHERS, MINE)[section])
        office.run("import", path, "--received-at", f"2026-01-08T09:0{section}:00")
    office = become(CLERK)
    office.receive(office.leads("D002", "二.xlsx", [lead(LATER)]), "2026-01-07T09:00:00")
    shown = office.by_customer()
    assert shown[LATER]["status"] == "待复核"
    office.run("decide", shown[LATER]["number"], "不重复", "--reason", "两家单位")
    with enter(office.folder / "登记册.db", CLERK, PEOPLE[CLERK][1], load_policy(), CLOCK) as session:
        kept = session.register.read("lead", ["lead", "number"]).set_index("number")["lead"]
    return {customer: int(kept[row["number"]]) for customer, row in shown.items()}


def answer(number: int, section: str, document: int) -> dict:
    """A row of T5 in the register."""
    said = {"lead": number, "section": section, "at": AT, "verdict": "无效", "reason": None}
    return {**said, "document": document, "row": 9}


def file(section: str) -> dict:
    """A received T5 in the register."""
    header = json.dumps({"section": section, "person": "某人"}, ensure_ascii=False)
    told = {
        "document": NEXT,
        "sha256": "c" * 64,
        "name": "反馈.xlsx",
        "template": "verification_feedback",
        "version": "1",
    }
    return {**told, "received_at": AT, "unit": section, "header": header, "accepted": 1, "returned": 0}


def for_their_section(insider, leads) -> set[tuple[str, int]]:
    """As if he brought their file in."""
    row, verifier = answer(leads[THEIRS], "S001", NEXT), insider(MINE)
    return {("cause", verifier.write("import", detail=FILES, document=file("S001"), feedback=row))}


def for_his_own_section(insider, leads) -> set[tuple[str, int]]:
    """On a lead that was never handed to it."""
    row, verifier = answer(leads[THEIRS], "S002", NEXT), insider(MINE)
    return {("cause", verifier.write("import", detail=FILES, document=file("S002"), feedback=row))}


def on_their_own_file(insider, leads) -> set[tuple[str, int]]:
    """As a row of the file that section sent, which waited for nothing."""
    row = answer(leads[THEIRS], "S001", THEIR_FILE)
    return {("cause", insider(MINE).write("import", detail=FILES, feedback=row))}


def decides_on_one_nobody_held(insider, leads) -> set[tuple[str, int]]:
    """A clerk makes the lead of a rival a duplicate of another's, or admits what nobody asked about."""
    word = {"verdict": "重复", "at": AT, "by": CLERK, "reason": None}
    pair = insider(CLERK).write("decide", review={**word, "lead": leads[THEIRS], "other": leads[LATER]})
    alone = insider(CLERK).write("decide", review={**word, "verdict": "无效", "lead": leads[OURS]})
    return {("cause", pair), ("cause", alone)}


def decides_against_the_first(insider, leads) -> set[tuple[str, int]]:
    """The two were suspected of each other, but it was the later one that was held."""
    word = {"verdict": "重复", "at": AT, "by": CLERK, "reason": None}
    return {("cause", insider(CLERK).write("decide", review={**word, "lead": leads[OURS], "other": leads[LATER]}))}


ATTACKS = (
    for_their_section,
    for_his_own_section,
    on_their_own_file,
    decides_on_one_nobody_held,
    decides_against_the_first,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_nobody_could_say_is_named_and_nothing_is_paid_by_it(attack, become, insider, leads, tmp_path):
    """Honest answers and decisions are not; with the entry and nothing else named, approving, paying and publishing stop."""
    assert found(become) == set()
    expected = attack(insider, leads)
    with another_machine(tmp_path):
        assert found(become) == expected
        for user, command in ((APPROVER, "settlement approve 2026Q1"), (CLERK, "publish 2026-01-10")):
            office = become(user)
            office.run(*command.split(), code=2)
            assert "对不上" in office.said or "不是其所称的人写入" in office.said
        at = datetime(2026, 4, 11)
        path = office.folder / "登记册.db"
        with (
            enter(path, AUDITOR, PEOPLE[AUDITOR][1], load_policy(), at) as session,
            pytest.raises(RegisterError, match="trail"),
        ):
            acknowledge(replace(session, sole=True), "2026Q1", "财务计划部", 0, 0, at.date(), "x", at)
