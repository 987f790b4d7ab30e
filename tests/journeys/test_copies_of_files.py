"""The same file received more than once: the earliest receipt counts, whenever it is brought in (D4)."""

from __future__ import annotations

from datetime import date, datetime

from tests.support.first_quarter import VALID
from tests.support.office import contract, lead

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
