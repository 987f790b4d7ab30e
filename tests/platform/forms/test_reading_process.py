"""The reading process may die or hang: that file is refused, the next one is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.support.workbooks import DATA, accepted, outcome, refused, rewrite, said
from workbench.core.errors import FileRefused
from workbench.platform.forms import read as read_module
from workbench.platform.forms import reading_process as reading
from workbench.platform.forms.read import Form, read_many

unix = pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes and signals: Windows has none")


@pytest.mark.parametrize("work", ["killed", "hungry"])
def test_a_workbook_that_kills_the_parser_is_refused_and_the_next_is_read(lead_record, work):
    """The process ends or meets its limit of memory, and a new process reads on."""
    good = lead_record(name="好表.xlsx")
    with reading.reading_process() as child:
        for _ in range(2):
            with pytest.raises(FileRefused) as no:
                child.run(good, f"tests.support.hostile_work:{work}")
            assert (no.value.code, no.value.file) == ("crashed", "好表.xlsx")
            assert no.value.zh == "好表.xlsx：读取时出错或占用内存过多，已放弃。请用官方模板重新填写后提交。"
            assert "rows" in child.read(good)


def test_what_a_library_prints_is_no_answer(lead_record):
    """It is nobody's, and the next file has its own answer."""
    good = lead_record()
    with reading.reading_process() as child:
        assert child.run(good, "tests.support.hostile_work:talkative") == {"said": True}
        assert "rows" in child.read(good)


def test_what_copies_leave_behind_does_not_grow(lead_record):
    """Ten large workbooks that are marked one after the other took ten times the memory of one."""
    good = lead_record()
    with reading.reading_process() as child:
        counts = [child.run(good, "tests.support.hostile_work:circular")["objects"] for _ in range(4)]
    assert max(counts) < 1.5 * counts[0]


def test_a_value_far_from_the_table_costs_no_memory(lead_record):
    """Seven hundred million empty cells lie between: it is named by its address."""
    far = b'<row r="999999"><c r="ZZ999999"><v>1</v></c></row></sheetData>'
    path = rewrite(lead_record(), DATA, lambda raw: raw.replace(b"</sheetData>", far))
    started = time.monotonic()
    assert said(accepted(path)) == [("beside_table", "ZZ999999", "warning")]
    assert time.monotonic() - started < 30


def test_a_time_out_gives_a_refusal(lead_record):
    """A file that is not read in time is refused with a sentence of its own."""
    no = refused(lead_record(), timeout=0.001)
    assert no.code == "timeout"
    assert "读取超时" in no.zh
    assert "请用官方模板重新填写后提交" in no.zh


@unix
def test_a_file_that_never_ends_does_not_hold_up_the_others(lead_record, tmp_path):
    """A pipe nobody writes to stalls the process; after the time-out the next file is read by a new one."""
    stuck = tmp_path / "卡住.xlsx"
    os.mkfifo(stuck)
    good = lead_record(name="好表.xlsx")
    started = time.monotonic()
    (_, first), (_, second) = read_many([stuck, good], timeout=2)
    assert time.monotonic() - started < 15
    assert (first.code, first.file) == ("timeout", "卡住.xlsx")
    assert isinstance(second, Form)


@unix
def test_a_process_killed_between_two_files_is_replaced(lead_record):
    """Somebody ends the process while it waits: the file it cannot take is refused, then work goes on."""
    child = reading.ReadingProcess(20)
    try:
        assert "rows" in child.read(lead_record())
        child.process.send_signal(signal.SIGKILL)
        child.process.wait()
        assert child.read(lead_record()) == "died"
        assert "rows" in child.read(lead_record())
    finally:
        child.close()


def test_a_process_that_cannot_start_gives_refusals(lead_record, monkeypatch):
    """A broken installation refuses files; it neither hangs nor crashes."""
    monkeypatch.setattr(reading.sys, "executable", "/bin/false" if sys.platform != "win32" else "where.exe")
    started = time.monotonic()
    assert refused(lead_record(), timeout=10).code == "crashed"
    assert time.monotonic() - started < 10


def test_an_answer_cut_short_is_no_answer(lead_record, monkeypatch, tmp_path):
    """A process that ends in the middle of a line has not read the file."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\nread specs\nread path\nprintf \'{"template": "lead_rec\'\n', encoding="utf-8")
    fake.chmod(0o755)
    if sys.platform == "win32":
        pytest.skip("needs a shell script as a program: Windows has none")
    monkeypatch.setattr(reading.sys, "executable", str(fake))
    assert refused(lead_record(), timeout=10).code == "crashed"


def test_the_process_is_told_no_secrets(lead_record, monkeypatch, tmp_path):
    """Passphrase, register and the server's password stay with the parent: no variable of ours reaches the process."""
    started = []
    real = subprocess.Popen
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "correct horse")
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    monkeypatch.setenv("PGPASSWORD", "battery staple")

    def spy(*arguments, **options):
        started.append(options["env"])
        return real(*arguments, **options)

    monkeypatch.setattr(reading.subprocess, "Popen", spy)
    accepted(lead_record())
    (environment,) = started
    assert not [name for name in environment if name.startswith("WORKBENCH_")]
    assert not {"correct horse", "battery staple"}.intersection(environment.values())


def test_no_process_is_left_behind(lead_record, monkeypatch):
    """After the last file, and after a caller that stops early, every process has ended."""
    children = []
    real = reading.ReadingProcess

    def keep(timeout):
        children.append(real(timeout))
        return children[-1]

    monkeypatch.setattr(read_module, "ReadingProcess", keep)
    paths = [lead_record(name=f"表{number}.xlsx") for number in range(3)]
    assert len(list(read_many(paths, workers=2))) == 3
    iterator = read_many(paths)
    next(iterator)
    iterator.close()
    assert len(children) == 3
    assert all(child.process.poll() is not None for child in children)


def test_progress_is_told_once_per_file(lead_record, tmp_path):
    """Refused files count as done too."""
    (tmp_path / "空.xlsx").write_bytes(b"")
    seen = []
    list(read_many([lead_record(), tmp_path / "空.xlsx"], progress=lambda: seen.append(1)))
    assert len(seen) == 2
    assert outcome(tmp_path / "空.xlsx").code == "empty_file"


@pytest.mark.parametrize("module", ["forms.child", "forms.editing", "documents.slip_parts"])
def test_what_the_reading_process_loads_is_little(module):
    """A received file meets neither the rules nor a key in there, and nobody waits for pandas."""
    script = f"import workbench.platform.{module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "workbench" in loaded
    assert not {"pandas", "cryptography", "sqlcipher3"} & set(loaded)
