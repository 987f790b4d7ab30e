"""Small whole worlds of three quarters, from a seed: every kind of fact, many of them on a boundary."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from tests.support.strategies_changes import DEALERS, Changing
from workbench.platform.register.facts import Facts

PERIODS = (  # the last one runs beyond the published calendar (D15)
    ("2025Q4", "2026Q1", "2026Q2"),
    ("2026Q1", "2026Q2", "2026Q3"),
    ("2025Q2", "2025Q3", "2025Q4"),
    ("2026Q4", "2027Q1", "2027Q2"),
)
LONG_AGO = datetime(2024, 1, 1)
DEPARTMENTS = ("P1", "P2", "S2")
CUSTOMERS = {  # close names share a letter
    "甲公司": "甲",
    "甲公司分部": "甲分",
    "乙学校": "乙",
    "乙学院": "乙院",
    "丙车队": "丙",
    "丁公安": "丁",
    "戊租车": "戊",
}
CLOSE = ({"甲", "甲分"}, {"乙", "乙院"})
PLACES = (("安徽省", "芜湖市"), ("安徽省", "合肥市"))
CATEGORIES = ("政府采购", "政府采购", "政府采购", "企事业单位", "出租")


class World(Changing):
    """One seeded world; ``facts`` holds everything, ``until`` lies after the third quarter."""

    def __init__(self, seed: int):
        self.random = Random(seed)
        self.quarters = PERIODS[seed % len(PERIODS)]
        self.start = datetime(int(self.quarters[0][:4]), 3 * int(self.quarters[0][-1]) - 2, 1)
        self.until = self.start + timedelta(days=290)
        self.rows: dict[str, list[dict]] = {
            name: []
            for name in (
                "units",
                "leads",
                "links",
                "reviews",
                "dispatches",
                "feedback",
                "added_values",
                "applications",
                "contracts",
                "withdrawals",
                "returns",
                "targets",
                "publications",
                "incidents",
                "changes",
                "change_decisions",
                "people",
                "closures",
            )
        }
        self.second = 0
        self.busy: set[int] = set()  # leads of the busy reporter, mostly confirmed and converted
        self._units()
        self._leads()
        self._links_and_reviews()
        self._verification()
        self._changes()
        self._applications_and_contracts()
        self._targets()
        self._duties()
        if self.chance(0.3):
            self.rows["closures"].append(
                {"month": self.months()[1], "at": self.moment(self.start + timedelta(days=62))}
            )
        self.facts = Facts.of(**self.rows)

    # -- small helpers
    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def moment(self, day: date | datetime, hour: int | None = None) -> datetime:
        """A time on that day, no two alike, so that only receipts tie, and those on purpose."""
        self.second += 1
        hour = self.random.choice((0, 9, 15, 23)) if hour is None else hour
        return datetime(day.year, day.month, day.day, hour) + timedelta(seconds=self.second % 3500)

    def later(self, moment: datetime, least: int, most: int) -> datetime:
        after = self.moment(moment + timedelta(days=self.random.randint(least, most)))
        return max(after, moment + timedelta(minutes=61, seconds=self.second % 60))

    def months(self) -> list[str]:
        first = self.start.year * 12 + self.start.month - 1
        return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, first + 9)]

    # -- T6
    def _units(self) -> None:
        def unit(code: str, kind: str, since: datetime = LONG_AGO, **more: str | None) -> None:
            self.rows["units"].append(
                {"code": code, "name": code, "kind": kind, "state": "在用", "since": since, "successor": None, **more}
            )

        for code in (*DEALERS, "P1", "P2"):
            unit(code, "经销商" if code in DEALERS else "部门", person=None if code in DEALERS else "部门" + code)
        unit("S1", "科室", function="市场策略", person=self.random.choice(("策略甲", None)))
        unit("S2", "科室", function="业务开发", person="开发甲")
        unit("S3", "科室", function="业务开发", person=self.random.choice(("开发乙", None)))
        unit("S4", "科室", function="销售支持", person="支持甲")
        if self.chance(0.5):  # a new responsible person in the middle
            change = self.moment(self.start + timedelta(days=self.random.randint(5, 200)))
            unit("S1", "科室", change, function="市场策略", person="策略新")
            unit("S2", "科室", change, function="业务开发", person="开发新")
            unit("S4", "科室", change, function="销售支持", person="支持新")
        if self.chance(0.5):  # the people of a section: one for good, one for a time
            left = self.start + timedelta(days=self.random.randint(5, 200))
            for row, (name, last) in enumerate((("张三", None), ("李 四", left)), 1):
                self.rows["people"].append(
                    {
                        "name": name,
                        "unit": self.random.choice(("S2", "S3")),
                        "post": "项目责任人",
                        "starts_on": LONG_AGO,
                        "ends_on": last,
                        "at": self.moment(self.start),
                        "file": "t21.xlsx",
                        "row": row,
                    }
                )
        if self.chance(0.3):  # a unit goes out of use, with or without successor
            code, kind, successor = self.random.choice(
                (("D3", "经销商", "D1"), ("P2", "部门", "P1"), ("D2", "经销商", "D3"))
            )
            since = self.moment(self.start + timedelta(days=self.random.randint(20, 200)))
            more = {"successor": successor} if self.chance(0.5) else {}
            unit(code, kind, since, state="停用", **more)

    # -- T1
    def _leads(self) -> None:
        focus = self.random.choice(("D1", "P1", "P1", "P2"))  # one busy reporter reaches the caps
        many = self.chance(0.6)
        span = self.random.choice((80, 190))  # days in which the reports come
        tie = None
        for lead in range(1, self.random.randint(8, 60 if many else 40) + 1):
            reporter = focus if many and self.chance(0.6) else self.random.choice(DEALERS + DEPARTMENTS)
            received = self.moment(self.start + timedelta(days=self.random.randint(0, span)))
            if tie is not None and self.chance(0.15):
                received = tie
            tie = received
            customer = self.random.choice(tuple(CUSTOMERS))
            distinct = many and reporter == focus and self.chance(0.8)
            if distinct:
                self.busy.add(lead)
            province, city = self.random.choice(PLACES)
            returned = self.moment(received - timedelta(days=self.random.randint(1, 7))) if self.chance(0.15) else None
            times = [self.moment(received - timedelta(days=self.random.randint(1, 9))) for _ in range(2)]
            first, last = sorted(times) if self.chance(0.15) else (None, None)
            # a file brought in after its month was closed keeps its month, not its place
            ranked = self.later(received, 1, 20) if self.chance(0.06) else received
            row = {
                "lead": lead,
                "version": 1,
                "number": f"DK2026-{lead:05d}",
                "reporter": reporter,
                "filed_at": received,
                "received_at": received,
                "ranked_at": ranked,
                "returned_at": returned,
                "form_returned_at": first,
                "form_returned_last": last,
                "reported_on": datetime(received.year, received.month, received.day)
                - timedelta(days=self.random.randint(0, 2)),
                "file": self.random.choice(("a.xlsx", "b.xlsx")),
                "row": lead,
                "customer": f"客户{lead}" if distinct else customer,
                "customer_key": f"客户{lead}" if distinct else CUSTOMERS[customer],
                "category": "政府采购" if distinct else self.random.choice(CATEGORIES),
                "province": province,
                "city": city,
                "county": self.random.choice((None, None, "南陵县", "鸠江区", "肥东县", "某某县")),
                "short_name": not distinct and customer.startswith("丁"),
                "document": lead * 100,
                "level": self.random.choice(("地市级及以上", "县级及以下")),
                "model": "车型",
                "quantity": self.random.choice((9, 10, 10, 15) if distinct else (2, 3, 9, 10, 12, 20)),
                "phone_key": None,
            }
            self.rows["leads"].append(row)
            while self.chance(0.15):
                filed = self.later(row["filed_at"], 1, 40)
                before = row
                row = {**row, "version": row["version"] + 1, "filed_at": filed, "document": row["document"] + 1}
                row["quantity"] = self.random.choice((2, 3, 10, 15, 20))
                if self.chance(0.2):
                    row["customer_key"] = self.random.choice(tuple(CUSTOMERS.values()))
                if (row["quantity"], row["customer_key"]) != (before["quantity"], before["customer_key"]):
                    row["received_at"] = row["ranked_at"] = filed  # as facts come from the register
                self.rows["leads"].append(row)

    def _links_and_reviews(self) -> None:
        newest = {row["lead"]: row for row in self.rows["leads"]}
        leads = sorted(newest.values(), key=lambda row: row["lead"])
        for place, two in enumerate(leads):
            for one in leads[:place]:
                same_city = all(one[name] == two[name] for name in ("province", "city"))
                same_block = same_city and one["category"] == two["category"]
                if same_block and one["customer_key"] == two["customer_key"] and self.chance(0.1):
                    self._review(two, one["lead"], ("重复", "不重复"))  # another purchase, or not after all
                if not same_city or one["customer_key"] == two["customer_key"]:
                    continue
                close = {one["customer_key"], two["customer_key"]} in CLOSE
                busy = bool({one["lead"], two["lead"]} & self.busy)
                if close or self.chance(0.02 if busy else 0.08):
                    reason = "name" if close else "phone"
                    versions = {
                        f"{end}_document": lead["document"] - (self.chance(0.2) and lead["version"] > 1)
                        for end, lead in (("a", one), ("b", two))
                    }
                    link = {"a": one["lead"], "b": two["lead"], "reason": reason, "score": 90}
                    self.rows["links"].append(link if self.chance(0.1) else {**link, **versions})
                    while self.chance(0.35):
                        self._review(two, one["lead"], ("重复", "不重复"))
        for place, two in enumerate(leads):  # who was first (D4)
            for one in leads[:place]:
                if one["customer_key"] == two["customer_key"] and one["city"] == two["city"] and self.chance(0.08):
                    first, second = self.random.choice(((one, two), (two, one)))
                    self._review(first, second["lead"], ("受理", "重复"))
        for lead in leads:
            if lead["category"] == "出租" and self.chance(0.4):
                self._review(lead, None, ("受理", "无效"))

    def _review(self, lead: dict, other: int | None, verdicts: tuple[str, str]) -> None:
        at = self.later(lead["filed_at"], 1, 30)
        verdict = self.random.choice(verdicts)
        self.rows["reviews"].append({"lead": lead["lead"], "other": other, "verdict": verdict, "at": at, "by": "甲"})

    # -- dispatches and T5
    def _verification(self) -> None:
        batches: dict[tuple, tuple[int, datetime]] = {}
        self.answered: dict[int, list[dict]] = {}
        for lead in [row for row in self.rows["leads"] if row["version"] == 1]:
            if self.chance(0.08):
                continue
            section = self.random.choice(("S2", "S3"))
            day = lead["received_at"].date() + timedelta(days=self.random.randint(1, 6))
            key = (section, day.isocalendar()[:2])
            if key not in batches or batches[key][1] <= lead["received_at"]:
                batches[key] = (len(batches) + 1 + 100 * lead["lead"], self.moment(day))
            batch, at = batches[key]
            self.rows["dispatches"].append({"batch": batch, "lead": lead["lead"], "section": section, "at": at})
            section, at = self._handed_on(lead["lead"], section, at)
            if section is None:
                continue
            answers = self.answered.setdefault(lead["lead"], [])
            share = 0.9
            while self.chance(share):
                share = 0.18
                at = self.later(at, 0, 45 if answers or self.chance(0.15) else 6)
                expires_on = datetime(at.year, at.month, at.day) + timedelta(
                    days=self.random.choice((0, 5, 20, 60, 120))
                )
                valid = self.chance(0.95 if lead["lead"] in self.busy else 0.75)
                answers.append(
                    {
                        "lead": lead["lead"],
                        "section": section,
                        "at": at,
                        "verdict": "有效" if valid else "无效",
                        "reason": None if valid else "无意向",
                        "expires_on": expires_on if valid and self.chance(0.85) else None,
                        "person": self.random.choice(("张三", "张 三", "李四", None)),
                        "file": "t5.xlsx",
                        "row": lead["lead"],
                    }
                )
            self.rows["feedback"] += answers
            while answers and self.chance(0.15):
                self._verified(lead, self.random.choice(answers)["at"])

    def _verified(self, lead: dict, at: datetime) -> None:
        """核实标的量 of an answer; sometimes the cell of a later one is empty."""
        size = self.random.choice((None, 5, 8, 10, 12, 25))
        taken = {row["at"] for row in self.rows["added_values"] if row["subject"] == lead["number"]}
        if at in taken:
            return
        self.rows["added_values"].append(
            {
                "template": "verification_feedback",
                "subject": lead["number"],
                "lead": lead["number"],
                "field": "verified_quantity",
                "title": "核实标的量(台)",
                "value": size,
                "filled": size is not None,
                "personal": False,
                "at": at,
                "document": 0,
                "file": "t5.xlsx",
                "row": lead["lead"],
                "cell": "M6",
            }
        )

    # -- T3 and T2
    def _applications_and_contracts(self) -> None:
        newest = {row["lead"]: row for row in self.rows["leads"]}
        for lead in newest.values():
            while self.chance(0.3):
                least, most = (5, 9) if self.chance(0.7) else (0, 40)
                at = self.later(lead["received_at"], least, most)
                self.rows["applications"].append(
                    {
                        "lead": lead["lead"],
                        "unit": self.random.choice((lead["reporter"], lead["reporter"], "D2")),
                        "at": at,
                        "quantity": 5,
                        "file": "t3.xlsx",
                        "row": 1,
                    }
                )
            valid = [one for one in self.answered.get(lead["lead"], []) if one["verdict"] == "有效"]
            if valid and self.chance(0.8 if lead["lead"] in self.busy else 0.5):
                self._contracts(lead, valid[-1])

    def _contracts(self, lead: dict, answer: dict) -> None:
        last_day = answer["expires_on"] or answer["at"] + timedelta(days=30)
        for part in range(1 + self.chance(0.2)):
            signed = min(answer["at"] + timedelta(days=self.random.randint(0, 30)), last_day)
            if self.chance(0.15):
                signed = last_day + timedelta(days=self.random.choice((0, 1)))
            signed = datetime(signed.year, signed.month, signed.day)
            size = lead["quantity"] // (1 + part)
            months = [month for month in self.months() if month >= f"{signed:%Y-%m}"]
            for month in months[: self.random.randint(1, 3)]:
                while True:
                    picked = self.random.choice((0, 1, 2, lead["quantity"] * 2 // 5, (lead["quantity"] * 2 + 4) // 5))
                    if self.chance(0.4 if lead["lead"] in self.busy else 0.2):
                        picked = lead["quantity"]
                    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
                    if self.chance(0.05):  # the contract is changed
                        size += self.random.choice((-1, 2))
                        signed += timedelta(days=self.random.choice((-1, 1)))
                    late = self.random.randint(9, 70) if self.chance(0.15) else 0
                    at = self.moment(datetime(year, number + 1, self.random.randint(1, 8)) + timedelta(days=late))
                    line = {
                        "month": month,
                        "contract": f"HT{lead['lead']}-{part}",
                        "lead": lead["lead"],
                        "unit": lead["reporter"],
                        "model": self.random.choice(("甲", "甲", "甲", "乙")),
                        "quantity": size,
                        "amount_fen": 100,
                        "signed_on": signed,
                        "picked_up": picked,
                        "progress": self.random.choice((*[None] * 9, "执行中", "已解除")),
                        "at": at,
                        "file": "t2.xlsx",
                        "row": lead["lead"],
                    }
                    self.rows["contracts"].append(line)
                    if self.chance(0.15):  # a second row of the file: another model, or the same once more
                        other = {"model": self.random.choice(("甲", "乙")), "picked_up": self.random.choice((0, 1, 3))}
                        self.rows["contracts"].append({**line, **other, "quantity": 3, "row": 900 + lead["lead"]})
                    if self.chance(0.1):  # some come back
                        back = {
                            "picked_up": -self.random.choice((1, 2)),
                            "file": "退车.xlsx",
                            "at": self.later(at, 1, 20),
                        }
                        back["month"] = self.random.choice(self.months()[self.months().index(month) :])
                        self.rows["contracts"].append({**line, **back})
                    if self.chance(0.08):  # a file that replaces the month's register leaves the line out
                        key = {name: line[name] for name in ("month", "contract", "lead", "model")}
                        gone = {"at": self.later(at, 1, 40), "file": "重报.xlsx"}
                        self.rows["withdrawals"].append({**key, **gone})
                    if not self.chance(0.2):
                        break

    # -- T4
    def _targets(self) -> None:
        for unit in DEPARTMENTS:
            for month in self.months():
                if self.chance(0.1):
                    continue
                at = self.moment(self.start - timedelta(days=20))
                kind = "分解"
                while True:
                    self.rows["targets"].append(
                        {
                            "unit": unit,
                            "month": month,
                            "amount": self.random.choice((0, 0, 1, 1, 1, 2, 3)),
                            "kind": kind,
                            "at": at,
                            "file": "t4.xlsx",
                            "cell": "E8",
                        }
                    )
                    if not self.chance(0.15):
                        break
                    at, kind = self.later(at, 10, 60), "调整"

    # -- publications, returns, T13
    def _duties(self) -> None:
        for month in self.months():
            first = date.fromisoformat(month + "-01")
            following = (first + timedelta(days=31)).replace(day=1)
            last = (following - timedelta(days=1)).day
            for day in (10, 20, min(30, last)):
                due = datetime(first.year, first.month, day)
                if self.chance(0.85):
                    at = self.moment(due + timedelta(days=self.random.choice((0, 0, 0, 0, 1, 5))))
                    self.rows["publications"].append({"due_on": due, "at": at})
            while self.chance(0.75):
                at = self.moment(following + timedelta(days=self.random.choice((-9, 0, 1, 1, 2, 5))))
                self.rows["returns"].append({"month": month, "at": at, "file": "t2.xlsx"})
        for number in range(1, self.random.choice((0, 0, 1, 4)) + 1):
            happened = self.start + timedelta(days=self.random.randint(0, 260))
            self.rows["incidents"].append(
                {
                    "number": f"XL-{number}",
                    "person": self.random.choice(("王五", "王 五", "赵六")),
                    "happened_on": happened,
                    "inside": self.chance(0.7),
                    "at": self.later(happened, 0, 20),
                    "file": "t13.xlsx",
                    "row": number,
                }
            )
