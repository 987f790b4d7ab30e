"""What the trail shows: of a lead every entry that wrote a row of it, in words, without personal data; by role."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.support.contents import without_digests
from tests.support.ledger import NOW, NUMBER, Ledger
from tests.support.vault import CONTACTS, MOMENT, PHONES
from workbench.capabilities.leads import personal_data as personal
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access import actions, roles, trail

VISIT = {"lead": 1, "section": "S001", "at": MOMENT}
CASE = {"number": "X1", "person": "某人", "happened_on": MOMENT, "inside": True, "at": MOMENT, "document": 1, "row": 1}
COMMANDS = {
    "verify": ("audit", trail.verify),
    "show": ("audit", trail.show),
    "head": ("audit", trail.head),
    "reveal": ("reveal", lambda session: personal.reveal(session, NUMBER, "客户来电核对")),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("role", roles.ROLES)
def test_the_table_of_roles_holds_for_the_trail(role, command, ledger):
    """Who may is served; who may not gets nothing, and the attempt stands in the trail."""
    action, function = COMMANDS[command]
    with ledger.session(role) as session:
        before = session.register.count("entry")
        if actions.allowed(role, action):
            assert function(session) is not None
            assert session.register.count("entry") - before == (command == "reveal")
            return
        with pytest.raises(RegisterError) as refused:
            function(session)
        assert refused.value.code == "not_allowed"
        assert session.register.count("entry") - before == 1
    assert ledger.kept("refused") == [{"wanted": action, "role": role}]
    assert ledger.kept("reveal") == []


def test_every_table_of_leads_is_looked_through(ledger):
    """A table that holds ``lead`` and is left out would hide who touched it."""
    with ledger.vault.raw() as connection:
        stored = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(trail.tables_by_lead()) & stored == tables_by_lead(ledger)  # others are kept as records


def tables_by_lead(ledger: Ledger) -> set[str]:
    """What the register itself says; ``state`` is derived and names no entry."""
    found = set()
    with ledger.vault.raw() as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            if {"lead", "entry"} <= columns:
                found.add(name)
    return found


def test_a_leads_entries_are_those_that_wrote_of_it(ledger):
    """Its import, its dispatch, a leak of it; a refused or served look at it; not the others'."""
    ledger.write("dispatch", dispatch={**VISIT, "batch": 1})
    ledger.write("import", incident={**CASE, "lead": 1})
    ledger.write("dispatch", dispatch={**VISIT, "batch": 2, "lead": 3})
    ledger.run("reveal", NUMBER, "--reason", "客户来电核对")
    rows = ledger.ask("audit", "show", "--lead", NUMBER)
    assert [(row["entry"], row["action"]) for row in rows] == [
        (1, "import"),
        (4, "dispatch"),
        (5, "import"),
        (7, "reveal"),
    ]
    assert [row["entry"] for row in ledger.ask("audit", "show", "--customer", "江城客户3")] == [2, 6]
    assert ledger.ask("audit", "show", "--lead", NUMBER, "--customer", "江城客户3") == []


def test_a_value_of_an_added_column_is_of_its_lead(ledger):
    """The row names the lead by its number."""
    value = {"template": "lead_record", "subject": NUMBER, "lead": NUMBER, "field": "colour", "title": "颜色"}
    cell = {"value": "红", "filled": True, "personal": False, "at": MOMENT, "document": 1, "row": 1, "cell": "Z1"}
    ledger.write("import", added_value={**value, **cell})
    assert [row["entry"] for row in ledger.ask("audit", "show", "--lead", NUMBER)] == [1, 4]


def test_an_action_is_named_by_either_word(ledger):
    """An unknown one is refused, not an empty answer."""
    assert ledger.ask("audit", "show", "--action", "import") == ledger.ask("audit", "show", "--action", "导入")
    ledger.run("audit", "show", "--action", "查无此动作", code=2)
    assert "reveal（查看个人信息）" in ledger.said


@pytest.mark.parametrize(
    ("apart", "marked"), [(-86401, True), (-86400, False), (0, False), (86400, False), (86401, True)]
)
def test_more_than_a_day_apart_is_marked(apart, marked, ledger):
    """Back-dated or set ahead; a day to the second is not."""
    ledger.write("close", at=NOW + timedelta(seconds=apart))
    assert ledger.ask("audit", "show", "--action", "close")[0]["back_dated"] is marked
    assert ("（按 " in ledger.run("audit", "show", "--action", "close")) is marked


def test_times_bound_the_actual_clock(ledger):
    """A date alone means its first moment, as an end its last."""
    ledger.write("close", now=NOW + timedelta(days=2))
    assert len(ledger.ask("audit", "show", "--until", f"{NOW:%Y-%m-%d}")) == 3
    assert len(ledger.ask("audit", "show", "--since", f"{NOW + timedelta(days=2):%Y-%m-%d}")) == 1


def test_an_entry_is_one_line_of_words(ledger):
    """Whatever was typed as a reason; the newest stands last."""
    ledger.run("reveal", NUMBER, "--reason", "客户来电\n核对\x1b[2J")
    lines = ledger.run("audit", "show").splitlines()
    assert len(lines) == 5  # the headings stand first
    assert lines[-1].endswith(f"{NUMBER} 客户来电 核对 [2J")


def test_a_summary_takes_known_parts_only():
    """A part that is new, or names whom money goes to, does not get in by itself."""
    assert trail.summary("import", {"files": {"a": ["lead_record", 3, 1], "b": ["lead_record", 1, 0]}}) == (
        "2 个文件，接收 4 行，退回 1 行"
    )
    assert trail.summary("approve", {"quarter": "2026Q1", "totals": {"周正": -500}}) == "2026Q1"
    assert trail.summary("import", {}) == "0 个文件，接收 0 行，退回 0 行"
    assert trail.summary("new", {"phone": "13900001111", "user": "张三"}) == ""


def test_what_persons_were_paid_is_withheld(ledger):
    """The custodian may read the trail and not the settlement."""
    with (
        ledger.session("approver") as session,
        session.transaction("approve", NOW, quarter="2026Q1", totals={"周正": -500}),
    ):
        pass
    assert "周正" not in ledger.run("audit", "show") + ledger.run("audit", "show", "--json")


def test_nothing_personal_is_in_any_audit_output(ledger):
    """Neither names nor phones nor remarks, sealed in the register, come out by this door."""
    ledger.run("reveal", NUMBER, "--reason", "客户来电核对")
    said = "".join(ledger.run("audit", command, *json) for command in ("show", "verify") for json in ((), ("--json",)))
    said += ledger.run("audit", "head")
    assert not [value for value in (*CONTACTS, *PHONES, "刘密联", "李提报") if value in said]
    assert not re.search(r"1[3-9]\d{9}", without_digests(said))


def test_unknown_leads_and_customers_are_refused(ledger):
    """Rather than shown as untouched."""
    with ledger.session("auditor") as session:
        for words, code in (
            ({"lead": "DK209901-00001"}, "unknown_number"),
            ({"customer": "没有这家"}, "unknown_customer"),
        ):
            with pytest.raises(WrongUse) as refused:
                trail.show(session, **words)
            assert refused.value.code == code
