"""The run that makes statements and hands out copies, killed between its steps: the next one does what is left, once."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections import Counter
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.office import Office
from workbench.app import due as dues
from workbench.capabilities.statements import making, unfinished
from workbench.interfaces.cli import main
from workbench.platform.documents import delivery
from workbench.platform.documents.found_marks import is_protected

pytestmark = [pytest.mark.slow, pytest.mark.process]
AT = "2026-04-03T09:00:00"
UNITS = ("B001", "D001")
FOLDER = Path("到期") / "对账单" / "2026Q1"


@pytest.fixture
def due(first_quarter, standing_clock, monkeypatch) -> Office:
    """The quarter's statements are due, and nothing else is looked at; both reporters get copies."""
    listed = first_quarter.folder / "口令.csv"
    listed.write_text("recipient,password\nD001,河边第七棵柳树开花\nB001,屋后三株石榴树结果\n", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_PASSWORDS", str(listed))
    standing_clock(datetime.fromisoformat(AT))
    every = dues.list_duties
    monkeypatch.setattr(
        dues, "list_duties", lambda *given: [each for each in every(*given) if each.task.key == "quarterly_statements"]
    )
    return first_quarter


def killed(office: Office, monkeypatch, place: Any, name: str, time: int) -> None:
    """Run what is due in a process of its own, which is killed at this call of a function, before it does anything."""
    with monkeypatch.context() as patch:
        calls, real = Counter[str](), getattr(place, name)

        def fatal(*given: Any, **options: Any) -> Any:
            calls[name] += 1
            if calls[name] == time:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **options)

        if isinstance(place, ModuleType) and name == "os":

            class Files:
                """The calls of the module ``os`` that the part makes."""

                replace = staticmethod(lambda *given: fatal_replace(*given))
                fdopen, fsync = staticmethod(os.fdopen), staticmethod(os.fsync)

            def fatal_replace(*given: Any) -> None:
                calls[name] += 1
                if calls[name] == time:
                    os.kill(os.getpid(), signal.SIGKILL)
                os.replace(*given)

            patch.setattr(place, name, Files)
        else:
            patch.setattr(place, name, fatal)
        arguments = ["due", "--on", AT, "--run", "--out", str(office.folder / "到期")]
        process = multiprocessing.get_context("fork").Process(target=main, args=(arguments,))
        process.start()
        process.join(100)
        process.kill()
        assert process.exitcode == -signal.SIGKILL


def statements_of(told: dict) -> list[str]:
    """The statements a run made or finished."""
    return [each["period"] for each in told["ran"] if each["task"] == "quarterly_statements" and not each["error"]]


@pytest.mark.parametrize(
    ("place", "name", "time", "entered", "handed"),
    [
        (making, "_manifest", 1, 0, 0),  # drawn up, not entered
        (making, "os", 1, 1, 0),  # entered, none has its name yet
        (making, "os", 4, 1, 0),  # the first reporter's have theirs
        (making, "deliver", 1, 1, 0),  # made, no copy
        (making, "deliver", 2, 1, 1),  # one copy is out
        (delivery, "os", 2, 1, 2),  # the second is entered, its file has no name yet
        (unfinished, "end", 1, 1, 2),  # all is done, but the run does not know
    ],
)
def test_the_next_run_does_what_is_left(due, monkeypatch, place, name, time, entered, handed):
    """Statements are made again only where they are not whole, and nobody gets a second copy of what he has."""
    killed(due, monkeypatch, place, name, time)
    folder = due.folder / FOLDER
    before = entries(due)
    assert before == (entered, handed)
    whole = {path.name: path.read_bytes() for path in folder.glob("*.xlsx")} if name in ("deliver", "end") else {}
    listed = due.ask("due", "--on", AT, "--out", due.folder / "到期", code=None)["tasks"]
    (state,) = (each["state"] for each in listed if each["task"] == "quarterly_statements")
    assert state != "已完成"
    told = due.ask("due", "--on", AT, "--run", "--out", due.folder / "到期", code=None)
    assert statements_of(told) == ["2026Q1"], told
    assert sorted(path.name for path in folder.glob("提报对账单*.xlsx")) == [
        f"提报对账单_{each}_2026Q1.xlsx" for each in UNITS
    ]
    for path in folder.glob("提报对账单*.xlsx"):
        due.run("verify", path)
    copies = [path for path in (folder / "副本").iterdir() if path.suffix == ".xlsx"]
    assert len(copies) == 2 and all(is_protected(path.read_bytes()) for path in copies)
    with due.opened() as session:
        known = session.register.read("delivery", ["recipient", "code"]).set_index("code")["recipient"]
    assert sorted(known[path.stem.rpartition("_")[2]] for path in copies) == list(UNITS)
    assert not [path for path in folder.rglob(".*")], "nothing half written is left"
    for other, content in whole.items():
        assert (folder / other).read_bytes() == content
    again = due.ask("due", "--on", AT, "--run", "--out", due.folder / "到期", code=None)
    assert statements_of(again) == [] and len(list((folder / "副本").iterdir())) == 2


def test_without_the_passwords_the_copies_stay_to_be_made(due, monkeypatch):
    """A run that is not given the list leaves the rest to the next one that is."""
    killed(due, monkeypatch, making, "deliver", 1)
    folder, listed = due.folder / FOLDER, os.environ["WORKBENCH_PASSWORDS"]
    monkeypatch.delenv("WORKBENCH_PASSWORDS")
    due.ask("due", "--on", AT, "--run", "--out", due.folder / "到期", code=None)
    assert unfinished.is_unfinished(folder)
    monkeypatch.setenv("WORKBENCH_PASSWORDS", listed)
    for _ in range(2):
        due.ask("due", "--on", AT, "--run", "--out", due.folder / "到期", code=None)
        assert not unfinished.is_unfinished(folder) and len(list((folder / "副本").iterdir())) == 2


def test_after_an_approval_the_statements_are_made_anew(due, monkeypatch, standing_clock):
    """What was cut off told of a quarter that was not approved yet; nobody is handed that any more."""
    killed(due, monkeypatch, making, "deliver", 1)
    folder = due.folder / FOLDER
    standing_clock(datetime.fromisoformat("2026-04-09T17:00:00"))
    due.run("settle", "2026Q1", "--as-of", "2026-04-09T17:00:00", "--approve", code=None)
    standing_clock(datetime.fromisoformat("2026-04-20T09:00:00"))
    for _ in range(2):
        due.ask("due", "--on", "2026-04-20T09:00:00", "--run", "--out", due.folder / "到期", code=None)
        told = {json.loads(path.read_text(encoding="utf-8")).get("as_of") for path in folder.glob("*.json")} - {None}
        assert told == {"2026-04-20T09:00:00"} and len(list((folder / "副本").iterdir())) == 2


def entries(office: Office) -> tuple[int, int]:
    """How often the quarter's statements were entered, and how many copies were."""
    with office.opened() as session:
        details = session.register.read("entry", ["detail"], {"action": "report"})["detail"]
        entered = sum(each.get("report") == "提报对账单" and each.get("period") == "2026Q1" for each in details)
        return entered, session.register.count("delivery", {"period": "2026Q1_D001"}) + session.register.count(
            "delivery", {"period": "2026Q1_B001"}
        )
