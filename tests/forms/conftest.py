"""Blank official workbooks, built once, and a maker of filled lead records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forms.official import T1
from tests.forms.workbooks import Reports
from workbench.platform.forms.write import build_blanks


@pytest.fixture(scope="session")
def blanks(tmp_path_factory) -> Path:
    """The folder of the blank official workbooks."""
    folder = tmp_path_factory.mktemp("模板")
    build_blanks(folder)
    return folder


@pytest.fixture
def report(tmp_path, blanks) -> Reports:
    """Makes a T1 in this test's folder."""
    return Reports(tmp_path, blanks / T1.file)
