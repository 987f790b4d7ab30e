"""Reading files and drawing up statements on a real Dask cluster: the same outcome, nothing lost, nothing given away."""

from __future__ import annotations

import logging
import os
import signal
from datetime import date, datetime
from pathlib import Path

import dask
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.support.cluster import DaskCluster, before_each_task, carried, first_ends_its_worker
from tests.support.office import PASSPHRASE, lead
from tests.support.relay import Relay
from workbench.capabilities.statements.drawing import draw
from workbench.capabilities.statements.statement import Statements
from workbench.core.errors import FileRefused, WorkbenchError, WrongUse
from workbench.platform.executors import cluster as clusters
from workbench.platform.executors import workers as executors
from workbench.platform.executors.cluster import on_cluster
from workbench.platform.executors.workers import WorkerFault, WorkerLost, on_this_pc
from workbench.platform.forms.passwords import Passwords
from workbench.platform.forms.read import Form, read_many

pytestmark = [pytest.mark.slow, pytest.mark.process]
AFTER = datetime(2026, 4, 5, 9)
NAME = "芜湖机密机械有限公司"


def said(outcomes) -> list:
    """What was read of each file, as plain values."""
    plain = []
    for path, outcome in outcomes:
        if isinstance(outcome, FileRefused):
            plain.append((path.name, outcome.code, outcome.zh))
        else:
            assert isinstance(outcome, Form)
            rows = outcome.rows.astype(object).where(outcome.rows.notna(), None).to_dict("records")
            findings = [(each.code, each.cell, each.text()) for each in outcome.findings]
            plain.append((path.name, outcome.sha256, outcome.header, rows, findings))
    return plain


@pytest.fixture
def files(lead_record, tmp_path) -> list[Path]:
    """Twenty files: good ones, ones with findings, ones that no parser likes, one that is gone."""
    paths = [lead_record(lead(f"{number}号机械厂"), name=f"表{number}.xlsx") for number in range(14)]
    paths += [lead_record(lead("坏行", **{"标的量(台)": "约10"}), name=f"错{number}.xlsx") for number in range(3)]
    for name, content in (("空.xlsx", b""), ("碎.xlsx", b"PK\x03\x04" + b"\0" * 500)):
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)
    return [*paths, tmp_path / "不在.xlsx"]


def test_files_are_read_as_here(cluster, files):
    """Rows, findings and refusals, in the order of the files."""
    here = said(read_many(files, workers=2))
    with on_cluster(cluster.address) as workers:
        assert workers.count == 2
        assert said(read_many(files, cluster=workers)) == here
    assert [path.name for path in files] == [each[0] for each in here]


def test_a_file_under_a_password_is_read_here(cluster, lead_record, tmp_path, monkeypatch):
    """Its password goes nowhere; files around it are read over there, in their places."""
    inside = [lead_record(lead(f"{number}号厂"), name=f"表{number}.xlsx") for number in range(4)]
    locked = tmp_path / "锁.xlsx"
    with inside[1].open("rb") as plain, locked.open("wb") as secret:
        OOXMLFile(plain).encrypt("一把锁 2026", secret)
    paths = [inside[0], locked, *inside[2:]]
    sent = carried(monkeypatch)
    opening = Passwords((("", "一把锁 2026"),))
    with on_cluster(cluster.address) as workers:
        got = said(read_many(paths, cluster=workers, passwords=opening))
    assert got == said(read_many(paths, passwords=opening))
    assert all(len(each[3]) == 1 for each in got)  # none refused
    assert len(sent) == 3 and not any("一把锁".encode() in each for each in sent)


def test_an_import_is_the_same(cluster, staffed, monkeypatch):
    """Through the commands: what is said of each file, and the leads there are then."""
    paths = [staffed.leads("D001", f"D001_{n}.xlsx", [lead(f"{n}号公司", 联系方式=f"1390000{n:04}")]) for n in range(8)]
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    sent = carried(monkeypatch)
    checked = staffed.ask("check", *paths, code=0)
    taken = staffed.ask("import", *paths, "--received-at", "2026-01-05T10:00:00", code=0)
    assert len(sent) == 16
    listed = staffed.ask("leads")
    monkeypatch.delenv("WORKBENCH_CLUSTER")
    assert staffed.ask("check", *paths, code=0) == checked
    assert [each["accepted"] for each in taken["files"]] == [1] * 8
    assert {row["customer"] for row in listed} == {f"{n}号公司" for n in range(8)}
    again = staffed.ask("import", *paths, "--received-at", "2026-01-05T10:00:00", code=0)
    assert [each["accepted"] for each in again["files"]] == [0] * 8  # the same bytes


def test_statements_are_the_same_bytes(cluster, first_quarter, monkeypatch):
    """Drawn up here, by processes of this PC, and by the cluster; no key and no passphrase is in what was handed over."""
    with first_quarter.opened() as session:
        statements = Statements(session, "2026Q1", AFTER)
        found = [statements.of(unit) for unit in statements.reporters()]
        here = draw(found, session.policy)
        sent = carried(monkeypatch)
        for place in (on_this_pc(0), on_this_pc(2), on_cluster(cluster.address)):
            with place as workers:
                tasks = [workers.submit(draw, [each], session.policy) for each in found]
                assert [one for task in tasks for one in workers.result(task)] == here
    assert len(sent) == 3 * len(found)
    assert not any(PASSPHRASE.encode() in each for each in sent)


def test_statements_by_command(cluster, first_quarter, monkeypatch, tmp_path):
    """The files of ``statement --all``, manifests apart, which name when they were signed."""
    given = ("statement", "--all", "--period", "2026Q1", "--as-of", AFTER.isoformat(), "--out")
    first_quarter.run(*given, tmp_path / "hier")
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    first_quarter.run(*given, tmp_path / "dort")
    books = sorted(path.name for path in (tmp_path / "hier").glob("*.xlsx"))
    assert len(books) == 2
    for name in books:
        assert (tmp_path / "hier" / name).read_bytes() == (tmp_path / "dort" / name).read_bytes()


def test_a_killed_worker_loses_nothing(own_cluster, lead_record):
    """Its files are read by the other one."""
    paths = [lead_record(lead(f"{number}号厂"), name=f"表{number}.xlsx") for number in range(40)]
    first, _ = own_cluster.worker(), own_cluster.worker()
    with on_cluster(own_cluster.address) as workers:
        seen: list[int] = []

        def kill_once() -> None:
            seen.append(1)
            if len(seen) == 5:
                os.kill(first.pid, signal.SIGKILL)

        got = said(read_many(paths, cluster=workers, progress=kill_once))
    assert first.wait(10) == -signal.SIGKILL
    assert got == said(read_many(paths, workers=2))


def test_without_workers_left_it_ends_in_a_sentence(own_cluster, staffed, monkeypatch):
    """The register is as it was, and takes the files in afterwards."""
    monkeypatch.setattr(executors, "PATIENCE", 1.0)
    paths = [
        staffed.leads("D001", f"D001_{n}.xlsx", [lead(f"{n}号公司", 联系方式=f"1390000{n:04}")]) for n in range(30)
    ]
    only = own_cluster.worker()
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    with monkeypatch.context() as patch:
        before_each_task(patch, lambda _: only.kill())
        staffed.run("import", *paths, "--received-at", "2026-01-05T10:00:00", code=2)
    assert "工作进程全部中断" in staffed.said
    monkeypatch.delenv("WORKBENCH_CLUSTER")
    assert staffed.ask("leads") == []
    taken = staffed.ask("import", *paths, "--received-at", "2026-01-05T10:00:00", code=0)
    assert sum(each["accepted"] for each in taken["files"]) == 30


def test_where_worker_after_worker_dies_a_file_is_read_here(impatient_cluster, lead_record, monkeypatch):
    """Neither that file nor those beside it are lost."""
    paths = [lead_record(lead(f"{number}号厂"), name=f"表{number}.xlsx") for number in range(6)]
    content = paths[2].read_bytes()
    ended = first_ends_its_worker(monkeypatch, lambda first: first == content)
    with on_cluster(impatient_cluster.address) as workers:
        got = said(read_many(paths, cluster=workers))
    assert ended and got == said(read_many(paths))


def test_a_broken_pool_is_a_lost_worker():
    """Nobody waits for ever."""
    with on_this_pc(2) as workers, pytest.raises(WorkerLost):
        workers.result(workers.submit(os._exit, 1))


def test_faults_and_refusals_come_back_without_values(cluster):
    """A refusal as itself, a fault as its kind and place; a worker's log knows neither names nor phones."""
    with on_cluster(cluster.address) as workers:
        with pytest.raises(WorkbenchError) as refused:
            workers.result(workers.submit(date_of, NAME))
        with pytest.raises(WorkerFault) as fault:
            workers.result(workers.submit(date.fromisoformat, NAME))
    assert refused.value.code == "bad_period"
    assert NAME not in str(fault.value) and "ValueError" in str(fault.value)
    assert NAME not in cluster.logs() and "13900001111" not in cluster.logs()


@pytest.mark.filterwarnings("error")
def test_a_long_file_is_no_reason_for_a_warning(cluster):
    """Twenty million bytes go over and come back; nobody is told of Dask's graphs."""
    with on_cluster(cluster.address) as workers:
        assert workers.result(workers.submit(bytes.hex, bytes(20_000_000))) == "0" * 40_000_000


def date_of(text: str) -> None:
    """Refuses."""
    raise WrongUse("bad_period", text="2026-13")


def test_what_travels_is_encrypted(tmp_path, lead_record, certificate):
    """Between two machines with certificates a listener on the line reads nothing; without encryption it would."""
    folder = tmp_path / "cluster"
    public, private = map(str, certificate)
    options = ("--tls-ca-file", public, "--tls-cert", public, "--tls-key", private)
    ours = {name: public for name in ("ca-file", "client.cert", "scheduler.cert", "worker.cert")}
    settings = {f"distributed.comm.tls.{name}": value for name, value in {**ours, "client.key": private}.items()}
    path = lead_record(lead(NAME), name="表.xlsx")
    for protocol, heard in (("tls", False), ("tcp", True)):
        found = DaskCluster(folder / protocol, *(options if protocol == "tls" else ()), protocol=protocol)
        try:
            found.worker()
            with (
                Relay(int(found.address.rpartition(":")[2])) as line,
                dask.config.set(settings),
                on_cluster(f"{protocol}://127.0.0.1:{line.port}") as workers,
            ):
                workers.result(workers.submit(str.upper, NAME))
                ((_, form),) = read_many([path], cluster=workers)
                assert isinstance(form, Form) and len(form.rows) == 1
            assert line.heard
            assert (NAME.encode() in line.heard) is heard
        finally:
            found.close()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("tcp://10.1.2.3:8786", "cluster_not_encrypted"),
        ("tcp://scheduler.example:8786", "cluster_not_encrypted"),
        ("http://127.0.0.1:8786", "bad_cluster"),
        ("tcp://127.0.0.1", "bad_cluster"),
        ("tcp://127.0.0.1:99999", "bad_cluster"),
        ("tls://me:secret@10.1.2.3:8786", "bad_cluster"),
        ("tls://me:secret@10.1.2.3:99999", "bad_cluster"),
        ("tls://[me:secret@10.1.2.3:8786", "bad_cluster"),
        ("tcp://127.0.0.1:9", "cluster_unreachable"),
        ("tls://127.0.0.1:9", "cluster_unreachable"),
    ],
)
def test_addresses_that_are_refused(address, code, monkeypatch):
    """Before anything is handed over; a password in an address is not repeated."""
    monkeypatch.setattr(clusters, "PATIENCE", 2.0)
    with pytest.raises(WrongUse) as refused, on_cluster(address):
        raise AssertionError("it was let in")
    assert refused.value.code == code
    assert "secret" not in refused.value.zh + refused.value.en


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        *[({name: "x"}, name) for name in executors.SECRET],
        ({"DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "0.7"}, "spill"),
        ({"DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "0.6"}, "target"),
    ],
)
def test_workers_that_are_not_to_be_used(own_cluster, environment, why):
    """One that knows a passphrase, or would write customers to its disk; also where the others are as they should be."""
    own_cluster.worker()
    own_cluster.worker(**environment)
    with pytest.raises(WrongUse) as refused, on_cluster(own_cluster.address):
        raise AssertionError("it was let in")
    assert refused.value.code == "unfit_worker" and why in refused.value.zh


def test_a_worker_on_another_machine_is_given_nothing_in_clear(own_cluster):
    """Its scheduler may be here: what workers are given goes to them past it."""
    own_cluster.worker()
    own_cluster.worker("--listen-address", "tcp://127.0.0.1:40123", "--contact-address", "tcp://10.1.2.3:40123")
    with pytest.raises(WrongUse) as refused, on_cluster(own_cluster.address):
        raise AssertionError("it was let in")
    assert refused.value.code == "cluster_not_encrypted" and "10.1.2.3" in refused.value.zh


def test_a_worker_that_does_not_answer_is_left_out(own_cluster, monkeypatch):
    """It is stopped, or dies while it is asked: the others do the work."""
    monkeypatch.setattr(clusters, "PATIENCE", 2.0)
    silent, other = own_cluster.worker(), own_cluster.worker()
    silent.send_signal(signal.SIGSTOP)
    with on_cluster(own_cluster.address) as workers:
        assert workers.count == 1
        assert workers.result(workers.submit(os.getpid)) == other.pid
    other.send_signal(signal.SIGSTOP)
    with pytest.raises(WrongUse) as refused, on_cluster(own_cluster.address):
        raise AssertionError("it was let in")
    assert refused.value.code == "no_worker"


def test_a_worker_that_joins_later_is_given_nothing(own_cluster, monkeypatch):
    """Nobody looked it over: where all others are gone, nobody is left."""
    monkeypatch.setattr(executors, "PATIENCE", 1.0)
    only = own_cluster.worker()
    with on_cluster(own_cluster.address) as workers:
        assert workers.result(workers.submit(clusters.about_worker))["secret"] is None
        own_cluster.worker(WORKBENCH_PASSPHRASE="x")
        assert workers.result(workers.submit(os.getpid)) == only.pid
        only.kill()
        with pytest.raises(WorkbenchError) as refused:
            workers.result(workers.submit(clusters.about_worker))
    assert refused.value.code == "no_worker_left"


def test_a_worker_of_another_version(cluster, monkeypatch):
    """Refused by name of the versions."""
    monkeypatch.setattr(clusters, "__version__", "9.9.9")
    with pytest.raises(WrongUse) as refused, on_cluster(cluster.address):
        raise AssertionError("it was let in")
    assert refused.value.code == "unfit_worker" and "9.9.9" in refused.value.zh


def test_the_library_says_nothing_of_a_cluster_that_is_gone(own_cluster):
    """What it writes of it, with a traceback, goes to whoever sits there; afterwards it speaks again."""
    own_cluster.worker()
    library = logging.getLogger("distributed.client")
    with on_cluster(own_cluster.address):
        assert not library.isEnabledFor(logging.ERROR)
    assert library.isEnabledFor(logging.ERROR)


def test_a_cluster_without_workers(own_cluster):
    """Said at once."""
    with pytest.raises(WrongUse) as refused, on_cluster(own_cluster.address):
        raise AssertionError("it was let in")
    assert refused.value.code == "no_worker"


def test_processes_of_this_pc_know_no_passphrase(monkeypatch):
    """Nor does what they are started with stay in their environment."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    with on_this_pc(2) as workers:
        assert workers.result(workers.submit(os.getenv, "WORKBENCH_PASSPHRASE")) is None
        assert workers.result(workers.submit(os.getpid)) != os.getpid()
    with on_this_pc(0) as workers:
        assert workers.result(workers.submit(os.getpid)) == os.getpid()
