"""The assessment of account managers: a proposal by weights that are data; a person decides (大客户管理制度 三.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from workbench.platform.regulation.edition import Policy

WEIGHTS = {
    "weekly": "weight_weekly",
    "duties": "weight_duties",
    "complaints": "weight_complaints",
    "profiles": "weight_profiles",
}


@dataclass(frozen=True)
class Assessment:
    """What is proposed of an account manager: the share kept of each matter (None: nothing was due), and points of 100.

    ``score`` is None where nothing at all was due.
    """

    unit: str
    name: str
    shares: Mapping[str, Fraction | None]
    score: Fraction | None


def assessed(unit: str, name: str, shares: Mapping[str, Fraction | None], on: date, policy: Policy) -> Assessment:
    """三.5: points by the weights in force on a day, over those matters of which anything was due."""
    weights = {key: policy.value(parameter, on) or 0 for key, parameter in WEIGHTS.items()}
    due = {key: share for key, share in shares.items() if share is not None}
    whole = sum(weights[key] for key in due)
    points = sum((weights[key] * share for key, share in due.items()), Fraction(0))
    return Assessment(unit, name, dict(shares), Fraction(100) * points / whole if whole else None)
