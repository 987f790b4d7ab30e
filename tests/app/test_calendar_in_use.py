"""A company extends the calendar by a file (D15): through the commands, and in the notebooks' kernels."""

from __future__ import annotations

import pytest

from tests.support.office import lead
from workbench.app.context import policy_in_use
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WrongUse

# 30 December 2026 is a Wednesday; by weekends and fixed days, 1 January is off and 4 January works
YEAR = "date,kind\n2027-01-01,班\n2027-01-04,休\n"


def due(office) -> tuple[str, bool]:
    """The due date of the only lead, and whether it is provisional."""
    with office.opened() as session:
        state = open_snapshot(session).states.iloc[0]
    return f"{state['due_on']:%Y-%m-%d}", bool(state["provisional"])


def test_a_calendar_file_makes_provisional_due_dates_final(staffed, set_clock, monkeypatch):
    """The same dispatch is due on another day once the year is published, without an entry in the register."""
    set_clock("2026-12-31T09:00:00")
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-12-29T09:00:00", code=0)
    staffed.run("dispatch", "--at", "2026-12-31T09:00:00", "--out", staffed.folder / "转交")
    assert due(staffed) == ("2027-01-05", True)
    file = staffed.folder / "2027.csv"
    file.write_text(YEAR, encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_CALENDAR", "2027.csv")
    assert due(staffed) == ("2027-01-05", False)
    file.write_text(YEAR.replace("2027-01-04,休", "2027-01-02,班"), encoding="utf-8")
    assert due(staffed) == ("2027-01-02", False)
    staffed.run(
        "report", "信息转化率月报", "--period", "2026-12", "--out", staffed.folder / "报告"
    )  # a kernel of its own


@pytest.mark.parametrize(
    ("variable", "text", "code"),
    [
        ("WORKBENCH_CALENDAR", None, "no_policy_file"),
        ("WORKBENCH_POLICY", None, "no_policy_file"),
        ("WORKBENCH_CALENDAR", "day,kind\n", "bad_calendar"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(variable, text, code, tmp_path):
    """A missing or wrong file is a sentence, not a fault, and no silent default."""
    file = tmp_path / "x.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse) as refused:
        policy_in_use({variable: str(file)})
    assert refused.value.code == code


def test_a_notebook_writes_down_the_actual_clock(staffed, monkeypatch):
    """Asked as of a past moment, what the kernel's session adds to the trail carries today's time, not that moment."""
    from datetime import datetime, timedelta

    from workbench.app.clock import now
    from workbench.app.notebook import open_report
    from workbench.core.errors import RegisterError
    from workbench.platform.access import session as sessions

    monkeypatch.setattr(sessions.Session, "may", lambda *_: False)
    with pytest.raises(RegisterError):
        open_report(
            "信息转化率月报",
            register=str(staffed.folder / "登记册.db"),
            user="",
            period="2026-01",
            as_of="2026-02-03T09:00:00",
            out_dir=str(staffed.folder),
            now=now(),
        )
    monkeypatch.undo()
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "correct horse battery staple 2026")
    with staffed.opened() as session:
        (written,) = session.register.read("entry", ["recorded_at"], where={"action": "refused"})["recorded_at"]
    assert abs(written.to_pydatetime() - now()) < timedelta(minutes=5) and written > datetime(2026, 2, 4)
