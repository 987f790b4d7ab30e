"""What a company sent in, read again from its own files by calamine, and what the commands say of it: plain rows and dicts.

From these a report's figures are computed anew; nothing here is asked of a report or of the code that makes one.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

VALID = ("有效", "已立项", "已申报", "已签约", "提车中", "已完成", "已到期")
PROJECTS = VALID[1:]
INVALID = ("无效", "重复", "已撤回")
PENDING = ("已接收", "待甄别", "待复核")
Ask = Callable[..., Any]


@dataclass(frozen=True)
class Row:
    """A row of a received table: by title, with its file, its number in the sheet and when the file was received."""

    cells: dict[str, Any]
    file: str
    number: int
    at: datetime
    header: dict[str, Any]

    def __getitem__(self, title: str) -> Any:
        return self.cells[title]


@dataclass
class Company:
    """The inbox of a company and the commands on its register."""

    inbox: Path
    ask: Ask
    numbers: dict[str, int]  # of received files, as reports name them

    @cached_property
    def received(self) -> dict[str, datetime]:
        """File name → time of receipt, by the list of the inbox."""
        with (self.inbox / "inbox.csv").open(encoding="utf-8") as file:
            return {Path(row["file"]).name: datetime.fromisoformat(row["received_at"]) for row in csv.DictReader(file)}

    def rows(self, name: str, title: str) -> list[Row]:
        """The rows of all received workbooks whose name holds ``name``; their table begins under the row with ``title``."""
        found = []
        for path in sorted(self.inbox.rglob("*.xlsx")):
            if name in path.name:
                found += self._rows(path, title)
        return sorted(found, key=lambda row: (row.at, row.file, row.number))

    def _rows(self, path: Path, title: str) -> Iterable[Row]:
        lines = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        top = next(place for place, line in enumerate(lines) if title in line)
        header: dict[str, Any] = {}
        for line in lines[:top]:
            cells = [cell for cell in line if cell != ""]
            header |= {str(label): value for label, value in zip(cells[::1], cells[1:], strict=False)}
        titles = [str(cell).removesuffix("*").strip() for cell in lines[top]]
        for place, line in enumerate(lines[top + 1 :], top + 2):
            cells = dict(zip(titles, line, strict=False))
            if cells.get(title) not in (None, ""):
                yield Row(cells, path.name, place, self.received[path.name], header)

    @cached_property
    def units(self) -> dict[str, Row]:
        """Code → row of T6."""
        return {row["单位代码"]: row for row in self.rows("单位名录", "单位代码")}

    @cached_property
    def reported(self) -> dict[tuple[str, int], Row]:
        """File and row → row of T1."""
        return {(row.file, row.number): row for row in self.rows("_大客户信息_", "客户名称")}

    @cached_property
    def targets(self) -> dict[tuple[str, int], int]:
        """Department and month (1 … 12) → target; the company adjusts none."""
        rows = self.rows("目标分解", "单位代码")
        return {(row["单位代码"], month): int(row[f"{month}月"] or 0) for row in rows for month in range(1, 13)}

    @cached_property
    def contracts(self) -> list[dict[str, Any]]:
        """The lines of T2 that count in the end."""
        return self.contract_lines(max(self.received.values()))

    def contract_lines(self, until: datetime) -> list[dict[str, Any]]:
        """The lines of T2 that count at a moment: of month, contract and lead the one received last."""
        newest: dict[tuple[str, str, str], dict[str, Any]] = {}
        for row in self.rows("合同登记_", "合同编号"):
            if row.at > until:
                continue
            month = row.header["月份"]
            month = f"{month:%Y-%m}" if isinstance(month, date) else str(month)
            newest[month, row["合同编号"], row["信息编号"]] = {
                "month": month,
                "contract": row["合同编号"],
                "lead": row["信息编号"],
                "quantity": int(row["合同数量(台)"]),
                "picked_up": int(row["本月提车量(台)"]),
                "signed_on": row["签订日期"],
                "source": (row.file, row.number),
            }
        return sorted(newest.values(), key=lambda line: (line["lead"], line["month"], line["contract"]))

    def returned(self, month: str) -> list[datetime]:
        """When the registers of a month came in."""
        return sorted({at for name, at in self.received.items() if name.startswith(f"合同登记_{month}")})

    def answers(self, until: datetime) -> dict[str, Row]:
        """Lead → its latest answer (T5) up to a moment."""
        rows = [row for row in self.rows("反馈.xlsx", "信息编号") if row["甄别结论"] and row.at <= until]
        return {row["信息编号"]: row for row in rows}

    def applied(self, until: datetime) -> dict[str, datetime]:
        """Lead → its first application (T3) up to a moment."""
        found: dict[str, datetime] = {}
        for row in self.rows("项目申报", "信息编号"):
            if row.at <= until:
                found.setdefault(row["信息编号"], row.at)
        return found

    def leads(self, as_of: datetime) -> list[dict[str, Any]]:
        """``leads --json`` at a moment, each lead with its row of T1 (``told``), its kind and what 6.1 counts it as."""
        found = self.ask("leads", "--as-of", as_of.isoformat())
        for lead in found:
            lead["told"] = self.reported[lead["file"], lead["row"]]
            lead["quantity"] = int(lead["told"]["标的量(台)"])
            lead["at"] = datetime.fromisoformat(lead["received_at"])
            lead["month"] = lead["received_at"][:7]
            lead["kind"] = self.units[lead["reporter"]]["单位类型"]
            lead["valid"] = lead["status"] in VALID
            outcomes = [(VALID, "valid"), (INVALID, "invalid"), (PENDING, "pending")]
            (lead["outcome"],) = (name for statuses, name in outcomes if lead["status"] in statuses)
            lead["excluded"] = lead["valid"] and lead["counts_in"] is None
        return found

    def owed(self, leads: Iterable[dict[str, Any]]) -> list[str]:
        """What sections owe on some leads in a sentence, by section; how many are late is left out."""
        sections = {category: code for code, row in self.units.items() for category in row["负责类别"].split("、")}
        counts = Counter(sections[lead["category"]] for lead in leads if lead["status"] == "待甄别")
        parts = [f"{self.units[code]['单位名称']} {counts[code]} 条" for code in sorted(counts)]
        return [f"T5《大客户信息甄别反馈表》：{'，'.join(parts)}"] if parts else []

    def published(self) -> dict[str, datetime]:
        """Publication day → when it was made, by the trail."""
        entries = self.ask("audit", "show", "--action", "通报")
        return {entry["detail"]["due_on"]: datetime.fromisoformat(entry["at"]) for entry in entries}
