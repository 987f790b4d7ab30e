"""Customer keys, phone numbers and close pairs (5.1, 5.2, D2)."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.identity import close_pairs, customer_key, is_placeholder, phone_number, phone_problem, told_apart


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


@pytest.mark.parametrize(
    ("text", "number", "problem"),
    [
        ("13900001111", "13900001111", None),
        ("+86 139-0000-1111", "13900001111", None),
        ("139 0000 1111 / 13900002222", "13900001111", None),
        ("0553-1234567转801", "05531234567", None),
        ("(010) 6234-5678", "01062345678", None),
        ("400-800-1234", "4008001234", None),
        ("手机：13900001111", "13900001111", None),
        ("23900001111", None, "unclear"),
        ("微信联系", None, "unclear"),
        ("待补", None, "missing"),
        ("/", None, "missing"),
        ("0", None, "missing"),
        ("N/A", None, "missing"),
        ("", None, "missing"),
        (None, None, "missing"),
    ],
)
def test_phone(text: str | None, number: str | None, problem: str | None) -> None:
    """A phone becomes digits; a placeholder is missing (5.2), anything else is unclear."""
    column = pd.Series([text], dtype=object)
    assert (phone_number(column).tolist(), phone_problem(column).tolist()) == ([number], [problem])


def test_placeholders_say_nothing() -> None:
    """Empty words are not contacts; a short real name is."""
    words = pd.Series(["无", "不详", " 暂 无 ", "--", "。", "0", "王五", "经理室", None], dtype=object)
    assert is_placeholder(words).tolist() == [True, True, True, True, True, True, False, False, True]


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
    assert told_apart(one, other) is apart


def _leads(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lead", "city", "customer_key", "phone_key"]).assign(
        category="驾校", province="安徽省"
    )


def test_close_pairs_only_within_a_block_and_only_of_different_customers() -> None:
    """Names and phones pair new leads with old ones and with earlier new ones, never across blocks or equal keys."""
    old = _leads((1, "合肥市", "江南驾校", "p1"), (2, "芜湖市", "江南驾校", "p2"), (3, "合肥市", "第一驾校", None))
    new = _leads(
        (10, "合肥市", "江南驾驶校", "p9"),
        (11, "合肥市", "江南驾校", "p1"),
        (12, "合肥市", "红日驾校", "p1"),
        (13, "合肥市", "第二驾校", None),
        (14, "芜湖市", "蓝天驾校", "p9"),
    )
    found = close_pairs(new, old)
    assert list(found.itertuples(index=False, name=None)) == [
        (10, 1, "name", 89),
        (11, 10, "name", 89),
        (12, 1, "phone", 100),
        (12, 11, "phone", 100),
    ]
    assert close_pairs(new.iloc[:0], old).empty
    assert list(close_pairs(old.iloc[:0], old.iloc[:0]).columns) == ["a", "b", "reason", "score"]
