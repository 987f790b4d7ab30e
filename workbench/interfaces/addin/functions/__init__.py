"""All functions for cells. xlwings calls them by name from this module; what there is, is declared (``app.interface``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.app.interface import functions
from workbench.interfaces.addin.cell_functions import CellFunction, declare
from workbench.interfaces.addin.excel_library import xlwings
from workbench.platform.capability import resolve


def all_functions() -> tuple[CellFunction, ...]:
    """Every declared function, in the order of its documentation."""
    return tuple(resolve(each.run) for each in functions())


def _called(function: CellFunction) -> Callable[..., Any]:
    """What xlwings calls, with its types and names known to xlwings."""
    declare(function, xlwings.func, xlwings.arg, xlwings.ret)
    return function.call


FUNCTIONS = all_functions()
globals().update({each.name: _called(each) for each in FUNCTIONS})


def __getattr__(name: str) -> Callable[..., Any]:
    """A function that was declared after this module was loaded. Raises AttributeError."""
    for each in functions():
        if each.name == name:
            return _called(resolve(each.run))
    raise AttributeError(name)
