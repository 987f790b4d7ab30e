"""What an explanation is made of: steps in sentences, the cells they rest on, and what would have had to be different."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from workbench.core.plain import plain
from workbench.platform.regulation.clause import Clause
from workbench.platform.regulation.edition import Policy

VERDICT, FACT, CLAUSE, READING, SUM = "结论", "事实", "条款", "口径", "计算"


@dataclass(frozen=True)
class Place:
    """Where an input stands: an attribute of ``Facts``, the received file, and its row and column key, or its cell."""

    table: str
    file: str | None
    row: int | None = None
    field: str | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Step:
    """One link of the chain; ``kind`` is 结论, 事实, 条款, 口径 or 计算. ``text`` is a Chinese sentence."""

    kind: str
    text: str
    clause: str | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Counterfactual:
    """What would have had to be different, as a sentence and as data.

    ``change`` says what (kind, and what it applies to), ``outcome`` what the rule then says. The stated
    number is the smallest that will do: tests change the facts so, and by one unit less, and apply the rule again.
    """

    text: str
    change: Mapping[str, Any]
    outcome: Mapping[str, Any]


@dataclass(frozen=True)
class Explanation:
    """Why something is as it is: ``subject``, ``amount`` in yuan (None where it is not about money), the chain, its parts."""

    subject: str
    amount: int | None
    steps: tuple[Step, ...]
    counterfactuals: tuple[Counterfactual, ...] = ()
    parts: tuple[Explanation, ...] = field(default=())

    def of_kind(self, kind: str) -> str:
        """The sentences of one kind."""
        return " ".join(step.text for step in self.steps if step.kind == kind)

    def instead(self) -> str:
        """What would have had to be different, one sentence a line."""
        return "\n".join(each.text for each in self.counterfactuals)


def rate_text(value: Fraction) -> str:
    """A rate: 40% where that is exact, else the fraction and about how many per cent: 5/12（约 41.67%）."""
    hundredths = value * 10000
    if hundredths.denominator == 1:
        return f"{_decimal(hundredths.numerator)}%"
    rounded = (hundredths + Fraction(1, 2)).__floor__()
    return f"{value.numerator}/{value.denominator}（约 {_decimal(rounded)}%）"


def _decimal(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def share_text(part: int, whole: int) -> str:
    """A quotient with its exact numbers: 4÷10＝40%, 4÷3（约 133.33%）; undefined for a whole of zero (D17)."""
    if not whole:
        return f"{part}÷{whole}（无定义）"
    text = rate_text(Fraction(part, whole))
    return f"{part}÷{whole}（{text.partition('（')[2]}" if "（" in text else f"{part}÷{whole}＝{text}"


def value_text(value: Any, unit: str) -> str:
    """A parameter's value with its unit: 40%, 10 台, 10、20、30 日."""
    if value is None:
        return "（已废止）"
    if isinstance(value, Fraction):
        return rate_text(value) if unit == "%" else f"{rate_text(value).removesuffix('%')} {unit}"
    parts = value if isinstance(value, list) else [value]
    text = "、".join(map(str, parts))
    return text if all(isinstance(part, str) for part in parts) else f"{text} {unit}"


def day_text(value: Any) -> str:
    """A date or ISO text as 2026-03-05; a time to the minute."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(moment, datetime) and (moment.hour or moment.minute or moment.second):
        return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment:%Y-%m-%d}"


def clause_step(policy: Policy, clause: Clause, on: date, taken: Mapping[str, Any] | None = None) -> Step:
    """The clause with the parameters that decide: value, edition and day of effect as of a day.

    ``taken``: the values a settlement kept; where the policy says another one today, the kept one is shown.
    """
    parts, origins = [], []
    for name in clause.parameters:
        parameter = policy.parameters[name]
        dated = policy.dated(name, on)
        kept = (taken or {}).get(name, dated.value)
        if kept == dated.value:
            words = value_text(dated.value, parameter.unit)
            origins.append(f"{clause.regulation} 第{dated.edition}版，自 {dated.since} 起")
        else:
            words = f"{plain(kept)}{'' if parameter.unit == '%' else ' ' + parameter.unit}"
            origins.append("核算时的数值")
        parts.append(f"{parameter.title} {words}")
    if len(set(origins)) == 1:
        text = "；".join(parts) + f"（{origins[0]}）"
    else:
        text = "；".join(f"{part}（{origin}）" for part, origin in zip(parts, origins, strict=True))
    name = f"第{clause.number}条（{clause.title}）"
    return Step(CLAUSE, f"{name}：{text}。" if parts else f"{name}。", clause.code)


def reading_steps(
    policy: Policy, ids: Iterable[str], on: date, taken: Mapping[str, Any] | None = None
) -> tuple[Step, ...]:
    """The readings that were taken, by id; ``taken`` maps keys to the values a settlement kept."""
    steps = []
    for each in ids:
        reading = policy.readings[each]
        text = reading.text_on(on)
        if taken and reading.key and reading.key in taken:
            text = reading.text_of(taken[reading.key])
        steps.append(Step(READING, f"口径 {each}：{reading.question}{text}。", reading.clause))
    return tuple(steps)
