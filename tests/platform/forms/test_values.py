"""Single values: what is taken, what is understood with a warning, what is given back with a proposal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.platform.forms.values import clean_column

WIDE = str.maketrans("0123456789-./", "０１２３４５６７８９－．／")
days = st.dates(date(1982, 3, 1), date(2100, 12, 31))


def take(kind, value, choices=None, least=None):
    """The typed value, and the problem's code, severity and message."""
    (typed,), problems = clean_column(kind, choices, least, [value])
    problem = problems.get(0)
    return typed, (problem.code, problem.severity, problem.message) if problem else None


@given(st.integers(0, 999_999), st.sampled_from(["", " ", "台", " 辆"]), st.booleans(), st.booleans())
def test_a_number_written_as_text_is_understood_where_it_can_be_one_number_only(number, unit, wide, commas):
    """Full-width digits, commas or a unit behind them: taken, with a warning that says as what."""
    text = f"{number:,}" if commas else f"{number}"
    typed, problem = take("integer", (text.translate(WIDE) if wide else text) + unit)
    assert typed == number
    assert problem[:2] == ("text_in_number", "warning")
    assert f"已按 {number} 理解" in problem[2]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("约10", "是否为 10？"),
        ("10台左右", "是否为 10？"),
        ("-3", "是否为 -3？"),
        ("5-8", None),
        ("5或6台", None),
        ("1,00", None),
        ("10台以上20台以下", None),
        ("1390000111122", None),
    ],
)
def test_a_number_that_may_be_another_is_asked_back(text, hint):
    """A proposal only where one number stands there."""
    typed, problem = take("integer", text)
    assert typed is None
    assert problem[:2] == ("text_in_number", "error")
    assert ("是否为" in problem[2]) == bool(hint) and (hint or "") in problem[2]


@pytest.mark.parametrize(("kind", "expected"), [("number", "1234.5"), ("money", 123_450)])
def test_amounts_written_as_text_are_understood(kind, expected):
    """Commas and 元 are no doubt about an amount; 万 is."""
    for text in ("1,234.5", "１２３４.５", "1234.50元"):
        typed, problem = take(kind, text)
        assert (typed, problem[:2]) == (expected, ("text_in_number", "warning"))
    for text in ("12万", "1.2.3", "12,34", "约100"):
        assert take(kind, text)[1][:2] == ("text_in_number", "error")


@pytest.mark.parametrize("text", ["5-8", "10~12台", "3到5", "约5－8台", "3、5", "5/8", "5—8辆"])
def test_a_range_is_asked_back_for_one_number(text):
    """Which end was meant is nobody's to guess."""
    typed, problem = take("integer", text)
    assert typed is None and problem[:2] == ("text_in_number", "error") and "确定的数字" in problem[2]


@pytest.mark.parametrize("word", ["同上", " 〃 ", "示例", "（同上）", '"', "示例：某某公司", "同 上"])
def test_as_above_is_asked_back(word):
    """It says nothing once rows are sorted; a contact has its own rule (5.2)."""
    for kind in ("text", "choice", "date", "integer"):
        assert take(kind, word)[1][:2] == ("ditto", "error")
    assert take("person", word)[1] is None


def test_a_date_of_eight_digits_typed_as_a_number_is_understood():
    """20260305 is no day number and one day only."""
    assert take("date", 20260305.0)[0] == datetime(2026, 3, 5)
    assert take("date", 20261305.0)[1][:2] == ("not_a_date", "error")


@given(st.integers(-999_999, 999_999))
def test_whole_numbers_are_themselves(number):
    """Excel stores every number as a float; whole ones are whole again."""
    assert take("integer", float(number)) == (number, None)
    assert take("integer", number) == (number, None)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (2.5, "not_whole"),
        (True, "not_a_number"),
        ("十二台", "text_in_number"),
        (1e20, "number_too_large"),
        (-1e300, "number_too_large"),
        (0.0, "below_least"),
        ({"t": "2026-01-05T00:00:00"}, "not_a_number"),
        ("nan", "text_in_number"),
        (1_000_000.0, "number_too_large"),
        (13_900_001_111.0, "number_too_large"),
    ],
)
def test_what_is_no_count_of_cars_is_given_back(value, code):
    """Halves, truth values, dates, words and numbers beyond all sense are each their own finding."""
    typed, problem = take("integer", value, least=1)
    assert typed is None
    assert problem[:2] == (code, "error")


@given(
    days,
    st.sampled_from(
        [
            "{0}年{1}月{2}日",
            "{0}年{1:02}月{2:02}号",
            "{0}.{1}.{2}",
            "{0}{1:02}{2:02}",
            " {0} 年 {1} 月 {2} 日 ",
            "{0}、{1}、{2}",
            "{0}–{1}–{2}",
            "{0}·{1}·{2}",
            "{0}年{1}.{2}.",
            "{0}/{1}/{2} 星期三",
            "{0}年{1}月{2}日 上午9时30分",
        ]
    ),
    st.booleans(),
)
def test_chinese_dates_as_text_are_understood_with_a_warning(day, style, wide):
    """2026年3月5日, 2026.3.5 and 20260305, in either width, can be read one way only."""
    value = style.format(day.year, day.month, day.day)
    typed, problem = take("date", value.translate(WIDE) if wide else value)
    assert typed == datetime(day.year, day.month, day.day)
    assert problem[:2] == ("date_as_text", "warning")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二〇二六年三月五日", (2026, 3, 5)),
        ("二零二六年十二月廿五日", (2026, 12, 25)),
        ("2026年三月三十一号", (2026, 3, 31)),
        ("26/3/5", (2026, 3, 5)),
        ("26.3.15", (2026, 3, 15)),
        ("26年3月25日", (2026, 3, 25)),
        ("15/3/2026", (2026, 3, 15)),
        ("3/15/2026", (2026, 3, 15)),
        ("5/5/2026", (2026, 5, 5)),
    ],
)
def test_a_day_with_one_meaning_is_taken(text, expected):
    """Numerals, years of two digits, the order of other countries where only one order gives a day."""
    typed, problem = take("date", text)
    assert (typed, problem[:2]) == (datetime(*expected), ("date_as_text", "warning"))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("三月五日", "没有写年份"),
        ("3/5", "没有写年份"),
        ("3/5/2026", "看不出哪个是年、月、日"),
        ("05/03/06", "看不出哪个是年、月、日"),
        ("31/12/24", "看不出哪个是年、月、日"),
        ("2026年3月", "缺少日"),
        ("同上", "在每一行写出全文"),
    ],
)
def test_a_day_with_two_meanings_is_asked_back(text, hint):
    """The sentence says which part is missing."""
    typed, problem = take("date", text)
    assert typed is None and problem[1] == "error" and hint in problem[2]


@given(days, st.sampled_from(["{0}-{1}-{2}", "{0}/{1:02}/{2:02}", "{0}-{1:02}-{2:02} 09:30"]))
def test_plain_dates_as_text_are_understood_with_a_warning(day, style):
    """2026-3-5 and 2026/03/05 can be read one way only; they are taken."""
    typed, problem = take("date", style.format(day.year, day.month, day.day))
    assert typed == datetime(day.year, day.month, day.day)
    assert problem[:2] == ("date_as_text", "warning")


@given(days)
def test_a_day_number_is_understood_with_a_warning(day):
    """A date whose cell lost its format is a number of days; hours do not change the day."""
    number = (day - date(1899, 12, 30)).days
    moment = datetime(day.year, day.month, day.day)
    for value in (number, number + 0.75):
        typed, problem = take("date", value)
        assert typed == moment
        assert problem[:2] == ("serial_date", "warning")
    assert take("date", {"t": (moment + timedelta(hours=9)).isoformat()}) == (moment, None)


@pytest.mark.parametrize(
    "value",
    ["2026-02-30", "2026年13月1日", "3月5日", "五月初", "二〇二六年三月", 5.0, 1e18, True, "12:00:00", "同前日"],
)
def test_what_is_no_date_is_no_date(value):
    """Days that do not exist, dates without a year, words and small numbers are not guessed at."""
    typed, problem = take("date", value)
    assert typed is None
    assert problem[:2] == ("not_a_date", "error")


@given(st.one_of(st.integers(10**11, 10**14), st.integers(2_000_000, 99_999_999), st.just(True)))
def test_a_phone_stored_as_a_number_is_given_back_unspoken(phone):
    """Excel may have cut its zero; the message does not repeat it."""
    for value in (phone, float(phone)) if phone is not True else (True,):
        typed, problem = take("phone", value)
        assert typed is None
        assert problem[:2] == ("phone_as_number", "error")
        assert "文本格式" in problem[2]
        assert str(phone) not in problem[2]


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_stored_as_a_number_is_whole(phone):
    """Eleven digits, none of which can have been a lost zero: taken, with a warning that does not repeat it."""
    for value in (int(phone), float(phone)):
        typed, problem = take("phone", value)
        assert (typed, problem[:2]) == (phone, ("phone_as_number", "warning")) and phone not in problem[2]


@given(st.from_regex(r"0[1-9][0-9]{1,2}-[2-8][0-9]{6,7}|\+86 1[3-9][0-9]{9}|0{1,3}1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_stored_as_text_is_kept_as_it_is(phone):
    """Leading zeros, plus signs and hyphens stay; only outer spaces go."""
    assert take("phone", f" {phone} ") == (phone, None)


@given(st.integers(0, 10**12 * 100 // 10))
def test_yuan_become_fen_exactly(fen):
    """Two decimals in a float are two decimals in fen, at every size an amount has."""
    assert take("money", fen / 100) == (fen, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, (30, None)),
        (12 * 99.99, (119_988, None)),
        (1.005, (None, "below_fen")),
        (1e18, (None, "number_too_large")),
        ("三十万", (None, "text_in_number")),
        (True, (None, "text_in_number")),
    ],
)
def test_an_amount_is_what_excel_shows(value, expected):
    """Binary dust of a formula is dropped at Excel's 15 digits; a third decimal is not."""
    typed, problem = take("money", value)
    assert (typed, problem and problem[0]) == expected


@given(
    st.integers(2000, 2099),
    st.integers(1, 12),
    st.sampled_from(["{0}-{1:02}", "{0}年{1}月", "{0}/{1}", "{0}.{1}", "{0}{1:02}"]),
    st.booleans(),
)
def test_months_are_read_in_every_style(year, month, style, wide):
    """A month typed in any usual style is the same month."""
    value = style.format(year, month)
    assert take("month", value.translate(WIDE) if wide else value) == (f"{year}-{month:02d}", None)
    assert take("month", {"t": f"{year}-{month:02d}-05T00:00:00"}) == (f"{year}-{month:02d}", None)


@pytest.mark.parametrize("value", [2026.1, 2026.03, "2026-13", "三月", "2026", 46086.0, True])
def test_a_month_that_can_be_read_two_ways_is_not_read(value):
    """2026.1 as a number may have been 2026.10; a month of its own making would close the wrong register."""
    typed, problem = take("month", value)
    assert typed is None
    assert problem[:2] == ("not_a_month", "error")


def test_choices_are_known_through_spaces_and_widths_only():
    """Spaces do not matter; another word does, and the message lists the words allowed."""
    assert take("choice", " 有 效 ", ("有效", "无效")) == ("有效", None)
    typed, problem = take("choice", "待定", ("有效", "无效"))
    assert (typed, problem) == ("待定", ("not_in_list", "error", "不在可选值之内，应为：有效、无效。"))


def test_codes_keep_zeros_as_text_and_warn_as_numbers():
    """A code typed as text is normalised to half width; as a number it is taken with a warning, as a date not at all."""
    assert take("code", " ＤＫ２０２６０３－００００１ ") == ("DK202603-00001", None)
    assert take("code", "0071") == ("0071", None)
    assert take("code", 71.0)[0] == "71"
    assert take("code", 71.0)[1][:2] == ("number_as_code", "warning")
    assert take("code", {"t": "2026-03-05T00:00:00"})[1][:2] == ("date_as_code", "error")


def test_expected_times_are_kept_even_when_they_are_words():
    """A month, a date or "第二季度": the first two are times, the last is kept as written with a warning."""
    assert take("when", "2026-05") == ("2026-05", None)
    assert take("when", {"t": "2026-05-01T00:00:00"}) == ("2026-05-01", None)
    assert take("when", "2026年5月1日")[0] == "2026-05-01"
    assert take("when", "第二季度") == ("第二季度", ("not_a_date", "warning", "不是日期或月份，已按原文保留。"))


def test_numbers_are_kept_as_excel_shows_them():
    """A budget is text of at most 15 digits; words are kept and reported."""
    assert take("number", 86.5) == ("86.5", None)
    assert take("number", 1199.8799999999999) == ("1199.88", None)
    assert take("number", 300.0) == ("300", None)
    assert take("number", 1e300)[1][0] == "number_too_large"
    assert take("number", "约三百万") == (
        "约三百万",
        ("text_in_number", "error", "数字单元格里不是数字。请按数字填写，不带单位。"),
    )


def test_years_are_taken_with_or_without_the_word():
    """2026, ２０２６ and 2026年 are one year; a year before 2000 is a slip."""
    assert [take("year", value)[0] for value in (2026.0, "2026年", "２０２６")] == [2026, 2026, 2026]
    assert take("year", 226.0)[1][:2] == ("below_least", "error")


def test_empty_cells_have_no_value_and_no_problem():
    """Whether a cell may be empty is the template's question, not the value's."""
    for kind in ("text", "code", "phone", "integer", "money", "date", "month", "choice", "when", "number", "year"):
        assert take(kind, None) == (None, None)
