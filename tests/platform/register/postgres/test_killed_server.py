"""The server killed in the middle of an import: one sentence, nothing half done, and work goes on once it is back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from subprocess import CalledProcessError

import pytest

from tests.support.fixtures.postgres import PostgresServer
from tests.support.office import CLOCK, PASSPHRASE, Office, lead
from workbench.app.policy import load_policy
from workbench.platform.access.session import enter
from workbench.platform.intake import batch
from workbench.platform.register.postgres.address import pointer
from workbench.platform.register.postgres.store import Server

pytestmark = [pytest.mark.slow, pytest.mark.process]


def stopped(server: PostgresServer) -> None:
    """Everything ends at once, as when the machine loses its power."""
    server.control("stop", "-m", "immediate")


def killed(server: PostgresServer) -> None:
    """The server's first process is killed, and no other one takes its place."""
    postmaster = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    for _ in range(200):
        with suppress(ProcessLookupError):
            os.kill(postmaster, 0)
            time.sleep(0.05)
            continue
        return


def back(server: PostgresServer) -> None:
    """The server is started again, as soon as what is left of the former one has gone."""
    for attempt in range(20):
        try:
            server.control("start")
        except CalledProcessError:
            if attempt == 19:
                raise
            time.sleep(0.5)
        else:
            return


@pytest.fixture
def served(staffed, postgres: PostgresServer, monkeypatch) -> Office:
    """The office's register on a server, and twenty files that came in."""
    url = postgres.url(postgres.database())
    staffed.run("move", url)
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    for number in range(20):
        staffed.leads("D001", f"D001_{number}.xlsx", [lead(f"{number}号公司", 联系方式=f"1390000{number:04}")])
    return staffed


def head(office: Office) -> str:
    """The newest entry and its link."""
    with enter(pointer(os.environ["WORKBENCH_REGISTER"]), None, PASSPHRASE, load_policy(), CLOCK) as session:
        return session.register.head()


def at_the_end(deed: Callable[[], None], monkeypatch, *, kept: bool) -> None:
    """Do something once right before what an import wrote is kept, or right after."""
    record, commit, due = batch.record_verdicts, Server.commit, []

    def recorded(*given):
        record(*given)
        due.append(1)

    def committed(self: Server) -> None:
        now = bool(due) and bool(due.pop())
        if now and not kept:
            deed()
        commit(self)
        if now and kept:
            deed()

    monkeypatch.setattr(batch, "record_verdicts", recorded)
    monkeypatch.setattr(Server, "commit", committed)


def in_the_middle(deed: Callable[[], None], monkeypatch) -> None:
    """Do something once before the rows of an import are written."""
    put, done = batch.put_layouts, []

    def before(*given):
        if not done:
            done.append(1)
            deed()
        put(*given)

    monkeypatch.setattr(batch, "put_layouts", before)


@pytest.mark.parametrize("death", [stopped, killed])
@pytest.mark.parametrize("moment", ["in the middle", "before it is kept"])
def test_an_import_whose_server_dies_is_not_half_done(
    served: Office, postgres: PostgresServer, monkeypatch, death, moment
):
    """Refused by code and in a sentence; all of it comes in afterwards, each lead once, and the trail is whole."""
    before = head(served)
    arguments = ("import", served.folder / "收件", "--received-at", "2026-01-05T09:00:00")
    try:
        with monkeypatch.context() as patch:
            if moment == "in the middle":
                in_the_middle(lambda: death(postgres), patch)
            else:
                at_the_end(lambda: death(postgres), patch, kept=False)
            served.run(*arguments, code=2)
            assert "服务器" in served.said and len(served.said.strip().splitlines()) <= 2
            assert "Traceback" not in served.said and "13900" not in served.said
            served.run("leads", code=2)  # nor is it reached meanwhile, which is said
            assert "服务器" in served.said
    finally:
        back(postgres)
    assert served.ask("leads", code=0) == [] and head(served) == before
    taken = served.ask(*arguments, code=0)["files"]
    assert sum(each["accepted"] for each in taken) == 20
    assert len({each["customer"] for each in served.ask("leads", code=0)}) == 20
    served.run("audit", "verify")


def test_where_it_dies_after_all_was_kept_the_same_import_changes_nothing(
    served: Office, postgres: PostgresServer, monkeypatch
):
    """The answer was lost, not the work: who tries again is told that the files are known."""
    arguments = ("import", served.folder / "收件", "--received-at", "2026-01-05T09:00:00")
    try:
        with monkeypatch.context() as patch:
            at_the_end(lambda: stopped(postgres), patch, kept=True)
            served.run(*arguments, code=2)
    finally:
        back(postgres)
    again = served.ask(*arguments, code=0)["files"]
    assert sum(each["accepted"] for each in again) == 0
    assert {finding["code"] for each in again for finding in each["findings"]} == {"already_imported"}
    assert len(served.ask("leads", code=0)) == 20
    served.run("audit", "verify")
