"""A whole year in one office: twelve months of files, four quarters approved and paid, late facts in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.office import PASSPHRASE, Office, contract, lead
from tests.support.regulation import POLICY_FILE
from workbench.app.policy import load_policy
from workbench.capabilities.publication.publishing import publish
from workbench.platform.access.session import enter

CITIES = [
    "合肥市",
    "芜湖市",
    "蚌埠市",
    "淮南市",
    "马鞍山市",
    "淮北市",
    "铜陵市",
    "安庆市",
    "黄山市",
    "滁州市",
    "阜阳市",
    "宿州市",
    "六安市",
    "亳州市",
    "池州市",
    "宣城市",
]
REPORTED = [2, 1, 1, 1, 1, 2, 3, 2, 2, 1, 1, 1]  # leads of department B001 by month
GOOD = {"甄别结论": "有效", "到期日期": datetime(2027, 6, 30), "项目责任人": "何项目"}
WAITS = "区域客户六月第2号"  # answered only after its quarter was approved
PICKED = {1: 5, 2: 6, 4: 4, 5: 5, 7: 5, 8: 12, 10: 5, 12: 5}  # month → vehicles of D001's lead of that month, of 12
LATE = {date(2026, 3, 10): 1, date(2026, 8, 30): 3}  # publications, days late
MONTHS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
FIFTH = (
    "  - {edition: 5, from: 2026-07-01, source: 第五版, parameters: {dealer_project_reward: 1200, leak_penalty: 800}}\n"
)


def fifth_edition(folder: Path) -> Path:
    """The regulation with a further edition from July on."""
    first, rest = POLICY_FILE.read_text(encoding="utf-8").split("\nparameters:", 1)
    path = folder / "规章.yaml"
    path.write_text(f"{first.rstrip()}\n{FIFTH}\nparameters:{rest}", encoding="utf-8")
    return path


@dataclass
class Year:
    """The office and what it has approved: ``kept`` holds each closed quarter's JSON as printed on its day."""

    office: Office
    now: Callable[[str], None]
    kept: dict[str, str] = field(default_factory=dict)
    department: int = 0
    lines: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # month → further lines of its register

    def before_dispatch(self, month: int) -> list[str]:
        """What else comes in before the month's leads are handed out; the customers whose leads are confirmed then."""
        return []

    def after_answers(self, month: int) -> None:
        """What else happens after the sections' answers."""

    def month(self, month: int) -> None:
        """Leads on the 12th, handed out on the 13th, answered on the 15th, published thrice."""
        office, stem = self.office, f"2026-{month:02d}"
        dealer = [self._lead(f"江城企业{MONTHS[month - 1]}月", CITIES[month], f"138{month:08d}")]
        if month == 4:
            dealer.append(self._lead("小批量客户", CITIES[0], "13811119999", **{"标的量(台)": 2}))
        own = [self._department_lead(month, number + 1) for number in range(REPORTED[month - 1])]
        for unit, rows in (("D001", dealer), ("B001", own)):
            office.receive(
                office.leads(unit, f"{unit}_{stem}.xlsx", rows, date(2026, month, 11)), f"{stem}-12T09:00:00"
            )
        if month == 3:  # the same customer again, by another dealer: does not count
            again = self._lead("江城企业三月", CITIES[3], "13833330000")
            office.receive(office.leads("D002", "重复.xlsx", [again]), f"{stem}-12T15:00:00")
        further = self.before_dispatch(month)
        self.now(f"{stem}-13T09:00:00")
        office.run("dispatch", "--at", f"{stem}-13T09:00:00", "--out", office.folder / stem)
        names = {row["客户名称"]: GOOD for row in [*dealer, *own] if row["客户名称"] != WAITS}
        names |= dict.fromkeys(further, GOOD)
        if month == 5:
            names["江城企业五月"] = {**GOOD, "到期日期": None}
        for path in office.answer(office.folder / stem, names):
            day = 27 if month == 3 and "S002" in path.name else 15
            office.receive(path, f"{stem}-{day}T09:00:00")
        self.after_answers(month)
        self._publish(month)

    def register(self, month: int, on: str, picked: int | None = None, name: str = "") -> None:
        """The contract register of a month, with D001's pick-ups of that month's lead, if any."""
        picked = PICKED.get(month) if picked is None else picked
        rows = [] if picked is None else [self._contract(f"江城企业{MONTHS[month - 1]}月", "D001", month, picked)]
        if month == 3:
            rows.append(self._contract("区域客户一月第1号", "B001", 3, 6))
        rows += self.lines.pop(month, [])
        stem = f"2026-{month:02d}"
        file = self.office.file("合同登记汇总表", f"合同{stem}{name}.xlsx", {"月份": stem, "编制人": "陈持"}, rows)
        self.office.receive(file, f"{on}T10:00:00")

    def targets(self) -> None:
        """One valid lead a month for B001; D001 is a dealer and has none."""
        self._t4("目标.xlsx", {"类型": "分解"}, [1] * 12, "2026-01-02T10:00:00")

    def adjusted(self) -> None:
        """Two a month from August on."""
        header = {"类型": "调整", "调整原因": "市场变化", "批准人": "赵副总"}
        self._t4("调整.xlsx", header, [1] * 7 + [2] * 5, "2026-07-20T10:00:00")

    def leak(self, number: str, day: str, at: str | None = None) -> None:
        """An insider leaks; it is known on the same day or ``at`` another."""
        row = {
            "事件编号": number,
            "泄露人员": "孙某",
            "所在单位代码": "S002",
            "泄露日期": datetime.fromisoformat(day),
            "大客户部内部人员": "是",
        }
        file = self.office.file("信息泄露事件登记表", f"{number}.xlsx", {}, [row])
        self.office.receive(file, f"{at or day}T18:00:00", code=0)

    def appeal(self, at: str, *row: Any) -> str:
        """Import an appeal; its number."""
        titles = ("所属季度", "条款", "奖惩对象", "编号", "申诉类型", "主张金额(元)", "申诉理由")
        filled = [dict(zip(titles, (*row, "理由略"), strict=True))]
        file = self.office.file("奖惩申诉表", f"申诉{at}.xlsx", {"申诉人": "本人"}, filled)
        self.office.receive(file, f"{at}T09:00:00", code=0)
        return self.office.ask("appeals", "list")[-1]["number"]

    def approve(self, quarter: str, on: str) -> None:
        """Approve a quarter, split its department's reward, pay it."""
        office = self.office
        self.now(f"{on}T17:00:00")
        office.run("settle", quarter, "--as-of", f"{on}T17:00:00", "--approve")
        self.kept[quarter] = office.run("settle", quarter, "--json")
        due = office.ask("settlement", "payable", quarter, code=0)
        for unit in due["unallocated"]:
            amount = sum(
                line["amount"]
                for line in office.ask("settle", quarter)["lines"]
                if line["party"] == unit and line["clause"].startswith("7.2")
            )
            titles = ("部门代码", "部门名称", "姓名", "分配金额(元)")
            rows = [dict(zip(titles, (unit, "部", who, part))) for who, part in (("甲", amount - 1), ("乙", 1))]
            file = office.file("部门奖金分配表", f"分配{quarter}.xlsx", {"季度": quarter, "分管领导": "赵副总"}, rows)
            office.receive(file, f"{on}T17:00:00", code=0)
        for row in due["payable"]:
            office.run(
                "settlement",
                "pay",
                quarter,
                "--payer",
                row["payer"],
                "--paid",
                row["paid"],
                "--collected",
                row["collected"],
                "--reference",
                f"记-{quarter}",
            )

    def _t4(self, name: str, header: dict, months: list[int], at: str) -> None:
        row = {"单位代码": "B001", "单位名称": "区域一部", "全年目标": sum(months)}
        row |= {f"{number}月": goal for number, goal in enumerate(months, 1)}
        self.office.receive(self.office.file("目标信息量分解调整表", name, {"年度": 2026, **header}, [row]), at, code=0)

    @staticmethod
    def _lead(name: str, city: str, phone: str, **other: Any) -> dict[str, Any]:
        return lead(name, 城市=city, 联系方式=phone, **other)

    def _department_lead(self, month: int, number: int) -> dict[str, Any]:
        """Every one in another place or category, so that none resembles another."""
        place, self.department = self.department, self.department + 1
        category = "政府采购" if place < len(CITIES) else "租赁"
        name = f"区域客户{MONTHS[month - 1]}月第{number}号"
        return self._lead(name, CITIES[place % len(CITIES)], f"137{place:08d}", 客户类别=category)

    def _contract(self, customer: str, unit: str, month: int, picked: int) -> dict[str, Any]:
        number = self.office.by_customer()[customer]["number"]
        return contract(
            number, customer, datetime(2026, month, 25), picked, 合同编号=f"HT-{unit}-{month}", 单位代码=unit
        )

    def _publish(self, month: int) -> None:
        path, stem = self.office.folder / "登记册.db", f"2026-{month:02d}"
        with enter(path, None, PASSPHRASE, load_policy(), datetime(2027, 1, 31)) as session:
            for day in (10, 20, 28 if month == 2 else 30):
                due = date.fromisoformat(f"{stem}-{day}")
                publish(session, due, datetime(due.year, due.month, due.day, 16) + timedelta(days=LATE.get(due, 0)))
