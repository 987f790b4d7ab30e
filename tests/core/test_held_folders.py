"""What is taken out of archives and what waits to become a report goes with its task, also where the task was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.other_formats import archive
from tests.support.source import ROOT
from workbench.app.inbox import incoming
from workbench.core.held_folders import held_folder
from workbench.platform.reporting.runs import ASIDE, carry_out

pytestmark = pytest.mark.process
TAKING_IN = (
    "from workbench.app.inbox import incoming; from pathlib import Path; import sys, time\n"
    "with incoming([Path(sys.argv[1])]) as came:\n"
    "    print(came.files[0], flush=True); time.sleep(600)\n"
)
REPORTING = (
    "from workbench.platform.reporting.runs import carry_out; from pathlib import Path; import sys, time\n"
    "def execute(folder):\n"
    "    (folder / '报告.xlsx').write_bytes(b'rows'); print(folder / '报告.xlsx', flush=True); time.sleep(600)\n"
    "carry_out(None, Path(sys.argv[1]), execute, None)\n"
)


@contextmanager
def at_work(code: str, place: Path, temporary: Path) -> Iterator[tuple[subprocess.Popen, Path]]:
    """A task in a process of its own, and the file it has made."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", code, str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment) as task:
        try:
            assert task.stdout is not None
            yield task, Path(task.stdout.readline().strip())
        finally:
            task.kill()


def test_attachments_of_a_killed_import_go_when_files_come_in_again(tmp_path, monkeypatch):
    """Whatever comes in then; those of an import that goes on stay, and so does what is nobody's of ours."""
    mail, plain, temporary = tmp_path / "来信.zip", tmp_path / "提报.xlsx", tmp_path / "tmp"
    mail.write_bytes(archive({"提报.xlsx": b"contact"}))
    plain.write_bytes(b"PK")
    (temporary / "workbench-in-other").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with at_work(TAKING_IN, mail, temporary) as (killed, left), at_work(TAKING_IN, mail, temporary) as (_, alive):
        killed.kill()
        killed.wait()
        assert left.read_bytes() == b"contact"
        with incoming([plain]) as came:
            assert came.files == [plain]
        assert not left.exists() and alive.read_bytes() == b"contact"
        with incoming([mail]) as came:
            (mine,) = came.files
            assert mine.is_file() and alive.is_file()
        kept = [alive.relative_to(temporary).parts[0], "workbench-in-other"]
        assert sorted(each.name for each in temporary.iterdir()) == sorted(kept)


def test_a_workbook_a_killed_run_left_goes_with_the_next_report(tmp_path):
    """In the folder of reports, where it lay beside the finished ones; a run that goes on keeps its own."""
    out = tmp_path / "报告"
    with at_work(REPORTING, out, tmp_path) as (killed, left), at_work(REPORTING, out, tmp_path) as (_, alive):
        killed.kill()
        killed.wait()
        assert left.exists()

        def execute(folder: Path) -> None:
            assert not left.exists() and alive.exists()
            raise KeyError

        with pytest.raises(KeyError):
            carry_out(None, out, execute, None)
        assert [each.name for each in out.iterdir()] == [alive.relative_to(out).parts[0]]
        assert alive.relative_to(out).parts[0].startswith(ASIDE)


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are of another kind there")
def test_only_its_owner_looks_into_a_folder(tmp_path):
    """From the beginning."""
    with held_folder(tmp_path, "x-") as folder:
        assert [each.stat().st_mode & 0o077 for each in (folder, folder.parent)] == [0, 0]
    assert list(tmp_path.iterdir()) == []
