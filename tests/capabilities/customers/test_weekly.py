"""A week of account managers by the commands: in time, late, missing, excused; service, complaints, reports, assessments."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support import customer_office as customers
from tests.support.customer_office import BUS, SCHOOL, UNIT, profile, sales, service
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.capabilities.customers import grading_report, weekly_digest
from workbench.capabilities.customers.causes import causes
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.platform.access.session import enter

WEEK = datetime(2026, 3, 2)


@pytest.fixture
def reported(staffed, prepared):
    """An office with a week reported."""
    prepared(staffed.folder, "a week reported", lambda: customers.report_week(staffed))
    return staffed


def states(office, *arguments):
    """State and number of rows by manager."""
    return {row["manager"]: (row["state"], row["items"]) for row in office.ask("weekly", "status", *arguments)}


def test_who_reported_was_late_is_missing_or_on_leave(reported):
    """Nine o'clock of Monday's meeting itself is in time; a nil return counts; a whole week of leave excuses, less does not."""
    as_of = ("--as-of", "2026-03-09T10:00")
    assert states(reported, "2026-03-02", *as_of) == {
        "许走访": ("按时", 4),
        "钱迟报": ("迟报", 1),
        "孙休假": ("未报", 0),
    }
    assert states(reported, "2026-02-27", *as_of)["许走访"] == ("按时", 0)
    assert states(reported, "2026-03-09", *as_of)["许走访"] == ("未到期", 0)
    reported.run("weekly", "leave", "孙休假", "2026-03-02", "2026-03-05", "--unit", UNIT, code=0)
    assert states(reported, "2026-03-02")["孙休假"] == ("未报", 0)
    reported.run("weekly", "leave", "孙休假", "2026-03-06", "2026-03-08", "--unit", UNIT, code=0)
    assert states(reported, "2026-03-02")["孙休假"] == ("休假", 0)
    reported.run("weekly", "leave", "孙休假", "2026-03-06", "2026-03-08", "--unit", UNIT, "--cancel", code=0)
    assert states(reported, "2026-03-02")["孙休假"] == ("未报", 0)
    reported.run("weekly", "leave", "某生人", "2026-03-06", "2026-03-08", "--unit", UNIT, code=2)
    reported.run("weekly", "leave", "孙休假", "2026-03-08", "2026-03-06", "--unit", UNIT, code=2)


def test_the_record_of_service_follows_from_the_weekly_sheets(reported):
    """A complaint has an owner and a term; it is closed with a proof, opened again, and closed again, nothing is lost."""
    told = {row["number"]: row for row in reported.ask("weekly", "record", "--as-of", "2026-03-09T10:00")}
    assert [(row["kind"], row["state"]) for row in told.values()] == [
        ("投诉", "办理中"),
        ("走访", None),
        ("需求", None),
        ("离网倾向", None),
    ]
    complaint = told["FW000002"]
    assert (complaint["owner"], complaint["due_on"], complaint["action"]) == ("王政", "2026-03-18", "加派人手")
    closed = {
        "记录编号": "FW000002",
        "办理情况": "已办结",
        "办结日期": datetime(2026, 3, 12),
        "办结依据": "回访",
        "客户反馈": "满意",
    }
    reported.receive(service(reported, closed), "2026-03-12T09:00:00", code=0)
    assert reported.ask("weekly", "record", "--open", "--as-of", "2026-03-12T10:00") == []
    again = {"记录编号": "FW000002", "办理情况": "重新打开", "改进措施": "换人"}
    reported.receive(service(reported, again, name="二.xlsx"), "2026-03-20T09:00:00", code=0)
    (row,) = reported.ask("weekly", "record", "--open", "--as-of", "2026-03-20T10:00")
    assert [row[name] for name in ("state", "reopened", "overdue", "closed_on", "action", "feedback")] == [
        "办理中",
        1,
        True,
        None,
        "换人",
        "满意",
    ]
    before = reported.ask("weekly", "record", "--as-of", "2026-03-15T10:00")
    assert {row["number"]: row["state"] for row in before}["FW000002"] == "已办结"
    assert "换人" in reported.run("weekly", "record")


def test_what_is_due_names_the_missing_sheets_and_makes_the_digest(reported):
    """The sheet of the week is owed until nobody is missing; the digest runs by itself."""
    tasks = reported.ask("due", "--on", "2026-03-10", code=1)["tasks"]
    own = {(task["task"], task["period"]): task for task in tasks if task["task"].startswith("weekly")}
    assert ("weekly_sheets", "2026-03-02") in own
    assert own["weekly_digest", "2026-03-09"]["by_itself"]


@pytest.mark.slow
@pytest.mark.process
def test_the_digest_runs_from_its_notebook(reported, tmp_path):
    """Page, workbook, manifest; late and missing ones are named, churn and rivals have their sheets; no contacts."""
    as_of = ("--as-of", "2026-03-09T10:00", "--out", tmp_path)
    reported.run("report", "每周信息汇总", "--period", "2026-03-09", *as_of, code=0)
    page = (tmp_path / "每周信息汇总_2026-03-09.html").read_text(encoding="utf-8")
    assert "未报：孙休假；迟报：钱迟报；休假：无" in page
    book = load_workbook(tmp_path / "每周信息汇总_2026-03-09.xlsx")
    assert book.sheetnames == ["封面", "按客户经理", "全部信息", "离网倾向", "竞争信息", "未办结"]
    churn = [cell.value for row in book["离网倾向"].iter_rows() for cell in row]
    assert churn.count(SCHOOL) == 2
    assert "对手一" in [cell.value for row in book["竞争信息"].iter_rows() for cell in row]
    assert json.loads((tmp_path / "每周信息汇总_2026-03-09.manifest.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_an_assessment_is_proposed_and_a_person_decides(become):
    """Exact points from what was due; the decision is kept beside them; there is nobody else to decide on."""
    reported = customers.report_week(become("文员"))
    files = [{"客户名称": name, "客户经理": "许走访"} for name in (BUS, SCHOOL)]
    reported.receive(profile(reported, *files), "2026-03-09T11:00:00", code=0)
    reported.receive(sales(reported, "2026-03", 1000, (BUS, 200), (SCHOOL, 50)), "2026-03-31T11:00:00", code=0)
    told = reported.ask("customers", "grades", "2026Q1", "--as-of", "2026-03-31T12:00")
    assert {row["customer"]: (row["grade"], row["movement"], row["share"]) for row in told["accounts"]} == {
        BUS: ("A", "新增", "1/5")
    }
    managers = {row["name"]: row for row in told["managers"]}
    assert [managers["许走访"][name] for name in ("weekly", "duties", "complaints", "profiles")] == [
        "2/5",
        "1",
        "0",
        "1/18",
    ]
    assert (managers["许走访"]["score"], managers["许走访"]["verdict"]) == ("43.11", None)
    become("领导").run("customers", "assess", "2026Q1", "许走访", "--unit", UNIT, "--verdict", "合格", code=0)
    after = {row["name"]: row["verdict"] for row in become("领导").ask("customers", "grades", "2026Q1")["managers"]}
    assert after["许走访"] == "合格"
    become("领导").run("customers", "assess", "2026Q1", "某生人", "--unit", UNIT, "--verdict", "合格", code=2)
    become("文员").run("customers", "assess", "2026Q1", "许走访", "--unit", UNIT, "--verdict", "合格", code=2)


@pytest.mark.slow
def test_an_analyst_sees_numbers_in_place_of_names(become):
    """Grades without a name of a customer or a text that could hold one: the report's view as an analyst's register gives it."""
    reported = customers.report_week(become("文员"))
    reported.receive(sales(reported, "2026-03", 1000, (BUS, 200)), "2026-03-31T11:00:00", code=0)
    secret = PEOPLE["分析员"][1]
    with enter(reported.folder / "登记册.db", "分析员", secret, load_policy(), datetime(2026, 11, 23, 9)) as session:
        snapshot = open_snapshot(session)
        grades, digest = grading_report.view(snapshot, "2026Q1"), weekly_digest.view(snapshot, "2026-03-09")
    assert grades.accounts["grade"].tolist() == ["A"]
    assert grades.accounts["customer"].iloc[0].startswith("客户（")
    shown = digest.matters.to_csv() + grades.accounts.to_csv()
    assert not [word for word in (BUS, SCHOOL, "走访情况", "对手一") if word in shown]
    assert digest.matters["shown"].dropna().str.fullmatch(r"客户（\d+）").all()


@pytest.mark.slow
def test_a_week_is_filled_in_and_comes_back(reported, tmp_path):
    """The header of T7 and the open matters of T9 are there; what was left open says nothing, what was answered counts."""
    told = reported.ask(
        "weekly", "prepare", "许走访", "--unit", UNIT, "--week", "2026-03-10", "--out", tmp_path, code=0
    )
    sheet, record = [Path(path) for path in told["files"]]
    assert reported.receive(sheet, "2026-03-16T08:00:00", code=0)["accepted"] == 0
    assert states(reported, "2026-03-09", "--as-of", "2026-03-16T10:00")["许走访"] == ("按时", 0)
    book = load_workbook(record)
    lines = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    (row,) = [line for line in lines if line[0] == "FW000002"]
    assert row[2:6] == [BUS, "投诉", "投诉情况", "加派人手；王政；2026-03-18"]
    assert reported.receive(record, "2026-03-16T08:01:00", code=0)["accepted"] == 0
    titles = next(line for line in lines if "办理情况" in line)
    place = lines.index(row) + 1
    for title, value in (("办理情况", "已办结"), ("办结日期", datetime(2026, 3, 12)), ("办结依据", "回访")):
        book.worksheets[0].cell(place, titles.index(title) + 1).value = value
    book.save(tmp_path / "已填.xlsx")
    assert reported.receive(tmp_path / "已填.xlsx", "2026-03-16T08:02:00", code=0)["accepted"] == 1
    assert reported.ask("weekly", "record", "--open", "--as-of", "2026-03-16T10:00") == []
    reported.run("weekly", "prepare", "某生人", "--unit", UNIT, "--out", tmp_path, code=2)


@pytest.mark.slow
def test_a_customers_card_holds_what_its_department_said_and_nothing_personal(reported, tmp_path):
    """Sent back as it stands with its unit it confirms the part; contacts and the other departments' fields stay as they are."""
    reported.receive(profile(reported, customers.BUS_FILE), "2026-03-09T11:00:00", code=0)
    path = Path(reported.ask("customers", "card", BUS, "--out", tmp_path, code=0)["file"])
    book = load_workbook(path)
    cells = [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value is not None]
    said = {cell.value for cell in cells}
    assert {BUS, customers.credit_code(1), "客运", "销售"} <= said
    assert not said & {customers.CONTACT, customers.PHONE, "齐法人", "芜湖市镜湖区"}
    unit = next(cell for cell in cells if cell.value == "单位代码")
    merged = next((area for area in book.worksheets[0].merged_cells.ranges if unit.coordinate in area), None)
    book.worksheets[0].cell(unit.row, (merged.max_col if merged else unit.column) + 1).value = UNIT
    book.save(tmp_path / "已填.xlsx")
    assert reported.receive(tmp_path / "已填.xlsx", "2026-03-20T11:00:00", code=0)["accepted"] == 1
    (basic, *_) = reported.ask("customers", "show", BUS)["parts"]
    assert (basic["last_on"], basic["filled"]) == ("2026-03-20", "100%")
    assert len(reported.ask("customers", "show", BUS)["contacts"]) == 1


@pytest.mark.slow
def test_news_goes_to_a_department_without_contacts_and_comes_back_answered(reported, set_clock):
    """A prepared T9 of what it was not told of yet; due in five working days, overdue after it, answered by the same sheet."""
    reported.receive(profile(reported, customers.BUS_FILE), "2026-03-09T10:00:00", code=0)
    set_clock("2026-03-10T09:00:00")
    told = reported.ask("weekly", "share", "B001", "--out", reported.folder / "转", code=0)
    assert told["count"] == 5
    path = reported.folder / told["file"]
    sheet = load_workbook(path).worksheets[0]
    cells = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert BUS in cells and not any(text in cell for cell in cells for text in (customers.CONTACT, customers.PHONE))
    assert reported.ask("weekly", "share", "B001", "--out", reported.folder / "转", code=0)["count"] == 0
    reported.run("weekly", "share", "B999", code=2)
    on_the_day = reported.ask("weekly", "shared", "--as-of", "2026-03-17", code=0)
    assert {row["due_on"] for row in on_the_day} == {"2026-03-17"} and not any(row["overdue"] for row in on_the_day)
    assert all(row["overdue"] for row in reported.ask("weekly", "shared", "--as-of", "2026-03-18", code=1))
    set_clock("2026-03-18T09:00:00")
    tasks = [row for row in reported.ask("due", code=1)["tasks"] if row["task"] == "shared_news"]
    assert [(row["period"], row["due_on"], row["state"]) for row in tasks] == [("B001", "2026-03-17", "逾期")]
    for line in sheet.iter_rows():
        if str(line[0].value).startswith("FW"):
            response = next(cell.column for title in sheet.iter_rows() for cell in title if cell.value == "部门反馈")
            sheet.cell(line[0].row, response).value = "已安排加急交付"
    sheet.parent.save(path)
    assert reported.receive(path, "2026-03-18T10:00:00", code=0)["accepted"] == 5
    set_clock("2026-03-19T09:00:00")
    answered = reported.ask("weekly", "shared", code=0)
    assert {(row["answered_on"], row["response"]) for row in answered} == {("2026-03-18", "已安排加急交付")}


@pytest.mark.slow
def test_an_answer_of_somebody_else_is_not_the_departments(reported, set_clock):
    """The account manager's own word leaves the department's open; texts go with the customer's key and stand in clear nowhere."""
    set_clock("2026-03-10T09:00:00")
    reported.run("weekly", "share", "B001", "--since", "2026-03-03", "--out", reported.folder / "转", code=0)
    row = {"记录编号": "FW000002", "改进措施": "换人", "部门反馈": "客户经理自己写的"}
    reported.receive(service(reported, row), "2026-03-11T09:00:00", code=0)
    told = {each["number"]: each for each in reported.ask("weekly", "shared", "--as-of", "2026-03-12", code=0)}
    assert told["FW000002"]["answered_on"] is None and told["FW000002"]["response"] is None
    for path in reported.folder.glob("登记册.db*"):
        assert not path.is_file() or "客户经理自己写的".encode() not in path.read_bytes()


def test_causes_of_a_quarter_are_counted_as_by_hand():
    """Recomputed row by row from what was made up; the quarter's first and last day are in it, the days around are not."""
    days = [
        "2025-12-31",
        "2026-01-01",
        "2026-02-10",
        "2026-02-11",
        "2026-03-31",
        "2026-04-01",
        "2026-03-01",
        "2026-03-02",
    ]
    kinds = ["投诉", "投诉", "离网倾向", "投诉", "投诉", "投诉", "走访", "意见"]
    classes = ["交付", "交付", None, "价格", "交付", "交付", "交付", None]
    churns = [False, False, False, True, False, False, False, True]
    states = ["已办结", "已办结", None, "办理中", "已办结", "办理中", None, None]
    again, late = [0, 1, 0, 0, 2, 0, 0, 0], [True, False, False, True, False, True, False, False]
    matters = pd.DataFrame(
        {
            "happened_on": pd.to_datetime(days),
            "kind": kinds,
            "cause": pd.Series(classes, dtype=object),
            "churn": churns,
            "state": pd.Series(states, dtype=object),
            "reopened": again,
            "overdue": late,
        }
    )
    by_hand: dict[str, list[int]] = {}
    for day, kind, cause, churn, state, times, overdue in zip(
        days, kinds, classes, churns, states, again, late, strict=True
    ):
        leaving = churn or kind == "离网倾向"
        if "2026-01-01" <= day <= "2026-03-31" and (kind == "投诉" or leaving):
            counts = by_hand.setdefault(cause or "未分类", [0] * 5)
            for place, so in enumerate((kind == "投诉", leaving, state == "已办结", times > 0, overdue)):
                counts[place] += so
    found = causes(matters, date(2026, 1, 1), date(2026, 3, 31))
    assert {row[0]: list(row[1:]) for row in found.itertuples(index=False)} == by_hand
    assert found["cause"].tolist() == ["交付", "价格", "未分类"]
    assert causes(matters, date(2027, 1, 1), date(2027, 3, 31)).empty
