"""What falls due when: the day before, the day itself, the day after; and never before duties begin (D21)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from workbench.app.policy import load_policy
from workbench.capabilities.leads.tables import STATES
from workbench.platform.access.actions import actions
from workbench.platform.capability import resolve
from workbench.platform.register.facts import Facts, frame
from workbench.platform.reporting.registry import find
from workbench.platform.workflow.task import DueContext, Duty, DutyState, Task, duties, tasks

POLICY = load_policy()
COMING, DUE, OVERDUE, DONE = DutyState.COMING, DutyState.DUE, DutyState.OVERDUE, DutyState.DONE
FIRST = {
    "lead": 1,
    "version": 1,
    "number": "DK202601-00001",
    "filed_at": datetime(2026, 1, 5, 9),
    "row": 7,
    "quantity": 12,
}


def states(*rows: dict) -> pd.DataFrame:
    """States of some leads."""
    table = pd.DataFrame([{name: row.get(name) for name in STATES} for row in rows], columns=list(STATES))
    return table.astype({"due_on": "datetime64[us]", "expires_on": "datetime64[us]"})


def due(facts: Facts, rows: pd.DataFrame, moment: datetime, approved=()) -> list[Duty]:
    """What is due by the facts alone, without a register."""
    return duties(DueContext(moment, POLICY, SimpleNamespace(facts=facts, states=rows, approved=approved)))


def seen(on: str, approved=(), leads=(), **tables) -> dict[tuple[str, str], str]:
    """State of every duty at the end of a day, by task and period."""
    facts = Facts.of(leads=frame("leads", [FIRST]), **tables)
    day = date.fromisoformat(on)
    found = due(facts, states(*leads), datetime.combine(day, time(23, 59, 59)), approved)
    return {(duty.task.key, duty.period): duty.state(day) for duty in found}


@pytest.mark.parametrize(
    ("task", "period", "days"),
    [
        (
            "publication",
            "2026-01-10",
            {"2026-01-09": COMING, "2026-01-10": DUE, "2026-01-12": DUE, "2026-01-13": OVERDUE},
        ),
        (
            "publication",
            "2026-02-28",
            {"2026-02-20": None, "2026-02-21": COMING, "2026-02-28": DUE, "2026-03-01": OVERDUE},
        ),
        ("register", "2026-01", {"2026-01-25": None, "2026-01-26": COMING, "2026-02-02": DUE, "2026-02-03": OVERDUE}),
        ("targets", "2026-01", {"2026-01-31": None, "2026-02-01": DUE, "2026-02-02": OVERDUE}),
        ("conversion", "2026-01", {"2026-02-02": None, "2026-02-03": DUE, "2026-02-04": OVERDUE}),
        ("settlement_report", "2026Q1", {"2026-04-02": None, "2026-04-03": DUE, "2026-04-04": OVERDUE}),
        ("settlement", "2026Q1", {"2026-04-02": None, "2026-04-03": DUE, "2026-04-04": OVERDUE}),
    ],
)
def test_the_day_before_the_day_and_the_day_after(task, period, days):
    """Fixed dates are named a week ahead; what is computed afterwards appears on its day."""
    assert {day: seen(day).get((task, period)) for day in days} == days


def test_what_is_done_is_done():
    """By the register: a publication made, a contract register returned (also a nil one), a quarter approved."""
    done = seen(
        "2026-04-10",
        approved=["2026Q1"],
        publications=[{"due_on": "2026-01-10", "at": "2026-01-12T09:00:00"}],
        returns=[{"month": "2026-01", "at": "2026-02-02T09:00:00"}],
    )
    assert done["publication", "2026-01-10"] == done["register", "2026-01"] == done["settlement", "2026Q1"] == DONE
    assert done["publication", "2026-01-20"] == done["register", "2026-02"] == OVERDUE
    assert done["settlement_report", "2026Q1"] == OVERDUE  # whether it was made is for the caller to say


def test_duties_begin_with_the_first_month():
    """Nothing of December is due in January, and nothing at all without a lead."""
    assert all(period >= "2026-01" for _, period in seen("2026-04-10") if period)
    empty = Facts.of()
    assert due(empty, states(), datetime(2026, 4, 10)) == []


def test_what_single_leads_wait_for():
    """Feedback is a reminder the day before; expiring leads thirty days ahead, those under contract not."""
    rows = [
        {"status": "待甄别", "section": "S001", "due_on": "2026-01-07"},
        {"status": "待甄别", "section": "S001", "due_on": "2026-01-08"},
        {"status": "待复核"},
        {"status": "已接收"},
        {"status": "已立项", "expires_on": "2026-01-20"},
        {"status": "已申报", "expires_on": "2026-02-06"},
        {"status": "已签约", "expires_on": "2026-01-08"},
    ]

    def lead_duties(on: str) -> dict:
        day = date.fromisoformat(on)
        found = due(Facts.of(leads=frame("leads", [FIRST])), states(*rows), datetime.combine(day, time(12)))
        single = ("feedback", "review", "dispatch", "expiring")
        assert all(d.period == d.due_on.isoformat() for d in found if d.task.key == "expiring")
        return {(d.task.key, d.due_on.day): (d.state(day), d.count) for d in found if d.task.key in single}

    assert lead_duties("2026-01-06") == {
        ("feedback", 7): (COMING, 1),
        ("review", 6): (DUE, 1),
        ("dispatch", 6): (DUE, 1),
        ("expiring", 20): (COMING, 1),
    }
    assert lead_duties("2026-01-07")["feedback", 8] == (COMING, 1)
    assert lead_duties("2026-01-08")["feedback", 7] == (OVERDUE, 1)
    soon = {key: told for key, told in lead_duties("2026-01-07").items() if key[0] == "expiring"}
    assert soon == {("expiring", 20): (COMING, 1), ("expiring", 6): (COMING, 1)}  # thirty days ahead, each on its day
    assert ("expiring", 6) in lead_duties("2026-02-06") and ("expiring", 6) not in lead_duties("2026-02-07")


def test_every_task_says_what_to_do():
    """And each key stands once."""
    assert len({task.key for task in tasks()}) == len(tasks())
    assert all(task.title and task.instruction for task in tasks())


def test_every_task_names_what_exists():
    """The functions that say when it is due and that do it, the report it makes, the action it takes."""
    for task in tasks():
        assert callable(resolve(task.due))
        assert task.runner is None or callable(resolve(task.runner))
        assert task.report is None or find(task.report)
        assert task.action in actions()
    assert [task.order for task in tasks()] == sorted({task.order for task in tasks()})


@pytest.mark.parametrize(("by_itself", "runner"), [(True, None), (False, "workbench.app.due:run")])
def test_a_task_runs_by_itself_exactly_where_it_names_a_runner(by_itself, runner):
    """Otherwise it cannot be declared, and the capabilities not be assembled."""
    with pytest.raises(ValueError, match="names a runner"):
        Task(
            "x",
            "某事",
            "1",
            "list",
            "做某事",
            "at any time",
            "workbench.app.due:list_duties",
            runner=runner,
            by_itself=by_itself,
        )


def test_a_task_that_a_person_does_is_not_run():
    """Nothing else is done in its place."""
    task = next(task for task in tasks() if task.key == "dispatch")
    with pytest.raises(LookupError, match="dispatch has no runner"):
        task.run(Duty(task, "", date(2026, 4, 10)), None)


def test_every_publication_date_of_a_year_is_named_once():
    """Counted another way: three a month."""
    last = date(2026, 12, 31)
    found = [period for (task, period) in seen(str(last)) if task == "publication" and period <= str(last)]
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    naive = [str(day) for day in days if day.day in (10, 20, 30) or (day.month == 2 and day.day == 28)]
    assert sorted(found) == naive
