"""The computer the add-in is installed on: where things are, which Python runs, and its registry; tests give their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from workbench.interfaces.addin.server import try_start

NAME = "大客户工作台.xlam"
MODULE = "workbench.interfaces.addin.functions"
PROJECT = "workbench"  # names the configuration file: ~/.workbench/workbench.conf


class Registry(Protocol):
    """The Windows registry. ``hive``: ``user`` (HKEY_CURRENT_USER), ``machine`` (…LOCAL_MACHINE), ``classes`` (…CLASSES_ROOT)."""

    def read(self, key: str, hive: str = "user") -> dict[str, Any] | None:
        """All values of a key, its own under the empty name; None where it does not exist."""
        ...

    def keys(self, key: str, hive: str = "user") -> list[str]:
        """The names of the keys below a key."""
        ...

    def write(self, key: str, name: str, value: str) -> None:
        """Set a string value of the user's part; a missing key is made."""
        ...

    def delete(self, key: str, name: str) -> None:
        """Take a value of the user's part away."""
        ...


@dataclass(frozen=True)
class Computer:
    """Where things are on this computer. ``encoding``: the one VBA reads text files in. ``python``: the interpreter
    Excel is to start; ``base``: the folder of the Python it was made from; ``bits``: its bitness; ``try_start``: has an
    interpreter started as Excel does."""

    system: str
    home: Path
    appdata: Path
    python: Path
    encoding: str
    registry: Registry | None
    base: Path = Path()
    bits: int = 64
    try_start: Callable[[Path], int | None] = try_start

    @property
    def addin(self) -> Path:
        """Where the add-in belongs: Excel opens everything in this folder when it starts, and trusts it."""
        return self.appdata / "Microsoft" / "Excel" / "XLSTART" / NAME

    @property
    def earlier_addin(self) -> Path:
        """Where earlier versions put it, opened by a value OPEN that Excel rewrites when it ends."""
        return self.appdata / "Microsoft" / "AddIns" / NAME

    @property
    def config(self) -> Path:
        """The file in which the add-in looks for Python."""
        return self.home / f".{PROJECT}" / f"{PROJECT}.conf"


def this_computer() -> Computer:
    """The computer we run on."""
    home = Path.home()
    appdata = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    where, base = (home, appdata, Path(sys.executable)), Path(sys.base_prefix)
    bits = 64 if sys.maxsize > 1 << 32 else 32
    if sys.platform == "win32":
        from workbench.interfaces.addin.winregistry import WindowsRegistry

        return Computer("win32", *where, "mbcs", WindowsRegistry(), base, bits)
    return Computer(sys.platform, *where, "utf-8", None, base, bits)
