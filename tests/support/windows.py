"""A Windows computer for the add-in without Windows: its registry in a dictionary, its folders in a temporary one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.core.shipped import shipped
from workbench.interfaces.addin.computer import NAME, Computer
from workbench.interfaces.addin.install import OPTIONS, xlwings_version

KEY = OPTIONS.format(version="16.0")
SHIPPED = shipped("excel") / NAME
EXCEL = "Software\\Microsoft\\Office\\16.0\\Excel"
TRUSTED = f"{EXCEL}\\Security\\Trusted Locations"
CLSID = "{00024500-0000-0000-C000-000000000046}"
PROGRAM = "C:\\Program Files\\Microsoft Office\\Root\\Office16\\EXCEL.EXE"
USER, MACHINE, CLASSES = "user", "machine", "classes"


class Registry:
    """The registry: values by hive and key."""

    def __init__(self) -> None:
        self.hives: dict[str, dict[str, dict[str, Any]]] = {USER: {}, MACHINE: {}, CLASSES: {}}

    def read(self, key, hive=USER):
        values = self.hives[hive].get(key)
        return None if values is None else dict(values)

    def keys(self, key, hive=USER):
        return sorted({name[len(key) + 1 :].split("\\")[0] for name in self.hives[hive] if name.startswith(key + "\\")})

    def write(self, key, name, value, hive=USER):
        self.hives[hive].setdefault(key, {})[name] = value

    def delete(self, key, name):
        del self.hives[USER][key][name]


def windows_computer(folder: Path, python: Path | None = None, home: Path | None = None) -> Computer:
    """A computer of somebody with a Chinese name, with Excel 2016 or later, whose VBA reads GBK; nothing is installed."""
    home = home or folder / "用户"
    python = python or folder / "venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_bytes(b"")
    for bits in ("32", "64"):
        (python.parent.parent / f"xlwings{bits}-{xlwings_version(SHIPPED)}.dll").write_bytes(b"")
    registry = Registry()
    registry.write(KEY, "Font", "等线,11")
    registry.write(EXCEL, "ExcelName", "Excel")
    registry.write(f"{TRUSTED}\\Location1", "Path", "%APPDATA%\\Microsoft\\Excel\\XLSTART\\")
    registry.write("Excel.Application\\CLSID", "", CLSID, CLASSES)
    registry.write(f"CLSID\\{CLSID}\\LocalServer32", "", f'"{PROGRAM}" /automation', CLASSES)
    computer = Computer(
        "win32",
        home,
        home / "AppData" / "Roaming",
        python,
        "gbk",
        registry,
        base=folder / "Python313",
        try_start=lambda _: 0,
    )
    return computer
