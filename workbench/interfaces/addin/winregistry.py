"""The user's part of the Windows registry (HKEY_CURRENT_USER), which needs no administrator."""

from __future__ import annotations

import sys
import winreg
from typing import Any

assert sys.platform == "win32"  # there is no registry elsewhere


class UserRegistry:
    """Values of keys below HKEY_CURRENT_USER."""

    def read(self, key: str) -> dict[str, Any] | None:
        """All values of a key; None where the key does not exist."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                count = winreg.QueryInfoKey(opened)[1]
                return {name: value for name, value, _ in (winreg.EnumValue(opened, place) for place in range(count))}
        except FileNotFoundError:
            return None

    def write(self, key: str, name: str, value: str) -> None:
        """Set a string value; the key is made where it is missing."""
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Take a value away."""
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_SET_VALUE) as opened:
            winreg.DeleteValue(opened, name)
