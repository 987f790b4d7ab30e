"""What others wrote cannot act on the terminal of who reads it, and a code from data is no path."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from tests.support.office import UNITS, lead
from workbench.capabilities.organization import units as unit_rules
from workbench.core.texts import one_line

pytestmark = pytest.mark.process
ACTING = "\u202e江城\u2066\x9b31m\x85公交\u2028\u200f集团"


def clean(text: str) -> bool:
    """Whether a text holds nothing a terminal acts on, line by line and column by column."""
    return all(one_line(part) == part for line in text.split("\n") for part in line.split("\t"))


@pytest.fixture
def reported(staffed):
    """A lead whose customer's name would turn a line round, begin another, and clear the screen; so is its file called."""
    path = staffed.leads("D001", "a\x1b[2J\n已登记.xlsx", [lead(ACTING), lead("江城物流", 联系方式=None)])
    staffed.receive(path, "2026-01-05T10:00:00")
    return staffed


@pytest.mark.parametrize(
    "command",
    [
        ("leads",),
        ("audit", "show"),
        ("check", "收件"),
        ("fix", "收件", "--preview"),
        ("import", "收件", "--received-at", "2026-01-06T10:00:00"),
        ("explain", ACTING),
        ("leads", "--\x1b[2J"),
        ("leads", "--help"),
    ],
    ids=lambda command: command[0],
)
def test_nothing_acts_on_the_terminal(reported, command):
    """Lists, the trail, findings, refusals that repeat what was asked, on both streams; each is still said."""
    out = reported.run(*command, code=None)
    assert clean(out) and clean(reported.said)
    assert out + reported.said


def test_a_lead_is_one_line(reported):
    """A stored line break begins no line of its own."""
    lines = [line for line in reported.run("leads", code=None).splitlines() if "公交" in line]
    assert len(lines) == 1 and "江城" in lines[0] and "集团" in lines[0]


def test_json_is_whole_and_holds_nothing_raw(reported):
    """The document says the name as it was read: escaped, without the marks nobody sees in a cell."""
    text = reported.run("leads", "--json", code=None)
    assert clean(text)
    customer = json.loads(text)[0]["customer"]
    assert "江城" in customer and "\x85" in customer and "\u202e" not in customer


@pytest.mark.parametrize("code", ["S/1", "..", "CON", "末尾.", "长" * 300])
def test_a_dispatch_to_a_section_of_any_code_can_be_written(office, code, monkeypatch):
    """Registers of earlier versions have such codes: the batch is recorded and its workbook lies in the folder."""
    monkeypatch.setattr(unit_rules, "CODE", unit_rules.re.compile(r"(?s).+"))
    rows = [tuple(code if value == "S002" else value for value in row) for row in UNITS]
    office.receive(office.units(rows), "2026-01-02T09:00:00", code=0)
    office.receive(office.leads("D001", "一.xlsx", [lead("江城公交")]), "2026-01-05T10:00:00", code=0)
    office.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", "转交", code=0)
    (made,) = (office.folder / "转交").rglob("*.xlsx")
    assert made.parent == office.folder / "转交" and made.name.startswith("甄别反馈_")
    cells = [cell for line in load_workbook(made).worksheets[0].iter_rows() for cell in line]
    assert [cell.data_type for cell in cells if cell.value == code] == ["s"]
    assert "江城公交" in [cell.value for cell in cells]
