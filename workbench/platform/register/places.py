"""Texts that sort as the names they stand for, and tell nothing else of them: between any two there is room for another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(DIGITS)
_STEP = 8  # names mostly rise with time: a new one stands nearer to the one before it


def between(low: str, high: str | None) -> str:
    """A text that sorts after ``low`` and before ``high`` (None: the end). None of them ends in a nought."""
    shared = 0
    while high is not None and shared < len(high) and (low[shared : shared + 1] or DIGITS[0]) == high[shared]:
        shared += 1
    head = high[:shared] if high is not None else ""
    low, high = low[shared:], high if high is None else high[shared:]
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high else _BASE
    if last - first > 1:
        return head + DIGITS[first + max(1, (last - first) // _STEP)]
    if high is not None and len(high) > 1:
        return head + high[0]
    return head + DIGITS[first] + between(low[1:], None)


def placed(
    fresh: Sequence[str], known: Sequence[str], name_at: Callable[[str], str], lost: Sequence[str] = ()
) -> list[str]:
    """Places of new names among known ones. ``known``: places in order, each once; ``name_at``: the name at one of them.

    Few of the known names are looked at. ``lost``: places of names that nobody knows any more; they stay taken.
    """
    every, open_, names = sorted([*known, *lost]), list(known), dict[str, str]()

    def name_of(place: str) -> str:
        if place not in names:
            names[place] = name_at(place)
        return names[place]

    found: dict[str, str] = {}
    for name in sorted(set(fresh)):
        at = bisect_left(open_, name, key=name_of)
        if at == len(open_) or name_of(open_[at]) != name:
            before = open_[at - 1] if at else ""
            after = bisect_right(every, before)
            place = between(before, every[after] if after < len(every) else None)
            names[place] = name
            open_.insert(at, place)
            every.insert(after, place)
        found[name] = open_[at]
    return [found[name] for name in fresh]
