"""The page on how to add something names files that exist, and each holds what the page says it declares."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from tests.support.source import ROOT
from workbench.platform.capability import Capability

PATH = re.compile(r"`((?:workbench|templates|notebooks|tests|docs|excel)/[^`]*)`")
DECLARING = re.compile(r"^\| `([^`]+)` \| (?:as this one: )?an? `(\w+)`", re.MULTILINE)


def read(name: str) -> str:
    """A page's text."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["how-to-add.md", "architecture.md", "publication.md", "targets.md"])
def test_every_file_named_exists(page):
    """Files and folders of the checkout."""
    named = PATH.findall(read(page))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_what_a_file_is_said_to_declare_stands_in_it():
    """A row "a `Report`: …" names a file in which one is made."""
    rows = DECLARING.findall(read("how-to-add.md"))
    assert len(rows) >= 6
    wrong = [
        (path, kind) for path, kind in rows if not re.search(rf"\b{kind}\(", (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_section_has_its_files_and_its_place_in_the_summary():
    """Each kind of thing has a heading, a table of files and a line above with a link."""
    text = read("how-to-add.md")
    summary, *sections = text.split("\n## ")
    links = re.findall(r"\| \[[^\]]+\]\(#([\w-]+)\)", summary)
    assert links == [section.partition("\n")[0].lower().replace(" ", "-") for section in sections]
    assert [section.partition("\n")[0] for section in sections if "| File | What to write |" not in section] == []


def test_every_kind_of_declaration_is_explained():
    """What a capability can declare stands in the architecture, by the name of its class."""
    kinds = {
        "tables": "FactTable",
        "clauses": "Clause",
        "actions": "Action",
        "conditions": "Condition",
        "intakes": "RecordIntake",
        "cases": "Case",
        "tasks": "Task",
        "reports": "Report",
        "commands": "Command",
        "buttons": "Button",
        "functions": "Function",
        "books": "FormBook",
        "prefills": "Prefill",
    }
    other = {"name", "title", "regulations", "depends", "home", "regulation_files", "templates"}
    assert {each.name for each in fields(Capability)} - other == set(kinds)
    text = read("architecture.md").partition("## Declared once")[2].partition("\n## ")[0]
    assert [name for name in kinds.values() if f"`{name}`" not in text] == []
