"""A clause of a regulation as one declaration: what it says, the numbers it reads, what decides it, what it pays.

Each capability declares its clauses; everything else asks the functions below: the settlement iterates the clauses
with money, explanations, workbooks, appeals, Excel functions and the rule book take what they need from a clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WrongUse
from workbench.core.messages import Bilingual, both
from workbench.platform.capability import capabilities, declared, derived


@dataclass(frozen=True)
class Clause:
    """One clause: ``regulation`` (``DKHW080004``) and ``number`` in it (``7.1.1``) name it, ``title`` is its Chinese name.

    ``function`` decides it; ``parameters`` are the names of the dated numbers it reads, ``readings`` the ids of the
    open questions that speak in it. ``exclusion``: what a publication says of leads that it keeps from counting.
    A clause with money further has:

    - ``subject``: what its amounts are for, in the words of the summary; ``payer``: who carries them out;
      ``reward``: whether its amounts are given (never below zero) or taken (never above zero);
    - ``lines``: the lines it gives in a quarter; ``Inputs``: the record that each of them rests on;
    - ``explain``: the steps and counterfactuals of a line that stands; ``explain_absence``: what stands now where a
      settled line was, in a quarter as it is known now;
    - ``recipe``: how the workbook lists a line and computes its amount again;
    - ``progress``: what a party lacks to its next reward in a quarter;
    - ``earning``: the leads whose project earns in a quarter (D8), where a clause rewards projects;
    - ``check_reference``: what is wrong with the reference of a missing line that is appealed for.
    """

    number: str
    regulation: str
    title: str
    function: Callable[..., Any] | None = None
    parameters: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    exclusion: str = ""
    subject: str = ""
    payer: str | None = None
    reward: bool = False
    lines: Callable[[Any], Iterable[Any]] | None = None
    Inputs: type | None = None
    explain: Callable[..., Any] | None = None
    explain_absence: Callable[..., Any] | None = None
    progress: Callable[..., Any] | None = None
    recipe: Any = None
    earning: Callable[[Any], frozenset[int]] | None = None
    check_reference: Callable[..., Any] | None = None

    @property
    def title_words(self) -> Bilingual:
        """Its name in both languages; in Chinese where no catalogue has its English."""
        return both("clause_title", self.title)

    @property
    def id(self) -> str:
        """The name that no other regulation's clause has: ``DKHW080004/7.1.1``."""
        return f"{self.regulation}/{self.number}"

    @property
    def code(self) -> str:
        """What lines, findings and the trail keep: the bare number in the leading regulation, else with its name."""
        return self.number if self.regulation == leading_regulation() else f"{self.regulation}·{self.number}"


def leading_regulation() -> str:
    """The regulation whose clauses are kept by their bare numbers: the first one that is declared."""
    return next(document for each in capabilities() for document in each.regulations)


@derived
def clauses() -> tuple[Clause, ...]:
    """Every clause of every regulation, in the order of the regulations and of their numbers."""
    documents = list(dict.fromkeys(document for each in capabilities() for document in each.regulations))
    return tuple(sorted(declared("clauses"), key=lambda each: (documents.index(each.regulation), _place(each.number))))


@derived
def _by_code() -> dict[str, Clause]:
    found = {each.code: each for each in clauses()}
    if len(found) != len(clauses()):
        raise ValueError("a clause is declared twice")
    return found


def _place(number: str) -> tuple[tuple[int, str], ...]:
    """The order of numbers within a regulation: 2, 7.3.2a, 7.3.2b, 7.10; 一, 二 … 十."""
    parts = (re.fullmatch(r"(\d*)(.*)", part) for part in number.split("."))
    return tuple(
        (int(part[1]) if part[1] else "一二三四五六七八九十".find(part[2]) + 1, part[2]) for part in parts if part
    )


def settled_clauses() -> tuple[Clause, ...]:
    """The clauses with money, in order: the settlement is what these give."""
    return tuple(each for each in clauses() if each.lines)


def settled_regulations() -> tuple[str, ...]:
    """The regulations that have clauses with money: their editions and readings are kept with an approval."""
    return tuple(dict.fromkeys(each.regulation for each in settled_clauses()))


def reward_codes() -> tuple[str, ...]:
    """The codes of the clauses that give money."""
    return tuple(each.code for each in settled_clauses() if each.reward)


def penalty_codes() -> tuple[str, ...]:
    """The codes of the clauses that take money."""
    return tuple(each.code for each in settled_clauses() if not each.reward)


def clause(code: str) -> Clause:
    """The clause with a code (``7.1.1``). Raises WrongUse ``unknown_clause``."""
    found = _by_code().get(code)
    if found is None:
        raise WrongUse("unknown_clause", code=code)
    return found


def clause_in(regulation: str, number: str) -> Clause:
    """The clause of a regulation by its number there. Raises KeyError."""
    return {each.id: each for each in clauses()}[f"{regulation}/{number}"]


def exclusions() -> dict[str, str]:
    """The clauses that keep a lead from counting, by code in their order: what is said of it."""
    return {each.code: each.exclusion for each in clauses() if each.exclusion}


def settled_order() -> dict[str, int]:
    """The place of each clause with money among them, by code: the order in which lines are listed."""
    return {each.code: place for place, each in enumerate(settled_clauses())}
