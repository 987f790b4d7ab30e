"""Keys of customers and words that say nothing (5.1, 5.2)."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.names import customer_key, is_placeholder


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
