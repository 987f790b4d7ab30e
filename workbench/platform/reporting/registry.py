"""The reports: one file each, and a thin notebook of the same name. A further report is one more line here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import WrongUse
from workbench.core.periods import parse_month, parse_quarter

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot


@dataclass(frozen=True)
class Report:
    """A report by name: its period (month, quarter or date), its notebook, and the module with view and write."""

    name: str
    alias: str
    kind: str
    home: str

    @property
    def notebook(self) -> str:
        """File name of its notebook."""
        return f"{self.name}.ipynb"

    @property
    def module(self) -> Any:
        """Its module, imported when first used: a list of reports costs nothing."""
        return import_module(self.home)

    def view(self, book: Snapshot, period: str, **more: str) -> Any:
        """What the report shows, as plain values; no personal data. ``more``: what else its view asks for."""
        return self.module.view(book, self.period(period), **more)

    def write(self, view: Any, path: Path) -> None:
        """The manager's workbook; the same view gives the same bytes."""
        self.module.write(view, path)

    def period(self, text: str) -> str:
        """The period meant by ``text``, in one spelling. Raises WrongUse."""
        return PERIODS[self.kind](text)


def parse_date(text: str) -> str:
    """The date ``YYYY-MM-DD``; raises WrongUse."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        zh = f"“{text}”不是日期，请写成 2026-03-10。"
        raise WrongUse("bad_date", zh, f"'{text}' is not a date; write 2026-03-10.") from None


PERIODS = {"date": parse_date, "month": parse_month, "quarter": parse_quarter}

REPORTS: tuple[Report, ...] = (
    Report("信息提报情况通报", "publication", "date", "workbench.capabilities.publication.publication_report"),
    Report("月度目标分解与完成情况", "targets", "month", "workbench.capabilities.targets.targets_report"),
    Report("信息转化率月报", "conversion", "month", "workbench.capabilities.contracts.conversion_report"),
    Report("开发计划", "development", "date", "workbench.capabilities.leads.development_report"),
    Report("季度奖惩核算报告", "settlement", "quarter", "workbench.capabilities.settlement.settlement_report"),
    Report("诚信黑点告知书", "marks", "quarter", "workbench.capabilities.settlement.marks_report"),
    Report("到期提醒", "reminders", "date", "workbench.capabilities.duties.reminders_report"),
    Report("测算对比", "whatif", "quarter", "workbench.capabilities.settlement.whatif_report"),
)


def find(name: str) -> Report:
    """The report of a Chinese name or alias. Raises WrongUse, naming those there are."""
    for report in REPORTS:
        if name in (report.name, report.alias):
            return report
    known = "、".join(report.name for report in REPORTS)
    raise WrongUse("no_such_report", f"没有报告“{name}”。可用：{known}。", f"No report {name!r}; there are: {known}.")
