"""开发计划: live projects found again lead by lead, next steps and expiry day by day, and no contacts."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from workbench.app.policy import load_policy
from workbench.capabilities.leads import development_report as development
from workbench.capabilities.leads.development import plan
from workbench.core.errors import WrongUse
from workbench.platform.register.facts import Facts

pytestmark = pytest.mark.whole

NOW = datetime(2026, 4, 3, 9)


@pytest.fixture(scope="module")
def view(quarter):
    return development.view(quarter, "2026-04-03")


def by_hand(facts, day):
    """Lead number → (next step, vehicles left) of the projects under way at the end of a day, from the raw facts."""
    at = datetime.combine(day, datetime.max.time())
    known = facts.up_to(at)
    answers = {row["lead"]: row for row in known.feedback.sort_values("at").to_dict("records")}
    applied = set(known.applications["lead"])
    lines = {}
    for row in known.contracts.sort_values("at").to_dict("records"):
        lines[row["month"], row["contract"], row["lead"]] = row
    found = {}
    for lead in known.leads.to_dict("records"):
        answer = answers.get(lead["lead"])
        if (
            not answer
            or answer["verdict"] != "有效"
            or answer["expires_on"] is None
            or answer["expires_on"] != answer["expires_on"]
        ):
            continue
        own = [row for row in lines.values() if row["lead"] == lead["lead"]]
        if own:
            sold = sum({row["contract"]: row["quantity"] for row in own}.values())
            gone = sum(row["picked_up"] for row in own)
            if gone < sold:
                found[lead["number"]] = ("提车中" if gone else "待提车", sold - gone)
        elif answer["expires_on"].date() >= day:
            dealer = lead["reporter"].startswith("D")
            found[lead["number"]] = ("待申报" if dealer and lead["lead"] not in applied else "待签约", None)
    return found


@pytest.mark.parametrize("day", [date(2026, 2, 10), date(2026, 4, 3), date(2026, 9, 30), date(2026, 10, 1)])
def test_each_live_project_as_found_by_hand(quarter_facts, day):
    """On any day: which projects are under way, what each waits for, how many vehicles are left."""
    book = synthetic.book(quarter_facts, datetime(2026, 10, 5))
    shown = development.view(book, day.isoformat()).plan
    valid = set(
        synthetic.book(quarter_facts, datetime.combine(day, datetime.max.time())).states.query("valid")["number"]
    )
    expected = {number: what for number, what in by_hand(quarter_facts, day).items() if number in valid}
    left = [
        None if value is None or value != value else int(value)
        for value in shown["left"].astype(object).where(shown["left"].notna(), None)
    ]
    assert dict(zip(shown["number"], zip(shown["step"], left, strict=True), strict=True)) == expected
    assert len(expected) > 50


def test_the_day_of_expiry_and_the_day_after(quarter_facts):
    """All undated contracts expire on the 30th of September: on that day they are still there, the day after they are gone."""
    book = synthetic.book(quarter_facts, datetime(2026, 10, 5))
    last, after = (development.view(book, day) for day in ("2026-09-30", "2026-10-01"))
    waiting = last.plan["step"].isin(["待申报", "待签约"])
    assert set(last.plan.loc[waiting, "days_left"]) == {0}
    assert not after.plan["step"].isin(["待申报", "待签约"]).any()
    assert any(note.startswith(f"未计入：{waiting.sum()} 条，第6.4条（到期前未签约，已到期") for note in after.notes)


def test_a_project_by_its_contract_needs_no_expiry_date(quarter, quarter_facts):
    """D42: a valid lead without one is a project once it has a contract; it stands in the plan, and expires on no day."""
    day = date(2026, 4, 3)
    states = quarter.states.copy()
    signed = states.index[states["status"].isin(["已签约", "提车中"])][0]
    states.loc[signed, "expires_on"] = pd.NaT
    table = plan(states, quarter_facts.units, day, load_policy()).set_index("number")
    row = table.loc[states.loc[signed, "number"]]
    assert row["step"] in ("待提车", "提车中")
    assert pd.isna(row["expires_on"]) and pd.isna(row["days_left"]) and not row["soon"]


@pytest.mark.parametrize(("day", "soon"), [("2026-08-30", False), ("2026-08-31", True), ("2026-09-30", True)])
def test_expiring_soon_begins_thirty_days_before(quarter_facts, day, soon):
    """The day before the term, its first day, its last; a project under contract no longer expires."""
    view = development.view(synthetic.book(quarter_facts, datetime(2026, 10, 5)), day)
    waiting = view.plan["step"].isin(["待申报", "待签约"])
    assert (view.plan["soon"] == (waiting & soon)).all()
    assert len(view.soon) == (waiting.sum() if soon else 0)


def test_the_term_is_data(quarter_facts):
    """Another number of days from an edition on; none at all switches the reminder off."""
    for days, flagged in ((40, True), (None, False)):
        policy = load_policy().with_edition(
            {"edition": 5, "from": date(2026, 5, 1), "parameters": {"expiring_days": days}}
        )
        view = development.view(synthetic.book(quarter_facts, datetime(2026, 8, 25, 9), policy), "2026-08-25")
        assert bool(view.plan["soon"].any()) is flagged


def test_a_dealer_is_told_from_when_an_application_lets_the_lead_count(quarter_facts):
    """5.5: before the seventh day after receipt the next step names that day."""
    at = datetime(2026, 2, 10, 20)
    book = synthetic.book(quarter_facts, at)
    view = development.view(book, "2026-02-10")
    received = book.states.set_index("number")["received_at"]
    fresh = [row for row in view.plan.to_dict("records") if row["step"] == "待申报" and "5.5" in row["todo"]]
    assert fresh
    for row in view.plan.to_dict("records"):
        first = received[row["number"]].date() + timedelta(7)
        if row["step"] == "待申报":
            assert (f"待申报（{first} 起" in row["todo"]) == (first > at.date())


def test_owner_is_the_one_of_the_feedback_else_of_the_section(view, quarter):
    """D23."""
    people = {"S001": "王政", "S002": "冯行", "S003": "许企"}
    states = quarter.states.set_index("number")
    for row in view.plan.to_dict("records"):
        assert row["person"] == (states.at[row["number"], "person"] or people[row["section"]])


def test_sums_by_section_and_category_are_those_of_the_list(view):
    """Projects, steps and vehicles counted again."""
    for frame, key in ((view.sections, "section_name"), (view.categories, "category")):
        for row in frame.to_dict("records"):
            own = [each for each in view.plan.to_dict("records") if each[key] == row[key]]
            steps = Counter(each["step"] for each in own)
            assert row["projects"] == len(own)
            assert {step: row[step] for step in development.STEPS} == {step: steps[step] for step in development.STEPS}
            assert row["quantity"] == sum(each["quantity"] for each in own)
            assert row["left"] == sum(
                each["contract_quantity"] - each["picked_up"] for each in own if each["contract_quantity"]
            )


def test_what_is_left_out_is_counted(view, quarter):
    """Valid without an expiry date, pending, completed; projects that 5.5 excludes are in, and marked."""
    states = quarter.states
    without = (states["valid"] & states["project"].isna()).sum()
    pending = states["status"].isin(["已接收", "待甄别", "待复核"]).sum()
    assert without
    assert f"未计入：{without} 条，第7.3.2a条（有效但未注明到期日期，补填后立项）" in view.notes
    assert f"未计入：{pending} 条，第6.3条（处理中，尚未确认有效）" in view.notes
    marked = view.plan["remark"].str.contains("不计奖励")
    assert f"其中因第5.5条不计奖励的项目 {marked.sum()} 个，仍列入计划，在“提示”中注明。" in view.notes
    assert marked.sum() == states.loc[states["number"].isin(view.plan["number"]), "excluded"].notna().sum() > 0


def test_the_workbook_holds_the_list_with_live_totals(view, tmp_path, recalculate):
    """Every project a row; LibreOffice's totals are those of the frame."""
    development.write(view, tmp_path / "计划.xlsx")
    sheet = load_workbook(recalculate(tmp_path / "计划.xlsx"), data_only=True)["开发计划"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in rows[: len(view.plan)]] == view.plan["project"].tolist()
    total = rows[len(view.plan)]
    assert total[0] == "合计"
    assert total[7:11] == tuple(
        int(view.plan[key].sum()) for key in ("quantity", "contract_quantity", "picked_up", "left")
    )


def test_nothing_under_way_is_said_in_words(tmp_path):
    """No project at all: the cover and every table say so."""
    view = development.view(synthetic.book(Facts.of(units=synthetic.units()), NOW), "2026-04-03")
    development.write(view, tmp_path / "空.xlsx")
    book = load_workbook(tmp_path / "空.xlsx")
    assert book["开发计划"]["A5"].value == "截至该日没有在办的项目。"
    assert book["即将到期"]["A5"].value == "没有即将到期的项目。"
    assert view.notes[0] == "截至该日没有在办的项目。"


def test_a_day_to_come_is_refused(quarter):
    """There is no plan of tomorrow."""
    with pytest.raises(WrongUse) as refused:
        development.view(quarter, "2026-04-04")
    assert refused.value.code == "day_to_come"
