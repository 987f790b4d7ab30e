"""Texts from outside: one line on a terminal, the same words in JSON, one name for a file."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.core.file_names import LONGEST, file_name, sheet_name
from workbench.core.texts import (
    a_little_long,
    all_visible,
    escaped_json,
    in_xml,
    one_line,
    printable,
    unlike,
    without_invisible,
)

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) + "\u2028\u2029"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("江城公交（集团）", "江城公交（集团）"),
        ("\x1b[2J\x1b]0;题\x07", "\ufffd[2J\ufffd]0;题\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("甲\r\n乙\n丙\r丁\u2028戊\x85己", "甲 乙 丙 丁 戊 己"),
        ("甲\t乙", "甲 乙"),
        ("\u202e乙甲\u202c", "\ufffd乙甲\ufffd"),
        ("\udcff", "\ufffd"),
    ],
)
def test_a_text_on_a_terminal_is_one_line_and_nothing_but_text(text, shown):
    """Breaks are spaces, what a terminal acts on is a replacement character; Chinese stays."""
    assert one_line(text) == shown
    assert printable(f"a\t{text}") in (f"a\t{shown}", "a\t甲\t乙")


def test_every_control_and_mark_of_direction_goes():
    """The whole of C0, DEL, C1 and the marks, each by itself."""
    for sign in CONTROLS + BIDI:
        assert one_line(sign) in (" ", "\ufffd"), hex(ord(sign))


def test_json_says_the_same_and_holds_nothing_raw():
    """Escapes inside strings only: the document is read back unchanged."""
    document = {"客户": CONTROLS + BIDI + "江城", "\u202e键": 1}
    text = escaped_json(json.dumps(document, ensure_ascii=False))
    assert json.loads(text) == document
    assert not set(text) & set(CONTROLS + BIDI)
    assert "江城" in text


def test_what_xml_cannot_hold_does_not_reach_it():
    """Tabs and line breaks may."""
    assert in_xml("甲\x00\x1b\ud800\ufffe\n\t乙") == "甲\ufffd\ufffd\ufffd\ufffd\n\t乙"


HOSTILE = [
    "S/1",
    "..",
    ".",
    "",
    "CON",
    "nul.txt",
    "a\\b",
    "C:x",
    "末尾.. ",
    "长" * 300,
    "\x00\x1b[2J",
    "\u202exslx.a",
    "~$锁",
    "\udcff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_from_data_is_one_name_in_the_folder(text, tmp_path):
    """It can be written, lies in the folder it was meant for, and is no device on Windows."""
    for name in (file_name(text, ending=".xlsx"), file_name("甄别反馈", text, "20260105", ending=".xlsx")):
        path = tmp_path / name
        path.write_bytes(b"1")
        assert path.resolve().parent == tmp_path.resolve() and [path.name for path in tmp_path.iterdir()] == [name]
        assert len(name.encode()) <= LONGEST + 5
        assert not set(name) & set('<>:"/\\|?*') and name.isprintable()
        assert name.partition(".")[0].casefold() not in {"con", "nul", "aux", "prn", ""}
        path.unlink()


def test_names_that_differ_stay_different_and_good_ones_stay_as_they_are():
    """Two codes never share a workbook; what could stand always does."""
    made = [file_name(text) for text in (*HOSTILE, "S-1", "S_1", "S1", "长" * 301)]
    assert len(set(made)) == len(made)
    assert file_name("甄别反馈", "S001", "20260105", "第1批", ending=".xlsx") == "甄别反馈_S001_20260105_第1批.xlsx"


def test_a_sheet_may_be_called_what_it_then_is():
    """Excel's limits: signs, length, outer apostrophes."""
    assert sheet_name("方案1 [a]:b*?/\\c") == "方案1 -a--b----c"
    assert (sheet_name("'a'"), sheet_name("长" * 40), sheet_name("")) == ("a", "长" * 31, "-")


@pytest.mark.parametrize(
    ("text", "little"),
    [("合" * 10, False), ("合" * 11, True), ("合" * 16, True), ("合" * 18, False), ("甲\n乙", False), (12345, False)],
)
def test_a_text_that_is_a_little_long_is_told_from_one_that_is_much_too_long(text, little):
    """Of a cell of twenty characters: what fits, a little more, and more than letters of a readable size can hold."""
    assert a_little_long(text, 20) is little


# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt
IGNORABLE = (
    "AD 34F 61C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 "
    "1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)


def test_what_shows_nothing_is_no_part_of_a_text():
    """What Unicode says is to be ignored, its format characters, and signs that are blank: alone and within a name."""
    ends = [[int(end, 16) for end in part.split("-")] for part in IGNORABLE.split()]
    signs = [chr(n) for first, *last in ends for n in range(first, (last or [first])[0] + 1)]
    signs += [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) == "Cf"]
    for sign in (*signs, "\u2800", "\U0001d159"):
        assert (without_invisible(sign), without_invisible(f"江{sign}城")) == ("", "江城"), hex(ord(sign))
        assert not all_visible(["江城", sign])


@pytest.mark.parametrize(
    "text", ["江城公交（集团）", "王·买买提", "①②℃㎡“甲”……——", "ＡＢｃ１２", "𠮷田", "한글", "é ü"]
)
def test_what_shows_something_stays(text):
    """Signs, letters of other scripts and Han characters beyond the first plane."""
    assert without_invisible(text) == text


@examples(200)
@given(st.lists(st.text("甲_x0041 \n\t\u200b\u2028\u3164\xad\0", max_size=8), max_size=6))
@example(["甲_x0041_", "甲"])
def test_texts_said_to_be_visible_at_once_are_so_each_by_itself(texts):
    """What is told of all of them in one go holds for each."""
    if all_visible(texts):
        assert [without_invisible(text) for text in texts] == texts


def test_nearly_all_texts_are_visible_at_once():
    """A line break is no reason to look at each of them."""
    assert all_visible(["江城公交（集团）", "甲\n乙", "", "13900001111"])
    assert not all_visible(["甲", "\u200b乙"])


@examples(200)
@given(st.lists(st.text("12\0", max_size=4), max_size=8))
def test_texts_that_a_pattern_does_not_match_are_found_in_one_go(texts):
    """The same texts as one by one; all of them where one holds the sign that stands between them."""
    left = unlike(re.compile(r"(?<![^\0])(?:1+\0)+"), texts)
    assert left == (texts if "\0" in "".join(texts) else [text for text in texts if not re.fullmatch("1+", text)])
