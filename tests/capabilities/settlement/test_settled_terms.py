"""What is settled stays: an edition entered later, another kind of unit, leads of years before, marks known late."""

from __future__ import annotations

import pytest

from tests.support.appeals import LATE, appeal, codes, lines, played
from tests.support.office import UNITS, lead
from tests.support.regulation import POLICY_FILE
from tests.support.year import Year
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.platform.reporting.registry import find

EDITION = """
  - edition: 5
    from: 2026-02-01
    parameters: {minimum_quantity: 20, missed_publication_penalty: 300, dealer_conversion_rate: 90}
"""


@pytest.fixture
def year(staffed, set_clock, monkeypatch) -> Year:
    """Three months, with rewards and penalties; the quarter approved."""
    set_clock("2026-01-01T09:00:00")
    year = Year(staffed, set_clock)
    year.targets()
    for month in (1, 2, 3):
        year.month(month)
        year.register(month, f"2026-{month + 1:02d}-02", picked={1: 6, 2: 6}.get(month))
    year.approve("2026Q1", "2026-04-09")
    return year


@pytest.mark.slow
def test_an_edition_entered_late_leaves_the_settled_quarter_alone(year, tmp_path, monkeypatch):
    """Entered in April for February on: no difference, no status of the quarter moves; from April on it applies, and is said."""
    office = year.office
    before, states = office.run("settle", "2026Q1", "--json"), office.ask("leads")
    file = tmp_path / "第五版.yaml"
    text = POLICY_FILE.read_text(encoding="utf-8")
    place = text.index("\nparameters:")
    file.write_text(text[:place] + EDITION.rstrip() + text[place:], encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_POLICY", str(file))
    year.now("2026-04-30T17:00:00")
    assert office.run("settle", "2026Q1", "--json") == before
    assert office.ask("leads") == states
    later = office.ask("settle", "2026Q2", code=0)
    assert later["edition"] == "DKHW080004/5"
    assert [line for line in later["lines"] if line["adjusts"]] == []
    amounts = {line["ref"]: line["amount"] for line in later["lines"] if line["clause"] == "7.3.2b"}
    assert amounts == {"2026-04-10": -300, "2026-04-20": -300}
    (said,) = [note["message"] for note in later["notes"] if note["code"] == "late_edition"]
    assert "第5版自 2026-02-01 起施行" in said and "本季度起适用" in said
    assert "late_edition" not in office.run("settle", "2026Q3", "--as-of", "2026-07-01", "--json")
    trial = office.ask("whatif", "2026Q1", "--set", "missed_publication_penalty=300", code=0)
    assert trial["edition"] == "DKHW080004/4"


@pytest.mark.slow
def test_another_kind_of_unit_does_not_reopen_what_is_settled(year):
    """A unit in use keeps its kind, at its cell; one not yet used can be mended."""
    office = year.office
    before = office.ask("settle", "2026Q2", "--as-of", "2026-04-21")["lines"]
    other = {"D001": "部门", "B002": "经销商", "S002": "经销商"}
    wrong = [(*row[:2], other.get(row[0], row[2]), *row[3:]) for row in UNITS]
    receipt = office.receive(office.units(wrong), "2026-04-20T09:00:00", code=1)
    assert (receipt["accepted"], receipt["returned"]) == (1, 2)
    assert codes(receipt) == [("kind_in_use", "C4"), ("kind_in_use", "C10")]
    assert "“D001”已作为经销商办理业务" in receipt["findings"][0]["message"]
    assert office.ask("settle", "2026Q2", "--as-of", "2026-04-21")["lines"] == before != []


@pytest.mark.slow
def test_a_lead_of_years_before_does_not_begin_duties_after_an_approval(year):
    """A mistyped year of receipt is refused with the file; the first month itself is still open to lists."""
    office = year.office
    file = office.leads("D001", "迟.xlsx", [lead("望江机械厂", 联系方式="13900001119")])
    refused = office.receive(file, "2025-12-31T23:59:59", code=2)
    assert refused["refused"] and codes(refused) == [("before_duties", None)]
    assert "早于登记册的首月 2026-01" in refused["findings"][0]["message"]
    before = office.run("settle", "2026Q2", "--json")
    assert office.receive(file, "2026-01-01T00:00:00", code=0)["accepted"] == 1
    assert office.run("settle", "2026Q2", "--json") == before  # not dispatched yet; nothing is missed for it


@pytest.mark.slow
def test_the_third_mark_of_a_closed_quarter_is_recommended_when_it_becomes_known(year):
    """Three leaks of the first quarter come up in April: penalties, notices and the recommendation with the second."""
    office = year.office
    for place, day in enumerate(("2026-01-11", "2026-02-11", "2026-03-11"), 1):
        year.leak(f"XL-{place}", day, "2026-04-20")
    told = office.ask("settle", "2026Q2", code=0)
    late = [(line["ref"], line["amount"], line["adjusts"]) for line in told["lines"] if line["clause"] == "7.3.4"]
    assert late == [(f"XL-{place}", -500, "2026Q1") for place in (1, 2, 3)]
    advised = [note["inputs"] for note in told["notes"] if note["code"] == "dismissal_recommended"]
    assert advised == [{"person": "孙某", "marks": 3}] and told["marks"] == {"孙某": 3}
    with office.opened() as session:
        view = find("诚信黑点告知书").view(open_snapshot(session), "2026Q2")
    assert view.notices["number"].tolist() == ["XL-1", "XL-2", "XL-3"]
    assert view.advice[["person", "marks"]].values.tolist() == [["孙某", 3]]


def test_an_unfinished_quarter_is_not_fixed_by_giving_later_times(staffed, set_clock):
    """The actual clock counts: on the quarter's last day nothing is submitted, approved or closed; the day after it is."""
    office = played(staffed)
    set_clock("2026-03-31T23:59:59")
    submit = ("settlement", "submit", "2026Q1", "--accept", "急")
    close = ("close", "2026-03", "--reason", "急")
    for command, words in (
        (("settle", "2026Q1", "--as-of", "2026-04-09", "--approve"), "晚于现在"),
        (("settle", "2026Q1", "--as-of", "2026-03-31", "--approve"), "2026Q1 尚未结束"),
        ((*submit, "--at", "2026-04-09"), "晚于现在"),
        (submit, "2026Q1 尚未结束"),
        ((*close, "--at", "2026-04-09"), "晚于现在"),
        (close, "2026-03 尚未结束"),
    ):
        office.run(*command, code=2)
        assert words in office.said
    set_clock("2026-04-01T00:00:00")
    office.run("close", "2026-03", "--reason", "月结")
    office.run("settle", "2026Q1", "--approve")


def test_what_changes_after_a_dismissed_appeal_can_be_appealed_again(staffed, set_clock):
    """Not the same amount again; the difference that is booked later, within its own term."""
    office = played(staffed)
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    assert appeal(office, "申诉.xlsx", [LATE])["accepted"] == 1
    set_clock("2026-04-20T17:00:00")
    office.run("appeals", "rule", "SS2026Q1-001", "不成立", "--reason", "不属实")
    assert codes(appeal(office, "再.xlsx", [LATE], "2026-04-21")) == [("already_appealed", "E7")]
    office.published("2026-03-10", "2026-03-10T17:00:00")  # its record comes up: it had been published
    set_clock("2026-07-09T17:00:00")
    assert lines(office, "2026Q2", "2026-07-09")["7.3.2b", "郑策", "2026-03-10", "2026Q1"] == 100
    office.run("settle", "2026Q2", "--as-of", "2026-07-09", "--approve")
    claim = (*LATE[:4], "金额有误", -50, "退款应为一半")
    receipt = appeal(office, "三.xlsx", [claim], "2026-07-10")
    assert receipt["accepted"] == 1 and "SS2026Q1-002" in receipt["findings"][0]["message"]
    assert codes(appeal(office, "四.xlsx", [(*claim[:5], -60, "再议")], "2026-07-10")) == [("already_appealed", "E7")]
