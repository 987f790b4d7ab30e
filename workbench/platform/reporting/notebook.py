"""What a report's notebook calls: open the register, look at the report, leave its workbook.

The passphrase comes from the environment only (WORKBENCH_PASSPHRASE): parameters are stored
in the notebook in clear. A refusal is left in the folder as ``REFUSAL`` for the caller.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WorkbenchError, WrongUse
from workbench.platform.access.session import enter, policy_in_use
from workbench.platform.reporting import page
from workbench.platform.reporting.registry import Report, find

FACTS, REFUSAL = ".facts.json", ".refusal.json"


@dataclass(frozen=True)
class Opened:
    """A report at a moment: its ``view``, and where its files go."""

    report: Report
    period: str
    view: Any
    folder: Path
    readings: list[dict[str, Any]]

    def front(self) -> page.Html:
        """Key figures and remarks."""
        return page.Html(page.cards(self.view.figures) + page.notes(self.view.notes))

    def save(self) -> page.Html:
        """Write the workbook, and what the run's manifest needs to know."""
        name = f"{self.report.name}_{self.period}.xlsx"
        with _told(self.folder):
            self.report.write(self.view, self.folder / name)
        stamp = self.view.stamp
        facts = {"edition": stamp.edition, "head": stamp.head, "readings": self.readings, "period_name": stamp.period,
                 "line": stamp.line(), "mark": stamp.mark}  # fmt: skip
        (self.folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        return page.Html(f"<p>工作簿：<b>{name}</b></p>")


def open_report(
    name: str, *, register: str, user: str, period: str, as_of: str, out_dir: str, now: datetime, **more: str
) -> Opened:
    """Open the register as known at ``as_of`` (ISO time) and look at a report's period; ``now`` is the actual clock.

    ``more``: what else the report's view asks for.

    Raises WrongUse without a passphrase or for a bad period, RegisterError where the register refuses.
    """
    folder, stage = Path(out_dir), Stages(("打开登记册", "读取登记册", "整理报告"))
    with _told(folder), stage:
        report = find(name)
        moment = datetime.fromisoformat(as_of)
        policy = policy_in_use(os.environ)
        with enter(Path(register), user or None, passphrase(), policy, now) as session:
            session.require("report")
            stage.next()
            book = open_snapshot(session, moment)
        stage.next()
        view = report.view(book, period, **more)
        chosen = report.period(period)
        return Opened(report, chosen, view, folder, book.policy_of(chosen).readings_on(view.stamp.on))


class Stages:
    """What a long cell is doing, as a bar that goes when it is done; only in JupyterLab, where somebody waits for it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.done = 0
        self.shown: Any = None

    def __enter__(self) -> Stages:
        if page.IN_LAB in os.environ:
            from IPython.display import display

            self.shown = display(self._bar(), display_id=True)
        return self

    def next(self) -> None:
        """The next stage begins."""
        self.done += 1
        if self.shown:
            self.shown.update(self._bar())

    def _bar(self) -> page.Html:
        return page.Html(
            f'<progress value="{self.done}" max="{len(self.names)}"></progress> 正在{self.names[self.done]}…'
        )

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.shown.update(page.Html(""))


def passphrase() -> str:
    """The passphrase from the environment. Raises WrongUse where there is none."""
    if "WORKBENCH_PASSPHRASE" not in os.environ:
        zh = "没有口令。请在启动 Jupyter 之前设置环境变量 WORKBENCH_PASSPHRASE。"
        raise WrongUse("no_passphrase", zh, "No passphrase; set WORKBENCH_PASSPHRASE before starting Jupyter.")
    return os.environ["WORKBENCH_PASSPHRASE"]


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Leave the sentences of a refusal in the folder: a notebook's error carries only one of them."""
    try:
        yield
    except WorkbenchError as refusal:
        words = {"code": refusal.code, "zh": refusal.zh, "en": refusal.en}
        (folder / REFUSAL).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        raise
