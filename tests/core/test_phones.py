"""Phone numbers read out of what people write (5.2, D2)."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.phones import further_numbers, phone_number, phone_problem


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
