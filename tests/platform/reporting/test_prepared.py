"""What a report shows, handed to a kernel that has no key: plain values, the answer to one question, and from nobody else."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.support import customer_world, synthetic
from tests.support.report_runs import AFTER, WHEN
from workbench.app.notebook import open_report
from workbench.app.policy import load_policy
from workbench.app.preparing import Preparation
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access.session import enter
from workbench.platform.executors.workers import Workers
from workbench.platform.register.keys import unlock
from workbench.platform.reporting import elsewhere, kernel_start, notebook, runs
from workbench.platform.reporting.notebook import Prepared, handed_over
from workbench.platform.reporting.registry import find, reports

ASKED = {"register": "r.db", "period": "2026-03", "as_of": "2026-04-03T09:00:00", "user": "clerk"}
ANSWER = Prepared(find("conversion"), "2026-03", {"rows": 3}, [], {})
RECEIVING = """
import sys
from workbench.platform.reporting import kernel_start
kernel_start.wait()
sys.stdout.buffer.write(kernel_start.handed)
"""


def same(one: Any, other: Any) -> bool:
    """Whether two values are of one kind and equal, frames and what is inside others included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (pd.DataFrame, pd.Series)):
        return bool(one.equals(other)) and str(getattr(one, "dtypes", "")) == str(getattr(other, "dtypes", ""))
    if is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.mark.whole
@pytest.mark.parametrize("alias", [each.alias for each in reports()])
def test_every_view_can_be_handed_on(alias, quarter):
    """Pickled and unpickled it is equal; of a customer's card, the customers of another world."""
    more, period = {}, WHEN.get(alias, ("2026-03-31", AFTER))[0]
    if alias == "card":
        quarter, more = synthetic.book(customer_world.facts(), AFTER), {"customer": customer_world.BUS.lstrip("#")}
    if alias == "whatif":
        more = {"changes": "无"}
    view = find(alias).view(quarter, period, **more)
    again = pickle.loads(pickle.dumps(view))
    assert same(again, view)
    assert not same(again, find("reminders").view(quarter, "2020-01-01"))


def secrets_in(value: Any) -> set[bytes]:
    """Every key that stands in what a slot opened."""
    if isinstance(value, bytes):
        return {value}
    if is_dataclass(value):
        return set().union(*(secrets_in(getattr(value, each.name)) for each in fields(value)))
    if isinstance(value, (tuple, dict)):
        return set().union(*(secrets_in(each) for each in (value.values() if isinstance(value, dict) else value)))
    return set()


@pytest.mark.whole
def test_no_key_is_handed_on(quarter_register):
    """Of every report that is prepared from an open register; nor the passphrase, nor a contact's name or phone."""
    keys = secrets_in(unlock(quarter_register, None, synthetic.PASSPHRASE)[1])
    assert len(keys) > 4
    texts = (synthetic.PASSPHRASE, synthetic.SECRET_PHONE, *synthetic.SECRET_NAMES)
    with enter(quarter_register, None, synthetic.PASSPHRASE, load_policy(), AFTER) as session:
        preparation = Preparation(session)
        for alias, (period, moment) in WHEN.items():
            more = {"changes": "无"} if alias == "whatif" else {}
            packed = preparation.of(find(alias), period, moment, more).packed(ASKED)
            for secret in keys | {each.hex().encode() for each in keys} | {each.encode() for each in texts}:
                assert secret not in packed, alias


def test_what_is_handed_over_answers_one_question(monkeypatch, tmp_path):
    """A notebook that asks for anything else goes to the register, as one that was handed nothing."""
    monkeypatch.setattr(kernel_start, "handed", ANSWER.packed(ASKED))
    for name in ("conversion", "信息转化率月报"):
        assert handed_over(name, ASKED) == ANSWER
    assert handed_over("targets", ASKED) is None
    for key in ASKED:
        assert handed_over("conversion", {**ASKED, key: "else"}) is None
    assert handed_over("conversion", {**ASKED, "customer": "1"}) is None
    opened = open_report("conversion", **ASKED, out_dir=str(tmp_path))
    assert (opened.view, opened.folder) == (ANSWER.view, tmp_path)
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    with pytest.raises(WrongUse) as refused:
        open_report("conversion", **{**ASKED, "period": "2026-02"}, out_dir=str(tmp_path))
    assert refused.value.code == "no_passphrase"


class Attack:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_nothing_that_lies_about_is_taken_for_handed_over(monkeypatch, tmp_path):
    """A prepared report comes by the pipe a process was started with, never from a file or a variable."""
    packed = pickle.dumps(Attack(tmp_path / "ran"))
    work = tmp_path / "work"
    work.mkdir()
    for name in ("prepared", ".prepared", "handed", "prepared.pickle", ".facts.json", notebook.REFUSAL):
        (work / name).write_bytes(packed)
        monkeypatch.setenv(f"WORKBENCH_{name.strip('.').partition('.')[0].upper()}", str(work / name))
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    monkeypatch.chdir(work)
    with pytest.raises(WrongUse) as refused:
        open_report("conversion", **ASKED, out_dir=".")
    assert refused.value.code == "no_passphrase"
    assert not (tmp_path / "ran").exists()
    pickle.loads(packed)
    assert (tmp_path / "ran").exists()  # it would have left its mark


def test_who_may_not_make_a_report_is_refused_where_it_is_prepared(office):
    """As in a notebook; the refusal stands in the trail."""
    with office.opened() as session:
        object.__setattr__(session, "sole", False)
        object.__setattr__(session, "role", "approver")
        with pytest.raises(RegisterError) as refused:
            Preparation(session).of(find("inspection"), "2026-03", AFTER, {})
        assert session.register.count("entry", {"action": "refused"}) == 1
    assert refused.value.code == "not_allowed"


@pytest.mark.process
@pytest.mark.parametrize(("cut", "got"), [(0, b"\n\x00" * 200_000), (1, b"")], ids=["whole", "cut-off"])
def test_a_process_is_handed_all_of_it_or_ends(cut, got, tmp_path):
    """More than a pipe holds arrives; where whoever sends it dies in the middle, the process ends."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    said = kernel_start.line(str(tmp_path), kept, b"\n\x00" * 200_000)
    command = [sys.executable, "-c", RECEIVING]
    done = subprocess.run(command, input=said[: len(said) - cut], capture_output=True, env=kept)
    assert (done.returncode, done.stdout, done.stderr) == (0, got, b"")


@pytest.mark.slow
def test_two_threads_of_one_worker_keep_their_reports_apart(quarter_register, tmp_path):
    """Each notebook runs in the kernel of its own task."""
    names = ("conversion", "targets")
    with (
        enter(quarter_register, None, synthetic.PASSPHRASE, load_policy(), AFTER) as session,
        ThreadPoolExecutor(2) as threads,
    ):
        workers, preparation, tasks = Workers(threads, 2), Preparation(session), {}
        for name in names:
            wanted = runs.order(name, quarter_register, "2026-03", AFTER, "clerk")
            prepared = preparation.of(wanted.report, wanted.period, AFTER, wanted.more())
            tasks[name] = wanted, prepared, elsewhere.send(workers, wanted, prepared, ("workbench.app.notebook",))
        for name, (wanted, prepared, task) in tasks.items():
            elsewhere.receive(workers, task, wanted, prepared, tmp_path)
            wanted.report.write(prepared.view, tmp_path / "same.xlsx")
            made = runs.run_in(tmp_path, wanted.report, wanted.period).workbook
            assert made.read_bytes() == (tmp_path / "same.xlsx").read_bytes(), name


@pytest.mark.process
def test_what_a_killed_worker_left_goes_with_the_next_report(monkeypatch, tmp_path):
    """In memory and in the temporary folder; what lives stays, and so does what is not of a report."""
    working = (
        "from workbench.platform.reporting import elsewhere; from pathlib import Path; import sys, time\n"
        "elsewhere.MEMORY, elsewhere.ROOM = Path(sys.argv[1]), 0\n"
        "with elsewhere.private_folder() as folder:\n"
        "    (folder / '报告.xlsx').write_bytes(b'rows'); print(folder, flush=True); time.sleep(600)\n"
    )
    monkeypatch.setattr(elsewhere, "ROOM", 0)
    for name in ("memory", "temporary"):
        parent = tmp_path / name
        parent.mkdir()
        memory = parent if name == "memory" else tmp_path / "none"
        monkeypatch.setattr(elsewhere, "MEMORY", memory)
        monkeypatch.setattr(elsewhere.tempfile, "tempdir", str(parent))
        (parent / "wb-other").mkdir()
        command = [sys.executable, "-c", working, str(memory)]
        workers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(parent)})
            for _ in range(2)
        ]
        killed, living = (Path(worker.stdout.readline().strip()) for worker in workers)
        try:
            workers[0].kill()
            workers[0].wait()
            assert (killed / "报告.xlsx").exists()
            with elsewhere.private_folder() as mine:
                assert sorted(parent.iterdir()) == sorted([parent / "wb-other", living.parent, mine.parent])
                assert (living / "报告.xlsx").read_bytes() == b"rows"
        finally:
            for worker in workers:
                worker.kill()
                worker.communicate()
