"""Insiders write past the program, with their own passphrase, keys and signatures: who was not allowed it is named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from tests.support.insider import AT, Insider
from tests.support.machines import another_machine
from tests.support.office import CLOCK, lead
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.approval import approve
from workbench.capabilities.settlement.payment import acknowledge
from workbench.core.errors import RegisterError
from workbench.platform.access.session import enter

CLERK, APPROVER, ANALYST, AUDITOR = "文员", "领导", "分析员", "审计员"
QUARTER = {"quarter": "2026Q1", "edition": "DKHW080004/4", "as_of": AT, "at": AT}
SUBMISSION = {**QUARTER, "digest": "0" * 64, "open": {}, "signature": {}}
CLOSURE = {"month": "2026-01", "at": AT, "reason": "暗中关账"}
REQUEST = {"name": "withdraw_import", "number": "1", "detail": {"reason": "x"}, "at": AT}
DECISION = {"name": "withdraw_import", "number": "1", "verdict": "同意", "at": AT, "reason": "x"}
REPORT = ("信息转化率月报", "--period", "2026-01", "--as-of", "2026-04-10")


@pytest.fixture
def insider(become) -> Callable[[str], Insider]:
    """Somebody of the staff, on the register's file."""
    path = become(None).folder / "登记册.db"
    return lambda user: Insider(path, user, PEOPLE[user][1])


def found(become) -> set[tuple[str, int]]:
    """What the trail's own check says: code and entry."""
    document = become(AUDITOR).ask("audit", "verify")
    return {(breach["code"], breach["entry"]) for breach in document["breaches"]}


def submits_and_approves(insider) -> set[tuple[str, int]]:
    """An approver makes the submission himself, and approves it."""
    approver = insider(APPROVER)
    submitted = approver.write("submit", submission={**SUBMISSION, "by": APPROVER})
    approval = {"quarter": "2026Q1", "submission": 1, "at": AT, "by": APPROVER, "digest": "0" * 64, "signature": {}}
    approved = approver.write("approve", approval=approval)
    return {("role", submitted), ("four_eyes", approved), ("cause", approved)}


def approves_in_a_submitters_name(insider) -> set[tuple[str, int]]:
    """The submission says that the clerk made it; the entry that holds it is the approver's, and says so."""
    approver = insider(APPROVER)
    approval = {"quarter": "2026Q1", "submission": 1, "at": AT, "by": APPROVER, "digest": "0" * 64, "signature": {}}
    number = approver.write("approve", submission={**SUBMISSION, "by": CLERK}, approval=approval)
    return {("name", number), ("four_eyes", number), ("cause", number)}


LINE = {"quarter": "2026Q1", "clause": "7.1.1", "party": "D001", "ref": "DK202601-00001"}


def approves_what_nobody_submitted(insider) -> set[tuple[str, int]]:
    """An approver refers to a submission there is not, and keeps lines of his own."""
    number = insider(APPROVER).write(
        "approve",
        approval={"quarter": "2026Q1", "submission": 7, "at": AT, "by": APPROVER, "digest": "0" * 64, "signature": {}},
        settlement={**QUARTER, "readings": {}},
        settlement_line={**LINE, "position": 0, "amount": 99000, "inputs": {}},
    )
    return {("cause", number)}


def approves_other_lines_than_were_submitted(insider) -> set[tuple[str, int]]:
    """The clerk submitted a quarter without any; the approver approves that, and writes a line."""
    digest = hashlib.sha256(b"[]").hexdigest()
    insider(CLERK).write("submit", submission={**SUBMISSION, "digest": digest, "by": CLERK})
    number = insider(APPROVER).write(
        "approve",
        approval={"quarter": "2026Q1", "submission": 1, "at": AT, "by": APPROVER, "digest": digest, "signature": {}},
        settlement={**QUARTER, "readings": {}},
        settlement_line={**LINE, "position": 0, "amount": 99000, "inputs": {}},
    )
    return {("cause", number)}


def rules_on_no_appeal(insider) -> set[tuple[str, int]]:
    """An approver gives a line another amount by a ruling on an appeal that nobody made."""
    ruling = {
        **LINE,
        "appeal": "SS2026Q1-001",
        "outcome": "成立",
        "amount": 90000,
        "at": AT,
        "by": APPROVER,
        "reason": "x",
    }
    return {("cause", insider(APPROVER).write("rule", ruling=ruling))}


def writes_as_the_approver(insider) -> set[tuple[str, int]]:
    """A clerk writes an approver's entry, and can sign it with his own key only."""
    return {("signature", insider(CLERK).write("override", user=APPROVER))}


def gives_his_entry_to_another(insider) -> set[tuple[str, int]]:
    """A clerk turns the custodian's import into the approver's and chains and signs everything since anew."""
    clerk = insider(CLERK)
    with clerk.raw() as file:
        newest = file.execute("SELECT max(entry) FROM entry").fetchone()[0]
    clerk.alter(2, user=APPROVER)
    return {("signature", number) for number in range(2, newest + 1)}


def decides_beyond_his_role(insider) -> set[tuple[str, int]]:
    """An analyst closes a month, honestly signed."""
    return {("role", insider(ANALYST).write("close", closure=CLOSURE))}


def hides_rows_under_what_he_may(insider) -> set[tuple[str, int]]:
    """An analyst may make reports: the closed month stands under such an entry."""
    return {("rows", insider(ANALYST).write("report", closure=CLOSURE))}


def brings_in_what_his_template_does_not_hold(insider) -> set[tuple[str, int]]:
    """A verifier's import of answers also holds a month's closure; one of leads he may not bring in."""
    verifier = insider("核实员")
    files = {"a" * 64: ["verification_feedback", 0, 0]}
    first = verifier.write("import", detail={"files": files}, closure=CLOSURE)
    second = verifier.write("import", detail={"files": {"b" * 64: ["lead_record", 0, 0]}})
    return {("rows", first), ("role", second)}


def has_a_sheet_of_before_name_another(insider) -> set[tuple[str, int]]:
    """A clerk decides as if a received sheet had named the approver: it came with another entry."""
    row = {"lead": 1, "verdict": "有效", "at": AT, "by": APPROVER, "reason": "x", "document": 1, "row": 6}
    entry = insider(CLERK).write("decide", review=row)
    return {("name", entry), ("cause", entry)}  # nor did anybody hold that lead


def invents_an_act(insider) -> set[tuple[str, int]]:
    """An entry of no kind the program knows."""
    return {("action", insider(CLERK).write("整理", closure=CLOSURE))}


def asks_and_confirms(insider) -> set[tuple[str, int]]:
    """A clerk asks for a file to be taken back, as if somebody else had, and confirms it himself."""
    clerk = insider(CLERK)
    asked = clerk.write("withdraw_import", case_request={**REQUEST, "by": APPROVER})
    confirmed = clerk.write("withdraw_import", case_decision={**DECISION, "by": CLERK})
    return {("name", asked), ("four_eyes", confirmed)}


def confirms_his_own_restoration(insider) -> set[tuple[str, int]]:
    """A clerk may confirm a restoration, not make one; and nobody his own."""
    clerk = insider(CLERK)
    restored, confirmed = clerk.write("restore"), clerk.write("restore_confirm")
    return {("role", restored), ("four_eyes", confirmed)}


def approves_another_state(insider) -> set[tuple[str, int]]:
    """An approval that rests on a head which is not the one before it."""
    return {("head", insider(APPROVER).write("send_back", detail={"covers": f"1:{'0' * 64}"}))}


ATTACKS = (
    submits_and_approves,
    approves_in_a_submitters_name,
    approves_what_nobody_submitted,
    approves_other_lines_than_were_submitted,
    rules_on_no_appeal,
    writes_as_the_approver,
    gives_his_entry_to_another,
    decides_beyond_his_role,
    hides_rows_under_what_he_may,
    brings_in_what_his_template_does_not_hold,
    has_a_sheet_of_before_name_another,
    invents_an_act,
    asks_and_confirms,
    confirms_his_own_restoration,
    approves_another_state,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_nobody_was_allowed_is_named_and_nothing_is_paid_by_it(attack, become, insider, tmp_path):
    """With the entry and nothing else; approving, paying and publishing stop there."""
    assert found(become) == set()
    expected = attack(insider)
    with another_machine(tmp_path):  # one that saw the chain of before would refuse it for that alone
        assert found(become) == expected
        for user, command in (
            (APPROVER, "settlement approve 2026Q1"),
            (APPROVER, "publish 2026-01-10"),
            (None, "audit verify"),
        ):
            office = become(user)
            office.run(*command.split(), code=1 if user is None else 2)
            assert user is None or "对不上" in office.said or "不是其所称的人写入" in office.said


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("lead", "UPDATE lead SET quantity = 99 WHERE lead_version = 1"),
        ("lead", "DELETE FROM lead WHERE lead_version = 2"),
        (
            "finding",
            "INSERT INTO finding SELECT 99, entry, document, sheet, 77, 'A1', 'x', clause, severity, message, inputs "
            "FROM finding LIMIT 1",
        ),
        ("closure", "INSERT INTO closure VALUES (1, 999, '2026-01', '2026-02-01T00:00:00', 'x')"),
    ],
)
def test_nothing_is_approved_paid_or_published_on_altered_rows(become, insider, tmp_path, table, statement):
    """A row that was changed, taken out or put in past the program is named with its table, and the deed refused."""
    office = become(CLERK)
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司"), lead("江城纺织厂", **{"标的量(台)": 2})]), AT)
    with insider(CLERK).raw() as file:
        file.execute(statement)
    for user, command in ((APPROVER, "settlement approve 2026Q1"), (CLERK, "publish 2026-01-10")):
        office = become(user)
        office.run(*command.split(), code=2)
        assert f"表 {table} 第" in office.said and "审计记录" in office.said
    with enter(office.folder / "登记册.db", CLERK, PEOPLE[CLERK][1], load_policy(), CLOCK) as session:
        with pytest.raises(RegisterError) as refusal:
            acknowledge(replace(session, sole=True), "2026Q1", "财务计划部", 0, 0, CLOCK.date(), "x", CLOCK)
        assert refusal.value.code == "trail_breached" and f"of table {table} " in str(refusal.value)


def test_a_report_says_that_the_trail_does_not_hold(become, insider):
    """It is made all the same, for who has to find out; its manifest says so too."""
    decides_beyond_his_role(insider)
    office = become(CLERK)
    office.run("report", *REPORT, "--out", office.folder / "报告", code=0)
    assert "对不上" in office.said
    assert '"doubted": true' in next((office.folder / "报告").glob("*.manifest.json")).read_text(encoding="utf-8")


def test_who_calls_the_program_as_if_he_were_alone_is_named(become, staffed):
    """An approver opens a session, says in Python that he is the only user, and approves what nobody submitted."""
    become(CLERK).receive(staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    path = staffed.folder / "登记册.db"
    with enter(path, APPROVER, PEOPLE[APPROVER][1], load_policy(), CLOCK) as session:
        approve(replace(session, sole=True), "2026Q1", datetime(2026, 4, 10), CLOCK)
        number = session.register.maximum("entry", "entry")
    assert found(become) == {("four_eyes", number)}
