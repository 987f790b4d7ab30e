"""The start page's panel: choose a report and a period, run it, and go from a number to its leads and their chain."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd
from IPython.display import FileLink, display

from workbench.app import clock
from workbench.app.context import policy_in_use, read_time, register_path
from workbench.app.faults import keep, keep_lines, notebook_frames
from workbench.app.notebook import OUT, passphrase
from workbench.app.options import common, take_common
from workbench.app.output import text_for
from workbench.app.reports import run_report
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.settlement import explaining
from workbench.core.colours import ALARM, LINE
from workbench.core.errors import WorkbenchError
from workbench.core.messages import SPACE
from workbench.core.periods import end_of_day, month_bounds, months_between, quarter_of_month
from workbench.interfaces.lab.clicks import Clicks, chain
from workbench.interfaces.lab.serve import NOTEBOOKS, REPORTS_MADE, content_mark
from workbench.platform.access import roles
from workbench.platform.access.session import enter
from workbench.platform.reporting import page
from workbench.platform.reporting.drill import Drill, Records
from workbench.platform.reporting.parts import Column
from workbench.platform.reporting.registry import Report, find, reports
from workbench.platform.reporting.runs import GIVEN, fill_in, parameters_of, source

WIDE = widgets.Layout(width="420px")
LABEL = {"description_width": "90px"}


@dataclass(frozen=True)
class OpenedRegister:
    """The register as the panel found it: who looks, what that person may see and make, and the snapshot."""

    register: Path
    user: str
    role: str
    deidentified: bool
    money: bool
    makes: tuple[str, ...]
    snapshot: Snapshot


def open_register(as_of: datetime | None = None) -> OpenedRegister:
    """The register the environment names, as known at ``as_of``. Raises WrongUse and RegisterError as the commands do."""
    take_common([])
    register = register_path()
    with enter(register, common.user, passphrase(), policy_in_use(os.environ), clock.now()) as session:
        session.require("report")
        return OpenedRegister(
            register,
            session.user,
            getattr(roles.title_words(session.role), common.lang),
            session.deidentified,
            session.may("settle"),
            tuple(report.name for report in reports() if session.may(report.action)),
            open_snapshot(session, as_of).load(),
        )


def periods(report: Report, snapshot: Snapshot) -> list[str]:
    """The periods a report can be made for, the newest first."""
    today = snapshot.as_of.date()
    first = snapshot.states["received_at"].min() if len(snapshot.states) else snapshot.as_of
    months = months_between(f"{first:%Y-%m}", f"{today:%Y-%m}")
    if report.kind == "month":
        found = months
    elif report.kind == "quarter":
        found = list(dict.fromkeys(quarter_of_month(month) for month in months))
    elif (own := report.periods_until_now(snapshot)) is not None:
        found = own
    else:
        found = [*(str(month_bounds(month)[1]) for month in months[:-1]), str(today)]
    return found[::-1]


def moment_of(report: Report, period: str, snapshot: Snapshot) -> datetime:
    """As of when a report is usually made: where it says no more, that of a day at its end, others with all that is known."""
    if report.kind != "date":
        return snapshot.as_of
    if (usual := report.usual_moment(snapshot, period)) is not None:
        return usual
    return min(snapshot.as_of, end_of_day(datetime.fromisoformat(period).date()).replace(microsecond=0))


@dataclass
class Panel:
    """The start page's controls and what they show; ``box`` is the whole of it."""

    opened: OpenedRegister
    shown: tuple[Drill, ...] = ()
    leads: Records | None = None
    snapshot: Snapshot | None = None  # as known when the report shown was made
    more: dict[str, widgets.Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.report = widgets.Dropdown(
            options=self.opened.makes, description=text_for("lab/report"), style=LABEL, layout=WIDE
        )
        self.period = widgets.Dropdown(description=text_for("lab/period"), style=LABEL, layout=WIDE)
        self.as_of = widgets.Text(description=text_for("lab/as_of"), style=LABEL, layout=WIDE)
        self.others = widgets.VBox()
        self.button = widgets.Button(description=text_for("lab/run"), icon="play", button_style="primary")
        self.bar = widgets.IntProgress(value=0, max=1, layout=widgets.Layout(width="260px", visibility="hidden"))
        self.message = widgets.HTML()
        self.table = widgets.Dropdown(description=text_for("lab/table"), style=LABEL, layout=WIDE)
        self.numbers = Clicks()
        self.whole, self.files = widgets.HTML(), widgets.Output()
        self.tabs = widgets.Tab(layout=widgets.Layout(display="none"))
        self.tabs.children = [
            self.whole,
            widgets.VBox([self.table, self.numbers]),
            self.files,
        ]
        self.tabs.titles = tuple(text_for(f"lab/{name}") for name in ("report", "trace", "files"))
        self.report.observe(lambda _: self._choose_report(), "value")
        self.period.observe(lambda _: self._choose_period(), "value")
        self.table.observe(lambda _: self._choose_table(), "value")
        self.button.on_click(lambda _: self.run())
        self.numbers.on_click(self._clicked)
        self.box = widgets.VBox(
            [
                widgets.HTML(self._head()),
                self.report,
                self.period,
                self.as_of,
                self.others,
                widgets.HBox([self.button, self.bar, self.message]),
                self.tabs,
            ]
        )
        self._choose_report()

    def _head(self) -> str:
        hidden = escape(text_for("lab/deidentified")) if self.opened.deidentified else ""
        who = text_for("lab/who", register=self.opened.register.name, user=self.opened.user, role=self.opened.role)
        return page.dressed(f"<p><b>{escape(who)}</b>{hidden}</p>")

    def _choose_report(self) -> None:
        report = find(self.report.value)
        found = periods(report, self.opened.snapshot)
        over = found[1:2] if report.kind in ("month", "quarter") else []  # the newest of these still runs
        self.period.options = found
        self.period.value = next(iter(over or found), None)
        self._choose_period()
        known = parameters_of(source(report))
        self.more = {
            name: widgets.Text(value=str(each.default), description=each.label, style=LABEL, layout=WIDE)
            for name, each in known.items()
            if name not in GIVEN
        }
        self.others.children = list(self.more.values())

    def _choose_period(self) -> None:
        if self.period.value:
            self.as_of.value = moment_of(find(self.report.value), self.period.value, self.opened.snapshot).isoformat()

    def run(self) -> None:
        """Make the report by papermill, show its page, and set out the tables whose numbers can be clicked."""
        with self._at_work():
            report, period = find(self.report.value), self.period.value
            as_of = read_time(self.as_of.value.strip() or None, end_of_day=True) or self.opened.snapshot.as_of
            more = {name: box.value.strip() for name, box in self.more.items()}
            run = run_report(
                report.name,
                register_path=self.opened.register,
                period=period,
                as_of=as_of,
                out_dir=Path(REPORTS_MADE),
                user=self.opened.user,
                passphrase=passphrase(),
                parameters=more,
                progress=self._progress,
            )
            html = run.html.read_text(encoding="utf-8")
            self.whole.value = (
                f'<iframe title="{report.name}" srcdoc="{escape(html)}" sandbox="" '
                f'style="width:100%;height:720px;border:1px solid {LINE}"></iframe>'
            )
            with self.files:
                self.files.clear_output()
                given = (str(self.opened.register), period, as_of.isoformat(), OUT, self.opened.user)
                for path in (*run.files, own_copy(report, {**dict(zip(GIVEN, given, strict=True)), **more})):
                    display(FileLink(str(path)))
            self.message.value = text_for("lab/tracing")
            self.snapshot = open_register(as_of).snapshot
            view = report.view(self.snapshot, period, **more)
            self.shown = report.drill_tables(self.snapshot, period, view)
            self.table.options = [drill.title for drill in self.shown]
            self.table.value = next(iter(self.table.options), None)
            self._choose_table()
            self.tabs.layout.display = "flex"
            hint = text_for("lab/hint") if self.shown else ""
            self.message.value = text_for("lab/made", report=report.name, period=period, hint=hint)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """One run at a time; a refusal is shown in its own sentence, a fault by its kind, and neither leaves the button dead."""
        self.button.disabled, self.bar.layout.visibility = True, "visible"
        self.bar.value, self.message.value = 0, text_for("lab/starting")
        try:
            yield
        except WorkbenchError as refusal:
            log = keep_lines(refusal.code, notebook_frames(refusal.traceback)) if refusal.traceback else None
            self._refuse(refusal.text(common.lang), log)
        except BaseException as fault:
            self._refuse(text_for("lab/fault", kind=type(fault).__name__), keep(fault))
            raise
        finally:
            self.button.disabled, self.bar.layout.visibility = False, "hidden"

    def _refuse(self, sentence: str, log: Path | None) -> None:
        where = SPACE[common.lang] + text_for("log", log=log) if log else ""
        self.message.value = f'<span style="color:{ALARM}">{escape(sentence + where)}</span>'

    def _progress(self, done: int, of: int) -> None:
        self.bar.max, self.bar.value = of, done
        self.message.value = text_for("lab/running", done=done, of=of)

    def _choose_table(self) -> None:
        drill = self._drill()
        if drill is None:
            self.numbers.show(f'<p class="none">{escape(text_for("lab/no_numbers"))}</p>')
        else:
            self.numbers.show(self._table(drill.rows, drill.columns, drill.leads_on))

    @staticmethod
    def _table(rows: pd.DataFrame, columns: Sequence[Column], leads_on: Callable[[int, str], bool]) -> str:
        return page.table(rows, columns, empty=text_for("lab/no_rows"), leads_on=leads_on, most=None)

    def _drill(self) -> Drill | None:
        return next((drill for drill in self.shown if drill.title == self.table.value), None)

    def _clicked(self, level: int, to: str) -> None:
        """A number of the table (level 0) or of the leads below it: its answer opens there, and closes where it is open."""
        if self.numbers.is_open(level, to):
            self.numbers.shut(level)
        elif level == 0:
            self._clicked_number(to)
        elif self.leads is not None:
            self.numbers.answer(level, to, self._explanation(self.leads, int(to.split(":", 1)[0])))

    def _clicked_number(self, to: str) -> None:
        drill = self._drill()
        if drill is None:
            return
        place, column = to.split(":", 1)
        found = drill.behind(int(place), column)
        self.leads = found if isinstance(found, Records) else None
        if not isinstance(found, Records):
            answer = "".join(chain(each) for each in found)
        elif found.explained:
            answer = self._explanation(found, 0)
        else:
            title = f"<h3>{text_for('lab/leads', count=len(found.rows))}</h3>"
            answer = title + self._table(found.rows, found.columns, lambda _, key: key == found.key)
        self.numbers.answer(0, to, answer)

    def _explanation(self, found: Records, place: int) -> str:
        """The chain of a lead; its amounts for those who may see them."""
        assert self.snapshot is not None
        number = found.rows.iloc[place][found.key]
        lead = int(self.snapshot.states.index[self.snapshot.states["number"] == number][0])
        return chain(explaining.lead(self.snapshot, lead, money=self.opened.money))


def own_copy(report: Report, given: dict[str, str]) -> Path:
    """The report's notebook with its parameters filled in, to go on from; an earlier one that was changed stays."""
    import nbformat

    copy = source(report)
    fill_in(copy, given)
    text = nbformat.writes(copy)
    (Path(NOTEBOOKS) / OUT).mkdir(parents=True, exist_ok=True)
    stem = f"{report.name}_{given['period']}"
    names = (f"{stem}_{number}.ipynb" if number > 1 else f"{stem}.ipynb" for number in itertools.count(1))
    path = next(
        path
        for path in (Path(NOTEBOOKS) / name for name in names)
        if not path.exists() or content_mark(path.read_text(encoding="utf-8")) == content_mark(text)
    )
    path.write_text(text, encoding="utf-8")
    return path


def start() -> Any:
    """The panel, or the words of what stands in its way."""
    try:
        return Panel(open_register()).box
    except WorkbenchError as refusal:
        return page.Html(f'<p style="color:{ALARM}">{escape(refusal.text(common.lang))}</p>')
