"""The source stays readable: files of moderate length, a sentence for every public name, no left-overs."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.source import ROOT, Module, committed, modules, text_of

LONGEST = 400
LONGEST_TEST = 400


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_files_are_short(module: Module):
    """No file of the package grows past four hundred lines."""
    assert module.lines <= LONGEST


def test_test_files_are_short():
    """Tests, benchmarks and tools keep to the same measure."""
    folders = ("tests", "benchmarks", "docs")
    files = [path for path in committed() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]
    assert len(files) > 30
    assert [path.name for path in files if path.read_text(encoding="utf-8").count("\n") > LONGEST_TEST] == []


def undocumented(module: Module) -> list[str]:
    """Public functions, classes and methods without a docstring; nested ones are their owner's business."""

    def look(owner: ast.Module | ast.ClassDef, prefix: str) -> list[str]:
        missing = []
        for node in owner.body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                missing.append(f"{prefix}{node.name}")
            if isinstance(node, ast.ClassDef):
                missing += look(node, f"{prefix}{node.name}.")
        return missing

    return ([] if ast.get_docstring(module.tree) else ["the module"]) + look(module.tree, "")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_public_names_are_documented(module: Module):
    """A module, and every public function, class and method of it, says what it is for."""
    assert undocumented(module) == []


def test_every_test_says_what_it_holds():
    """Test functions carry a sentence."""
    missing = []
    for path in committed():
        if path.suffix != ".py" or not path.name.startswith("test_"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node):
                missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert missing == []


def test_test_folders_are_packages():
    """Equal file names in two test folders do not get in each other's way."""
    folders = {path.parent for path in committed() if path.name.startswith("test_") and path.suffix == ".py"}
    assert [folder.name for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_nothing_is_left_for_later():
    """No notes to come back to, no debugger, no printing below the commands."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|breakpoint\(\)|pdb\.set_trace")
    here = __file__
    found = [
        path.name
        for path in committed()
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".sql", ".bas"} and str(path) != here
        if marks.search(text_of(path) or "")
    ]
    assert found == []
    printing = {
        module.name
        for module in modules()
        if module.package in {"core", "platform", "capabilities"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing == set()
