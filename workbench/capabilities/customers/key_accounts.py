"""Which customers are key accounts, and of which grade, at the end of a quarter (大客户管理制度 二, 三.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.customers.grading import OTHER, Terms, ground_of
from workbench.capabilities.customers.identity import Identity
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.core.periods import month_bounds, month_of_day
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TOGETHER, SHEET = "together", "sheet"  # values of the readings group_sales (K3) and sales_source (K2)


class Movement(StrEnum):
    """How a grade moved from one quarter to the next."""

    NEW = "新增"
    LEFT = "退出"
    UP = "上升"
    DOWN = "下降"
    SAME = "不变"


@dataclass(frozen=True)
class Part:
    """What a customer's sales of a month are made of: what the sheet says, or what was ``contracted`` and no sheet says."""

    key: str
    month: str
    amount: Fraction
    contracted: bool


@dataclass(frozen=True)
class Sales:
    """Sales over some months, in yuan. ``by_customer``: key → amount; ``from_contracts``: what of it no sheet says.
    ``parts``: what they are made of.

    ``total``: the company's; ``months``: those with a sheet; ``missing``: those without one, which count on neither side.
    ``unpriced``: contract lines with vehicles picked up and no amount.
    """

    by_customer: Mapping[str, Fraction]
    from_contracts: Mapping[str, Fraction]
    total: Fraction
    months: tuple[str, ...]
    missing: tuple[str, ...]
    unpriced: int
    parts: tuple[Part, ...] = ()

    def share(self, key: str) -> Fraction:
        """A customer's share of the company's sales; nothing of nothing is nothing."""
        return self.by_customer.get(key, Fraction(0)) / self.total if self.total else Fraction(0)


@dataclass(frozen=True)
class Graded:
    """A customer with its grade: A, B, C or 一般客户, and the ground it is a key account on."""

    key: str
    sales: Fraction
    from_contracts: Fraction
    share: Fraction
    grade: str
    ground: str | None


def window(last: date, count: int) -> list[str]:
    """The ``count`` months that end with the month of a day, in order."""
    month, found = month_of_day(last), list[str]()
    for _ in range(count):
        found.append(month)
        year, number = int(month[:4]), int(month[5:])
        month = f"{year - (number == 1):04d}-{number - 1 or 12:02d}"
    return found[::-1]


def sales_until(facts: Facts, identity: Identity, last: date, policy: Policy) -> Sales:
    """二: the sales of the ``grading_months`` months that end with a day's month (readings K1 to K3)."""
    months = window(last, policy.value("grading_months", last) or 1)
    sheets = _counted(facts.sales_months[facts.sales_months["month"].isin(months)])
    top = identity.top if policy.reading("group_sales", last) == TOGETHER else identity.root
    amounts: dict[str, Fraction] = defaultdict(Fraction)
    listed: dict[tuple[str, str], dict[tuple[Any, str], Fraction]] = {}
    rows = facts.customer_sales.merge(sheets[["month", "at", "file"]], on=["month", "at", "file"])
    for row in rows.sort_values(["at", "file"], kind="stable").itertuples():
        by_sheet = listed.setdefault((row.month, identity.root(row.customer_key)), {})
        by_sheet[row.at, row.file] = by_sheet.get((row.at, row.file), Fraction(0)) + Fraction(int(row.amount_fen), 100)
    parts = [Part(top(key), month, list(by_sheet.values())[-1], False) for (month, key), by_sheet in listed.items()]
    contracted: dict[str, Fraction] = defaultdict(Fraction)
    unpriced = 0
    if policy.reading("sales_source", last) != SHEET:
        with_sheet = set(sheets["month"])
        for row in _delivered(facts, policy).itertuples():
            if row.month not in with_sheet or (row.month, identity.root(row.customer_key)) in listed:
                continue
            if pd.isna(row.amount_fen):
                unpriced += 1
                continue
            amount = Fraction(int(row.amount_fen) * row.picked_up, 100 * row.quantity)
            parts.append(Part(top(row.customer_key), row.month, amount, True))
    for part in parts:
        amounts[part.key] += part.amount
        if part.contracted:
            contracted[part.key] += part.amount
    total = Fraction(int(sheets.drop_duplicates("month", keep="last")["total_fen"].sum()), 100)
    have = tuple(month for month in months if month in set(sheets["month"]))
    return Sales(
        amounts, contracted, total, have, tuple(month for month in months if month not in have), unpriced, tuple(parts)
    )


def _counted(sheets: pd.DataFrame) -> pd.DataFrame:
    """Of each month the whole sheet received last, and those of single customers that came after it; in their order."""
    sheets = sheets.sort_values(["at", "file"], kind="stable")
    whole = sheets["part"].isna().groupby(sheets["month"]).cumsum()
    return sheets[whole.eq(whole.groupby(sheets["month"]).transform("max"))]


def _delivered(facts: Facts, policy: Policy) -> pd.DataFrame:
    """Lines of contracts with vehicles picked up: month, customer_key, quantity, picked_up, amount_fen of the contract."""
    lines = counting_lines(facts, policy)
    lines = lines[lines["picked_up"].ne(0) & lines["quantity"].gt(0)]
    newest = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    keys = dict(zip(newest["lead"], newest["customer_key"], strict=True))
    lines = lines.assign(customer_key=lines["lead"].map(keys))
    return lines[lines["customer_key"].notna()]


def named_on(facts: Facts, identity: Identity, day: date) -> dict[str, str]:
    """The ground on which each customer is named a key account on a day, by his key; the newest word counts."""
    found: dict[str, str] = {}
    rows = facts.customer_namings.sort_values("at", kind="stable")
    for row in rows[rows["since"] <= pd.Timestamp(day)].itertuples():
        key = identity.root(row.customer_key)
        if row.stands and row.until >= pd.Timestamp(day):
            found[key] = row.ground
        else:
            found.pop(key, None)
    return found


def graded_on(snapshot: Snapshot, day: date) -> tuple[Sales, dict[str, Graded]]:
    """二, 三.2: every customer with sales or a name, graded on a day by the sales of the months before and with it."""
    return graded_by(snapshot.facts, snapshot.policy, day)


def graded_by(facts: Facts, policy: Policy, day: date) -> tuple[Sales, dict[str, Graded]]:
    """``graded_on`` by what is known to some facts."""
    identity = Identity.of(facts.customer_links)
    sales, named = sales_until(facts, identity, day, policy), named_on(facts, identity, day)
    terms = Terms.on(day, policy)
    return sales, {key: _graded(key, sales, named.get(key), terms) for key in sorted({*sales.by_customer, *named})}


def _graded(key: str, sales: Sales, named: str | None, terms: Terms) -> Graded:
    amount, share = sales.by_customer.get(key, Fraction(0)), sales.share(key)
    ground = ground_of(share, amount, named, terms)
    grade = OTHER if ground is None else terms.graded(share)
    return Graded(key, amount, sales.from_contracts.get(key, Fraction(0)), share, grade, ground and ground.value)


def movement(before: str | None, now: str | None) -> Movement:
    """How a grade moved from one quarter to the next; grades in the order A, B, C, none."""
    order = {"A": 0, "B": 1, "C": 2}
    one, other = order.get(before or "", 3), order.get(now or "", 3)
    if one == other:
        return Movement.SAME
    if one == 3:
        return Movement.NEW
    if other == 3:
        return Movement.LEFT
    return Movement.UP if other < one else Movement.DOWN


def quarter_before(day: date) -> date:
    """The last day of the quarter before the one of a day."""
    month = window(day, (day.month - 1) % 3 + 2)[0]
    return month_bounds(month)[1]
