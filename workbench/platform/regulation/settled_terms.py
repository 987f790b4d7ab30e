"""What a quarter was settled under stays: the numbers and readings kept with its approval (4.3.3, D26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.regulation import RATE_UNITS, UNKNOWN, Dated, Late, Reading, Regulation
from workbench.platform.regulation.spec import EditionSpec


def terms(policy: Policy, until: date, documents: Iterable[str] = ()) -> dict[str, Any]:
    """The editions, numbers and readings of some regulations up to a day, as plain values to be kept with an approval.

    ``until``; ``editions``: [since, number]; ``parameters`` and ``readings``: name → [since, value, edition], rates as
    text; those are of the leading regulation, of further ones the same under ``regulations``.
    """
    further = {
        document: _terms(policy.regulation(document), until)
        for document in documents
        if document != policy.leading.document
    }
    kept = {"until": until.isoformat(), **_terms(policy.leading, until)}
    return {**kept, "regulations": further} if further else kept


def _terms(regulation: Regulation, until: date) -> dict[str, Any]:
    return {
        "editions": [[e.since.isoformat(), e.edition] for e in regulation.editions if e.since <= until],
        "parameters": {
            name: [[d.since.isoformat(), _plain(d.value), d.edition] for d in parameter.values if d.since <= until]
            for name, parameter in regulation.parameters.items()
        },
        "readings": {
            reading.key: [[d.since.isoformat(), d.value, d.edition] for d in reading.values if d.since <= until]
            for reading in regulation.readings.values()
            if reading.key
        },
    }


def with_settled_readings(policy: Policy, quarters: Iterable[tuple[date, Mapping[str, Any]]]) -> Policy:
    """The policy with the readings approved quarters kept: what was received up to a quarter's end is read as it was then.

    ``quarters``: last day and kept readings (key → value) of each, in order. A reading added or corrected since is read
    there as it was ``before``.
    """
    approved = list(quarters)
    if not approved:
        return policy
    return policy.replaced(
        *(
            replace(each, readings={name: _as_approved(reading, approved) for name, reading in each.readings.items()})
            for each in policy.regulations
        )
    )


def _as_approved(reading: Reading, approved: list[tuple[date, Mapping[str, Any]]]) -> Reading:
    if not reading.key:
        return reading
    since = reading.values[0].since
    values: list[Dated] = []
    for last, kept in approved:
        if last >= since and (value := reading.settled_value(kept)) is not UNKNOWN:
            if not values or values[-1].value != value:
                values.append(Dated(since, value, reading.values[0].edition))
            since = last + timedelta(days=1)
    return replace(reading, values=_continued(values, reading.values, since)) if values else reading


def with_settled_terms(policy: Policy, kept: Mapping[str, Any]) -> Policy:
    """The policy with the numbers and readings kept (``terms``) up to their day, and its own from the day after.

    An edition entered later with an earlier date applies from the first day that is not settled; it stands in
    ``late``. Numbers and regulations the program knows no more are left out.
    """
    until = date.fromisoformat(kept["until"])
    known = {each.document: each for each in policy.regulations}
    further = kept.get("regulations", {}).items()
    others = [_settled(known[document], own, until) for document, own in further if document in known]
    return policy.replaced(_settled(policy.leading, kept, until), *others)


def _settled(regulation: Regulation, kept: Mapping[str, Any], until: date) -> Regulation:
    """A regulation with the numbers kept up to a day; as it is where none of its editions was in force by then."""
    if not kept["editions"]:
        return regulation
    after = until + timedelta(days=1)
    parameters = dict(regulation.parameters)
    for name, rows in kept["parameters"].items():
        if known := regulation.parameters.get(name):
            rate = known.unit in RATE_UNITS
            before = [Dated(date.fromisoformat(since), _back(value, rate), number) for since, value, number in rows]
            parameters[name] = replace(known, values=_continued(before, known.values, after))
    readings = dict(regulation.readings)
    for name, reading in regulation.readings.items():
        if reading.key and (rows := kept.get("readings", {}).get(reading.key)):
            before = [Dated(date.fromisoformat(since), value, number) for since, value, number in rows]
            readings[name] = replace(reading, values=_continued(before, reading.values, after))
    own = {edition.edition: edition for edition in regulation.editions}
    in_force = [
        EditionSpec(edition=number, since=date.fromisoformat(since), source=own[number].source if number in own else "")
        for since, number in kept["editions"]
    ]
    settled = {edition.edition for edition in in_force}
    late = tuple(
        Late(e.edition, e.since, after) for e in regulation.editions if e.since < after and e.edition not in settled
    )
    newest = [e for e in regulation.editions if e.since <= after][-1]
    if newest.edition != in_force[-1].edition:
        in_force.append(newest.model_copy(update={"since": after}))
    editions = (*in_force, *(e for e in regulation.editions if e.since > after))
    return replace(regulation, editions=editions, parameters=parameters, readings=readings, late=late)


def _continued(before: list[Dated], own: Iterable[Dated], after: date) -> tuple[Dated, ...]:
    """Kept values, then the file's own from a day on."""
    newest = [dated for dated in own if dated.since <= after][-1]
    if newest.value != before[-1].value:
        before = [*before, replace(newest, since=after)]
    return (*before, *(dated for dated in own if dated.since > after))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else value


def _back(value: Any, rate: bool) -> Any:
    return Fraction(value) if rate and value is not None else value
