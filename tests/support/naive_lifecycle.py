"""What every lead is at a moment, worked out row by row: slow, plain and written from the regulation alone.

Nothing of the fast computation is used here. Numbers of the fourth edition stand as literals with
their clause; readings come in as a plain dictionary.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import pandas as pd

from tests.support.naive_changes import ChangedLeads
from tests.support.naive_contracts import ContractLines
from workbench.platform.register.facts import Facts, fact_tables

LONG_BEFORE = datetime(2000, 1, 1)
LEAST_QUANTITY = 3  # 5.4, the number itself suffices
APPLICATION_LEAD_DAYS = 7  # 5.5, calendar days
ANSWER_WORKING_DAYS = 2  # 6.3

READINGS = {
    "cap_month_at_target": False,  # D6
    "conversion_basis": "project",  # D7
    "repeat_project_reward": False,  # D8
    "dealer_taxi": "review",  # D10
    "overdue_unit": "lead",  # D11
    "register_day": "through",  # D16
    "returned_row_grace": 0,  # D18, working days
    "deadline_on_day_off": "next",  # D31
}

CONFIRMED = {"有效", "已立项", "已申报", "已签约", "提车中", "已完成", "已解除", "已到期"}


def plain_tables(facts: Facts, as_of: datetime) -> dict[str, list[dict]]:
    """The facts known at ``as_of`` as lists of dictionaries; missing values are None."""
    recorded = {"units": None, "links": None, "leads": "filed_at"}
    tables = {}
    for table in fact_tables():
        rows = []
        for record in getattr(facts, table).astype("object").to_dict("records"):
            row = {}
            for name, value in record.items():
                if value is None or value is pd.NaT or value is pd.NA or value != value:
                    row[name] = None
                elif isinstance(value, pd.Timestamp):
                    row[name] = value.to_pydatetime()
                else:
                    row[name] = value
            moment = recorded.get(table, "at")
            if moment is None or row[moment] <= as_of:
                rows.append(row)
        tables[table] = rows
    tables["units"] = [{**unit, "known": unit["since"] <= as_of} for unit in tables["units"]]
    return tables


FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}  # no lunar calendar moves these (D15)


def published(day: date) -> bool:
    """Whether the State Council's calendar of that year is known."""
    try:
        chinese_calendar.is_workday(date(day.year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """By the official calendar; beyond it by weekends and fixed-date holidays (D15)."""
    if published(day):
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def after_working_days(start: date, days: int) -> date:
    """The last of ``days`` working days counted from the day after ``start`` (D15)."""
    day = start
    while days:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return day


def unit_on(tables: dict, code: str, day: date) -> dict | None:
    """The unit as it stood at the end of ``day``; before its first version, that first version."""
    versions = sorted((unit for unit in tables["units"] if unit["code"] == code), key=lambda unit: unit["since"])
    known = [unit for unit in versions if unit["since"].date() <= day]
    return known[-1] if known else versions[0] if versions else None


def current_leads(tables: dict, readings: dict) -> dict[int, dict]:
    """The newest version of each lead, with the times and place of its first one."""
    leads: dict[int, dict] = {}
    for lead_id in {row["lead"] for row in tables["leads"]}:
        versions = sorted((row for row in tables["leads"] if row["lead"] == lead_id), key=lambda row: row["version"])
        lead = dict(versions[-1])
        lead["order"] = tuple(versions[0][name] for name in ("reported_on", "file", "row"))  # D4: a correction keeps it
        grace, returned = readings["returned_row_grace"], lead["returned_at"]
        in_grace = grace and returned and versions[0]["filed_at"].date() <= after_working_days(returned.date(), grace)
        if in_grace:  # D18: the corrected row keeps the place of the returned one
            lead["received_at"] = lead["ranked_at"] = returned
        lead["kind"] = unit_on(tables, lead["reporter"], lead["received_at"].date())["kind"]
        lead["block"] = (lead["category"], lead["province"], lead["city"])
        leads[lead_id] = lead
    return leads


def order_of_receipt(lead: dict) -> tuple:
    """The order of 5.1 and D4."""
    reported_on, file, row = lead["order"]
    return (lead["ranked_at"], reported_on is None, reported_on, file, row)


class Screening(ContractLines, ChangedLeads):
    """Which lead stands behind which, by playing all receipts and refusals in the order of time."""

    def __init__(self, tables: dict, readings: dict):
        self.tables, self.readings = tables, readings
        self.leads = current_leads(tables, readings)
        self.behind: dict[int, tuple[str, int] | None] = {}
        self.history = {lead: [(LONG_BEFORE, row["reporter"])] for lead, row in self.leads.items()}
        self.closed: dict[int, datetime] = {}  # D36: withdrawn with their unit
        self.decided = self._decisions()
        self.taxi = self._taxi_decisions()
        self._play()

    # -- a person's decisions, replayed for the same two customers in the same block (D2)
    def _decisions(self) -> dict[tuple, str]:
        decided = {}
        for review in sorted(self.tables["reviews"], key=lambda review: review["at"]):
            if review["other"] in self.leads and review["lead"] in self.leads:
                decided[self._pair(self.leads[review["lead"]], self.leads[review["other"]])] = review["verdict"]
        return decided

    def _taxi_decisions(self) -> dict[int, str]:
        reviews = sorted(self.tables["reviews"], key=lambda review: review["at"])
        return {review["lead"]: review["verdict"] for review in reviews if review["other"] is None}

    @staticmethod
    def _pair(one: dict, two: dict) -> tuple:
        return (one["block"], *sorted([one["customer_key"], two["customer_key"]]))

    # -- what the row says of itself (5.4, then 5.6 or 2)
    def own_fault(self, lead: dict) -> str | None:
        if lead["quantity"] < LEAST_QUANTITY:
            return "5.4"
        if lead["category"] == "出租" and lead["level"] == "地市级及以上":
            if lead["kind"] != "经销商":
                return "5.6"
            if self.readings["dealer_taxi"] == "invalid" or self.taxi.get(lead["lead"]) == "无效":
                return "2"
        return None

    def taxi_in_review(self, lead: dict) -> bool:
        big_city = lead["category"] == "出租" and lead["level"] == "地市级及以上"
        return big_city and self.own_fault(lead) is None and self.taxi.get(lead["lead"]) != "受理"

    # -- what goes with its unit (D36)
    def under_contract(self, lead: dict, moment: datetime) -> bool:
        answers = [answer for answer in self.answers(lead["lead"], moment) if answer["verdict"] == "有效"]
        return bool(answers) and self.contracted(lead["lead"], answers[-1]["expires_on"], moment) is not None

    def unit_ends(self, version: dict, moment: datetime) -> None:
        """What lives of a unit's leads, or waits for a living one, is the successor's, or withdrawn."""
        gone = []
        for lead in sorted(self.leads.values(), key=order_of_receipt):
            if lead["lead"] not in self.behind or self.holder(lead["lead"]) != version["code"]:
                continue
            place = self.behind[lead["lead"]]
            waits = place is not None and self.alive(self.leads[place[1]], moment)
            if self.own_fault(lead) is None and (waits or self.alive(lead, moment)):
                if version["successor"]:
                    self.over_to(lead, version["successor"], moment)
                elif not self.under_contract(lead, moment):
                    gone.append(lead)
        for lead in gone:
            self.closed[lead["lead"]] = moment
        for lead in gone:
            self.let_go(lead, moment)

    # -- facts about one lead
    def answers(self, lead_id: int, until: datetime | None = None) -> list[dict]:
        found = [row for row in self.tables["feedback"] if row["lead"] == lead_id and row["verdict"] != "非本科室"]
        found += [  # D32: a prolonging says 有效 until a later day
            {"at": at, "verdict": "有效", "expires_on": datetime.fromisoformat(value), "prolonged": True}
            for at, value in self.changes(lead_id, "延长到期日期")
        ]
        return sorted((row for row in found if until is None or row["at"] <= until), key=lambda row: row["at"])

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

    def alive(self, lead: dict, moment: datetime) -> bool:
        """Whether ``lead`` still keeps the customer at ``moment`` (D2)."""
        if self.own_fault(lead) is not None:
            return False
        if self.withdrawn(lead["lead"], moment):
            return False
        place = self.behind[lead["lead"]]
        if place is not None and place[0] == "重复":
            return False
        if place is not None or self.taxi_in_review(lead):
            return True  # 待复核 is pending, whatever a section said of it
        if self.refused(lead, moment):
            return False
        answers = [answer for answer in self.answers(lead["lead"], moment) if answer["verdict"] == "有效"]
        if not answers:
            return True
        expires_on = answers[-1]["expires_on"]
        stage = self.contracted(lead["lead"], expires_on, moment)
        if stage is not None:
            return stage not in ("已完成", "已解除")
        return expires_on is None or moment.date() <= expires_on.date()

    def another_purchase(self, one: dict, two: dict) -> bool:
        """Whether a person found two leads of one customer to be two purchases: the latest word on these two."""
        if one["customer_key"] != two["customer_key"] or one["block"] != two["block"]:
            return False
        ids = {one["lead"], two["lead"]}
        said = [row for row in self.tables["reviews"] if {row["lead"], row["other"]} == ids]
        return bool(said) and max(said, key=lambda row: row["at"])["verdict"] == "不重复"

    # -- the play
    def place(self, lead: dict, moment: datetime) -> None:
        self.behind[lead["lead"]] = None
        if self.own_fault(lead) is not None:
            return
        earlier = [
            other
            for other in sorted(self.leads.values(), key=order_of_receipt)
            if other["lead"] in self.behind
            and order_of_receipt(other) < order_of_receipt(lead)
            and other["block"] == lead["block"]
            and self.alive(other, moment)
        ]
        earlier = [other for other in earlier if not self.another_purchase(lead, other)]
        for other in earlier:
            same = other["customer_key"] == lead["customer_key"]
            if same or self.decided.get(self._pair(lead, other)) == "重复":
                self.behind[lead["lead"]] = ("重复", other["lead"])
                return
        for other in earlier:
            linked = any({link["a"], link["b"]} == {lead["lead"], other["lead"]} for link in self.tables["links"])
            if linked and self.decided.get(self._pair(lead, other)) != "不重复":
                self.behind[lead["lead"]] = ("待复核", other["lead"])
                return

    def _play(self) -> None:
        happenings = []
        for place, lead in enumerate(sorted(self.leads.values(), key=order_of_receipt)):
            happenings.append((lead["ranked_at"], 1, place, lead))
            refused = self.refused_at(lead["lead"])
            if refused is not None:
                happenings.append((refused, 0, place, lead))
            withdrawn = self.withdrawn_at(lead["lead"])
            if withdrawn is not None:
                happenings.append((withdrawn, 0, place, lead))
            for at, unit in self.changes(lead["lead"], "更改提报单位"):
                happenings.append((at, 0.3, place, (lead, unit)))
        for place, version in enumerate(sorted(self.tables["units"], key=lambda row: (row["since"], row["code"]))):
            if version["known"] and version["state"] == "停用":
                happenings.append((version["since"], 0.6, place, version))
        for moment, what, _, lead in sorted(happenings, key=lambda happening: happening[:3]):
            if what == 0.3:
                self.over_to(lead[0], lead[1], moment)
                continue
            if what == 0.6:
                self.unit_ends(lead, moment)
                continue
            if what == 1:
                self.place(lead, moment)
                version = self.out_of_use(self.holder(lead["lead"]), moment)
                if version and self.own_fault(lead) is None and not self.withdrawn(lead["lead"], moment):
                    if version["successor"]:
                        self.over_to(lead, version["successor"], moment)
                    else:
                        self.closed[lead["lead"]] = moment
                        self.let_go(lead, moment)
                continue
            pending = self.behind.get(lead["lead"]) is not None or self.taxi_in_review(lead)
            if not pending or self.withdrawn(lead["lead"], moment):
                self.let_go(lead, moment)

    def let_go(self, lead: dict, moment: datetime) -> None:
        """The earliest behind a refused lead takes its place; those behind one that cannot hold them follow (D19)."""
        queue = self.queue_behind(lead)
        while queue:
            one = min(queue, key=order_of_receipt)
            queue.remove(one)
            before = self.behind[one["lead"]]
            self.place(one, moment)
            now = self.behind[one["lead"]]
            becomes_duplicate = now is not None and now[0] == "重复" and before[0] != "重复"
            over = self.refused(one, moment) or self.withdrawn(one["lead"], moment)
            if becomes_duplicate or (now is None and over):
                queue += self.queue_behind(one)

    def queue_behind(self, lead: dict) -> list[dict]:
        return [self.leads[one] for one, place in self.behind.items() if place is not None and place[1] == lead["lead"]]

    # -- the answer
    def status(self, lead: dict, as_of: datetime) -> tuple[str, str | None]:
        """Status and the clause that speaks, the first in the order of D22."""
        fault = self.own_fault(lead)
        if fault is not None:
            return "无效", fault
        if self.withdrawn(lead["lead"], as_of):
            return "已撤回", None
        if self.taxi_in_review(lead):
            return "待复核", "2"
        place = self.behind[lead["lead"]]
        if place is not None:
            return place[0], "5.1"
        answers = self.answers(lead["lead"])
        if not answers:
            waits = any(term["closed"] is None for term in self.terms(lead["lead"]))
            return ("待甄别" if waits else "已接收"), None
        last = answers[-1]
        if last["verdict"] == "无效":
            return "无效", "6.3"
        stage = self.contracted(lead["lead"], last["expires_on"])
        if stage is not None:
            return stage, None
        if last["expires_on"] is None:
            return "有效", "7.3.2a"
        if as_of.date() > last["expires_on"].date():
            return "已到期", None
        applied = any(row["lead"] == lead["lead"] for row in self.tables["applications"])
        return ("已申报" if applied else "已立项"), None

    def excluded(self, lead: dict) -> bool:
        """5.5: the dealer's first application came too soon after the report."""
        if lead["kind"] != "经销商":
            return False
        times = [row["at"] for row in self.tables["applications"] if row["lead"] == lead["lead"]]
        if not times:
            return False
        return (min(times).date() - lead["received_at"].date()).days < APPLICATION_LEAD_DAYS


def naive_states(facts: Facts, as_of: datetime, **readings) -> dict[str, dict]:
    """For each lead number: status, clause, duplicate_of and held_by (numbers), counts_in, project and more."""
    tables = plain_tables(facts, as_of)
    screening = Screening(tables, {**READINGS, **readings})
    states = {}
    for lead_id, lead in screening.leads.items():
        status, clause = screening.status(lead, as_of)
        place = screening.behind[lead_id]
        first = screening.leads[place[1]]["number"] if place is not None else None
        answers = screening.answers(lead_id)
        confirmed = status in CONFIRMED
        sent = [term for term in screening.terms(lead_id) if term["closed"] is None]
        due_on = after_working_days(sent[0]["at"].date(), ANSWER_WORKING_DAYS) if sent else None
        states[lead["number"]] = {
            "status": status,
            "clause": clause,
            "reporter": screening.holder(lead_id),
            "duplicate_of": first if status == "重复" else None,
            "held_by": first if status == "待复核" and clause == "5.1" else None,
            "excluded": "5.5" if confirmed and screening.excluded(lead) else None,
            "counts_in": f"{lead['received_at']:%Y-%m}" if confirmed and not screening.excluded(lead) else None,
            "project": lead["number"].replace("DK", "LX", 1) if confirmed and answers[-1]["expires_on"] else None,
            "due_on": due_on,
            "provisional": due_on is not None and not published(due_on),
        }
    return states
