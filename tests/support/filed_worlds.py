"""Small worlds of one quarter, from a seed: the files people send, and by hand what these files say.

Files come again sorted or corrected, under their own name or as copies with another time of receipt; some come late; the
order of import is drawn. ``facts`` is written from the story, never read from a register.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.support.naive_lifecycle import naive_states
from tests.support.office import UNIT_TITLES, UNITS, Office, contract, lead
from workbench.platform.register.facts import Facts

CUSTOMERS = ("江城公交", "滨江机械厂", "东湖农场", "和县公园", "皖南茶业", "丰源纺织")
REPORTERS = ("D001", "D002", "B001")
FIRST = datetime(2026, 1, 5, 9)
DISPATCHED = datetime(2026, 1, 14, 9)
AS_OF = datetime(2026, 4, 5, 12)
SIGNED = datetime(2026, 1, 20)
USED = tuple(title for title in UNIT_TITLES if title != "负责类别")
UNIT_NAMES = dict(zip(UNIT_TITLES, ("code", "name", "kind", "province", "city", "person", "leader", "function", "_")))

Sent = tuple[Path, datetime]  # a file with its time of receipt


@dataclass
class Report:
    """A T1 of a unit and all that came of it: the same rows again, sorted, corrected, copied."""

    unit: str
    name: str
    day: datetime
    rows: dict[str, int]  # customer → vehicles
    sent: list[Sent] = field(default_factory=list)


class FiledWorld:
    """One seeded world played into a register through ``office``; ``facts``: what the files say."""

    def __init__(self, seed: int, office: Office):
        self.random, self.office = Random(seed), office
        self.leads: dict[tuple[str, str], dict[str, Any]] = {}
        self.numbers: dict[tuple[str, str], str] = {}  # as the register gives them
        self.rows: dict[str, list[dict[str, Any]]] = {
            "units": [
                {
                    **{
                        UNIT_NAMES[title]: value for title, value in zip(UNIT_TITLES, row, strict=True) if title in USED
                    },
                    "state": "在用",
                    "since": datetime(2026, 1, 2, 9),
                }
                for row in UNITS
            ],
            **{
                name: []
                for name in ("leads", "dispatches", "feedback", "changes", "contracts", "withdrawals", "returns")
            },
        }
        self._report()
        self._withdraw()
        self._dispatch()
        self._answer()
        self._late()
        self._register()
        self.facts = self._facts()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def _facts(self) -> Facts:
        return Facts.of(**self.rows)

    def _bring_in(self, files: list[Sent]) -> None:
        """In any order."""
        for path, at in self.random.sample(files, len(files)):
            self.office.receive(path, at.isoformat())

    # -- T1
    def _report(self) -> None:
        sent: list[Sent] = []
        for unit in REPORTERS:
            customers = self.random.sample(CUSTOMERS, self.random.randint(2, 5))
            parts = [customers] if self.chance(0.5) else [customers[:2], customers[2:]]
            for number, part in enumerate(parts):
                if part:
                    sent += self._one_report(unit, f"{unit}_{number}.xlsx", part)
        self._bring_in(sent)
        self._ask_numbers()

    def _one_report(self, unit: str, name: str, customers: list[str]) -> list[Sent]:
        slot = FIRST + timedelta(hours=self.random.choice((0, 0, 1)))  # so that some tie
        rows = {customer: self.random.choice((2, 3, 10, 12)) for customer in customers}
        first = self._t1(unit, name, rows)
        sent = [(first, slot)]
        came = slot
        if self.chance(0.4):  # a copy with another time; the earliest counts
            copied = slot + timedelta(hours=self.random.choice((-3, -2, 5, 6)), minutes=self.random.choice((0, 30)))
            copy = first.with_name(f"副本_{name}")
            shutil.copy(first, copy)
            sent.append((copy, copied))
            came = min(came, copied)
        for place, (customer, vehicles) in enumerate(rows.items()):
            self.leads[unit, customer] = self._lead(unit, customer, vehicles, came, name, place)
        last = rows
        if self.chance(0.4):  # corrected, and sorted
            last = {customer: self.random.choice((vehicles, vehicles, 5)) for customer, vehicles in rows.items()}
            at = slot + timedelta(hours=24, minutes=7)
            self._correct(unit, last, at)
            sent.append((self._t1(unit, f"再报/{name}", self._sorted(last)), at))
        if self.chance(0.4):  # the same once more, sorted
            sent.append((self._t1(unit, f"又报/{name}", self._sorted(last)), slot + timedelta(hours=48, minutes=11)))
        return sent

    def _sorted(self, rows: dict[str, int]) -> dict[str, int]:
        return {customer: rows[customer] for customer in sorted(rows, reverse=self.chance(0.5))}

    def _t1(self, unit: str, name: str, rows: dict[str, int]) -> Path:
        lines = [
            lead(customer, 联系方式=f"1390000330{CUSTOMERS.index(customer)}", **{"标的量(台)": vehicles})
            for customer, vehicles in rows.items()
        ]
        return self.office.leads(unit, name, lines, FIRST.date())

    def _lead(self, unit: str, customer: str, vehicles: int, at: datetime, name: str, place: int) -> dict[str, Any]:
        row = {
            "lead": len(self.leads) + 1,
            "version": 1,
            "number": f"{customer} {unit}",
            "reporter": unit,
            **dict.fromkeys(("filed_at", "received_at", "ranked_at"), at),
            "reported_on": datetime(FIRST.year, FIRST.month, FIRST.day),
            "file": name,
            "row": place + 6,
            **dict.fromkeys(("customer", "customer_key"), customer),
            "category": "企事业单位",
            "province": "安徽省",
            "city": "芜湖市",
            "quantity": vehicles,
        }
        self.rows["leads"].append(row)
        return row

    def _correct(self, unit: str, rows: dict[str, int], at: datetime) -> None:
        for customer, vehicles in rows.items():
            before = self.leads[unit, customer]
            if vehicles != before["quantity"]:
                times = dict.fromkeys(("filed_at", "received_at", "ranked_at"), at)
                row = {**before, "version": 2, "quantity": vehicles, **times}
                self.rows["leads"].append(row)
                self.leads[unit, customer] = row

    def _ask_numbers(self) -> None:
        self.numbers = {(row["reporter"], row["customer"]): row["number"] for row in self.office.ask("leads")}

    def _at(self, moment: datetime) -> dict[tuple[str, str], str]:
        """The status of each lead by the naive computation."""
        said = naive_states(self._facts(), moment)
        return {key: said[row["number"]]["status"] for key, row in self.leads.items()}

    # -- T20
    def _withdraw(self) -> None:
        for unit, customer in list(self.leads):
            if not self.chance(0.15):
                continue
            at = DISPATCHED - timedelta(days=1, minutes=len(self.rows["changes"]))
            status = self._at(at)[unit, customer]
            if status not in ("已接收", "重复"):
                continue
            row = {
                "信息编号": self.numbers[unit, customer],
                "客户名称": customer,
                "变更事项": "撤回",
                "理由": "试验理由",
            }
            header = {"申请单位代码": unit, "申请人": "经办人", "申请日期": datetime(2026, 1, 13)}
            path = self.office.file("信息变更申请单", f"撤回_{unit}_{customer}.xlsx", header, [row])
            self.office.receive(path, at.isoformat(), code=0)
            asked = {"number": f"BG{len(self.rows['changes']) + 1}", "unit": unit, "matter": "撤回", "value": None}
            lead_id = self.leads[unit, customer]["lead"]
            self.rows["changes"].append(
                {**asked, "lead": lead_id, "at_once": True, "at": at, "file": path.name, "row": 6}
            )

    # -- dispatch and T5
    def _dispatch(self) -> None:
        for key, status in self._at(DISPATCHED).items():
            if status == "已接收":
                row = {"batch": 1, "lead": self.leads[key]["lead"], "section": "S002", "at": DISPATCHED}
                self.rows["dispatches"].append(row)
        folder = self.office.folder / "转交"
        self.office.run("dispatch", "--at", DISPATCHED.isoformat(), "--out", folder, code=None)

    def _answer(self) -> None:
        sent = {row["lead"]: row for row in self.rows["dispatches"]}
        answers: dict[str, dict[str, Any]] = {}
        at = DISPATCHED + timedelta(days=self.random.choice((1, 2, 5)), hours=3)
        for (_, customer), row in self.leads.items():
            if row["lead"] not in sent:
                continue
            valid, dated = self.chance(0.8), self.chance(0.6)
            expires_on = datetime(2026, 12, 31) if valid and dated else None
            answers[customer] = {"甄别结论": "有效" if valid else "无效", "到期日期": expires_on}
            if not valid:
                answers[customer]["无效原因"] = "无购车意向"
            said = {"verdict": answers[customer]["甄别结论"], "reason": answers[customer].get("无效原因")}
            self.rows["feedback"].append(
                {
                    **said,
                    "lead": row["lead"],
                    "section": "S002",
                    "at": at,
                    "expires_on": expires_on,
                    "person": None,
                    "file": "t5.xlsx",
                    "row": row["lead"],
                }
            )
        if answers:
            for path in self.office.answer(self.office.folder / "转交", answers):
                again = path.with_name(f"又_{path.name}")
                shutil.copy(path, again)
                self._bring_in([(path, at), (again, at + timedelta(days=1))])

    # -- a T1 that comes in after the dispatch and was received before it
    def _late(self) -> None:
        free = [(unit, customer) for unit in REPORTERS for customer in CUSTOMERS if (unit, customer) not in self.leads]
        if not free or not self.chance(0.8):
            return
        unit, customer = self.random.choice(free)
        at = FIRST + timedelta(hours=self.random.choice((-4, 3, 30)), minutes=17)
        vehicles = self.random.choice((2, 10))
        self.leads[unit, customer] = self._lead(unit, customer, vehicles, at, "补录.xlsx", 0)
        self._bring_in([(self._t1(unit, "补录.xlsx", {customer: vehicles}), at)])
        self._ask_numbers()

    # -- T2
    def _register(self) -> None:
        projects = [key for key, status in self._at(datetime(2026, 1, 31)).items() if status in ("有效", "已立项")]
        held: dict[tuple[str, str], str] = {}
        months: dict[str, list[dict[str, Any]]] = {"2026-01": [], "2026-02": []}
        for key in projects:
            mates = [other for other in held if other[0] == key[0]]
            shared = bool(mates) and self.chance(0.5)
            held[key] = held[mates[0]] if shared else f"HT-{key[1]}"
            begins = "2026-02" if shared and self.chance(0.5) else "2026-01"
            for month in ("2026-01", "2026-02"):
                if month >= begins and self.chance(0.6):
                    picked = self.random.choice((0, 1, 2, 4))
                    months[month].append({"key": key, "contract": held[key], "picked_up": picked})
        sent: list[Sent] = []
        for month, lines in months.items():
            sent += self._month(month, lines)
        self._bring_in(sent)

    def _month(self, month: str, lines: list[dict[str, Any]]) -> list[Sent]:
        """A month's register, perhaps once more sorted, perhaps corrected, perhaps handed in anew without a line."""
        due = datetime(2026, int(month[5:]) + 1, self.random.choice((1, 2, 4)), 9)
        sent = [(self._t2(month, f"合同{month}.xlsx", lines), due)]
        self._told(month, lines, due, sent[0][0].name)
        if self.chance(0.4):
            again = self._t2(month, f"又_合同{month}.xlsx", self.random.sample(lines, len(lines)))
            sent.append((again, due + timedelta(hours=1)))
            self._returned(month, due + timedelta(hours=1), again.name)
        if lines and self.chance(0.4):  # pick-ups corrected downwards
            other = [{**line, "picked_up": max(0, line["picked_up"] - 1)} for line in lines]
            path = self._t2(month, f"更正_合同{month}.xlsx", other[::-1])
            sent.append((path, due + timedelta(hours=2)))
            self._told(month, other, due + timedelta(hours=2), path.name)
            lines = other
        if len(lines) > 1 and self.chance(0.4):
            left = lines[:-1]
            path = self._t2(month, f"重报_合同{month}.xlsx", left, 报送方式="重报")
            at = due + timedelta(hours=3)
            sent.append((path, at))
            self._returned(month, at, path.name)
            gone = {"month": month, "contract": lines[-1]["contract"], "model": "轿车"}
            lead_id = self.leads[lines[-1]["key"]]["lead"]
            self.rows["withdrawals"].append({**gone, "lead": lead_id, "at": at, "file": path.name})
        return sent

    def _t2(self, month: str, name: str, lines: list[dict[str, Any]], **header: str) -> Path:
        rows = [
            contract(
                self.numbers[line["key"]],
                line["key"][1],
                SIGNED,
                line["picked_up"],
                合同编号=line["contract"],
                单位代码=line["key"][0],
            )
            for line in lines
        ]
        return self.office.file("合同登记汇总表", name, {"月份": month, **header}, rows)

    def _told(self, month: str, lines: list[dict[str, Any]], at: datetime, name: str) -> None:
        for place, line in enumerate(lines):
            self.rows["contracts"].append(
                {
                    "month": month,
                    "contract": line["contract"],
                    "lead": self.leads[line["key"]]["lead"],
                    "unit": line["key"][0],
                    "model": "轿车",
                    "quantity": 12,
                    "amount_fen": None,
                    "signed_on": SIGNED,
                    "picked_up": line["picked_up"],
                    "progress": None,
                    "at": at,
                    "file": name,
                    "row": place + 6,
                }
            )
        self._returned(month, at, name)

    def _returned(self, month: str, at: datetime, name: str) -> None:
        self.rows["returns"].append({"month": month, "at": at, "file": name})
