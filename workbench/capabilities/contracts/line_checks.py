"""What a line of the contract register can be: by its lead, by the contract's other lines, by what was delivered (6.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.capabilities.leads.contract_history import ENDED
from workbench.capabilities.leads.contract_limits import Begun, vehicles_of
from workbench.core.messages import Message
from workbench.core.periods import month_of_day
from workbench.platform.intake.rows import Row
from workbench.platform.intake.submission import RowReturned, Submission, returned


def check_dates(submission: Submission, row: Row, state: pd.Series) -> None:
    """Neither signed in the future nor in a month before signing or before the lead. Raises RowReturned."""
    month = submission.form.header["month"]
    signed, number = row["signed_on"], row["number"]
    if signed.date() > submission.received_at.date():
        raise returned("signed_later", Message.of("signed_later"), "signed_on", "6.5")
    if month < month_of_day(signed):
        said = Message.of("month_before_signing", month=month, signed_on=signed)
        raise returned("month_before_signing", said, "signed_on", "6.5")
    if month < month_of_day(state["received_at"]):
        said = Message.of("month_before_lead", month=month, number=number, received_at=state["received_at"])
        raise returned("month_before_lead", said, "number", "6.5")


@dataclass(frozen=True)
class Contracts:
    """The lines of some contracts as they stand; ``reporters``: whose each lead is, ``numbers``: its number.

    ``splits``: (contract, lead) that a person confirmed (D34); ``begun``: how the leads of each contract were first
    registered.
    """

    lines: pd.DataFrame
    reporters: Mapping[int, str]
    numbers: Mapping[int, str]
    splits: frozenset[tuple[str, int]]
    begun: Mapping[tuple[str, int], Begun]

    def faults(self, candidates: Sequence[Row]) -> dict[int, RowReturned]:
        """Why rows cannot stand beside what stands and beside each other: row → what is wrong with it.

        ``candidates``: rows with month, contract, lead, unit, quantity, picked_up, progress, row. The lines they replace
        are not among ``lines``.
        """
        wrong: dict[int, RowReturned] = {}
        while True:
            taken = [row for row in candidates if row["row"] not in wrong]
            more = dict(self._faults(taken))
            if not more:
                return wrong
            wrong |= more

    def _faults(self, rows: Sequence[Row]) -> Iterator[tuple[int, RowReturned]]:
        for contract in dict.fromkeys(row["contract"] for row in rows):
            own = [row for row in rows if row["contract"] == contract]
            known = self.lines[self.lines["contract"] == contract].to_dict("records")
            faults = dict(self._of_another(own, known))
            yield from faults.items()
            if not faults:
                yield from self._too_many(own, known)

    def _of_another(self, rows: Sequence[Row], known: Sequence[Row]) -> Iterator[tuple[int, RowReturned]]:
        """D34: a contract stands for one lead, or for leads of one reporter, or a person confirmed the split."""
        leads = list(dict.fromkeys(row["lead"] for row in (*known, *rows)))
        for row in rows:
            others = [lead for lead in leads[: leads.index(row["lead"])] if self._apart(row, lead)]
            if others:
                said = Message.of("contract_of_another", contract=row["contract"], number=self.numbers[others[0]])
                yield row["row"], returned("contract_of_another", said, "contract", "6.5")

    def _apart(self, row: Row, other: int) -> bool:
        split = {(row["contract"], row["lead"]), (row["contract"], other)} & self.splits
        return self.reporters.get(row["lead"]) != self.reporters.get(other) and not split

    def _too_many(self, rows: Sequence[Row], known: Sequence[Row]) -> Iterator[tuple[int, RowReturned]]:
        """Vehicles and pick-ups within the contract (D34), returns within what was picked up, nothing after the end (D37)."""
        contract, stand = rows[0]["contract"], [*_left(known, rows), *rows]
        before, after = _by_lead(known), _by_lead(stand)
        size, vehicles = self._vehicles(known), sum(each for each, _ in after.values())
        for row in rows if known else ():
            own = after[row["lead"]][0]
            if row["lead"] not in before and vehicles > size and own != size:
                said = Message.of("contract_too_large", contract=contract, vehicles=size)
                yield row["row"], returned("contract_too_large", said, "quantity", "6.5")
        excess = sum(picked for _, picked in after.values()) - self._vehicles(stand)
        more = excess > max(0, sum(picked for _, picked in before.values()) - size)
        for row in rows:
            own, picked = after[row["lead"]]
            was, was_picked = before.get(row["lead"], (0, 0))
            if more or picked - own > max(0, was_picked - was):
                said = Message.of("picked_up_above", contract=contract, vehicles=own, picked_up=picked)
                yield row["row"], returned("picked_up_above", said, "picked_up", "6.5")
            elif row["picked_up"] < 0 and _left_of_model(row, stand) < 0:
                said = Message.of("returned_too_many", contract=contract)
                yield row["row"], returned("returned_too_many", said, "picked_up", "6.5")
            elif row["picked_up"] > 0 and not row["progress"] and _ended(row, known):
                said = Message.of("contract_ended", contract=contract)
                yield row["row"], returned("contract_ended", said, "picked_up", "6.5")

    def _vehicles(self, rows: Sequence[Row]) -> int:
        """The vehicles of the contract some lines are of; a lead that is new to it begins with what its lines say."""
        parts, begun = {}, {}
        for lead in {row["lead"] for row in rows}:
            own = [row for row in rows if row["lead"] == lead]
            parts[lead] = _sums(own)[0]
            month = min(row["month"] for row in own)
            said = Begun(min(row["at"] for row in own), _sums([row for row in own if row["month"] == month])[0])
            begun[lead] = self.begun.get((own[0]["contract"], lead), said)
        return vehicles_of(parts, begun)


def _key(row: Row) -> tuple:
    return row["month"], row["contract"], row["lead"], row["model"]


def _left(known: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """The standing lines that rows do not replace by their key (D25)."""
    keys = {_key(row) for row in rows}
    return [row for row in known if _key(row) not in keys]


def _by_lead(rows: Sequence[Row]) -> dict[int, tuple[int, int]]:
    """``_sums`` of each lead."""
    return {lead: _sums([row for row in rows if row["lead"] == lead]) for lead in {row["lead"] for row in rows}}


def _sums(rows: Sequence[Row]) -> tuple[int, int]:
    """Vehicles (of each model its latest month's) and net pick-ups of a contract's lines for one lead."""
    latest: dict[str, str] = {}
    for row in rows:
        latest[row["model"]] = max(latest.get(row["model"], ""), row["month"])
    vehicles = sum(row["quantity"] for row in rows if row["month"] == latest[row["model"]])
    return int(vehicles), int(sum(row["picked_up"] for row in rows))


def _left_of_model(row: Row, rows: Sequence[Row]) -> int:
    """What was picked up of a line's model up to its month, less what was returned."""
    own = (each for each in rows if _key(each)[1:] == _key(row)[1:] and each["month"] <= row["month"])
    return int(sum(each["picked_up"] for each in own))


def _ended(row: Row, known: Sequence[Row]) -> bool:
    """Whether the contract was ended before the row's month."""
    said = [each for each in known if each["lead"] == row["lead"] and each["progress"] and each["month"] < row["month"]]
    last = max((each["month"] for each in said), default=None)
    return bool(said) and all(each["progress"] == ENDED for each in said if each["month"] == last)
