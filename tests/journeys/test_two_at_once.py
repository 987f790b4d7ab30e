"""Two people at work on one register at the same moment: nothing twice, nothing lost, no fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.office import lead

pytestmark = pytest.mark.slow

ROUNDS = 3


def start(office, *arguments: object) -> subprocess.Popen:
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "workbench", *map(str, arguments), "--json"],
        cwd=office.folder,
        env=os.environ.copy(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_same_files_imported_at_once_come_in_once(staffed):
    """One import takes the files in, the other says that they are known."""
    for number in range(6):
        staffed.leads("D001", f"同时{number}.xlsx", [lead(f"同时客户{number}号公司", 联系方式=f"1390000{number:04d}")])
    arguments = ("import", staffed.folder / "收件", "--received-at", "2026-01-05T09:00:00")
    both = [start(staffed, *arguments) for _ in range(ROUNDS)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0] * ROUNDS, said
    accepted = [sum(file["accepted"] for file in json.loads(out)["files"]) for out, _ in said]
    assert sorted(accepted) == [0] * (ROUNDS - 1) + [6]
    assert len(staffed.ask("leads")) == 6


def test_a_dispatch_at_once_hands_each_lead_out_once(staffed):
    """Two dispatches of one moment: each lead goes to its section once."""
    staffed.receive(
        staffed.leads(
            "D001", "转交.xlsx", [lead("江城客运公司"), lead("江城驾校", 客户类别="驾校", 联系方式="13900001112")]
        ),
        "2026-01-05T09:00:00",
    )
    both = [
        start(staffed, "dispatch", "--at", "2026-01-06T09:00:00", "--out", staffed.folder / f"转交{n}") for n in (1, 2)
    ]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    handed = [json.loads(out)["sections"] for out, _ in said]
    assert sorted(handed, key=len) == [{}, {"S002": 2}]


def test_a_publication_at_once_is_made_once(staffed):
    """The second one finds the first and changes nothing."""
    staffed.receive(staffed.leads("D001", "通报.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    both = [
        start(staffed, "publish", "2026-01-10", "--at", f"2026-01-10T1{n}:00:00", "--out", staffed.folder / f"通报{n}")
        for n in (1, 2)
    ]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    made = [json.loads(out) for out, _ in said]
    assert sorted(one["already_published"] for one in made) == [False, True]
    assert made[0]["at"] == made[1]["at"]
