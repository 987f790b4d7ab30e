"""Twelve months played through: closed quarters never change, and what was paid is what a fresh computation gives."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.support import naive_settlement
from tests.support.naive_lifecycle import naive_states
from tests.support.naive_settlement import Accounts
from tests.support.untidy import UntidyYear
from tests.support.year import Year, fifth_edition
from workbench.capabilities.leads.snapshot import open_snapshot

pytestmark = pytest.mark.slow

QUARTERS = ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]


@pytest.fixture
def played(staffed, set_clock, monkeypatch, tmp_path) -> Year:
    """The year until the fourth quarter is approved and paid."""
    set_clock("2026-01-01T09:00:00")
    year = UntidyYear(staffed, set_clock)
    year.targets()
    for month in (1, 2, 3):
        year.month(month)
        year.register(month, f"2026-{month + 1:02d}-02")
    year.leak("XL-1", "2026-02-11")
    year.approve("2026Q1", "2026-04-09")
    year.month(4)
    year.register(2, "2026-04-16", picked=4, name="更正")  # two of six vehicles came back: below forty per cent
    first = year.appeal("2026-04-15", "2026Q1", "7.3.2b", "郑策", "2026-03-10", "不应处罚", 0)
    set_clock("2026-04-20T09:00:00")
    staffed.run("appeals", "rule", first, "成立", "--reason", "停电属实")
    year.register(4, "2026-05-02")
    for month in (5, 6):
        year.month(month)
        year.register(month, f"2026-{month + 1:02d}-0{month - 3}")  # May's in time, June's a day late
    year.leak("XL-2", "2026-05-11")
    year.approve("2026Q2", "2026-07-09")
    monkeypatch.setenv("WORKBENCH_POLICY", str(fifth_edition(tmp_path)))
    second = year.appeal("2026-07-15", "2026Q2", "7.3.4", "孙某", "XL-2", "金额有误", -100)
    set_clock("2026-07-17T09:00:00")
    staffed.run("appeals", "rule", second, "部分成立", "--amount", "-200", "--reason", "情节轻微")
    year.adjusted()
    late = staffed.folder / "2026-06"
    for path in staffed.answer(
        late, {"区域客户六月第2号": {"甄别结论": "有效", "到期日期": "2027-06-30", "项目责任人": "何项目"}}
    ):
        staffed.receive(path, "2026-07-21T09:00:00")
    for month in (7, 8, 9):
        year.month(month)
        if month < 9:
            year.register(month, f"2026-{month + 1:02d}-02")
    year.leak("XL-3", "2026-08-11")
    year.approve("2026Q3", "2026-10-09")
    year.register(9, "2026-10-12", picked=5)  # ten days late: a project of the third quarter after all
    for month in (10, 11, 12):
        year.month(month)
        year.register(month, f"{2026 + month // 12}-{month % 12 + 1:02d}-02")
    year.approve("2026Q4", "2027-01-09")
    return year


def keyed(lines: list[dict]) -> Counter:
    """Amounts by clause, party and reference, zeros left out."""
    sums: Counter = Counter()
    for line in lines:
        sums[line["clause"], line["party"], line["ref"]] += line["amount"]
    return Counter({key: amount for key, amount in sums.items() if amount})


def naive(year: Year, monkeypatch) -> Counter:
    """The year from the raw facts by other means, under the numbers of each quarter's edition, rulings laid over."""
    with year.office.opened() as session:
        book = open_snapshot(session).load()
    assert book.as_of.isoformat() >= "2027-01-09T17:00:00"
    sums: Counter = Counter()
    for quarter in QUARTERS:
        if quarter > "2026Q2":
            monkeypatch.setattr(naive_settlement, "DEALER_PROJECT", 1200)
            monkeypatch.setattr(naive_settlement, "LEAK", -800)
        for clause, party, ref, amount, _ in Accounts(book.facts, book.as_of, {}).lines(quarter):
            sums[clause, party, ref] += amount
    sums["7.3.2b", "郑策", "2026-03-10"] = 0  # appeal upheld
    sums["7.3.4", "孙某", "XL-2"] = -200  # upheld in part
    return Counter({key: amount for key, amount in sums.items() if amount})


def test_a_year_played_through(played, monkeypatch):
    """Late facts only ever show as differences in the next quarter; all payments together are the fresh sum."""
    office = played.office
    for quarter in QUARTERS:
        assert office.run("settle", quarter, "--json") == played.kept[quarter], quarter
    lines = {quarter: json.loads(text)["lines"] for quarter, text in played.kept.items()}
    booked = keyed([line for quarter in QUARTERS for line in lines[quarter]])
    rows = office.ask("leads")
    numbers = {row["customer"]: row["number"] for row in rows if row["status"] not in ("重复", "已撤回")}
    fresh, late = naive(played, monkeypatch), numbers["区域客户六月第2号"]
    fresh["7.3.1", "王政", late] = fresh.pop(
        ("7.3.1", "何项目", late)
    )  # named after the approval: by appeal only (D23)
    assert booked == fresh
    adjusted = {
        quarter: {
            (line["clause"], line["party"], line["ref"]): line["amount"] for line in lines[quarter] if line["adjusts"]
        }
        for quarter in QUARTERS
    }
    assert adjusted == {
        "2026Q1": {},
        "2026Q2": {
            ("7.1.1", "D001", numbers["江城企业二月"]): -1000,
            ("7.1.1", "D002", numbers["丰源纺织"]): -1000,
            ("7.3.2b", "郑策", "2026-03-10"): 100,
        },
        "2026Q3": {
            ("7.2.1", "B001", "2026Q2"): 600,
            ("7.3.4", "孙某", "XL-2"): 300,
        },
        "2026Q4": {
            ("7.1.1", "D001", numbers["江城企业九月"]): 1200,
            ("7.1.1", "D001", numbers["新月印务"]): 1200,
        },
    }
    untidy = {
        "丰源纺织": ("D002", 0),
        "双河物流": ("D002", 1000),
        "皖江茶厂": ("D001", 1000),
        "城东小学": ("D001", 1000),
        "西坡医院": ("D002", 1000),
        "宏达租车": ("D002", 1200),
        "清溪中学": ("D001", 1200),
        "新月印务": ("D001", 1200),
        "白鹭酒店": ("D001", 1200),
    }
    for customer, (party, amount) in untidy.items():
        earned = {key[1]: sum for key, sum in booked.items() if key[::2] == ("7.1.1", numbers[customer])}
        assert earned == ({party: amount} if amount else {}), customer
    assert [json.loads(text)["edition"] for text in played.kept.values()] == ["DKHW080004/4"] * 2 + ["DKHW080004/5"] * 2
    assert {line["amount"] for line in lines["2026Q3"] if line["clause"] == "7.1.1"} == {1200}
    assert json.loads(played.kept["2026Q3"])["marks"] == {"孙某": 3}
    with office.opened() as session:
        book = open_snapshot(session).load()
        payments = session.register.read("payment")
        assert session.register.verify_audit() == []
    assert int(payments["paid"].sum() - payments["collected"].sum()) == sum(booked.values())
    standing = office.ask("settlement", "status", code=0)
    assert [(row["quarter"], row["state"], row["signed"]) for row in standing] == [
        (quarter, "已兑现", True) for quarter in QUARTERS
    ]
    fresh_states = naive_states(book.facts, book.as_of)
    said = {row["number"]: {name: row[name] for name in ("status", "reporter", "counts_in")} for row in rows}
    assert said == {
        number: {name: state[name] for name in next(iter(said.values()))} for number, state in fresh_states.items()
    }
