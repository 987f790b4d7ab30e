"""Requests of T20, units out of use and hand-overs between sections, read lead by lead: slow and plain (D32, D35, D36, D41)."""

from __future__ import annotations

from datetime import date, datetime


class ChangedLeads:
    """What a person or a unit's end changes of a lead; part of the screening, which holds what it reads."""

    tables: dict[str, list[dict]]
    history: dict[int, list[tuple[datetime, str]]]  # whose each lead was, from when on
    closed: dict[int, datetime]  # withdrawn with their unit

    # -- changes that were asked for (T20) and have taken effect
    def changes(self, lead_id: int, matter: str) -> list[tuple[datetime, str | None]]:
        """When each such change of the lead took effect, and its new value: at once, or when it was agreed to."""
        found = []
        for asked in self.tables["changes"]:
            if asked["lead"] == lead_id and asked["matter"] == matter:
                said = [row for row in self.tables["change_decisions"] if row["number"] == asked["number"]]
                if asked["at_once"]:
                    found.append((asked["at"], asked["value"]))
                elif said and said[-1]["verdict"] == "同意":
                    found.append((said[-1]["at"], asked["value"]))
        return sorted(found, key=lambda change: change[0])

    def withdrawn_at(self, lead_id: int) -> datetime | None:
        """D35: since when the lead is withdrawn."""
        times = [at for at, _ in self.changes(lead_id, "撤回")]
        times += [self.closed[lead_id]] if lead_id in self.closed else []
        return min(times, default=None)

    def withdrawn(self, lead_id: int, moment: datetime) -> bool:
        at = self.withdrawn_at(lead_id)
        return at is not None and at <= moment

    # -- units that are out of use (D36), and whose a lead is
    def out_of_use(self, unit: str, moment: datetime) -> dict | None:
        """The unit's version that says so, of those known by then; None while it is in use."""
        versions = [
            row for row in self.tables["units"] if row["code"] == unit and row["known"] and row["since"] <= moment
        ]
        newest = max(versions, key=lambda row: row["since"], default=None)
        return newest if newest and newest["state"] == "停用" else None

    def holder(self, lead_id: int, day: date | None = None) -> str:
        """Whose the lead is at the end of a day (None: now)."""
        return [unit for at, unit in self.history[lead_id] if day is None or at.date() <= day][-1]

    def over_to(self, lead: dict, unit: str, moment: datetime) -> None:
        if self.holder(lead["lead"]) != unit:
            self.history[lead["lead"]].append((moment, unit))

    def terms(self, lead_id: int) -> list[dict]:
        """D41: the terms of the sections that had the lead until it was answered; ``closed``: handed on, back or over."""
        answers = [
            row["at"] for row in self.tables["feedback"] if row["lead"] == lead_id and row["verdict"] != "非本科室"
        ]
        happened = [(row["at"], "sent", row) for row in self.tables["dispatches"] if row["lead"] == lead_id]
        happened += [
            (row["at"], "back", row)
            for row in self.tables["feedback"]
            if row["lead"] == lead_id and row["verdict"] == "非本科室"
        ]
        seen: set[tuple] = set()
        for unit in sorted(self.tables["units"], key=lambda unit: unit["since"]):
            if unit["known"] and unit["state"] == "停用" and unit["code"] not in seen:
                seen.add(unit["code"])
                happened.append((unit["since"], "over", unit))
        found: list[dict] = []
        for at, what, row in sorted(happened, key=lambda each: each[0]):
            if answers and at > min(answers):
                break
            running = next((term for term in found if term["closed"] is None), None)
            if what == "sent":
                if running:
                    running["closed"] = at
                found.append({"section": row["section"], "batch": row["batch"], "at": at, "closed": None})
            elif running and what == "back" and row["section"] == running["section"]:
                running["closed"] = at
            elif running and what == "over" and row["code"] == running["section"]:
                running["closed"] = at
                if row["successor"]:
                    found.append({"section": row["successor"], "batch": running["batch"], "at": at, "closed": None})
        return found
