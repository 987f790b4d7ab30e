"""What an explanation is made of: steps in sentences, the cells they rest on, and what would have had to be different."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from workbench.core.messages import SEMICOLON, Message, both, joined, text_in
from workbench.core.plain import plain
from workbench.core.rates import short_percent
from workbench.platform.regulation.clause import Clause
from workbench.platform.regulation.edition import Policy


class StepKind(StrEnum):
    """What a step of an explanation is."""

    VERDICT = "结论"
    FACT = "事实"
    CLAUSE = "条款"
    READING = "口径"
    SUM = "计算"


VERDICT, FACT, CLAUSE, READING, SUM = StepKind
LABELS: dict[str, Message] = {
    VERDICT: Message("step/verdict"),
    FACT: Message("step/fact"),
    CLAUSE: Message("step/clause"),
    READING: Message("step/reading"),
    SUM: Message("step/sum"),
}


@dataclass(frozen=True)
class Place:
    """Where an input stands: an attribute of ``Facts``, the received file, and its row and column key, or its cell.

    ``version``: that of the file's template, where columns were added to it since.
    """

    table: str
    file: str | None
    row: int | None = None
    field: str | None = None
    cell: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Step:
    """One link of the chain; ``kind`` is 结论, 事实, 条款, 口径 or 计算.

    ``message`` is a text of a catalogue, or a Chinese sentence of a package that has none. Workbooks take ``text``.
    """

    kind: str
    message: str | Message
    clause: str | None = None
    places: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The sentence in Chinese."""
        return text_in(self.message, "zh")


@dataclass(frozen=True)
class Counterfactual:
    """What would have had to be different, as a sentence and as data.

    ``change`` says what (kind, and what it applies to), ``outcome`` what the rule then says. The stated
    number is the smallest that will do: tests change the facts so, and by one unit less, and apply the rule again.
    """

    message: str | Message
    change: Mapping[str, Any]
    outcome: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The sentence in Chinese."""
        return text_in(self.message, "zh")


@dataclass(frozen=True)
class Explanation:
    """Why something is as it is: ``subject``, ``amount`` in yuan (None where it is not about money), the chain, its parts."""

    subject: str | Message
    amount: int | None
    steps: tuple[Step, ...]
    counterfactuals: tuple[Counterfactual, ...] = ()
    parts: tuple[Explanation, ...] = field(default=())

    def of_kind(self, kind: str) -> str:
        """The sentences of one kind, in Chinese."""
        return " ".join(step.text for step in self.steps if step.kind == kind)

    def instead(self) -> str:
        """What would have had to be different, in Chinese, one sentence a line."""
        return "\n".join(each.text for each in self.counterfactuals)


def rate_text(value: Fraction, *thresholds: Fraction) -> str | Message:
    """A rate: 40% where that is exact, else the fraction and about how many per cent: 5/12（约 41.67%）.

    Never rounded onto, or past, one of the thresholds, or a whole or half per cent: 2001/5003（约 39.996%）.
    """
    shown = short_percent(value, 2, *thresholds)
    if (value * 10000).denominator == 1:
        return shown
    return Message.of("rate/rounded", part=value.numerator, whole=value.denominator, about=shown.removesuffix("%"))


def points_text(value: Fraction) -> str | Message:
    """A difference of rates without its sign: 10."""
    text = rate_text(value)
    return text.removesuffix("%") if isinstance(text, str) else text


def share_text(part: int, whole: int, *thresholds: Fraction) -> Message:
    """A quotient with its exact numbers: 4÷10＝40%, 4÷3（约 133.33%）; undefined for a whole of zero (D17)."""
    if not whole:
        return Message.of("share/undefined", part=part, whole=whole)
    rate = rate_text(Fraction(part, whole), *thresholds)
    if isinstance(rate, Message):
        return Message.of("share/rounded", part=part, whole=whole, about=rate.values["about"])
    return Message.of("share/exact", part=part, whole=whole, rate=rate)


def value_text(value: Any, unit: str) -> str | Message:
    """A parameter's value with its unit: 40%, 10 台, 10、20、30 日."""
    if value is None:
        return Message.of("value/repealed")
    if isinstance(value, Fraction):
        return rate_text(value) if unit == "%" else _with_unit(points_text(value), unit)
    parts = value if isinstance(value, list) else [value]
    if all(isinstance(part, str) for part in parts):
        return Message.of("value/words", words=parts)
    return _with_unit([str(part) for part in parts], unit)


def _with_unit(value: Any, unit: str) -> Message:
    return Message.of("value/unit", value=value, unit=both("unit", unit))


def day_text(value: Any) -> str:
    """A date or ISO text as 2026-03-05; a time to the minute."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(moment, datetime) and (moment.hour or moment.minute or moment.second):
        return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment:%Y-%m-%d}"


def clause_step(policy: Policy, clause: Clause, on: date, settled: Mapping[str, Any] | None = None) -> Step:
    """The clause with the parameters that decide: value, edition and day of effect as of a day.

    ``settled``: the values a settlement kept; where the policy says another one today, the kept one is shown.
    """
    named: dict[str, Any] = {"number": clause.number, "title": clause.title_words}
    if not clause.parameters:
        return Step(CLAUSE, Message("clause/alone", named), clause.code)
    parts, origins = [], []
    for name in clause.parameters:
        parameter = policy.parameters[name]
        if not parameter.decides:
            continue
        dated = policy.dated(name, on)
        kept = (settled or {}).get(name, dated.value)
        words: str | Message
        if kept == dated.value:
            words = value_text(dated.value, parameter.unit)
            origin = Message.of("clause/origin", regulation=clause.regulation, edition=dated.edition, since=dated.since)
        else:
            words = str(plain(kept)) if parameter.unit == "%" else _with_unit(str(plain(kept)), parameter.unit)
            origin = Message.of("clause/settled_value")
        parts.append(Message.of("clause/parameter", title=parameter.title_words, value=words))
        origins.append(origin)
    if all(origin == origins[0] for origin in origins):
        key, shown = "clause/one_origin", parts
    else:
        key = "clause/parameters"
        shown = [Message.of("clause/own_origin", part=p, origin=o) for p, o in zip(parts, origins, strict=True)]
    values = {**named, "parts": joined(shown, SEMICOLON)}
    return Step(
        CLAUSE, Message(key, {**values, "origin": origins[0]} if key == "clause/one_origin" else values), clause.code
    )


def reading_steps(
    policy: Policy, ids: Iterable[str], on: date, settled: Mapping[str, Any] | None = None
) -> tuple[Step, ...]:
    """The readings that were taken, by id; ``settled`` maps keys to the values a settlement kept."""
    steps = []
    for each in ids:
        reading = policy.readings[each]
        value = reading.value_on(on)
        if settled and reading.key and reading.key in settled:
            value = settled[reading.key]
        words = {"question": reading.question_words, "answer": reading.words_of(value)}
        steps.append(Step(READING, Message("reading", {"id": each, **words}), reading.clause))
    return tuple(steps)
