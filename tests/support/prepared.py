"""Registers worked up to a point once in a session, and copied for every test that starts from there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Prepared:
    """Folders kept by the name of the point they were worked up to."""

    kept: Path

    def __call__(self, folder: Path, point: str, work: Callable[[], object]) -> None:
        """Bring a test's folder to a point: by the work itself the first time, by a copy of its outcome afterwards.

        ``point`` names one way of getting there, from an empty folder on; the work leaves nothing outside the folder.
        """
        outcome = self.kept / point
        if not outcome.exists():
            work()
            shutil.copytree(folder, outcome)
            return
        for path in folder.glob("登记册.db*"):  # what lay beside an earlier state has no part in this one
            path.unlink()
        shutil.copytree(outcome, folder, dirs_exist_ok=True)
