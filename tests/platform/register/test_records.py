"""A declared table without a table of its own in the file: typed, sealed, in the trail, and only growing."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from tests.support.vault import MOMENT, USER
from workbench.core.errors import RegisterError
from workbench.platform.capability import Capability, extended
from workbench.platform.register.facts import BOOL, INT, OPTIONAL_INT, TEXT, TIME, FactTable, load_facts

TABLE = FactTable(
    name="sighting",
    word="目击",
    facts="sightings",
    columns={
        "number": TEXT,
        "seen_on": TIME,
        "count": INT,
        "more": OPTIONAL_INT,
        "sure": BOOL,
        "at": TIME,
        "row": INT,
    },
    known_at="at",
    sealed=("who",),
)
ROWS = [
    {
        "number": "M1",
        "seen_on": datetime(2026, 1, 4),
        "count": 3,
        "more": None,
        "sure": True,
        "who": "张联系",
        "at": MOMENT,
        "row": 7,
    },
    {
        "number": "M2",
        "seen_on": datetime(2026, 1, 5),
        "count": 1,
        "more": 2,
        "sure": False,
        "who": None,
        "at": datetime(2026, 1, 6),
        "row": 8,
    },
]


@pytest.fixture
def register(vault):
    """An open register that knows the table, with two rows in it."""
    with extended(Capability("sightings", "目击", tables=(TABLE,))), vault.open() as opened:
        with opened.transaction("import", at=MOMENT, recorded_at=MOMENT, user=USER, detail={}) as entry:
            entry.append("sighting", pd.DataFrame(ROWS))
        yield opened


def test_rows_come_back_as_they_went_in(register):
    """Column by column in the declared types, personal ones only when they are named."""
    found = register.read("sighting")
    assert {name: str(found[name].dtype) for name in found} == {name: kind for name, kind in TABLE.columns.items()}
    assert register.read("sighting", [*TABLE.columns, "who"]).astype(object).where(lambda f: f.notna(), None).to_dict(
        "records"
    ) == [{**row, "seen_on": pd.Timestamp(row["seen_on"]), "at": pd.Timestamp(row["at"])} for row in ROWS]


def test_rows_are_picked_counted_and_compared(register):
    """As in a table of its own."""
    assert register.read("sighting", ["number"], {"count": 1})["number"].tolist() == ["M2"]
    assert register.read("sighting", ["number"], {"number": ["M1", "M9"]})["number"].tolist() == ["M1"]
    assert (register.count("sighting"), register.count("sighting", {"sure": True})) == (2, 1)
    assert register.maximum("sighting", "at") == datetime(2026, 1, 6)
    assert register.minimum("sighting", "count") == 1
    assert register.maximum("sighting", "at", {"number": "M9"}) is None


def test_facts_are_cut_by_time(register):
    """The table is an attribute of the facts, known from its time on."""
    facts = load_facts(register)
    assert facts.sightings["number"].tolist() == ["M1", "M2"]
    assert facts.up_to(datetime(2026, 1, 5, 23)).sightings["number"].tolist() == ["M1"]


def test_personal_fields_are_sealed(register):
    """They stand nowhere in clear, and without the field key they stay shut."""
    stored = register._fetch('SELECT * FROM "record"')
    assert "张联系" not in repr(stored)
    assert b"\xe5\xbc\xa0" not in b"".join(value for row in stored for value in row if isinstance(value, bytes))
    register._keys = type(register._keys)(**{**vars(register._keys), "fields": {}})
    assert register.read("sighting")["number"].tolist() == ["M1", "M2"]
    with pytest.raises(RegisterError) as refused:
        register.read("sighting", ["who"])
    assert refused.value.code == "no_field_key"


def test_a_changed_row_shows_in_the_trail(register):
    """The rows are part of the entry that added them."""
    assert register.verify_audit() == []
    register._connection.execute("UPDATE record SET fields = replace(fields, '\"count\": 3', '\"count\": 4')")
    assert [breach.code for breach in register.verify_audit()] == ["digest"]


def test_an_undeclared_table_is_a_fault(register):
    """Nothing is kept under a name nobody declared."""
    with pytest.raises(KeyError):
        register.read("unheard")
