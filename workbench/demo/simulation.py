"""Plays the company's months: files arrive, are imported, reviewed, dispatched, answered, published and settled."""

from __future__ import annotations

import csv
import os
import secrets
import sys
import time as clock
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import repeat
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workbench.app.output import text_for
from workbench.app.policy import load_policy
from workbench.app.reports import run_report
from workbench.capabilities.leads.dispatching import dispatch
from workbench.capabilities.leads.reviews import write_reviews
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.status import Review
from workbench.capabilities.publication.publications import due_dates
from workbench.capabilities.publication.publishing import publish
from workbench.capabilities.settlement.approval import approve
from workbench.capabilities.settlement.settlement import settlement_of
from workbench.core.errors import WrongUse
from workbench.core.periods import month_bounds, months_between, next_month, quarter_of_month
from workbench.demo import company, outcomes
from workbench.demo.customers import BookSubmission, KeyAccounts
from workbench.demo.folders import BLANKS, DISPATCH, INBOX, REPORTS, REVIEW, SECOND
from workbench.demo.several_people import Second, play_second
from workbench.demo.submissions import Reporters, Submission, write_submission
from workbench.demo.summary import print_summary
from workbench.platform.access.session import Session, create
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import build_blanks
from workbench.platform.intake.batch import Arrival, import_files
from workbench.platform.intake.outcome import ImportOutcome
from workbench.platform.regulation.clause import reward_codes
from workbench.platform.regulation.edition import Policy
from workbench.platform.reporting.ahead import KernelsAhead
from workbench.platform.reporting.runs import Run

FIRST = "2026-01"
SEED = 20080214
USER = "市场策略科"
LATE_PUBLICATIONS = {"2026-02-28": 2, "2026-05-20": 1, "2026-08-10": 1}  # days late
LATE_REGISTERS = {"2026-04": 4, "2026-08": 3}  # day of the next month on which it came
SUPPLEMENTS = {"2026-06": date(2026, 7, 20)}  # part of a month's register that came after its quarter was closed


def run_demo(out: Path, now: datetime, *, months: int = 9, dealers: int = 60, departments: int = 12) -> Simulation:
    """Run the demonstration into an empty folder and say what was made. Raises WrongUse for a folder in use.

    ``now``: the actual clock (PRC), recorded beside the simulated times. The passphrase is
    WORKBENCH_PASSPHRASE or a new random one, shown on the screen and nowhere else.
    """
    if out.exists() and any(out.iterdir()):
        raise WrongUse("folder_in_use", out=out)
    simulation = Simulation(out, now, months, dealers, departments)
    simulation.run()
    return simulation


@dataclass
class Simulation:
    """One run of the company's months; afterwards ``runs`` and ``receipts`` hold the results."""

    out: Path
    now: datetime
    months: int
    dealers: int
    departments: int
    runs: list[Run] = field(default_factory=list)
    receipts: list[ImportOutcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(SEED)
        self.policy: Policy = load_policy()
        self.console = Console(file=getattr(sys.stderr, "raw", sys.stderr), highlight=False)
        self.passphrase = os.environ.get("WORKBENCH_PASSPHRASE") or secrets.token_urlsafe(12)
        self.calendar = [FIRST]
        while len(self.calendar) < self.months:
            self.calendar.append(next_month(self.calendar[-1]))
        self.units = company.units(self.random, self.dealers, self.departments)
        self.people = {row["code"]: [company.person(self.random) for _ in range(4)] for row in self.units}
        self.waiting: list[tuple[datetime, Path]] = []  # written and not yet received
        self.outcomes: list[outcomes.Outcome] = []
        self.register = self.out / "登记册.db"
        self.until = datetime.combine(month_bounds(self.calendar[-1])[1] + timedelta(days=8), time(12))

    def run(self) -> None:
        """All of it, from the blank templates to the reports."""
        started = clock.monotonic()
        self.out.mkdir(parents=True, exist_ok=True)
        build_blanks(self.out / BLANKS, self.policy, self.now.date())
        periods = [(month, due) for month in self.calendar for due in due_dates(month, self.policy)]
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )
        with ExitStack() as stack:
            stack.enter_context(bar)
            task = bar.add_task(text_for("demo/title"), total=len(periods) + 2)
            bar.update(task, description=text_for("demo/filling"))
            pool = stack.enter_context(ProcessPoolExecutor(2))
            self._write_reports(pool)
            beside = pool.submit(play_second, self.out / SECOND, self.policy, self.passphrase, self.units)
            bar.advance(task)
            session = stack.enter_context(
                create(self.register, USER, self.passphrase, self.policy, self.now, simulation=True)
            )
            for month, due in periods:
                bar.update(task, description=text_for("demo/period", due=due))
                self._publication_period(session, month, due)
                bar.advance(task)
            self._finish(session)
            bar.update(task, description=text_for("demo/reports"))
            self.totals = self._count(session)
            self.second: Second = beside.result()
        self._reports()
        print_summary(self, clock.monotonic() - started)

    # -- what is sent in
    def _write_reports(self, pool: ProcessPoolExecutor) -> None:
        year = int(FIRST[:4])
        start = datetime(year, 1, 1, 9)
        submissions = [
            Submission("organization", "单位名录.xlsx", {}, self.units, start),
            Submission(
                "target_breakdown",
                f"{year}年目标分解.xlsx",
                {
                    "year": year,
                    "kind": "分解",
                    "compiler": company.person(self.random),
                    "approver": company.person(self.random),
                },
                company.target_rows(self.random, self.units),
                start + timedelta(minutes=30),
            ),
        ]
        reporters = Reporters(self.random, self.units)
        own = len(submissions)
        for month in self.calendar:
            submissions += reporters.month(*month_bounds(month))
        named = dict.fromkeys(row["customer"] for each in submissions[own:] for row in each.rows)
        unit = next(row["code"] for row in self.units if row["kind"] == "部门")
        self.accounts = KeyAccounts(unit, [name for name in named if name], self.calendar)
        submissions.insert(1, self.accounts.people(start + timedelta(minutes=10)))
        submissions += [each for each in self.accounts.sales() if each.received_at <= self.until]
        folder = self.out / INBOX
        sent = [*self.accounts.weeks(), *self.accounts.cards()]
        books = pool.map(BookSubmission.write, sent, repeat(folder), repeat(self.policy), chunksize=8)
        self.waiting += [(book.received_at, path) for book, path in zip(sent, books)]
        paths = pool.map(write_submission, submissions, repeat(folder), repeat(self.policy), chunksize=16)
        self.waiting += [(submission.received_at, path) for submission, path in zip(submissions, paths)]
        stray = folder / FIRST / "客户情况汇总.csv"
        stray.write_text("客户,电话\n某客户,\n", encoding="utf-8")  # not on the official template
        self.waiting.append((datetime(year, 1, 6, 10), stray))

    def _send(self, submission: Submission) -> None:
        if submission.received_at > self.until:
            return  # the simulated months are over before it arrives
        self.waiting.append((submission.received_at, write_submission(submission, self.out / INBOX, self.policy)))

    # -- ten days at a time
    def _publication_period(self, session: Session, month: str, due: date) -> None:
        self._receive(session, datetime.combine(due, time(15)))
        self._review(session, datetime.combine(due, time(15, 30)))
        self._dispatch(session, datetime.combine(due, time(16)))
        published = due + timedelta(days=LATE_PUBLICATIONS.get(due.isoformat(), 0))
        publish(session, due, datetime.combine(published, time(17)))
        if due.day == 10:
            self._approve(session, month, datetime.combine(due, time(18)))
        elif due.day == 20:
            self._register(month)
            self._books(session, month, datetime.combine(due, time(17, 30)))

    def _books(self, session: Session, month: str, at: datetime) -> None:
        """Managers answer for complaints, the custodian hands in the month."""
        for book in (*self.accounts.answers(session, at), self.accounts.custody(month, at)):
            self.waiting.append((book.received_at, book.write(self.out / INBOX, self.policy)))

    def _receive(self, session: Session, until: datetime) -> None:
        due = sorted(item for item in self.waiting if item[0] <= until)
        self.waiting = [item for item in self.waiting if item[0] > until]
        self.receipts += import_files(session, [Arrival(path, at) for at, path in due])
        with (self.out / INBOX / "inbox.csv").open("a", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            if file.tell() == 0:
                lines.writerow(["file", "received_at"])
            lines.writerows([path.relative_to(self.out / INBOX), at.isoformat()] for at, path in due)

    def _review(self, session: Session, at: datetime) -> None:
        """A person decides about suspected duplicates on the review workbook; it comes back the next morning."""
        path = write_reviews(session, at, self.out / REVIEW)
        if path is None:
            return
        rows = _rows_of(path, "duplicate_review")
        for row in rows:
            same = "联系方式相同" in row["ground"]
            row["verdict"] = (Review.SAME if same else Review.DIFFERENT).value
            row["reason"] = "电话核实为同一客户" if same else "核实为两家单位"
            if not row["other"]:
                row["verdict"], row["reason"] = "受理", "县城运营，按县级受理"
        received = datetime.combine(at.date() + timedelta(days=1), time(9))
        header = {"reviewer": self.people["S000"][0], "reviewed_on": received.date()}
        self._send(Submission("duplicate_review", path.name, header, rows, received))

    def _dispatch(self, session: Session, at: datetime) -> None:
        done = dispatch(session, at, self.out / DISPATCH)
        if not done.workbooks:
            return
        states = open_snapshot(session, at).states.set_index("number")
        for path in done.workbooks:
            section = path.stem.split("_")[1]
            rows = _rows_of(path, "verification_feedback")
            drawn = [self._outcome(states.loc[row["number"]], row["number"], at, section) for row in rows]
            self._answer(path, section, rows, drawn)
            self._apply(drawn)

    def _outcome(self, lead: pd.Series, number: str, at: datetime, section: str) -> outcomes.Outcome:
        facts = {
            "number": number,
            "customer": lead["customer"],
            "reporter": lead["reporter"],
            "quantity": int(lead["quantity"]),
            "dealer": lead["reporter_kind"] == "经销商",
        }
        outcome = outcomes.draw(facts, at, self.people[section], (self.calendar[0], self.calendar[-1]))
        self.outcomes.append(outcome)
        return outcome

    def _answer(self, path: Path, section: str, rows: list[dict], drawn: list[outcomes.Outcome]) -> None:
        """The section answers on the workbook it was handed, in one file for each day it answers on."""
        for day in sorted({outcome.answered_on for outcome in drawn}):
            answered = []
            for row, outcome in zip(rows, drawn, strict=True):
                if outcome.answered_on == day:
                    answered.append(
                        {
                            **row,
                            "verdict": "有效" if outcome.valid else "无效",
                            "reason": outcome.reason,
                            "expires_on": outcome.expires_on,
                            "person": outcome.person,
                        }
                    )
            header = {"section": section, "person": self.people[section][0], "answered_on": day}
            name = f"{path.stem}_{day:%m%d}反馈.xlsx"
            self._send(Submission("verification_feedback", name, header, answered, datetime.combine(day, time(16, 20))))

    def _apply(self, drawn: list[outcomes.Outcome]) -> None:
        """Dealers apply for their projects, one file for each dealer and day."""
        names = {row["code"]: row["name"] for row in self.units}
        for reporter, at in sorted({(outcome.reporter, outcome.applied_at) for outcome in drawn if outcome.applied_at}):
            rows = [
                {
                    "seq": "1",
                    "number": outcome.number,
                    "customer": outcome.customer,
                    "model": outcome.model,
                    "quantity": outcome.quantity,
                    "support": "商务政策支持",
                }
                for outcome in drawn
                if (outcome.reporter, outcome.applied_at) == (reporter, at)
            ]
            header = {
                "unit": reporter,
                "unit_name": names[reporter],
                "applicant": self.people[reporter][0],
                "applied_on": at.date(),
            }
            self._send(Submission("project_application", f"{reporter}_项目申报_{at:%Y%m%d%H%M}.xlsx", header, rows, at))

    def _register(self, month: str) -> None:
        """The support section returns the month's contract register by the 2nd, sometimes later."""
        lines = outcomes.contract_lines(self.outcomes, month)
        late = len(lines) // 5 if month in SUPPLEMENTS else 0
        following = next_month(month)
        day = LATE_REGISTERS.get(month, 2)
        parts = [(lines[late:], datetime.fromisoformat(f"{following}-{day:02d}T15:30:00"), "")]
        if late:
            parts.append((lines[:late], datetime.combine(SUPPLEMENTS[month], time(11)), "_补报"))
        for rows, at, suffix in parts:
            header = {"month": month, "compiler": self.people["S009"][0], "compiled_on": at.date()}
            self._send(Submission("contract_register", f"合同登记_{month}{suffix}.xlsx", header, rows, at))

    def _approve(self, session: Session, month: str, at: datetime) -> None:
        """The quarter before is approved on the 10th of the month after it."""
        earlier = [each for each in months_between(FIRST, month) if each < month]
        if earlier and quarter_of_month(earlier[-1]) != quarter_of_month(month):
            approve(session, quarter_of_month(earlier[-1]), at, self.now)

    def _finish(self, session: Session) -> None:
        """The last month's register and answers come in on the first days of the next month."""
        self._receive(session, self.until)

    # -- what comes out
    def _count(self, session: Session) -> dict[str, Any]:
        snapshot = open_snapshot(session, self.until)
        settled = settlement_of(snapshot, quarter_of_month(self.calendar[-1]))
        own = [line for line in settled.lines if not line.adjusts]
        return {
            "leads": len(snapshot.states),
            "statuses": snapshot.states["status"].value_counts().to_dict(),
            "quarter": settled.quarter,
            "lines": len(settled.lines),
            "rewards": sum(line.amount for line in own if line.clause in reward_codes()),
            "penalties": sum(line.amount for line in own if line.clause not in reward_codes()),
            "adjusted": sum(line.amount for line in settled.lines if line.adjusts),
        }

    def _reports(self) -> None:
        month = self.calendar[-1]
        quarter = quarter_of_month(month)
        day = due_dates(month, self.policy)[-1]
        wanted = [
            ("信息提报情况通报", day.isoformat(), datetime.combine(day, time(17))),
            ("月度目标分解与完成情况", month, self.until),
            ("信息转化率月报", month, self.until),
            ("开发计划", self.until.date().isoformat(), self.until),
            ("季度奖惩核算报告", quarter, self.until),
            ("每周信息汇总", _meeting_before(month_bounds(month)[1]).isoformat(), self.until),
            ("大客户分级报告", quarter, self.until),
        ]
        with KernelsAhead(len(wanted)) as ahead:
            for name, period, as_of in wanted:
                self.runs.append(
                    run_report(
                        name,
                        register_path=self.register,
                        period=period,
                        as_of=as_of,
                        out_dir=self.out / REPORTS,
                        user=USER,
                        passphrase=self.passphrase,
                        ahead=ahead,
                    )
                )


def _meeting_before(day: date) -> date:
    """The Monday of the last week that was reported of in full."""
    return day - timedelta(days=day.weekday())


def _rows_of(path: Path, template: str) -> list[dict]:
    """The rows of a workbook that was handed out, by key."""
    keys = {column.title: column.key for column in templates()[template].columns}
    lines = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    top = next(number for number, line in enumerate(lines) if set(keys) <= set(line))
    titles = [keys.get(str(title)) for title in lines[top]]
    rows: list[dict[str, Any]] = [{key: value for key, value in zip(titles, line) if key} for line in lines[top + 1 :]]
    return [{**row, "quantity": int(row["quantity"])} if "quantity" in row else row for row in rows if row["number"]]
