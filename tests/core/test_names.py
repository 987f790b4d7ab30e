"""Keys of customers and words that say nothing (5.1, 5.2)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.core.names import customer_key, is_placeholder, is_seen_among


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("芜湖市公安局", "芜湖市公安局"),
        (" 芜湖 市公安局 ", "芜湖市公安局"),
        ("蕪湖市公安局", "芜湖市公安局"),
        ("ＡＢＣ（中国）有限公司", "ABC中国"),
        ("abc(中国)股份有限公司", "ABC中国"),
        ("江南运输有限责任公司", "江南运输"),
        ("江南运输公司", "江南运输"),
        ("甲公司", "甲公司"),  # too little would remain
        ("公司", "公司"),
        ("—", "—"),
        (None, None),
    ],
)
def test_customer_key(name: str | None, key: str | None) -> None:
    """Ways of writing one customer share a key; a name never disappears."""
    assert customer_key(pd.Series([name], dtype=object)).tolist() == [key]


def test_customer_key_is_stable() -> None:
    """The key of a key is itself."""
    names = pd.Series(["蕪湖市（南）運輸有限公司", "A B C 公司", "第一中学"])
    once = customer_key(names)
    assert customer_key(once).tolist() == once.tolist()


def test_placeholders_say_nothing() -> None:
    """Empty words are not contacts; a short real name is."""
    words = pd.Series(["无", "不详", " 暂 无 ", "--", "。", "0", "王五", "经理室", None], dtype=object)
    assert is_placeholder(words).tolist() == [True, True, True, True, True, True, False, False, True]


@pytest.mark.parametrize("name", ["领导", "领 导", " 领导\u3000", "領導", "领\u200b导"])
def test_names_that_look_alike_are_one(name: str) -> None:
    """Blanks, invisible signs and variants are no difference to a reader."""
    assert is_seen_among(name, ["王政", None, "领导"])


def test_letters_of_other_alphabets_look_like_ours() -> None:
    """Widths, capitals, Cyrillic and Greek; another name stays another."""
    for name in ("ＡＰＥＸ", "apex", "Арех", "ΑΡΕΧ"):
        assert is_seen_among(name, ["Apex"])
    assert not is_seen_among("Apex2", ["Apex"])
    assert not is_seen_among("王政", ["王正", None])


@examples(150)
@given(st.lists(st.text("甲乙公司有限责任股份昇蕪（_ \n①ß", max_size=12), max_size=6))
def test_names_of_a_column_have_the_keys_they_have_alone(names):
    """What stands beside a name, and what can be said of all of them at once, is no difference."""
    column = pd.Series(names, dtype=object)
    assert customer_key(column).tolist() == [customer_key(pd.Series([name], dtype=object))[0] for name in names]


@pytest.mark.parametrize(
    "name", ["甲乙有限责任公司", "甲乙股份有限公司公司", "甲乙有限公司有限责任公司", "甲乙公司公司"]
)
def test_every_ending_of_a_company_goes(name):
    """However many there are."""
    assert customer_key(pd.Series([name]))[0] == "甲乙"
