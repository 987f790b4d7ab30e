"""Papers made at the desk page are those of their commands, to the figure; a run of what is due ends where it is asked to."""

from __future__ import annotations

import io
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.interfaces.desk.test_deeds import taken, unlocked
from tests.support import desk
from tests.support.office import PASSPHRASE, lead
from tests.support.staff import PEOPLE
from workbench.app import due
from workbench.interfaces.desk.work import Progress

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]
LOW = "dealer_conversion_rate=20%"


def cells(content: bytes) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """What stands on the sheets of a workbook."""
    book = load_workbook(io.BytesIO(content))
    return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]


def of_command(office: Any, folder: Path, *command: object) -> dict[str, list[tuple[str, list[tuple[Any, ...]]]]]:
    """What stands in the workbooks that a command makes, by name."""
    office.run(*command, "--out", folder)
    return {path.name: cells(path.read_bytes()) for path in folder.rglob("*.xlsx")}


def of_desk(speaker: desk.Speaker, job: dict[str, Any]) -> dict[str, list[tuple[str, list[tuple[Any, ...]]]]]:
    """The same of what a deed made."""
    names = [file["name"] for file in job["files"] if file["name"].endswith(".xlsx")]
    return {name: cells(taken(speaker, job, name)) for name in names}


def test_targets_a_card_and_a_trial(first_quarter, standing_clock, tmp_path):
    """目标滚动调整, 大客户卡片 and 测算 make the workbooks of their commands; the register keeps that papers were made, nothing
    else; what cannot be asked is a sentence."""
    name = "江城客运公司"
    entries = [each["action"] for each in first_quarter.ask("audit", "show")]
    rolled = of_command(first_quarter, tmp_path / "目标", "targets", "roll", "2026-02")
    card = of_command(first_quarter, tmp_path / "卡片", "customers", "page", name)
    trial = of_command(first_quarter, tmp_path / "测算", "whatif", "2026Q1", "--set", LOW)
    assert rolled and card and trial
    with desk.opened() as speaker:
        unlocked(speaker, first_quarter)
        job = speaker.do("roll_targets", month="2026-02")
        assert of_desk(speaker, job) == rolled and job["said"]
        job = speaker.do("customer_card", name=name, passphrase=PASSPHRASE)
        assert of_desk(speaker, job) == card
        job = speaker.do("whatif", period="2026q1", change=LOW, passphrase=PASSPHRASE)
        assert of_desk(speaker, job) == trial
        for deed, given in (
            ("roll_targets", {"month": "前年"}),
            ("customer_card", {"name": "没有这家公司", "passphrase": PASSPHRASE}),
            ("whatif", {"period": "2026Q1", "change": "没有=1", "passphrase": PASSPHRASE}),
        ):
            job = speaker.do(deed, **given)
            assert job["state"] == "refused" and job["error"], deed
    after = [each["action"] for each in first_quarter.ask("audit", "show")]
    assert after[: len(entries)] == entries and set(after[len(entries) :]) == {"report"}


def test_what_is_due_is_stopped_after_what_is_being_done(become, standing_clock, monkeypatch):
    """What was done stays done and is told; the next run does the rest, once."""
    office, words = become("文员"), PEOPLE["文员"][1]
    office.receive(office.leads("D001", "一.xlsx", [lead("甲公司")]), "2026-01-05T09:00:00")
    standing_clock(datetime(2026, 2, 5, 9))
    going, on, real = threading.Event(), threading.Event(), due.run

    def slow(*given):
        for each in real(*given):
            going.set()
            assert on.wait(60)
            yield each

    monkeypatch.setattr(due, "run", slow)
    with desk.opened() as speaker:
        unlocked(speaker, office, "文员", words)
        begun = speaker.ask("POST", "/api/deed/run_due", {"given": {"passphrase": words}})
        assert going.wait(60)
        assert not speaker.ask("GET", f"/api/job/{begun['job']}")["stopping"]
        speaker.ask("POST", f"/api/job/{begun['job']}")
        told = speaker.ask("GET", f"/api/job/{begun['job']}")
        assert told["stopping"] and not told["final"] and told["state"] == "running"
        on.set()
        first = speaker.ended(begun)
        assert first["state"] == "done" and "停下了" in first["said"][-1], first
        rest = speaker.do("run_due", passphrase=words)
        assert not any("停下" in said for said in rest["said"])
        done = [tuple(row[:2]) for job in (first, rest) for row in job["tables"][0]["rows"]]
        assert len(first["tables"][0]["rows"]) == 1 and len(done) > 3 and len(set(done)) == len(done)
        assert speaker.do("run_due", passphrase=words)["said"] == ["没有到期而可以自动办理的事项。"]


def test_closing_the_desk_stops_a_run_after_what_is_being_done(become, standing_clock, monkeypatch):
    """It does not wait for all that is due; what was done counts as done."""
    office, words = become("文员"), PEOPLE["文员"][1]
    office.receive(office.leads("D001", "一.xlsx", [lead("甲公司")]), "2026-01-05T09:00:00")
    standing_clock(datetime(2026, 2, 5, 9))
    before = waiting(office)
    going, closing, real = threading.Event(), threading.Event(), due.run
    ran = []

    def slow(*given):
        for each in real(*given):
            ran.append(each.duty)
            going.set()
            assert closing.wait(60)
            yield each

    def cancel(progress):
        asked(progress)
        closing.set()

    asked = Progress.cancel
    monkeypatch.setattr(Progress, "cancel", cancel)
    monkeypatch.setattr(due, "run", slow)
    with desk.opened() as speaker:
        unlocked(speaker, office, "文员", words)
        speaker.ask("POST", "/api/deed/run_due", {"given": {"passphrase": words}})
        assert going.wait(60)
    assert [(each.task.key, each.period) for each in ran] == before[:1] and len(before) > 3
    assert waiting(office) == before[1:]


def waiting(office: Any) -> list[tuple[str, str]]:
    """What a run would do: task and period."""
    tasks = office.ask("due", code=1)["tasks"]
    return [(each["task"], each["period"]) for each in tasks if each["by_itself"] and each["state"] in ("到期", "逾期")]
