"""Every clause and reading, as situations that a policy owner can review (cases/*.yaml)."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.support.customer_situations import CHECKS as CUSTOMER_CHECKS
from tests.support.situations import as_of, facts_of, moment, policy_of, shown, situations
from workbench.app.policy import load_policy
from workbench.capabilities.customers.grading import grades
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.screening import screen_rows
from workbench.capabilities.leads.verification import sections_for
from workbench.capabilities.privacy.consent_rules import covered
from workbench.capabilities.privacy.disclosure_rules import refusal
from workbench.capabilities.privacy.incident_rules import until
from workbench.capabilities.privacy.retention_rules import KeptAs, kept_between
from workbench.capabilities.publication.publications import due_dates
from workbench.capabilities.settlement.allocation_rules import check_allocation
from workbench.capabilities.settlement.appeal_rules import check_appeal, deadline
from workbench.capabilities.settlement.quarter import STORED_LINES
from workbench.capabilities.settlement.settlement import settle
from workbench.capabilities.supervision.inspections import correct_by
from workbench.capabilities.supervision.month import reason_class
from workbench.capabilities.supervision.watching import MISS, REFUSED, REVEAL, Use, observed
from workbench.capabilities.targets.completion import check_breakdown, completion
from workbench.capabilities.targets.rolling import roll, spread_before
from workbench.capabilities.training.rules import FOREVER, asked_since, bound, last_day, locked, stage
from workbench.capabilities.training.standing import KEPT_ROLES
from workbench.core.calendar import add_working_days
from workbench.core.errors import WrongUse
from workbench.core.periods import months_between
from workbench.platform.regulation.clause import clauses

ALL = list(situations())


@pytest.mark.parametrize("told", [told for _, told in ALL], ids=[name for name, _ in ALL])
def test_situation(told: dict) -> None:
    """The regulation says of the situation what the policy owner expects."""
    expected = told["expect"]
    assert set(expected) <= set(CHECKS), f"unknown expectation in {set(expected) - set(CHECKS)}"
    for name, value in expected.items():
        assert CHECKS[name](told, value) == value


def _states(told: dict, expected: dict) -> dict:
    states = derive(facts_of(told), as_of(told), policy_of(told))
    names = list(told["leads"])
    result = {}
    for name, columns in expected.items():
        row = states.loc[names.index(name) + 1]
        result[name] = {column: shown(row[column]) for column in columns}
        for pointer in ("duplicate_of", "held_by"):
            if result[name].get(pointer):
                result[name][pointer] = names[result[name][pointer] - 1]
    return result


def _settled(told: dict):
    """The settlement of a situation, computed once for all that is expected of it."""
    if "settled" not in told:
        told["settled"] = _settle(told)
    return told["settled"]


def _settle(told: dict):
    facts, policy = facts_of(told), policy_of(told)
    closed, rows = None, []
    for quarter, moment_ in told.get("approved", []):
        earlier = settle(facts, quarter, moment(moment_), policy, closed)
        rows += [{"quarter": quarter, **line.as_json()} for line in earlier.lines]
        closed = pd.DataFrame(rows, columns=list(STORED_LINES.columns))
    approved = [quarter for quarter, _ in told.get("approved", [])]
    return settle(facts, told["quarter"], as_of(told), policy, closed, approved=approved)


def _lines(told: dict, expected: list) -> list:
    lines = []
    for line in _settled(told).lines:
        ref = line.ref.removeprefix("DK")
        lines.append([line.clause, line.party, ref, line.amount, *([line.adjusts] if line.adjusts else [])])
    return lines


def _inputs(told: dict, expected: dict) -> dict:
    found = {line.ref.removeprefix("DK"): line.inputs.as_json() for line in _settled(told).lines}
    return {ref: {key: found[ref][key] for key in keys} for ref, keys in expected.items()}


def _notes(told: dict, expected: list) -> list:
    return sorted(note.code for note in _settled(told).notes)


def _rows(told: dict, expected: list) -> list:
    defaults = {
        "reporter_kind": "部门",
        "category": "政府采购",
        "level": None,
        "quantity": 12,
        "contact": "某人",
        "phone": "13900000000",
        "received_at": pd.Timestamp("2026-03-05 09:00"),
    }
    rows = pd.DataFrame([{"row": number, **defaults, **row} for number, row in enumerate(told["rows"], start=1)])
    found = screen_rows(rows.astype({"level": object, "contact": object, "phone": object}), policy_of(told))
    return [[int(row.row), row.clause, row.code] for row in found.itertuples()]


def _due(told: dict, expected: dict) -> dict:
    asked = pd.Series(pd.to_datetime([pd.Timestamp(day) for day in expected]))
    days, provisional = add_working_days(asked, policy_of(told).value("verification_days", date(2026, 1, 1)))
    return {day: [due.date(), bool(soft)] for day, due, soft in zip(expected, days, provisional)}


def _publication_days(told: dict, expected: dict) -> dict:
    return {month: due_dates(month, policy_of(told)) for month in expected}


def _sections(told: dict, expected: dict) -> dict:
    found = sections_for(pd.Series(list(expected)), facts_of(told).units, date(2026, 3, 1))
    return dict(zip(expected, found))


def _rolled(told: dict, expected: object) -> object:
    """Unit → its months that change, each with the new target; the code where the roll is refused."""
    facts, month = facts_of(told), told["months"][-1]
    states, closed = derive(facts, as_of(told), policy_of(told)), set(told.get("closed", []))
    versions = pd.DataFrame(
        [
            {
                "unit": unit,
                "month": each,
                "amount": amount,
                "kind": kind,
                "at": moment(at),
                "reason": (*reason, None)[0],
            }
            for unit, each, amount, kind, at, *reason in told["targets"]
        ]
    )
    try:
        made = roll(
            states,
            facts.targets,
            facts.units,
            month,
            as_of(told),
            closed=closed,
            before=spread_before(versions, int(month[:4])),
        )
    except WrongUse as no:
        return no.message.key
    months = months_between(f"{month[:4]}-01", f"{month[:4]}-12")
    return {
        each.unit: {m: new for m, old, new in zip(months, each.before, each.after, strict=True) if new != old}
        for each in made.years
    }


def _allocation(told: dict, expected: list) -> list:
    shares = pd.DataFrame(told["shares"], columns=["unit", "person", "amount"])
    return [finding.code for finding in check_allocation(told["rewards"], shares.assign(row=range(len(shares))))]


def _breakdown(told: dict, expected: list) -> list:
    rows = [
        {
            "row": 8 + n,
            "unit": row["unit"],
            "year_target": row["year"],
            **{f"m{m}": value for m, value in enumerate(row["months"], start=1)},
        }
        for n, row in enumerate(told["breakdown"])
    ]
    facts = facts_of(told)
    found = check_breakdown(pd.DataFrame(rows), told["header"], facts.units, facts.targets, set(told.get("closed", [])))
    return [[finding.code, finding.row, finding.column] for finding in found]


def _completion(told: dict, expected: list) -> list:
    facts = facts_of(told)
    policy = policy_of(told)
    table = completion(derive(facts, as_of(told), policy), facts.targets, facts.units, told["months"])
    columns = ["unit", "month", "original", "target", "total", "valid", "rate", "ytd_rate"]
    return [
        [str(v) if c.endswith("rate") and v is not None else v for c, v in zip(columns, row)]
        for row in table[columns].itertuples(index=False)
    ]


def _appeal(told: dict, expected: list) -> list:
    appeal = told["appeal"]
    found = check_appeal(
        appeal, appeal.get("settled"), moment(appeal.get("approved")), moment(appeal["received"]), policy_of(told)
    )
    return [[finding.code, finding.column] for finding in found]


def _grades(told: dict, expected: dict) -> dict:
    share = policy_of(told).value("key_account_share", told["day"])
    return dict(zip(told["sales"], grades(list(told["sales"].values()), share, told["company_total"]), strict=True))


def _refusal(told: dict, expected: str | None) -> str | None:
    asked = told["disclosure"]
    return refusal(asked["ground"], asked["consented"], asked.get("document"), asked["day"], policy_of(told))


def _kept_between(told: dict, expected: list) -> list:
    kept = told["kept"]
    asked = (kept.get("agreed"), kept.get("withdrawn_on"), policy_of(told))
    return list(kept_between(KeptAs(kept["kept_as"]), kept["last_on"], *asked))


def _observed(told: dict, expected: list) -> list:
    kinds = {"查看": REVEAL, "被拒绝": REFUSED, "口令错误": MISS}
    uses = [
        Use(use["user"], moment(use["at"]), kinds[use["what"]])
        for use in told["uses"]
        for _ in range(use.get("times", 1))
    ]
    return [[one.rule.value, one.user, one.times] for one in observed(uses, policy_of(told))]


def _last_day(told: dict) -> date:
    trained, day, policy = told["trained"], told["day"], policy_of(told)
    kind = trained["kind"]
    asked = asked_since(kind, trained.get("first_kept"), trained["member_since"], day, policy)
    terms = [(term["day"], term.get("end")) for term in trained.get("terms", [])]
    return last_day(kind, terms, asked, day, policy)


def _until(told: dict, expected: date | None) -> date | None:
    until = _last_day(told)
    return None if until == FOREVER else until


def _locked(told: dict, expected: list) -> list:
    members = told["members"]
    lapsed = {user for user, member in members.items() if member["lapsed"]}
    return sorted(locked(lapsed, {user: member["role"] for user, member in members.items()}, KEPT_ROLES))


def _bound(told: dict, expected: bool) -> bool:
    terms = [(term["day"], term.get("end")) for term in told["partner"].get("terms", [])]
    return bound(terms, told["partner"]["kept"], told["day"], policy_of(told))


CHECKS = {
    "reason_classes": lambda told, expected: {
        text: reason_class(text, told["day"], policy_of(told)) for text in expected
    },
    "last_day": _until,
    "stage": lambda told, _: stage(_last_day(told), told["day"], policy_of(told)).value,
    "locked": _locked,
    "bound": _bound,
    "observed": _observed,
    "correct_by": lambda told, _: correct_by(told["day"], policy_of(told)).date(),
    **CUSTOMER_CHECKS,
    "grades": _grades,
    "refusal": _refusal,
    "kept_between": _kept_between,
    "until": lambda told, _: {
        step: f"{at:%Y-%m-%d %H:%M}"
        for step, at in until(pd.Timestamp(told["found_at"]).to_pydatetime(), policy_of(told)).items()
    },
    "covered": lambda told, _: covered("是" if told["consent"] else "否", told["day"], policy_of(told)),
    "appeal": _appeal,
    "decide_by": lambda told, _: deadline(moment(told["received"]), "ruling_days", policy_of(told)).date(),
    "states": _states,
    "lines": _lines,
    "inputs": _inputs,
    "notes": _notes,
    "rows": _rows,
    "due": _due,
    "publication_days": _publication_days,
    "sections": _sections,
    "allocation": _allocation,
    "breakdown": _breakdown,
    "completion": _completion,
    "rolled": _rolled,
    "not_rolled": _rolled,
    "edition": lambda told, _: _settled(told).edition,
    "marks": lambda told, _: _settled(told).marks,
    "totals": lambda told, _: _settled(told).totals,
}


def test_every_clause_and_every_reading_has_a_situation() -> None:
    """A clause or reading without a situation, or an alternative never taken, fails the build."""
    spoken = {str(name) for _, told in ALL for name in told["speaks"]}
    policy = load_policy()
    wanted = {clause.code for clause in clauses()} | set(policy.readings)
    assert wanted - spoken == set()
    taken = {(key, str(value)) for _, told in ALL for key, value in told.get("readings_taken", {}).items()}
    offered = {(r.key, str(value)) for r in policy.readings.values() for value in r.alternatives}
    assert offered - taken == set()
