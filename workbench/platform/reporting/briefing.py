"""What a manager asks first, answered in sentences on a report's cover: what changed, why, who must act; how final it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.platform.reporting.parts import Figure, plain

CHANGED, WHY, ACT, STATE, MISSING = "变化", "原因", "须办理", "数据状态", "尚缺资料"
NOTHING_MISSING = "没有。"


@dataclass(frozen=True)
class Briefing:
    """Three computed sentences, how final the numbers are, and which inputs have not come yet (none: all are there)."""

    changed: str
    why: str
    act: str
    state: str
    missing: tuple[str, ...] = ()
    once: bool = False  # what comes later goes into later reports: this one is not made again

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Heading and sentence, in the order in which they are read."""
        later = "以后的结果列入以后各期。" if self.once else "收到后重新生成本报告。"
        missing = f"{'；'.join(self.missing)}。{later}" if self.missing else NOTHING_MISSING
        return ((CHANGED, self.changed), (WHY, self.why), (ACT, self.act), (STATE, self.state), (MISSING, missing))


def changes(figures: Sequence[Figure], *, most: int = 4) -> str:
    """The sentence on what changed against the last period: the first figures that are not what they were."""
    beside = [figure for figure in figures if figure.before is not None]
    if not beside:
        return "没有可以比较的上期数据。"
    word = beside[0].before.word  # type: ignore[union-attr]
    moved = [figure for figure in beside if plain(figure.value) != plain(figure.before.value)]  # type: ignore[union-attr]
    if not moved:
        return f"与{word}相比，主要数字没有变化。"
    words = [f"{figure.label} {figure.shown()}，{figure.beside()}" for figure in moved[:most]]
    left = len(beside) - len(moved)
    return f"{'；'.join(words)}{f'；其余 {left} 项持平' if left else ''}。"


def listed(words: Sequence[str], most: int, unit: str, none: str) -> str:
    """The first few of some words, and how many there are where these are not all; ``none`` where there are none."""
    if not words:
        return none
    return "、".join(words[:most]) + (f"等 {len(words)} {unit}" if len(words) > most else "")
