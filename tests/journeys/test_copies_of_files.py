"""The same file received more than once: the earliest receipt counts, whenever it is brought in (D4)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.support.first_quarter import VALID
from tests.support.office import UNIT_TITLES, UNITS, contract, lead
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.targets.completion import current
from workbench.platform.register.facts import load_facts

pytestmark = pytest.mark.slow

BUS, MILL = lead("江城公交"), lead("滨江机械厂", 联系方式="13900003302")


def listed(office) -> dict[str, tuple]:
    """Customer → number, status, receipt, for one lead a customer."""
    return {row["customer"]: (row["number"], row["status"], row["received_at"]) for row in office.ask("leads")}


def codes(receipt: dict) -> list[str]:
    return [item["code"] for item in receipt["findings"]]


def lines(office, clause: str) -> list[str]:
    """What a penalty clause fines in the first quarter."""
    found = office.ask("settle", "2026Q1", "--as-of", "2026-04-05")["lines"]
    return [line["ref"] for line in found if line["clause"] == clause]


def dispatched(office) -> None:
    office.run("dispatch", "--at", "2026-01-05T17:00:00", "--out", office.folder / "转交")


def test_a_copy_received_earlier_counts_and_a_later_one_changes_nothing(staffed):
    """The lead keeps its number and gets the earlier time, also from a still earlier copy; exit code 0."""
    path = staffed.leads("D001", "甲.xlsx", [BUS, MILL])
    staffed.receive(path, "2026-01-05T09:00:00", code=0)
    for at in ("2026-01-05T09:00:00", "2026-01-05T09:00:01"):
        assert codes(staffed.receive(path, at, code=0)) == ["already_imported"]
    number = listed(staffed)["江城公交"][0]
    for at in ("2026-01-04T09:00:00", "2026-01-03T09:00:00"):
        got = staffed.receive(path, at, code=0)
        assert (got["accepted"], codes(got)) == (2, ["received_first", "received_first", "received_earlier"])
        assert listed(staffed)["江城公交"] == (number, "已接收", at)
    assert codes(staffed.receive(path, "2026-01-03T10:00:00", code=0)) == ["already_imported"]
    assert len(listed(staffed)) == 2


def test_a_correction_between_two_receipts_of_a_file_stands(staffed):
    """The file as it was first received is old by the time its copy comes: the correction counts."""
    path = staffed.leads("D001", "甲.xlsx", [BUS])
    better = staffed.leads("D001", "乙.xlsx", [{**BUS, "需求车型": "客车", "标的量(台)": 20}])
    for file, at in ((path, "07"), (better, "06"), (path, "05")):
        staffed.receive(file, f"2026-01-{at}T09:00:00", code=0)
    (row,) = staffed.ask("leads")
    with staffed.opened() as session:
        versions = session.register.read("lead", ["quantity", "filed_at"]).sort_values("filed_at")
    assert versions["quantity"].tolist() == [12, 20] and row["received_at"] == "2026-01-05T09:00:00"


def test_a_dispatched_lead_gets_the_earlier_time_of_a_copy(staffed):
    """It stays with its section; one that would displace a dispatched lead waits for an approver, and that is named."""
    path = staffed.leads("D001", "甲.xlsx", [BUS, MILL])
    staffed.receive(staffed.leads("D002", "丙.xlsx", [BUS]), "2026-01-05T08:00:00", code=0)
    staffed.receive(path, "2026-01-05T09:00:00", code=0)
    dispatched(staffed)
    assert "displaces" in codes(staffed.receive(path, "2026-01-04T09:00:00", code=1))
    got = {(row["reporter"], row["customer"]): row for row in staffed.ask("leads")}
    assert got["D001", "滨江机械厂"]["received_at"] == "2026-01-04T09:00:00"
    assert {who: row["status"] for who, row in got.items()} == {
        ("D002", "江城公交"): "待甄别",
        ("D001", "江城公交"): "待复核",
        ("D001", "滨江机械厂"): "待甄别",
    }


def test_an_answer_and_a_register_count_from_their_earliest_receipt(staffed):
    """An answer due on Wednesday and a register due on Monday 2 February are late until their copies come in."""
    staffed.receive(staffed.leads("D001", "甲.xlsx", [BUS]), "2026-01-05T09:00:00", code=0)
    dispatched(staffed)
    (answer,) = staffed.answer(staffed.folder / "转交", {"江城公交": VALID})
    staffed.receive(answer, "2026-01-09T09:00:00")
    number = listed(staffed)["江城公交"][0]
    rows = [contract(number, "江城公交", datetime(2026, 1, 20), 5)]
    register = staffed.file("合同登记汇总表", "合同.xlsx", {"月份": "2026-01"}, rows)
    staffed.receive(register, "2026-02-04T09:00:00")
    assert (lines(staffed, "7.3.1"), lines(staffed, "7.3.3")) == ([number], ["2026-01", "2026-02"])
    staffed.receive(answer, "2026-01-06T09:00:00", code=0)
    staffed.receive(register, "2026-02-02T09:00:00", code=0)
    assert (lines(staffed, "7.3.1"), lines(staffed, "7.3.3")) == ([], ["2026-02"])
    assert listed(staffed)["江城公交"][1] == "提车中"
    staffed.run("audit", "verify", code=0)


def test_a_registration_counts_from_its_earliest_receipt(staffed):
    """A directory, the people, the targets and an incident: what came in between is the newer word (T6, T21, T4, T13)."""
    told = [dict(zip(UNIT_TITLES, unit, strict=True)) for unit in UNITS]
    other = [{**unit, "责任人": "王新"} if unit["单位代码"] == "S001" else unit for unit in told]
    person = {"姓名": "何项目", "单位代码": "S001", "开始日期": datetime(2026, 1, 1)}
    months = [{"单位代码": "B001", "全年目标": 12 * each, **{f"{m}月": each for m in range(1, 13)}} for each in (1, 2)]
    header = {"年度": 2026, "编制人": "郑策", "批准人": "赵副总", "调整原因": "试验"}
    leak = {"事件编号": "XL-1", "泄露日期": datetime(2026, 1, 3), "大客户部内部人员": "是"}
    pairs = [
        [staffed.file("单位名录", f"名录{n}.xlsx", {}, rows) for n, rows in enumerate((told, other))],
        [staffed.file("人员名录", f"人员{p}.xlsx", {}, [{**person, "岗位": p}]) for p in ("项目责任人", "其他")],
        [
            staffed.file("目标信息量分解调整表", f"目标{kind}.xlsx", {**header, "类型": kind}, [rows])
            for kind, rows in zip(("分解", "调整"), months, strict=True)
        ],
        [
            staffed.file("信息泄露事件登记表", f"泄露{p}.xlsx", {}, [{**leak, "泄露人员": p}])
            for p in ("何项目", "另一人")
        ],
    ]
    for first, second in pairs:
        for path, at in ((first, "12"), (second, "10"), (first, "08")):
            got = staffed.receive(path, f"2026-01-{at}T09:00:00")
        assert "received_earlier" in codes(got)
    with staffed.opened() as session:
        facts = load_facts(session.register).load().up_to(datetime(2026, 2, 1))
    assert units_on(facts.units, None).set_index("code").at["S001", "person"] == "王新"
    assert facts.people.sort_values("at")["post"].tolist() == ["项目责任人", "其他"]
    assert current(facts.targets)["amount"].unique().tolist() == [2]
    assert facts.incidents[["number", "person", "at"]].astype(str).to_numpy().tolist() == [
        ["XL-1", "另一人", "2026-01-10 09:00:00"],
        ["XL-1", "何项目", "2026-01-08 09:00:00"],
    ]


def test_a_copy_taken_back_leaves_the_later_receipt(staffed):
    """Brought in with a wrong time and withdrawn: the lead keeps its number and has its own time again."""
    path = staffed.leads("D001", "甲.xlsx", [BUS])
    staffed.receive(path, "2026-01-05T09:00:00", code=0)
    before = listed(staffed)
    copy = staffed.receive(path, "2026-01-03T09:00:00", code=0)["number"]
    staffed.run("withdraw-import", copy, "--reason", "时间有误", "--at", "2026-01-06T09:00:00", code=0)
    assert listed(staffed) == before
    assert codes(staffed.receive(path, "2026-01-05T10:00:00", code=0)) == ["already_imported"]


def test_a_file_taken_back_may_come_in_again(staffed):
    """The same bytes are a new import then, with a time of their own."""
    path = staffed.leads("D001", "甲.xlsx", [BUS], date(2026, 1, 5))
    first = staffed.receive(path, "2026-01-05T09:00:00", code=0)["number"]
    staffed.run("withdraw-import", first, "--reason", "误导入", "--at", "2026-01-06T09:00:00", code=0)
    assert listed(staffed) == {}
    got = staffed.receive(path, "2026-01-07T09:00:00", code=0)
    assert (got["accepted"], codes(got)) == (1, [])
    assert listed(staffed)["江城公交"][1:] == ("已接收", "2026-01-07T09:00:00")
    assert codes(staffed.receive(path, "2026-01-08T09:00:00", code=0)) == ["already_imported"]
