"""Phones, accounts and named persons in columns kept in clear (S7), measured on a list of texts with the right answer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples as hypothesis_examples
from tests.support.personal_text_examples import NOTHING, WORDS, examples, measured
from workbench.core.personal_texts import personal_among, personal_in, without_phones


def test_the_list_is_long_enough_and_says_nothing_twice():
    """At least 150 texts with personal data and twice as many without, every kind among them."""
    texts = examples()
    assert len({text for text, _ in texts}) == len(texts)
    assert {right for _, right in texts} == set(WORDS.values())
    held = sum(right != NOTHING for _, right in texts)
    assert held >= 150
    assert len(texts) - held >= 2 * held


def test_hardly_anything_is_missed_and_hardly_anybody_is_stopped_in_vain():
    """Missed, it is kept in clear; stopped in vain, a row goes back to its sender."""
    counts = measured()
    recall = counts["found"] / (counts["found"] + counts["missed"])
    precision = counts["found"] / (counts["found"] + counts["in vain"])
    assert recall >= 0.98
    assert precision >= 0.98


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("第189中学", None),
        ("12345热线", None),
        ("DK202601-00001", None),
        ("张小泉剪刀有限公司", None),
        ("王先生餐饮管理有限公司", None),
        ("师宗县", None),
        ("华东区经理", None),
        ("139-8765-4321", "phone"),
        ("一三九八七六五四三二一", "phone"),
        ("壹叁玖捌柒陆伍肆叁贰壹", "phone"),
        ("١٣٩٨٧٦٥٤٣٢١", "phone"),
        ("𝟙𝟛𝟡𝟠𝟟𝟞𝟝𝟜𝟛𝟚𝟙", "phone"),
        ("①③⑨⑧⓪⓪⓪⓪③②①", "phone"),
        ("1398\u200b765\u00ad4321", "phone"),
        ("壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分", None),
        ("陆经理", "name"),
        ("（0553）3831234", "phone"),
        ("QQ：123456789", "account"),
        ("江城公交刘主任", "name"),
        ("联系人 张晓明", "name"),
    ],
)
def test_found_or_not(text, kind):
    """Each way of writing one, and what only looks like it."""
    assert personal_in(text) == kind


def test_a_dense_cell_costs_no_time():
    """As long as a cell can be, of whatever could be the beginning of something."""
    parts = ("1", "1-", "13", "一", "张", "联系人", "经理", "a.", "@", "((", "0553-", "20260105")
    began = time.process_time()
    for part in parts:
        personal_in((part * 32_767)[:32_767])
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("江城_13987654321_5台.xlsx", "江城_139****4321_5台.xlsx"),
        ("江城_139-8765-4321.xlsx", "江城_139-****-4321.xlsx"),
        ("2026-01-05_13987654321.xlsx", "2026-01-05_139****4321.xlsx"),
        ("壹叁玖捌柒陆伍肆叁贰壹.xlsx", "壹叁玖****肆叁贰壹.xlsx"),
        ("1398\u200b7654321.xlsx", "139****4321.xlsx"),
        ("D001_20260105.xlsx", "D001_20260105.xlsx"),
        ("第189中学.xlsx", "第189中学.xlsx"),
    ],
)
def test_a_phone_in_a_file_name_is_masked(name, shown):
    """Its middle, wherever it stands; a date stays."""
    assert without_phones(name) == shown


@hypothesis_examples(150)
@given(
    st.lists(
        st.one_of(st.sampled_from([text for text, _ in examples()]), st.text("甲公司13900-\0", max_size=9)), max_size=9
    )
)
def test_many_texts_hold_what_each_of_them_holds(texts):
    """Nothing goes over from one to the next, and nothing is passed over where most hold nothing."""
    assert personal_among(texts) == {text: kind for text in texts if (kind := personal_in(text))}
