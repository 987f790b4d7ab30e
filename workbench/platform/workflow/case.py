"""Cases: something one person asks for, another decides on, and what the decision brings about.

Each capability declares its cases; one control keeps whoever had another part in a case from deciding it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, named
from workbench.core.names import is_seen_among
from workbench.platform.capability import declared, derived, resolve


class Person(Protocol):
    """Who decides: a user of a register. A sole user cannot be kept apart from himself."""

    @property
    def user(self) -> str:
        """The user's name."""

    @property
    def sole(self) -> bool:
        """Whether the register has, and always had, this user only."""


def writers(register: Any, table: str, where: Mapping[str, Any]) -> set[str]:
    """Who wrote these rows of a table: the users of their entries."""
    entries = register.read(table, ["entry"], where, every=True)["entry"]
    return set(register.read("entry", ["user"], {"entry": entries.tolist()})["user"])


class Table(Protocol):
    """What is asked about decisions: an open register."""

    def count(self, table: str, where: Mapping[str, Any]) -> int:
        """How many rows of a table hold these values."""


@dataclass(frozen=True)
class FourEyes:
    """A part in a case that keeps its holder from deciding.

    ``part``: in English words (``the submitter``), as the documentation names it. ``code``: of the refusal, whose sentences
    stand in the capability's catalogue. ``holders``: ``module:function`` from the open register and what a row of the
    decision says to the users who have the part; asked before a decision, and of every decision by ``audit verify``.
    ``unless``: who may do this is not kept out.
    """

    part: str
    code: str
    holders: str = ""
    unless: str | None = None


@dataclass(frozen=True)
class Case:
    """A request and the decision on it.

    ``request``: the action that asks; ``form``: the template it is asked on, where it is a received file. ``decided_by``:
    the action that decides. ``four_eyes``: who may not decide, the first that holds is said. ``effect``, ``due``: what a
    decision brings about and until when it has to be taken, in one English sentence each. ``decisions``: the tables that
    hold decisions, each with the column that names what is decided; without one, the entry itself is the decision.
    ``task``: the task that reminds of it.

    For a case without tables of its own (``workflow.procedure``): ``verdicts`` that can be given; ``term``:
    ``module:function`` from the time of the request and the policy to the last day for the decision; ``carry_out``:
    ``module:function`` that brings the effect about, given the session, the open entry, the request and the verdict.
    """

    name: str
    title: str
    request: str
    decided_by: str
    four_eyes: tuple[FourEyes, ...]
    effect: str
    due: str
    form: str | None = None
    decisions: tuple[tuple[str, str], ...] = ()
    task: str | None = None
    verdicts: tuple[str, ...] = ("同意", "不同意")
    term: str | None = None
    carry_out: str | None = None

    def __post_init__(self) -> None:
        if not self.four_eyes or not self.effect or not self.due:
            raise ValueError(f"case {self.name} needs four eyes, an effect and a time")

    @property
    def title_words(self) -> Bilingual:
        """What it is called in both languages."""
        return named(self.title, self.name)

    def parts(self, register: Any, row: Mapping[str, Any]) -> dict[str, Collection[str | None]]:
        """For every part of ``four_eyes`` the users who have it, in the case that a row of its decision is about."""
        return {rule.part: resolve(rule.holders)(register, row) for rule in self.four_eyes}

    def broken_rule(self, person: Person, parts: Mapping[str, Collection[str | None]]) -> FourEyes | None:
        """The first part of this case that keeps a person from deciding it; None for another person, and a sole user.

        ``parts``: for every part of ``four_eyes`` the users who have it. Raises KeyError where one is left out.
        """
        holders = [(rule, parts[rule.part]) for rule in self.four_eyes]
        if person.sole:
            return None
        return next((rule for rule, users in holders if is_seen_among(person.user, users)), None)

    def require_another(self, person: Person, parts: Mapping[str, Collection[str | None]], **fields: Any) -> None:
        """Refuse a person who has another part in the case (``broken_rule``). Raises WrongUse with the rule's code."""
        if rule := self.broken_rule(person, parts):
            raise WrongUse(rule.code, **fields)

    def is_decided(self, register: Table, key: Any) -> bool:
        """Whether the register holds a decision on what ``key`` names."""
        return any(register.count(table, {column: key}) for table, column in self.decisions)


@derived
def cases() -> dict[str, Case]:
    """Every case by its name. Raises ValueError where a name stands twice."""
    found = {case.name: case for case in declared("cases")}
    if len(found) != len(declared("cases")):
        raise ValueError(f"a case is declared twice among {sorted(case.name for case in declared('cases'))}")
    return found
