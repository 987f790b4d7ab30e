"""What a process with keys, and a workbook with contacts, leave for other accounts of the machine: nothing."""

from __future__ import annotations

import os
import sys

import pytest

from tests.support.office import lead

pytestmark = pytest.mark.process
unix = pytest.mark.skipif(sys.platform == "win32", reason="rights of files and core dumps are of another kind there")


@unix
def test_a_process_with_keys_leaves_no_core_dump(office, monkeypatch):
    """The limit is set before the passphrase is tried."""
    import resource

    told = []
    monkeypatch.setattr(resource, "setrlimit", lambda which, limits: told.append((which, limits)))
    office.opened().close()
    assert told == [(resource.RLIMIT_CORE, (0, 0))]


@unix
def test_workbooks_with_contacts_are_for_this_account_only(staffed):
    """Dispatch, marked and corrected copies, also where files of the account are readable for others."""
    before = os.umask(0o022)
    try:
        path = staffed.leads("D001", "一.xlsx", [lead("江城　公交"), lead("江城物流", 联系方式=None)])
        staffed.receive(path, "2026-01-05T10:00:00")
        staffed.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", "转交", code=0)
        staffed.run("check", path, "--annotate", "批注", code=None)
        staffed.run("fix", path, "--out", "更正", code=0)
    finally:
        os.umask(before)
    made = [file for folder in ("转交", "批注", "更正") for file in (staffed.folder / folder).iterdir()]
    assert [file.stat().st_mode & 0o777 for file in made] == [0o600] * 3
