"""What counts of the contract register, worked out line by line: the slow and plain part about T2 (D25, D32, D33, D37)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class ContractLines:
    """The lines of leads as they count; ``tables`` holds the facts, ``answers`` gives a lead's answers in order."""

    tables: dict[str, list[dict]]
    answers: Callable[..., list[dict]]

    def contract_lines(self, lead_id: int, until: datetime | None = None) -> list[dict]:
        """One line for each month and contract, of what the newest files say (D25), less what was returned (D37)."""

        def known(table: str) -> list[dict]:
            rows = [row for row in self.tables[table] if row["lead"] == lead_id]
            return [row for row in rows if until is None or row["at"] <= until]

        def place(row: dict) -> tuple:
            return row["month"], row["contract"], row["model"] or ""

        standing = []
        for line in known("contracts"):
            others = [row for row in (*known("contracts"), *known("withdrawals")) if place(row) == place(line)]
            if not any((row["at"], row["file"]) > (line["at"], line["file"]) for row in others):
                standing.append(dict(line))
        found = []
        for contract in sorted({line["contract"] for line in standing}):
            own = [line for line in standing if line["contract"] == contract]
            found += self.as_they_count(sorted(own, key=lambda line: (line["month"], line["at"], line["row"])))
        return sorted(found, key=lambda line: (line["month"], line["contract"]))

    @staticmethod
    def as_they_count(lines: list[dict]) -> list[dict]:
        """The lines of one contract in order of months, as one line a month."""
        months = sorted({line["month"] for line in lines})
        returns = [line for line in lines if line["picked_up"] < 0]
        for back in returns:
            rest, back["picked_up"] = -back["picked_up"], 0
            while rest:  # one vehicle after the other, the latest pick-up first
                own = [one for one in lines if one["model"] == back["model"] and one["month"] <= back["month"]]
                picked = [one for one in own if one["picked_up"] > 0]
                if not picked:
                    break
                max(picked, key=lambda one: one["month"])["picked_up"] -= 1
                rest -= 1
        counted, said = [], None
        for month in months:
            vehicles = 0
            for model in {line["model"] for line in lines}:
                upto = [line for line in lines if line["model"] == model and line["month"] <= month]
                if upto:
                    latest = max(line["month"] for line in upto)
                    vehicles += sum(line["quantity"] for line in upto if line["month"] == latest)
            own = [line for line in lines if line["month"] == month]
            words = {line["progress"] for line in own if line["progress"]}
            said = words or said
            picked_up = sum(line["picked_up"] for line in own)
            signed_on = min(line["signed_on"] for line in own)
            row = {"month": month, "contract": own[0]["contract"], "signed_on": signed_on}
            counted.append({**row, "quantity": vehicles, "picked_up": picked_up, "ended": said == {"已解除"}})
        for line in reversed(counted):  # since it ended it has what was delivered
            if not line["ended"]:
                break
            line["quantity"] = sum(each["picked_up"] for each in counted)
        return counted

    def rewarded_lines(self, lead: dict) -> list[dict]:
        """The lines of contracts signed neither before the lead's day (D33) nor after its expiry (D32), filled up to the
        contract's vehicles (D34)."""
        lines = [dict(line) for line in self.contract_lines(lead["lead"])]
        for contract in {line["contract"] for line in lines}:
            fit = self.fitting(contract)
            for line in lines:
                if line["contract"] == contract:
                    line["picked_up"] = fit[line["month"], lead["lead"]]
        signed = {line["contract"]: line["signed_on"] for line in lines}
        last = self.answers(lead["lead"])[-1]["expires_on"] if self.answers(lead["lead"]) else None
        return [
            line
            for line in lines
            if signed[line["contract"]].date() >= lead["received_at"].date()
            and (last is None or signed[line["contract"]] <= last)
        ]

    def fitting(self, contract: str) -> dict[tuple[str, int], int]:
        """D34: month and lead → the vehicles that fit, one after the other, into the lead's part and into the contract."""
        told = [row for row in self.tables["contracts"] if row["contract"] == contract]
        parts: dict[int, list[dict]] = {}
        for lead in sorted({row["lead"] for row in told}):
            own = [line for line in self.contract_lines(lead) if line["contract"] == contract]
            if own:
                parts[lead] = own
        room = {lead: own[-1]["quantity"] for lead, own in parts.items()}
        whole = self.whole(contract, list(parts))
        running = any(not own[-1]["ended"] for own in parts.values())
        together = max(room.values()) if whole and running else sum(room.values())
        found = {}
        for month in sorted({line["month"] for own in parts.values() for line in own}):
            for lead, own in parts.items():
                for line in own:
                    if line["month"] == month:
                        vehicles = 0
                        while vehicles < line["picked_up"] and room[lead] and together:
                            vehicles, room[lead], together = vehicles + 1, room[lead] - 1, together - 1
                        found[month, lead] = vehicles
        return found

    def whole(self, contract: str, leads: list[int]) -> bool:
        """Whether every lead that came later was registered with the vehicles of the first: those of the whole contract."""
        said = []
        for lead in leads:
            rows = [row for row in self.tables["contracts"] if (row["contract"], row["lead"]) == (contract, lead)]
            came = min((row["at"], row["file"]) for row in rows)
            rows = [row for row in rows if (row["at"], row["file"]) == came]
            month = min(row["month"] for row in rows)
            said.append((came[0], lead, sum(row["quantity"] for row in rows if row["month"] == month)))
        said.sort()
        later = [vehicles for at, _, vehicles in said if at > said[0][0]]
        return bool(later) and set(later) == {said[0][2]}
