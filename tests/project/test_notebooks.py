"""Notebooks are thin and clean: no outputs, one tagged cell of typed parameters, no secrets, no business logic."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.source import ROOT
from workbench.interfaces.lab.serve import EXAMPLE, START
from workbench.platform.reporting.registry import reports

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RUN = [path for path in NOTEBOOKS if path.name not in (START, EXAMPLE)]  # reports


def load(path: Path) -> dict[str, Any]:
    """The notebook's document."""
    return json.loads(path.read_text(encoding="utf-8"))


def code(path: Path) -> list[dict[str, Any]]:
    """Its code cells."""
    return [cell for cell in load(path)["cells"] if cell["cell_type"] == "code"]


def source(cell: dict[str, Any]) -> str:
    """A cell's text."""
    return "".join(cell["source"])


def test_every_report_has_its_notebook_and_every_notebook_its_report():
    """None is missing, none is left over, the start page and the analyst's example apart."""
    assert {report.notebook.name for report in reports()} == {path.name for path in RUN}
    assert len(NOTEBOOKS) == len(RUN) + 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_no_outputs(path: Path):
    """Neither outputs, nor execution counts, nor traces of widgets or of a run."""
    assert [cell for cell in code(path) if cell["outputs"] or cell["execution_count"] is not None] == []
    assert [cell for cell in load(path)["cells"] if set(cell["metadata"]) - {"tags", "labels"}] == []
    assert set(load(path)["metadata"]) <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_parameters_stand_in_one_tagged_cell(path: Path):
    """Exactly one cell is tagged; it declares typed parameters only, and none of them is a secret."""
    tagged = [cell for cell in code(path) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    lines = ast.parse(source(tagged[0])).body
    assert all(isinstance(line, ast.AnnAssign) for line in lines)
    names = {ast.unparse(line.target) for line in lines if isinstance(line, ast.AnnAssign)}
    assert {"register", "period", "as_of", "out_dir", "user"} <= names
    assert not [name for name in names if any(word in name for word in ("pass", "secret", "key", "token", "phone"))]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_no_logic(path: Path):
    """Calls and prose: no functions, classes, loops or branches, and no more lines than can be taken in."""
    heavy = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda)
    for cell in code(path):
        tree = ast.parse(source(cell))
        assert not [node for node in ast.walk(tree) if isinstance(node, heavy)]
    assert sum(source(cell).count("\n") + 1 for cell in code(path)) < 100


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_explained(path: Path):
    """A notebook begins with prose under a heading, and prose stands between the calls."""
    cells = load(path)["cells"]
    assert cells[0]["cell_type"] == "markdown"
    assert source(cells[0]).startswith("#")
    assert sum(cell["cell_type"] == "markdown" for cell in cells) >= 3
