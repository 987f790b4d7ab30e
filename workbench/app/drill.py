"""From a number of a report down to the leads or the chain behind it: the tables that can be clicked, by report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.contracts import conversion as rates
from workbench.capabilities.contracts import conversion_report as conversion
from workbench.capabilities.leads import development_report as development
from workbench.capabilities.leads.development import STEPS
from workbench.capabilities.publication import publication_report as publication
from workbench.capabilities.publication.publications import COUNTS, flags
from workbench.capabilities.settlement import explaining, settlement_sheets
from workbench.capabilities.targets import completion as counted
from workbench.capabilities.targets import targets_report as targets
from workbench.core.periods import months_of, quarter_of_month
from workbench.platform.explanation.steps import Explanation
from workbench.platform.reporting.parts import Column, plain, unit_names

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

Row = Mapping[str, Any]
LEADS = (
    Column("number", "信息编号", 16, "center", total="合计"),
    Column("customer", "客户", 28),
    Column("category", "客户类别", 22),
    Column("place", "地区", 14),
    Column("reporter_name", "提报单位", 26),
    Column("quantity", "标的量\n(台)", 8, "int", "sum"),
    Column("received_at", "接收时间", 16, "time"),
    Column("status", "状态", 9, "center"),
    Column("clause", "条款", 8, "center"),
    Column("counts_in", "计入月份", 10, "center"),
)


@dataclass(frozen=True)
class Leads:
    """The leads behind a number, columns of ``columns``; their ``value`` adds up to the number."""

    rows: pd.DataFrame
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Drill:
    """A table whose numbers lead on: ``rows`` and ``columns`` as the report shows them, ``numbers`` those that can be
    clicked. ``find(row, column)`` gives the leads behind a number, or the explanations of an amount."""

    title: str
    rows: pd.DataFrame
    columns: tuple[Column, ...]
    numbers: frozenset[str]
    find: Callable[[Row, str], Leads | list[Explanation]]

    def leads_on(self, place: int, column: str) -> bool:
        """Whether there is something behind a cell; a word or a zero has nothing behind it."""
        value = plain(self.rows.iloc[place][column]) if column in self.numbers else None
        return isinstance(value, int) and value != 0

    def behind(self, place: int, column: str) -> Leads | list[Explanation]:
        """What is behind the number in a row (by position) and column. Raises KeyError where nothing is."""
        if not self.leads_on(place, column):
            raise KeyError(column)
        return self.find(self.rows.iloc[place].to_dict(), column)


def drills(alias: str, book: Snapshot, period: str, view: Any) -> tuple[Drill, ...]:
    """The clickable tables of a report's view; none for a report without numbers of leads."""
    make = MAKERS.get(alias)
    return make(book, period, view) if make else ()


def _leads(book: Snapshot, found: pd.DataFrame, value: pd.Series | int = 1, title: str = "件数") -> Leads:
    """Leads (index of ``found``) with what each adds to the number."""
    names = unit_names(book.facts.units)
    rows = book.states.loc[found.index]
    rows = rows.assign(
        place=rows["province"] + rows["city"], reporter_name=rows["reporter"].map(names).fillna(rows["reporter"]),
        value=value,
    )  # fmt: skip
    heads = LEADS if title == "件数" else (*LEADS, Column("value", title, 9, "int", "sum"))
    return Leads(
        rows.sort_values("number", ignore_index=True)[[*(column.key for column in LEADS), "value"]], tuple(heads)
    )


def _publication(book: Snapshot, period: str, view: Any) -> tuple[Drill, ...]:
    spans = publication.spans(book, date.fromisoformat(period))

    def finder(name: str) -> Callable[[Row, str], Leads]:
        marked = flags(book.states, *spans[name])
        return lambda row, column: _leads(book, marked[(marked["reporter"] == row["reporter"]) & marked[column]])

    return tuple(
        Drill(title, frame, view.columns[name], frozenset(COUNTS), finder(name))
        for title, name, frame in (("本期", "recent", view.recent), ("本月累计", "month", view.month))
    )


def _targets(book: Snapshot, period: str, view: Any) -> tuple[Drill, ...]:
    marked = counted.flags(book.states)

    def find(row: Row, column: str) -> Leads:
        first = f"{period[:4]}-01" if column.startswith("ytd_") else period
        own = marked[(marked["reporter"] == row["unit"]) & marked["month"].between(first, period)]
        return _leads(book, own[own[column.removeprefix("ytd_")]])

    numbers = frozenset({"total", "pending", "valid", "ytd_valid"})
    return (Drill("本月各部门", view.month, targets.MONTH, numbers, find),)


def _conversion(book: Snapshot, period: str, view: Any) -> tuple[Drill, ...]:
    quarter = [month for month in months_of(quarter_of_month(period)) if month <= period]
    month, whole = (rates.projects(book.states, book.facts.contracts, months) for months in ([period], quarter))
    wide = month.assign(quarter_picked_up=whole["picked_up"])
    titles = {column.key: column.title for column in conversion.MEASURES}

    def finder(by: Sequence[str]) -> Callable[[Row, str], Leads]:
        def find(row: Row, column: str) -> Leads:
            same = pd.concat([wide[key].eq(row[key]) for key in by], axis=1).all(axis=1)
            part = wide[same & wide[column].gt(0)]
            counts = column in ("projects", "contracted", "quantity")
            return _leads(book, part) if counts else _leads(book, part, part[column], titles[column])

        return find

    return tuple(
        Drill(name, view.tables[name], conversion.columns(name), frozenset(conversion.SUMS), finder(by))
        for name, (by, _) in conversion.HEADS.items()
    )


def _development(book: Snapshot, period: str, view: Any) -> tuple[Drill, ...]:
    ids = pd.Series(book.states.index, index=book.states["number"])
    plan = view.plan.set_index(ids.reindex(view.plan["number"]).to_numpy())

    def finder(by: str) -> Callable[[Row, str], Leads]:
        def find(row: Row, column: str) -> Leads:
            part = plan[plan[by] == row[by]]
            if column != "projects":
                part = part[part["soon"]] if column == "soon" else part[part["step"] == column]
            return _leads(book, part)

        return find

    def chain(row: Row, column: str) -> list[Explanation]:
        return [explaining.lead(book, int(ids[row["number"]]))]

    numbers = frozenset({"projects", "soon", *STEPS})
    return (
        Drill("在办项目", view.plan, development.PLAN, frozenset({"quantity"}), chain),
        Drill("按科室", view.sections, development.SECTIONS, numbers, finder("section_name")),
        Drill("按客户类别", view.categories, development.CATEGORIES, numbers, finder("category")),
    )


def _settlement(book: Snapshot, period: str, view: Any) -> tuple[Drill, ...]:
    """Amounts lead to their explanations, a department's counted leads to the leads."""
    named, months = view.counted, months_of(period)

    def explain(*parts: Any) -> list[Explanation]:
        return explaining.of_quarter(book, "/".join(str(part) for part in parts), period)

    def department(row: Row, column: str) -> Leads | list[Explanation]:
        if column == "valid":
            numbers = named.loc[named["party"] == row["unit"], "number"]
            if len(numbers):
                return _leads(book, book.states[book.states["number"].isin(numbers)])
            states = explaining.at(book, period).states  # no reward, so no line that names them
            return _leads(book, states[(states["reporter"] == row["unit"]) & states["counts_in"].isin(months)])
        clause = {"completion": "7.2.1", "project": "7.2.2"}.get(column)
        return explain(clause, row["unit"]) if clause else explain(row["unit"])

    sheets = settlement_sheets
    return (
        Drill("按条款", view.clauses, sheets.CLAUSES, frozenset({"amount"}), lambda row, _: explain(row["clause"])),
        Drill("部门奖励", view.departments, sheets.DEPARTMENTS, frozenset({"valid", "completion", "project", "amount"}),
              department),
        Drill("经销商奖励", view.dealers, sheets.DEALERS, frozenset({"amount"}),
              lambda row, _: explain("7.1.1", row["party"], row["ref"])),
        Drill("处罚", view.penalties, sheets.PENALTIES, frozenset({"amount"}),
              lambda row, _: explain(row["clause"], row["party"], row["ref"])),
        Drill("按对象", view.parties, sheets.PARTIES, frozenset({"amount"}), lambda row, _: explain(row["party"])),
    )  # fmt: skip


MAKERS: dict[str, Callable[[Snapshot, str, Any], tuple[Drill, ...]]] = {
    "publication": _publication,
    "targets": _targets,
    "conversion": _conversion,
    "development": _development,
    "settlement": _settlement,
}
