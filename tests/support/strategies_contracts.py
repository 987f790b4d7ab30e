"""Applications and contracts of a generated world (T3, T2): changed, late, returned, replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random


class Contracting:
    """A part of a world: it adds to the rows that the world holds."""

    random: Random
    rows: dict[str, list[dict]]
    busy: set[int]
    answered: dict[int, list[dict]]
    chance: Callable[[float], bool]
    later: Callable[[datetime, int, int], datetime]
    moment: Callable[[date | datetime], datetime]
    months: Callable[[], list[str]]

    # -- T3 and T2
    def _applications_and_contracts(self) -> None:
        newest = {row["lead"]: row for row in self.rows["leads"]}
        for lead in newest.values():
            while self.chance(0.3):
                least, most = (5, 9) if self.chance(0.7) else (0, 40)
                at = self.later(lead["received_at"], least, most)
                self.rows["applications"].append(
                    {
                        "lead": lead["lead"],
                        "unit": self.random.choice((lead["reporter"], lead["reporter"], "D2")),
                        "at": at,
                        "quantity": 5,
                        "file": "t3.xlsx",
                        "row": 1,
                    }
                )
            valid = [one for one in self.answered.get(lead["lead"], []) if one["verdict"] == "有效"]
            if valid and self.chance(0.8 if lead["lead"] in self.busy else 0.5):
                self._contracts(lead, valid[-1])

    def _contracts(self, lead: dict, answer: dict) -> None:
        last_day = answer["expires_on"] or answer["at"] + timedelta(days=30)
        for part in range(1 + self.chance(0.2)):
            signed = min(answer["at"] + timedelta(days=self.random.randint(0, 30)), last_day)
            if self.chance(0.15):
                signed = last_day + timedelta(days=self.random.choice((0, 1)))
            signed = datetime(signed.year, signed.month, signed.day)
            size = max(1, lead["quantity"] // (1 + part))
            contract = f"HT{lead['lead']}-{part}"
            if self.rows["contracts"] and self.chance(0.25):  # a contract that is divided among leads
                mate = self.random.choice(self.rows["contracts"])
                if mate["lead"] != lead["lead"]:
                    contract, signed = mate["contract"], mate["signed_on"]
                    size = mate["quantity"] if self.chance(0.6) else size  # the whole, or the lead's part
            begun = max(signed, answer["at"])  # a line of a divided contract comes after its own lead's answer
            months = [month for month in self.months() if month >= f"{begun:%Y-%m}"]
            for month in months[: self.random.randint(1, 3)]:
                while True:
                    picked = self.random.choice((0, 1, 2, lead["quantity"] * 2 // 5, (lead["quantity"] * 2 + 4) // 5))
                    if self.chance(0.4 if lead["lead"] in self.busy else 0.2):
                        picked = lead["quantity"]
                    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
                    if self.chance(0.05):  # the contract is changed
                        size = max(1, size + self.random.choice((-1, 2)))  # a contract over nothing is no contract (T2)
                        signed += timedelta(days=self.random.choice((-1, 1)))
                    late = self.random.randint(9, 70) if self.chance(0.15) else 0
                    at = self.moment(datetime(year, number + 1, self.random.randint(1, 8)) + timedelta(days=late))
                    line = {
                        "month": month,
                        "contract": contract,
                        "lead": lead["lead"],
                        "unit": lead["reporter"],
                        "model": self.random.choice(("甲", "甲", "甲", "乙")),
                        "quantity": size,
                        "amount_fen": 100,
                        "signed_on": signed,
                        "picked_up": picked,
                        "progress": self.random.choice((*[None] * 9, "执行中", "已解除")),
                        "at": at,
                        "file": "t2.xlsx",
                        "row": lead["lead"],
                    }
                    self.rows["contracts"].append(line)
                    if self.chance(0.15):  # a second row of the file: another model, or the same once more
                        other = {"model": self.random.choice(("甲", "乙")), "picked_up": self.random.choice((0, 1, 3))}
                        self.rows["contracts"].append({**line, **other, "quantity": 3, "row": 900 + lead["lead"]})
                    if self.chance(0.1):  # some come back
                        back = {
                            "picked_up": -self.random.choice((1, 2)),
                            "file": "退车.xlsx",
                            "at": self.later(at, 1, 20),
                        }
                        known = [
                            one for one in self.months() if month <= one <= f"{back['at']:%Y-%m}"
                        ]  # D44: begun by then
                        back["month"] = self.random.choice(known)
                        self.rows["contracts"].append({**line, **back})
                    if self.chance(0.08):  # a file that replaces the month's register leaves the line out
                        key = {name: line[name] for name in ("month", "contract", "lead", "model")}
                        gone = {"at": self.later(at, 1, 40), "file": "重报.xlsx"}
                        self.rows["withdrawals"].append({**key, **gone})
                    if not self.chance(0.2):
                        break
