"""What the amounts of 7.1.1 and 7.2.2 rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from workbench.capabilities.settlement.inputs import Inputs, Record, Source, optional, placed


@dataclass(frozen=True, kw_only=True)
class PickUp(Record):
    """Vehicles of a contract picked up in a month."""

    month: str
    contract: str
    picked_up: int
    source: Source


@dataclass(frozen=True, kw_only=True)
class Project(Inputs):
    """A rewarded project: its quantity, the two sides of its conversion (D7) and the numbers in force."""

    lead: str
    project: str
    received_at: datetime
    counts_in: str | None  # None: excluded by 5.5 (D9)
    quantity: int
    picked_up: int
    rate_picked_up: int
    rate_quantity: int
    conversion: str
    minimum_quantity: int
    conversion_rate: Fraction
    reward: int
    readings: Mapping[str, Any]
    contracts: tuple[PickUp, ...]
    source: Source
    undated: bool | None = optional()  # True: a project by its contract, without an expiry date (D42)


@dataclass(frozen=True, kw_only=True)
class DepartmentProject(Project):
    """The same of a department, whose rewards have a cap; ``capped``: less than the whole reward was left of it (D24).

    ``left``: what a joint cap leaves after 7.2.1 (D13).
    """

    cap: int | None = placed(after="reward")
    capped: bool
    left: int | None = optional()

    @property
    def limit(self) -> int | None:
        """The cap that counts."""
        return self.cap if self.left is None else self.left if self.cap is None else min(self.cap, self.left)
