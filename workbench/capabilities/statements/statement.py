"""提报对账单: what a reporter is told of its own leads, projects, returned rows and money (4.3.1), and of nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads.development import plan
from workbench.capabilities.leads.status import Status
from workbench.capabilities.organization.directory import names_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.publication.publications import COUNTS, flags
from workbench.capabilities.settlement import explaining, outlook
from workbench.capabilities.settlement.appeal_rules import deadline
from workbench.capabilities.settlement.approval_status import ApprovalState, quarter_states
from workbench.capabilities.settlement.lookup import Lookup
from workbench.capabilities.settlement.quarter import Line
from workbench.capabilities.settlement.settlement import Settlement, settlement_of
from workbench.capabilities.statements import reasons, returned_rows
from workbench.capabilities.statements.reasons import reason
from workbench.core.errors import WrongUse
from workbench.core.periods import (
    end_of_day,
    month_bounds,
    month_of,
    months_of,
    parse_month,
    parse_quarter,
    quarter_bounds,
    quarter_of_day,
    quarter_of_month,
)
from workbench.platform.access.session import Session
from workbench.platform.explanation.steps import FACT, SUM
from workbench.platform.regulation.clause import clause
from workbench.platform.reporting.parts import Figure, Stamp, stamp

TITLE = "提报对账单"
LEADS = [
    "number",
    "customer",
    "category",
    "model",
    "quantity",
    "received_at",
    "status",
    "clause",
    "reason",
    "counts_in",
    "todo",
]
PROJECTS = [
    "number",
    "project",
    "customer",
    "quantity",
    "status",
    "expires_on",
    "contract_quantity",
    "picked_up",
    "todo",
    "missing",
]
LINES = ["clause", "title", "ref", "adjusts", "amount", "basis"]
DAYS = frozenset({"expires_on", "correct_by"})


@dataclass(frozen=True)
class Statement:
    """One reporter's statement of a month or a quarter.

    ``leads``: received in the period (LEADS); ``projects``: live ones, whenever they came (PROJECTS); ``returned``: rows
    of the period that were sent back and have not come in since (``returned_rows.COLUMNS``); ``lines``: of the period's quarter (LINES),
    ``total`` yuan. ``stage``: how far that quarter's settlement is; ``appeal_by``: last day of an appeal, None where
    there is nothing to appeal against. ``outlook``: what is missing to the next reward, in the quarter ``ahead`` (the
    period's own, or the moment's where that is later).
    """

    unit: str
    name: str
    kind: str
    period: str
    quarter: str
    stamp: Stamp
    stage: str
    approved: bool
    figures: tuple[Figure, ...]
    said: tuple[str, ...]
    leads: pd.DataFrame
    projects: pd.DataFrame
    returned: pd.DataFrame
    lines: pd.DataFrame
    total: int
    ahead: str
    outlook: str
    appeal_by: date | None

    def as_json(self) -> dict[str, Any]:
        """The statement as plain values; times in ISO 8601."""
        return {
            "unit": self.unit,
            "name": self.name,
            "kind": self.kind,
            "period": self.period,
            "quarter": self.quarter,
            "as_of": self.stamp.as_of.isoformat(),
            "edition": self.stamp.edition,
            "stage": self.stage,
            "summary": list(self.said),
            **{name: _plain(getattr(self, name)) for name in ("leads", "projects", "returned", "lines")},
            "total": self.total,
            "outlook": {"quarter": self.ahead, "missing": self.outlook},
            "appeal_by": None if self.appeal_by is None else self.appeal_by.isoformat(),
        }


class Statements:
    """Statements of a period, as known at a moment; what they share is worked out once.

    ``period``: a month (``2026-03``) or a quarter (``2026Q1``). Raises WrongUse ``bad_period``, ``period_to_come``;
    RegisterError ``not_allowed``.
    """

    def __init__(self, session: Session, period: str, as_of: datetime | None = None) -> None:
        session.require("settle")
        self.period, self.months, self.quarter = _parsed(period)
        self.session, self.lookup = session, Lookup(session, as_of)
        self.snapshot = self.lookup.snapshot
        self.first, self.last = month_bounds(self.months[0])[0], month_bounds(self.months[-1])[1]
        if self.first > self.snapshot.as_of.date():
            raise WrongUse("period_to_come", period=self.period, as_of=self.snapshot.as_of)
        self.day = min(self.last, self.snapshot.as_of.date())
        self.ahead = max(self.quarter, quarter_of_day(self.snapshot.as_of.date()))
        self.names = names_on(self.snapshot.facts.units, self.snapshot.as_of.date())

    def reporters(self) -> list[str]:
        """The units that have something to be told: leads, returned rows or lines of the period, or a live project."""
        states = self.snapshot.states
        within = states[self._within(states["received_at"])]
        found = {*within["reporter"], *self._plan["reporter"], *self._returned["unit"]}
        found |= {line.party for line in self._settled.lines}
        return sorted(unit for unit in found if self._kinds.get(unit) in (UnitKind.DEALER, UnitKind.DEPARTMENT))

    def of(self, unit: str) -> Statement:
        """One reporter's statement. Raises WrongUse ``unknown_unit``, ``no_reporter``."""
        kind = self.lookup.kind(unit)
        if kind not in (UnitKind.DEALER, UnitKind.DEPARTMENT):
            raise WrongUse("no_reporter", unit=unit)
        states = self.snapshot.states
        own = states[(states["reporter"] == unit) & self._within(states["received_at"])].sort_values("number")
        leads, projects = self._leads(own), self._projects(unit)
        returned = self._returned[self._returned["unit"] == unit][returned_rows.COLUMNS].reset_index(drop=True)
        lines = [line for line in self._settled.lines if line.party == unit]
        shown = self._lines(lines)
        appeal_by = self._appeal_by() if lines else None
        name, missing = self.names.get(unit, unit), outlook.missing(self.lookup, unit, self.ahead)
        return Statement(
            unit,
            name,
            kind,
            self.period,
            self.quarter,
            stamp(self.snapshot, TITLE, f"{unit} {name}　{period_name(self.period)}", self.day),
            self._stage,
            self.quarter in self.snapshot.approved,
            self._figures(own, projects, returned, lines),
            tuple(self._said(own, projects, returned, missing, appeal_by)),
            leads,
            projects,
            returned,
            shown,
            sum(line.amount for line in lines),
            self.ahead,
            missing,
            appeal_by,
        )

    @cached_property
    def _settled(self) -> Settlement:
        return settlement_of(self.snapshot, self.quarter)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        units = self.snapshot.facts.units
        return dict(zip(units["code"], units["kind"], strict=True))

    @cached_property
    def _models(self) -> pd.Series:
        rows = self.snapshot.facts.leads.sort_values(["lead", "version"])
        return rows.drop_duplicates("lead", keep="last").set_index("lead")["model"]

    @cached_property
    def _plan(self) -> pd.DataFrame:
        """The live projects of the moment, with the lead's number."""
        return plan(self.snapshot.states, self.snapshot.facts.units, self.snapshot.as_of.date(), self.snapshot.policy)

    @cached_property
    def _stage(self) -> str:
        """How far the settlement of the period's quarter is, in words."""
        table = quarter_states(self.session)
        own = table[(table["quarter"] == self.quarter) & (table["submitted_at"] <= self.snapshot.as_of)]
        if self.quarter in self.snapshot.approved:
            paid = len(own) and own["state"].iloc[0] == ApprovalState.PAID
            return f"{self.quarter} 已批准{'并兑现' if paid else '，尚未兑现'}，金额为最终结果"
        if self.snapshot.as_of.date() <= quarter_bounds(self.quarter)[1]:
            return f"{self.quarter} 未结束，金额为截至数据日的测算，会变动"
        if len(own) and own["state"].iloc[0] == ApprovalState.SUBMITTED:
            return f"{self.quarter} 已报批、未批准，金额可能变动"
        return f"{self.quarter} 尚未报批，金额为测算，可能变动"

    @cached_property
    def _returned(self) -> pd.DataFrame:
        return returned_rows.still_returned(self.session.register, self.snapshot, self._within)

    def _within(self, times: pd.Series) -> pd.Series:
        return month_of(times).isin(self.months) & (times <= pd.Timestamp(self.snapshot.as_of))

    def _leads(self, own: pd.DataFrame) -> pd.DataFrame:
        rows = [
            {
                **{key: row[key] for key in LEADS if key in row},
                "model": self._models.get(lead),
                "clause": row["clause"] or row["excluded"],
                "reason": reason({**row, "lead": lead}, self.snapshot, self._grounds),
                "todo": self._todo(row),
            }
            for lead, row in zip(own.index, own.to_dict("records"), strict=True)
        ]
        return _frame(rows, LEADS)

    def _todo(self, lead: dict[str, Any]) -> str:
        """What the reporter can do about a lead, and until when; nothing where it can only wait."""
        if lead["status"] in self._steps:
            return self._steps_of.get(lead["number"], "")
        if lead["status"] == Status.INVALID:
            return "如有新的情况，可重新提报"
        return ""

    @cached_property
    def _grounds(self) -> dict[int, str]:
        return reasons.grounds_written(self.snapshot)

    @cached_property
    def _steps(self) -> frozenset[str]:
        return frozenset(self._plan["status"])

    @cached_property
    def _steps_of(self) -> dict[str, str]:
        return {row["number"]: _until(row) for row in self._plan.to_dict("records")}

    def _projects(self, unit: str) -> pd.DataFrame:
        own = self._plan[self._plan["reporter"] == unit]
        rows = [
            {
                **{key: row[key] for key in PROJECTS if key in row},
                "todo": self._steps_of[row["number"]],
                "missing": outlook.missing(self.lookup, row["number"], self.ahead),
            }
            for row in own.to_dict("records")
        ]
        return _frame(rows, PROJECTS)

    def _lines(self, lines: list[Line]) -> pd.DataFrame:
        ground = self._ground
        rows = [
            {
                "clause": line.clause,
                "title": clause(line.clause).title_words.zh,
                "ref": line.ref,
                "adjusts": line.adjusts,
                "amount": line.amount,
                "basis": "\n".join(
                    step.text for step in ground.line(line, self.quarter).steps if step.kind in (FACT, SUM)
                ),
            }
            for line in lines
        ]
        return _frame(rows, LINES)

    @cached_property
    def _ground(self) -> explaining.At:
        return explaining.at(self.snapshot, self.quarter)

    def _appeal_by(self) -> date | None:
        approval = self.snapshot.approved.get(self.quarter)
        if approval is None:
            return None
        last = deadline(approval["at"], "appeal_days", self.snapshot.policy).date()
        return last if self.snapshot.as_of <= end_of_day(last) else None

    def _figures(
        self, own: pd.DataFrame, projects: pd.DataFrame, returned: pd.DataFrame, lines: list[Line]
    ) -> tuple[Figure, ...]:
        count = {name: int(value) for name, value in flags(own, None, self.snapshot.as_of)[COUNTS].sum().items()}
        gains, losses = ([line.amount for line in lines if (line.amount > 0) is sign] for sign in (True, False))
        soon = _first_expiry(projects)
        return (
            Figure("本期提报（条）", count["total"], note=f"其中计入 {int(own['counts_in'].notna().sum())} 条"),
            Figure("有效（条）", count["valid"], note=f"无效、重复或撤回 {count['invalid']} 条"),
            Figure("处理中（条）", count["pending"], note="待复核、待转交或待甄别"),
            Figure("退回待补正（行）", _rows(returned), note="见“退回”"),
            Figure("在办项目", len(projects), note=f"最早 {soon} 到期" if soon else "没有将到期的"),
            Figure("本季奖励（元）", sum(gains), "yuan", f"{len(gains)} 笔"),
            Figure("本季处罚和冲减（元）", sum(losses), "yuan", f"{len(losses)} 笔"),
            Figure("本季合计（元）", sum(gains) + sum(losses), "yuan", "奖励与处罚、冲减之和"),
        )

    def _said(
        self,
        own: pd.DataFrame,
        projects: pd.DataFrame,
        returned: pd.DataFrame,
        missing: str,
        appeal_by: date | None,
    ) -> Iterator[str]:
        yield f"本期提报 {len(own)} 条，计入 {int(own['counts_in'].notna().sum())} 条；{self._stage}。"
        yield f"{self.ahead} 距下一笔奖励：{missing}。"
        todo = [f"补正退回的 {_rows(returned)} 行"] if len(returned) else []
        waiting = int(projects["todo"].str.startswith("待申报").sum()) if len(projects) else 0
        todo += [f"申报 {waiting} 个项目"] if waiting else []
        if soon := _first_expiry(projects):
            todo.append(f"最早的项目在 {soon} 到期，请在此前签约")
        if appeal_by:
            todo.append(f"对奖惩有异议的，{appeal_by} 以前填报所附《奖惩申诉表》")
        yield f"请贵单位：{'；'.join(todo) if todo else '目前没有需要办理的事项'}。"


def period_name(period: str) -> str:
    """A month or a quarter as a title says it."""
    return f"{period[:4]}年第{period[5]}季度" if "Q" in period else f"{period[:4]}年{int(period[5:])}月"


def _parsed(period: str) -> tuple[str, list[str], str]:
    """The period in one spelling, its months and its quarter. Raises WrongUse ``bad_period``."""
    try:
        name = parse_quarter(period)
        return name, months_of(name), name
    except WrongUse:
        pass
    try:
        month = parse_month(period)
    except WrongUse:
        raise WrongUse("bad_period", text=period) from None
    return month, [month], quarter_of_month(month)


def _until(row: dict[str, Any]) -> str:
    """The next step of a live project, with the day it has to be done by where there is one."""
    return f"{row['todo']}（{row['expires_on']:%Y-%m-%d} 到期）" if pd.notna(row["days_left"]) else str(row["todo"])


def _rows(returned: pd.DataFrame) -> int:
    """How many rows were returned; a row may have several findings."""
    return len(returned[["file", "row"]].drop_duplicates())


def _first_expiry(projects: pd.DataFrame) -> str | None:
    """The first day on which a project without a contract expires."""
    open_ones = projects[projects["status"].isin([Status.PROJECT, Status.APPLIED])]
    return f"{open_ones['expires_on'].min():%Y-%m-%d}" if len(open_ones) else None


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            key: _value(value.date() if key in DAYS and pd.notna(value) and isinstance(value, datetime) else value)
            for key, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def _value(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
