"""Work measured in a process of its own."""

from __future__ import annotations

import tempfile

import pytest

from benchmarks.measure import alone

pytestmark = pytest.mark.slow


def test_a_process_is_measured_with_those_it_starts():
    """Processor time and memory of a child count."""
    code = "held = bytearray(200 * 2**20)\nend = __import__('time').process_time() + 0.5\nwhile __import__('time').process_time() < end: pass"
    spent = alone("benchmarks.works:command", "-c", code)
    assert spent.seconds >= 0.4
    assert 0.5 <= spent.processor < 5
    assert 200 <= spent.peak < 2000


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    """Registers of a hundred thousand leads would stay there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = "import os, tempfile; print(tempfile.mkdtemp()); assert os.environ['TMPDIR'].startswith(os.environ['ABOVE'])"
    monkeypatch.setenv("ABOVE", str(tmp_path))
    alone("benchmarks.works:command", "-c", code)
    assert list(tmp_path.iterdir()) == []


def test_work_that_fails_is_said():
    """A benchmark of something broken is no figure."""
    with pytest.raises(RuntimeError, match="command"):
        alone("benchmarks.works:command", "-c", "raise SystemExit(3)")
