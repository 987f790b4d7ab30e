"""What the sections answered for a lead and what its contracts say, plainly, for the slow computation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime


class Answers:
    """A part of the slow computation: the facts about one lead by itself."""

    tables: dict
    readings: dict
    changes: Callable[..., list]
    contract_lines: Callable[..., list[dict]]

    def answers(self, lead_id: int, until: datetime | None = None) -> list[dict]:
        found = [row for row in self.tables["feedback"] if row["lead"] == lead_id and row["verdict"] != "非本科室"]
        for at, value in self.changes(lead_id, "延长到期日期"):  # D32: it says 有效 until a later day
            before = [row for row in found if row["at"] <= at and "prolonged" not in row]
            if (
                before and max(before, key=lambda row: row["at"])["verdict"] == "有效"
            ):  # else there is nothing to prolong
                day = datetime.fromisoformat(value)
                found.append({"at": at, "verdict": "有效", "expires_on": day, "prolonged": True})
        given, answers = None, []
        for row in sorted(found, key=lambda row: row["at"]):
            answer = {**row, "bare": False}
            if row["verdict"] == "有效":
                given = row["expires_on"] or given  # D42: an answer without a date keeps the one given before
                answer.update(expires_on=given, bare=given is None)
            answers.append(answer)
        return [row for row in answers if until is None or row["at"] <= until]

    def confirmed_on(self, lead_id: int) -> date | None:
        """The day of the 有效 that stands: the first since the last 无效."""
        day = None
        for answer in self.answers(lead_id):
            if answer["verdict"] == "无效":
                day = None
            elif day is None:
                day = answer["at"].date()
        return day

    def month(self, lead: dict) -> str:
        """The month a confirmed lead counts in (5.3, D5)."""
        day = lead["received_at"].date()
        if self.readings["counts_in"] == "confirmation":
            day = self.confirmed_on(lead["lead"]) or day
        return f"{day:%Y-%m}"

    def is_project(self, lead: dict) -> bool:
        """A confirmed lead with an expiry date, or with a contract (6.4, D42)."""
        answers = self.answers(lead["lead"])
        return answers[-1]["expires_on"] is not None or self.contracted(lead["lead"], None) is not None

    def sought(self, lead: dict) -> int:
        """The vehicles conversion is measured by: the last that the section verified, else those reported (D40)."""
        said = [
            row
            for row in self.tables["added_values"]
            if (row["template"], row["field"], row["subject"])
            == ("verification_feedback", "verified_quantity", lead["number"])
            and row["filled"]
        ]
        return int(max(said, key=lambda row: row["at"])["value"]) if said else lead["quantity"]

    def contracted(self, lead_id: int, expires_on: datetime | None, until: datetime | None = None) -> str | None:
        """已签约, 提车中, 已完成 or 已解除 by the contracts known, or None without one signed in time."""
        lines = self.contract_lines(lead_id, until)
        terms = {line["contract"]: line for line in lines}  # a contract's last month says what was agreed
        in_time = [line for line in terms.values() if expires_on is None or line["signed_on"] <= expires_on]
        if not in_time:
            return None
        if all(line["ended"] for line in in_time):
            return "已解除"
        picked = sum(line["picked_up"] for line in lines)
        if picked >= sum(line["quantity"] for line in terms.values()):
            return "已完成"
        return "提车中" if picked > 0 else "已签约"

    def refused_at(self, lead_id: int) -> datetime | None:
        """When the refusal that stands was first given: the latest verdict stands (6.3)."""
        moment = None
        for answer in reversed(self.answers(lead_id)):
            if answer["verdict"] != "无效":
                break
            moment = answer["at"]
        return moment

    def refused(self, lead: dict, moment: datetime) -> bool:
        refused = self.refused_at(lead["lead"])
        return refused is not None and refused <= moment
