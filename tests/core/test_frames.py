"""Contracts of frames: each way of breaking one is said, and a frame that keeps it passes."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.frames import Contract

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
