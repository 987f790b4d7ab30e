"""What an analyst's process holds in memory: no contact, whatever it reads; a clerk's after a reveal does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.office import Office, lead
from tests.support.source import ROOT
from workbench.platform.register.keys import unlock

pytestmark = pytest.mark.slow
PHONES = [f"1397{number:07d}" for number in range(8800001, 8800013)]
NAME = "欧阳联络"  # told apart from everything else in memory
WORK = """
import os, sys
from datetime import datetime
from pathlib import Path
from workbench.capabilities.leads import listing
from workbench.capabilities.leads import personal_data as personal
from workbench.platform.access import trail
from workbench.capabilities.settlement import approval as settling
from workbench.platform.access.session import enter
from workbench.app.policy import load_policy
path, user, role = sys.argv[1:]
now = datetime(2026, 4, 10, 9)
session = enter(Path(path), user, os.environ["WORKBENCH_PASSPHRASE"], load_policy(), now)
leads = listing.list_leads(session, now)
kept = [settling.trial(session, "2026Q1", now), [personal.masked(session, number) for number in leads["number"]]]
for table, kinds in session.register._tables.items():
    kept.append(session.register.read(table))
if role == "clerk":
    kept += [personal.reveal(session, number, "核对") for number in leads["number"]]
print("ready", len(leads), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def peopled(staffed, monkeypatch) -> Office:
    """Twelve leads; a clerk and an analyst."""
    rows = [lead(f"江城客户{number}号", 联系方式=phone, 第三方联系人=NAME) for number, phone in enumerate(PHONES)]
    staffed.receive(staffed.leads("D001", "一.xlsx", rows), "2026-01-05T09:00:00")
    custodian = unlock(staffed.folder / "登记册.db", None, os.environ["WORKBENCH_PASSPHRASE"])[0]
    for user, role in (("文员", "clerk"), ("分析员", "analyst")):
        monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", f"{user}在蓝色的帆船绕过灯塔 two")
        staffed.run("users", "add", user, "--role", role, "--user", custodian)
    return staffed


def found_in_memory(office: Office, user: str, role: str) -> set[str]:
    """Which of the contacts stand anywhere in the memory of a process that worked as somebody."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(office.folder / "登记册.db"), user, role],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "WORKBENCH_PASSPHRASE": f"{user}在蓝色的帆船绕过灯塔 two"},
    )
    try:
        assert process.stdout.readline() == f"ready {len(PHONES)}\n"
        wanted = {phone: [phone.encode(), phone.encode("utf-16-le")] for phone in PHONES}
        wanted[NAME] = [NAME.encode(), NAME.encode("utf-16-le")]
        return {word for word, forms in wanted.items() if any(_holds(process.pid, form) for form in forms)}
    finally:
        process.communicate("\n")


def _holds(pid: int, form: bytes) -> bool:
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if not rights.startswith("rw"):
                continue
            try:
                memory.seek(int(start, 16))
                if form in memory.read(int(end, 16) - int(start, 16)):
                    return True
            except (OSError, ValueError, OverflowError):  # the kernel's own pages
                continue
    return False


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="/proc/PID/mem is missing (a Linux kernel has it)")
def test_an_analyst_never_holds_a_contact(peopled):
    """Lists, settlement, masks, every table: no phone, no name in the whole process; a clerk who revealed holds all."""
    assert found_in_memory(peopled, "文员", "clerk") == {*PHONES, NAME}
    assert found_in_memory(peopled, "分析员", "analyst") == set()
