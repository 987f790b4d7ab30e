"""Stand-ins for pywin32, so that xlwings' own wrapper generator can be imported where there is no Windows."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# what Excel raises when it refuses something; where there is no pywin32, a class that tests raise
ExcelRefuses: type[Exception] = (
    importlib.import_module("pywintypes").com_error
    if importlib.util.find_spec("pywintypes")
    else type("ExcelRefuses", (Exception,), {})
)
MODULES = ("pythoncom", "pywintypes", "win32com", "win32com.client")


class _Absent(ModuleType):
    """A module whose every name is a class that does nothing."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


@contextmanager
def stand_ins(*further: str) -> Iterator[None]:
    """While inside, the modules of pywin32 can be imported; what was imported with them stays usable afterwards."""
    if importlib.util.find_spec("pythoncom") is not None:
        yield
        return
    made = {name: _Absent(name) for name in (*MODULES, *further)}
    for name, module in made.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(made[parent], child, module)
    sys.modules.update(made)
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]


def xlwings_udfs() -> ModuleType:
    """xlwings' module of user-defined functions (``generate_vba_wrapper``, ``xlfunc``, ``call_udf``), on any system."""
    with stand_ins():
        return importlib.import_module("xlwings.udfs")
