"""A disk that fills up in the middle of an import, a dispatch, a backup: a clear sentence, and nothing half.

The disk is really full: a small file system of its own where the machine lets one be mounted, and everywhere a limit
on the size of files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.office import Office, lead
from tests.support.small_disk import namespace
from tests.support.source import ROOT

pytestmark = pytest.mark.slow
NAMESPACE = namespace()
WAYS = ["limit"] + ["file system"] * (NAMESPACE is not None)
FULL = "磁盘空间不足或无法写入，本次操作未生效。请清理磁盘后重试。"
OLD, NEW = 40, 150


@pytest.fixture
def office(staffed) -> Office:
    """Forty leads are in the register, and another report waits in the inbox."""
    for name, first, count in (("一.xlsx", 0, OLD), ("二.xlsx", OLD, NEW)):
        rows = [lead(f"江城客户{n:05d}号", 联系方式=f"138{n:08d}") for n in range(first, first + count)]
        path = staffed.leads("D001", name, rows)
        if not first:
            staffed.receive(path, "2026-01-05T09:00:00", code=0)
    return staffed


def tried(office: Office, way: str, rooms: list[int], *command: object) -> list[dict[str, Any]]:
    """What became of a command on a full disk, for each amount of room."""
    disk = office.folder / "小盘"
    disk.mkdir()
    words = [*(NAMESPACE or []) * (way == "file system"), sys.executable, "-m", "tests.support.small_disk", way, disk]
    rooms_said = ",".join(map(str, rooms))
    done = subprocess.run(
        [*map(str, words), rooms_said, *map(str, command)],
        cwd=ROOT,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["room"] for one in found] == rooms
    for one in found:  # whatever happened: whole afterwards, and when it was done again
        assert one["done"]["code"] in (0, 2), one["done"]
        assert (one["proof"]["code"], one["whole"]["code"]) == (0, 0), one
        assert not [name for name in one["left"] if ".part" in name or ".backup-" in name]
    return found


@pytest.mark.parametrize("way", WAYS)
def test_an_import_is_there_whole_or_not_at_all(way, office):
    """Every lead or none, and no entry without them; with room again the same file goes in."""
    rooms = [0, 40_000, 110_000, 150_000, 4_000_000]
    command = (
        "import",
        office.folder / "收件" / "二.xlsx",
        "--received-at",
        "2026-01-06T09:00:00",
        "--workers",
        "1",
        "--json",
    )
    found = tried(office, way, rooms, *command)
    for one in found:
        refused = one["done"]["code"] == 2
        assert one["done"]["said"].splitlines()[-1:] == ([FULL] if refused else []), one["done"]
        assert (len(one["before"]), len(one["after"])) == (OLD, OLD if refused else OLD + NEW)
        assert one["trail"].count("import") == (2 if refused else 3)
        assert one["again"]["code"] == 0
        assert one["again"]["out"]["files"][0]["accepted"] == (NEW if refused else 0)
    assert [one["done"]["code"] for one in found][:3] == [2, 2, 2] and found[-1]["done"]["code"] == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_dispatch_leaves_no_contact_without_its_entry(way, office):
    """Nothing dispatched and no workbook, or dispatched and the missing workbook issued again."""
    command = ("dispatch", "--at", "2026-01-06T09:00:00", "--out", "{disk}/转交")
    again = ("dispatch", "--batch", "1", "--out", "{disk}/补发", "--json")
    rooms = [0, 60_000, *range(90_000, 180_000, 8192), 4_000_000]
    found = tried(office, way, rooms, *command, "then", *again)
    for one in found:
        refused, dispatched = one["done"]["code"] == 2, "dispatch" in one["trail"]
        assert {row["status"] for row in one["after"]} == {"待甄别" if dispatched else "已接收"}
        assert len([name for name in one["left"] if name.endswith(".xlsx")]) == (not refused)
        if refused:
            words = ("workbench dispatch --batch 1",) if dispatched else ("本次操作未生效", "没有转交")
            assert any(word in one["done"]["said"] for word in words), one["done"]
        assert one["again"]["code"] == (0 if dispatched else 2)
        assert not dispatched or len(one["again"]["out"]["files"]) == 1
    assert found[0]["done"]["code"] == 2 and found[-1]["done"]["code"] == 0
    if way == "file system":  # room for the entry and not for the workbook
        assert [one for one in found if one["done"]["code"] == 2 and "dispatch" in one["trail"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_backup_is_whole_or_not_there(way, office):
    """Neither a file in the folder, nor an entry of a backup, nor anything left beside the register."""
    rooms = [0, 40_000, 400_000, 700_000, 8_000_000]
    found = tried(office, way, rooms, "backup", "--to", "{disk}/备份", "then", "backup", "--to", "{disk}/再备份")
    for one in found:
        refused = one["done"]["code"] == 2
        assert len([name for name in one["left"] if name.endswith(".wbk")]) == (not refused)
        assert one["trail"].count("backup") == (not refused)
        assert one["again"]["code"] == 0
        assert not refused or "空间" in one["done"]["said"]
    assert found[0]["done"]["code"] == 2 and found[-1]["done"]["code"] == 0
