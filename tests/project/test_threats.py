"""The page of guarantees promises nothing that no test attacks."""

from __future__ import annotations

import ast
import re
from itertools import groupby

import pytest

from tests.support.source import ROOT

PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
GUARANTEE = re.compile(
    r"^\| (?P<id>[A-Z]\d+) \| (?P<who>[^|]+) \| (?P<what>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
GUARANTEES = list(GUARANTEE.finditer(PAGE))


def test_every_row_of_a_table_is_a_guarantee():
    """Numbered within its section without gaps; who, what and by which tests."""
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and not re.match(r"\| Id |\|---", line)]
    assert len(GUARANTEES) == len(rows) > 30
    for letter, found in groupby((row["id"] for row in GUARANTEES), key=lambda name: name[0]):
        assert [name[1:] for name in found] == [str(number) for number in range(1, PAGE.count(f"\n| {letter}") + 1)]


@pytest.mark.parametrize("row", GUARANTEES, ids=lambda row: row["id"])
def test_a_guarantee_names_tests_that_exist(row):
    """By file and name; nothing else stands in that column, and a test asserts something or calls what does."""
    named = TEST.findall(row["tests"])
    assert named and not TEST.sub("", row["tests"]).strip(" ,")
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
        assert len(found) == 1, f"{path}::{name}"
        assert any(isinstance(node, (ast.Assert, ast.With, ast.Call)) for node in ast.walk(found[0]))


def test_every_section_of_guarantees_says_what_is_not_promised():
    """A table of guarantees is followed by what they leave open."""
    sections = [section for section in PAGE.split("\n## ")[1:] if "| Id |" in section]
    assert len(sections) >= 5
    assert [section.partition("\n")[0] for section in sections if "\nNot promised: " not in section] == []
