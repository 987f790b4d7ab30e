"""Leads that may be the same: close names and shared phones (5.1, D2)."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.capabilities.leads.similarity import PAIRS, close_pairs
from workbench.core.close_names import are_distinct


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("合肥第一中学", "合肥第二中学", True),
        ("肥东县公安局", "肥西县公安局", True),
        ("A区运输", "B区运输", True),
        ("3路公交", "13路公交", True),
        ("甲厂", "乙厂", True),
        ("合肥市公安局", "合肥公安局", False),
        ("芜湖市公安局", "芜胡市公安局", False),
        ("西安启云驾驶员培训学校", "西安邦远驾驶员培训学校", True),
        ("西安启云驾驶员培训学校", "西安云启驾驶员培训学校", False),
        ("西安启云驾驶员培训学校", "西安启邦驾驶员培训学校", False),
        ("江城客运", "江城客运集团", False),
    ],
)
def test_names_told_apart_by_number_direction_or_another_word(one: str, other: str, apart: bool) -> None:
    """Names that differ only in numbers, letters, stems or compass points, or in a whole word, are different customers."""
    assert are_distinct(one, other) is apart


def _leads(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lead", "city", "customer_key", "phone_key"]).assign(
        category="驾校", province="安徽省"
    )


def test_close_pairs_only_within_a_city_and_only_of_different_customers() -> None:
    """Names and phones pair new leads with old ones and with earlier new ones, never across cities or equal keys."""
    old = _leads((1, "合肥市", "江南驾校", "p1"), (2, "芜湖市", "江南驾校", "p2"), (3, "合肥市", "第一驾校", None))
    new = _leads(
        (10, "合肥市", "江南驾驶校", "p9"),
        (11, "合肥市", "江南驾校", "p1"),
        (12, "合肥市", "红日驾校", "p1"),
        (13, "合肥市", "第二驾校", None),
        (14, "芜湖市", "蓝天驾校", "p9"),
    )
    new.loc[0, "category"] = "其他"
    found = close_pairs(new, old)
    assert list(found[["a", "b", "reason", "score"]].itertuples(index=False, name=None)) == [
        (10, 1, "name", 89),
        (11, 10, "name", 89),
        (12, 1, "phone", 100),
        (12, 11, "phone", 100),
    ]
    assert close_pairs(new.iloc[:0], old).empty
    assert list(close_pairs(old.iloc[:0], old.iloc[:0]).columns) == list(PAIRS)


def test_further_phones_link_the_versions_they_belong_to() -> None:
    """A second number, or one without its area code, is as good as the first; each pair names the versions compared."""
    old = _leads((1, "合肥市", "江南驾校", "p1"), (1, "合肥市", "江南驾校", "p2")).assign(document=[7, 8])
    new = _leads((10, "合肥市", "红日驾校", "p3")).assign(document=9)
    further = pd.DataFrame([(1, 7, "p3"), (10, 9, "p2")], columns=["lead", "document", "number"])
    found = close_pairs(new, old, further)
    assert list(found[["a", "b", "reason", "a_document", "b_document"]].itertuples(index=False, name=None)) == [
        (10, 1, "phone", 9, 7),
        (10, 1, "phone", 9, 8),
    ]
