"""LibreOffice as another office's program: saves workbooks anew."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def save_anew(files: list[Path], out: Path, home: Path, kind: str = "xlsx") -> None:
    """Open files and save them to a folder; ``home``: where the program keeps its settings. A developer without it skips."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is missing: soffice is not on the PATH (Debian: libreoffice-calc)")
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    subprocess.run(
        [program, "--headless", "--norestore", profile, "--convert-to", kind, "--outdir", out, *files],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(home)},
    )
