"""Facts with one thing changed, as a counterfactual states it. Written apart from the code that states them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pandas as pd

from workbench.app.policy import load_policy
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.contract_limits import fitting
from workbench.core.periods import months_of
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

    More: of a further contract signed on the day of receipt, which is in time at any rate (D32, D33).
    """
    lead = lead_of(facts, number)
    if by >= 0:
        row = {
            "month": months_of(quarter)[-1],
            "contract": "HT-另",
            "lead": lead,
            "unit": "D1",
            "quantity": by,
            "signed_on": facts.leads.loc[facts.leads["lead"] == lead, "received_at"].max().normalize(),
            "picked_up": by,
            "at": as_of,
            "file": "t2.xlsx",
            "row": 1,
        }
        return more(facts, "contracts", [row])
    own = facts.contracts[(facts.contracts["lead"] == lead) & facts.contracts["month"].isin(months_of(quarter))]
    key = ["month", "contract", "model"]
    newest = own[
        own["at"] == own.groupby(key, dropna=False)["at"].transform("max")
    ]  # all rows of a key's last file (D25)
    counted = counting_lines(facts, load_policy())
    beyond = (counted["picked_up"] - fitting(counted))[counted["lead"] == lead]  # counts for nothing (D34)
    beyond = beyond[counted["month"].isin(months_of(quarter))]
    table, rest = facts.contracts.copy(), by - int(beyond.sum())
    for place, number_ in newest["picked_up"].items():
        step = max(rest, -max(number_, 0))
        table.loc[place, "picked_up"] += step
        rest -= step
    assert rest == 0
    return facts.replace(contracts=table)


def valid_leads(facts: Facts, counted: pd.DataFrame, unit: str, by: int, quarter: str) -> Facts:
    """So many leads more that count for a department in the quarter, or fewer: reported by another one.

    Only months with a target count (D17).
    """
    own = facts.targets[facts.targets["unit"] == unit].sort_values("at", kind="stable")
    newest = own.drop_duplicates("month", keep="last")
    counting = [month for month in months_of(quarter) if month in set(newest.loc[newest["amount"] > 0, "month"])]
    if by < 0:
        other = "P2" if unit == "P1" else "P1"
        leads = counted.index[(counted["reporter"] == unit) & counted["counts_in"].isin(counting)][:-by]
        return put(facts, "leads", facts.leads["lead"].isin(leads), reporter=other)
    at = datetime.fromisoformat(f"{counting[0]}-01T01:00:00")
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
            "expires_on": at + 300 * DAY,
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
