"""Whoever is fined for being late does not make himself in time with a time behind the clock (6.1, 6.3, 6.5)."""

from __future__ import annotations

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import CLOCK, lead

SUPPORT = ("支持员", "麦田边的风车转得慢 seven")


@pytest.fixture
def staff(become, staffed, monkeypatch, prepared):
    """Become one of the staff, a support officer among them; a lead is to be answered by Wednesday 7 January."""

    def work() -> None:
        monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", SUPPORT[1])
        become(None).run("users", "add", SUPPORT[0], "--role", "support")
        become("文员")
        staffed.receive(staffed.leads("D001", "甲.xlsx", [lead("江城公交")]), "2026-01-05T09:00:00", code=0)
        staffed.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", staffed.folder / "转交")

    prepared(staffed.folder, "a lead to be answered, with a support officer", work)

    def act_as(user: str):
        if user != SUPPORT[0]:
            return become(user)
        monkeypatch.setenv("WORKBENCH_USER", user)
        monkeypatch.setenv("WORKBENCH_PASSPHRASE", SUPPORT[1])
        return staffed

    return act_as


def answer(office):
    (path,) = office.answer(office.folder / "转交", {"江城公交": VALID})
    return path


def late(office) -> list[bool]:
    """Whether the lead was answered late, as `settle` fines it."""
    lines = office.ask("settle", "2026Q1", "--as-of", "2026-03-31")["lines"]
    return [line["clause"] for line in lines if line["clause"] == "7.3.1"]


def test_an_answer_of_ones_own_an_hour_past_its_term(staff, set_clock):
    """Half an hour after the last day the verifier is refused the time of half an hour before; the clerk is not."""
    set_clock("2026-01-08T00:30:00")
    path = answer(staff("核实员"))
    office = staff("核实员")
    office.run("import", path, "--received-at", "2026-01-07T23:30:00", code=2)
    assert "2026-01-07" in office.said and "市场策略" in office.said and "江城" not in office.said
    office = staff("文员")
    assert office.ask("leads")[0]["status"] == "待甄别"
    office.run("import", path, "--received-at", "2026-01-07T23:30:00", code=0)
    assert late(office) == []


def test_an_answer_of_ones_own_in_time_or_late_as_it_is(staff, set_clock):
    """On the last day itself an earlier time is taken; a day later the true, late time is."""
    set_clock("2026-01-07T23:30:00")
    path = answer(staff("核实员"))
    staff("核实员").run("import", path, "--received-at", "2026-01-07T22:30:00", code=0)
    assert late(staff("文员")) == []


def test_a_late_answer_is_taken_at_its_true_time(staff, set_clock):
    """It is late, and fined."""
    set_clock("2026-01-08T09:00:00")
    path = answer(staff("核实员"))
    staff("核实员").run("import", path, "--received-at", "2026-01-08T08:00:00", code=0)
    assert late(staff("文员")) == ["7.3.1"]


def test_a_register_of_ones_own(staff, set_clock):
    """January's is due on Monday 2 February, February's on Monday 2 March."""
    office = staff("支持员")
    january, february = (office.file("合同登记汇总表", f"{m}.xlsx", {"月份": m}, []) for m in ("2026-01", "2026-02"))
    set_clock("2026-02-03T00:30:00")
    office.run("import", january, "--received-at", "2026-02-02T23:30:00", code=2)
    assert "2026-02-02" in office.said and "市场策略" in office.said
    office.run("import", january, "--received-at", "2026-02-03T00:10:00", code=0)
    set_clock("2026-03-02T23:30:00")
    office.run("import", february, "--received-at", "2026-03-02T22:30:00", code=0)
    staff("文员").run("import", january, "--received-at", "2026-02-02T23:30:00", code=0)


def test_a_publication_of_ones_own(staff, set_clock):
    """The 20th of January is a Tuesday; an approver may give the time that the clerk may not."""
    set_clock("2026-01-21T00:30:00")
    publish = ("publish", "2026-01-20", "--at", "2026-01-20T23:30:00", "--out", staff("文员").folder / "通报")
    office = staff("文员")
    office.run(*publish, code=2)
    assert "2026-01-20" in office.said and "审批" in office.said
    staff("领导").run(*publish, code=0)


def test_a_simulation_and_a_sole_user_are_free(staff, staffed, monkeypatch):
    """Where times are not those of the clock, a verifier's stand as they are given."""
    assert CLOCK.year == 2026  # the machine's clock stands long after the term
    path = answer(staff("核实员"))
    staff("核实员").run("import", path, "--received-at", "2026-01-07T23:30:00", code=2)
    monkeypatch.setenv("WORKBENCH_SIMULATION", "1")
    staffed.run("import", path, "--received-at", "2026-01-07T23:30:00", code=0)
