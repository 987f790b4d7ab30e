"""Where the program keeps what it remembers on this machine: its log, later the heads of registers it has seen."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str], system: str = sys.platform) -> Path:
    """WORKBENCH_STATE, else the folder the system has for a program's state. It need not exist."""
    if named := environment.get("WORKBENCH_STATE"):
        return Path(named)
    home = Path(environment.get("HOME") or Path.home())
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "workbench"
    if system == "darwin":
        return home / "Library" / "Application Support" / "workbench"
    return Path(environment.get("XDG_STATE_HOME") or home / ".local" / "state") / "workbench"
