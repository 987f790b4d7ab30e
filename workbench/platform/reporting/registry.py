"""The reports that the capabilities declare; this module knows none of them by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.messages import Bilingual
from workbench.core.shipped import shipped
from workbench.platform.capability import declared, resolve

if TYPE_CHECKING:
    from workbench.platform.regulation.edition import Policy
    from workbench.platform.reporting.drill import Drill


class Source(Protocol):
    """What a report looks at: the register as it was known at a moment, under the policy in use."""

    @property
    def as_of(self) -> datetime:
        """The moment (PRC time)."""

    @property
    def policy(self) -> Policy:
        """The policy in use."""

    @property
    def head(self) -> str:
        """The head of the audit trail the reading rests on."""

    @property
    def simulated(self) -> bool:
        """Whether the register is a simulation."""

    def policy_of(self, quarter: str) -> Policy:
        """The policy in use; for an approved quarter with the readings it was approved under."""


@dataclass(frozen=True)
class Report:
    """A report, declared by a capability.

    ``name`` is Chinese, ``alias`` English. ``kind``: what its period is, ``date``, ``month`` or ``quarter``. ``home``:
    its module, with ``view(source, period, **more)`` and ``write(view, path)``. ``drills``: ``module:function`` giving
    the tables whose numbers can be clicked. ``periods``: ``module:function`` giving the periods it is made for, where
    not every day, month or quarter is one. ``moment``: ``module:function`` giving as of when a period's report is
    usually made, or None where nothing special is known. ``order``: where it stands in lists. ``action``: what who makes it
    has to be allowed. ``short``: what the name of a short workbook to be printed and signed ends with, written by its module's
    ``write_short(view, path)``; "" where there is none. ``own_notebook``: its
    notebook, where that is not the one of its name among those that come with the program.
    """

    name: str
    alias: str
    kind: str
    home: str
    drills: str = ""
    periods: str = ""
    moment: str = ""
    order: int = 100
    action: str = "report"
    short: str = ""
    own_notebook: Path | None = None

    @property
    def notebook(self) -> Path:
        """Its notebook's file."""
        return self.own_notebook or shipped("notebooks") / f"{self.name}.ipynb"

    @property
    def module(self) -> Any:
        """Its module, imported when first used: a list of reports costs nothing."""
        return import_module(self.home)

    def view(self, source: Source, period: str, **more: str) -> Any:
        """What the report shows, as plain values; no personal data. ``more``: what else its view asks for."""
        return self.module.view(source, self.period(period), **more)

    def write(self, view: Any, path: Path) -> None:
        """The manager's workbook; the same view gives the same bytes."""
        self.module.write(view, path)

    def write_short(self, view: Any, path: Path) -> None:
        """The short workbook, where there is one (``short``)."""
        self.module.write_short(view, path)

    def drill_tables(self, source: Source, period: str, view: Any) -> tuple[Drill, ...]:
        """The clickable tables of a view; none for a report whose numbers lead nowhere."""
        return resolve(self.drills)(source, self.period(period), view) if self.drills else ()

    def periods_until_now(self, source: Source) -> list[str] | None:
        """The periods it is made for so far, the oldest first; None where its kind says all."""
        return resolve(self.periods)(source) if self.periods else None

    def usual_moment(self, source: Source, period: str) -> datetime | None:
        """As of when a period's report was or is usually made; None where that follows from its kind."""
        return resolve(self.moment)(source, period) if self.moment else None

    def period(self, text: str) -> str:
        """The period meant by ``text``, in one spelling. Raises WrongUse."""
        from workbench.core.periods import parse_month, parse_quarter  # a list of reports does without pandas

        return {"date": parse_date, "month": parse_month, "quarter": parse_quarter}[self.kind](text)


def short_of(folder: Path, report: Report, period: str) -> Path:
    """The short workbook of a report in a folder."""
    return folder / file_name(report.name, period, report.short, ending=".xlsx")


def parse_date(text: str) -> str:
    """The date ``YYYY-MM-DD``; raises WrongUse."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise WrongUse("bad_date", text=text) from None


def reports() -> tuple[Report, ...]:
    """All declared reports in the order in which lists show them."""
    return tuple(sorted(declared("reports"), key=lambda report: report.order))


def find(name: str) -> Report:
    """The report of a Chinese name or alias. Raises WrongUse, naming those there are."""
    known = reports()
    for report in known:
        if name in (report.name, report.alias):
            return report
    raise WrongUse("no_such_report", name=name, names=[Bilingual(each.name, each.alias or each.name) for each in known])
