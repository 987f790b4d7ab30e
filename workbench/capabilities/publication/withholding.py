"""What a publication may say beyond 6.1: of leads by clause, numbers from ``small_count`` on, and ranges below it.

Two properties make it safe, and neither needs a search. Every lead's reason is told in one publication only
(``reasons.newly_against``), so that no two papers can be subtracted. And what is printed follows from the counts of that
one publication by ``published_counts``, under which every count that is withheld could be another one: the proof stands in
docs/publication.md, an attacker who prints the other possibility in tests/capabilities/publication/test_withholding.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Word = int | str  # a number, a range of numbers (0–2, 14–16, ≥9), or the mark
MARK = "※"
VALID = "5.5"  # its leads are valid, and no sum with the others is published


def published_counts(counts: Mapping[str, int], limit: int | None, valid: int) -> dict[str, Word]:
    """What is printed of leads by clause. ``counts``: all clauses, also with none; ``limit``: None or 1 shows everything;
    ``valid``: how many leads are valid, of which 5.5 excludes some.

    The sum of all clauses but 5.5 is published. Those below ``limit`` are the ranges they may lie in; where together they
    have (nearly) the most they can, or only one is left that is not none, every number of the sum is a mark.
    """
    if limit is None or limit < 2:
        return dict(counts)
    summed = {clause: number for clause, number in counts.items() if clause != VALID}
    small = [number for number in summed.values() if number < limit]
    rest, most = sum(small), (limit - 1) * len(small)
    if rest and (len(small) == 1 or rest > most - 2):
        words: dict[str, Word] = dict.fromkeys(summed, MARK)
    else:
        words = {clause: _word(number, limit, rest) for clause, number in summed.items()}
    apart = {VALID: _word(counts[VALID], limit, valid)} if VALID in counts else {}
    return {clause: (words | apart)[clause] for clause in counts}


def _word(number: int, limit: int, rest: int) -> Word:
    """A number, or the range of those it may be: none where nothing is left of the sum."""
    return number if number >= limit else _range(0, min(rest, limit - 1))


def together(words: Iterable[Word]) -> Word:
    """What the words of several publications say of their sum: nothing that does not stand in them."""
    lows, highs = zip(*(_bounds(word) for word in words), strict=True)
    known = [high for high in highs if high is not None]
    return _range(sum(lows), sum(known) if len(known) == len(highs) else None)


def _range(least: int, most: int | None) -> Word:
    if most is None:
        return f"≥{least}" if least else MARK
    return least if least == most else f"{least}–{most}"


def _bounds(word: Word) -> tuple[int, int | None]:
    if isinstance(word, int):
        return word, word
    if word == MARK or word.startswith("≥"):
        return int(word[1:] or 0), None
    low, high = word.split("–")
    return int(low), int(high)
