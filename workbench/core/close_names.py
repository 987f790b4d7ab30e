"""Names that may mean one customer (5.1, D2): what is compared of a name, and when two are close. They only suggest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from os.path import commonprefix

import numpy as np
from rapidfuzz import fuzz, process

from workbench.core import places

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
_WRITTEN = frozenset("0123456789驾校出租公交中")  # characters that ``compared`` may write where a name has others
FIRST_SIGN, FIRST_IDEOGRAPH, IDEOGRAPHS = 0x2E80, 0x4E00, 0x9FFF - 0x4E00 + 1
# of public bodies one other character is another body: 林业局 / 农业局
_PUBLIC = re.compile(r"(?:[局厅委办署院所站处队馆]|政府|大学|学院|学校|中学|小学|\d中)$")


@lru_cache(maxsize=1 << 17)
def compared(name: str, province: str, city: str) -> str:
    """What is compared of a normalised name: without its own province and city, 集团 and 公司, numerals as figures."""
    return _parts(name, province, city)[0]


@lru_cache(maxsize=1 << 17)
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


@lru_cache(maxsize=1 << 17)
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
    if len(first) == len(second) and _sound(first) == _sound(second):
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
    likely = _likely(asked, known, province, city)
    found = []
    for row, column in sorted(likely):
        one, other = asked[row], known[column]
        if one != other and (score := _closeness(one, other, likely[row, column], province, city)):
            found.append((one, other, score))
    return found


def _likely(asked: Sequence[str], known: Sequence[str], province: str, city: str) -> dict[tuple[int, int], int]:
    """Places of pairs worth a closer look, with the ratio of the names as they stand (0: below the limit)."""
    pairs: dict[tuple[int, int], int] = {}
    scores = process.cdist(asked, known, scorer=fuzz.ratio, score_cutoff=CLOSE, dtype=np.uint8)
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(scores))):
        pairs[row, column] = int(scores[row, column])
    have_in_common = _Characters(known).have_in_common
    for row, name in enumerate(asked):
        text = compared(name, province, city)
        for column in have_in_common(text):
            if (row, column) not in pairs and _alike(text, compared(known[column], province, city)):
                pairs[row, column] = 0
    return pairs


def _alike(one: str, other: str) -> bool:
    """Whether two compared texts are close as they stand, short with one other character, or sound alike."""
    if fuzz.ratio(one, other, score_cutoff=CLOSE):
        return True
    if len(one) != len(other):
        return False
    if 2 < len(one) <= SHORT and sum(mark != instead for mark, instead in zip(one, other, strict=True)) == 1:
        return True
    return all(map(_may_sound_alike, one, other)) and _sound(one) == _sound(other)


@lru_cache(maxsize=1 << 17)
def _may_sound_alike(one: str, other: str) -> bool:
    return one == other or bool(_readings(one)[0] & _readings(other)[0])


class _Characters:
    """The characters of many names, to tell quickly which of them cannot be close to one."""

    def __init__(self, names: Sequence[str]) -> None:
        lengths = np.array([len(name) for name in names], dtype="int64")
        self._filled = np.flatnonzero(lengths)
        self._starts = (np.cumsum(lengths) - lengths)[self._filled]
        self._readings = _readings("".join(names))

    def have_in_common(self, text: str) -> list[int]:
        """The places of names that hold enough characters which are, or may be read as, those of a compared text.

        Of two texts as close as CLOSE, two thirds of either stand in the other; of those that sound alike, all do. What
        ``compared`` writes itself (_WRITTEN) need not stand in the name.
        """
        own = [mark for mark in text if mark not in _WRITTEN]
        enough = -(-2 * len(text) // 3) - (len(text) - len(own))
        if enough <= 0:
            return self._filled.tolist()
        may_be = (self._readings & np.bitwise_or.reduce(_readings("".join(own)))) != 0
        found = np.add.reduceat(may_be, self._starts, dtype="int64") if len(self._starts) else self._starts
        places: list[int] = self._filled[found >= enough].tolist()
        return places


def _readings(text: str) -> np.ndarray:
    """A bit set for each character: equal characters, and those that may be read alike, have a bit in common."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="uint32")
    ideographs = codes - FIRST_IDEOGRAPH  # what comes before wraps around to a great number
    table = _reading_bits()
    bits = table[np.minimum(ideographs, len(table) - 1)]
    letters = np.uint64(1) << (codes % 64).astype("uint64")
    return np.where(codes < FIRST_SIGN, letters, bits)


@lru_cache(maxsize=1)
def _reading_bits() -> np.ndarray:
    """The bits of each ideograph by its readings (``data/readings.csv``); the last one, and what has none there: all."""
    text = (places.DATA / "readings.csv").read_text(encoding="utf-8")
    bits = np.zeros(IDEOGRAPHS + 1, dtype="uint64")
    for number, line in enumerate(text.splitlines()[1:]):
        characters = np.frombuffer(line.partition(",")[2].encode("utf-32-le"), dtype="uint32")
        bits[characters - FIRST_IDEOGRAPH] |= np.uint64(1 << number % 64)
    return np.where(bits == 0, ~np.uint64(0), bits)
