"""kill -9 at every system call of roster changes, rotation, destruction, import and keeping a file: nothing is half done."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.cut_off import CLERK, CLERKS_WORDS, CLOCK, DEEDS, NEW, NEW_WORDS, server
from tests.support.office import PASSPHRASE, lead
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access.session import enter
from workbench.platform.register import stored_files
from workbench.platform.register.keys import unlock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing (apt-get install strace; Linux only)"),
]
POLICY = load_policy()
# a change of users is in force once the key file, signed by a custodian, is in place: where its own entry was cut off, the
# next opening writes one
WRITTEN_AT_NEXT_OPENING = {"users_found": "user_changed", "user_add": "user_changed", "user_revoke": "user_changed"}
# a rotation is done once the new file is in place; the next opening puts the shares in the key file right, either way
TIDIED_UP = {"rotate": {"users_found", "rotation_finished"}}


@pytest.fixture
def prepared_office(staffed, monkeypatch):
    """An office with a clerk, two customers and a document in the archive, and three files that are not yet taken in."""
    user = unlock(staffed.folder / "登记册.db", None, PASSPHRASE)[0]
    rows = [lead("江城客运公司"), lead("芜湖粮油集团", 联系方式="13900002222")]
    staffed.receive(staffed.leads("D001", "一.xlsx", rows), "2026-01-05T09:00:00", code=0)
    paper = {"档案编号": "DA-001", "客户名称": "江城客运公司", "材料类别": "发票", "材料名称": "购车发票"}
    header = {"单位代码": "S009", "档案管理员": "陈持"}
    staffed.receive(staffed.file("客户档案目录", "目录.xlsx", header, [paper]), "2026-01-05T10:00:00", code=0)
    (staffed.folder / "收件" / "原件.pdf").write_bytes(b"scan" * 10_000)
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", CLERKS_WORDS)
    staffed.run("users", "add", CLERK, "--role", "clerk", "--user", user)
    monkeypatch.setenv("WORKBENCH_USER", user)
    for number in (1, 2):
        new = [lead(f"新到客户{number}{row}", 联系方式=f"1380000{number}00{row}") for row in range(3)]
        staffed.leads(f"D00{number}", f"新{number}.xlsx", new)
    return staffed


def state(folder: Path, deed: str) -> dict[str, Any]:
    """What a register holds, opened by its custodian with everything read and proven; and who else it lets in."""
    os.environ["WORKBENCH_STATE"] = str(folder / "state")
    path = folder / "登记册.db"
    with enter(path, os.environ["WORKBENCH_USER"], PASSPHRASE, POLICY, CLOCK) as session:
        register = session.register
        assert register.verify_audit() == stored_files.breaches(register) == []
        held = {
            "trail": [
                WRITTEN_AT_NEXT_OPENING.get(action, action)
                for action in register.read("entry", ["action"])["action"]
                if action not in TIDIED_UP.get(deed, ())
            ],
            "contacts": register.read("lead", ["customer", "contact", "phone"]).values.tolist(),
            "documents": register.read("document", ["name", "accepted", "returned"]).values.tolist(),
            "originals": register.read("archive_original", ["number"])["number"].tolist(),
            "states": sorted(register.read("state", ["lead", "status"]).values.tolist()),
        }
        assert register.keys.next_file is None
    for user, words in ((CLERK, CLERKS_WORDS), (NEW, NEW_WORDS)):
        try:
            with enter(path, user, words, POLICY, CLOCK) as session:
                held[user] = session.register.read("lead", ["contact"])["contact"].tolist()
        except RegisterError as refused:
            held[user] = refused.code
    return held


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_killed_at_any_call_is_done_or_not_done(prepared_office, tmp_path_factory, monkeypatch, deed):
    """Before the call that commits nothing was done, after it everything; what was not done can be done then."""
    monkeypatch.setenv("WORKBENCH_STATE", "")
    root = tmp_path_factory.mktemp("killed")
    origin = shutil.copytree(prepared_office.folder, root / "origin")
    before = state(shutil.copytree(origin, root / "before"), deed)
    with server(origin / "收件") as forks:
        after_folder = shutil.copytree(origin, root / "after")
        calls = forks.calls(deed, after_folder)
        after = state(after_folder, deed)
        assert before != after and len(calls) >= 10
        outcomes = []
        for number, call in enumerate(calls):
            folder = shutil.copytree(origin, root / f"{number}")
            assert forks.kill(deed, folder, call), f"{deed} did not come to {call}"
            found = state(folder, deed)
            assert found in (before, after), f"{deed} killed at {call}, call {number} of {len(calls)}"
            outcomes.append(found == after)
            if not outcomes[-1] and number % 7 == 0:
                assert not forks.kill(deed, folder, ("rmdir", 999))
                assert state(folder, deed) == after
            shutil.rmtree(folder)
    assert outcomes == sorted(outcomes) and not outcomes[0]
