"""Phone numbers read out of what people write (5.2, D2)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.core.names import is_placeholder
from workbench.core.phones import further_numbers, only_numbers_of, phone_number, phone_problem

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
SPELT = st.one_of(MOBILES, MOBILES.map("{} ".format), st.text("0139-转+ \0无微信:ab１", max_size=12), st.none())


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
        ("手机号13900001111（微信同号）", "13900001111", None),
        ("微信同号 13900001111", "13900001111", None),
        ("（0553）6234567－801", "05536234567", None),
        ("0553-6234567 分机801", "05536234567", None),
        ("0553-6234567#801", "05536234567", None),
        ("13900001111\n0553-6234567", "13900001111", None),
        ("办：0553-6234567\r\n手机 13900001111", "13900001111", None),
        ("13900001111 13900002222", "13900001111", None),
        ("１３９００００１１１１（同微信）", "13900001111", None),
        ("139000011112", None, "unclear"),
        ("139****1111", None, "unclear"),
        ("340202199001011234", None, "unclear"),
        ("微信同号", None, "unclear"),
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


def test_every_number_of_a_text_is_known() -> None:
    """Two on two lines: the second finds duplicates too (D2)."""
    assert further_numbers("13900001111（微信同号）\n0553-6234567") == ["05536234567", "6234567"]


@examples(150)
@given(st.lists(SPELT, max_size=8))
def test_a_column_is_told_as_each_of_its_texts_in_another_spelling(texts):
    """Bare mobiles are told in one go; with a blank behind them, which is no difference, one by one."""
    column = pd.Series(texts, dtype=object)
    spaced = pd.Series([None if text is None else f"{text} " for text in texts], dtype=object)
    assert phone_number(column).tolist() == phone_number(spaced).tolist()
    assert phone_problem(column).tolist() == phone_problem(spaced).tolist()
    assert is_placeholder(column).tolist() == is_placeholder(spaced).tolist()


def test_a_landline_is_the_reporters_own_with_and_without_its_area_code():
    """D39: every number of the contact method is one of the reporter's."""
    assert only_numbers_of("6234567", "0553-6234567 / 13900001111")
    assert only_numbers_of("0553-6234567", "6234567")
    assert not only_numbers_of("13900001111 / 13900002222", "13900001111")
    assert not only_numbers_of("微信同号", "13900001111")
