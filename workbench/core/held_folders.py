"""A folder for the time of one task, of its owner's alone: what is in it goes with the task, also where that was killed.

A file in it stays locked as long as the task lives; what nobody holds any more goes when the next task of its kind begins.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HELD = "held"


@contextmanager
def held_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder for one task somewhere in ``parent``, gone at its end. Those of tasks that were killed go now.

    ``prefix``: how the names of those of its kind begin there. Raises OSError.
    """
    from filelock import FileLock

    with (
        tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as private,
        FileLock(Path(private) / HELD, thread_local=False),  # another thread may end the task
    ):
        sweep(parent, prefix)
        folder = Path(private) / "made"
        folder.mkdir(mode=0o700)
        yield folder


def sweep(parent: Path, prefix: str) -> None:
    """Take away what tasks of this user left in ``parent`` that were killed."""
    for left in parent.glob(f"{prefix}*"):
        with suppress(OSError):  # its task lives, or ends just now
            if left.lstat().st_uid == _own() and (left / HELD).exists():
                _let_go(left)


def _let_go(left: Path) -> None:
    """Raises OSError where its task lives."""
    from filelock import FileLock

    with FileLock(left / HELD, timeout=0):
        pass
    shutil.rmtree(left)


def _own() -> int:
    """This user's number; Windows has none, and its folders all say 0."""
    return os.geteuid() if hasattr(os, "geteuid") else 0
