"""An analyst's frames: documented, without names, adding up to what the reports say."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from tests.support.naive_calendar import is_working_day
from tests.support.staff import ANALYST
from workbench.analysis import open_book
from workbench.analysis.columns import FRAMES
from workbench.core.errors import RegisterError, WrongUse
from workbench.interfaces.cli import main

QUARTER = "2026Q1"


@pytest.fixture
def book(as_analyst):
    """The analyst's book, opened as the environment says."""
    return open_book()


@pytest.fixture
def leads(book):
    return book.leads


def test_every_column_of_every_frame_is_described(book):
    """Column, type, unit, meaning; a frame has what is described, and nothing else."""
    assert list(book.frames["frame"]) == list(FRAMES)
    for name in FRAMES:
        frame, told = getattr(book, name), book.columns(name)
        assert list(frame) == list(told["column"])
        assert len(frame) or name == "transitions", name  # the register was filled without imports
        assert all(told["meaning"].str.len() > 1)
    with pytest.raises(WrongUse, match="leads"):
        book.columns("persons")


def test_no_name_contact_person_or_file_is_in_a_frame(book, lab_facts):
    """Every text of every frame: customers are numbers, and nothing is what a sender or a person was called."""
    named = {*lab_facts.leads["customer"], *lab_facts.leads["file"], *lab_facts.feedback["person"].dropna()}
    for name in FRAMES:
        frame = getattr(book, name)
        texts = {value for column in frame for value in frame[column] if isinstance(value, str)}
        assert not {text for text in texts if any(each in text for each in named)}, name
        assert not [text for text in texts if re.fullmatch(r"1\d{10}", text)], name
    assert book.leads["customer"].str.fullmatch(r"客户\d{4}").all()


def test_one_customer_keeps_one_number(leads, lab_facts):
    """As many numbers as customers, each lead under that of its customer."""
    newest = lab_facts.leads.sort_values("version").drop_duplicates("number", keep="last").set_index("number")
    pairs = {
        (newest["customer_key"][number], customer) for number, customer in leads[["number", "customer"]].to_numpy()
    }
    assert len(pairs) == leads["customer"].nunique() == len({key for key, _ in pairs})


def test_who_may_not_see_names_does_not_get_them(as_analyst):
    """Asked for names, an analyst is told what to do instead."""
    with pytest.raises(RegisterError) as refused:
        open_book(named=True)
    assert (refused.value.code, refused.value.message.values["user"]) == ("names_not_cleared", ANALYST)


def test_what_is_missing_is_said(as_analyst, monkeypatch):
    """No register, no time, no such column: in a sentence."""
    with pytest.raises(WrongUse, match="前天"):
        open_book(as_of="前天")
    with pytest.raises(WrongUse, match="no column persons"):
        open_book().funnel("persons")
    monkeypatch.delenv("WORKBENCH_REGISTER")
    with pytest.raises(WrongUse):
        open_book()


def test_a_changed_frame_changes_nothing_else(book):
    """Frames are the analyst's own."""
    changed = book.leads
    changed["quantity"] = 0
    assert book.leads["quantity"].min() > 0


def test_lines_are_those_of_the_settlement(book, as_analyst, capsys):
    """Quarter, clause, reference and amount as the command says; persons are numbers, each person one."""
    lines = book.lines
    assert main(["settle", QUARTER, "--json"]) in (0, 1)
    said = json.loads(capsys.readouterr().out)["lines"]
    own = lines[lines["quarter"] == QUARTER]
    assert Counter(zip(own["clause"], own["ref"], own["amount"], strict=True)) == Counter(
        (line["clause"], line["ref"], line["amount"]) for line in said
    )
    pairs = set(zip((line["party"] for line in said), own["party"], strict=True))
    assert len(pairs) == len({party for party, _ in pairs}) == len({party for _, party in pairs})
    shown = {number for party, number in pairs if party != number}
    assert shown
    assert all(re.fullmatch(r"人员\d{3}", number) for number in shown)


def test_money_is_for_those_who_may_see_it(book):
    """Who may not see settlements is told so."""
    with pytest.raises(RegisterError) as refused:
        _ = replace(book, money=False).lines
    assert refused.value.code == "not_yours_to_see"


def test_the_funnel_counts_each_lead_as_far_as_it_came(book, leads):
    """Row by row, by another way: the last step each lead has reached."""
    reached = Counter()
    for row in leads.to_dict("records"):
        reached["received"] += 1
        has = {
            "delivered": row["picked_up"] > 0,
            "contracted": pd.notna(row["signed_on"]),
            "project": row["project"] is not None,
            "valid": row["valid"],
            "answered": pd.notna(row["answered_at"]),
            "dispatched": pd.notna(row["dispatched_at"]),
            "admitted": row["status"] not in ("无效", "重复", "待复核", "已撤回"),
        }
        steps = list(has)
        for place, step in enumerate(steps):
            reached[step] += any(has[later] for later in steps[: place + 1])
    assert book.funnel().iloc[0].to_dict() == dict(reached)
    by = book.funnel("category")
    assert by.drop(columns="category").sum().to_dict() == dict(reached)
    assert (by.drop(columns="category").diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)


def test_days_to_verify_are_working_days(book, leads):
    """Day by day through the calendar; median and share of late ones by counting."""
    days = {}
    for row in leads.to_dict("records"):
        if pd.notna(row["dispatched_at"]) and pd.notna(row["answered_at"]):
            span = pd.date_range(row["dispatched_at"].normalize(), row["answered_at"].normalize())[1:]
            days[row["number"]] = sum(is_working_day(date(day.year, day.month, day.day)) for day in span)
    assert days
    assert leads.set_index("number")["working_days"].dropna().to_dict() == days
    for row in book.time_to_verify("section").to_dict("records"):
        own = leads[(leads["section"] == row["section"]) & leads["number"].isin(list(days))]
        counts = sorted(days[number] for number in own["number"])
        assert row["leads"] == len(counts)
        assert (
            sum(day <= row["median"] for day in counts) * 2 >= len(counts) > 2 * sum(d < row["median"] for d in counts)
        )
        assert sum(day <= row["nine_in_ten"] for day in counts) * 10 >= len(counts) * 9
        assert row["longest"] == counts[-1]
        assert row["late_rate"] == Fraction(int(own["late"].sum()), len(counts))


def test_cohorts_end_where_the_leads_stand(book, leads):
    """The last month of each cohort holds all its pick-ups so far; conversion never falls below nothing."""
    cohorts = book.cohorts()
    projects = leads[leads["project"].notna()]
    for month, rows in cohorts.groupby("month"):
        own = projects[projects["month"] == month]
        last = rows.iloc[-1]
        assert (last["projects"], last["sought"]) == (len(own), own["sought"].sum())
        assert last["picked_up"] == own["picked_up"].sum()
        assert last["rate"] == Fraction(int(own["picked_up"].sum()), int(own["sought"].sum()))
        assert list(rows["since"]) == list(range(len(rows)))
    assert cohorts["projects"].gt(0).all()


def test_an_earlier_moment_knows_less(book):
    """What came later is not there: neither leads nor changes of their status."""
    earlier = open_book(as_of="2026-02-01T00:00:00")
    assert 0 < len(earlier.leads) < len(book.leads)
    assert earlier.leads["received_at"].max() <= pd.Timestamp("2026-02-01")
    assert earlier.transitions.empty or earlier.transitions["at"].max() <= pd.Timestamp("2026-02-01")


def test_customers_add_up_to_their_leads(book, leads):
    """Every lead is one customer's; vehicles as the leads have them."""
    customers = book.customers
    assert customers["leads"].sum() == len(leads)
    assert customers["picked_up"].sum() == leads["picked_up"].sum()
    assert customers["sought"].sum() == leads.loc[leads["project"].notna(), "sought"].sum()
    assert customers["first_received"].is_monotonic_increasing


@pytest.mark.slow
def test_transitions_tell_how_a_lead_came_to_stand(first_quarter):
    """Step by step from its receipt to where it stands now; for who may see names, under the customer's."""
    book = open_book(named=True)
    moved = book.transitions
    stands = {row["number"]: (row["status"], row["clause"]) for row in first_quarter.ask("leads", code=None)}
    for number, steps in moved.groupby("number", sort=False):
        assert list(steps["was"])[1:] == list(steps["status"])[:-1]
        assert (steps["status"].iloc[-1], steps["clause"].iloc[-1]) == stands[number]
        assert steps["at"].is_monotonic_increasing
    assert set(moved["number"]) == set(stands)
    assert set(book.customers["customer"]) >= {"江城第一驾校"}
    assert not open_book().leads["customer"].str.contains("江城").any()
