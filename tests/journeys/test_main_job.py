"""One quarter from received workbooks to the settlement, with amounts worked out by hand."""

from __future__ import annotations

from datetime import datetime

from tests.support.office import contract


def test_statuses_and_months_follow_the_clauses(first_quarter):
    """Every received row has the status, clause and month the regulation gives it."""
    got = {
        customer: (row["status"], row["clause"], row["counts_in"])
        for customer, row in first_quarter.by_customer(as_of="2026-03-31").items()
    }
    assert got == {
        "江城客运公司": ("提车中", None, "2026-01"),
        "江城第一驾校": ("有效", "7.3.2a", "2026-01"),
        "江城纺织厂": ("无效", "5.4", None),
        "区域客户水利局": ("已立项", None, "2026-01"),
        "区域客户林业局": ("已立项", None, "2026-01"),
        "区域客户教育局": ("已立项", None, "2026-01"),
        "区域客户税务局": ("已立项", None, "2026-01"),
        "江城客运有限公司": ("重复", "5.1", None),
        "合肥出租公司": ("无效", "5.6", None),
    }


def test_settlement_gives_the_amounts_worked_out_by_hand(first_quarter):
    """Reward, late answers, a missing expiry date, a late publication and two late registers, and nothing else."""
    customers = first_quarter.by_customer(as_of="2026-04-01")
    bus, school = customers["江城客运公司"]["number"], customers["江城第一驾校"]["number"]
    result = first_quarter.ask("settle", "2026Q1", "--as-of", "2026-04-01", code=0)
    lines = {(line["clause"], line["party"], line["ref"]): line["amount"] for line in result["lines"]}
    assert lines == {
        ("7.1.1", "D001", bus): 1000,  # 5 of 12 picked up is 41.7 %
        ("7.2.1", "B001", "2026Q1"): 200 * 3,  # 4 of 3 is 133 %: three full tens over
        ("7.3.1", "何项目", bus): -100,
        ("7.3.1", "何项目", school): -100,
        ("7.3.2a", "何项目", school): -100,
        ("7.3.2b", "郑策", "2026-03-20"): -100,
        ("7.3.3", "陈持", "2026-02"): -100,  # due 2 March, never returned; January's came on the day
    }
    assert result["quarter"] == "2026Q1"
    assert result["totals"] == {"D001": 1000, "B001": 600, "何项目": -300, "郑策": -100, "陈持": -100}


def test_importing_the_same_files_again_changes_nothing_and_says_so(first_quarter):
    """A second import of everything leaves leads and settlement as they were."""
    before = (
        first_quarter.ask("leads", "--as-of", "2026-04-01"),
        first_quarter.ask("settle", "2026Q1", "--as-of", "2026-04-01"),
    )
    again = first_quarter.ask("import", first_quarter.folder / "收件", "--received-at", "2026-03-01T09:00:00", code=0)[
        "files"
    ]
    assert {finding["code"] for file in again for finding in file["findings"]} == {"already_imported"}
    assert all(file["accepted"] == file["returned"] == 0 for file in again)
    after = (
        first_quarter.ask("leads", "--as-of", "2026-04-01"),
        first_quarter.ask("settle", "2026Q1", "--as-of", "2026-04-01"),
    )
    assert after == before


def test_an_approved_quarter_stays_as_it_was_and_later_facts_become_adjustments(first_quarter):
    """After approval the quarter answers the same; a register that comes late changes the next quarter only."""
    approved = first_quarter.ask("settle", "2026Q1", "--as-of", "2026-04-01", "--approve", code=0)
    number = first_quarter.by_customer()["区域客户水利局"]["number"]
    late = first_quarter.file(
        "合同登记汇总表",
        "合同2月.xlsx",
        {"月份": "2026-02", "编制人": "陈持", "编制日期": datetime(2026, 4, 8)},
        [contract(number, "区域客户水利局", datetime(2026, 2, 20), 6, 合同编号="HT-2", 单位代码="B001")],
    )
    first_quarter.receive(late, "2026-04-08T09:00:00", code=0)
    now = first_quarter.ask("settle", "2026Q1", "--as-of", "2026-07-01", code=0)
    assert (now["lines"], now["totals"]) == (approved["lines"], approved["totals"])
    second = first_quarter.ask("settle", "2026Q2", "--as-of", "2026-07-01", code=0)
    posted = [line for line in second["lines"] if line["adjusts"]]
    assert [(line["clause"], line["party"], line["ref"], line["amount"], line["adjusts"]) for line in posted] == [
        ("7.2.2", "B001", number, 200, "2026Q1")
    ]
