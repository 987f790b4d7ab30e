"""An import of many rows is worked out beside the register and written at once: the same register, whoever writes meanwhile."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.support.office import PASSPHRASE, lead
from tests.support.staff import PEOPLE
from workbench.capabilities.leads import lead_states
from workbench.core.errors import RegisterError
from workbench.platform.access import users
from workbench.platform.access.session import Session, enter
from workbench.platform.forms import fingerprint
from workbench.platform.intake import batch
from workbench.platform.intake.batch import Arrival, import_files
from workbench.platform.register import embedded, name_blocks, rehearsal
from workbench.platform.register import entry as entries
from workbench.platform.register.entry import Entry
from workbench.platform.register.postgres import address

AT = datetime(2026, 1, 6, 9)
FIRST = [lead("江城公园"), lead("滨江客运", 联系方式="13900003301")]
MORE = [
    lead("江城公园", 联系方式="13900003300"),
    lead("江域公园", 联系方式="13900003303"),
    lead("望江机械厂", 联系方式="13900003304", **{"标的量(台)": 2}),
    lead("晨光印刷", 第三方联系人=None),
]


@pytest.fixture
def both(staffed, tmp_path, monkeypatch) -> tuple[Path, list[Arrival]]:
    """The register as it is before the import, and what comes in: a report, and one of two units that is refused."""
    monkeypatch.setattr(batch, "MANY_ROWS", 1)
    monkeypatch.setattr(batch, "BYTES_COPIED", 1 << 30)
    staffed.receive(staffed.leads("D001", "一.xlsx", FIRST), "2026-01-05T09:00:00")
    files = [staffed.leads("D002", "二.xlsx", MORE), staffed.leads("S001", "科室.xlsx", [lead("某公司")])]
    with staffed.opened() as session:
        path = Path(session.register.path)
    return path, [Arrival(file, AT) for file in files]


def content(session: Session) -> dict[str, list[tuple]]:
    """Every row of every table of received rows and what follows from them, as it reads; without their numbers of keys."""
    tables = ("document", "lead", "mask", "link", "link_version", "finding", "transition", "state", "row_verdict")
    return {
        table: session.register.read(table)
        .drop(columns=["customer_key", "sealed_header"], errors="ignore")
        .astype(str)
        .to_numpy()
        .tolist()
        for table in tables
    }


def said(outcomes) -> list:
    return [
        (
            each.accepted,
            each.returned,
            each.number,
            [(item.code, str(item.message), item.cell) for item in each.findings],
        )
        for each in outcomes
    ]


def left(path: Path) -> list[str]:
    """What a copy left beside the register."""
    return [found.name for found in path.parent.glob(".backup-*")]


@pytest.mark.parametrize("at_once", [1, 2, 5_000])
def test_the_same_register_comes_of_it(staffed, both, monkeypatch, at_once):
    """Beside and inside: every row, outcome and word of the trail, however many rows are taken at once; nothing is left of
    the copy.
    """
    path, arrivals = both
    monkeypatch.setattr(entries, "STEP", at_once)
    monkeypatch.setattr(embedded, "BATCH", at_once)
    twin = path.with_name("另一册.db")
    for end in ("", ".keys"):
        shutil.copy2(f"{path}{end}", f"{twin}{end}")
    with staffed.opened() as session:
        with monkeypatch.context() as some:
            for module in (lead_states, fingerprint):
                some.setattr(module, "AT_ONCE", at_once)
            beside = said(import_files(session, arrivals))
        rows, entry = content(session), session.register.read("entry").iloc[-1]
        assert session.register.verify_audit() == []
        now, policy = session.now, session.given
    assert left(path) == []
    monkeypatch.setattr(batch, "MANY_ROWS", 1 << 30)
    with enter(twin, None, PASSPHRASE, policy, now, remembers=False) as session:
        assert said(import_files(session, arrivals)) == beside
        assert content(session) == rows
        last = session.register.read("entry").iloc[-1]
        assert (last["action"], last["detail"]) == (entry["action"], entry["detail"])


def during(monkeypatch, deeds) -> list[int]:
    """Have deeds done by others while a copy is worked on, one a time; returns how many copies were made."""
    made: list[int] = []
    waiting, works = list(deeds), batch._work_through

    def work(session, *given):
        made.append(len(made))
        if waiting and session.register.path.name != "登记册.db":  # on a copy
            waiting.pop(0)()
        return works(session, *given)

    monkeypatch.setattr(batch, "_work_through", work)
    return made


def test_who_writes_no_row_meanwhile_is_no_obstacle(staffed, both, monkeypatch):
    """An entry without rows comes in between: the import's rows are of the next one, and the trail is whole."""
    path, arrivals = both

    def refused() -> None:
        with staffed.opened() as other, other.transaction("refused", other.now, wanted="import", role="clerk"):
            pass

    monkeypatch.setattr(batch, "TRIES", 1)
    copies = during(monkeypatch, [refused])
    written = []
    monkeypatch.setattr(
        rehearsal, "write", lambda *given, write=rehearsal.write: written.append(given) or write(*given)
    )
    with staffed.opened() as session:
        outcomes = import_files(session, arrivals)
        assert (outcomes[0].accepted, len(copies), len(written)) == (3, 1, 1)
        assert session.register.read("entry")["action"].tolist()[-2:] == ["refused", "import"]
        assert session.register.verify_audit() == []


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_rows_written_meanwhile_are_seen(staffed, both, monkeypatch, times):
    """Another report of the same customer, received earlier, comes in between: it is the first (5.1). Where that
    happens twice, the work is done inside.
    """
    path, arrivals = both
    monkeypatch.setattr(batch, "MANY_ROWS", 4)

    def another(number: int) -> None:
        file = staffed.leads(
            "D001", f"间{number}.xlsx", [lead("望江机械厂"), lead(f"江城{number}厂", 联系方式=f"1390000440{number}")]
        )
        with staffed.opened() as other:
            import_files(other, [Arrival(file, datetime(2026, 1, 5, 10 + number))])

    during(monkeypatch, [lambda n=n: another(n) for n in range(times)])
    with staffed.opened() as session:
        (outcome, _) = import_files(session, arrivals)
        assert outcome.accepted == 3
        states = session.register.read("state")["status"].tolist()
        assert session.register.count("document") == 3 + times
        assert len(states) == session.register.read("lead")["lead"].nunique()
        assert session.register.verify_audit() == []
    assert left(path) == []


def test_a_fault_while_it_is_written_undoes_all_of_it(staffed, both, monkeypatch):
    """The register is as it was; the next import goes through."""
    path, arrivals = both
    with staffed.opened() as session:
        before = content(session), session.register.head()
        with monkeypatch.context() as broken:
            broken.setattr(rehearsal, "_newest", lambda *_: [])
            broken.setattr(rehearsal, "write", lambda *given: _half(*given))
            with pytest.raises(RuntimeError, match="half"):
                import_files(session, arrivals)
        assert (content(session), session.register.head()) == before and left(path) == []
        assert import_files(session, arrivals)[0].accepted == 3
        assert session.register.verify_audit() == []


def _half(entry, done, reader, write=rehearsal.write) -> None:
    write(entry, replace(done, first=dict(list(done.first.items())[: len(done.first) // 2])), reader)
    raise RuntimeError("half")


def test_rows_that_are_added_after_those_of_the_copy_are_accounted_for_too(staffed, both, monkeypatch):
    """What was worked out beside is then not enough: it is done again, of all the entry wrote."""
    write = rehearsal.write

    def more(entry, *given) -> None:
        write(entry, *given)
        lead = entry.register.read("lead", ["lead"])["lead"].max()
        entry.append("mask", pd.DataFrame([{"lead": lead, "version": 9, "contact": "张**", "phone": "139****1111"}]))

    monkeypatch.setattr(rehearsal, "write", more)
    with staffed.opened() as session:
        import_files(session, both[1])
        register = session.register
        assert register.read("mask", ["version"])["version"].tolist().count(9) == 1
        assert register.verify_audit() == []


def test_names_that_were_kept_and_kept_anew_are_written_once(staffed, both, monkeypatch):
    """A row of names that a later one took along is never written into the register; the one that stands before it goes."""
    _, arrivals = both
    more = [Arrival(staffed.leads("D002", "三.xlsx", [lead("江城机械厂", 联系方式="13900003309")]), AT), *arrivals]
    wanted, done, written = "SELECT name_block FROM name_block", [], []
    write, write_many = rehearsal.write, Entry._write_many
    monkeypatch.setattr(
        rehearsal, "write", lambda entry, given, reader: done.append(given) or write(entry, given, reader)
    )
    monkeypatch.setattr(Entry, "_write_many", lambda *given: written.append(given[1:]) or write_many(*given))

    def rows(sql: str) -> set[int]:
        return {row[0] for statement, found in written for row in found if statement == sql}

    with staffed.opened() as session:
        before = {number for (number,) in session.register._fetch(wanted)}
        import_files(session, more)
        assert session.register.verify_audit() == []
        held = {number for (number,) in session.register._fetch(wanted)}
    added, gone = rows(name_blocks.ADD), rows(name_blocks.TAKE_AWAY)
    assert added & gone, "nothing passes: the case is not what it is meant to be"
    assert before & gone, "nothing was kept before: the case is not what it is meant to be"
    assert held == (before | added) - gone and done[0].changes


def test_without_room_for_a_copy_the_work_is_done_inside(staffed, both, monkeypatch):
    """A full disk is no reason to refuse an import."""
    _, arrivals = both
    monkeypatch.setattr(rehearsal, "beside", lambda _: pytest.fail("a copy was made"))
    monkeypatch.setattr(rehearsal.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    with staffed.opened() as session:
        assert import_files(session, arrivals)[0].accepted == 3


def test_a_copy_is_made_of_a_file_that_is_in_proportion(staffed):
    """Not of a larger one than the rows are worth, nor of a register on a server, of which there is no file here."""
    with staffed.opened() as session:
        size = session.register.path.stat().st_size
        assert [rehearsal.is_worth_it(session.register, most) for most in (size, size - 1)] == [True, False]
    there = SimpleNamespace(path=address.pointer("postgresql://clerk@127.0.0.1:5433/register"))
    assert there.path.exists() and not rehearsal.is_worth_it(there, 1 << 40)


def test_a_copy_that_cannot_be_made_is_no_reason_either(staffed, both, monkeypatch):
    """The disk fills up while it is made."""
    path, arrivals = both

    def full(*_: object) -> None:
        raise RegisterError("disk_full")

    with staffed.opened() as session:
        monkeypatch.setattr(session.register, "copy_to", full)
        assert import_files(session, arrivals)[0].accepted == 3
    assert left(path) == []


@pytest.mark.parametrize("rows", [1, 1 << 30], ids=["on a copy", "in the transaction"])
def test_somebody_revoked_meanwhile_writes_nothing(both, staffed, monkeypatch, rows):
    """What he signs counts no more: he is refused in a sentence, the register stays sound and others go on."""
    path, arrivals = both
    monkeypatch.setattr(batch, "MANY_ROWS", rows)
    with staffed.opened() as session:
        policy, now, custodian = session.given, session.now, session.user
        for name, words in (("文员", PEOPLE["文员"][1]), ("文员二", PEOPLE["领导"][1])):
            users.add(session, name, "clerk", words)
    clerk = enter(path, "文员", PEOPLE["文员"][1], policy, now, remembers=False)
    works, revoked = batch._work_through, []

    def work(*given):
        if not revoked and rows == 1:
            revoke()
        works(*given)

    def revoke() -> None:
        revoked.append(True)
        with enter(path, custodian, PASSPHRASE, policy, now, remembers=False) as other:
            users.revoke(other, "文员")

    monkeypatch.setattr(batch, "_work_through", work)
    if rows > 1:
        revoke()
    with clerk, pytest.raises(RegisterError) as no:
        import_files(clerk, arrivals)
    assert no.value.code.startswith("revoked") and revoked == [True]
    with enter(path, "文员二", PEOPLE["领导"][1], policy, now, remembers=False) as session:
        assert session.register.verify_audit() == [] and len(session.register.read("document")) == 2
        assert import_files(session, arrivals)[0].accepted
        assert session.register.verify_audit() == []
