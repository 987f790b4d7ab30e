"""A column added to a template by one line of YAML: checked, kept, listed, explained, corrected; nothing of it is lost."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from tests.support.office import fill, lead
from tests.support.templates import with_columns
from tests.support.workbooks import find

pytestmark = pytest.mark.slow

LAUNCH = {"key": "launch", "title": "用车计划日期", "kind": "date"}
SEATS = {"key": "seats", "title": "座位数", "kind": "integer"}
USE = {"key": "use", "title": "用途", "kind": "choice", "choices": ["公务", "营运"]}
WISH = {"key": "wish", "title": "客户要求", "kind": "text"}
MOTHER = {"key": "boss", "title": "经办人私人电话", "kind": "phone", "personal": True}
ALL = [LAUNCH, SEATS, USE, WISH, MOTHER]
FILLED = {
    "用车计划日期": datetime(2026, 6, 1),
    "座位数": 45,
    "用途": "营运",
    "客户要求": "白色",
    "经办人私人电话": "13955557777",
}
SHOWN = {"用车计划日期": "2026-06-01", "座位数": 45, "用途": "营运", "客户要求": "白色", "经办人私人电话": "***"}
DAY = date(2026, 1, 5)


@pytest.fixture
def wider(tmp_path):
    """T1 with five further columns."""
    with with_columns(tmp_path, "lead_record", ALL):
        yield


@pytest.fixture
def seated(office, tmp_path, wider):
    """The office with its units, and blanks that have the further columns."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    office.run("templates", "--out", tmp_path / "新表", code=0)
    office.blanks = tmp_path / "新表"
    return office


def sent(office, *rows, name="提报.xlsx", at="2026-01-05T10:00"):
    """A report of D001 with these rows, imported."""
    return office.receive(office.leads("D001", name, list(rows), DAY), at)


def listed(office):
    """What is listed of the added columns, by customer."""
    return {item["customer"]: item.get("more") for item in office.ask("leads", code=0)}


def test_what_was_filled_in_is_kept_and_listed(seated):
    """Dates, whole numbers, choices and texts as they are; a personal one only as a mask."""
    got = sent(
        seated,
        lead("江城公交", **FILLED),
        lead("芜湖学校", 客户类别="驾校", 联系方式="13900002222", 座位数=7),
        lead("皖南物流", 客户类别="租赁", 联系方式="13900003333"),
    )
    assert (got["accepted"], got["returned"], got["findings"]) == (3, 0, [])
    assert listed(seated) == {"江城公交": SHOWN, "芜湖学校": {"座位数": 7}, "皖南物流": {}}
    assert "座位数：7" in seated.run("leads", code=0)


def test_the_list_is_as_it_was_where_nothing_was_added(office):
    """The shipped templates give the shipped list."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    sent(office, lead("江城公交"))
    assert ["more" in item for item in office.ask("leads", code=0)] == [False]


def test_a_wrong_cell_is_named_and_returns_nothing_but_what_the_column_demands(seated):
    """It is checked like any other column: an optional one warns, and the value is taken as the check left it."""
    (checked,) = seated.ask("check", seated.leads("D001", "错.xlsx", [lead("江城公交", 座位数="四十五")], DAY))["files"]
    assert [(item["code"], item["cell"], item["severity"]) for item in checked["findings"]] == [
        ("text_in_number", "V7", "warning")
    ]
    got = sent(seated, lead("江城公交", 座位数="四十五"))
    assert (got["accepted"], got["returned"]) == (1, 0)
    assert listed(seated) == {"江城公交": None}


def test_a_required_one_returns_the_row(office, tmp_path):
    """One word more in the line, and the row is returned without it."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    with with_columns(tmp_path, "lead_record", [{**SEATS, "required": True}]):
        office.run("templates", "--out", tmp_path / "新表", code=0)
        office.blanks = tmp_path / "新表"
        got = sent(office, lead("江城公交"), lead("芜湖学校", 客户类别="驾校", 座位数=7))
        assert (got["accepted"], got["returned"]) == (1, 1)
        assert [(item["code"], item["cell"]) for item in got["findings"]] == [("missing", "U7")]
        assert listed(office) == {"芜湖学校": {"座位数": 7}}


def test_a_change_of_it_is_a_correction(seated):
    """The row comes again with another value: the note names the cell, the list shows the new one, the lead keeps its place."""
    sent(seated, lead("江城公交", **FILLED), lead("芜湖学校", 客户类别="驾校", 座位数=7))
    same = sent(
        seated,
        lead("江城公交", **FILLED),
        lead("芜湖学校", 客户类别="驾校", 座位数=7),
        name="再.xlsx",
        at="2026-01-05T11:00",
    )
    assert (same["accepted"], same["unchanged"]) == (0, 2)
    later = {**FILLED, "座位数": 49, "经办人私人电话": "13955558888"}
    got = sent(
        seated, lead("江城公交", **later), lead("芜湖学校", 客户类别="驾校"), name="改.xlsx", at="2026-01-05T12:00"
    )
    assert (got["accepted"], got["returned"], got["unchanged"]) == (2, 0, 0)
    assert [(item["code"], item["cell"], item["message"]) for item in got["findings"]] == [
        ("corrected", "V7", "更正了“座位数”。"),
        ("corrected", "Y7", "更正了“经办人私人电话”。"),
        ("corrected", "V8", "更正了“座位数”。"),
    ]
    assert listed(seated) == {"江城公交": {**SHOWN, "座位数": 49}, "芜湖学校": {}}
    assert {item["received_at"] for item in seated.ask("leads", code=0)} == {"2026-01-05T10:00:00"}


def test_an_old_blank_takes_nothing_away(seated, blanks):
    """The sheet that comes again has no such column: what was said in it stays."""
    sent(seated, lead("江城公交", **FILLED))
    header = {"单位代码": "D001", "提报日期": datetime(2026, 1, 5)}
    path = fill(
        next(blanks.glob("T1_*.xlsx")), seated.folder / "收件" / "旧表.xlsx", header, [lead("江城公交", 备注="新备注")]
    )
    got = seated.receive(path, "2026-01-05T13:00")
    assert [(item["code"], item["cell"]) for item in got["findings"]] == [("corrected", "B7")]
    assert listed(seated) == {"江城公交": SHOWN}


def test_an_earlier_moment_shows_the_earlier_value(seated):
    """The list as of a moment knows what was known then."""
    sent(seated, lead("江城公交", 座位数=45))
    sent(seated, lead("江城公交", 座位数=49), name="改.xlsx", at="2026-01-06T10:00")
    (before,) = seated.ask("leads", "--as-of", "2026-01-05", code=0)
    assert before["more"] == {"座位数": 45}


def test_the_explanation_names_it_as_a_fact_with_its_cell(seated):
    """`explain` gives the sheet, the row and the cell it was read from; what is personal is not said."""
    sent(seated, lead("江城公交", 座位数=45, 经办人私人电话="13955557777"))
    told = seated.ask("explain", "DK202601-00001", code=0)["explanations"][0]
    facts = [step for step in told["steps"] if "“座位数”" in step["text"] or "私人电话" in step["text"]]
    assert [(step["kind"], step["text"]) for step in facts] == [
        ("事实", "《大客户信息记录表》“座位数”：45。"),
        ("事实", "《大客户信息记录表》“经办人私人电话”：***。"),
    ]
    assert facts[0]["sources"] == [
        {"file": "提报.xlsx", "sheet": "大客户信息记录表", "row": 7, "column": "座位数", "cell": "V7"}
    ]


def test_a_personal_one_is_sealed_and_opened_with_a_reason(seated):
    """In the register it stands sealed; whoever holds the key opens it and the trail says so."""
    sent(seated, lead("江城公交", **FILLED))
    with seated.opened() as session:
        rows = session.register.read("added_value", ["field", "value", "personal", "filled"])
        assert rows[rows["personal"]].values.tolist() == [["boss", None, True, True]]
        sealed = session.register._fetch("SELECT sealed_value FROM added_value WHERE personal")[0][0]
        assert b"13955557777" not in sealed
    opened = seated.ask("reveal", "DK202601-00001", "--reason", "回访", code=0)
    assert opened["经办人私人电话"] == "13955557777"
    assert "经办人私人电话" not in seated.ask("reveal", "DK202601-00001", code=0)


def test_every_template_keeps_what_it_is_given(office, tmp_path):
    """T5 and T2 with a further column: it is explained with the lead, and a change of it alone is a correction."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    office.receive(office.leads("D001", "提报.xlsx", [lead("江城公交")], DAY), "2026-01-05T10:00")
    office.run("dispatch", "--at", "2026-01-05T12:00", "--out", office.folder / "转交", code=0)
    with with_columns(tmp_path, "verification_feedback", [{"key": "called", "title": "核实方式", "kind": "text"}]):
        office.run("templates", "--out", tmp_path / "新表", code=0)
        office.blanks = tmp_path / "新表"
        answer = {
            "信息编号": "DK202601-00001",
            "甄别结论": "有效",
            "到期日期": datetime(2026, 12, 31),
            "核实方式": "电话",
        }
        first = office.file("甄别反馈表", "反馈.xlsx", {"科室代码": "S002"}, [answer])
        assert office.receive(first, "2026-01-06T10:00")["accepted"] == 1
        again = office.file("甄别反馈表", "再.xlsx", {"科室代码": "S002"}, [{**answer, "核实方式": "上门"}])
        got = office.receive(again, "2026-01-06T11:00")
        assert (got["accepted"], [item["message"] for item in got["findings"]]) == (1, ["更正了“核实方式”。"])
        told = office.ask("explain", "DK202601-00001", code=0)["explanations"][0]
        assert ["核实方式”：上门" in step["text"] for step in told["steps"] if "核实方式" in step["text"]] == [True]


def test_a_record_that_stays_as_it_is_stays_so_with_its_added_columns(office, tmp_path):
    """An incident is registered once: what comes again under its number changes nothing, and says so."""
    office.receive(office.units(), "2026-01-02T09:00", code=0)
    with with_columns(tmp_path, "leak_incident", [{"key": "way", "title": "泄露途径", "kind": "text"}]):
        office.run("templates", "--out", tmp_path / "新表", code=0)
        office.blanks = tmp_path / "新表"
        row = {
            "事件编号": "XL-1",
            "泄露人员": "周正",
            "泄露日期": datetime(2026, 1, 5),
            "大客户部内部人员": "是",
            "泄露途径": "邮件",
        }
        assert office.receive(office.file("泄露事件", "一.xlsx", {}, [row]), "2026-01-06T10:00")["accepted"] == 1
        got = office.receive(office.file("泄露事件", "二.xlsx", {}, [{**row, "泄露途径": "口头"}]), "2026-01-07T10:00")
        assert (got["accepted"], got["unchanged"]) == (0, 1)
        with office.opened() as session:
            kept = session.register.read("added_value", ["subject", "title", "value"])
            assert kept.values.tolist() == [["XL-1", "泄露途径", "邮件"]]


def test_the_new_blank_offers_the_column(office, tmp_path, wider):
    """Drop-down, number format and instruction sheet come from the same line."""
    office.run("templates", "--out", tmp_path / "新表", code=0)
    book = load_workbook(next((tmp_path / "新表").glob("T1_*.xlsx")))
    assert find(book.worksheets[0], "用途").coordinate == "W6"
    lists = [rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation if "W7" in str(rule.sqref)]
    assert lists == ['"公务,营运"']
