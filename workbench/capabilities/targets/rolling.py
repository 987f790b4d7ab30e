"""The monthly roll: what departments fell short of in the months gone, spread over the months left (4.2.1, 5.3).

A month's shortfall is its target less the leads that count in it; an excess is not set off against another month (5.3, D6).
It goes to the months left in proportion to their targets, in whole leads by largest remainders. What an earlier roll spread
already is not spread again: such an adjustment is known by the first words of its reason (``MARK``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind, UnitState
from workbench.capabilities.organization.successions import successors_on
from workbench.capabilities.targets.breakdown import apportion
from workbench.capabilities.targets.completion import MONTH_COLUMNS, changes, completion, current
from workbench.capabilities.targets.versions import ADJUSTMENT, ORIGINAL, in_order_of_receipt
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.periods import month_bounds, months_between
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.regulation.edition import Policy

MARK = "缺口滚动"


@dataclass(frozen=True)
class RolledYear:
    """A department whose targets change. ``short``: month gone → leads it fell short by (its own and those of units it
    succeeded); ``spread_before``: leads that earlier rolls spread; ``before`` and ``after``: its twelve months;
    ``adjusts``: whether it has a breakdown of the year to adjust.
    """

    unit: str
    name: str | None
    person: str | None
    short: dict[str, int]
    spread_before: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    adjusts: bool

    @property
    def spread(self) -> int:
        """The leads that are spread now."""
        return sum(self.after) - sum(self.before)


@dataclass(frozen=True)
class Roll:
    """A roll after a month. ``left``: the months that take the shortfall; ``pending``: leads of the months gone that
    nobody has answered for yet; ``dropped``: shortfalls of units that are no department in
    use and that nobody succeeded."""

    month: str
    as_of: datetime
    left: tuple[str, ...]
    years: tuple[RolledYear, ...]
    pending: int
    dropped: dict[str, int]

    @property
    def reason(self) -> str:
        """What the T4 says, in Chinese like the form."""
        spread = sum(each.spread for each in self.years)
        return f"{MARK}：{self.month[:4]}-01至{self.month}缺口中的{spread}条分摊到{self.left[0]}至{self.left[-1]}"


def spread_before(versions: pd.DataFrame, year: int) -> dict[str, int]:
    """Leads that earlier rolls added to a year: unit → leads. ``versions``: unit, month, amount, kind, reason, at."""
    found = changes(versions[versions["month"].str[:4] == str(year)])
    rolled = found[found["reason"].fillna("").astype(str).str.startswith(MARK)]
    added = rolled["after"].astype("int64") - rolled["before"].fillna(0).astype("int64")
    return {str(unit): int(leads) for unit, leads in added.groupby(rolled["unit"]).sum().items()}


def months_left(month: str, as_of: datetime, closed: Collection[str]) -> list[str]:
    """The months of the year after ``month`` that are neither over nor closed (D26).

    Raises WrongUse: ``roll/month_not_over`` for a month in progress, whose leads are not complete; ``roll/no_months_left``.
    """
    if not _over(month, as_of):
        raise WrongUse("roll/month_not_over", month=month, first=month_bounds(month)[1] + timedelta(1))
    year = months_between(f"{month[:4]}-01", f"{month[:4]}-12")
    left = [each for each in year if each > month and each not in closed and not _over(each, as_of)]
    if not left:
        raise WrongUse("roll/no_months_left", month=month)
    return left


def _over(month: str, as_of: datetime) -> bool:
    """Whether a month is over; the end of its last day is its end."""
    return bool((as_of + timedelta(seconds=1)).date() > month_bounds(month)[1])


def roll(
    states: pd.DataFrame,
    targets: pd.DataFrame,
    units: pd.DataFrame,
    month: str,
    as_of: datetime,
    *,
    closed: Collection[str] = (),
    before: Mapping[str, int] | None = None,
) -> Roll:
    """Spread the shortfall of January to ``month`` over the months left. ``before``: as ``spread_before`` has it.

    Leads count as ``completion`` counts them; shortfalls of a unit that was succeeded are its successor's (D36). Only
    departments whose targets change are listed. Raises WrongUse as ``months_left``, ``roll/no_targets``.
    """
    year, left = int(month[:4]), months_left(month, as_of, closed)
    own = current(targets)["amount"]
    if not any(each[:4] == str(year) for _, each in own.index):
        raise WrongUse("roll/no_targets", year=year)
    table = completion(states, targets, units, months_between(f"{year}-01", month), as_of.date())
    heirs, short, spread = successors_on(units, as_of.date()), dict[str, dict[str, int]](), dict[str, int]()
    for unit, each, gap in zip(table["unit"], table["month"], table["gap"], strict=True):
        if gap > 0:
            of_unit = short.setdefault(heirs.get(unit, unit), {})
            of_unit[each] = of_unit.get(each, 0) + int(gap)
    for unit, leads in (before or {}).items():
        spread[heirs.get(unit, unit)] = spread.get(heirs.get(unit, unit), 0) + leads
    known = units_on(units, as_of.date()).set_index("code")
    departments = known[(known["kind"] == UnitKind.DEPARTMENT) & (known["state"] == UnitState.IN_USE)]
    years, dropped = [], {}
    for unit, months in sorted(short.items()):
        due = sum(months.values()) - spread.get(unit, 0)
        if due <= 0:
            continue
        if unit not in departments.index:
            dropped[unit] = due
            continue
        now = [int(own.get((unit, f"{year}-{m:02d}"), 0)) for m in range(1, 13)]
        after = _raised(now, due, [int(each[5:]) for each in left])
        adjusts = any((unit, f"{year}-{m:02d}") in own.index for m in range(1, 13))
        name, person = (None if pd.isna(text) else str(text) for text in departments.loc[unit, ["name", "person"]])
        years.append(RolledYear(unit, name, person, months, spread.get(unit, 0), tuple(now), tuple(after), adjusts))
    return Roll(month, as_of, tuple(left), tuple(years), int(table["pending"].sum()), dropped)


def _raised(now: list[int], leads: int, left: list[int]) -> list[int]:
    """Twelve months with ``leads`` more in those left, as their targets are to each other (alike where all are zero)."""
    weights = [now[m - 1] for m in left]
    parts = apportion(leads, weights if any(weights) else [1] * len(left))
    more = dict(zip(left, parts, strict=True))
    return [amount + more.get(m, 0) for m, amount in enumerate(now, start=1)]


def make_roll(session: Session, month: str, as_of: datetime | None = None) -> Roll:
    """The roll after a month, of the register as it was known at ``as_of``; it is only read.

    Raises WrongUse as ``roll``, and ``roll/names_sealed`` for who cannot read reasons: earlier rolls are known by theirs.
    """
    session.require("report")
    if session.deidentified:
        raise WrongUse("roll/names_sealed")
    snapshot = open_snapshot(session, as_of)
    wanted = ["unit", "month", "amount", "kind", "reason", "at", "document"]
    versions = in_order_of_receipt(session.register.read("target", wanted), session.register.read)
    versions = versions[versions["at"] <= snapshot.as_of]
    facts = snapshot.facts
    return roll(
        snapshot.states,
        facts.targets,
        facts.units,
        month,
        snapshot.as_of,
        closed=set(facts.closures["month"]),
        before=spread_before(versions, int(month[:4])),
    )


def write_roll(made: Roll, out: Path, policy: Policy, on: date, approver: str | None = None) -> list[Path]:
    """The roll as filled T4, written on a day: 调整, and 分解 for who succeeded to a shortfall without targets of its own.

    Remarks say month by month what is spread. Without ``approver`` whoever approves writes his name (D26); none is made
    where nothing changes. Raises OSError.
    """
    files = []
    for kind, adjusts in ((ADJUSTMENT, True), (ORIGINAL, False)):
        rows = [_row(each) for each in made.years if each.adjusts == adjusts]
        if rows:
            header: dict[str, Any] = {"year": int(made.month[:4]), "kind": kind, "reason": made.reason}
            if adjusts and approver:
                header["approver"] = approver
            out.mkdir(parents=True, exist_ok=True)
            path = out / file_name("T4", f"{MARK}{kind}", made.month, ending=".xlsx")
            template = templates()["target_breakdown"]
            files.append(write_form(template, path, header, rows, policy=policy, on=on, row_count=len(rows) + 5))
    return files


def _row(each: RolledYear) -> dict[str, Any]:
    gaps = "、".join(f"{int(month[5:])}月缺{leads}" for month, leads in each.short.items())
    earlier = f"，已分摊{each.spread_before}" if each.spread_before else ""
    return {
        "code": each.unit,
        "name": each.name,
        "person": each.person,
        "year_target": sum(each.after),
        **dict(zip(MONTH_COLUMNS, each.after, strict=True)),
        "remark": f"{gaps}{earlier}，本次分摊{each.spread}",
    }
