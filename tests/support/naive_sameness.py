"""Which leads are the same and which may be, worked out from the regulation alone (D2, D4)."""

from __future__ import annotations

from datetime import datetime


def order_of_receipt(lead: dict) -> tuple:
    """The order of 5.1 and D4; what a person said of leads received at the same time comes before dates and files."""
    reported_on, file, row = lead["order"]
    return (*at_one_time(lead), lead["said"], reported_on is None, reported_on, file, row, lead["reporter"])


def at_one_time(lead: dict) -> tuple:
    """What two leads received at the same time have in common (D4)."""
    return (lead["ranked_at"], lead["ranked_at"] if lead["by_date"] else lead["received_at"])


def who(version: dict) -> tuple:
    """The customer a row is about (D2): a short name belongs to its county."""
    county = version["county"].rstrip("县区市") if version["county"] and version["short_name"] else None
    return (version["province"], version["city"], version["customer_key"], version["category"], county)


class Customers:
    """What persons decided, and how two leads are related."""

    def __init__(self, tables: dict, readings: dict, leads: dict[int, dict]):
        self.tables, self.readings, self.leads = tables, readings, leads
        self.reviews = sorted(tables["reviews"], key=lambda review: review["at"])
        self.said_first: dict[frozenset, int] = {}
        self.decided: dict[frozenset, str] = {}
        self.customers: list[set] = []  # customers that a person found to be one (D2)
        self._decisions()

    # -- a person's decisions; each keeps the names, category and place it was made on (D2)
    def _decisions(self) -> None:
        for lead in self.leads.values():
            lead["said"], lead["by_date"] = 1, self.readings["tie"] == "reported_date"
        for review in self.reviews:
            one, two = self.leads.get(review["lead"]), self.leads.get(review["other"])
            if one is None or two is None:
                continue
            if review["verdict"] in ("受理", "重复"):
                first = one if review["verdict"] == "受理" else two
                self.said_first[frozenset((one["lead"], two["lead"]))] = first["lead"]
                if at_one_time(one) == at_one_time(two):
                    one["said"] = 0 if first is one else 2
                    if first is one:
                        two["said"] = 2
            then = [who(self.version_at(end["lead"], review["at"])) for end in (one, two)]
            if review["verdict"] in ("重复", "不重复") and then[0] != then[1] and then[0][:2] == then[1][:2]:
                self.decided[frozenset(then)] = review["verdict"]
        for pair, verdict in self.decided.items():
            if verdict == "重复":
                touched = [group for group in self.customers if group & pair]
                self.customers = [group for group in self.customers if not group & pair]
                self.customers.append(set(pair).union(*touched))

    def version_at(self, lead_id: int, moment: datetime) -> dict:
        versions = sorted(
            (row for row in self.tables["leads"] if row["lead"] == lead_id), key=lambda row: row["version"]
        )
        return ([row for row in versions if row["filed_at"] <= moment] or versions[:1])[-1]

    def group(self, customer: tuple) -> set:
        return next((group for group in self.customers if customer in group), {customer})

    def found_different(self, one: dict, two: dict) -> bool:
        if who(two) in self.group(who(one)):
            return False  # one customer by other decisions: they contradict each other
        pairs = (frozenset((a, b)) for a in self.group(who(one)) for b in self.group(who(two)))
        return any(self.decided.get(pair) == "不重复" for pair in pairs)

    def another_purchase(self, one: dict, two: dict) -> bool:
        """Whether a person found two leads of one customer to be two purchases: the latest word on these two."""
        verdict = None
        for review in self.reviews:
            if {review["lead"], review["other"]} == {one["lead"], two["lead"]}:
                then = {who(self.version_at(each["lead"], review["at"])) for each in (one, two)}
                if review["verdict"] in ("重复", "不重复") and len(then) == 1:
                    verdict = review["verdict"] if then == {who(one)} == {who(two)} else None
        return verdict == "不重复"

    def relation(self, one: dict, two: dict) -> str | None:
        """重复 where two leads are the same, 待复核 where they may be, else None (D2)."""
        if self.another_purchase(one, two):
            return None
        if who(two) in self.group(who(one)):
            contradicted = self.decided.get(frozenset((who(one), who(two)))) == "不重复"
            return "待复核" if contradicted else "重复"
        if self.found_different(one, two) or who(one)[:2] != who(two)[:2]:
            return None
        if who(one)[:4] == who(two)[:4]:
            return "待复核" if who(one)[4] and who(two)[4] else "重复"
        if self.readings["other_category"] == "free" and one["category"] != two["category"]:
            return None
        if one["customer_key"] == two["customer_key"]:
            return "待复核"
        linked = any({link["a"], link["b"]} == {one["lead"], two["lead"]} for link in self.current_links())
        return "待复核" if linked else None

    def current_links(self) -> list[dict]:
        """Suspicions of which both versions are the newest."""
        return [
            link
            for link in self.tables["links"]
            if link["a"] in self.leads
            and link["b"] in self.leads
            and all(link[end + "_document"] in (None, self.leads[link[end]]["document"]) for end in "ab")
        ]
