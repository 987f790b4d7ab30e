"""The add-in's one module of VBA: how it reaches Python, and its functions as xlwings' own generator writes them.

Made when the add-in is built, so nobody has to import anything.
"""

from __future__ import annotations

import io
from importlib.metadata import version
from importlib.resources import files
from types import SimpleNamespace

from workbench.interfaces.addin.cell_functions import CATEGORY, declare
from workbench.interfaces.addin.computer import MODULE, PROJECT
from workbench.interfaces.addin.functions import all_functions
from workbench.interfaces.addin.pywin32 import xlwings_udfs
from workbench.interfaces.addin.server import COMMAND

VBA_NAME = "DK_Functions"
IN_FRONT, CALLING = (
    f", {book}, Application.Caller)" for book in ("ActiveWorkbook", "Application.Caller.Parent.Parent")
)


def vba_module(addin_file: str = "workbench.xlam") -> str:
    """The module ``DK_Functions`` (ASCII): ``bridge.bas``, then one function each, handing its arguments to Python.

    ``addin_file``: the add-in's file name. A function is told the workbook its formula stands in, which need not be the
    one in front.
    """
    udfs = xlwings_udfs()
    declared = all_functions()
    for function in declared:
        declare(function, udfs.xlfunc, udfs.xlarg, udfs.xlret)
    wrappers = io.StringIO()
    udfs.generate_vba_wrapper(
        MODULE,
        SimpleNamespace(**{each.name: each.call for each in declared}),
        wrappers,
        SimpleNamespace(Name=addin_file),
    )
    bridge = files("workbench.interfaces.addin").joinpath("bridge.bas").read_text(encoding="ascii")
    bridge = bridge.replace("{version}", version("xlwings")).replace("{project}", PROJECT)
    bridge = bridge.replace("{command}", COMMAND.replace('"', '""'))
    head = f'Attribute VB_Name = "{VBA_NAME}"\n#Const App = "Microsoft Excel"\n'
    return head + bridge + wrappers.getvalue().replace(IN_FRONT, CALLING)


def help_rows() -> list[list[str]]:
    """For ``Application.MacroOptions`` when the add-in opens: name, category, description, then one help per argument."""
    return [
        [each.name, CATEGORY, each.description, *(f"{item.title}：{item.help}" for item in each.arguments)]
        for each in all_functions()
    ]
