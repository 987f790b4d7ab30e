"""Texts laid out to be compared with many others: what is left out is never close, held against comparing everything."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from workbench.core import name_list
from workbench.core.name_list import NameList, close_texts

MARKS = "安邦昌达恩丰广和恒华吉佳金实业有限公司运输集团AB12\U00020000\U00030001"  # two of them beyond the first plane
LEAST = 80
texts = st.lists(st.text(MARKS, max_size=14), max_size=25)


def all_compared(asked: list[str], known: list[str]) -> dict[tuple[int, int], int]:
    """Every pair, by the library's own scorer, one by one."""
    return {
        (row, column): round(fuzz.ratio(one, other))
        for row, one in enumerate(asked)
        for column, other in enumerate(known)
        if fuzz.ratio(one, other) >= LEAST
    }


@given(texts, texts)
def test_no_close_pair_is_left_out(asked, known):
    """Few characters, so that many are shared in another order, come again, or stand for others by their bit."""
    few = name_list.FEW
    try:
        name_list.FEW = 0
        found = close_texts(NameList(asked), NameList(known), LEAST)
        name_list.FEW = few
        assert found == close_texts(NameList(asked), NameList(known), LEAST) == all_compared(asked, known)
    finally:
        name_list.FEW = few


@pytest.mark.parametrize("at_once", [1, 50, name_list.AT_ONCE])
def test_many_names_of_one_city(at_once, monkeypatch):
    """Six hundred names of five marks and an ending, as many pairs at once as fit, and all of them at once by the library."""
    rng = random.Random(7)
    made = ["".join(rng.choices(MARKS[:13], k=5)) + rng.choice(["实业有限公司", "运输公司", ""]) for _ in range(600)]
    asked, known = sorted(set(made[:60])), sorted(set(made))
    monkeypatch.setattr(name_list, "AT_ONCE", at_once)
    found = close_texts(NameList(asked), NameList(known), LEAST)
    scores = process.cdist(asked, known, scorer=fuzz.ratio, score_cutoff=LEAST, dtype=np.uint8)
    assert found == {(row, column): scores[row, column] for row, column in zip(*np.nonzero(scores), strict=True)}
    assert len(known) > name_list.FEW and len(found) > 2 * len(asked)


def test_what_shares_nothing_is_not_looked_at():
    """The point of it: of a thousand names the closer look is for those that share characters."""
    known = NameList(
        [
            f"{one}{other}{third}集团"
            for one in "安邦昌达恩丰广和恒华"
            for other in "一二三四五六七八九十"
            for third in "甲乙丙丁戊己庚辛壬癸"
        ]
    )
    looked_at = [pair for pairs in name_list._possible(NameList(["安一甲集团"]), known, LEAST) for pair in pairs]
    assert 28 <= len(looked_at) < 100  # those that share four of five characters, and a few by chance


@given(texts, texts)
def test_it_is_the_list_it_was_made_of(first, more):
    """Added at once or in two parts, listed from any place, by place and by length."""
    whole = first + more
    made = NameList(first)
    made.add(more)
    assert len(made) == len(whole) and made.lengths.tolist() == [len(text) for text in whole]
    assert [made[place] for place in range(len(made))] == whole
    assert all(made.listed(place) == whole[place:] for place in range(len(whole) + 1))
    assert (made.signs == NameList(whole).signs).all()
    for length in {len(text) for text in whole} - {0}:
        places, codes = made.of_length(length)
        assert ["".join(map(chr, row)) for row in codes.tolist()] == [whole[place] for place in places.tolist()]
        assert places.tolist() == [place for place, text in enumerate(whole) if len(text) == length]
