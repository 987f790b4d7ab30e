"""What is left of a phone or a name for those who may not see it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.desk.personal import masked, masked_name


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812341234", "138****1234"), ("0551-6288 1234", "055*****1234"), ("62881234", "********"), ("", "")],
)
def test_the_middle_of_a_phone_is_hidden(phone, shown):
    """Of a number too short for that, everything."""
    assert masked(phone) == shown


@given(st.text(alphabet="0123456789- ()+转", max_size=25))
def test_never_more_than_seven_digits_show_and_three_are_hidden(phone):
    """Whatever it looks like."""
    shown = len(re.findall(r"\d", masked(phone)))
    assert shown in (0, 7)
    assert len(re.findall(r"\d", phone)) - shown >= 3 or shown == 0


@given(st.text(alphabet="张三李四王五欧阳", max_size=6))
def test_one_character_of_a_name_shows_at_most(name):
    """And its length."""
    assert len(masked_name(name)) == len(name)
    assert len(masked_name(name).replace("*", "")) == (1 if len(name) > 1 else 0)
