"""Rates in per cent as people read them, with as many decimals as keep them on their side of a threshold (D12)."""

from __future__ import annotations

from fractions import Fraction

MOST = 9  # decimals of a per cent; a quotient of whole numbers below a hundred million never needs more
_HALVES = 200  # wholes and halves of a per cent are what thresholds are set at


def decimals(rate: Fraction, least: int = 1, *thresholds: Fraction) -> int:
    """How many decimals of a per cent show a rate without moving it onto, or past, a threshold.

    ``least`` where that is enough; thresholds are every whole and half per cent and those given.
    """
    for places in range(least, MOST):
        shown = _rounded(rate, places)
        landed = (shown * _HALVES).denominator == 1
        if shown == rate or not (landed or any(_crossed(rate, shown, each) for each in thresholds)):
            return places
    return MOST


def percent(rate: Fraction, least: int = 1, *thresholds: Fraction) -> str:
    """A rate in per cent with at least so many decimals, as ``decimals``: 40.0%, 39.996%."""
    places = decimals(rate, least, *thresholds)
    units = int(_rounded(rate, places) * 10 ** (places + 2))
    whole, rest = divmod(abs(units), 10**places)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole:,}.{rest:0{places}d}%" if places else f"{sign}{whole:,}%"


def short_percent(rate: Fraction, most: int = 2, *thresholds: Fraction) -> str:
    """A rate without idle noughts: 40%, 37.5%, 33.33%; more decimals than ``most`` only where ``decimals`` asks for them."""
    shown = percent(rate, most, *thresholds).removesuffix("%").replace(",", "")
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}%"


def _rounded(rate: Fraction, places: int) -> Fraction:
    """The rate rounded to so many decimals of a per cent, halves up."""
    units = 10 ** (places + 2)
    return Fraction((rate * units + Fraction(1, 2)).__floor__(), units)


def _crossed(rate: Fraction, shown: Fraction, threshold: Fraction) -> bool:
    """Whether what is shown stands otherwise to a threshold than the rate does."""
    return rate != threshold and (shown == threshold or (shown > threshold) != (rate > threshold))
