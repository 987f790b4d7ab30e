"""What every lead is at a moment, worked out row by row: slow, plain and written from the regulation alone.

Nothing of the fast computation is used here. Numbers of the fourth edition stand as literals with
their clause; readings come in as a plain dictionary.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from tests.support.naive_answers import Answers
from tests.support.naive_calendar import after_working_days, published
from tests.support.naive_changes import ChangedLeads
from tests.support.naive_contracts import ContractLines
from tests.support.naive_facts import plain_tables
from tests.support.naive_sameness import Customers, at_one_time, order_of_receipt
from workbench.platform.register.facts import Facts

LONG_BEFORE = datetime(2000, 1, 1)
LEAST_QUANTITY = 3  # 5.4, the number itself suffices
APPLICATION_LEAD_DAYS = 7  # 5.5, calendar days
ANSWER_WORKING_DAYS = 2  # 6.3

READINGS = {
    "application_days": "included",  # D1
    "counts_in": "receipt",  # D5
    "month_shortfall": "offset",  # D6
    "conversion_basis": "project",  # D7
    "repeat_project_reward": False,  # D8
    "excluded_earns": False,  # D9
    "dealer_taxi": "review",  # D10
    "other_category": "review",  # D2
    "undated_months": 12,  # D2
    "tie": "review",  # D4
    "overdue_unit": "lead",  # D11
    "joint_cap": None,  # D13, yuan
    "register_day": "through",  # D16
    "returned_row_grace": 0,  # D18, working days
    "conversion_vehicles": "in_quarter",  # D30
    "deadline_on_day_off": "next",  # D31
    "form_grace": 3,  # D18, working days
}

NEVER = datetime(9999, 12, 31)
COUNTIES = {"芜湖市": {"南陵县", "鸠江区"}, "合肥市": {"肥东县"}}  # of the cities in the worlds, some
CONFIRMED = {"有效", "已立项", "已申报", "已签约", "提车中", "已完成", "已解除", "已到期"}


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
        lead["received_at"], lead["ranked_at"] = place_kept(versions)
        lead["order"] = tuple(versions[0][name] for name in ("reported_on", "file", "row"))  # D4: a correction keeps it
        kept = [  # D18: the corrected row keeps the place of the returned one
            lead[column]
            for column, reading in (
                ("returned_at", "returned_row_grace"),
                ("form_returned_at", "form_grace"),
                ("form_returned_last", "form_grace"),
            )
            if readings[reading] and lead[column] and lead[column] < lead["received_at"]
            if lead["received_at"].date() <= after_working_days(lead[column].date(), readings[reading])
            if not any(  # what is closed is not reordered
                row["month"] == f"{lead[column]:%Y-%m}" and row["at"] <= lead["received_at"]
                for row in tables["closures"]
            )
        ]
        if kept:
            lead["received_at"] = lead["ranked_at"] = min(kept)
        lead["kind"] = unit_on(tables, lead["reporter"], lead["received_at"].date())["kind"]
        leads[lead_id] = lead
    return leads


def place_kept(versions: list[dict]) -> tuple[datetime, datetime]:
    """D40: when a lead counts as received, and its rank: a corrected quantity moves neither, unless it was too small."""
    received, ranked = versions[0]["received_at"], versions[0]["ranked_at"]
    for before, after in zip(versions, versions[1:]):
        another = any(before[name] != after[name] for name in ("customer_key", "category", "province", "city"))
        begun_anew = after["received_at"] != before["received_at"]
        if begun_anew and (another or before["quantity"] < LEAST_QUANTITY):
            received, ranked = after["received_at"], after["ranked_at"]
    return received, ranked


class Screening(Customers, ContractLines, ChangedLeads, Answers):
    """Which lead stands behind which, by playing all receipts and refusals in the order of time."""

    def __init__(self, tables: dict, readings: dict):
        super().__init__(tables, readings, current_leads(tables, readings))
        self.behind: dict[int, tuple[str, int] | None] = {}
        self.history = {lead: [(LONG_BEFORE, row["reporter"])] for lead, row in self.leads.items()}
        self.closed: dict[int, datetime] = {}  # D36: withdrawn with their unit
        self.taxi = {review["lead"]: review["verdict"] for review in self.reviews if review["other"] is None}
        self._play()

    # -- what the row says of itself (5.4, then 5.6 or 2)
    def own_fault(self, lead: dict) -> str | None:
        if lead["quantity"] < LEAST_QUANTITY:
            return "5.4"
        if lead["category"] == "出租" and lead["level"] == "地市级及以上":
            if lead["kind"] != "经销商":
                return "5.6"
            if self.readings["dealer_taxi"] == "invalid" or self.taxi.get(lead["lead"]) == "无效":
                return "2"
        if self.level_not_proven(lead) and self.taxi.get(lead["lead"]) == "无效":
            return "2" if lead["kind"] == "经销商" else "5.6"
        return None

    def level_not_proven(self, lead: dict) -> bool:
        """D10: declared as of a county, for a city that is none, without one of its counties."""
        if lead["category"] != "出租" or lead["level"] != "县级及以下":
            return False
        return lead["city"] in COUNTIES and lead["county"] not in COUNTIES[lead["city"]]

    def taxi_in_review(self, lead: dict) -> bool:
        if lead["category"] != "出租" or self.own_fault(lead) is not None or self.taxi.get(lead["lead"]) == "受理":
            return False
        return lead["level"] == "地市级及以上" or self.level_not_proven(lead)

    # -- what goes with its unit (D36)
    def under_contract(self, lead: dict, moment: datetime) -> bool:
        if self.taxi_in_review(lead):
            return False  # nobody has admitted it yet
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

    # -- whom it keeps
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
        if expires_on is None:
            months = lead["received_at"].year * 12 + lead["received_at"].month - 1 + self.readings["undated_months"]
            year, month = divmod(months, 12)
            expires_on = min(
                date(year, month + 1, day) for day in (lead["received_at"].day, monthrange(year, month + 1)[1])
            )
            return moment.date() <= expires_on
        return moment.date() <= expires_on.date()

    # -- the play
    def first_at_the_end(self, lead_id: int) -> int:
        """Whom a duplicate waits behind, at the end of the row."""
        place = self.behind.get(lead_id)
        while place is not None and place[0] == "重复":
            lead_id, place = place[1], self.behind.get(place[1])
        return lead_id

    def candidates(self, lead: dict, moment: datetime, passed: set[int]) -> dict[str, list[dict]]:
        """Who keeps the customer at that moment, or may: 重复 and 待复核."""
        found: dict[str, list[dict]] = {"重复": [], "待复核": []}
        for other_id, place in self.behind.items():
            relation = self.relation(lead, self.leads[other_id]) if other_id != lead["lead"] else None
            if relation is None or self.own_fault(self.leads[other_id]):
                continue
            if place is not None and place[0] == "重复":
                if relation == "重复":
                    continue
                other_id = self.first_at_the_end(other_id)
            other = self.leads[other_id]
            waits_for_it = (self.behind.get(other_id) or (None, None))[1] == lead["lead"]
            if other_id in (lead["lead"], *passed) or other_id not in self.behind or waits_for_it:
                continue
            if not self.alive(other, moment) or (relation == "待复核" and self.found_different(lead, other)):
                continue
            came_later = order_of_receipt(other) > order_of_receipt(lead)
            if not came_later or relation == "重复" or self.behind[other_id] is None:
                found[relation].append(other)
        return found

    def dispatched_at(self, lead: dict) -> datetime:
        times = [row["at"] for row in self.tables["dispatches"] if row["lead"] == lead["lead"]]
        return min(times, default=NEVER)

    def place(self, lead: dict, moment: datetime) -> None:
        self.behind.pop(lead["lead"], None)
        mine = self.fits(lead, moment) if self.own_fault(lead) is None else None
        self.behind[lead["lead"]] = mine

    def fits(self, lead: dict, moment: datetime) -> tuple[str, int] | None:
        passed: set[int] = set()
        while True:
            found = self.candidates(lead, moment, passed)
            relation = next((word for word in ("重复", "待复核") if found[word]), None)
            if relation is None:
                return None
            first = min(found[relation], key=order_of_receipt)
            if order_of_receipt(first) > order_of_receipt(lead):
                return relation, first["lead"]  # it came alive meanwhile (D19)
            said = self.said_first.get(frozenset((lead["lead"], first["lead"])))
            tie = (
                not lead["by_date"]
                and relation == "重复"
                and at_one_time(first) == at_one_time(lead)
                and first["reporter"] != lead["reporter"]
                and first["said"] == lead["said"]
            )
            if tie:
                if self.dispatched_at(lead) == NEVER:
                    if self.dispatched_at(first) == NEVER and self.behind[first["lead"]] is None:
                        self.behind[first["lead"]] = ("待复核", lead["lead"])
                    return "待复核", first["lead"]
                if self.dispatched_at(first) != NEVER:
                    return relation, first["lead"]
            elif self.dispatched_at(lead) >= self.dispatched_at(first) or said == first["lead"]:
                return relation, first["lead"]
            # the one that came first would push a dispatched one back: it waits for an approver (D4)
            passed.add(first["lead"])
            if self.behind[first["lead"]] is None:
                falls_back = relation == "重复" and said == lead["lead"]
                self.behind[first["lead"]] = ("重复" if falls_back else "待复核", lead["lead"])
                if falls_back:
                    self.let_go(first, moment)

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
            pending = (self.behind.get(lead["lead"]) or (None,))[0] == "待复核" or self.taxi_in_review(lead)
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
            refused = self.refused(one, moment) and not self.taxi_in_review(one)
            over = refused or self.withdrawn(one["lead"], moment)
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
            return "待复核", "2" if lead["kind"] == "经销商" else "5.6"
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
        days = (min(times).date() - lead["received_at"].date()).days
        return (
            days <= APPLICATION_LEAD_DAYS
            if self.readings["application_days"] == "strict"
            else days < APPLICATION_LEAD_DAYS
        )


def naive_states(facts: Facts, as_of: datetime, **readings) -> dict[str, dict]:
    """For each lead number: status, clause, duplicate_of and held_by (numbers), counts_in, project and more."""
    tables = plain_tables(facts, as_of)
    screening = Screening(tables, {**READINGS, **readings})
    states = {}
    for lead_id, lead in screening.leads.items():
        status, clause = screening.status(lead, as_of)
        place = screening.behind[lead_id]
        first = screening.leads[place[1]]["number"] if place is not None else None
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
            "counts_in": screening.month(lead) if confirmed and not screening.excluded(lead) else None,
            "project": lead["number"].replace("DK", "LX", 1) if confirmed and screening.is_project(lead) else None,
            "sought": screening.sought(lead),
            "due_on": due_on,
            "provisional": due_on is not None and not published(due_on),
        }
    return states
