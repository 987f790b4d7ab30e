"""A long table is read in parts, packed by the database: the same as row by row, and one state of the register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from tests.support.vault import MOMENT, Vault, deed, document, lead
from workbench.core.errors import RegisterError
from workbench.platform.register import embedded
from workbench.platform.register.store import Register

ODD = (
    '他说"好"',
    "a\\b",
    '","',
    "null",
    "[1,2]",
    "换\n行\t",
    "\x00",
    "\x1f",
    "𠮷",
    "",
    "#12",
    " 0012 ",
    "1e5",
    "\u2028",
)
LEADS = 40


@pytest.fixture
def long(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A register with leads of odd texts, numbers and times, read seven rows at a time."""
    rows = [
        lead(
            100 + n,
            1,
            model=ODD[n % len(ODD)],
            county=ODD[n % len(ODD)] if n % 3 else None,
            quantity=(2**60 + n, -n, 0)[n % 3],
            reported_on=None if n % 5 else MOMENT,
            filed_at=datetime(2026, 1, 5, 9, 0, n, n % 2),
        )
        for n in range(LEADS)
    ]
    with vault.open() as register, deed(register) as entry:
        entry.append("lead", pd.DataFrame(rows))
    monkeypatch.setattr(embedded, "BATCH", 7)
    return vault


def by_rows(register: Register, table: str, columns: list[str]) -> pd.DataFrame:
    """A table read as short ones are."""
    before, embedded.BATCH = embedded.BATCH, 10**6
    try:
        return register.read(table, columns)
    finally:
        embedded.BATCH = before


def test_every_table_reads_as_row_by_row(long):
    """Columns with bytes among them, too; values and types are the same, and what is missing is None in both."""
    with long.open() as register:
        assert register.count("lead") > LEADS
        for table, kinds in register._tables.items():
            for columns in (
                register.columns(table),
                [name for name, kind in kinds.items() if kind in ("INTEGER", "TEXT")],
            ):
                got, wanted = register.read(table, columns), by_rows(register, table, columns)
                pd.testing.assert_frame_equal(got, wanted)
                assert [list(map(repr, got[name])) for name in got] == [list(map(repr, wanted[name])) for name in got]


def test_bytes_where_a_text_is_declared_read_as_row_by_row(long):
    """What the database cannot pack is read as rows: nobody is refused what he could read before."""
    with long.open() as register:
        register._connection.execute("UPDATE lead SET county = x'00ff' WHERE lead = 120")
        got = register.read("lead", ["lead", "county"])
        pd.testing.assert_frame_equal(got, by_rows(register, "lead", ["lead", "county"]))
        assert got.loc[got["lead"] == 120, "county"].tolist() == [b"\x00\xff"]


@pytest.mark.parametrize(
    ("column", "value"), [("quantity", "十二"), ("filed_at", "2026-13-01T09:00:00"), ("reported_on", "gestern")]
)
def test_what_is_not_of_its_kind_is_damage(long, column, value):
    """In a part that is packed as in one that is not."""
    with long.open() as register:
        register._connection.execute(f"UPDATE lead SET {column} = ? WHERE lead = 120", (value,))
        with pytest.raises(RegisterError) as refused:
            register.read("lead", [column])
        assert refused.value.code == "damaged"


def parts(register: Register) -> Any:
    """The parts of the leads' numbers."""
    return register._connection.columns("lead", ["lead_version", "lead"], [True, True], "", ())


def test_what_others_write_meanwhile_is_not_read(long):
    """All parts are of one state, and none keeps a transaction open."""
    with long.open() as register, long.open() as other:
        before = register.count("lead")
        reading = parts(register)
        first = next(reading)
        with deed(other) as entry:
            entry.append("lead", pd.DataFrame([lead(900, 1)]))
        assert sum(part[1].count(",") + 1 for part in [first, *reading]) == before
        assert not register._connection.in_transaction
        assert len(register.read("lead", ["lead"])) == before + 1


def test_what_is_given_up_leaves_no_transaction(long):
    """A reader that stops after the first part lets others in."""
    with long.open() as register:
        reading = parts(register)
        next(reading)
        reading.close()
        assert not register._connection.in_transaction
        with deed(register) as entry:
            entry.append("document", pd.DataFrame([document(9)]))


def test_within_a_transaction_its_own_rows_are_read(long):
    """And the transaction goes on."""
    with long.open() as register:
        before = register.count("lead")
        with deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(900, 1)]))
            assert len(register.read("lead", ["lead"])) == before + 1
            entry.append("lead", pd.DataFrame([lead(901, 1)]))
        assert register.count("lead") == before + 2
