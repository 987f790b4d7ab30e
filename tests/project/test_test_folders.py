"""Tests stand where the code stands: a folder each, one conftest, and nothing shared but by tests/support."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.source import PACKAGE, ROOT, committed

TESTS = ROOT / "tests"
# of no package: the whole from outside, old registers, the project's own files, what tests share
OF_THE_WHOLE = {"journeys", "compatibility", "project", "support"}


def files() -> list[Path]:
    """Every committed Python file of the tests."""
    return [path for path in committed() if path.suffix == ".py" and TESTS in path.parents]


def test_every_folder_has_its_counterpart_in_the_package():
    """Who changes a folder finds its tests by its name."""
    folders = {path.parent.relative_to(TESTS) for path in files() if path.name.startswith("test_")}
    named = {folder for folder in folders if folder.parts and folder.parts[0] not in OF_THE_WHOLE}
    assert len(named) > 15
    # a capability on trial lives in the tests alone
    strangers = [folder for folder in named if not (PACKAGE / folder).is_dir() and "trial" not in folder.as_posix()]
    assert [folder.as_posix() for folder in strangers] == []


def test_there_is_one_conftest():
    """Fixtures stand in tests/support/fixtures under a name of their own; the root registers them."""
    assert [path.relative_to(TESTS).as_posix() for path in files() if path.name == "conftest.py"] == ["conftest.py"]


def test_no_fixture_name_is_given_twice():
    """A shared fixture means the same wherever it is asked for."""
    names = [
        node.name
        for path in (TESTS / "support" / "fixtures").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and any("fixture" in ast.unparse(each) for each in node.decorator_list)
    ]
    assert len(names) > 15 and len(set(names)) == len(names)


def test_tests_import_from_support_only():
    """A test module takes nothing from another test folder; what two folders need moves to tests/support."""
    found = []
    for path in files():
        own = path.parent.relative_to(ROOT).parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tests"):
                stem = node.module.split(".")
                module = [*stem, *([node.names[0].name] if len(stem) == 1 else [])]
                if module[1] != "support" and tuple(module[: len(own)]) != own:
                    found.append(f"{path.relative_to(ROOT)}: {node.module}")
    assert found == []
