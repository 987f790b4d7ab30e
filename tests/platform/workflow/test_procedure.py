"""A procedure from its declaration alone: asked for, decided by another, due until its term, its effect in one step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from tests.support.ledger import NOW, Ledger
from tests.support.vault import MOMENT
from workbench.app.policy import load_policy
from workbench.core.calendar import add_working_days
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access import trail
from workbench.platform.access.actions import Action, Kind
from workbench.platform.capability import Capability, extended
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.case import Case
from workbench.platform.workflow.procedure import ASKED, COLUMNS, DECISIONS, ask, decide, list_requests
from workbench.platform.workflow.task import DueContext, Duty, DutyState, Task, duties

HERE = "tests.platform.workflow.test_procedure"
LOAN = Case(
    name="loan",
    title="借阅",
    request="loan_ask",
    decided_by="loan_decide",
    four_eyes=(ASKED,),
    effect="The file is lent.",
    due="Two working days after it was asked for.",
    decisions=DECISIONS,
    task="loan",
    term=f"{HERE}:term",
    carry_out=f"{HERE}:carry_out",
)
TASK = Task(
    "loan",
    "借阅审批",
    "1",
    "loan_decide",
    "审批 {period}",
    "two working days after the request",
    "workbench.platform.workflow.procedure:waiting",
    from_register=True,
)
CAPABILITY = Capability(
    name="lending",
    title="借阅",
    actions=(
        Action("loan_ask", "申请借阅", ("clerk",), Kind.DATED, ("number",), writes=("case_request",)),
        Action(
            "loan_decide",
            "审批借阅",
            ("clerk", "approver"),
            Kind.DATED,
            ("number", "verdict"),
            writes=("case_decision",),
        ),
    ),
    cases=(LOAN,),
    tasks=(TASK,),
)
CLERK, APPROVER = "某clerk", "某approver"
LATER = MOMENT + timedelta(minutes=20)
effects: list[tuple[Any, ...]] = []


def term(at: datetime, policy: Policy) -> datetime:
    """Two working days."""
    return add_working_days(pd.Series([pd.Timestamp(at)]), 2, policy.calendar)[0].iloc[0].to_pydatetime()


def carry_out(session: Any, entry: Any, request: dict[str, Any], verdict: str) -> None:
    """What follows, inside the decision's transaction."""
    if verdict == "同意" and request["detail"].get("impossible"):
        raise WrongUse("unknown_case_request", title="借阅", number=request["number"])
    effects.append((session.user, request["number"], request["detail"], verdict))


@pytest.fixture(autouse=True)
def lending() -> Iterator[None]:
    """The house with lending."""
    effects.clear()
    with extended(CAPABILITY):
        yield


@pytest.fixture
def asked(ledger: Ledger) -> Ledger:
    """Two requests of a clerk."""
    with ledger.session("clerk") as session:
        ask(session, LOAN, "J-1", MOMENT, {"file": "卷一"})
        ask(session, LOAN, "J-2", MOMENT, {"file": "卷二", "impossible": True})
    return ledger


def due(ledger: Ledger, role: str, moment: datetime) -> list[Duty]:
    """What of it is due for a role; by the snapshot nothing is."""
    none = pd.Series([], dtype="datetime64[us]")
    states = pd.DataFrame({"status": [], "section": [], "due_on": none, "expires_on": none})
    snapshot = SimpleNamespace(facts=Facts.of(), states=states, approved=())
    with ledger.session(role) as session:
        found = duties(DueContext(moment, session.policy, snapshot, session))
        return [duty for duty in found if duty.task.key == "loan"]


def test_asked_decided_and_brought_about(asked):
    """By two people, each step an entry with its words; the decision ends it."""
    with asked.session("approver") as session:
        decide(session, LOAN, "J-1", "同意", LATER, " 可以 ")
        table = list_requests(session, LOAN)
    last = term(MOMENT, load_policy())
    assert table.to_dict("records") == [
        dict(
            zip(COLUMNS, ("J-1", {"file": "卷一"}, MOMENT, CLERK, last, "同意", LATER, APPROVER, "可以"), strict=True)
        ),
        dict(
            zip(COLUMNS, ("J-2", {"file": "卷二", "impossible": True}, MOMENT, CLERK, last, *[None] * 4), strict=True)
        ),
    ]
    assert effects == [(APPROVER, "J-1", {"file": "卷一"}, "同意")]
    with asked.session("auditor") as session:
        shown = trail.show(session)[["user", "word", "summary"]].tail(3).values.tolist()
        assert trail.verify(session).breaches == []
    assert shown == [[CLERK, "申请借阅", "J-1"], [CLERK, "申请借阅", "J-2"], [APPROVER, "审批借阅", "J-1 同意"]]


def test_it_is_due_until_its_last_day(asked):
    """For who may decide; no more once it is decided."""
    last = term(MOMENT, load_policy()).date()
    found = due(asked, "approver", NOW)
    assert [(duty.period, duty.due_on) for duty in found] == [("J-1", last), ("J-2", last)]
    assert found[0].state(last) == DutyState.DUE and found[0].state(last + timedelta(days=1)) == DutyState.OVERDUE
    assert due(asked, "approver", MOMENT - timedelta(days=1)) == due(asked, "payer", NOW) == []
    with asked.session("approver") as session:
        decide(session, LOAN, "J-1", "不同意", LATER, "无需")
    assert [duty.period for duty in due(asked, "approver", NOW)] == ["J-2"]


def test_who_asked_does_not_decide(asked):
    """His role may; he may not."""
    with asked.session("clerk") as session:
        with pytest.raises(WrongUse) as refused:
            decide(session, LOAN, "J-1", "同意", LATER, "可以")
        assert refused.value.code == "own_case_request" and "J-1" in refused.value.zh
        assert list_requests(session, LOAN)["verdict"].isna().all()


def test_an_effect_that_cannot_be_leaves_no_decision(asked):
    """One transaction: the decision goes with its effect."""
    with asked.session("approver") as session:
        before = session.register.count("entry")
        with pytest.raises(WrongUse):
            decide(session, LOAN, "J-2", "同意", LATER, "可以")
        assert (session.register.count("entry"), session.register.count("case_decision")) == (before, 0)


REFUSED = {
    "unknown_verdict": ("J-1", "好", LATER, "可以"),
    "no_reason": ("J-1", "同意", LATER, "  "),
    "unknown_case_request": ("J-9", "同意", LATER, "可以"),
    "before_request": ("J-1", "同意", MOMENT - timedelta(days=1), "可以"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_decided_is_refused(code, asked):
    """With its code; nothing is kept."""
    with asked.session("approver") as session:
        with pytest.raises(WrongUse) as refused:
            decide(session, LOAN, *REFUSED[code])
        assert refused.value.code == code
        assert session.register.count("case_decision") == 0


def test_nothing_is_asked_or_decided_twice(asked):
    """The first stands."""
    with asked.session("clerk") as session, pytest.raises(WrongUse) as refused:
        ask(session, LOAN, "J-1", LATER, {})
    assert refused.value.code == "already_asked"
    with asked.session("approver") as session:
        decide(session, LOAN, "J-1", "不同意", LATER, "无需")
        with pytest.raises(WrongUse) as refused:
            decide(session, LOAN, "J-1", "同意", LATER, "可以")
    assert refused.value.code == "already_decided" and "不同意" in refused.value.zh


def test_roles_hold(asked):
    """Who may not ask or decide is refused, and that stands in the trail."""
    with asked.session("auditor") as session:
        for step in (
            lambda: ask(session, LOAN, "J-3", NOW, {}),
            lambda: decide(session, LOAN, "J-1", "同意", NOW, "x"),
        ):
            with pytest.raises(RegisterError) as refused:
                step()
            assert refused.value.code == "not_allowed"
    assert [entry["wanted"] for entry in asked.kept("refused")] == ["loan_ask", "loan_decide"]
