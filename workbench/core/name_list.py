"""Many texts of one place, laid out so that those close to another are found by looking closely at few of them.

Two texts are as close as the longest row of characters they have in common, in order (rapidfuzz's ratio). It cannot be longer
than the number of characters they share in any order; and that is told for thousands of texts at once, by a bit for each
character. What the bits do not rule out is compared as it stands, so nothing close is missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

END = "\n"  # after each text; no name holds one
FEW = 256  # known texts up to which comparing all is quicker than finding out which
AT_ONCE = 1 << 20  # pairs that are compared together
_PLANE = 1 << 16  # characters beyond the first plane share the bits of those in it
_SPREAD, _BITS = np.uint32(2654435761), 7  # Knuth's multiplier: neighbouring characters get bits far apart, 128 in all


class NameList:
    """Texts in the order in which they were added. They are kept as one text: a million short names take some 100 MB."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._joined = ""
        self._ends = np.zeros(0, dtype="int32")
        self.lengths = np.zeros(0, dtype="int32")  # the number of characters of each
        self.signs = np.zeros((2, 0), dtype="uint64")  # two words for each text: the bits of its characters
        self.add(texts)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> str:
        return self._joined[self._start(place) : int(self._ends[place]) - 1]

    def add(self, texts: Sequence[str]) -> None:
        """Add texts behind those there are."""
        if texts:
            self.add_joined(END.join(texts))

    def add_joined(self, texts: str) -> None:
        """Add one text or more with END between them."""
        codes = _codes(texts + END)
        ends = np.flatnonzero(codes == ord(END)) + 1
        starts = np.concatenate([[0], ends[:-1]])
        within = (codes & np.uint32(_PLANE - 1)).astype("intp")
        signs = np.stack([np.bitwise_or.reduceat(word[within], starts) for word in _bits()])
        self.signs = np.concatenate([self.signs, signs], axis=1)
        self.lengths = np.concatenate([self.lengths, (ends - starts - 1).astype("int32")])
        self._ends = np.concatenate([self._ends, (len(self._joined) + ends).astype("int32")])
        self._joined += texts + END

    def listed(self, first: int = 0) -> list[str]:
        """The texts from one on."""
        return self._joined[self._start(first) :].split(END)[:-1]

    def of_length(self, length: int) -> tuple[np.ndarray, np.ndarray]:
        """The places of the texts of one length, and their characters, a row each."""
        places = (self.lengths == length).nonzero()[0]
        starts = self._ends[places] - 1 - length
        return places, _codes(self._joined)[starts[:, None] + np.arange(length)]

    def _start(self, place: int) -> int:
        return int(self._ends[place - 1]) if place else 0


def close_texts(asked: NameList, known: NameList, least: int) -> dict[tuple[int, int], int]:
    """Places of pairs of texts whose ratio is at least ``least``, and the ratio (0..100)."""
    found: dict[tuple[int, int], int] = {}
    if len(known) <= FEW:
        if len(asked) and len(known):
            scores = process.cdist(
                asked.listed(), known.listed(), scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8
            )
            rows, columns = np.nonzero(scores)
            found = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), scores[rows, columns].tolist()))
        return found
    for pairs in _possible(asked, known, least):
        mine, theirs = ([texts[place] for place in column] for texts, column in zip((asked, known), zip(*pairs)))
        scores = process.cpdist(mine, theirs, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8)
        found |= {pair: score for pair, score in zip(pairs, scores.tolist(), strict=True) if score}
    return found


def _possible(asked: NameList, known: NameList, least: int) -> Iterator[list[tuple[int, int]]]:
    """Places of pairs that share enough characters to be that close, in any order; AT_ONCE or a little more at a time."""
    (first, second), lengths = known.signs, known.lengths
    needed: dict[tuple[int, int], np.ndarray] = {}
    pairs: list[tuple[int, int]] = []
    own = zip(asked.lengths.tolist(), *asked.signs, strict=True)
    for row, (length, one, other) in enumerate(own):
        # characters that have their bit from another one, or come again, may be shared without a bit to show for it
        unseen = length - int(np.bitwise_count(one)) - int(np.bitwise_count(other))
        if (length, unseen) not in needed:
            least_shared = -(-least * (length + lengths) // 200) - unseen
            needed[length, unseen] = np.clip(least_shared, 0, 255).astype("uint8")
        shared = np.bitwise_count(first & one) + np.bitwise_count(second & other)
        pairs += [(row, place) for place in (shared >= needed[length, unseen]).nonzero()[0].tolist()]
        if len(pairs) >= AT_ONCE:
            yield pairs
            pairs = []
    if pairs:
        yield pairs


@lru_cache(maxsize=1)
def _bits() -> np.ndarray:
    """The bit of each character, in one of two words (2, 65,536); END has none."""
    which = (np.arange(_PLANE, dtype="uint32") * _SPREAD) >> np.uint32(32 - _BITS)
    ones = np.uint64(1) << (which % 64).astype("uint64")
    ones[ord(END)] = 0
    return np.stack([np.where(which // 64 == word, ones, np.uint64(0)) for word in (0, 1)])


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype="uint32")
