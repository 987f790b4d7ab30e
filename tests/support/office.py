"""A small office for tests: fills the official blanks with openpyxl, as an outsider would, and runs commands."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.standing import STANDING
from workbench.app.context import policy_in_use
from workbench.app.policy import load_policy
from workbench.capabilities.publication.publishing import publish
from workbench.interfaces.cli import main
from workbench.platform.access.session import Session, enter

CLOCK = datetime(2026, 11, 23, 9)
PASSPHRASE = "correct horse battery staple 2026"

UNITS = [
    ("D001", "芜湖江南销售服务店", "经销商", "安徽省", "芜湖市", None, None, None, None),
    ("D002", "合肥北城销售服务店", "经销商", "安徽省", "合肥市", None, None, None, None),
    ("B001", "区域一部", "部门", None, None, "周正", "赵副总", None, None),
    ("B002", "区域二部", "部门", None, None, "吴平", "钱副总", None, None),
    ("S000", "市场策略科", "科室", None, None, "郑策", None, "市场策略", None),
    ("S001", "政府业务科", "科室", None, None, "王政", None, "业务开发", "政府采购、公检法司及军警装备采购"),
    ("S002", "行业业务科", "科室", None, None, "冯行", None, "业务开发", "出租、租赁、驾校、企事业单位、其他"),
    ("S009", "销售支持科", "科室", None, None, "陈持", None, "销售支持", None),
]
UNIT_TITLES = ["单位代码", "单位名称", "单位类型", "省份", "城市", "责任人", "分管领导", "科室职能", "负责类别"]


def lead(customer: str, **other: Any) -> dict[str, Any]:
    """A complete, valid row of T1; any column can be given another value."""
    row = {
        "客户名称": customer,
        "客户类别": "企事业单位",
        "省份": "安徽省",
        "城市": "芜湖市",
        "第三方联系人": "张联系",
        "联系方式": "13900001111",
        "需求车型": "轿车",
        "标的量(台)": 12,
    }
    return {**row, **other}


def contract(number: str, customer: str, signed_on: Any, picked_up: int, **other: Any) -> dict[str, Any]:
    """A complete row of T2 for a lead; any column can be given another value."""
    row = {
        "合同编号": "HT-1",
        "信息编号": number,
        "客户名称": customer,
        "单位代码": "D001",
        "车型": "轿车",
        "合同数量(台)": 12,
        "签订日期": signed_on,
        "本月提车量(台)": picked_up,
    }
    return {**row, **other}


def fill(blank: Path, target: Path, header: dict[str, Any], rows: list[dict[str, Any]]) -> Path:
    """Fill a blank workbook by its labels and column titles and save it as ``target``."""
    book = load_workbook(blank)
    sheet = book.worksheets[0]
    titles, first = _columns(sheet, set().union(*rows) if rows else set())
    for label, value in header.items():
        cell = next(cell for line in sheet.iter_rows(max_row=first - 2) for cell in line if cell.value == label)
        merged = next((area for area in sheet.merged_cells.ranges if cell.coordinate in area), None)
        sheet.cell(cell.row, (merged.max_col if merged else cell.column) + 1).value = value
    for offset, row in enumerate(rows):
        for title, value in row.items():
            sheet.cell(first + offset, titles[title]).value = value
    target.parent.mkdir(parents=True, exist_ok=True)
    book.properties.identifier = target.name  # else two files saved within one second are the same bytes
    book.save(target)
    return target


def _columns(sheet: Worksheet, wanted: set[str]) -> tuple[dict[str, int], int]:
    """Column number by title, and the first data row."""
    best: tuple[dict[str, int], int] = ({}, 0)
    for line in sheet.iter_rows(max_row=30):
        titles = {cell.value: cell.column for cell in line if isinstance(cell.value, str)}
        if wanted <= set(titles) and len(titles) > len(best[0]):
            best = (titles, line[0].row + 1)
    return best


def temporary_files(monkeypatch: Any) -> list[str]:
    """The list that names of temporary files are added to from now on."""
    seen: list[str] = []
    made = tempfile.mkstemp

    def watched(*given: Any, **options: Any) -> tuple[int, str]:
        handle, name = made(*given, **options)
        seen.append(name)
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", watched)
    return seen


@dataclass
class Office:
    """A folder with a register and an inbox, worked through the command line."""

    folder: Path
    blanks: Path
    capture: Any

    def run(self, *arguments: object, code: int | None = 0) -> str:
        """Run a command, check its exit code and give back its standard output."""
        self.capture.readouterr()
        got = main([str(argument) for argument in arguments])
        out, self.said = self.capture.readouterr()
        assert code is None or got == code, f"exit {got}\n{out}\n{self.said}"
        return out

    def ask(self, *arguments: object, code: int | None = None) -> Any:
        """Run a command with --json and give back the document."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def blank(self, title: str) -> Path:
        """The blank workbook whose name holds ``title``."""
        return next(path for path in sorted(self.blanks.glob("*.xlsx")) if title in path.name)

    def file(self, title: str, name: str, header: dict[str, Any], rows: list[dict[str, Any]]) -> Path:
        """A filled official workbook in the inbox."""
        return fill(self.blank(title), self.folder / "收件" / name, header, rows)

    def units(self, rows: list[tuple] = UNITS) -> Path:
        """The directory of units."""
        return self.file("单位名录", "单位名录.xlsx", {}, [dict(zip(UNIT_TITLES, row, strict=True)) for row in rows])

    def leads(self, unit: str, name: str, rows: list[dict[str, Any]], on: date = date(2026, 1, 5)) -> Path:
        """A T1 of a unit."""
        header = {
            "单位代码": unit,
            "单位名称": next(u[1] for u in UNITS if u[0] == unit),
            "提报人": "李提报",
            "提报人电话": "13700002222",
            "提报日期": datetime(on.year, on.month, on.day),
        }
        return self.file("大客户信息记录表", name, header, rows)

    def receive(self, path: Path, at: str, code: int | None = None) -> dict[str, Any]:
        """Import one file with its time of receipt, to which a clock that was set moves on; the file's receipt."""
        STANDING.move_on(at)
        return self.ask("import", path, "--received-at", at, code=code)["files"][0]

    def opened(self) -> Session:
        """A session of the first user, under the policy the environment names."""
        return enter(self.folder / "登记册.db", None, PASSPHRASE, policy_in_use(os.environ), CLOCK)

    def published(self, day: str, at: str) -> None:
        """Record a publication without running its notebook (one test runs it through the command)."""
        with enter(self.folder / "登记册.db", None, PASSPHRASE, load_policy(), datetime.fromisoformat(at)) as session:
            publish(session, date.fromisoformat(day), datetime.fromisoformat(at))

    def by_customer(self, **options: str) -> dict[str, dict[str, Any]]:
        """The listed leads by customer name."""
        arguments = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
        return {row["customer"]: row for row in self.ask("leads", *arguments)}

    def answer(self, out: Path, verdicts: dict[str, dict[str, Any]]) -> list[Path]:
        """Fill the dispatched feedback workbooks: verdict columns by customer name."""
        filled = []
        for path in sorted(out.glob("*.xlsx")):
            book = load_workbook(path)
            sheet = book.worksheets[0]
            titles, row = _columns(sheet, {"信息编号", "甄别结论"})
            while sheet.cell(row, titles["信息编号"]).value:
                for title, value in verdicts.get(sheet.cell(row, titles["客户名称"]).value, {}).items():
                    sheet.cell(row, titles[title]).value = value
                row += 1
            for line in sheet.iter_rows(max_row=row):
                for cell in line:
                    if cell.value == "反馈人":
                        sheet.cell(cell.row, cell.column + 1).value = "孙反馈"
                    if cell.value == "反馈日期":
                        sheet.cell(cell.row, cell.column + 1).value = datetime(2026, 1, 8)
            target = self.folder / "收件" / f"已填_{path.name}"
            book.save(target)
            filled.append(target)
        return filled
