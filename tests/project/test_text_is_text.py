"""Nobody writes into a workbook, names a file from data or prints round the functions that keep a text a text."""

from __future__ import annotations

import ast

import pytest

from tests.support.source import Module, modules

FORMULAS = {"strings_to_formulas", "strings_to_urls", "strings_to_numbers"}
# openpyxl is loaded, begun anew and saved here only
CHANGES = {"workbench/platform/forms/editing.py", "workbench/platform/forms/rebuilt.py"}
CELLS = "workbench/platform/forms/cells.py"  # and written by here
SHEETS = "workbench/interfaces/addin/sheets.py"  # Excel's cells


def assigned(module: Module) -> list[tuple[int, ast.expr]]:
    """What is assigned to, with its line."""
    found = []
    for node in ast.walk(module.tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            continue
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            found += [(node.lineno, part) for part in parts]
    return found


def calls(module: Module, *names: str) -> list[ast.Call]:
    """The calls of functions or methods with these names."""
    return [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", None)) in names
    ]


def test_openpyxl_writes_by_one_module_only():
    """The others neither import what writes nor set a cell's value, its comment or its link."""
    importing = {
        module.name for module in modules() for _, name in module.imports() if name.split(".")[0] == "openpyxl"
    }
    assert importing == {*CHANGES, CELLS}
    changes = [module for module in modules() if module.name in CHANGES]
    values = []
    for module in changes:
        values += [
            line
            for line, part in assigned(module)
            if getattr(part, "attr", "") in {"value", "_value", "comment", "hyperlink"}
            or (isinstance(part, ast.Subscript) and ast.unparse(part.value) in {"sheet", "page"})
        ]
        values += [call.lineno for call in calls(module, "cell") if len(call.args) > 2 or call.keywords]
        values += [call.lineno for call in calls(module, "append", "Comment", "Hyperlink")]
    assert values == []


def test_excel_is_written_by_one_module_only():
    """Values, formulas, comments and links of an open workbook; ``sheets.put`` makes text cells first."""
    found = [
        (module.name, line, ast.unparse(part))
        for module in modules()
        if module.area == "interfaces.addin" and module.name != SHEETS
        for line, part in assigned(module)
        if isinstance(part, ast.Attribute) and part.attr in {"value", "formula", "formula_array", "raw_value"}
    ]
    found += [
        (module.name, call.lineno, "")
        for module in modules()
        if module.area == "interfaces.addin" and module.name != SHEETS
        for call in calls(module, "add_note", "add_hyperlink")
    ]
    assert found == []
    (own,) = [module for module in modules() if module.name == SHEETS]
    assert [ast.unparse(part) for _, part in assigned(own) if getattr(part, "attr", "") == "value"] == ["range_.value"]


def test_xlsxwriter_makes_nothing_of_a_text():
    """Every workbook is made with the three options off, and no cell by ``write``, which guesses."""
    made, options = 0, 0
    for module in modules():
        made += len([call for call in calls(module, "Workbook") if "xlsxwriter" in ast.unparse(call.func)])
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Dict):
                given = {
                    key.value: value for key, value in zip(node.keys, node.values) if isinstance(key, ast.Constant)
                }
                off = all(isinstance(given.get(key), ast.Constant) and given[key].value is False for key in FORMULAS)
                options += off
    assert made == options == 3


NAMED = {  # parts of names that are no data
    "workbench/platform/register/failed_attempts.py",
    "workbench/platform/register/remembered.py",
    "workbench/platform/reporting/registry.py",
    "workbench/interfaces/addin/checks.py",
    "workbench/interfaces/addin/computer.py",
    "workbench/interfaces/lab/serve.py",
    "workbench/app/schedule.py",
}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_names_of_files_are_made_by_one_function(module: Module):
    """A path and a text with values in it are not put together by hand (``core.file_names``)."""
    found = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.JoinedStr)
    ]
    found += [
        call.lineno
        for call in calls(module, "Path", "joinpath", "with_name")
        if any(isinstance(arg, ast.JoinedStr) for arg in call.args)
    ]
    assert found == [] or module.name in NAMED


def test_commands_print_by_the_streams_that_are_clean():
    """No command reaches for the streams behind ``output.Terminal``, but the bars that draw themselves."""
    found = {
        module.name
        for module in modules()
        if module.package in {"interfaces", "app"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"__stdout__", "__stderr__", "buffer", "raw"}
        if "std" in ast.unparse(node)
    }
    assert found == set()
