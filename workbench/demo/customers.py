"""The demo's key accounts: weeks of account managers, cards of customers, months of the custodian, all sent in as books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from workbench.core.credit_codes import check_character
from workbench.core.file_names import file_name
from workbench.core.periods import month_bounds, next_month
from workbench.demo.company import person
from workbench.demo.submissions import Submission
from workbench.platform.access.session import Session
from workbench.platform.forms.books import books
from workbench.platform.forms.write_book import Filled, write_book
from workbench.platform.regulation.edition import Policy

SEED = 20080301  # its own: what the rest of the company does stays as it was
SERVED, KINDS = 4, ("走访", "走访", "走访", "需求", "意见", "活动", "市场", "竞争", "投诉", "离网倾向")
CONTENTS = {
    "走访": "了解车辆使用情况和下半年更新计划",
    "活动": "参加新车体验活动",
    "需求": "计划增加车辆，询问交付周期",
    "意见": "希望延长质保期",
    "投诉": "配件到货慢",
    "离网倾向": "正在比较其他品牌",
    "市场": "当地发布新能源车补贴政策",
    "竞争": "竞争对手降价促销",
}


@dataclass(frozen=True)
class BookSubmission:
    """A book that is handed in: as it was handed out, what was written over it by template, and when it came."""

    book: str
    name: str
    handed: Mapping[str, Filled]
    typed: Mapping[str, Filled]
    received_at: datetime

    def write(self, folder: Path, policy: Policy) -> Path:
        """The filled workbook; files of one month stand together."""
        path = folder / file_name(self.received_at.strftime("%Y-%m")) / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        on = self.received_at.date()
        return write_book(books()[self.book], path, self.handed, self.typed, policy=policy, on=on, spare=20)


class KeyAccounts:
    """Two account managers and a custodian of one unit, and the customers they look after."""

    def __init__(self, unit: str, customers: list[str], months: list[str]) -> None:
        self.random = Random(SEED)
        self.unit, self.months = unit, months
        self.managers = [person(self.random) for _ in range(2)]
        self.keeper, self.inspector = person(self.random), person(self.random)
        self.customers = customers[:SERVED]
        self.answered: set[str] = set()
        self.last = month_bounds(months[-1])[1]

    def people(self, at: datetime) -> Submission:
        """T21 with the managers."""
        rows = [
            {"name": name, "unit": self.unit, "post": "客户经理", "starts_on": date(at.year - 1, 6, 1)}
            for name in self.managers
        ]
        return Submission("people", "人员名录.xlsx", {}, rows, at)

    def sales(self) -> Iterator[Submission]:
        """T18 of each month, which finance sends on the fifth of the next: one customer is of grade A, others below."""
        for month in self.months:
            at = datetime.fromisoformat(f"{next_month(month)}-05T10:00:00")
            total = self.random.randrange(400, 600) * 10_000_00
            shares = (32, 14, 7, 2)
            rows = [
                {"customer": customer, "amount": total * share // 100 + self.random.randrange(100) * 100}
                for customer, share in zip(self.customers, shares, strict=False)
            ]
            yield Submission("customer_sales", f"客户销售额_{month}.xlsx", {"month": month, "total": total}, rows, at)

    def weeks(self) -> Iterator[BookSubmission]:
        """Every manager's week: most in time, some late, some with nothing to tell, a few never."""
        first = month_bounds(self.months[0])[0]
        monday = first + timedelta(days=-first.weekday() % 7)
        while monday + timedelta(days=7) <= self.last:
            for manager in self.managers:
                came = self.random.random()
                if came > 0.06:
                    day = monday + timedelta(days=7 if came > 0.15 else 8)
                    yield self._week(manager, monday, datetime.combine(day, time(8, self.random.randrange(60))))
            monday += timedelta(days=7)

    def _week(self, manager: str, monday: date, at: datetime) -> BookSubmission:
        head = {"unit": self.unit, "manager": manager, "week": monday}
        rows = [self._matter(monday, number) for number in range(1, self.random.choice((1, 2, 3, 4)))]
        handed = {"weekly_report": Filled(head), "service_record": self._record(manager)}
        typed = {**handed, "weekly_report": Filled({**head, "filled_on": at.date()}, rows)}
        return BookSubmission("weekly_book", f"每周信息_{manager}_{monday:%m%d}.xlsx", handed, typed, at)

    def _record(self, manager: str, rows: tuple[dict[str, Any], ...] = ()) -> Filled:
        return Filled({"unit": self.unit, "compiler": manager}, rows)

    def _matter(self, monday: date, number: int) -> dict[str, Any]:
        kind = self.random.choice(KINDS)
        row = {
            "row_id": f"r{number:04d}",
            "seq": str(number),
            "happened_on": monday + timedelta(days=self.random.randrange(5)),
            "kind": kind,
            "customer": None if kind in ("市场", "竞争") else self.random.choice(self.customers),
            "content": CONTENTS[kind],
        }
        if kind == "投诉":
            row |= {"action": "协调备件库调货", "owner": self.keeper}
        return row | ({"rival": "某品牌", "breach": "否"} if kind == "竞争" else {})

    def answers(self, session: Session, at: datetime) -> Iterator[BookSubmission]:
        """What became of complaints, on T9 of the book: closed with a call back."""
        items = session.register.read("weekly_item", ["number", "kind", "happened_on", "manager", "content"])
        for manager in self.managers:
            own = items[items["manager"].eq(manager) & items["kind"].eq("投诉") & ~items["number"].isin(self.answered)]
            if own.empty:
                continue
            self.answered |= set(own["number"])
            shown = own[["number", "happened_on", "kind", "content"]].to_dict("records")
            rows = tuple({**row, "row_id": row["number"]} for row in shown)
            closed = {"state": "已办结", "closed_on": at.date(), "proof": "电话回访", "feedback": "满意"}
            head = Filled({"unit": self.unit, "manager": manager, "week": at.date() - timedelta(days=at.weekday())})
            handed = {"weekly_report": head, "service_record": self._record(manager, rows)}
            done = self._record(manager, tuple({**row, **closed} for row in rows))
            name = f"每周信息_{manager}_{at:%m%d}办结.xlsx"
            yield BookSubmission("weekly_book", name, handed, {**handed, "service_record": done}, at)

    def cards(self) -> Iterator[BookSubmission]:
        """The card of each customer, in the first month: his file, and a document for the index."""
        at = datetime.fromisoformat(f"{self.months[0]}-25T14:00:00")
        for number, customer in enumerate(self.customers, start=1):
            first = f"91340200MA3{number:06d}"
            row = {
                "customer": customer,
                "code": first + check_character(first),
                "industry": "公共服务",
                "scale": "大型",
                "manager": self.managers[number % 2],
            }
            document = {
                "number": f"DA{number:04d}",
                "customer": customer,
                "kind": "其他",
                "title": "年度合作框架协议",
                "pages": 12,
                "place": "一号柜",
            }
            head = {"unit": self.unit, "department": "销售"}
            handed = {
                "customer_profile": Filled(head, [{"row_id": "r0001", "customer": customer}]),
                "archive_index": Filled({"unit": self.unit}),
                "customer_sales": Filled({"month": self.months[0]}),
            }
            typed = {
                **handed,
                "customer_profile": Filled({**head, "filled_on": at.date()}, [{"row_id": "r0001", **row}]),
                "archive_index": Filled({"unit": self.unit, "keeper": self.keeper}, [document]),
            }
            later = at + timedelta(minutes=number)
            yield BookSubmission("customer_card", f"大客户卡片_{number}.xlsx", handed, typed, later)

    def custody(self, month: str, at: datetime) -> BookSubmission:
        """The custodian's month: a loan and its return; in the second month a leak and an inspection."""
        place = self.months.index(month)
        lent = {"number": "DA0001", "borrower": self.managers[0], "lent_on": at.date() - timedelta(days=9)}
        loan = {**lent, "returned_on": at.date() - timedelta(days=2)}
        head = {"unit": self.unit}
        inspection = {"inspected_on": at.date()}
        handed = {
            "archive_loan": Filled(head),
            "customer_disclosure": Filled(head),
            "inspection": Filled(inspection),
        }
        typed: dict[str, Filled] = {**handed, "archive_loan": Filled(head, [loan])}
        if place == 1:
            leaked = {
                "number": f"XL{at:%Y}-001",
                "person": self.inspector,
                "happened_on": at.date() - timedelta(days=4),
                "inside": "否",
                "action": "已通知对方删除",
            }
            found = {
                "number": f"JC{at:%Y%m}-01",
                "subject": "客户档案",
                "problem": "两份协议没有登记存放位置",
                "responsible": self.keeper,
                "outcome": "已整改",
                "corrected_on": at.date(),
            }
            typed |= {
                "leak_incident": Filled({}, [leaked]),
                "inspection": Filled({**inspection, "inspector": self.inspector}, [found]),
            }
        return BookSubmission("custodian_book", f"信息管理员工作簿_{month}.xlsx", handed, typed, at)
