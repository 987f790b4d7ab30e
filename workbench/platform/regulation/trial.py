"""Other values on trial: parameters and readings as somebody types them, checked against their units and alternatives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workbench.core.errors import WrongUse
from workbench.core.messages import OR, Message, both, joined
from workbench.core.plain import plain
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.regulation import RATE_UNITS, Parameter, Value

REPEALED, NOTHING = "废止", "无"
SIGNS = {True: "true", False: "false"}
# the smallest value where nought would make no sense, and the largest day of a month
LEAST, MOST = {"工作日": 1, "个": 1, "日": 1}, {"日": 31}
_SPLIT = re.compile(r"[;；\n]")


@dataclass(frozen=True)
class Changes:
    """Other values for parameters and readings, by name and key."""

    parameters: Mapping[str, Value] = field(default_factory=dict)
    readings: Mapping[str, Any] = field(default_factory=dict)

    def applied(self, policy: Policy, since: date) -> Policy:
        """The policy with these values in force from a day on."""
        return policy.with_parameters(since, **self.parameters).with_readings(since, **self.readings)

    def text(self) -> str:
        """The changes as ``parse`` reads them."""
        words = [f"{name}={value_words(value)}" for name, value in {**self.parameters, **self.readings}.items()]
        return ";".join(words) or NOTHING


def parse(policy: Policy, text: str) -> Changes:
    """Changes as ``name=value`` separated by semicolons; 无 for none. Raises WrongUse."""
    items = [item.strip() for item in _SPLIT.split(text) if item.strip() and item.strip() != NOTHING]
    keys = {reading.key for reading in policy.readings.values() if reading.key}
    readings = [item for item in items if item.partition("=")[0].strip() in keys]
    return read(policy, [item for item in items if item not in readings], readings)


def read(policy: Policy, parameters: Iterable[str], readings: Iterable[str]) -> Changes:
    """Changes typed as ``name=value``. Raises WrongUse for unknown names, wrong units and values that cannot be."""
    changes = Changes(
        {
            name: parameter_value(policy, name, text)
            for name, text in _pairs(parameters, Message("trial/parameter"), "minimum_quantity=5")
        },
        read_readings(readings),
    )
    changes.applied(policy, policy.leading.editions[0].since)  # says what no reading can be
    return changes


def read_readings(items: Iterable[str]) -> dict[str, Any]:
    """Readings typed as ``key=value``, values in their types. Raises WrongUse where there is no value."""
    words = {text: value for value, text in SIGNS.items()}
    return {
        key: words.get(text, int(text) if text.isdecimal() else text)
        for key, text in _pairs(items, Message("trial/reading"), "overdue_unit=dispatch", "bad_reading")
    }


def _pairs(items: Iterable[str], what: Message, example: str, code: str = "bad_value") -> list[tuple[str, str]]:
    found = []
    for item in items:
        name, equals, text = (part.strip() for part in item.partition("="))
        if not equals or not name or not text:
            raise WrongUse(f"{code}/form", what=what, item=item, example=example)
        found.append((name, text))
    return found


def parameter_value(policy: Policy, name: str, text: str) -> Value:
    """A parameter's value as typed, with or without its unit (40, 40%, 3台; 废止 repeals rates and amounts).

    Raises WrongUse ``unknown_parameter`` or, naming unit and example, ``bad_value``.
    """
    parameter = policy.parameters.get(name)
    if parameter is None:
        known = list(policy.parameters)
        raise WrongUse("unknown_parameter/of_trial", name=name, known=known)
    now = parameter.values[-1].value if parameter.values[-1].value is not None else parameter.values[0].value
    if isinstance(now, list):
        return _list(parameter, now, text)
    if isinstance(now, str):
        return _word(parameter, text)
    if text == REPEALED and parameter.unit in (*RATE_UNITS, "元"):
        return None
    number = _number(parameter, text)
    return number / 100 if parameter.unit in RATE_UNITS else int(number)


def _number(parameter: Parameter, text: str) -> Fraction:
    unit = parameter.unit
    bare = text.removesuffix("%" if unit in RATE_UNITS else unit).removesuffix(unit).strip()
    pattern = r"\d+(\.\d+)?|\d+/[1-9]\d*" if unit in RATE_UNITS else r"\d+"
    if not re.fullmatch(pattern, bare, re.ASCII):
        raise _bad(parameter, text)
    number = Fraction(bare)
    if number < LEAST.get(unit, 0) or number > MOST.get(unit, 10**9) or (unit == "百分点" and not number):
        raise _bad(parameter, text)
    return number


def _list(parameter: Parameter, now: list[Any], text: str) -> list[Any]:
    parts = [part.strip() for part in re.split(r"[,，、]", text) if part.strip()]
    if not parts:
        raise _bad(parameter, text)
    if isinstance(now[0], int):
        return sorted({int(_number(parameter, part)) for part in parts})
    if parameter.choices and not set(parts) <= set(parameter.choices):
        raise _bad(parameter, text)
    return parts


def _word(parameter: Parameter, text: str) -> str:
    if parameter.choices and text not in parameter.choices:
        raise _bad(parameter, text)
    return text


def _bad(parameter: Parameter, text: str) -> WrongUse:
    newest = parameter.values[-1].value
    example: Any = value_words(newest)
    if parameter.choices:
        example = parameter.choices if isinstance(newest, list) else joined(parameter.choices, OR)
    return WrongUse(
        "bad_value",
        parameter=parameter.name,
        title=parameter.title_words,
        text=text,
        unit=both("unit", parameter.unit),
        example=example,
    )


def value_words(value: Any) -> str:
    """A value as it is typed: 40%, 10,20,30, 废止, true."""
    if value is None:
        return REPEALED
    if isinstance(value, bool):
        return SIGNS[value]
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, Fraction):
        hundred = value * 100
        ends = any(10**places % hundred.denominator == 0 for places in range(10))
        return f"{Decimal(hundred.numerator) / hundred.denominator:f}%" if ends else f"{hundred}"
    return str(plain(value))
