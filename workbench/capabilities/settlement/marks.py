"""Integrity marks of 7.3.4: who has how many, and for whom dismissal is recommended; a person decides.

A mark belongs to a person: name and unit (D45). Where people of one name have different units, or a unit is missing, they
are counted apart, and somebody has to find out whether they are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd

from workbench.capabilities.organization.people import People
from workbench.core.findings import Finding, Severity
from workbench.core.frames import newest
from workbench.core.messages import Message
from workbench.core.names import person_name
from workbench.core.periods import quarter_bounds
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

NUMBER, PENALTY, LIMIT = "7.3.4", "leak_penalty", "dismissal_marks"
UNKNOWN_UNIT = "单位未填"


def leaks(facts: Facts, policy: Policy, on: date) -> pd.DataFrame:
    """Leaks by insiders, newest version of each, in order of their day; the marks of each holder by the reading of a day.

    Beside the columns of ``facts.incidents``: holder (the name, with the unit where the name has several), ``marks`` the
    holder then has, ``named`` the marks of everybody of that name, ``sure`` whether the unit is known. A missing unit is
    taken from the list of people (T21) where it names one. Where an appeal found that nothing was to be penalised, the
    mark falls too.
    """
    known = newest(facts.incidents, ["number", "person"])
    known = known[known["inside"]].sort_values(["happened_on", "number"], kind="stable")
    rulings = facts.rulings
    ruled = rulings[(rulings["clause"] == NUMBER) & (rulings["amount"] == 0).fillna(False)]
    annulled = {(ref, person_name(party)) for ref, party in zip(ruled["ref"], ruled["party"], strict=True)}
    falls = [(number, person_name(each)) in annulled for number, each in zip(known["number"], known["person"])]
    known = known[~pd.Series(falls, known.index, dtype=bool)]
    if policy.reading("marks_belong_to", on) == "name":
        marks = known.groupby("person").cumcount() + 1
        return known.assign(holder=known["person"], marks=marks, named=marks, sure=True)
    people = People(facts.people)
    names = [person_name(name) for name in known["person"]]
    units = [_unit(unit, name, people) for unit, name in zip(known["unit"], names, strict=True)]
    found = known.assign(person=pd.Series(names, known.index, dtype=object), unit=units)
    several = found.groupby("person")["unit"].transform("nunique") > 1
    holders = [
        f"{name}（{unit or UNKNOWN_UNIT}）" if apart else name
        for name, unit, apart in zip(names, units, several, strict=True)
    ]
    found = found.assign(holder=pd.Series(holders, known.index, dtype=object), sure=found["unit"].ne(""))
    return found.assign(
        marks=found.groupby(["person", "unit"]).cumcount() + 1, named=found.groupby("person").cumcount() + 1
    )


def _unit(unit: str | None, name: str, people: People) -> str:
    """The unit of who leaked; empty where it is not known."""
    listed = people.units_of(name)
    return unit or (next(iter(listed)) if len(listed) == 1 else "")


def marks_at_end(facts: Facts, quarter: str, policy: Policy) -> pd.DataFrame:
    """Who has integrity marks at a quarter's end, by what is known: columns marks, named, sure; index holder."""
    last = quarter_bounds(quarter)[1]
    table = leaks(facts, policy, last)
    own = table[table["happened_on"] <= pd.Timestamp(last)]
    found = own.groupby("holder").agg(marks=("marks", "max"), person=("person", "first"), sure=("sure", "all"))
    return found.assign(named=found["person"].map(own["person"].value_counts()))


def advice(holder: str, person: str, marks: int, named: int, sure: bool, limit: int | None) -> Finding | None:
    """What is said of somebody's marks: the recommendation at the limit, or that somebody has to find out who it is."""
    if not limit or named < limit:
        return None
    inputs = {"person": holder, "marks": marks}
    if sure and marks >= limit:
        code, said = "dismissal_recommended", Message.of("dismissal_recommended", person=holder, marks=marks)
    else:
        code, said = (
            "marks_unclear",
            Message.of("marks_unclear", person=person, named=named, holder=holder, marks=marks),
        )
    return Finding(code, said, Severity.WARNING, NUMBER, inputs=inputs)


def advices(rows: Iterable[tuple[str, str, int, int, bool]], limit: int | None) -> Iterator[Finding]:
    """``advice`` of holders (holder, person, marks, named, sure), where there is any."""
    found = (advice(*row, limit) for row in rows)
    yield from (each for each in found if each is not None)


def late_advices(
    facts: Facts, quarter: str, policy: Policy, refs: Iterable[str], limit: int | None
) -> Iterator[Finding]:
    """What is said of those whose leaks in closed quarters became known since (``refs``: numbers of incidents)."""
    wanted = set(refs)
    if not wanted:
        return
    table = leaks(facts, policy, quarter_bounds(quarter)[1])
    concerned = set(table.loc[table["number"].isin(wanted), "holder"])
    standing = marks_at_end(facts, quarter, policy)
    standing = standing[standing.index.isin(concerned)]
    columns = ("person", "marks", "named", "sure")
    yield from advices(zip(standing.index, *(standing[name].tolist() for name in columns), strict=True), limit)
