"""Columns of a table that are told in one go are told as cell by cell."""

from __future__ import annotations

from datetime import datetime

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.platform.forms.guard import Marks
from workbench.platform.forms.json_values import plain_value
from workbench.platform.forms.reading_process import specs
from workbench.platform.forms.table_rows import table
from workbench.platform.forms.values import clean_column

TEXTS = st.one_of(
    st.sampled_from(
        ["甲", "乙公司", "13900001111", "同上", "（同 上）", "示例：甲", "例", " 甲", "", " ", "\u3000", "0"]
    ),
    st.text("甲同上例:：〃 （）\0\n", max_size=5),
)
NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 1e15, -1e15, 1e300, 13_900_001_111.0, 2.5]), st.integers(0, 99).map(float)
)
KINDS = ["text", "person", "phone", "province", "city", "integer", "choice"]
SPEC = specs()["lead_record"]


@examples(300)
@given(
    st.sampled_from(KINDS), st.one_of(*(st.lists(st.one_of(st.none(), each), max_size=8) for each in (TEXTS, NUMBERS)))
)
@example("text", [1e15, 1.0])
@example("text", ["甲", ""])
@example("city", ["甲", "（同 上）"])
@example("text", ["甲", "例：乙"])
@example("phone", [13_900_001_111.0])
def test_a_column_of_one_type_is_read_as_beside_another(kind, values):
    """A truth value behind it has every cell read by itself."""
    typed, problems = clean_column(kind, ("甲",), 3, [*values])
    others, further = clean_column(kind, ("甲",), 3, [*values, True])
    assert typed == others[:-1]
    assert [*map(type, typed)] == [*map(type, others[:-1])]
    assert problems == {place: problem for place, problem in further.items() if place < len(values)}


CELLS = st.one_of(
    TEXTS,
    st.none(),
    NUMBERS,
    st.booleans(),
    st.just(float("inf")),
    st.just(datetime(2026, 3, 1, 8)),
    st.sampled_from(["合计", "总计 3", "共3台", "制表人：王", "备注：甲", "第一总公司", "负责人：", "章"]),
)


def read(lines):
    """What the rows of a sheet under the titles of T1 hold."""
    return table([SPEC["columns"], *lines], 0, SPEC, {}, "表", Marks())


@examples(200)
@given(st.lists(st.lists(CELLS, max_size=len(SPEC["columns"])), max_size=6))
@example([["甲", "乙", ""], ["丙", "", "丁"]])
@example([["甲", "乙", " "], [float("inf")] * 20, ["", "合计：", "3"]])
def test_rows_are_read_together_as_each_by_itself(lines):
    """Which lines are records, totals or signatures, and what stands in the cells, is no matter of the lines beside them."""
    together, alone = read(lines), [read([line]) for line in lines]
    for name in ("rows", "signed"):
        assert together[name] == [n + place for place, each in enumerate(alone) for n in each[name]]
    assert len(together["totals"]) == sum(len(each["totals"]) for each in alone)
    columns = [[*each] for each in zip(*(each["columns"] for each in alone), strict=True)]
    assert repr(together["columns"]) == repr(
        [[value for part in each for value in part] for each in columns or [[]] * 20]
    )
    for number, *values in zip(together["rows"], *together["columns"], strict=True):
        line = [*lines[number - 2], *[None] * 20][: len(values)]
        assert repr(values) == repr([None if value == "" else plain_value(value) for value in line])
