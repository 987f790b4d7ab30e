"""Names of customers that may be one (5.1, D2), measured on a list of pairs with the right answer."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from hashlib import blake2b

import pandas as pd
import pytest
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.style._utils import replace_symbol_to_no_symbol
from rapidfuzz import fuzz

from tests.support.close_name_pairs import PAIRS, measured
from workbench.core.close_names import (
    CLOSE,
    COMPARED_AS,
    FIRST_IDEOGRAPH,
    IDEOGRAPHS,
    SHORT,
    _likely,
    _sound,
    _sound_alike,
    close_names,
    compared,
    is_short,
)
from workbench.core.name_list import NameList
from workbench.core.names import customer_key
from workbench.core.places import DATA, cities, provinces


def closeness(one: str, other: str, province: str = "安徽省", city: str = "合肥市") -> int:
    """How close two names are as they are written; 100 where they are the same customer."""
    keys = customer_key(pd.Series([one, other])).tolist()
    if keys[0] == keys[1]:
        return 100
    return next((score for *_, score in close_names(keys[:1], keys[1:], province, city)), 0)


def test_the_list_is_long_enough_and_says_nothing_twice():
    """At least 150 pairs, both answers, no pair twice."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= 150
    assert len({(row["城市"], *sorted((row["名称"], row["另一名称"]))) for row in rows}) == len(rows)
    assert {row["可能是同一客户"] for row in rows} == {"是", "否"}


def test_hardly_a_pair_is_missed_and_few_are_looked_at_in_vain():
    """Recall comes first: what is missed is paid twice; what is suspected in vain costs a person a look."""
    counts = measured()
    recall = counts["found"] / (counts["found"] + counts["missed"])
    precision = counts["found"] / (counts["found"] + counts["in vain"])
    assert recall >= 0.98
    assert precision >= 0.85


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("合肥市安邦物流", "安邦物流", True),  # the block's own city and province are taken out
        ("安徽省合肥市安邦物流", "合肥安邦物流", True),
        ("合肥第十二中学", "合肥市第12中学", True),  # numerals one way
        ("合肥一百二十中", "合肥120中", True),
        ("合肥第十二中学", "合肥市第二中学", False),
        ("（集团）安邦", "安邦集团", True),
        ("新安驾校", "新安机动车驾驶员培训学校", True),
        ("安邦物流", "安帮物流", True),  # sound alike
        ("东昇租赁", "东升租赁", True),  # a variant character: close, not equal
        ("奇瑞汽车", "奇端汽车", True),  # one other character in a short name
        ("林业局", "农业局", False),  # of public bodies that is another one
        ("安徽省人民医院", "合肥市人民医院", False),  # nor is the province's the city's
        ("东方客运", "西方客运", False),
    ],
)
def test_close_or_not(one: str, other: str, close: bool):
    """Each way of writing one name, and its counterpart."""
    assert bool(closeness(one, other)) is close
    assert bool(closeness(other, one)) is close


def test_a_variant_character_does_not_make_names_equal():
    """昇 stays beside 升 in the key, so that a person decides; traditional characters are simplified as before."""
    keys = customer_key(pd.Series(["合肥东昇租赁", "合肥东升租赁", "合肥東升租賃"])).tolist()
    assert keys == ["合肥东昇租赁", "合肥东升租赁", "合肥东升租赁"]


@pytest.mark.parametrize(
    ("name", "short"),
    [("人民医院", True), ("第一人民医院", True), ("合肥市公安局", False), ("安邦国际汽车租赁", False)],
)
def test_a_short_name_may_be_that_of_several(name: str, short: bool):
    """Short, and without the name of its city or province."""
    assert is_short(name, "安徽省", "合肥市") is short


def test_what_is_compared_is_what_registers_keep():
    """Registers keep what is compared of a name: where this fails, ``COMPARED_AS`` has to be raised with the new digest."""
    written = [
        "（集团）安邦",
        "新安机动车驾驶员培训学校",
        "合肥第十二中学",
        "合肥東昇租賃有限公司",
        "安徽省人民医院分公司",
    ]
    keys = customer_key(
        pd.Series([*written, "二〇〇八公交", "的士总站", "ＡＢ运输", "安徽合肥", "两江第三号中学"])
    ).tolist()
    texts = [compared(key, province, city) for province in provinces() for city in cities(province) for key in keys]
    digest = blake2b("|".join([*keys, *texts]).encode(), digest_size=8).hexdigest()
    assert (COMPARED_AS, digest) == (1, "d5eedbdb9698c476")


def worth_a_look(one: str, other: str) -> bool:
    """By everything of two compared texts: close, sounding alike, or short with one other character."""
    same_length = len(one) == len(other)
    different = sum(mark != instead for mark, instead in zip(one, other, strict=False))
    short = 2 < len(one) <= SHORT and different == 1
    return fuzz.ratio(one, other) >= CLOSE or (same_length and (short or _sound(one) == _sound(other)))


def test_what_cannot_be_close_is_left_out_and_nothing_else():
    """Names made of few characters, numerals, places and words written two ways: every pair worth a look is looked at."""
    rng = random.Random(1)
    marks = "安恒横宏鸿长行"
    words = [
        "驾校",
        "驾驶培训学校",
        "第一中学",
        "1中",
        "的士",
        "出租车",
        "公交",
        "公共汽车",
        "二十",
        "合肥",
        "安徽",
        "集团",
        "A",
        "㐀",
    ]
    parts = [rng.choices(marks, k=rng.randint(1, 4)) + rng.choices(words, k=rng.randint(0, 2)) for _ in range(600)]
    known = sorted({"".join(rng.sample(each, len(each))) for each in parts})
    place = ("安徽省", "合肥市")
    texts = {name: compared(name, *place) for name in known}
    wanted = {
        (one, other)
        for one in known[::9]
        for other in known
        if fuzz.ratio(one, other) >= CLOSE or worth_a_look(texts[one], texts[other])
    }
    asked = known[::9]
    lists = NameList(known), NameList([texts[name] for name in known])
    found = {(asked[row], known[column]) for row, column in _likely(asked, *lists, *place)}
    assert len(wanted) > 150
    assert found == wanted


def test_the_list_of_readings_says_what_the_dictionary_says():
    """Whether two texts sound alike, in most cases without the dictionary of phrases: signs, capitals, 〇 and characters of several
    readings among others, and characters that read as a sign beside them is written (安 and an).
    """
    rng, pool = random.Random(3), "安邦昌长重乐行银华划和得新鑫信欣元源圆〇AN7an"
    texts = ["安an", "an安", "安中an", "an中安", "长安", "常安", "重庆", "崇庆", "音乐", "音悦", "银行", "银航"]
    texts += ["".join(rng.choice(pool) for _ in range(rng.randint(1, 4))) for _ in range(220)]
    pairs = [(one, other) for one in texts for other in texts if len(one) == len(other) and one != other]
    found = [pair for pair in pairs if _sound_alike(*pair)]
    assert found == [(one, other) for one, other in pairs if _sound(one) == _sound(other)]
    assert len(found) > 20


def test_the_readings_are_those_of_the_dictionaries():
    """``data/readings.csv`` is what pypinyin's dictionaries give: each character under every reading it may have."""
    readings: dict[str, set[str]] = defaultdict(set)
    for code, said in PINYIN_DICT.items():
        for one in said.split(","):
            readings[replace_symbol_to_no_symbol(one)].add(chr(code))
    for phrase, syllables in PHRASES_DICT.items():
        for character, said in zip(phrase, syllables, strict=True):
            for one in said:
                readings[replace_symbol_to_no_symbol(one)].add(character)
    text = (DATA / "readings.csv").read_text(encoding="utf-8")
    stored = dict(line.split(",") for line in text.splitlines()[1:])
    block = {chr(code) for code in range(FIRST_IDEOGRAPH, FIRST_IDEOGRAPH + IDEOGRAPHS)}
    assert stored == {one: "".join(sorted(of & block)) for one, of in sorted(readings.items()) if of & block}
