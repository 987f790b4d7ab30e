"""One word for one thing in what staff read: the table of docs/glossary.md against program, templates, notebooks and manual."""

from __future__ import annotations

import re

from tests.support.source import ROOT

FOLDERS = ("workbench", "templates", "notebooks", "docs/zh", "docs/policies")
# what was handed out in other words stays readable: slips of before, and titles of an earlier version of a form
OF_BEFORE = {"workbench/platform/documents/slip_of_0_1.py", "templates/duplicate_review.yaml"}
ENDINGS = {".py", ".yaml", ".jinja", ".ipynb", ".md"}


def table() -> list[tuple[str, list[str]]]:
    """The word for each thing, and the words it is not called by."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]
    return [(word, others.split("、")) for word, _, others in rows]


def texts() -> dict[str, str]:
    """What is searched: every source, template, notebook and Chinese page by its path."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def test_no_other_word_is_used():
    """A word of the last column stands nowhere."""
    found = {
        f"{path}: {other} → {word}"
        for path, text in texts().items()
        if path not in OF_BEFORE
        for word, others in table()
        for other in others
        if other in text
    }
    assert found == set()


def test_every_word_of_the_glossary_is_in_use():
    """A row that is about nothing any more is taken out; no word is both allowed and forbidden."""
    everything = "".join(texts().values())
    words = [word for word, _ in table()]
    assert words
    assert [word for word in words if not re.search(word, everything)] == []
    assert not set(words) & {other for _, others in table() for other in others}
