"""Contracts of frames: each way of breaking one is said, and a frame that keeps it passes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.core.frames import Contract, by_time

PEOPLE = Contract("people", {"name": "object", "age": "int64", "since": "datetime64[us]"}, index="person")
ROWS = pd.DataFrame({"name": ["甲"], "age": [40], "since": pd.to_datetime(["2026-01-05"]).astype("datetime64[us]")})
ROWS["name"] = ROWS["name"].astype(object)
GOOD = ROWS.set_index(pd.Index([1], name="person"))


def test_a_frame_that_keeps_its_contract_is_given_back():
    """The very same frame, so that a function can end with the check; an empty one keeps it too."""
    assert PEOPLE.check(GOOD) is GOOD
    assert PEOPLE.breaches(GOOD.iloc[:0]) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (GOOD.drop(columns="age"), ["no column age"]),
        (GOOD.assign(shoe=1), ["column shoe is not declared"]),
        (GOOD[["age", "name", "since"]], ["columns stand as age, name, since"]),
        (GOOD.astype({"age": "float64"}), ["age is float64, not int64"]),
        (GOOD.astype({"since": "datetime64[ns]"}), ["since is datetime64[ns], not datetime64[us]"]),
        (GOOD.reset_index(drop=True), ["the index is None, not person"]),
    ],
    ids=["missing", "further", "order", "dtype", "unit of time", "index"],
)
def test_each_breach_is_said(broken, said):
    """In words that name the column; the check is a fault of the program, not a finding."""
    assert PEOPLE.breaches(broken) == said
    with pytest.raises(TypeError, match=r"^people: "):
        PEOPLE.check(broken)


@examples(1000)
@given(st.lists(st.tuples(*(st.integers(0, most) for most in (4, 1, 3, 2, 2)), st.booleans()), max_size=8))
def test_rows_in_order_of_receipt(rows):
    """By time, and where one key has two at a second by file and row; some of them in the order they have among all."""
    frame = pd.DataFrame(rows, columns=["lead", "month", "at", "file", "row", "asked"]).astype("int64")
    for keys in (["lead"], ["month", "lead"]):
        twice = frame.duplicated([*keys, "at"]).any()
        wanted = frame.sort_values(["at", "file", "row"] if twice else "at", kind="stable")
        pd.testing.assert_frame_equal(by_time(frame, keys), wanted)
        only = frame["asked"].to_numpy() == 1
        pd.testing.assert_frame_equal(by_time(frame, keys, only), wanted[wanted["asked"] == 1])


def test_what_is_in_order_already_is_the_callers_own():
    """A column that the caller sets is not seen in the frame it asked about."""
    frame = pd.DataFrame({"lead": np.arange(3), "at": np.arange(3)})
    mine = by_time(frame, ["lead"])
    mine["lead"] = 7
    assert frame["lead"].tolist() == [0, 1, 2]
