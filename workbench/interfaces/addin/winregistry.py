"""The Windows registry: the user's part is written (no administrator needed), the computer's is read."""

from __future__ import annotations

import sys
import winreg
from typing import Any

assert sys.platform == "win32"  # there is no registry elsewhere
HIVES = {"user": winreg.HKEY_CURRENT_USER, "machine": winreg.HKEY_LOCAL_MACHINE, "classes": winreg.HKEY_CLASSES_ROOT}


class WindowsRegistry:
    """Values of keys: read below any hive, written below HKEY_CURRENT_USER."""

    def read(self, key: str, hive: str = "user") -> dict[str, Any] | None:
        """All values of a key; None where the key does not exist or may not be read."""
        try:
            with winreg.OpenKey(HIVES[hive], key) as opened:
                count = winreg.QueryInfoKey(opened)[1]
                return {name: value for name, value, _ in (winreg.EnumValue(opened, place) for place in range(count))}
        except OSError:
            return None

    def keys(self, key: str, hive: str = "user") -> list[str]:
        """The names of the keys below a key; none where it does not exist or may not be read."""
        try:
            with winreg.OpenKey(HIVES[hive], key) as opened:
                return [winreg.EnumKey(opened, place) for place in range(winreg.QueryInfoKey(opened)[0])]
        except OSError:
            return []

    def write(self, key: str, name: str, value: str) -> None:
        """Set a string value; the key is made where it is missing."""
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Take a value away."""
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_SET_VALUE) as opened:
            winreg.DeleteValue(opened, name)
