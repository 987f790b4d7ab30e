"""A quarter settled with states that workers of a real Dask cluster derived: the same to the letter, nothing lost, nothing given away."""

from __future__ import annotations

import json

import pytest

from tests.support.cluster import before_each_task, carried, first_ends_its_worker
from tests.support.office import PASSPHRASE, Office
from workbench.capabilities.leads import divided
from workbench.platform.executors import workers as executors
from workbench.platform.register.store import Register

pytestmark = [pytest.mark.slow, pytest.mark.process]
AFTER = "2026-04-05T09:00:00"
ASKED = (
    ("settle", "2026Q1", "--as-of", AFTER, "--json"),
    ("leads", "--as-of", AFTER, "--json"),
    ("explain", "D001", "--quarter", "2026Q1", "--as-of", AFTER, "--json"),
    ("due", "--on", "2026-04-05", "--done", "--json"),
)


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """Workers are worth their while for any lead, and each gets several parts."""
    monkeypatch.setattr(divided, "WORTHWHILE", 1)
    monkeypatch.setattr(divided, "MOST", 2)


@pytest.fixture
def sent(monkeypatch) -> list[bytes]:
    """What workers are given, packed."""
    return carried(monkeypatch)


def test_what_is_asked_is_answered_alike(cluster, first_quarter: Office, sent, monkeypatch):
    """Amounts, statuses, explanations and what is due; each time several parts were handed over."""
    here = [first_quarter.run(*asked, code=None) for asked in ASKED]
    assert not sent
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    for asked, answer in zip(ASKED, here, strict=True):
        before = len(sent)
        assert first_quarter.run(*asked, code=None) == answer
        assert len(sent) - before >= 3
    assert json.loads(here[0])["lines"] and json.loads(here[1])


def test_an_approved_quarter_is_kept_alike(cluster, first_quarter: Office, sent, monkeypatch, tmp_path):
    """What an approval keeps, though workers derived what it rests on."""
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    first_quarter.run("settlement", "submit", "2026Q1", "--at", AFTER, code=None)
    first_quarter.run("settlement", "approve", "2026Q1", "--at", AFTER, code=None)
    assert sent
    monkeypatch.delenv("WORKBENCH_CLUSTER")
    kept = first_quarter.ask("settle", "2026Q1", "--as-of", AFTER)
    monkeypatch.setattr(divided, "WORTHWHILE", 10**9)
    trial = first_quarter.ask("settle", "2026Q1", "--as-of", "2026-04-04T09:00:00")
    assert kept["lines"] == trial["lines"] and kept["lines"]


def test_neither_key_nor_name_is_given_away(cluster, first_quarter: Office, sent, monkeypatch):
    """In what workers are given there is no key of the register, no passphrase, no customer, no phone; nor in their logs."""
    keys: list[bytes] = []
    real = Register.open

    def opened(path, held, **more):
        several = (*held.fields.values(), *held.names.values(), *held.former)
        keys.extend(filter(None, (held.file, held.audit, held.index, held.house_seed, *several)))
        return real(path, held, **more)

    monkeypatch.setattr(Register, "open", opened)
    monkeypatch.setenv("WORKBENCH_CLUSTER", cluster.address)
    first_quarter.ask("settle", "2026Q1", "--as-of", AFTER, code=None)
    assert len(keys) >= 5 and sent
    content, logs = b"".join(sent), cluster.logs()
    assert b"D001" in content  # what they are given can be read
    assert not any(key in content or key.hex().encode() in content for key in keys)
    for secret in (PASSPHRASE, "江城客运", "江城第一驾校", "13900001112", "何项目", "周正", "赵副总"):
        assert secret.encode() not in content and secret not in logs


def test_a_killed_worker_loses_nothing(own_cluster, first_quarter: Office, monkeypatch):
    """Its parts are derived by the other one."""
    here = first_quarter.run(*ASKED[0])
    first, _ = own_cluster.worker(), own_cluster.worker()
    before_each_task(monkeypatch, lambda number: first.kill() if number == 2 else None)
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    assert first_quarter.run(*ASKED[0]) == here
    assert first.wait(10)


def test_a_part_at_which_workers_die_is_derived_here(impatient_cluster, first_quarter: Office, monkeypatch):
    """Nothing is lost, and nothing is counted twice."""
    here = first_quarter.run(*ASKED[0])
    ended = first_ends_its_worker(monkeypatch)
    monkeypatch.setenv("WORKBENCH_CLUSTER", impatient_cluster.address)
    assert first_quarter.run(*ASKED[0]) == here
    assert ended


def test_without_workers_left_it_ends_in_a_sentence(own_cluster, first_quarter: Office, monkeypatch):
    """Nothing is settled on half of the leads."""
    monkeypatch.setattr(executors, "PATIENCE", 1.0)
    only = own_cluster.worker()
    before_each_task(monkeypatch, lambda _: only.kill())
    monkeypatch.setenv("WORKBENCH_CLUSTER", own_cluster.address)
    assert first_quarter.run(*ASKED[0], code=2) == ""
    assert "工作进程全部中断" in first_quarter.said
