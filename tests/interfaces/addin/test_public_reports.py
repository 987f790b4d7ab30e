"""The table of public reports in excel/README.md: each says what became of it here, and names a test that stands."""

from __future__ import annotations

import re

from tests.support.source import ROOT

HERE = ROOT / "tests" / "interfaces" / "addin"
VERDICTS = ("protected", "says", "not affected", "open", "lessened", "functions: not affected")


def table() -> list[list[str]]:
    """The rows of the table."""
    text = (ROOT / "excel" / "README.md").read_text(encoding="utf-8")
    lines = text.partition("### Public reports")[2].partition("\n### ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


def test_sixty_reports_each_stand_once():
    """By their numbers."""
    numbers = [number for row in table() for number in re.findall(r"\d{3,}", row[0])]
    assert len(numbers) == len(set(numbers)) >= 60


def test_every_verdict_names_a_test_that_stands():
    """In the tests of the add-in."""
    for _, _, verdict, test in table():
        file, name = test.strip("`").split("::")
        assert verdict.startswith(VERDICTS), verdict
        assert re.search(rf"(?m)^def {name}\(", (HERE / file).read_text(encoding="utf-8")), test
