"""Columns that come batch by batch read as they do in one piece."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.platform.register.columns import Collected, from_stored

BATCHES = {
    "INTEGER": [[1, 2], [3, 4]],
    "INTEGER, one missing": [[1, 2], [None, 2**60 + 1]],
    "BOOL": [[1, 0], [1]],
    "TIME": [["2026-01-05T09:00:00", None], ["2026-01-05T09:00:00.000001"]],
    "DATE": [["2026-01-05"], [None, "2026-12-31"]],
    "TEXT": [["甲", "乙", None], ["甲", "甲"]],
    "MONTH": [["2026-01"] * 3, ["2026-02"] * 3],
    "TEXT, all different": [["一", "二", "三"], ["四", "五"]],
    "TEXT, nothing": [],
    "INTEGER, nothing": [],
    "JSON": [['{"a": 1}'], ["null", '["甲"]']],
}


@pytest.mark.parametrize("name", BATCHES)
def test_batches_read_as_one_piece(name):
    """Every kind, with and without what is missing, also where it is missing in a later batch only, and no rows at all."""
    kind, batches = name.partition(",")[0], BATCHES[name]
    column = Collected(kind, whole=kind == "JSON")
    for batch in batches:
        column.add(tuple(batch))
    values = [value for batch in batches for value in batch]
    found, expected = (pd.Series(each) for each in (column.read(column.stored), from_stored(kind, values)))
    pd.testing.assert_series_equal(found, expected)
    assert [value is None for value in found] == [value is None for value in expected]


def test_an_equal_text_is_kept_once():
    """Also where it comes again in a later batch; so a million rows hold no more names of cities than there are."""
    column = Collected("TEXT", whole=False)
    for _ in range(2):
        column.add(tuple("".join(["江", "城"]) for _ in range(3)))
    assert len({id(text) for text in column.read([])}) == 1


def test_what_is_no_number_is_refused():
    """A text where a number is declared is damage, whatever else is missing."""
    for batch in (("甲",), (1, "甲", None)):
        with pytest.raises((TypeError, ValueError)):
            Collected("INTEGER", whole=False).add(batch)


def read(kind: str, given: Any) -> list[str] | str:
    """A column as it reads from values or from the JSON list of them; refused where it is not of its kind."""
    column = Collected(kind, whole=False)
    try:
        column.add(given)
        found = pd.Series(column.read([]))
        return [str(found.dtype), *map(repr, found.tolist())]
    except (TypeError, ValueError):
        return "refused"


NUMBERS = st.integers(-(2**63), 2**63 - 1)
DAYS, SECONDS = st.dates().map(str), st.datetimes().map(lambda time: time.isoformat(timespec="seconds"))
MANGLED = st.text('0123456789-T:Z \x00"\\,nulNaT', max_size=20)


@examples(2000)
@given(
    st.sampled_from(["INTEGER", "BOOL", "TIME", "DATE", "TEXT"]),
    st.one_of(
        *(
            st.lists(some | st.none() if gaps else some, min_size=1, max_size=6)
            for some in (NUMBERS, DAYS, SECONDS, SECONDS | DAYS, st.datetimes().map(str), st.text(), MANGLED)
            for gaps in (False, True)
        )
    ),
)
@example("DATE", ["2026-02-28", None, "2026-02-30"])
@example("TIME", [None, None])
@example("TIME", ["2026-01-05T09:00:00", "null"])
@example("DATE", ['20260105","', "2026-01-05"])
@example("BOOL", [2, -1, 0])
def test_a_packed_column_reads_as_its_values(kind: str, values: list[Any]):
    """The JSON list as SQLite writes it gives what the values themselves give, or is refused as they are."""
    packed = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    assert read(kind, packed) == read(kind, tuple(values))
