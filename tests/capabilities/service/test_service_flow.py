"""T19: flows of service by the commands: steps in their turn, agreements of the archive, versions of the plan, what is due."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support.customer_office import BUS, MANAGER, SCHOOL, UNIT, profile, sales
from tests.support.first_quarter import VALID
from tests.support.office import contract, lead
from tests.support.workbooks import accepted
from workbench.app.policy import load_policy
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form

TITLE = "大客户服务流程表"
EXAMPLE = {
    "customer": BUS,
    "version": 2,
    "step": "定期会议",
    "deed": "完成",
    "done_on": date(2026, 3, 9),
    "result": "客户认可交付进度",
    "archive_number": "DA-001",
    "verdict": "维持方案",
    "next_on": date(2026, 6, 9),
    "responsible": MANAGER,
    "reason": "无",
    "remark": "已记录",
}


def step(name: str, day: datetime | None = None, customer: str = BUS, **other) -> dict:
    """A row of T19: done on a day, or as said otherwise."""
    done = {} if day is None else {"办理情况": "完成", "办理日期": day, "办理结果": f"{name}的结果"}
    return {"客户名称": customer, "步骤": name, **done, **other}


def flow(office, at: str, *rows: dict, name: str = "流程.xlsx", code: int | None = 0) -> dict:
    """Take a T19 in; its receipt."""
    path = office.file(TITLE, name, {"单位代码": UNIT, "填报人": MANAGER, "填报日期": datetime(2026, 3, 9)}, list(rows))
    return office.receive(path, at, code=code)


def found(receipt: dict) -> list[tuple]:
    return [(each["code"], each["cell"]) for each in receipt["findings"]]


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day)


@pytest.fixture
def graded(staffed, prepared):
    """An office with a customer of grade A, by its sales, one of grade C, and two agreements in the archive."""
    prepared(staffed.folder, "customers to be served", lambda: fill(staffed))
    return staffed


def fill(office) -> None:
    """Leads of both in January, sales in February, the financial part of a file in March."""
    rows = [lead(BUS), lead(SCHOOL, 城市="合肥市", 联系方式="13900002222")]
    office.receive(office.leads("D001", "信息.xlsx", rows), "2026-01-05T09:00:00", code=0)
    office.receive(sales(office, "2026-02", 1000, (BUS, 300), (SCHOOL, 60)), "2026-03-01T09:00:00", code=0)
    papers = [
        {"档案编号": "XY-1", "客户名称": BUS, "材料类别": "协议", "材料名称": "服务协议", "材料日期": at(3, 5)},
        {"档案编号": "FP-1", "客户名称": BUS, "材料类别": "发票", "材料名称": "购车发票"},
        {"档案编号": "XY-2", "客户名称": SCHOOL, "材料类别": "协议", "材料名称": "服务协议"},
    ]
    keeper = {"单位代码": "S009", "档案管理员": "陈持"}
    office.receive(office.file("客户档案目录", "目录.xlsx", keeper, papers), "2026-03-06T09:00:00", code=0)


ASKED = ["资产调查", "需求会议", "制定方案", "方案呈报", "协议签署", "方案执行"]


def signed(office) -> None:
    """All steps of grade A until the agreement was carried out, in one sheet."""
    days = dict(zip(ASKED, (2, 3, 4, 5, 6, 7), strict=True))
    rows = [step(name, at(3, day)) for name, day in days.items()]
    rows[4]["协议档案编号"] = "XY-1"
    assert flow(office, "2026-03-09T09:00:00", *rows)["accepted"] == 6


def test_an_example_of_every_column_is_read_back_value_by_value(tmp_path):
    """Written, read in the reading process, checked: nothing is said, and every cell and header field is what it was."""
    spec = templates()["service_flow"]
    header = {"unit": UNIT, "compiler": MANAGER, "filled_on": date(2026, 3, 9)}
    assert {column.key for column in spec.columns if not column.idle} == set(EXAMPLE)
    path = write_form(spec, tmp_path / "表.xlsx", header, [EXAMPLE], policy=load_policy(), on=date(2026, 3, 9))
    form = accepted(path)
    read = form.rows.iloc[0]
    assert form.findings == []
    assert {key: value.date() if isinstance(value, datetime) else value for key, value in form.header.items()} == header
    assert {key: read[key].date() if isinstance(read[key], pd.Timestamp) else read[key] for key in EXAMPLE} == EXAMPLE


def test_wrong_rows_are_given_back_cell_by_cell(graded):
    """What is not whole, what cannot be, what belongs to another step, and a customer nobody knows."""
    receipt = flow(
        graded,
        "2026-03-09T09:00:00",
        step("资产调查", at(3, 2), 办理结果=None),
        step("资产调查", at(3, 10)),
        step("资产调查", at(3, 2), 跳过理由="不需要"),
        step("资产调查", at(3, 2), 协议档案编号="XY-1"),
        step("资产调查", 办理结果="现有二十台"),
        step("资产调查", 办理情况="完成"),
        step("资产调查", 办理情况="跳过", 办理日期=at(3, 2)),
        step("资产调查", 办理情况="跳过", 办理日期=at(3, 2), 办理结果="有结果", 跳过理由="老客户"),
        step("资产调查", at(3, 2), customer="无名公司"),
        step("客户登记", at(3, 2), customer="无名公司"),
        step("需求会议", at(3, 2)),
        step("资产调查", at(3, 2), 方案版本=1),
        step("需求会议", at(3, 1)),
        step("需求会议", at(3, 3), 下次回顾日期=at(4, 3)),
        step("需求会议", at(3, 3), 方案版本=2),
        step("制定方案", at(3, 4), 方案版本=2),
        code=1,
    )
    assert found(receipt) == [
        ("no_result", "G6"),
        ("step_in_the_future", "F7"),
        ("done_with_reason", "L8"),
        ("of_another_step", "H9"),
        ("no_deed", "E10"),
        ("no_day_of_step", "F11"),
        ("no_word_of_reason", "L12"),
        ("skipped_with_result", "G13"),
        ("not_registered", "D14"),
        ("not_registered", "B15"),
        ("step_before_missing", "D16"),
        ("before_the_step_before", "F18"),
        ("of_another_step", "J19"),
        ("not_this_version", "C21"),
    ]
    assert receipt["accepted"] == 2


def test_an_agreement_stands_in_the_archive_under_its_customer(graded):
    """Without a number, with one there is not, another customer's, an invoice's: given back; the right one is taken."""
    days = dict(zip(ASKED[:4], (2, 3, 4, 5), strict=True))
    flow(graded, "2026-03-09T09:00:00", *(step(name, at(3, day)) for name, day in days.items()))
    wrong = [step("协议签署", at(3, 6), 协议档案编号=number) for number in (None, "XY-9", "XY-2", "FP-1")]
    receipt = flow(
        graded, "2026-03-09T10:00:00", *wrong, step("协议签署", at(3, 6), 协议档案编号="XY-1"), name="协.xlsx", code=1
    )
    assert found(receipt) == [
        ("no_agreement_number", "H6"),
        ("unknown_archive_number", "H7"),
        ("another_customers_document", "H8"),
        ("no_agreement", "H9"),
    ]
    assert receipt["accepted"] == 1
    told = graded.ask("service", "show", BUS, "--as-of", "2026-03-09T11:00", code=0)
    assert [row["archive_number"] for row in told["steps"] if row["step"] == "协议签署"] == ["XY-1"]


@pytest.mark.slow
def test_a_step_is_left_out_with_a_word_of_reason_and_done_later_all_the_same(graded):
    """The flow goes on; the later word counts, and both are kept."""
    skipped = step("资产调查", 办理情况="跳过", 办理日期=at(3, 2), 跳过理由="老客户，情况已知")
    flow(graded, "2026-03-09T09:00:00", skipped, step("需求会议", at(3, 3)))
    told = graded.ask("service", "show", BUS, "--as-of", "2026-03-09T11:00")
    assert [(row["step"], row["deed"], row["reason"]) for row in told["steps"]] == [
        ("客户登记", "完成", None),
        ("资产调查", "跳过", "老客户，情况已知"),
        ("需求会议", "完成", None),
    ]
    assert (told["next"], told["due_on"]) == ("制定方案", "2026-04-08")  # thirty days after the first T19
    same = flow(graded, "2026-03-10T09:00:00", skipped, name="又.xlsx")
    assert (same["accepted"], same["unchanged"]) == (0, 1)
    flow(graded, "2026-03-11T09:00:00", step("资产调查", at(3, 10)), name="补.xlsx")
    told = graded.ask("service", "show", BUS, "--as-of", "2026-03-11T11:00")
    assert [row["deed"] for row in told["steps"] if row["step"] == "资产调查"] == ["完成"]
    with graded.opened() as session:
        kept = session.register.read("service_flow_step", ["step", "deed"])
    assert kept[kept["step"].eq("资产调查")]["deed"].tolist() == ["跳过", "完成"]


@pytest.mark.slow
def test_what_the_register_knows_is_not_typed(graded):
    """The lead of T1 is the registration; a file's financial part (T8) the survey; both stand in the prepared form."""
    flow(graded, "2026-03-09T09:00:00", step("制定方案", at(3, 4), customer=SCHOOL))
    graded.receive(
        profile(graded, {"客户名称": BUS, "信用等级": "优"}, department="财务"), "2026-03-10T09:00:00", code=0
    )
    told = graded.ask("service", "show", BUS, "--as-of", "2026-03-10T11:00")
    assert [(row["step"], row["on"], row["result"]) for row in told["steps"]] == [
        ("客户登记", "2026-01-05", "信息提报 DK202601-00001"),
        ("资产调查", "2026-03-10", "客户档案的财务信息已登记"),
    ]
    path = graded.folder / graded.ask("service", "prepare", BUS, "--out", graded.folder / "表", code=0)["file"]
    sheet = load_workbook(path).worksheets[0]
    rows = [[cell.value for cell in line][1:8] for line in sheet.iter_rows(min_row=6) if line[1].value == BUS]
    assert [(row[2], row[3]) for row in rows] == [
        ("客户登记", "完成"),
        ("资产调查", "完成"),
        *((name, None) for name in (*ASKED[1:], "效果监测", "定期会议", "服务调整")),
    ]
    assert [row[6] for row in rows if row[2] == "协议签署"] == ["XY-1"]
    for line in sheet.iter_rows(min_row=6):
        if line[3].value == "需求会议":
            line[4].value, line[5].value, line[6].value = "完成", at(3, 10), "需要新能源车"
    book = sheet.parent
    for line in sheet.iter_rows(max_row=5):
        for cell in line:
            if cell.value == "单位代码":
                sheet.cell(cell.row, cell.column + 1).value = UNIT
    book.save(path)
    receipt = graded.receive(path, "2026-03-11T09:00:00", code=None)
    assert (receipt["accepted"], receipt["returned"], receipt["unchanged"]) == (1, 0, 9)


@pytest.mark.slow
def test_what_is_picked_up_after_the_agreement_carries_the_plan_out(graded):
    """Vehicles of T2 from the month of the agreement on; before it they are not asked about."""
    days = dict(zip(ASKED[:5], (2, 3, 4, 5, 6), strict=True))
    rows = [step(name, at(3, day)) for name, day in days.items()]
    rows[4]["协议档案编号"] = "XY-1"
    flow(graded, "2026-03-09T09:00:00", *rows)
    assert _next(graded, "2026-03-31")[0] == "方案执行"
    graded.run("dispatch", "--at", "2026-03-10T09:00:00", "--out", graded.folder / "转交")
    for path in graded.answer(graded.folder / "转交", {BUS: VALID, SCHOOL: VALID}):
        graded.receive(path, "2026-03-11T09:00:00", code=None)
    line = contract("DK202601-00001", BUS, at(3, 6), 5)
    graded.receive(
        graded.file("合同登记汇总表", "合同.xlsx", {"月份": "2026-03"}, [line]), "2026-04-02T09:00:00", code=0
    )
    assert _next(graded, "2026-04-01")[0] == "方案执行"
    assert _next(graded, "2026-04-02") == ("效果监测", "2026-07-01", 1)
    told = graded.ask("service", "show", BUS, "--as-of", "2026-04-02")
    assert [row["result"] for row in told["steps"] if row["step"] == "方案执行"] == ["合同 HT-1 提车 5 台"]


@pytest.mark.slow
def test_a_changed_plan_is_another_version_and_the_first_one_stays(graded, set_clock):
    """After the review the plan is made, presented and signed anew; what was of the first version is still shown."""
    signed(graded)
    rows = [step("效果监测", at(3, 20)), step("定期会议", at(3, 21), 下次回顾日期=at(4, 21))]
    flow(graded, "2026-03-21T09:00:00", *rows, name="监测.xlsx")
    assert _next(graded, "2026-03-21") == ("服务调整", "2026-04-20", 1)
    flow(graded, "2026-03-22T09:00:00", step("服务调整", at(3, 22), 回顾结论="维持方案"), name="维持.xlsx")
    assert _next(graded, "2026-03-22") == ("效果监测", "2026-04-21", 1)
    rows = [step("效果监测", at(4, 20)), step("定期会议", at(4, 21)), step("服务调整", at(4, 22), 回顾结论="调整方案")]
    flow(graded, "2026-04-22T09:00:00", *rows, name="调整.xlsx")
    assert _next(graded, "2026-04-22") == ("制定方案", "2026-05-22", 2)
    old = flow(graded, "2026-04-23T09:00:00", step("效果监测", at(4, 23), 方案版本=1), name="旧.xlsx", code=1)
    assert found(old) == [("not_this_version", "C6")]
    flow(graded, "2026-04-24T09:00:00", step("制定方案", at(4, 24)), name="新方案.xlsx")
    assert _next(graded, "2026-04-24") == ("方案呈报", "2026-05-24", 2)
    told = graded.ask("service", "show", BUS, "--as-of", "2026-04-24")
    assert [(row["version"], row["on"]) for row in told["steps"] if row["step"] == "制定方案"] == [
        (1, "2026-03-04"),
        (2, "2026-04-24"),
    ]
    assert _next(graded, "2026-03-22") == ("效果监测", "2026-04-21", 1), "the past is as it was"


def _next(office, day: str) -> tuple:
    told = office.ask("service", "show", BUS, "--as-of", f"{day}T18:00")
    return told["next"], told["due_on"], told["version"]


@pytest.mark.slow
def test_what_is_missed_is_due_listed_and_graded(graded, set_clock):
    """Due on its day, overdue after it, in the list, in what is due and among the services of the grading report."""
    flow(graded, "2026-03-02T09:00:00", step("资产调查", at(3, 1)))
    on_the_day = graded.ask("service", "list", "--as-of", "2026-04-01", code=0)
    assert [(row["customer"], row["grade"], row["next"], row["due_on"]) for row in on_the_day] == [
        (BUS, "A", "需求会议", "2026-04-01"),
        (SCHOOL, "C", "制定方案", "2026-04-01"),
    ]
    late = graded.ask("service", "list", "--as-of", "2026-04-02", code=1)
    assert [row["overdue"] for row in late] == [True, True]
    assert BUS in graded.run("service", "list", "--as-of", "2026-04-02", code=1)
    tasks = [row for row in graded.ask("due", "--on", "2026-04-02", code=1)["tasks"] if row["task"] == "service_step"]
    assert [(row["period"], row["due_on"], row["state"]) for row in tasks] == [
        (str(row["number"]), "2026-04-01", "逾期") for row in sorted(late, key=lambda row: str(row["number"]))
    ]
    assert BUS not in str(tasks)
    accounts = graded.ask("customers", "grades", "2026Q2", "--as-of", "2026-04-02", code=0)["accounts"]
    missed = {row["customer"]: row["missed"] for row in accounts}
    assert "服务流程" in missed[BUS] and "服务流程" in missed[SCHOOL]
    before = graded.ask("customers", "grades", "2026Q1", "--as-of", "2026-03-31", code=0)["accounts"]
    assert all("服务流程" not in row["missed"] for row in before)


@pytest.mark.slow
def test_who_sees_flows_and_what_an_analyst_does_not(staffed, become):
    """Clerks see them; an analyst neither lists nor prepares them, and results stand in clear nowhere."""
    become("文员")
    fill(staffed)
    signed(staffed)
    staffed.run("service", "show", BUS, code=0)
    become("分析员").run("service", "list", code=2)
    become("分析员").run("service", "prepare", BUS, code=2)
    for path in staffed.folder.glob("登记册.db*"):
        assert not path.is_file() or "需求会议的结果".encode() not in path.read_bytes()
