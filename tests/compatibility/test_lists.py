"""Every list in the terminal has headings, stands in columns as wide as a screen shows them, and is a line a row."""

from __future__ import annotations

import inspect
import json
import re
from importlib import import_module
from typing import get_args, get_type_hints

import pytest
from rich.cells import cell_len
from typer.models import OptionInfo

from tests.compatibility.office import Office
from tests.compatibility.test_v0_1 import PASSPHRASES
from tests.support.source import ROOT
from workbench.app.interface import commands
from workbench.app.output import for_people, print_rows

DATA = ROOT / "tests" / "compatibility" / "data" / "v0_1"
PRINTS = re.compile(r"\bprint_(table|rows)\(|\b_listed\(")
GIVEN = {"quarter": "2026Q1", "month": "2026-03"}  # what a list may ask for
PROSE = {"whatif.py", "copies.py"}  # a trial's differences under words of their own; a hand-over's line
HAN = re.compile(r"[\u3400-\u9fff]")


def lists() -> dict[str, list[str]]:
    """The declared commands whose function prints a list, with the arguments they ask for; those that ask for more are left out."""
    found = {}
    for each in commands():
        if not each.run:
            continue
        module, _, name = each.run.partition(":")
        function = getattr(import_module(module), name)
        needed = [one.name for one in inspect.signature(function).parameters.values() if one.default is one.empty]
        if PRINTS.search(inspect.getsource(function)) and set(needed) <= set(GIVEN):
            kinds = get_type_hints(function, include_extras=True)
            options = {one for one in needed if isinstance(get_args(kinds[one])[1], OptionInfo)}
            found[each.path] = [word for one in needed for word in [f"--{one}"] * (one in options) + [GIVEN[one]]]
    return found


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    """A register with something in most lists."""
    return Office.copy(DATA, tmp_path_factory.mktemp("office"), PASSPHRASES)


def printed(office: Office, path: str, arguments: list[str], *more: str) -> str:
    """What a list prints for the first person who may see it."""
    for user in PASSPHRASES:
        if user != "范离任" and (told := office.streams(user, *path.split(), *arguments, *more))[0] in (0, 1):
            return told[1]
    raise AssertionError(path)


def test_there_are_lists():
    """Of most capabilities; what prints rows between tabs is none of them."""
    assert len(lists()) > 30
    sources = (ROOT / "workbench" / "interfaces" / "cli").glob("*.py")
    assert {path.name for path in sources if "\\t" in path.read_text(encoding="utf-8")} <= PROSE


@pytest.mark.slow
@pytest.mark.parametrize("path", lists())
def test_a_list_has_headings_and_stands_in_columns(path, office):
    """Where a heading begins, a value of each row begins; headings are Chinese, or English where that is asked for."""
    rows = json.loads(text) if (text := printed(office, path, lists()[path], "--json")).startswith("[") else None
    lines = printed(office, path, lists()[path]).splitlines()
    assert lines or not rows or path == "due"  # which says more than its duties in JSON
    if not rows or len(lines) < 2:
        return
    assert len(lines) >= len(rows) + 1
    heads, table = lines[0].split("  "), lines[: len(rows) + 1]
    assert all(HAN.search(head) for head in filter(None, heads)), lines[0]
    starts = [cell_len(lines[0][: found.start()]) for found in re.finditer(r"(?<=  )\S", lines[0])]
    for line in table:
        assert "\t" not in line
        for start in starts:
            assert at(line, start - 1) in ("", " "), (line, start)
    english = office.streams(next(iter(PASSPHRASES)), "--lang", "en", *path.split(), *lists()[path])
    assert english[0] == 2 or not HAN.search(english[1].splitlines()[0])


def at(line: str, place: int) -> str:
    """The character that stands at a place of the screen; empty behind the end."""
    taken = 0
    for character in line:
        taken += cell_len(character)
        if taken > place:
            return character
    return ""


def test_nothing_in_a_value_breaks_a_list(capsys):
    """Line breaks, tabs and what a terminal acts on; a long text is not wrapped, a pipe gets what a screen gets."""
    with for_people():
        print_rows(("number", "customer", "state"), [(1, "江城\n公交\t\x1b[2J", None), (22, "长" * 200, True)])
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["编号", "客户名称", "状态"]
    assert (first, second.split()) == ("1     江城 公交 \ufffd[2J", ["22", "长" * 200, "✓"])
    assert cell_len(head[: head.index("状态")]) == cell_len(second[: second.index("✓")])
    print_rows(("number",), [])
    assert capsys.readouterr().out == ""
