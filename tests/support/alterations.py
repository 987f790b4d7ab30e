"""Facts with one thing changed, as a counterfactual states it. Written apart from the code that states them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pandas as pd

from tests.support.naive_facts import plain_tables
from tests.support.naive_lifecycle import READINGS, Screening
from tests.support.naive_settlement import Accounts
from workbench.core.periods import months_of, quarter_bounds
from workbench.platform.register.facts import Facts, frame

DAY = timedelta(days=1)


def lead_of(facts: Facts, number: str) -> int:
    """The lead with a number."""
    return int(facts.leads.loc[facts.leads["number"] == number, "lead"].iloc[0])


def more(facts: Facts, table: str, rows: Iterable[dict]) -> Facts:
    """The facts with further rows."""
    return facts.replace(**{table: pd.concat([getattr(facts, table), frame(table, list(rows))], ignore_index=True)})


def put(facts: Facts, table: str, where: pd.Series, **values) -> Facts:
    """The facts with other values in some rows of a table."""
    changed = getattr(facts, table).copy()
    for name, value in values.items():
        stamp = pd.Timestamp(value).as_unit("us") if isinstance(value, date) else value
        changed.loc[where, name] = stamp
    return facts.replace(**{table: changed})


def picked_up(facts: Facts, number: str, by: int, quarter: str, as_of: datetime) -> Facts:
    """So many vehicles more picked up in the quarter, or fewer.

    More: of a further contract signed on the day of receipt, which is in time at any rate (D32, D33). Fewer: one after
    the other of a row without which one less counts (D25, D37), as the slow computation tells.
    """
    slow = Screening(plain_tables(facts, as_of), READINGS)
    lead = slow.leads[lead_of(facts, number)]
    if by >= 0:
        row = {
            "month": months_of(quarter)[-1],
            "contract": "HT-另",
            "lead": lead["lead"],
            "unit": "D1",
            "quantity": by,
            "signed_on": pd.Timestamp(lead["received_at"]).normalize(),
            "picked_up": by,
            "at": as_of,
            "file": "t2.xlsx",
            "row": 1,
        }
        return more(facts, "contracts", [row])

    def counted() -> int:
        return sum(line["picked_up"] for line in slow.rewarded_lines(lead) if line["month"] in months_of(quarter))

    rest = -by
    for row in slow.tables["contracts"]:
        while rest and row["lead"] == lead["lead"] and row["month"] in months_of(quarter) and row["picked_up"] > 0:
            before = counted()
            row["picked_up"] -= 1
            if counted() < before - 1:
                row["picked_up"] += 1
                break
            rest -= before - counted()  # one beyond the contract counted for nothing (D34)
    assert rest == 0
    left = [row["picked_up"] for row in slow.tables["contracts"]]
    return facts.replace(contracts=facts.contracts.assign(picked_up=left))


def valid_leads(facts: Facts, unit: str, by: int, quarter: str, as_of: datetime) -> Facts:
    """So many leads more that count for a department in the quarter, or fewer: reported by another one, P3.

    Only months with a target count (D17), the department's own or one it took over (D36). Which leads count for it, the
    slow computation tells. Further ones expire on their day, so that they stay valid if the unit goes out of use (D36).
    """
    slow = Accounts(facts, as_of, {})
    last = quarter_bounds(quarter)[1]
    units = {code for code in set(facts.units["code"]) if slow.heir(code, last) == unit}
    counting = [month for month in months_of(quarter) if any(slow.target(code, month) > 0 for code in units)]
    if by < 0:
        leads = [
            lead["lead"]
            for lead in slow.leads
            if lead["month"] in counting and slow.screening.holder(lead["lead"], last) in units
        ][:-by]
        assert len(leads) == -by
        changes = facts.changes[~(facts.changes["lead"].isin(leads) & (facts.changes["matter"] == "更改提报单位"))]
        return put(facts.replace(changes=changes), "leads", facts.leads["lead"].isin(leads), reporter="P3")
    day = datetime.fromisoformat(f"{counting[0]}-01")
    at = day + timedelta(hours=1)
    leads = [
        {
            "lead": 9000 + n,
            "version": 1,
            "number": f"DK-新{n}",
            "reporter": unit,
            "filed_at": at,
            "received_at": at,
            "ranked_at": at,
            "file": "新.xlsx",
            "row": n,
            "customer": f"新客户{n}",
            "customer_key": f"新客户{n}",
            "category": "政府采购",
            "province": "安徽省",
            "city": "芜湖市",
            "quantity": 5,
        }
        for n in range(by)
    ]
    answers = [
        {
            "lead": row["lead"],
            "section": "S2",
            "at": at + timedelta(hours=1),
            "verdict": "有效",
            "expires_on": day,
            "file": "新.xlsx",
            "row": 1,
        }
        for row in leads
    ]
    return more(more(facts, "leads", leads), "feedback", answers)


def answers_about(facts: Facts, lead: int):
    """The answers about a lead in order; 非本科室 hands it back and answers nothing (D41)."""
    rows = facts.feedback[(facts.feedback["lead"] == lead) & (facts.feedback["verdict"] != "非本科室")]
    return rows.sort_values("at", kind="stable")


def answered(facts: Facts, numbers: list[str], at: datetime) -> Facts:
    """The first answer about each lead came at that time."""
    for number in numbers:
        lead = lead_of(facts, number)
        own = answers_about(facts, lead)
        if own.empty:
            row = {
                "lead": lead,
                "section": "S2",
                "at": at,
                "verdict": "有效",
                "expires_on": at + 90 * DAY,
                "file": "t5.xlsx",
                "row": 1,
            }
            facts = more(facts, "feedback", [row])
        else:
            facts = put(facts, "feedback", facts.feedback.index == own.index[0], at=at)
    return facts


def dated(facts: Facts, number: str, answers: int) -> Facts:
    """So many of the lead's answers without an expiry date carry one."""
    rows = facts.feedback
    bare = rows[(rows["lead"] == lead_of(facts, number)) & (rows["verdict"] == "有效") & rows["expires_on"].isna()]
    chosen = bare.sort_values("at", kind="stable").index[:answers]
    return put(facts, "feedback", rows.index.isin(chosen), expires_on=datetime(2030, 1, 1))


def done(facts: Facts, table: str, key: str, value, at: datetime) -> Facts:
    """A publication or return that came at that time, instead of all others of its day or month."""
    rest = getattr(facts, table)
    rest = facts.replace(**{table: rest[rest[key] != value].reset_index(drop=True)})
    return more(rest, table, [{key: value, "at": at, "file": "t2.xlsx"}])


def of_lead(facts: Facts, number: str, change: dict) -> Facts:
    """A change of a lead, as ``leads.counterfactuals`` states it."""
    lead = lead_of(facts, number)
    own = facts.leads["lead"] == lead
    match change["kind"]:
        case "quantity" | "level":
            return put(facts, "leads", own, **{change["kind"]: change["to"]})
        case "received":
            at = datetime.fromisoformat(change["at"])
            return put(
                facts,
                "leads",
                own,
                filed_at=at,
                received_at=at,
                ranked_at=at,
                returned_at=None,
                form_returned_at=None,
                form_returned_last=None,
            )
        case "earlier":
            table = facts.leads.copy()
            for name in (
                "filed_at",
                "received_at",
                "ranked_at",
                "returned_at",
                "form_returned_at",
                "form_returned_last",
            ):
                table.loc[own, name] -= timedelta(days=change["days"])
            return facts.replace(leads=table)
        case "applied":
            day, rows = datetime.fromisoformat(change["not_before"]), facts.applications
            return put(facts, "applications", (rows["lead"] == lead) & (rows["at"] < day), at=day)
        case "review":
            row = {"lead": lead, "other": change["of"], "verdict": change["verdict"], "by": "甲", "at": change["at"]}
            return more(facts, "reviews", [row])
        case "contract":
            row = {
                "month": change["at"][:7],
                "contract": "HT-另",
                "lead": lead,
                "unit": "D1",
                "quantity": 1,
                "signed_on": change["signed_on"],
                "picked_up": 0,
                "at": change["at"],
                "file": "t2.xlsx",
                "row": 1,
            }
            return more(facts, "contracts", [row])
        case "answer":
            rows = answers_about(facts, lead)
            until = datetime.fromisoformat(change["expires_on"])
            if rows.empty:
                row = {
                    "lead": lead,
                    "section": "S2",
                    "at": change["at"],
                    "verdict": "有效",
                    "expires_on": until,
                    "file": "t5.xlsx",
                    "row": 1,
                }
                return more(facts, "feedback", [row])
            return put(facts, "feedback", facts.feedback.index == rows.index[-1], verdict="有效", expires_on=until)
    raise AssertionError(change)
