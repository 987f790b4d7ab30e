"""What the demo's reporters send in: T1 files of nine months, with the mistakes people make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from workbench.core.calendar import is_working_day
from workbench.core.file_names import file_name
from workbench.demo import company
from workbench.demo.company import Customer
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.regulation.edition import Policy


@dataclass
class Submission:
    """A workbook on its way: template, file name, header and rows by key, and when it is received."""

    template: str
    name: str
    header: dict[str, Any]
    rows: list[dict[str, Any]]
    received_at: datetime


def write_submission(submission: Submission, folder: Path, policy: Policy) -> Path:
    """Fill the official template of a submission, a blank of its own day; files of one month stand together."""
    path = folder / file_name(submission.received_at.strftime("%Y-%m")) / submission.name
    path.parent.mkdir(parents=True, exist_ok=True)
    template = templates()[submission.template]
    count, on = len(submission.rows) + 20, submission.received_at.date()
    return write_form(template, path, submission.header, submission.rows, policy=policy, on=on, row_count=count)


class Reporters:
    """All reporters of the company over the months; remembers who was reported, so that others can repeat it."""

    def __init__(self, random: Random, units: list[dict]) -> None:
        self.random = random
        self.units = [row for row in units if row["kind"] in ("经销商", "部门")]
        self.known: list[tuple[datetime, Customer]] = []
        self.used_names: set[str] = set()

    def month(self, first: date, last: date) -> Iterator[Submission]:
        """Every reporter's T1 of a month, in the order they are sent; most by the 20th."""
        sent = []
        for unit in self.units:
            span = (last - first).days
            day = first + timedelta(days=min(span, int(self.random.triangular(1, span, 12))))
            while not is_working_day(day):
                day = day - timedelta(days=1) if day > first else last
            sent.append(
                (
                    datetime.combine(day, datetime.min.time())
                    + timedelta(
                        hours=self.random.randint(8, 16),
                        minutes=self.random.randrange(60),
                        seconds=self.random.randrange(60),
                    ),
                    unit,
                )
            )
        for at, unit in sorted(sent, key=lambda item: item[0]):
            submission = self._submission(unit, at)
            yield submission
            if again := self._corrected(submission):
                yield again

    def _submission(self, unit: dict, at: datetime) -> Submission:
        dealer = unit["kind"] == "经销商"
        rows = [
            self._row(unit, at, dealer) for _ in range(self.random.choice((3, 4, 4, 4) if dealer else (5, 6, 6, 7)))
        ]
        for number, row in enumerate(rows, 1):
            row["seq"] = str(number)
        header = {
            "unit": unit["code"],
            "unit_name": unit["name"],
            "reported_on": at.date(),
            "reporter_person": company.person(self.random),
            "reporter_phone": company.phone(self.random),
        }
        return Submission("lead_record", f"{unit['code']}_大客户信息_{at:%Y%m%d}.xlsx", header, rows, at)

    def _row(self, unit: dict, at: datetime, dealer: bool) -> dict[str, Any]:
        chance = self.random.random()
        if chance < 0.075 and len(self.known) > 20:  # somebody else was there first
            found = self._somebody(at)
            if self.random.random() < 0.3:  # written a little differently
                found = replace(found, customer=_misspelt(found.customer, self.random))
        else:
            found = self._new(unit)
        self.known.append((at, found))
        row = {
            **asdict(found),
            "contact_title": self.random.choice(("科长", "主任", "经理", "办公室")),
            "model": self.random.choice(company.MODELS),
            "expected": f"{at.year}-{min(12, at.month + 2):02d}",
            "method": self.random.choice(("公开招标", "询价", "直接采购", "竞争性谈判")),
            "budget": found.quantity * self.random.choice((7, 8, 9)),
            "source": self.random.choice(("上门走访", "招标公告", "老客户介绍")),
            "consent": "是",
            "content": None,
        }
        return self._mistake(row, dealer)

    def _somebody(self, at: datetime) -> Customer:
        recent = [one for since, one in self.known[-400:] if at - since < timedelta(days=100)]
        return self.random.choice(recent or [one for _, one in self.known])

    def _new(self, unit: dict) -> Customer:
        for _ in range(200):
            place = (unit["province"], unit["city"]) if unit.get("city") else self.random.choice(company.REGIONS)
            found = company.customer(self.random, *place)
            if found.customer not in self.used_names:
                break
        self.used_names.add(found.customer)
        return found

    def _mistake(self, row: dict[str, Any], dealer: bool) -> dict[str, Any]:
        """One row in six holds one of the mistakes that are seen every month."""
        kind = self.random.random()
        if kind < 0.03:
            row["contact"] = None
        elif kind < 0.05:
            row["phone"] = None
        elif kind < 0.09:
            row["quantity"] = self.random.choice((1, 2, 2))
        elif kind < 0.10:
            row["quantity"] = "约10台"
        elif kind < 0.13:
            row["phone"] = int(f"553{row['phone'][-7:]}")  # a landline stored as a number: its zero is gone
        elif kind < 0.15 and row["category"] == "出租":
            row["level"] = "地市级及以上"
        elif kind < 0.16:
            row["category"] = row["category"][:1] + "类"
        elif kind < 0.17 and not dealer:
            row["consent"] = None
        return row

    def _corrected(self, submission: Submission) -> Submission | None:
        """Half of those whose row came back for a missing contact send the corrected file again."""
        holes = [row for row in submission.rows if row["contact"] is None or row["phone"] is None]
        if not holes or self.random.random() < 0.5:
            return None
        rows = [
            {
                **row,
                "contact": row["contact"] or company.person(self.random, company.OUTSIDE),
                "phone": row["phone"] or company.phone(self.random),
            }
            for row in submission.rows
        ]
        later = submission.received_at + timedelta(hours=self.random.randint(3, 20))
        if later.month != submission.received_at.month:
            return None
        return replace(submission, rows=rows, received_at=later, name=submission.name.replace(".xlsx", "_更正.xlsx"))


def _misspelt(name: str, random: Random) -> str:
    place = random.randrange(1, len(name) - 4)
    return name[:place] + random.choice(company.MARKS) + name[place + 1 :]
