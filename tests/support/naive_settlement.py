"""The rewards and penalties of a quarter, clause by clause and lead by lead: slow and plain.

Amounts, rates and days of the fourth edition stand as literals with their clause.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.support.naive_calendar import after_working_days, is_working_day
from tests.support.naive_facts import plain_tables
from tests.support.naive_lifecycle import ANSWER_WORKING_DAYS, CONFIRMED, READINGS, Screening, unit_on
from tests.support.naive_sameness import order_of_receipt
from workbench.platform.register.facts import Facts

SINGLE_REPORT = 10  # 7.1.1, 7.2.2: vehicles in one report
CONVERSION = Fraction(40, 100)  # 7.1.1, 7.2.2
DEALER_PROJECT = 1000  # 7.1.1, yuan
DEPARTMENT_PROJECT = 200  # 7.2.2, yuan
DEPARTMENT_CAP = 1000  # 7.2.1 and 7.2.2, each (D13)
COMPLETION_STEP = Fraction(10, 100)  # 7.2.1
COMPLETION_REWARD = 200  # 7.2.1, yuan a step
PENALTY = -100  # 7.3.1, 7.3.2a, 7.3.2b, 7.3.3
LEAK = -500  # 7.3.4
PUBLICATION_DAYS = (10, 20, 30)  # 6.1
REGISTER_DAY = 2  # 6.5

Line = tuple[str, str, str, int, str | None]  # clause, party, ref, amount, adjusts


def months_of(quarter: str) -> list[str]:
    year, number = int(quarter[:4]), int(quarter[-1])
    return [f"{year}-{month:02d}" for month in range(3 * number - 2, 3 * number + 1)]


def quarter_of(day: date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"


def next_quarter(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}Q{number + 1}" if number < 4 else f"{year + 1}Q1"


def next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year}-{number + 1:02d}" if number < 12 else f"{year + 1}-01"


def day_in(month: str, day: int) -> date:
    """That day of the month, or the month's last one (D14)."""
    last = date.fromisoformat(next_month(month) + "-01") - timedelta(days=1)
    return last if day > last.day else date.fromisoformat(f"{month}-{day:02d}")


class Accounts:
    """Everything the clauses ask, at one moment under one set of readings."""

    def __init__(self, facts: Facts, as_of: datetime, readings: dict):
        self.readings = {**READINGS, **readings}
        self.today = as_of.date()
        self.tables = plain_tables(facts, as_of)
        self.screening = Screening(self.tables, self.readings)
        self.leads = sorted(self.screening.leads.values(), key=order_of_receipt)
        filed = [
            row["filed_at"] for row in self.tables["leads"]
        ]  # D21: the first receipt, whatever was corrected later
        self.first_day = min(filed).date() if filed else None
        self.begin = f"{self.first_day:%Y-%m}" if filed else None
        for lead in self.leads:
            status, _ = self.screening.status(lead, as_of)
            confirmed = status in CONFIRMED
            lead["status"] = status
            lead["month"] = None
            lead["excluded"] = confirmed and self.screening.excluded(lead)
            if confirmed and not lead["excluded"]:
                lead["month"] = self.screening.month(lead)
            lead["is_project"] = confirmed and self.screening.is_project(lead)
            lead["sought"] = self.screening.sought(lead)

    # -- who pays
    def responsible(self, section: str, day: date) -> str:
        unit = unit_on(self.tables, section, day)
        if unit and unit["person"]:
            return unit["person"]
        later = [
            row
            for row in self.tables["units"]
            if row["code"] == section and row["person"] and row["since"].date() > day
        ]
        return min(later, key=lambda row: row["since"])["person"] if later else section

    def named(self, answer: dict | None, section: str, day: date) -> str:
        """D23: who is named in an answer, if the section's list of people has nobody or has him on that day."""
        if answer is None or not answer["person"]:
            return self.responsible(section, day)
        who = answer["person"].replace(" ", "")
        stays: dict[tuple, dict] = {}
        for row in sorted(self.tables["people"], key=lambda row: row["at"]):
            if row["unit"] == section:
                stays[row["name"], row["starts_on"]] = row
        if not stays:
            return who
        on = answer["at"].date()
        for row in stays.values():
            last = row["ends_on"].date() if row["ends_on"] is not None else on
            if row["name"].replace(" ", "") == who and row["starts_on"].date() <= on <= last:
                return who
        return self.responsible(section, day)

    def last_day(self, due: date) -> date:
        """D31: where the day is a day off, the next working day."""
        if self.readings["deadline_on_day_off"] == "none":
            return due
        day = due
        while not is_working_day(day):
            day += timedelta(days=1)
        return day

    def section_for(self, function: str, day: date) -> str:
        codes = sorted({unit["code"] for unit in self.tables["units"]})
        for code in codes:
            if unit_on(self.tables, code, day)["function"] == function:
                return code
        raise LookupError(function)

    # -- 7.1.1 and 7.2.2
    def picked_up(self, lead: dict, quarter: str) -> int:
        lines = self.screening.rewarded_lines(lead)
        return sum(line["picked_up"] for line in lines if line["month"] in months_of(quarter))

    def converted_vehicles(self, lead: dict, quarter: str) -> int:
        """Those of the quarter, or all up to its end (D30)."""
        if self.readings["conversion_vehicles"] == "in_quarter":
            return self.picked_up(lead, quarter)
        lines = self.screening.rewarded_lines(lead)
        return sum(line["picked_up"] for line in lines if line["month"] <= months_of(quarter)[-1])

    def signed_by_end_of(self, lead: dict, quarter: str) -> bool:
        last = day_in(months_of(quarter)[-1], 31)
        return any(line["signed_on"].date() <= last for line in self.screening.rewarded_lines(lead))

    def converted(self, quarter: str) -> list[dict]:
        """Projects that reach the conversion of this quarter, in the order of receipt."""
        projects = [
            lead
            for lead in self.leads
            if lead["is_project"]
            and (lead["month"] is not None or (lead["excluded"] and self.readings["excluded_earns"]))  # D9
            and lead["quantity"] >= SINGLE_REPORT
            and lead["kind"] != "科室"  # 7.1 rewards dealers, 7.2 departments
        ]
        last = day_in(months_of(quarter)[-1], 31)
        for lead in projects:
            lead["party"] = self.screening.holder(lead["lead"], last)  # D36: what was earned by then stays
        if self.readings["conversion_basis"] == "project":
            return [
                one
                for one in projects
                if Fraction(self.converted_vehicles(one, quarter), one["sought"]) >= CONVERSION
                and self.picked_up(one, quarter) > 0
            ]
        good = []
        for reporter in {lead["party"] for lead in projects}:
            own = [one for one in projects if one["party"] == reporter and self.signed_by_end_of(one, quarter)]
            sought = sum(one["sought"] for one in own)
            picked = sum(self.converted_vehicles(one, quarter) for one in own)
            if sought and Fraction(picked, sought) >= CONVERSION:
                good += [one for one in own if self.picked_up(one, quarter) > 0]
        return sorted(good, key=order_of_receipt)

    def project_rewards(self, quarter: str) -> list[Line]:
        """The quarter's lines; all quarters before it are gone through to know what has earned (D8)."""
        if self.begin is None:
            return []
        earned: set[int] = set()
        at = quarter_of(date.fromisoformat(self.begin + "-01"))
        if at > quarter:
            return []
        while True:
            lines: list[Line] = []
            left: dict[str, int] = {}  # D13: what the caps leave each department
            for code in {unit["code"] for unit in self.tables["units"]}:
                completed = sum(line[3] for line in self.completion_rewards(at) if line[1] == code)
                joint = self.readings["joint_cap"]
                left[code] = DEPARTMENT_CAP if joint is None else min(DEPARTMENT_CAP, joint - completed)
            for lead in self.converted(at):
                if lead["lead"] in earned and not self.readings["repeat_project_reward"]:
                    continue
                party = lead["party"]
                if lead["kind"] == "经销商":
                    lines.append(("7.1.1", party, lead["number"], DEALER_PROJECT, None))
                    earned.add(lead["lead"])
                elif left[party] >= DEPARTMENT_PROJECT:
                    left[party] -= DEPARTMENT_PROJECT
                    lines.append(("7.2.2", party, lead["number"], DEPARTMENT_PROJECT, None))
                    earned.add(lead["lead"])
                else:  # past the cap: listed, and not earned (D24)
                    lines.append(("7.2.2", party, lead["number"], 0, None))
            if at == quarter:
                return lines
            at = next_quarter(at)

    # -- 7.2.1
    def target(self, unit: str, month: str) -> int:
        versions = [row for row in self.tables["targets"] if (row["unit"], row["month"]) == (unit, month)]
        return max(versions, key=lambda row: row["at"])["amount"] if versions else 0

    def heir(self, unit: str, day: date) -> str:
        """D36: the unit that has another's place at the end of a day, through all successions."""
        version = self.screening.out_of_use(unit, datetime(day.year, day.month, day.day, 23, 59, 59))
        return self.heir(version["successor"], day) if version and version["successor"] else unit

    def completion_rewards(self, quarter: str) -> list[Line]:
        lines: list[Line] = []
        for code in sorted({unit["code"] for unit in self.tables["units"]}):
            if unit_on(self.tables, code, self.today)["kind"] != "部门":
                continue
            months = months_of(quarter)
            last = day_in(months[-1], 31)
            units = {unit["code"] for unit in self.tables["units"] if self.heir(unit["code"], last) == code}
            goals = [sum(self.target(unit, month) for unit in units) for month in months]
            own = [lead for lead in self.leads if self.screening.holder(lead["lead"], last) in units]
            pairs = [
                (sum(one["month"] == month for one in own), goal) for month, goal in zip(months, goals, strict=True)
            ]
            pairs = [(count, goal) for count, goal in pairs if goal > 0]  # D17: others on neither side
            target = sum(goal for _, goal in pairs)
            if target == 0:
                continue
            counts = [count for count, _ in pairs]
            if any(count < goal for count, goal in pairs):  # D6
                if self.readings["month_shortfall"] == "bars_reward":
                    continue
                if self.readings["month_shortfall"] == "not_offset":
                    counts = [min(count, goal) for count, goal in pairs]
            over = Fraction(sum(counts), target) - 1
            steps = over // COMPLETION_STEP if over > 0 else 0
            amount = min(COMPLETION_REWARD * steps, DEPARTMENT_CAP, self.readings["joint_cap"] or DEPARTMENT_CAP)
            if amount > 0:
                lines.append(("7.2.1", code, quarter, amount, None))
        return lines

    # -- 7.3
    def verification_penalties(self, quarter: str) -> list[Line]:
        late = []
        for lead in sorted(self.screening.leads.values(), key=order_of_receipt):
            for term in self.screening.terms(lead["lead"]):
                due = after_working_days(term["at"].date(), ANSWER_WORKING_DAYS)
                answers = self.screening.answers(lead["lead"])
                person = None
                if term["closed"]:  # D41: handed on, which is late only after the last day
                    missed = term["closed"].date() > due
                elif answers:
                    missed, person = answers[0]["at"].date() > due, self.named(answers[0], term["section"], due)
                elif lead["status"] == "已撤回":  # D35: the withdrawal ends the section's term
                    missed = (
                        self.screening.behind[lead["lead"]] is None
                        and self.screening.withdrawn_at(lead["lead"]).date() > due
                    )
                else:
                    missed = lead["status"] == "待甄别" and self.today > due
                if missed and quarter_of(due) == quarter:
                    late.append((term["batch"], person or self.responsible(term["section"], due), lead["number"]))
        if self.readings["overdue_unit"] == "dispatch":
            first: dict[tuple, str] = {}
            for batch, person, number in late:
                first.setdefault((batch, person), number)
            late = [(batch, person, number) for (batch, person), number in first.items()]
        return [("7.3.1", person, number, PENALTY, None) for _, person, number in late]

    def expiry_penalties(self, quarter: str) -> list[Line]:
        lines: list[Line] = []
        for lead in self.leads:
            bare = [answer for answer in self.screening.answers(lead["lead"]) if answer["bare"]]
            if bare and quarter_of(bare[0]["at"].date()) == quarter:
                party = self.named(bare[0], bare[0]["section"], bare[0]["at"].date())
                lines.append(("7.3.2a", party, lead["number"], PENALTY, None))
        return lines

    def publication_penalties(self, quarter: str) -> list[Line]:
        lines: list[Line] = []
        for month in months_of(quarter):
            for due in (day_in(month, day) for day in PUBLICATION_DAYS):
                if self.first_day is None or due < self.first_day:  # D21
                    continue
                done = any(
                    row["due_on"].date() == due and due <= row["at"].date() <= self.last_day(due)
                    for row in self.tables["publications"]
                )  # not before its day (D27), not after its end
                if not done and self.today > self.last_day(due):
                    party = self.responsible(self.section_for("市场策略", due), due)
                    lines.append(("7.3.2b", party, due.isoformat(), PENALTY, None))
        return lines

    def register_penalties(self, quarter: str) -> list[Line]:
        lines: list[Line] = []
        month = self.begin
        while month is not None and quarter_of(day_in(next_month(month), REGISTER_DAY)) <= quarter:
            due = day_in(next_month(month), REGISTER_DAY - (self.readings["register_day"] == "before"))  # D16
            last = self.last_day(due)
            done = any(row["month"] == month and row["at"].date() <= last for row in self.tables["returns"])
            if quarter_of(due) == quarter and not done and self.today > last:
                party = self.responsible(self.section_for("销售支持", due), due)
                lines.append(("7.3.3", party, month, PENALTY, None))
            month = next_month(month)
        return lines

    def leak_penalties(self, quarter: str) -> list[Line]:
        return [
            ("7.3.4", row["person"].replace(" ", ""), row["number"], LEAK, None)
            for row in self.tables["incidents"]
            if row["inside"] and quarter_of(row["happened_on"].date()) == quarter
        ]

    def lines(self, quarter: str) -> list[Line]:
        return (
            self.project_rewards(quarter)
            + self.completion_rewards(quarter)
            + self.verification_penalties(quarter)
            + self.expiry_penalties(quarter)
            + self.publication_penalties(quarter)
            + self.register_penalties(quarter)
            + self.leak_penalties(quarter)
        )


def naive_lines(
    facts: Facts, quarter: str, as_of: datetime, closed: dict[str, list[Line]] | None = None, **readings
) -> list[Line]:
    """The quarter's lines (clause, party, ref, amount, adjusts), sorted as text.

    ``closed`` maps each approved earlier quarter to its stored lines; what today's facts would
    have given it, less all that was booked for it, comes as an adjustment (D5).
    """
    accounts = Accounts(facts, as_of, readings)
    lines = accounts.lines(quarter)
    for earlier in sorted(closed or {}):
        difference: Counter = Counter()
        settled: Counter = Counter()
        for booked, stored in closed.items():
            for clause, party, ref, amount, adjusts in stored:
                if adjusts == earlier or (adjusts is None and booked == earlier):
                    settled[clause, party, ref] += amount
        for clause, party, ref, amount, _ in accounts.lines(earlier):
            if clause != "7.2.1":  # D23, D29: what was settled for a matter stays with its party
                parties = [key[1] for key, held in settled.items() if held and (key[0], key[2]) == (clause, ref)]
                today = {line[1] for line in accounts.lines(earlier) if (line[0], line[2]) == (clause, ref)}
                party = party if not parties or today & set(parties) else parties[-1]
            difference[clause, party, ref] += amount
        difference.subtract(settled)
        lines += [(*key, amount, earlier) for key, amount in difference.items() if amount]
    return sorted(lines, key=lambda line: tuple(str(part) for part in line))
