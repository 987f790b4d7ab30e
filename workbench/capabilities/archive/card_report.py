"""大客户卡片: one customer on a page: his file with where each field comes from, leads, documents, matters (大客户管理制度 三.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.archive.rules import newest_documents
from workbench.capabilities.customers import fields
from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.customers.key_accounts import graded_on
from workbench.capabilities.customers.kinds import ServiceState
from workbench.capabilities.customers.service import records
from workbench.core.errors import WrongUse
from workbench.core.rates import short_percent
from workbench.platform.forms.spec import templates
from workbench.platform.register.names import number_of
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.cover import cover, sign_off
from workbench.platform.reporting.parts import Column, Figure, Stamp, stamp
from workbench.platform.reporting.sheets import ReportWorkbook

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE, MASK = "大客户卡片", "***"
FILE = (
    Column("part", "部分", 13, "center"),
    Column("field", "栏目", 20),
    Column("value", "内容", 46),
    Column("department", "提供部门", 11, "center"),
    Column("at", "提供时间", 17, "time"),
)
LEADS = (
    Column("number", "信息编号", 17, "center"),
    Column("category", "客户类别", 22),
    Column("received_at", "接收时间", 17, "time"),
    Column("quantity", "标的量(台)", 12, "int"),
    Column("status", "状态", 11, "center"),
)
DOCUMENTS = (
    Column("number", "档案编号", 18, "center"),
    Column("kind", "材料类别", 13, "center"),
    Column("title", "材料名称", 40),
    Column("dated_on", "材料日期", 13, "date"),
    Column("place", "存放位置", 20),
)
MATTERS = (
    Column("number", "记录编号", 13, "center"),
    Column("happened_on", "日期", 13, "date"),
    Column("kind", "类型", 10, "center"),
    Column("content", "内容", 44),
    Column("action", "改进措施", 30),
    Column("owner", "责任人", 11, "center"),
    Column("due_on", "完成期限", 13, "date"),
    Column("state", "办理情况", 11, "center"),
)
CONTACTS = "联系人"


@dataclass(frozen=True)
class View:
    """One customer. Frames ``file`` (FILE), ``leads`` (LEADS), ``documents`` (DOCUMENTS), ``matters`` (MATTERS)."""

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    file: pd.DataFrame
    leads: pd.DataFrame
    documents: pd.DataFrame
    matters: pd.DataFrame


def view(snapshot: Snapshot, period: str, customer: str = "") -> View:
    """A customer at the end of a day, as known at the snapshot's moment; personal fields are masked.

    ``customer``: the number he has in place of a name. Raises WrongUse ``no_such_customer``, ``day_to_come``.
    """
    day = date.fromisoformat(period)
    if day > snapshot.as_of.date():
        raise WrongUse("day_to_come", day=day, as_of=snapshot.as_of)
    customers = Customers(snapshot)
    own = _customer(customers, customer)
    members = {own.key, *customers.identity.members(customers.names).get(own.key, [])}
    facts = snapshot.facts
    matters = records(facts, day, snapshot.policy)
    matters = matters[matters["customer_key"].isin(members)].sort_values("happened_on", ascending=False)
    documents = newest_documents(facts)
    documents = documents[documents["customer_key"].isin(members)]
    newest = facts.leads.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    leads = snapshot.states[snapshot.states.index.isin(newest.loc[newest["customer_key"].isin(members), "lead"])]
    graded = graded_on(snapshot, day)[1].get(own.key)
    parts = customers.parts(own, day)
    filled = [part.filled for part in parts if part.filled is not None]
    waiting = matters[matters["state"].eq(ServiceState.OPEN)]
    figures = (
        Figure("等级", graded.grade if graded else "—", "text", graded.ground if graded and graded.ground else ""),
        Figure("客户经理", own.manager or "—", "text"),
        Figure("档案完整率", sum(filled) / len(filled) if filled else None, "rate"),
        Figure("信息", len(leads), note=f"合同 {own.contracts} 份，提车 {own.picked_up} 台"),
        Figure("联系人", len(own.contacts), note="姓名和联系方式不在本表"),
        Figure("档案材料", len(documents)),
        Figure("未办结事项", len(waiting), note=f"逾期 {int(waiting['overdue'].sum())} 件"),
    )
    missing = [f"{part.part.value}（{short_percent(part.filled)}）" for part in parts if part.filled not in (None, 1)]
    return View(
        stamp(snapshot, TITLE, f"{own.name}　{day:%Y-%m-%d}", day),
        _briefing(snapshot, day, leads, documents, matters, waiting, missing),
        figures,
        (
            f"名称：{own.name}；其他名称：{'、'.join(own.names) or '无'}；上级单位："
            f"{customers.names.get(own.parent or '', '无')}。",
            f"尚不完整的部分：{'、'.join(missing) or '无'}。",
            "个人信息（联系人姓名、职务、联系方式、法定代表人、地址）以 *** 表示，需要时凭权限另行查看。",
        ),
        _file(own),
        _rows(leads.sort_values("number"), LEADS),
        _rows(documents, DOCUMENTS),
        _rows(matters, MATTERS),
    )


def _briefing(
    snapshot: Snapshot,
    day: date,
    leads: pd.DataFrame,
    documents: pd.DataFrame,
    matters: pd.DataFrame,
    waiting: pd.DataFrame,
    missing: list[str],
) -> Briefing:
    """What came in since the month began, what happened, who must act."""
    began = pd.Timestamp(day.replace(day=1))
    new = [
        f"{word} {int((table[key] >= began).sum())} {unit}"
        for word, table, key, unit in (("信息", leads, "received_at", "条"), ("服务记录", matters, "happened_on", "条"))
    ]
    late = waiting.loc[waiting["overdue"].astype(bool), "owner"].fillna("未填责任人").value_counts().sort_index()
    return Briefing(
        f"本月新增：{'，'.join(new)}；归档材料共 {len(documents)} 件。",
        f"最近一次服务：{matters['happened_on'].max():%Y-%m-%d}。" if len(matters) else "没有服务记录。",
        f"办结逾期事项：{'、'.join(f'{name} {count} 件' for name, count in late.items())}。"
        if len(late)
        else "没有逾期的事项。",
        f"按 {snapshot.as_of:%Y-%m-%d %H:%M} 登记的情况。",
        (f"T8《大客户档案登记表》：{'、'.join(missing)}",) if missing else (),
    )


def _customer(customers: Customers, number: str) -> Customer:
    key = next((key for key in customers.names if str(number_of(key)) == number), None)
    if key is None:
        raise WrongUse("no_such_customer")
    root = customers.identity.root(key)
    return customers.by_key.get(root) or Customer(root, customers.names.get(root, root))


def _file(customer: Customer) -> pd.DataFrame:
    titles = {column.key: column.title for column in templates()["customer_profile"].columns}

    def row(key: str, value: Any, part: str) -> dict[str, Any]:
        said = MASK if fields.BY_KEY[key].personal else value.said
        shown = f"{said:%Y-%m-%d}" if isinstance(said, pd.Timestamp) else said
        return {
            "part": part,
            "field": titles[key],
            "value": shown,
            "department": value.department,
            "at": pd.Timestamp(value.at),
        }

    rows = [row(key, value, fields.BY_KEY[key].part.value) for key, value in customer.values.items()]
    for number, person in enumerate(customer.contacts.values(), start=1):
        rows += [row(key, value, f"{CONTACTS}{number}") for key, value in person.items()]
    return pd.DataFrame(rows, columns=[column.key for column in FILE], dtype=object)


def _rows(table: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    return table[[column.key for column in columns]].reset_index(drop=True)


def write(view: View, path: Path) -> None:
    """The workbook: cover, file, leads, documents, matters."""
    with ReportWorkbook(path, view.stamp) as workbook:
        front, row = cover(workbook, "封面", view.figures, view.briefing)
        sign_off(workbook, front, workbook.notes(front, row, view.notes, 12))
        for name, heading, frame, columns, empty in (
            ("档案", "档案各栏及其来源", view.file, FILE, "档案中没有内容。"),
            ("信息", "提报的信息", view.leads, LEADS, "没有提报的信息。"),
            ("档案目录", "归档的材料", view.documents, DOCUMENTS, "没有归档的材料。"),
            ("沟通与服务", "沟通与服务记录（最近的在前）", view.matters, MATTERS, "没有记录。"),
        ):
            sheet = workbook.sheet(name, [column.width for column in columns], heading)
            workbook.table(sheet, 3, columns, frame, empty=empty)
        front.activate()
