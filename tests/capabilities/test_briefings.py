"""The first page of the reports that ``tests/journeys/test_every_figure_*`` do not reach, computed again row by row.

What the reports compute with frames is here counted by plain loops over the facts of a small office: figures, those of the
last period beside them, and the three sentences.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction

import pandas as pd
import pytest

from tests.support import customer_world, synthetic
from tests.support.figures import compared
from workbench.platform.register.facts import frame
from workbench.platform.reporting.registry import find, reports

AFTER = datetime(2026, 4, 3, 9)
# reports whose covers the tests of the demo compute again, and the one whose trail is counted in test_inspection_report
ELSEWHERE = {"publication", "targets", "conversion", "development", "settlement", "inspection"}
HERE = {"weekly", "grading", "card", "reminders", "marks", "whatif"}


def test_every_report_has_its_cover_computed_again():
    """A new report needs a test of its first page: here, or of the demo."""
    assert {report.alias for report in reports()} == ELSEWHERE | HERE


@pytest.fixture(scope="module")
def small():
    return synthetic.facts(leads=40, seed=3)


@pytest.fixture(scope="module")
def office():
    return customer_world.facts()


def seen(alias, facts, period, at, **more):
    """A report's view."""
    return find(alias).view(synthetic.book(facts, at), period, **more)


def figures(view):
    """The cover's cards: label → value."""
    return {figure.label: figure.value for figure in view.figures}


def told(word, now, then):
    """What stands beside each figure, and the sentence on what changed."""
    return compared(word, {label: (value, "") for label, value in now.items()}, then)


def beside(view):
    """What stands beside each figure that is compared."""
    return {figure.label: figure.beside() for figure in view.figures if figure.before is not None}


def working_days_after(day: date, count: int) -> date:
    """Weekdays; the weeks used here have no days off else."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


class Weeks:
    """What account managers reported, as known at a moment."""

    CLASS = {
        **dict.fromkeys(("走访", "活动", "意见", "投诉"), "客户基本信息"),
        "市场": "市场动态信息",
        "竞争": "竞争信息",
        **dict.fromkeys(("需求", "离网倾向"), "用户需求及潜在意向信息"),
    }

    def __init__(self, facts, moment: datetime) -> None:
        self.moment = moment
        self.sheets = self._known(facts.weekly_sheets)
        self.leaves = self._known(facts.manager_leaves)
        self.managers = sorted(row["name"] for row in self._known(facts.people) if row["post"] == "客户经理")
        self.items = {row["number"]: row for row in self._known(facts.weekly_items)}
        self.steps = self._known(facts.service_steps)

    def _known(self, table):
        return [row for row in table.to_dict("records") if row["at"] <= self.moment]

    def week(self, monday: datetime) -> list[dict]:
        return [row for row in self.items.values() if row["week"] == monday]

    def state(self, manager: str, monday: datetime) -> str:
        came = [row["at"] for row in self.sheets if row["manager"] == manager and row["week"] == monday]
        if came:
            return "按时" if min(came) <= monday + timedelta(days=7, hours=9) else "迟报"
        friday = monday + timedelta(days=4)
        away = [row for row in self.leaves if row["name"] == manager]
        return "休假" if any(row["first"] <= monday and row["last"] >= friday for row in away) else "未报"

    def open(self) -> list[dict]:
        """Complaints that nobody has closed, or that were opened again."""
        found = []
        for row in self.items.values():
            states = [step["state"] for step in self.steps if step["number"] == row["number"]]
            if row["kind"] == "投诉" and (not states or states[-1] != "已办结"):
                due = row["due_on"] if row["due_on"] is not pd.NaT else None
                found.append({**row, "due": due.date() if due else working_days_after(row["at"].date(), 7)})
        return found

    def figures(self, monday: datetime) -> dict[str, int]:
        states, items = Counter(self.state(each, monday) for each in self.managers), self.week(monday)
        return {
            "应报": len(self.managers) - states["休假"],
            "按时": states["按时"],
            "未报": states["未报"],
            "信息": len(items),
            "离网倾向": sum(row["churn"] for row in items),
            "竞争信息": sum(row["kind"] == "竞争" for row in items),
            "未办结": len(self.open()),
            "其中逾期": sum(row["due"] < self.moment.date() for row in self.open()),
        }

    def classes(self, monday: datetime) -> Counter:
        return Counter(self.CLASS[row["kind"]] for row in self.week(monday))


@pytest.mark.parametrize("day", [16, 23])
def test_the_weekly_digest(office, day):
    """A week against the one before, which is taken as it was known a week ago."""
    at, monday = datetime(2026, 3, day, 10), datetime(2026, 3, day - 7)
    view = seen("weekly", office, f"2026-03-{day}", at)
    now, then = Weeks(office, at), Weeks(office, at - timedelta(days=7))
    last = monday - timedelta(days=7)
    assert figures(view) == now.figures(monday)
    said, sentence = told("上周", now.figures(monday), then.figures(last))
    assert (beside(view), view.briefing.changed) == (said, sentence)
    one, other = now.classes(monday), then.classes(last)
    moved = [
        f"{name}{'增' if one[name] > other[name] else '减'} {abs(one[name] - other[name])} 条"
        for name in dict.fromkeys(Weeks.CLASS.values())
        if one[name] != other[name]
    ]
    assert view.briefing.why == f"各类信息：{'，'.join(moved)}。"
    missing = [name for name in now.managers if now.state(name, monday) == "未报"]
    assert f"{'、'.join(missing)}：补报" in view.briefing.act or f"等 {len(missing)} 人：补报" in view.briefing.act
    late = Counter(row["owner"] for row in now.open() if row["due"] < at.date())
    assert bool(late) == ("办结逾期事项" in view.briefing.act)
    assert all(f"{name} {count} 项" in view.briefing.act for name, count in late.items())
    assert view.briefing.missing == (f"T7《客户经理每周信息上报表》：{'、'.join(missing)}",)


def test_the_first_week_is_compared_with_nothing(office):
    """No week before: the counts alone, and no growth."""
    view = seen("weekly", office, "2026-03-09", datetime(2026, 3, 9, 10))
    assert view.briefing.changed == "没有可以比较的上期数据。" and "增" not in view.briefing.why
    counts = Weeks(office, datetime(2026, 3, 9, 10)).classes(datetime(2026, 3, 2))
    assert all(f"{name} {count} 条" in view.briefing.why for name, count in counts.items())


def sold(facts, moment, until):
    """Yuan by customer and in all, from T18 alone: months that have a total."""
    totals = {
        row["month"]: row["total_fen"]
        for row in facts.sales_months.to_dict("records")
        if row["at"] <= moment and row["month"] <= until
    }
    own = Counter()
    for row in facts.customer_sales.to_dict("records"):
        if row["at"] <= moment and row["month"] in totals:
            own[row["customer_key"]] += row["amount_fen"]
    return own, sum(totals.values())


def test_the_grading_report(office):
    """Sales as T18 says them, grades counted from the list, last quarter's beside them, services missed by manager."""
    view = seen("grading", office, "2026Q1", AFTER)
    own, whole = sold(office, AFTER, "2026-03")
    listed = view.accounts.to_dict("records")
    for row in listed:
        if not row["from_contracts"]:
            assert (row["sales"], row["share"]) == (own[row["key"]] // 100, Fraction(own[row["key"]], whole))
    key = [row for row in listed if row["grade"] != "一般客户"]
    was = [row for row in listed if row["before"] != "一般客户"]
    now = {
        "大客户": len(key),
        **{f"{grade}级": sum(row["grade"] == grade for row in key) for grade in "ABC"},
        "公司销售额(元)": whole // 100,
        "大客户占比": sum((row["share"] for row in key), Fraction(0)),
        "逾期服务的客户": sum(bool(row["missed"]) for row in key),
        "经认定的客户": sum(row["ground"] in ("影响", "战略", "形象") for row in key),
    }
    assert figures(view) == now
    old, before = sold(office, AFTER, "2025-12")
    then = {
        "大客户": len(was),
        **{f"{grade}级": sum(row["before"] == grade for row in was) for grade in "ABC"},
        "公司销售额(元)": before // 100,
        "大客户占比": sum((Fraction(old[row["key"]], before) for row in was), Fraction(0)),
        "经认定的客户": 0,
    }
    said, sentence = told("上季", now, then)
    assert (beside(view), view.briefing.changed) == (said, sentence)
    moves = Counter(row["movement"] for row in listed)
    assert sorted(view.briefing.why.removeprefix("等级变动：").rstrip("。").split("，")) == sorted(
        f"{word} {count} 个" for word, count in moves.items()
    )
    late = Counter(row["manager"] or "未登记客户经理" for row in key if row["missed"])
    assert all(f"{name} {count} 个" in view.briefing.act for name, count in late.items())
    assert len(view.briefing.act.split("、")) == len(late)


def test_the_card_of_a_customer(office):
    """What came of him in the month, the last service, who is late; from his own rows."""
    view = seen("card", office, "2026-03-31", AFTER, customer=customer_world.BUS.removeprefix("#"))
    weeks = Weeks(office, AFTER)
    own = [row for row in weeks.items.values() if row["customer_key"] == customer_world.BUS]
    new = [row for row in own if f"{row['happened_on']:%Y-%m}" == "2026-03"]
    assert view.briefing.changed == f"本月新增：信息 0 条，服务记录 {len(new)} 条；归档材料共 0 件。"
    assert view.briefing.why == f"最近一次服务：{max(row['happened_on'] for row in own):%Y-%m-%d}。"
    open_ = [row for row in weeks.open() if row["customer_key"] == customer_world.BUS]
    late = Counter(row["owner"] for row in open_ if row["due"] < date(2026, 3, 31))
    words = "、".join(f"{name} {count} 件" for name, count in sorted(late.items()))
    assert view.briefing.act == f"办结逾期事项：{words}。" and late
    assert figures(view)["未办结事项"] == len(open_)


@pytest.mark.parametrize("day", ["2026-01-20", "2026-02-20", "2026-03-20"])
def test_the_reminders(small, day):
    """Answers that are late, due or due tomorrow, and valid leads about to expire, section by section; yesterday's beside."""

    def counted(at: datetime, on: date):
        book = synthetic.book(small, at)
        answers, expiring, late = Counter(), Counter(), 0
        for lead in book.states.to_dict("records"):
            if lead["status"] == "待甄别" and lead["due_on"].date() <= on + timedelta(days=1):
                answers[lead["section"]] += 1
                late += lead["due_on"].date() < on
            free = lead["status"] in ("有效", "已立项", "已申报") and lead["expires_on"] is not pd.NaT
            if free and on <= lead["expires_on"].date() <= on + timedelta(days=30):
                expiring[lead["section"]] += 1
        duties = Counter(find("reminders").view(book, f"{on}").duties["state"])
        cards = {
            "逾期事项": duties["逾期"],
            "今日到期": duties["到期"],
            "待甄别反馈": sum(answers.values()),
            "将到期信息": sum(expiring.values()),
        }
        return cards, answers, expiring, late, duties

    on = date.fromisoformat(day)
    at = datetime.combine(on, datetime.min.time()) + timedelta(hours=17)
    view = seen("reminders", small, day, at)
    cards, answers, expiring, late, duties = counted(at, on)
    assert figures(view) == cards and cards["待甄别反馈"]
    assert next(each.note for each in view.figures if each.label == "待甄别反馈") == f"其中逾期 {late} 条（第7.3.1条）"
    then = counted(at - timedelta(days=1), on - timedelta(days=1))[0]
    assert (beside(view), view.briefing.changed) == told("昨日", cards, then)
    assert sorted(view.briefing.why.removeprefix("到期事项：").rstrip("。").split("，")) == sorted(
        f"{word} {count} 项" for word, count in duties.items()
    )
    names = {code: name for code, name, *_ in synthetic.SECTIONS}
    busy = sorted({*answers, *expiring})
    assert view.briefing.act == "；".join(
        f"{names[code]}：反馈 {answers[code]} 条、跟进将到期 {expiring[code]} 条" for code in busy
    ) + ("。" if busy else "各业务科室没有到期的信息。")


def leak(number: int, person: str, day: str) -> dict:
    """A leak by an insider."""
    own = {"number": f"XL2026-{number:03d}", "person": person, "unit": "S002", "happened_on": day, "inside": True}
    return {**own, "at": f"{day}T10:00:00", "file": "泄露登记.xlsx", "row": 4 + number}


def test_the_marks(small):
    """Counted from the incidents: of the quarter, of all time, those who reached three; the quarter before beside them."""
    rows = [
        leak(1, "许企", "2026-01-06"),
        leak(2, "许企", "2026-02-11"),
        leak(3, "许企", "2026-04-08"),
        leak(4, "何行", "2026-04-20"),
        leak(5, "何行", "2026-05-20"),
    ]
    facts = small.replace(incidents=frame("incidents", rows))
    view = seen("marks", facts, "2026Q2", datetime(2026, 7, 3, 9))

    def counted(until: str, quarter: tuple[str, str]):
        all_time = Counter(row["person"] for row in rows if row["happened_on"] <= until)
        new = Counter(row["person"] for row in rows if quarter[0] <= row["happened_on"] <= quarter[1])
        three = [person for person, count in all_time.items() if count >= 3 and new[person]]
        cards = (sum(new.values()), sum(all_time.values()), len(three))
        return dict(zip(("本季度黑点", "累计黑点", "达到建议辞退数目"), cards, strict=True)), new

    (now, new), (then, _) = (
        counted("2026-06-30", ("2026-04-01", "2026-06-30")),
        counted("2026-03-31", ("2026-01-01", "2026-03-31")),
    )
    assert figures(view) == now == {"本季度黑点": 3, "累计黑点": 5, "达到建议辞退数目": 1}
    assert (beside(view), view.briefing.changed) == told("上季度", now, then)
    assert view.briefing.why == f"本季度新记：{'，'.join(f'{person} {new[person]} 个' for person in sorted(new))}。"
    assert view.briefing.act == (
        f"责任部门：请 {len(new)} 人签收告知书（第7.3.4条）；公司：决定是否辞退 1 人（第7.3.4条）。"
    )


def test_the_comparison_with_other_values(small):
    """Sums of the lines of two settlements, each computed on its own, and what differs between them."""
    changes = "minimum_quantity=6;dealer_conversion_rate=62.5"
    view = seen("whatif", small, "2026Q1", AFTER, changes=changes)
    official = find("settlement").view(synthetic.book(small, AFTER), "2026Q1")
    rows = view.lines.to_dict("records")
    paid = sum(row["official"] for row in rows)
    assert paid == {figure.label: figure.value for figure in official.figures}["奖惩净额（元）"]
    tried = sum(row["trial"] for row in rows)
    reward = sum(row["trial"] - row["official"] for row in rows if row["clause"] in ("7.1.1", "7.2.1", "7.2.2"))
    by_party = Counter()
    for row in rows:
        by_party[row["party"]] += row["trial"] - row["official"]
    assert list(figures(view).values()) == [
        paid,
        tried,
        tried - paid,
        reward,
        2,
        sum(row["change"] != "不变" for row in rows),
        sum(bool(gap) for gap in by_party.values()),
        len(view.leads),
    ]
    label = "测算净额（元）"
    assert view.briefing.changed == told("正式", {label: tried}, {label: paid})[1]
    assert view.briefing.why.startswith("改动：标的量下限 3 改为 6；") and view.briefing.why.endswith(
        " 40% 改为 62.5%。"
    )
