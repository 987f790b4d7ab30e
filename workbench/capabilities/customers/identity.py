"""Which customer a name means: keys in place of names, names that belong together, the name a customer is shown by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import pandas as pd

from workbench.core.errors import WrongUse
from workbench.core.names import customer_key
from workbench.platform.intake.submission import ImportBatch
from workbench.platform.register.names import number_of
from workbench.platform.register.store import Register

BETWEEN = re.compile(r"[、，,;；/／|｜]+")  # how people separate names in one cell


class LinkKind(StrEnum):
    """What one name is to another."""

    SAME = "同一客户"
    PARENT = "上级单位"


class LinkSource(StrEnum):
    """Where a link comes from."""

    PROFILE = "档案"
    PERSON = "人工"


def nobody_named(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows for those who may not see names: texts are left out, and 客户（12） stands in place of the customer's name.

    Raises WrongUse ``names_in_clear`` where the register was not brought over to numbers: customers could not be told apart
    without their names.
    """
    texts = [
        column
        for column in ("content", "rival", "action", "proof", "reason", "result", "remark", "response", *_PROFILE_TEXTS)
        if column in rows
    ]
    shown = rows.assign(**dict.fromkeys(texts, None))
    for key, name in (("customer_key", "customer"), ("other", "other_name")):
        if name in rows:
            shown[name] = [None if pd.isna(each) else numbered(each) for each in rows[key]]
    return shown


_PROFILE_TEXTS = ("code", "aliases", "parent", "scope", "purchases", "needs", "terms", "finance", "evidence")


def numbered(key: str) -> str:
    """What a customer is called for those who may not see his name."""
    number = number_of(key)
    if number is None:
        raise WrongUse("names_in_clear")
    return f"客户（{number}）"


def keys_of(batch: ImportBatch, names: Sequence[str | None]) -> list[str | None]:
    """The keys of some customers' names, made where they are new; None for a missing one."""
    plain = customer_key(pd.Series(list(names), dtype=object))
    found = batch.register.names.customers(batch.entry, plain)
    return [None if pd.isna(key) else key for key in found]


def keys_of_profile(
    register: Register, customers: Sequence[str | None], people: Sequence[str | None]
) -> list[str | None]:
    """What contact persons are told apart by (``contact_key``): a hash of the name under the key of the customer, with whom it
    goes; in a register without such keys a blind one. ``people``: names as they are compared; None for a missing one.
    """
    numbers = [None if key is None else number_of(key) for key in customers]
    found: list[str | None] = [None] * len(people)
    blind = [place for place, name in enumerate(people) if name is not None and numbers[place] is None]
    for place, name in enumerate(people):
        number = numbers[place]
        if name is not None and number is not None:
            found[place] = register.subjects.hashed(number, name)
    if blind:
        hashes = register.blind(pd.Series([people[place] for place in blind], dtype=object))
        for place, hashed in zip(blind, hashes, strict=True):
            found[place] = hashed
    return found


def keys_of_rows(batch: ImportBatch, rows: pd.DataFrame) -> dict[int, str | None]:
    """The keys of the customers that rows of a sheet name (column ``customer``), by the number of the row."""
    return dict(zip(rows["row"], keys_of(batch, rows["customer"].tolist()), strict=True))


def listed_names(text: str | None) -> list[str]:
    """The names that stand in one cell."""
    return [name.strip() for name in BETWEEN.split(text or "") if name.strip()]


def standing_links(links: pd.DataFrame, kind: LinkKind) -> pd.DataFrame:
    """The newest word on each pair, where it says that they are linked (columns of ``customer_link``).

    A person's word stands over that of a file until a person says otherwise: a link that was undone does not come back
    with the next T8. The rows are in order of receipt.
    """
    own = links[links["kind"].eq(kind)].sort_values("at", kind="stable")
    by_person = own["source"].eq(LinkSource.PERSON)
    pair = ["customer_key", "other"]
    own = pd.concat([own[~by_person], own[by_person]]).drop_duplicates(pair, keep="last")
    return own[own["linked"]].reset_index(drop=True)


class Identity:
    """Customers whose names belong together (``Identity.of``): ``of`` a name's key the key all of them stand under."""

    def __init__(self, same: Iterable[tuple[str, str]], parents: Mapping[str, str]) -> None:
        self._over: dict[str, str] = {}
        for key, other in same:
            one, two = self.root(key), self.root(other)
            if one != two:
                self._over[two] = one
        self._parents = {self.root(key): self.root(parent) for key, parent in parents.items()}

    @classmethod
    def of(cls, links: pd.DataFrame) -> Identity:
        """By the links that stand (``facts.customer_links``). The name whose file named the other is the customer's."""
        same, parents = standing_links(links, LinkKind.SAME), standing_links(links, LinkKind.PARENT)
        return cls(
            zip(same["customer_key"], same["other"], strict=True),
            dict(zip(parents["customer_key"], parents["other"], strict=True)),
        )

    def root(self, key: str) -> str:
        """The key a name's customer stands under."""
        while key in self._over:
            key = self._over[key]
        return key

    def roots(self, keys: pd.Series) -> pd.Series:
        """``root`` of a column; missing ones stay missing."""
        return keys.map(self.root, na_action="ignore").astype(object)

    def parent(self, key: str) -> str | None:
        """The key of the unit directly above a customer."""
        return self._parents.get(self.root(key))

    def top(self, key: str) -> str:
        """The highest unit above a customer, himself where there is none; a circle ends where it begins."""
        key, seen = self.root(key), set[str]()
        while (above := self._parents.get(key)) is not None and above not in seen and above != key:
            seen.add(key)
            key = above
        return key

    def members(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """Of each customer the keys of his names among these, in their order."""
        found: dict[str, list[str]] = {}
        for key in dict.fromkeys(keys):
            found.setdefault(self.root(key), []).append(key)
        return found

    def circles(self) -> list[str]:
        """Customers that would stand above themselves."""
        found = []
        for key in self._parents:
            seen, at = {key}, self._parents.get(key)
            while at is not None and at not in seen:
                seen.add(at)
                at = self._parents.get(at)
            if at == key:
                found.append(key)
        return sorted(found)
