"""What is the same lead, and what is suspected of being the same (5.1, D2): names, categories, places, decisions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.capabilities.leads.status import ABOUT_ANOTHER, Review
from workbench.core.frames import places_of
from workbench.platform.regulation.edition import Policy

UNRELATED, SAME, SUSPECTED = 0, 1, 2
_COUNTY = re.compile(r"(?:自治县|[区县市旗])$")
PLACE = ["province", "city"]
Pair = tuple[int, int]


@dataclass
class Sameness:
    """How leads are related, by their places in the order of 5.1.

    ``names``: code of name and place; ``categories``; ``customers``: code of name, category and place; ``identities``:
    of these and, for a short name, the county; ``counties``: its code, -1 where none is given or the name is not short;
    ``classes``: identity → customer, once everything decided to be the same is joined. ``decided``: pair of identities
    → the same or not; ``different``: pairs of classes found to be different; ``links``: place → places of suspected
    pairs, with whether both versions are the newest. By the reading in force on the day of receipt: ``joined`` (else
    pairs of customers stand alone, ``former``) and ``free`` (other categories are other leads). ``purchases``: places
    (the smaller first) of leads of one customer that a person found to be two purchases.
    """

    names: np.ndarray
    categories: np.ndarray
    customers: np.ndarray
    identities: np.ndarray
    counties: np.ndarray
    classes: Mapping[int, int]
    decided: Mapping[Pair, bool]
    different: frozenset[Pair]
    links: Mapping[int, Mapping[int, bool]]
    former: Mapping[Pair, bool]
    joined: np.ndarray
    free: np.ndarray
    purchases: frozenset[Pair]

    def __post_init__(self) -> None:
        """The names under which the leads of one customer are found: of a class, and of those once decided alike."""
        self._by_class = self._several_names()
        name_of = dict(zip(self.customers.tolist(), self.names.tolist())) if self.former else {}
        self._formerly: dict[int, set[int]] = defaultdict(set)
        for (one, other), same in self.former.items():
            if same:
                self._formerly[one] |= {name_of[one], name_of[other]}
                self._formerly[other] |= {name_of[one], name_of[other]}

    def _several_names(self) -> dict[int, set[int]]:
        """The names of each class that has several: what nobody decided on has one."""
        if not self.classes:
            return {}
        width = int(self.names.max(initial=0)) + 1
        identities, names = np.divmod(np.unique(self.identities.astype("int64") * width + self.names), width)
        classes = identities.copy()
        moved = np.isin(identities, list(self.classes))
        classes[moved] = [self.classes[identity] for identity in identities[moved].tolist()]
        _, of_each, counts = np.unique(classes, return_inverse=True, return_counts=True)
        several = counts[of_each] > 1
        found: dict[int, set[int]] = defaultdict(set)
        for one, name in zip(classes[several].tolist(), names[several].tolist(), strict=True):
            found[one].add(name)
        return found

    def in_company(self, barred: np.ndarray) -> np.ndarray:
        """Which leads share a name, a decision or a suspected pair with another that is not invalid by its own row."""
        shared = np.bincount(self.names[~barred], minlength=int(self.names.max(initial=-1)) + 1) > 1
        for names in (*self._by_class.values(), *self._formerly.values()):
            if len(names) > 1:
                shared[list(names)] = True
        for lead, others in self.links.items():
            if not barred[lead] and any(not barred[other] for other in others):
                shared[self.names[lead]] = True
        return np.asarray(shared[self.names], dtype=bool)

    def entangled(self) -> np.ndarray:
        """Which leads a person decided on together with another, or are suspected of being the same as another."""
        found = np.zeros(len(self.names), dtype=bool)
        found[[lead for lead, others in self.links.items() if others]] = True
        found[[lead for pair in self.purchases for lead in pair]] = True
        for codes, pairs in ((self.identities, self.decided), (self.customers, self.former)):
            if pairs:
                found |= np.isin(codes, [code for pair in pairs for code in pair])
        return found

    def joins(self, lead: int) -> bool:
        """Whether sameness joins for a lead."""
        return bool(self.joined[lead])

    def name(self, lead: int) -> int:
        """The code of a lead's name and place."""
        return int(self.names[lead])

    def customer(self, lead: int) -> int:
        """The code of a lead's customer, once everything decided to be the same is joined."""
        identity = int(self.identities[lead])
        return self.classes.get(identity, identity)

    def names_of(self, lead: int) -> Iterable[int]:
        """The names under which leads of the same customer are found."""
        own = int(self.names[lead])
        if self.joins(lead):
            others = self._by_class.get(self.customer(lead))
        else:
            others = self._formerly.get(int(self.customers[lead]))
        return sorted({own} | others) if others else (own,)

    def linked(self, lead: int) -> Iterable[int]:
        """The leads that are suspected of being the same by name or phone."""
        others = self.links.get(lead)
        if not others:
            return ()
        joins = self.joins(lead)
        return [other for other, current in others.items() if current or not joins]

    def apart(self, lead: int, other: int) -> bool:
        """Whether a person found the customers of two leads to be different."""
        if self.joins(lead):
            one, two = self.customer(lead), self.customer(other)
            return one != two and _sorted(one, two) in self.different
        return self.former.get(_pair(self.customers, lead, other)) is False

    def relation(self, lead: int, other: int) -> int:
        """Whether ``other`` is the SAME as ``lead``, SUSPECTED of it, or UNRELATED (D2)."""
        if _sorted(lead, other) in self.purchases:
            return UNRELATED
        if not self.joins(lead):
            return self._former_relation(lead, other)
        if self.customer(lead) == self.customer(other):
            return SUSPECTED if self.decided.get(_pair(self.identities, lead, other)) is False else SAME
        if self.apart(lead, other):
            return UNRELATED
        if self.customers[lead] == self.customers[other]:  # of one short name in two counties, or one without
            return SUSPECTED if min(self.counties[lead], self.counties[other]) >= 0 else SAME
        if self.free[lead] and self.categories[lead] != self.categories[other]:
            return UNRELATED
        return SUSPECTED if self.names[lead] == self.names[other] or self.links.get(lead, {}).get(other) else UNRELATED

    def _former_relation(self, lead: int, other: int) -> int:
        """As it was read before sameness joined: each pair of customers by itself, whatever versions were compared."""
        decided = self.former.get(_pair(self.customers, lead, other))
        if decided or self.customers[lead] == self.customers[other]:
            return SAME
        if decided is None and not self.free[lead] and self.names[lead] == self.names[other]:
            return SUSPECTED
        one_category = self.categories[lead] == self.categories[other]
        return SUSPECTED if decided is None and one_category and other in self.links.get(lead, {}) else UNRELATED


def sameness(
    leads: pd.DataFrame, versions: pd.DataFrame, links: pd.DataFrame, reviews: pd.DataFrame, policy: Policy
) -> Sameness:
    """How ``leads`` (the newest version of each, in the order of 5.1) are related.

    A decision keeps the names, categories and places of the ``versions`` it was made on; a suspicion counts while both
    its versions are the newest.
    """
    index, size = pd.Index(leads["lead"]), len(leads)
    about_two = reviews[reviews["other"].notna() & reviews["verdict"].isin(ABOUT_ANOTHER)].sort_values(
        "at", kind="stable"
    )
    codes = _codes(pd.concat([leads, versions], ignore_index=True) if len(about_two) else leads)
    then = _at_decisions(about_two, versions, size) if len(about_two) else []
    place, names, categories, customers, identities, counties = codes.T
    decided: dict[Pair, bool] = {}
    former: dict[Pair, bool] = {}
    purchases: dict[Pair, bool] = {}
    of_lead = dict(zip(leads["lead"].tolist(), range(size)))
    for row, (one, other) in zip(about_two.itertuples(), then):
        same = row.verdict == Review.SAME
        pair = of_lead.get(row.lead, -1), of_lead.get(int(row.other), -1)
        if min(pair) >= 0 and identities[one] == identities[other]:
            unchanged = all(identities[now] == identities[one] for now in pair)
            purchases[_sorted(*pair)] = unchanged and not same
        if one >= 0 and other >= 0 and place[one] == place[other] and identities[one] != identities[other]:
            decided[_pair(identities, one, other)] = same
        one, other = pair
        if min(one, other) < 0 or place[one] != place[other] or customers[one] == customers[other]:
            continue
        former[_pair(customers, one, other)] = same
    classes = joined_by(pair for pair, same in decided.items() if same)
    different = frozenset(
        _sorted(classes.get(one, one), classes.get(other, other)) for (one, other), same in decided.items() if not same
    )
    received = leads["received_at"]
    return Sameness(
        names=names[:size],
        categories=categories[:size],
        customers=customers[:size],
        identities=identities[:size],
        counties=counties[:size],
        classes=classes,
        decided=decided,
        different=different,
        links=_links(links, index, leads, place[:size], customers[:size]),
        former=former,
        joined=policy.choices("same_lead", received) == "joined",
        free=policy.choices("other_category", received) != "review",
        purchases=frozenset(pair for pair, apart in purchases.items() if apart),
    )


def _codes(rows: pd.DataFrame) -> np.ndarray:
    """Codes of place, name, category, customer, identity and county of rows, one column each (``Sameness``)."""
    place = rows.groupby(PLACE, sort=False, dropna=False).ngroup().to_numpy()
    name = _joint(place, pd.factorize(rows["customer_key"])[0])
    category = pd.factorize(rows["category"])[0]
    customer = _joint(name, category)
    given = rows["county"].where(rows["short_name"]).astype("object")
    county = pd.factorize(given.map(lambda text: _COUNTY.sub("", text.strip()) or None, na_action="ignore"))[0]
    return np.stack([place, name, category, customer, _joint(customer, county), county], axis=1).astype("int64")


def _joint(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """One code for each pair of codes (from -1 on)."""
    return pd.factorize((one.astype("int64") + 1) * (int(other.max(initial=-1)) + 2) + other + 1)[0]


def _at_decisions(decisions: pd.DataFrame, versions: pd.DataFrame, offset: int) -> list[Pair]:
    """Of both leads of each decision, the row (from ``offset`` on) of the version it was made on; -1 without."""
    order = versions.reset_index(drop=True).sort_values(["lead", "filed_at", "version"], kind="stable")
    order = order[order["lead"].isin({*decisions["lead"], *decisions["other"].astype("int64")})]
    known: dict[int, list[tuple[object, int]]] = defaultdict(list)
    for row, lead, filed in zip(order.index.tolist(), order["lead"].tolist(), order["filed_at"].tolist()):
        known[lead].append((filed, row))

    def version(lead: int, at: object) -> int:
        rows = known.get(lead, [])
        seen = [row for filed, row in rows if filed <= at]  # type: ignore[operator]
        return offset + (seen[-1] if seen else rows[0][1]) if rows else -1

    return [(version(row.lead, row.at), version(int(row.other), row.at)) for row in decisions.itertuples()]


def joined_by(pairs: Iterable[Pair]) -> dict[int, int]:
    """Each number of these pairs → the smallest of all that are joined with it by them."""
    root: dict[int, int] = {}

    def find(code: int) -> int:
        while root.setdefault(code, code) != code:
            code = root[code]
        return code

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        root[high] = low
    return {code: find(code) for code in root}


def _links(
    links: pd.DataFrame, index: pd.Index, leads: pd.DataFrame, place: np.ndarray, customers: np.ndarray
) -> dict[int, dict[int, bool]]:
    """Suspected pairs of one city, both ways, with whether they rest on the newest versions."""
    ends = np.stack([places_of(links[end], index) for end in ("a", "b")], axis=1)
    newest = leads["document"].astype("object")
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    documents = zip(links["a_document"].astype("object"), links["b_document"].astype("object"))
    for (one, other), compared in zip(ends.tolist(), documents):
        if min(one, other) < 0 or place[one] != place[other] or customers[one] == customers[other]:
            continue
        current = all(pd.isna(made) or made == newest[end] for made, end in zip(compared, (one, other)))
        for here, there in ((one, other), (other, one)):
            found[here][there] = found[here].get(there, False) or current
    return found


def _pair(codes: np.ndarray, one: int, other: int) -> Pair:
    return _sorted(int(codes[one]), int(codes[other]))


def _sorted(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
