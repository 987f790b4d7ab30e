"""Whole small quarters written as files: sorted, corrected, copied, re-sent and late, in a drawn order of import.

What the register then says is what the naive computation says of the story behind the files (D4, D18, D25, D34, D40).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.filed_worlds import AS_OF, CUSTOMERS, REPORTERS, FiledWorld
from tests.support.naive_lifecycle import naive_states
from tests.support.naive_settlement import naive_lines

pytestmark = pytest.mark.slow
SEEDS = range(12)
SAID = ("status", "clause", "reporter", "counts_in")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_register_says_of_files_what_the_naive_computation_says_of_the_story(staffed, seed):
    """Status, clause, reporter and month of every lead, and every line of the quarter."""
    world = FiledWorld(seed, staffed)
    named = {number: f"{customer} {unit}" for (unit, customer), number in world.numbers.items()}
    listed = {named[row["number"]]: row for row in staffed.ask("leads", "--as-of", AS_OF.isoformat())}
    expected = naive_states(world.facts, AS_OF)
    assert {key: [row[name] for name in SAID] for key, row in listed.items()} == {
        key: [row[name] for name in SAID] for key, row in expected.items()
    }
    lines = staffed.ask("settle", "2026Q1", "--as-of", AS_OF.isoformat())["lines"]
    got = [(line["clause"], line["party"], named.get(line["ref"], line["ref"]), line["amount"]) for line in lines]
    assert sorted(got) == sorted(line[:4] for line in naive_lines(world.facts, "2026Q1", AS_OF))


class Deaf:
    """An office that makes empty files and takes nothing in, to see what a world's files hold."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "转交").mkdir()

    def leads(self, unit: str, name: str, rows: list, on: object) -> Path:
        return self.file("T1", name, {}, rows)

    def file(self, title: str, name: str, header: dict, rows: list) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        return path

    def answer(self, out: Path, verdicts: dict) -> list[Path]:
        return []

    def run(self, *words: object, code: int | None = 0) -> None: ...

    def receive(self, path: Path, at: str, code: int | None = None) -> None: ...

    def ask(self, *words: object) -> list[dict[str, Any]]:
        return [
            {"reporter": unit, "customer": customer, "number": f"{customer} {unit}"}
            for unit in REPORTERS
            for customer in CUSTOMERS
        ]


def test_the_worlds_hold_every_kind_of_untidiness(tmp_path):
    """Files that come again, sorted, corrected and as copies, late ones, ties, withdrawals, divided contracts."""
    counted: Counter = Counter()
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        facts = FiledWorld(seed, Deaf(folder)).facts
        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.xlsx")]
        counted.update(name.partition("_")[0].partition("/")[0] for name in names if name[0] not in "DB")
        counted.update(state["status"] for state in naive_states(facts, AS_OF).values())
        first = facts.leads.drop_duplicates("lead")
        counted["tied"] += first.duplicated(["received_at", "customer"]).any()
        counted["divided"] += facts.contracts.groupby("contract")["lead"].nunique().gt(1).any()
        counted["corrected"] += facts.leads["lead"].duplicated().any()
    kinds = {"副本", "再报", "又报", "补录.xlsx", "撤回", "合同2026-01.xlsx", "又", "更正", "重报"}
    assert set(counted) >= {
        *kinds,
        "tied",
        "divided",
        "corrected",
        "重复",
        "待复核",
        "无效",
        "已撤回",
        "提车中",
        "有效",
    }
    assert min(counted[kind] for kind in (*kinds, "tied", "divided", "corrected")) > 1
