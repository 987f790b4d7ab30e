"""An entry's rows are made ready, written and read back some at a time: the trail says of them what it says of all at once."""

from __future__ import annotations

import json

import pytest

from tests.support.office import lead
from workbench.platform.register import audit, embedded, names, proof, row_hashes, subjects
from workbench.platform.register import entry as entries

ROWS = [lead(f"江城客户{row}号", 联系方式=f"1380000{row:04d}") for row in range(7)]


@pytest.fixture(params=[1, 3, 1000])
def few(request, monkeypatch) -> int:
    """How many rows, names and keys are worked on at a time."""
    for module, name in ((entries, "STEP"), (embedded, "BATCH"), (subjects, "STEP"), (names, "MOST_BOXES")):
        monkeypatch.setattr(module, name, request.param)
    return int(request.param)


def naive(key: bytes, rows: dict[str, list[tuple[int, bytes]]]) -> tuple[str, str]:
    """The digest over an entry's rows and the hashes of each, out of all of them at once."""
    found = {}
    for table in sorted(set(rows) - {row_hashes.TABLE}):
        mine = sorted(rows[table])
        numbers = [number for number, _ in mine]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        keyed = [row_hashes._hash(row_hashes._keyed(key), row) for _, row in mine]
        found[table] = [[[numbers[0], len(numbers)]], "".join(keyed)]
    return audit.digest(key, rows), json.dumps(found, separators=(",", ":"))


def test_digest_and_hashes_are_those_of_all_rows_at_once(staffed, few):
    """Whatever the number: digests, short hashes, primary keys without a gap, and names that open."""
    staffed.receive(staffed.leads("D001", "一.xlsx", ROWS), "2026-01-05T09:00:00")
    with staffed.opened() as session:
        register = session.register
        rows, newest = proof.rows_by_entry(register), register.read("entry").iloc[-1]
        digest, hashes = naive(register.keys.audit, rows[int(newest["entry"])])
        assert newest["action"] == "import" and newest["digest"] == digest
        kept = register._fetch("SELECT hashes FROM row_hash WHERE entry = ?", (int(newest["entry"]),))
        assert kept == [(hashes,)]
        # a column that is opened, read alone: each value is bound to its row's number
        assert register.read("lead", ["customer"])["customer"].tolist() == [f"江城客户{row}号" for row in range(7)]
        assert register.verify_audit() == []


def test_a_row_that_is_changed_afterwards_is_named(staffed, few):
    """Also one in the middle of what was written at once."""
    staffed.receive(staffed.leads("D001", "一.xlsx", ROWS), "2026-01-05T09:00:00")
    with staffed.opened() as session:
        session.register._execute("UPDATE mask SET phone = 'x' WHERE mask = 4", ())
        found = session.register.verify_audit()
        assert [(each.code, each.table, each.row) for each in found] == [("digest", "mask", 4)]
