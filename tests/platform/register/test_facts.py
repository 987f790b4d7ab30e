"""Tables of facts: declared once, read when they are asked for, all of one state of the register."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from tests.support.office import Office, lead
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.targets.planning import history
from workbench.platform.forms.spec import templates
from workbench.platform.intake.record_intake import intakes
from workbench.platform.register.facts import Facts, Stored, fact_tables, frame, tables
from workbench.platform.register.store import Register

MONTHS = {f"{month}月": 1 for month in range(1, 13)}


@pytest.fixture
def begun(staffed) -> Office:
    """An office with a lead and a department's targets."""
    row = {"单位代码": "B001", "单位名称": "区域一部", "责任人": "周正", "全年目标": 12, **MONTHS}
    targets = staffed.file("目标信息量分解调整表", "目标.xlsx", {"年度": 2026, "类型": "分解"}, [row])
    staffed.receive(targets, "2026-01-02T10:00:00", code=0)
    staffed.receive(staffed.leads("B001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    return staffed


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The names of the tables read from now on."""
    names: list[str] = []
    original = Register.read

    def watched(self, table, *given, **options):
        names.append(table)
        return original(self, table, *given, **options)

    monkeypatch.setattr(Register, "read", watched)
    return names


def test_a_question_about_targets_reads_targets(begun, read):
    """No lead is read, neither for the history of targets nor for the targets of a snapshot."""
    with begun.opened() as session:
        read.clear()
        assert len(history(session, "B001")) == 12
        assert set(read) == {"added_value", "document", "target"}
        read.clear()
        snapshot = open_snapshot(session)
        assert len(snapshot.facts.targets) == 12 and snapshot.facts.loaded() == ["targets"]
        assert "target" in read and not {"lead", "link", "feedback", "unit"} & set(read)
        read.clear()
        assert len(snapshot.facts.targets) == 12 and read == []


def test_what_is_read_later_is_the_same_state(begun):
    """A snapshot opened before an import knows nothing of it, although it reads the leads afterwards."""
    with begun.opened() as session:
        snapshot = open_snapshot(session)
        begun.receive(begun.leads("D001", "二.xlsx", [lead("滨江物流集团")]), "2026-01-05T08:00:00", code=0)
        assert snapshot.states["customer"].tolist() == ["江城客运公司"]
        assert open_snapshot(session).states["customer"].tolist() == ["滨江物流集团", "江城客运公司"]


def test_a_loaded_snapshot_outlives_its_register(begun):
    """After ``load`` nothing is read any more; without it, reading a closed register is an error."""
    with begun.opened() as session:
        loaded, other = open_snapshot(session).load(), open_snapshot(session)
    assert loaded.facts.loaded() == list(fact_tables())
    assert loaded.states["customer"].tolist() == ["江城客运公司"]
    with pytest.raises(Exception, match="closed"):
        _ = other.facts.leads


def test_facts_are_cut_at_a_moment():
    """Rows known later are left out, at the moment itself they are known; units are kept whole."""
    first, second = datetime(2026, 1, 5, 9), datetime(2026, 1, 6, 9)
    facts = Facts.of(
        units=[{"code": "D001", "since": second}],
        closures=[{"month": "2026-01", "at": first}, {"month": "2026-02", "at": second}],
    )
    known = facts.up_to(first)
    assert known.closures["month"].tolist() == ["2026-01"] and known.units["code"].tolist() == ["D001"]
    assert known.up_to(second) is known and facts.closures["month"].tolist() == ["2026-01", "2026-02"]


def test_a_replaced_table_is_cut_again():
    """What is put in place of a table is subject to the same moment, the other tables stay."""
    first, second = datetime(2026, 1, 5, 9), datetime(2026, 1, 6, 9)
    facts = Facts.of(closures=[{"month": "2026-01", "at": first}], publications=[{"due_on": first, "at": first}])
    changed = facts.up_to(first).replace(closures=frame("closures", [{"month": "2026-02", "at": second}]))
    assert changed.closures["month"].tolist() == ["2026-02"] and len(changed.publications) == 1
    assert changed.up_to(first).closures.empty and len(changed.up_to(first).publications) == 1
    pd.testing.assert_frame_equal(facts.closures, frame("closures", [{"month": "2026-01", "at": first}]))


@pytest.mark.parametrize("wrong", [lambda: Facts.of(lead=[]), lambda: Facts.of().replace(lead=pd.DataFrame())])
def test_a_table_there_is_not_is_an_error(wrong):
    """A misspelt table would otherwise be empty without a word."""
    with pytest.raises(TypeError, match="lead"):
        wrong()
    with pytest.raises(AttributeError, match="lead"):
        _ = Facts.of().lead


def test_every_declared_table_stands_in_the_register(begun):
    """With the columns it is read by; each has a word, each that comes on a template names one there is."""
    assert len({table.word for table in tables().values()}) == len(tables())
    with begun.opened() as session:
        for table in tables().values():
            if table.facts:
                assert list(Stored(session.register)(table).columns) == list(table.columns)
                assert table.known_at is None or table.known_at in table.columns
            for column in filter(None, (table.by_lead, "row" if table.template and table.rows else None)):
                session.register.read(table.name, [column])
            assert table.template is None or table.template in templates()


def test_every_row_that_comes_in_becomes_a_declared_fact():
    """Each intake stores into declared tables, one of them for the rows of its template: receipts are judged by it."""
    for intake in intakes():
        assert set(intake.tables) <= set(tables()), intake.template
        rows = [table.name for table in tables().values() if table.template == intake.template and table.rows]
        assert rows and set(rows) <= set(intake.tables), intake.template
