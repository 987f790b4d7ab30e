"""Leads of a generated world that are changed by request or handed on between sections (T20, D41)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

DEALERS = ("D1", "D2", "D3")


class Changing:
    """A part of a world: it adds to the rows that the world holds."""

    random: Random
    rows: dict[str, list[dict]]
    busy: set[int]
    answered: dict[int, list[dict]]
    chance: Callable[[float], bool]
    later: Callable[[datetime, int, int], datetime]

    def _handed_on(self, lead: int, section: str, at: datetime) -> tuple[str | None, datetime]:
        """Now and then a lead is handed back or on, and has another section then, or none."""
        while self.chance(0.12):
            if self.chance(0.5):
                at = self.later(at, 0, 5)
                back = {
                    "lead": lead,
                    "section": section,
                    "at": at,
                    "verdict": "非本科室",
                    "file": "t5.xlsx",
                    "row": lead,
                }
                self.rows["feedback"].append({**back, "reason": None, "expires_on": None, "person": None})
                if self.chance(0.2):
                    return None, at
            section, at = {"S2": "S3", "S3": "S2"}[section], self.later(at, 0, 5)
            batch = 10000 + len(self.rows["dispatches"])
            self.rows["dispatches"].append({"batch": batch, "lead": lead, "section": section, "at": at})
        return section, at

    # -- T20
    def _changes(self) -> None:
        for lead in [row for row in self.rows["leads"] if row["version"] == 1]:
            if lead["lead"] not in self.busy and self.chance(0.08):
                self._change(lead, "撤回", None, self.later(lead["received_at"], 0, 60))
            if lead["lead"] not in self.busy and lead["reporter"] != "S2" and self.chance(0.05):
                units = DEALERS if lead["reporter"] in DEALERS else ("P1", "P2")
                self._change(lead, "更改提报单位", self.random.choice(units), self.later(lead["received_at"], 0, 90))
            dated = [one for one in self.answered.get(lead["lead"], []) if one["expires_on"] is not None]
            if dated and self.chance(0.15):
                day = dated[-1]["expires_on"] + timedelta(days=self.random.choice((1, 15, 60)))
                self._change(lead, "延长到期日期", day.date().isoformat(), self.later(dated[-1]["at"], 0, 40))

    def _change(self, lead: dict, matter: str, value: str | None, at: datetime) -> None:
        at_once = self.chance(0.6)
        number = f"BG{len(self.rows['changes']) + 1}"
        asked = {"number": number, "lead": lead["lead"], "matter": matter, "value": value, "unit": lead["reporter"]}
        self.rows["changes"].append({**asked, "at_once": at_once, "at": at, "file": "t20.xlsx", "row": lead["lead"]})
        if not at_once and self.chance(0.7):
            decided = {
                "number": number,
                "lead": lead["lead"],
                "verdict": self.random.choice(("同意", "同意", "不同意")),
            }
            self.rows["change_decisions"].append({**decided, "at": self.later(at, 0, 20), "by": "乙"})
