"""大客户分级报告: key accounts by share of sales, how grades moved, what each is due, how managers did (大客户管理制度)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.customers.assessment import Assessment
from workbench.capabilities.customers.causes import causes
from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.customers.grading import OTHER, TO_BE_NAMED, A, B, C
from workbench.capabilities.customers.key_accounts import Graded, Sales, graded_on, movement, quarter_before
from workbench.capabilities.customers.managers import assessments, decided, first_day_of_service
from workbench.capabilities.customers.service import records
from workbench.capabilities.customers.service_duties import Service, ServiceDuty, last_services, service_duties
from workbench.capabilities.customers.service_flow import flows
from workbench.core.errors import WrongUse
from workbench.core.periods import quarter_bounds
from workbench.core.rates import short_percent
from workbench.platform.reporting.briefing import Briefing, changes, listed
from workbench.platform.reporting.charts import TALL, chart, place
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, compared, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "大客户分级报告"
MISSED, UNDECIDED, LAST = "逾期", "待决定", "上季"
NAMED = 4  # account managers named in a sentence
ACCOUNTS = (
    Column("customer", "客户名称", 28, total="合计"),
    Column("grade", "等级", 8, "center"),
    Column("before", "上季\n等级", 8, "center"),
    Column("movement", "变动", 8, "center"),
    Column("sales", "销售额\n(元)", 15, "yuan", "sum"),
    Column("share", "占公司\n销售额", 10, "rate"),
    Column("from_contracts", "其中按合同\n折算(元)", 14, "yuan", "sum"),
    Column("ground", "依据", 14, "center"),
    Column("manager", "客户经理", 10, "center"),
    Column("complete", "档案\n完整率", 9, "rate"),
    Column("missed", "逾期服务", 24),
)
DUTIES = (
    Column("customer", "客户名称", 30),
    Column("grade", "等级", 8, "center"),
    Column("manager", "客户经理", 12, "center"),
    Column("service", "服务", 12, "center"),
    Column("last_on", "最近一次", 13, "date"),
    Column("due_on", "应办日期", 13, "date"),
    Column("state", "状态", 10, "center"),
)
GROUPS = (
    Column("customer", "集团", 34, total="合计"),
    Column("members", "单位数", 9, "int"),
    Column("sales", "销售额(元)", 18, "yuan", "sum"),
    Column("share", "占公司销售额", 14, "rate"),
)
CAUSES = (
    Column("cause", "原因类别", 16, total="合计"),
    Column("complaints", "投诉", 10, "int", "sum"),
    Column("churn", "离网倾向", 10, "int", "sum"),
    Column("closed", "已办结", 10, "int", "sum"),
    Column("reopened", "重新打开过", 12, "int", "sum"),
    Column("overdue", "逾期", 10, "int", "sum"),
)
MANAGERS = (
    Column("unit", "单位代码", 11, "center"),
    Column("name", "客户经理", 12, "center"),
    Column("weekly", "按时周报", 11, "rate"),
    Column("duties", "按级服务", 11, "rate"),
    Column("complaints", "投诉按期\n办结", 11, "rate"),
    Column("profiles", "档案完整", 11, "rate"),
    Column("score", "建议得分\n(满分100)", 12, "center"),
    Column("verdict", "决定", 22),
)


@dataclass(frozen=True)
class View:
    """The grades at the end of a quarter. Frames ``accounts`` (ACCOUNTS), ``duties`` (DUTIES), ``groups``, ``managers``,
    ``causes``.
    """

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    accounts: pd.DataFrame
    duties: pd.DataFrame
    groups: pd.DataFrame
    managers: pd.DataFrame
    causes: pd.DataFrame


def view(snapshot: Snapshot, period: str) -> View:
    """Grades at the end of a quarter (``2026Q1``), or at the snapshot's moment where that is earlier.

    Sales in yuan, rounded to whole ones for show; grades are by the exact share. Raises WrongUse ``quarter_to_come``.
    """
    first, end = quarter_bounds(period)
    if first > snapshot.as_of.date():
        raise WrongUse("quarter_to_come", quarter=period)
    last = min(end, snapshot.as_of.date())
    customers = Customers(snapshot)
    sales, now = graded_on(snapshot, last)
    earlier, before = graded_on(snapshot, quarter_before(first))
    owed = _owed(snapshot, customers, now, before, last)
    accounts = _accounts(customers, now, before, owed, last)
    managers = assessments(snapshot, period, customers, owed)
    figures = compared(_figures(accounts, sales), LAST, _earlier(before, earlier))
    return View(
        stamp(snapshot, TITLE, f"{period[:4]}年第{period[5]}季度", last),
        _briefing(snapshot, end, figures, accounts, sales),
        figures,
        _notes(sales, accounts, managers),
        accounts,
        _duties(customers, now, owed),
        _groups(customers, sales),
        _managers(managers, decided(snapshot, period)),
        causes(records(snapshot.facts, last, snapshot.policy), first, last),
    )


def _owed(
    snapshot: Snapshot, customers: Customers, now: dict[str, Graded], before: dict[str, Graded], last: date
) -> dict[str, list[ServiceDuty]]:
    """What each key account is due, by its key: services at intervals, and the next step of its flow of service."""
    facts, policy = snapshot.facts, snapshot.policy
    served = last_services(facts, customers.identity, last)
    since = first_day_of_service(snapshot, last)
    grades, earlier = ({key: each.grade for key, each in found.items()} for found in (now, before))
    flow = flows(facts, customers.identity, grades, earlier, last, policy)
    owed = {}
    for key, grade in grades.items():
        if grade == OTHER:
            continue
        owed[key] = service_duties(grade, served.get(key, {}), since, last, policy)
        own = flow.get(key)
        if own is not None and own.due_on is not None:
            owed[key].append(ServiceDuty(Service.FLOW, own.last_on, own.due_on, own.missed))
    return owed


def _accounts(
    customers: Customers,
    now: dict[str, Graded],
    before: dict[str, Graded],
    owed: dict[str, list[ServiceDuty]],
    on: date,
) -> pd.DataFrame:
    rows = []
    for key in sorted({*now, *before}):
        grade, was = (each[key].grade if key in each else OTHER for each in (now, before))
        if grade == was == OTHER:
            continue
        graded, customer = now.get(key), customers.find(key)
        filled = (
            []
            if customer is None
            else [part.filled for part in customers.parts(customer, on) if part.filled is not None]
        )
        missed = [duty.service.value for duty in owed.get(key, []) if duty.missed]
        rows.append(
            {
                "key": key,
                "customer": customers.names.get(key, key),
                "grade": grade,
                "before": was,
                "movement": movement(was, grade).value,
                "sales": whole(graded.sales if graded else Fraction(0)),
                "share": graded.share if graded else Fraction(0),
                "from_contracts": whole(graded.from_contracts if graded else Fraction(0)),
                "ground": graded.ground if graded else None,
                "manager": None if customer is None else customer.manager,
                "complete": sum(filled, Fraction(0)) / len(filled) if filled else None,
                "missed": "、".join(missed),
            }
        )
    table = pd.DataFrame(rows, columns=[*(column.key for column in ACCOUNTS), "key"], dtype=object)
    order = {A: 0, B: 1, C: 2, OTHER: 3}
    ranks = [(order[row.grade], -row.share, row.customer) for row in table.itertuples()]
    return table.iloc[sorted(range(len(table)), key=ranks.__getitem__)].reset_index(drop=True)


def whole(amount: Fraction) -> int:
    """Whole yuan, halves up."""
    return (2 * amount + 1).__floor__() // 2


def _duties(customers: Customers, now: dict[str, Graded], owed: dict[str, list[ServiceDuty]]) -> pd.DataFrame:
    rows = []
    for key, own in owed.items():
        customer = customers.find(key)
        for duty in own:
            rows.append(
                {
                    "customer": customers.names.get(key, key),
                    "grade": now[key].grade,
                    "manager": None if customer is None else customer.manager,
                    "service": duty.service.value,
                    "last_on": duty.last_on and pd.Timestamp(duty.last_on),
                    "due_on": pd.Timestamp(duty.due_on),
                    "state": MISSED if duty.missed else "未到期",
                }
            )
    table = pd.DataFrame(rows, columns=[column.key for column in DUTIES], dtype=object)
    return table.sort_values(["due_on", "customer", "service"], ignore_index=True)


def _groups(customers: Customers, sales: Sales) -> pd.DataFrame:
    """Sales of customers with a unit above them, with those of their highest unit."""
    tops: dict[str, list[str]] = {}
    for key in sales.by_customer:
        tops.setdefault(customers.identity.top(key), []).append(key)
    rows = [
        {
            "customer": customers.names.get(top, top),
            "members": len(members),
            "sales": whole(sum((sales.by_customer[key] for key in members), Fraction(0))),
            "share": sum((sales.share(key) for key in members), Fraction(0)),
        }
        for top, members in tops.items()
        if members != [top]
    ]
    table = pd.DataFrame(rows, columns=[column.key for column in GROUPS], dtype=object)
    return table.sort_values(["sales", "customer"], ascending=[False, True], ignore_index=True)


def points(score: Fraction | None) -> str:
    """Points of 100 as people read them; a dash where nothing was due."""
    return "—" if score is None else short_percent(score / 100).removesuffix("%")


def _managers(found: list[Assessment], verdicts: dict[tuple[str, str], str]) -> pd.DataFrame:
    rows = [
        {
            "unit": each.unit,
            "name": each.name,
            **each.shares,
            "score": points(each.score),
            "verdict": verdicts.get((each.unit, each.name), UNDECIDED),
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=[column.key for column in MANAGERS], dtype=object)


def _figures(accounts: pd.DataFrame, sales: Sales) -> tuple[Figure, ...]:
    grades = accounts["grade"].value_counts()
    key_accounts = accounts[accounts["grade"].ne(OTHER)]
    share = sum(key_accounts["share"], Fraction(0))
    return (
        Figure("大客户", len(key_accounts), note=f"上季 {int(accounts['before'].ne(OTHER).sum())} 个"),
        *(Figure(f"{grade}级", int(grades.get(grade, 0))) for grade in (A, B, C)),
        Figure("公司销售额(元)", whole(sales.total), "yuan", f"{len(sales.months)} 个月"),
        Figure("大客户占比", share if sales.total else None, "rate"),
        Figure("逾期服务的客户", int(key_accounts["missed"].ne("").sum())),
        Figure(
            "经认定的客户",
            int(key_accounts["ground"].isin([each.value for each in TO_BE_NAMED]).sum()),
            note="因影响、战略、形象",
        ),
    )


def _earlier(before: dict[str, Graded], sales: Sales) -> tuple[Figure | None, ...]:
    """The figures of the last quarter's end, as far as they are known of it: services missed then are not."""
    known = [each for each in before.values() if each.grade != OTHER]
    share = sum((each.share for each in known), Fraction(0))
    named = sum(each.ground in [word.value for word in TO_BE_NAMED] for each in known)
    return (
        Figure("大客户", len(known)),
        *(Figure(grade, sum(each.grade == grade for each in known)) for grade in (A, B, C)),
        Figure("公司销售额(元)", whole(sales.total), "yuan"),
        Figure("大客户占比", share if sales.total else None, "rate"),
        None,
        Figure("经认定的客户", named),
    )


def _briefing(
    snapshot: Snapshot, end: date, figures: tuple[Figure, ...], accounts: pd.DataFrame, sales: Sales
) -> Briefing:
    """What changed, why, who must act."""
    moved = accounts["movement"].value_counts().sort_index()
    words = "，".join(f"{word} {count} 个" for word, count in moved.items())
    late = accounts[accounts["grade"].ne(OTHER) & accounts["missed"].ne("")]
    counts = late["manager"].fillna("未登记客户经理").value_counts()
    who = [f"{name} {counts[name]} 个" for name in sorted(counts.index, key=lambda name: (-counts[name], name))]
    ended = snapshot.as_of.date() > end
    return Briefing(
        changes(figures),
        f"等级变动：{words}。" if words else "没有大客户。",
        f"客户经理办理逾期的服务：{listed(who, NAMED, '人', '')}。" if who else "没有逾期的服务。",
        f"{'' if ended else '暂定：本季度尚未结束，'}按 {snapshot.as_of:%Y-%m-%d %H:%M} 登记的销售额计算；等级只作管理建议。",
        (f"T18《大客户销售额表》：{'、'.join(sales.missing)}",) if sales.missing else (),
    )


def _notes(sales: Sales, accounts: pd.DataFrame, managers: list[Assessment]) -> tuple[str, ...]:
    months = "、".join(sales.months) or "无"
    lines = [
        f"销售额计入的月份：{months}（口径 K1）。大客户为占比超过规定比例、达到公司自定标准或经认定的客户；等级按精确的占比判定，显示的金额四舍五入到元。",
        "客户的销售额以《客户销售额表》为准，表中没有列出的按合同登记的提车量折算（口径 K2）；别名合并，上下级单位分别计算（口径 K3）。",
        "应办日期从最近一次服务起算；从未办理的从开始上报每周信息之日起算。没有规定间隔的服务不要求。",
        "服务流程按等级逐步办理（《大客户服务流程表》），应办日期从上一步起算；自收到第一份该表之日起要求。",
        "客户经理的得分只是建议，按权重和应办事项计算，没有应办事项的项目不计；由人决定，决定登记后列在表中。",
    ]
    if sales.missing:
        lines.insert(0, f"缺少公司销售总额的月份：{'、'.join(sales.missing)}，这些月份分子分母都不计。")
    if sales.unpriced:
        lines.insert(0, f"有 {sales.unpriced} 行合同登记没有合同金额，未能折算。")
    if sum(sales.by_customer.values()) > sales.total:
        lines.insert(0, "各客户销售额合计大于公司销售总额，请核对《客户销售额表》和合同金额。")
    if accounts.empty:
        lines.insert(0, "没有大客户。")
    if not managers:
        lines.append("本季没有应当上报的客户经理，不作考核建议。")
    return tuple(lines)


def write(view: View, path: Path) -> None:
    """The workbook: cover with charts, key accounts, services due, groups, account managers, causes."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        sign_off(workbook, front, workbook.notes(front, row + TALL, view.notes, 12))
        sheet = workbook.sheet("大客户", [column.width for column in ACCOUNTS], "大客户及其等级（按等级和占比）")
        area = workbook.table(sheet, 3, ACCOUNTS, view.accounts, empty="没有大客户。")
        workbook.bars(sheet, area, "sales")
        sheet = workbook.sheet("应办服务", [column.width for column in DUTIES], "各级客户的应办服务")
        due = workbook.table(sheet, 3, DUTIES, view.duties, empty="没有应办的服务。")
        workbook.flag_rows(sheet, due, "state", MISSED)
        sheet = workbook.sheet("集团", [column.width for column in GROUPS], "有上下级单位的客户合计")
        workbook.table(sheet, 3, GROUPS, view.groups, empty="没有登记上下级单位。")
        sheet = workbook.sheet("客户经理", [column.width for column in MANAGERS], "客户经理考核建议（由人决定）")
        workbook.table(sheet, 3, MANAGERS, view.managers, empty="没有应当上报的客户经理。")
        title = "本季投诉和离网倾向的原因（由服务记录汇总）"
        sheet = workbook.sheet("原因", [column.width for column in CAUSES], title)
        workbook.table(sheet, 3, CAUSES, view.causes, empty="本季没有投诉和离网倾向。")
        if len(view.accounts):
            made = chart(
                workbook,
                "bar",
                "大客户销售额（元）",
                area,
                "customer",
                [("sales", "销售额")],
                rows=(0, min(len(area), 10) - 1),
            )
            place(front, row, 0, made, 992, 290)
