"""What an earlier version left behind, copied to a folder of its own and worked through the command line alone.

Nothing of the product is imported: ``python -m workbench`` runs inside this process. So these tests need no change when
the code is moved around; a command that is renamed on purpose is changed in the tables of the test modules.
"""

from __future__ import annotations

import io
import json
import os
import runpy
import shutil
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = "workbench"
UPDATE = os.environ.get("WORKBENCH_GOLDEN") == "update"


@dataclass(frozen=True)
class Office:
    """A folder with a register, worked by the people who have passphrases."""

    folder: Path
    passphrases: dict[str, str]
    register: str = "register/登记册.db"

    @classmethod
    def copy(cls, data: Path, folder: Path, passphrases: dict[str, str], register: str = register) -> Office:
        """The kept files somewhere else, as one would put them on another machine."""
        shutil.copytree(data, folder, dirs_exist_ok=True)
        return cls(folder, passphrases, register)

    def run(self, user: str | None, *arguments: object, code: int | None = 0, **environment: str) -> str:
        """Run a command as a user (None: without a register), check its exit code and give back what it printed.

        Of a refused command (2) that is its sentence. ``environment``: further variables.
        """
        found, said, wrong = self.streams(user, *arguments, **environment)
        assert code is None or found == code, f"exit {found}\n{said}\n{wrong}"
        return wrong if found == 2 else said

    def streams(self, user: str | None, *arguments: object, **environment: str) -> tuple[object, str, str]:
        """Run a command as a user; its exit code, and what it printed on either stream."""
        given = dict(environment)
        if user is not None:
            who = {"WORKBENCH_USER": user, "WORKBENCH_PASSPHRASE": self.passphrases[user]}
            given = {"WORKBENCH_REGISTER": self.register, **who, **environment}
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
                patch.delenv(name)
            for name, value in given.items():
                patch.setenv(name, value)
            patch.setenv("XDG_STATE_HOME", str(self.folder / "state"))
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", [PROGRAM, *map(str, arguments)])
            with pytest.raises(SystemExit) as end:
                runpy.run_module(PROGRAM, run_name="__main__")
        said, wrong = (stream.buffer.getvalue().decode() for stream in (out, err))
        return end.value.code, said, wrong

    def ask(self, user: str | None, *arguments: object, code: int | None = 0, **environment: str) -> Any:
        """Run a command with --json and give back the document."""
        return json.loads(self.run(user, *arguments, "--json", code=code, **environment))


def differing(one: Path, other: Path) -> list[str]:
    """Where two files are not the same: of workbooks the parts by content, date and order, else the file as a whole."""
    mine, theirs = _parts(one), _parts(other)
    order = [] if list(mine) == list(theirs) else ["order"]
    return [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)] + order


def _parts(path: Path) -> dict[str, tuple]:
    if not zipfile.is_zipfile(path):
        return {path.suffix: (path.read_bytes(),)}
    with zipfile.ZipFile(path) as archive:
        return {part.filename: (part.date_time, archive.read(part)) for part in archive.infolist()}
