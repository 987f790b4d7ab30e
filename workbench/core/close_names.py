"""Names that may mean one customer (5.1, D2): what is compared of a name, and when two are close. They only suggest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from os.path import commonprefix

import numpy as np
from rapidfuzz import fuzz

from workbench.core import places
from workbench.core.name_list import AT_ONCE, NameList, close_texts

COMPARED_AS = 1  # to be raised when ``compared`` or ``customer_key`` makes something else of a name: registers keep it
CLOSE = 80  # rapidfuzz ratio from which a person should look
EQUAL, SOUNDS_ALIKE, ONE_CHARACTER = 100, 95, 90
SHORT_NAME = 6  # up to this length a name that does not name its place may be that of several (人民医院)
SHORT = 4  # up to this length one other character leaves a ratio below CLOSE
# what tells customers of otherwise equal names apart: numbers, letters, 甲乙丙丁, points of the compass, 第N
_TELLING = re.compile(r"[0-9A-Z〇零一二三四五六七八九十百千两甲乙丙丁戊己庚辛壬癸东南西北中第]")
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(rf"[{''.join(_DIGITS)}{''.join(_UNITS)}]+")
_COMPANY = re.compile(r"有限责任公司|股份有限公司|有限公司|公司")
_ONE_WORD = (  # several ways to say one thing
    (
        re.compile(
            r"(?:机动车)?驾(?:驶[员人]?(?:技术|技能)?(?:培训)?(?:学校|中心)|驶[员人]?(?:技术|技能)?培训|培(?:学校|中心)?|校)"
        ),
        "驾校",
    ),
    (re.compile(r"出租(?:汽车|车)|的士"), "出租"),
    (re.compile(r"公共(?:交通|汽车)"), "公交"),
    (re.compile(r"第?(\d+)(?:号)?中学|第(\d+)中"), r"\1\2中"),
    (re.compile(r"第(\d+)"), r"\1"),
)
FIRST_SIGN, FIRST_IDEOGRAPH, IDEOGRAPHS = 0x2E80, 0x4E00, 0x9FFF - 0x4E00 + 1
# of public bodies one other character is another body: 林业局 / 农业局
_PUBLIC = re.compile(r"(?:[局厅委办署院所站处队馆]|政府|大学|学院|学校|中学|小学|\d中)$")


@lru_cache(maxsize=1 << 15)
def compared(name: str, province: str, city: str) -> str:
    """What is compared of a normalised name: without its own province and city, 集团 and 公司, numerals as figures."""
    return _parts(name, province, city)[0]


@lru_cache(maxsize=1 << 15)
def _parts(name: str, province: str, city: str) -> tuple[str, frozenset[str]]:
    """What is compared of a name, and the ranks of the places that were taken out."""
    text, ranks = _COMPANY.sub("", name), set()
    words = places.names_of(province, city)
    while True:
        shorter = re.sub(r"^集团|(?:集团|分)$", "", text)
        for word, rank in words:
            shorter_yet = shorter.removeprefix(word)
            if shorter_yet == shorter:
                shorter_yet = shorter.removesuffix(word)
            if shorter_yet != shorter and len(shorter_yet) >= 2:
                shorter = shorter_yet
                ranks.add(rank)
                break
        if shorter == text or len(shorter) < 2:
            break
        text = shorter
    text = _NUMERAL.sub(lambda found: str(_number(found[0])), text)
    for pattern, word in _ONE_WORD:
        text = pattern.sub(word, text)
    return text, frozenset(ranks)


def is_short(name: str, province: str, city: str) -> bool:
    """Whether a normalised name may be that of several customers of one city: short, and without the name of the place."""
    return len(name) <= SHORT_NAME and not _parts(name, province or "", city or "")[1]


def _number(numeral: str) -> int:
    """The value of a Chinese numeral; digits one after another (二〇〇八) are read as such."""
    if not any(mark in _UNITS for mark in numeral):
        return int("".join(str(_DIGITS[mark]) for mark in numeral))
    total, digit = 0, 0
    for mark in numeral:
        if mark in _UNITS:
            total += (digit or 1) * _UNITS[mark]
            digit = 0
        else:
            digit = _DIGITS[mark]
    return total + digit


def _sound_alike(one: str, other: str) -> bool:
    """Whether two texts of one length are read alike: mostly their characters say it, each of which has one reading."""
    readings, certain, apart = _readings(), True, False
    for mark, instead in zip(one, other, strict=True):
        mine, theirs = readings.get(mark), readings.get(instead)
        if mine and theirs:
            apart = apart or not mine & theirs
            certain = certain and len(mine) == len(theirs) == 1
        elif mark != instead:
            return _sound(one) == _sound(other)
        else:
            certain = certain and ord(mark) < FIRST_SIGN
    return not apart and (certain or _sound(one) == _sound(other))


@lru_cache(maxsize=1 << 15)
def _sound(text: str) -> str:
    """How a name is read, without tones."""
    from pypinyin import lazy_pinyin  # its dictionary is read when first needed

    return " ".join(lazy_pinyin(text))


def are_distinct(one: str, other: str) -> bool:
    """Whether two close names are plainly two customers: by what tells names apart (第一 / 第二, 东 / 西, A / B),
    or because one whole word of two or more characters stands for another (合肥安邦租赁 / 合肥恒通租赁)."""
    if _differ_in_marks(one, other):
        return True
    word, instead = _different(one, other)
    return min(len(word), len(instead)) >= 2 and not set(word) & set(instead)


def _differ_in_marks(one: str, other: str) -> bool:
    return _TELLING.sub("", one) == _TELLING.sub("", other)


def _different(one: str, other: str) -> tuple[str, str]:
    """What stands between the common beginning and the common end of two texts."""
    start = len(commonprefix([one, other]))
    one, other = one[start:], other[start:]
    end = len(commonprefix([one[::-1], other[::-1]]))
    return one[: len(one) - end], other[: len(other) - end]


def _closeness(one: str, other: str, ratio: int, province: str, city: str) -> int:
    """How close two different normalised names of one city are, 0..100; 0 where they are plainly two customers."""
    (first, ranks), (second, other_ranks) = _parts(one, province, city), _parts(other, province, city)
    public = bool(_PUBLIC.search(first) and _PUBLIC.search(second))
    if first == second:  # the hospital of the province is not that of its city
        apart = public and ranks and other_ranks and not ranks & other_ranks
        return 0 if apart else EQUAL
    if _differ_in_marks(first, second):
        return 0
    if len(first) == len(second) and _sound_alike(first, second):
        return SOUNDS_ALIKE
    word, instead = _different(first, second)
    if len(word) == len(instead) == 1 and len(first) <= SHORT + public:
        return ONE_CHARACTER if len(first) > 2 and not public else 0
    ratio = max(ratio, round(fuzz.ratio(first, second)))
    return ratio if ratio >= CLOSE and not are_distinct(first, second) else 0


def close_names(asked: Sequence[str], known: Sequence[str], province: str, city: str) -> list[tuple[str, str, int]]:
    """Pairs of different normalised names of one city that may mean one customer, each with its closeness 1..100.

    The first of a pair is one of ``asked``, the second one of ``known``; both lists hold no name twice.
    """
    if not asked or not known:
        return []
    texts = NameList([compared(name, province, city) for name in known])
    found = close_places(asked, NameList(known), texts, province, city)
    return [(asked[row], known[column], score) for row, column, score in found]


def close_places(
    asked: Sequence[str], known: NameList, texts: NameList, province: str, city: str
) -> list[tuple[int, int, int]]:
    """Places of names asked for and of known ones of one city that may mean one customer, each pair with its closeness 1..100.

    ``texts``: what is compared of the known names (``compared``). Sorted; equal names are no pair.
    """
    likely, found = _likely(asked, known, texts, province, city), []
    for row, column in sorted(likely):
        one, other = asked[row], known[column]
        if one != other and (score := _closeness(one, other, likely[row, column], province, city)):
            found.append((row, column, score))
    return found


def _likely(
    asked: Sequence[str], known: NameList, texts: NameList, province: str, city: str
) -> dict[tuple[int, int], int]:
    """Places of pairs worth a closer look, with the ratio of the names as they stand (0: below the limit)."""
    mine = [compared(name, province, city) for name in asked]
    by_text = close_texts(NameList(mine), texts, CLOSE)
    pairs: dict[tuple[int, int], int] = dict.fromkeys([*by_text, *_alike(mine, texts)], 0)
    return pairs | close_texts(NameList(asked), known, CLOSE)


def _alike(asked: Sequence[str], known: NameList) -> list[tuple[int, int]]:
    """Places of pairs of compared texts of one length that sound alike, or are short with one other character."""
    found: list[tuple[int, int]] = []
    for length in sorted({len(text) for text in asked} - {0}):
        others, there = known.of_length(length)
        own = [place for place, text in enumerate(asked) if len(text) == length]
        step = max(1, AT_ONCE // max(len(others), 1))  # a table of pairs with all that is known fits memory
        for first in range(0, len(own) if len(others) else 0, step):
            rows = own[first : first + step]
            here = _marks([asked[place] for place in rows], length)
            for at, column in (*_sounding_alike(here, there), *_one_other(here, there)):
                row, place = rows[at], int(others[column])
                one, other = asked[row], known[place]
                if one != other and (_one_other_mark(one, other) or _sound_alike(one, other)):  # equal: close anyway
                    found.append((row, place))
    return found


def _marks(texts: Sequence[str], length: int) -> np.ndarray:
    """The characters of texts of one length, a row each."""
    return np.frombuffer("".join(texts).encode("utf-32-le"), dtype="uint32").reshape(len(texts), length)


def _sounding_alike(here: np.ndarray, there: np.ndarray) -> Iterator[tuple[int, int]]:
    """Rows of texts of which each character may be read as the one at its place."""
    mine, theirs = _reading_of(here), _reading_of(there)
    rows, columns = np.nonzero(mine[:, None, 0] & theirs[None, :, 0])
    for place in range(1, here.shape[1]):
        kept = (mine[rows, place] & theirs[columns, place]) != 0
        rows, columns = rows[kept], columns[kept]
    return zip(rows.tolist(), columns.tolist(), strict=True)


def _one_other(here: np.ndarray, there: np.ndarray) -> Iterator[tuple[int, int]]:
    """Rows of short texts that differ in one character."""
    if not 2 < here.shape[1] <= SHORT:
        return iter(())
    different = sum((here[:, None, place] != there[None, :, place]).astype("int8") for place in range(here.shape[1]))
    rows, columns = np.nonzero(different == 1)
    return zip(rows.tolist(), columns.tolist(), strict=True)


def _one_other_mark(one: str, other: str) -> bool:
    return 2 < len(one) <= SHORT and sum(mark != instead for mark, instead in zip(one, other, strict=True)) == 1


def _letter(codes: np.ndarray) -> np.ndarray:
    """A bit for each character."""
    return np.uint64(1) << (codes % 64).astype("uint64")


def _reading_of(codes: np.ndarray) -> np.ndarray:
    """A bit set for each character: equal characters, and those that may be read alike, have a bit in common."""
    ideographs = codes - FIRST_IDEOGRAPH  # what comes before wraps around to a great number
    table = _reading_bits()
    bits = table[np.minimum(ideographs, len(table) - 1)]
    return np.where(codes < FIRST_SIGN, _letter(codes), bits)


@lru_cache(maxsize=1)
def _readings() -> dict[str, frozenset[str]]:
    """Every way each ideograph may be read (``data/readings.csv``)."""
    found: dict[str, set[str]] = {}
    for line in (places.DATA / "readings.csv").read_text(encoding="utf-8").splitlines()[1:]:
        reading, _, characters = line.partition(",")
        for character in characters:
            found.setdefault(character, set()).add(reading)
    return {character: frozenset(ways) for character, ways in found.items()}


@lru_cache(maxsize=1)
def _reading_bits() -> np.ndarray:
    """The bits of each ideograph by its readings (``data/readings.csv``); the last one, and what has none there: all."""
    text = (places.DATA / "readings.csv").read_text(encoding="utf-8")
    bits = np.zeros(IDEOGRAPHS + 1, dtype="uint64")
    for number, line in enumerate(text.splitlines()[1:]):
        characters = np.frombuffer(line.partition(",")[2].encode("utf-32-le"), dtype="uint32")
        bits[characters - FIRST_IDEOGRAPH] |= np.uint64(1 << number % 64)
    return np.where(bits == 0, ~np.uint64(0), bits)
