"""信息提报情况通报: its numbers counted again by hand, its window, and that it betrays no customer."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.support import synthetic
from workbench.app.policy import load_policy
from workbench.capabilities.publication import publication_report as publication
from workbench.capabilities.publication.reasons import published_reasons
from workbench.core.errors import WrongUse
from workbench.interfaces.cli import main
from workbench.platform.register.facts import Facts, frame

pytestmark = pytest.mark.whole

MADE = datetime(2026, 3, 20, 17)


@pytest.fixture(scope="module")
def book(quarter_facts):
    return synthetic.book(quarter_facts, MADE)


def tally(states, since, until):
    """Reporter → counts, lead by lead."""
    counts = {}
    for lead in states.to_dict("records"):
        if since < lead["received_at"] <= until:
            own = counts.setdefault(lead["reporter"], Counter())
            own["total"] += 1
            own["valid"] += lead["valid"]
            own["invalid"] += lead["status"] in ("无效", "重复")
            own["duplicate"] += lead["status"] == "重复"
            own["pending"] += lead["status"] in ("已接收", "待甄别", "待复核")
            own["excluded"] += lead["excluded"] == "5.5"
    return counts


@pytest.mark.parametrize(
    ("table", "since"), [("recent", datetime(2026, 3, 10, 17)), ("month", datetime(2026, 2, 28, 23, 59, 59))]
)
def test_each_reporter_is_counted_as_by_hand(book, table, since):
    """Since the last publication was made, and month to date: what 6.1 demands is exact in every reporter's row."""
    view = publication.view(book, "2026-03-20")
    rows = {row.pop("reporter"): row for row in getattr(view, table).to_dict("records")}
    expected = tally(book.states, since, MADE)
    assert {unit: {key: row[key] for key in publication.EXACT} for unit, row in rows.items()} == {
        unit: {key: counts[key] for key in publication.EXACT} for unit, counts in expected.items()
    }
    assert not {"duplicate", "excluded"} & set(getattr(view, table))
    assert sum(row["total"] for row in rows.values()) > 50


def test_every_lead_is_valid_invalid_or_pending(book):
    """The three add up to the total for every reporter."""
    month = publication.view(book, "2026-03-20").month
    assert (month["total"] == month["valid"] + month["invalid"] + month["pending"]).all()


def test_no_lead_falls_between_two_publications(quarter_facts):
    """Windows of consecutive publications meet: their totals add up to all leads received in between."""
    days = {"2026-03-10": datetime(2026, 3, 10, 17), "2026-03-20": MADE, "2026-03-30": datetime(2026, 3, 30, 17)}
    totals = [
        int(publication.view(synthetic.book(quarter_facts, at), day).recent["total"].sum()) for day, at in days.items()
    ]
    received = quarter_facts.leads["received_at"]
    assert sum(totals) == int(((received > datetime(2026, 2, 21, 9)) & (received <= datetime(2026, 3, 30, 17))).sum())


def test_a_late_publication_says_so_and_keeps_to_its_month(quarter_facts):
    """The 20th of February, made on the 21st."""
    view = publication.view(synthetic.book(quarter_facts, datetime(2026, 2, 21, 9)), "2026-02-20")
    assert "本期通报应于 2026-02-20 发布，实际于 2026-02-21 09:00 发布，逾期（第7.3.2b条）。" in view.notes
    late = publication.view(synthetic.book(quarter_facts, datetime(2026, 4, 2, 9)), "2026-03-30")
    received = quarter_facts.leads["received_at"]
    assert late.month["total"].sum() == ((received >= "2026-03-01") & (received < "2026-04-01")).sum()


def newly(facts, now, before):
    """Clause → leads it keeps from counting, and kept none from it at the moment before; lead by lead."""
    then = {} if before is None else synthetic.book(facts, before).states.to_dict("index")
    counted = Counter()
    for lead, row in synthetic.book(facts, now).states.to_dict("index").items():
        was, refused = then.get(lead, {}), ("无效", "重复")
        if row["status"] in refused and was.get("status") not in refused:
            counted[row["clause"]] += 1
        elif row["excluded"] and not was.get("excluded"):
            counted["5.5"] += 1
    return counted


def test_reasons_are_counted_by_clause(book, quarter_facts):
    """All clauses that can speak against a lead, with how many they newly did; small numbers are ranges, or told on demand."""
    since = datetime(2026, 3, 10, 17)
    expected = newly(quarter_facts, MADE, since)
    refused = {clause: expected[clause] for clause in ("2", "5.1", "5.4", "5.6", "6.3")}
    assert any(0 < number < 3 for number in refused.values())
    rest = sum(number for number in refused.values() if number < 3)
    below = {clause: f"0–{min(rest, 2)}" for clause in refused} | {"5.5": "0–2"}
    reasons = publication.view(book, "2026-03-20").reasons
    assert dict(zip(reasons["clause"], reasons["recent"], strict=True)) == {
        clause: number if (number := expected[clause]) >= 3 else word for clause, word in below.items()
    }
    policy = load_policy().with_edition({"edition": 5, "from": date(2026, 1, 1), "parameters": {"small_count": None}})
    view = publication.view(synthetic.book(quarter_facts, MADE, policy), "2026-03-20")
    told = dict(zip(view.reasons["clause"], view.reasons["recent"], strict=True))
    assert told == {clause: expected[clause] for clause in told}


def test_the_month_adds_up_what_its_publications_told(quarter_facts):
    """From the least to the most that the three of them say; what is exact in all of them is a number."""
    made = quarter_facts.publications.drop(columns="totals").to_dict("records")
    told = []
    for row in made:
        words = published_reasons(with_publications(quarter_facts, told, row["at"]), row["due_on"].date())
        told.append({**row, "totals": {"reasons": words}})
    reasons = publication.view(with_publications(quarter_facts, told, made[-1]["at"]), "2026-03-30").reasons
    of_march = [row["totals"]["reasons"] for row in told[-3:]]
    for row in reasons.to_dict("records"):
        spans = [tuple(map(int, str(words[row["clause"]]).split("–"))) for words in of_march]
        least, most = sum(span[0] for span in spans), sum(span[-1] for span in spans)
        assert row["month"] == (least if least == most else f"{least}–{most}")
    assert any(isinstance(word, str) for word in reasons["month"]) and any(
        word > 2 for word in reasons["month"] if word != str(word)
    )


def with_publications(facts, rows, at):
    """The office as it was at a moment, with other publications."""
    return synthetic.book(facts.replace(publications=frame("publications", rows)), at)


def test_a_withheld_count_is_nowhere_in_the_workbook(book, quarter_facts, tmp_path):
    """Neither in its cell, nor in a remark; the total row holds the sum of what was refused; what a range is, is said."""
    view = publication.view(book, "2026-03-20")
    publication.write(view, tmp_path / "通报.xlsx")
    pages = load_workbook(tmp_path / "通报.xlsx")
    rows = list(pages["本月累计"].iter_rows(values_only=True))
    assert "其中重复" not in rows[3] and "有效未计入" not in rows[3]
    assert rows[4 + len(view.month)][3] == f"=SUM(D5:D{4 + len(view.month)})"
    expected = newly(quarter_facts, MADE, datetime(2026, 3, 10, 17))
    last = [row for row in pages["原因"].iter_rows(values_only=True) if row[0] == "合计"]
    assert [row[2] for row in last] == [expected.total() - expected["5.5"]]
    assert 0 < expected["5.1"] < 3
    assert "未计入：0–1 条，第5.1条（与先报信息重复，列入无效；上次通报之后新确定）" in view.notes
    assert "重复" not in view.figures[2].note
    assert any(note.startswith("写作范围（如“0–2”，可能为 0）或“※”的，是少于 3 条的数") for note in view.notes)


def test_one_that_an_earlier_version_recorded_is_printed_as_it_was(quarter_facts):
    """It told duplicates by reporter, and small counts had a mark: what was handed out is not added to."""
    made = [{"due_on": "2026-03-20", "at": MADE, "totals": {"total": 1}}]
    view = publication.view(with_publications(quarter_facts, made, MADE), "2026-03-20")
    assert view.heading == "未通过或未计入的原因（按条款）"
    assert "※" in set(view.month["duplicate"]) and "※" in set(view.reasons["month"])


def test_who_reported_nothing_is_counted(book):
    """Units in use without a lead in the period are not silently absent."""
    absent = {f"D{n:03d}" for n in range(1, 61)} | {f"B{n:03d}" for n in range(1, 13)}
    never = absent - set(tally(book.states, datetime(2026, 2, 28, 23, 59, 59), MADE))
    absent -= set(tally(book.states, datetime(2026, 3, 10, 17), MADE))
    dealers = sum(unit.startswith("D") for unit in absent)
    view = publication.view(book, "2026-03-20")
    assert (
        f"本期未提报信息的在用单位 {len(absent)} 个（经销商 {dealers} 个，部门 {len(absent) - dealers} 个），"
        f"其中本月至今未提报的 {len(never)} 个，见“未提报单位”（第4.1.1条）。" in view.notes
    )
    assert (f"本月至今未提报信息的在用单位 {len(never)} 个" in view.briefing.act) is bool(never)
    assert set(view.silent.loc[view.silent["month"] == 0, "code"]) == never < absent


@pytest.mark.parametrize(("day", "at"), [("2026-03-15", MADE), ("2026-03-30", MADE), ("2026-02-30", MADE)])
def test_only_a_publication_day_that_has_come(quarter_facts, day, at):
    """Another day, a day still to come and a day that does not exist are refused."""
    from workbench.platform.reporting.registry import find

    with pytest.raises(WrongUse):
        find("publication").view(synthetic.book(quarter_facts, at), day)


def with_states(book, states):
    """The same office with other states of its leads."""
    made = replace(book)
    vars(made)["states"] = states
    return made


def test_who_waits_for_an_answer_has_no_rate(book, tmp_path):
    """有效率 is valid over decided; a reporter of whose leads nothing is decided has none, and no colour."""
    states = book.states.copy()
    month = states["received_at"] >= "2026-03-01"
    busiest = states.loc[month, "reporter"].value_counts().index[0]
    waiting = month & (states["reporter"] == busiest)
    states.loc[waiting, ["status", "valid", "clause", "excluded"]] = ["待甄别", False, None, None]
    view = publication.view(with_states(book, states), "2026-03-20")
    rows = view.month.set_index("reporter")
    assert rows.at[busiest, "share"] is None
    others = rows.drop(busiest)
    assert len(others) > 20
    for _, row in others.iterrows():
        decided = int(row["valid"] + row["invalid"])
        assert row["share"] == (Fraction(int(row["valid"]), decided) if decided else None)
    publication.write(view, tmp_path / "通报.xlsx")
    sheet = load_workbook(tmp_path / "通报.xlsx")["本月累计"]
    (line,) = (row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] == busiest)
    assert line[-1] == "—"
    total = next(row for row in sheet.iter_rows(min_row=5) if row[0].value == "合计")
    assert (
        total[-1].value
        == f'=IF((E{total[0].row}+F{total[0].row})=0,"—",E{total[0].row}/(E{total[0].row}+F{total[0].row}))'
    )


def test_the_chart_shows_the_reporters_with_most_leads(book):
    """The tables, of which the charts take the first ten, begin with those who reported most, whatever their type."""
    view = publication.view(book, "2026-03-20")
    for name, since in (("recent", datetime(2026, 3, 10, 17)), ("month", datetime(2026, 2, 28, 23, 59, 59))):
        counted = {unit: counts["total"] for unit, counts in tally(book.states, since, MADE).items()}
        frame = getattr(view, name)
        assert frame["reporter"].tolist() == sorted(counted, key=lambda unit: (-counted[unit], unit))
        assert set(frame["reporter_kind"][:10]) == {"经销商", "部门"}


def test_no_customer_can_be_recognised(book, tmp_path):
    """No customer's name stands in any part of the workbook, nor a lead number."""
    publication.write(publication.view(book, "2026-03-20"), tmp_path / "通报.xlsx")
    with zipfile.ZipFile(tmp_path / "通报.xlsx") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not [name for name in book.states["customer"] if name in text]
    assert "DK2026-" not in text


def test_an_empty_register_says_that_nothing_came(tmp_path):
    """No leads at all: every table says so in words."""
    view = publication.view(synthetic.book(Facts.of(units=synthetic.units()), MADE), "2026-03-20")
    publication.write(view, tmp_path / "空.xlsx")
    book = load_workbook(tmp_path / "空.xlsx")
    assert book["本期"]["A5"].value == "这一期间没有收到信息。"
    assert [row[2] for row in book["原因"].iter_rows(min_row=5, values_only=True)] == [0] * 7
    assert [figure.value for figure in view.figures] == [0, 0, 0, 0]
    assert {"本期没有收到信息。", "本月没有收到信息。"} <= set(view.notes)


@pytest.mark.slow
def test_the_command_gives_exact_totals_and_a_workbook_that_withholds(
    quarter_register, quarter_facts, tmp_path, monkeypatch, capsys
):
    """`workbench publish --json` is for those who publish: its totals are exact; the workbook beside it is for everybody."""
    for suffix in ("", ".keys"):
        shutil.copy(f"{quarter_register}{suffix}", tmp_path / f"登记册.db{suffix}")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", synthetic.PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    # its rows were written past the program, which nothing is published by
    assert main(["publish", "2026-02-28", "--at", "2026-04-05T10:00:00", "--out", str(tmp_path / "通报")]) == 2
    monkeypatch.setattr("workbench.capabilities.publication.publishing.require_whole", lambda register: None)
    capsys.readouterr()
    at = "2026-04-05T10:00:00"
    assert main(["publish", "2026-02-28", "--at", at, "--out", str(tmp_path / "通报"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    states = synthetic.book(quarter_facts, datetime.fromisoformat(at)).states
    month = tally(states, datetime(2026, 1, 31, 23, 59, 59), datetime(2026, 2, 28, 23, 59, 59))
    for key in ("total", "valid", "invalid", "duplicate", "pending", "excluded"):
        assert told[key] == sum(counts[key] for counts in month.values())
    workbook = next(path for path in told["files"] if path.endswith(".xlsx"))
    shown = {row[0]: row for row in load_workbook(workbook)["本月累计"].iter_rows(min_row=5, values_only=True)}
    assert all(
        shown[unit][3:6] == (counts["total"], counts["valid"], counts["invalid"]) for unit, counts in month.items()
    )


def outcome(lead):
    """What clause 6.1 counts a lead as, a withdrawn one apart (D35)."""
    if lead["status"] == "已撤回":
        return "withdrawn"
    return "valid" if lead["valid"] else "invalid" if lead["status"] in ("无效", "重复") else "pending"


def test_later_outcomes_of_earlier_months_are_published(quarter_facts, tmp_path):
    """Lead by lead: received before this month, named before, and decided since the last publication; once each."""
    days = {
        "2026-03-30": datetime(2026, 3, 30, 17),
        "2026-04-10": datetime(2026, 4, 10, 17),
        "2026-04-20": datetime(2026, 4, 20, 17),
    }
    made = [{"due_on": day, "at": at} for day, at in days.items()]
    facts = quarter_facts.replace(publications=pd.concat([quarter_facts.publications, frame("publications", made[1:])]))
    states = {day: synthetic.book(facts, at).states for day, at in days.items()}
    seen = Counter()
    for before, day in pairwise(days):
        expected = {}
        for lead, now in states[day].iterrows():
            if now["received_at"] <= min(days[before], datetime(2026, 3, 31, 23, 59, 59)):
                was = outcome(states[before].loc[lead])
                if outcome(now) != was:
                    key = now["reporter"], f"{now['received_at']:%Y-%m}"
                    expected.setdefault(key, Counter()).update(["changed", outcome(now)])
                    seen[lead] += 1
        view = publication.view(synthetic.book(facts, days[day]), day)
        rows = {(row["reporter"], row["received_month"]): row for row in view.later.to_dict("records")}
        assert {key: {name: row[name] for name in publication.LATER} for key, row in rows.items()} == {
            key: {name: counts[name] for name in publication.LATER} for key, counts in expected.items()
        }
        total = sum(counts["changed"] for counts in expected.values())
        assert any(f"才有结果的信息 {total} 条" in note for note in view.notes) == bool(total)
        publication.write(view, tmp_path / "通报.xlsx")
        sheet = load_workbook(tmp_path / "通报.xlsx")["以前信息的结果"]
        last = [row[4].value for row in sheet.iter_rows(min_row=5) if row[0].value == "合计"]
        assert last == ([f"=SUM(E5:E{4 + len(rows)})"] if rows else [])
    assert len(seen) > 5
    pending = states["2026-03-30"]["status"].isin(["已接收", "待甄别", "待复核"])
    decided = {
        lead for lead in states["2026-03-30"].index[pending] if outcome(states["2026-04-20"].loc[lead]) != "pending"
    }
    assert decided <= set(seen)


def test_a_withdrawn_lead_has_a_place_among_the_later_outcomes(quarter_facts):
    """Of earlier months one that was pending, one that was valid and one that was refused: withdrawn, and the sums add up."""
    made, back = datetime(2026, 4, 10, 17), datetime(2026, 4, 15)
    publications = [{"due_on": "2026-03-30", "at": datetime(2026, 3, 30, 17)}, {"due_on": "2026-04-10", "at": made}]
    facts = quarter_facts.replace(publications=frame("publications", publications))
    before = synthetic.book(facts, made).states
    before = before[before["received_at"] < datetime(2026, 4, 1)]
    kinds = before.apply(outcome, axis=1)
    taken = [int(before.index[kinds == kind][0]) for kind in ("pending", "valid", "invalid") if (kinds == kind).any()]
    assert len(taken) > 1
    rows = [
        {"number": f"BG-{lead}", "lead": lead, "matter": "撤回", "unit": "-", "at_once": True, "row": 1, "at": back}
        for lead in taken
    ]
    view = publication.view(
        synthetic.book(facts.replace(changes=frame("changes", rows)), datetime(2026, 4, 20, 17)), "2026-04-20"
    )
    later = view.later
    gone = set(before.loc[taken].loc[before.loc[taken, "clause"].ne("5.4"), "reporter"])
    assert later["withdrawn"].sum() >= len(gone) > 0
    assert (later["changed"] == later[["valid", "invalid", "withdrawn", "pending"]].sum(axis=1)).all()
    assert any(f"已撤回 {later['withdrawn'].sum()}" in note for note in view.notes)


def test_the_first_publication_has_no_later_outcomes(quarter_facts):
    """Nothing was named before it."""
    facts = quarter_facts.replace(publications=frame("publications", []))
    view = publication.view(synthetic.book(facts, datetime(2026, 4, 10, 17)), "2026-04-10")
    assert view.later.empty
    assert not any("才有结果" in note for note in view.notes)
