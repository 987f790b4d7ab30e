"""An import looks at what came in, not at everything there is: no statement of it reads a growing table from end to end."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from benchmarks import growth
from tests.support.office import lead
from workbench.app.policy import load_policy
from workbench.capabilities.leads import lead_states
from workbench.platform.access.session import enter
from workbench.platform.intake.batch import import_files
from workbench.platform.register.store import Register

# tables with a row or more for each lead, file, name or change
GROWING = [
    "document",
    "finding",
    "returned_row",
    "lead",
    "link",
    "link_version",
    "dispatch",
    "feedback",
    "application",
    "contract_line",
    "register_row",
    "transition",
    "mask",
    "contact_phone",
    "short_name",
    "return_ground",
    "fingerprint",
    "row_verdict",
    "added_value",
    "subject_state",
    "same_text",
    "state",
    "subject_key",
    "settlement_line",
    "row_hash",
    "name_block",
]
SCAN = re.compile(rf"SCAN ({'|'.join(GROWING)})\b")
NAMES = [
    "江城公园",
    "滨江客运",
    "望江机械厂",
    "国泰租赁",
    "长虹驾校",
    "联合物流",
    "晨光印刷",
    "北方重工",
    "东海渔业",
    "远大建材",
    "鸿运酒店",
    "金穗粮油",
]
FIRST = [lead(name, 联系方式=f"139000033{number:02d}") for number, name in enumerate(NAMES)]
MORE = [lead("江城公园", 联系方式="13900003300"), lead("江域公园", 联系方式="13900003303")]


def test_no_statement_of_an_import_scans_a_growing_table(staffed, monkeypatch: pytest.MonkeyPatch):
    """A second report, with a row that comes again and one with a close name: SQLite's own plans of all its queries."""
    staffed.receive(staffed.leads("D001", "一.xlsx", FIRST), "2026-01-05T09:00:00")
    scanned, asked = set(), set()

    def planned(name: str) -> None:
        work = getattr(Register, name)

        def run(self: Register, sql: str, values: Any = ()) -> Any:
            if sql.startswith(("SELECT", "INSERT INTO entry")):
                asked.add(sql)
                plan = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
                scanned.update((step[3], sql) for step in plan if SCAN.match(step[3]))
            return work(self, sql, values)

        monkeypatch.setattr(Register, name, run)

    monkeypatch.setattr(lead_states, "WHOLE_FROM", 1)  # in a register of twelve leads a few are most of it
    planned("_fetch")
    planned("_execute")
    got = staffed.receive(staffed.leads("D002", "二.xlsx", MORE), "2026-01-06T09:00:00")
    assert got["accepted"] == 2
    assert len(asked) > 30
    assert sorted(scanned) == []


def test_rows_that_waited_for_their_entry_or_document_are_found_by_an_index(staffed):
    """SQLite looks for them in every table that refers to either, whenever one is written."""
    with staffed.opened() as session:
        connection = session.register._connection
        for table in GROWING:
            referring = {row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
            first = set()
            for row in connection.execute(f"PRAGMA index_list({table})").fetchall():
                first.add(connection.execute(f"PRAGMA index_info({row[1]})").fetchone()[2])
            assert referring <= first, table


def test_one_file_takes_as_many_steps_whatever_is_there(tmp_path):
    """SQLite's own count of its steps, over ten times as many leads of other reports; their rows have the same ids."""
    sizes = 500, 5_000
    paths = growth.registers(tmp_path, sizes)
    steps = {}
    for leads in sizes:
        with enter(paths[leads], "u", growth.PASSPHRASE, load_policy(), growth.CLOCK) as session:
            counted = []
            session.register._connection._connection.set_progress_handler(
                lambda counted=counted: counted.append(1), 100
            )
            with growth.read_already(growth.forms(1, 30, 8, datetime(2026, 11, 2, 8))) as arrivals:
                (outcome,) = import_files(session, arrivals)
            assert outcome.accepted == 30
            steps[leads] = len(counted)
    assert steps[5_000] < 1.1 * steps[500], steps
