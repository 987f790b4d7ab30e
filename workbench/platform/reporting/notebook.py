"""An opened report inside its notebook: what it shows, the workbook it leaves, and what the caller needs to know.

A refusal is left in the folder as ``REFUSAL`` for the caller.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.file_names import file_name
from workbench.platform.reporting import kernel_start, page
from workbench.platform.reporting.registry import Report, short_of

FACTS, REFUSAL = ".facts.json", ".refusal.json"


@dataclass(frozen=True)
class Prepared:
    """A report at a moment: its ``view``, the readings and the ``rules_used``. Plain values, which need no open register."""

    report: Report
    period: str
    view: Any
    readings: list[dict[str, Any]]
    rules: dict[str, Any]

    def packed(self, asked: dict[str, Any]) -> bytes:
        """As it is handed to a kernel (``handed_over``). ``asked``: what its notebook will ask for."""
        return pickle.dumps((asked, self))

    def leave_facts(self, folder: Path) -> None:
        """Put into a folder, as ``FACTS``, what the manifest of the report's run needs to know."""
        stamp = self.view.stamp
        facts = {
            "edition": stamp.edition,
            "head": stamp.head,
            "readings": self.readings,
            "rules": self.rules,
            "period_name": stamp.period,
            "line": stamp.line(),
            "mark": stamp.mark,
        }
        (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    def opened(self, folder: Path) -> Opened:
        """With the folder its files go to."""
        return Opened(self.report, self.period, self.view, self.readings, self.rules, folder)


def handed_over(name: str, asked: dict[str, Any]) -> Prepared | None:
    """What this process was handed by the one that started it, where that is the answer to what its notebook asks for."""
    if not kernel_start.handed:
        return None
    question, prepared = pickle.loads(kernel_start.handed)  # noqa: S301 - from the process that started this one, by a pipe
    return prepared if question == asked and name in (prepared.report.name, prepared.report.alias) else None


@dataclass(frozen=True)
class Opened(Prepared):
    """A report in its notebook; ``folder``: where its files go."""

    folder: Path

    def front(self) -> page.Html:
        """What a manager asks first, key figures and remarks."""
        briefing = getattr(self.view, "briefing", None)
        asked = page.briefing(briefing.lines()) if briefing else page.Html("")
        return page.Html(asked + page.cards(self.view.figures) + page.notes(self.view.notes))

    def save(self) -> page.Html:
        """Write the workbook, and what the run's manifest needs to know."""
        name = file_name(self.report.name, self.period, ending=".xlsx")
        with refusals_left_in(self.folder):
            self.report.write(self.view, self.folder / name)
            if self.report.short:
                self.report.write_short(self.view, short_of(self.folder, self.report, self.period))
        self.leave_facts(self.folder)
        return page.saved(name)


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
        return page.progress(self.done, len(self.names), self.names[self.done])

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.shown.update(page.Html(""))


@contextmanager
def refusals_left_in(folder: Path) -> Iterator[None]:
    """Leave the sentences of a refusal in the folder: a notebook's error carries only one of them."""
    try:
        yield
    except WorkbenchError as refusal:
        words = refusal.plain()
        (folder / REFUSAL).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        raise
