"""Several processes at one register: nobody fails, nothing is lost, and a reader sees whole states only."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from tests.support.source import ROOT
from tests.support.vault import deed
from workbench.core.errors import RegisterError
from workbench.platform.register import schema

pytestmark = pytest.mark.slow
WRITERS = 4
SECONDS = 4


def test_four_writers_at_once(vault):
    """Four processes write for four seconds while a fifth connection verifies; every commit is there once."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker", "write", str(vault.path), f"w{number}", str(SECONDS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * WRITERS
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    looks = 0
    with vault.open() as reader:
        while any(writer.poll() is None for writer in writers):
            assert reader.verify_audit() == []
            with reader.snapshot():
                assert reader.count("lead") == 2 * reader.count("document") == 2 * reader.count("entry")
            looks += 1
    ends = [writer.communicate() for writer in writers]
    assert [(writer.returncode, error) for writer, (_, error) in zip(writers, ends, strict=True)] == [(0, "")] * WRITERS
    done = {f"w{number}": int(out.split()[-1]) for number, (out, _) in enumerate(ends)}
    with vault.open() as register:
        names = register.read("document", ["name"])["name"]
        assert {name: int((names == name).sum()) for name in done} == done
        assert register.read("entry")["entry"].tolist() == list(range(1, sum(done.values()) + 3))
        assert register.verify_audit() == []
    assert all(count > 0 for count in done.values()), done
    assert looks > 2


def test_waiting_too_long_is_a_sentence(vault, monkeypatch):
    """Where another holds the register past the time-out, the word is ``busy``, and the deed can be tried again."""
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.1)
    with vault.open() as one, vault.open() as other:
        with deed(one):
            with pytest.raises(RegisterError) as refusal, deed(other):
                pass
            assert refusal.value.code == "busy"
            assert other.count("lead") == 4
        with deed(other):
            pass
        assert one.count("entry") == 4
        assert one.verify_audit() == []


def test_a_second_writer_waits_for_the_first(vault):
    """The time-out is long enough for ordinary deeds: the second one simply comes after."""
    order = []
    with vault.open() as one, vault.open() as other:

        def second() -> None:
            with deed(other):
                order.append("second")

        with deed(one):
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(0.3)
            order.append("first")
        thread.join(10)
    assert order == ["first", "second"]
