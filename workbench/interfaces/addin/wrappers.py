"""The VBA side of the functions, made by xlwings' own generator when the add-in is built, so nobody has to import them."""

from __future__ import annotations

import io
from types import SimpleNamespace

from workbench.interfaces.addin.cell_functions import CATEGORY, declare
from workbench.interfaces.addin.functions import all_functions
from workbench.interfaces.addin.pywin32 import xlwings_udfs

MODULE = "workbench.interfaces.addin.functions"
VBA_NAME = "DK_Functions"


def vba_module(addin_file: str = "workbench.xlam") -> str:
    """The module ``DK_Functions`` (ASCII): one function each, handing its arguments to Python through ``XLPy.CallUDF``.

    ``addin_file``: the add-in's file name; in an .xlam the active workbook is the caller's.
    """
    udfs = xlwings_udfs()
    declared = all_functions()
    for function in declared:
        declare(function, udfs.xlfunc, udfs.xlarg, udfs.xlret)
    text = io.StringIO()
    text.write(f'Attribute VB_Name = "{VBA_NAME}"\n#Const App = "Microsoft Excel"\n')
    udfs.generate_vba_wrapper(
        MODULE, SimpleNamespace(**{each.name: each.call for each in declared}), text, SimpleNamespace(Name=addin_file)
    )
    return text.getvalue()


def help_rows() -> list[list[str]]:
    """For ``Application.MacroOptions`` when the add-in opens: name, category, description, then one help per argument."""
    return [
        [each.name, CATEGORY, each.description, *(f"{item.title}：{item.help}" for item in each.arguments)]
        for each in all_functions()
    ]
