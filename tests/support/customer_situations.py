"""What the rules on customers say of a situation (``capabilities/customers/cases``), for ``test_situations``."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pandas as pd

from tests.support.situations import facts_of, moment, policy_of
from workbench.capabilities.archive.rules import due_back, lacking
from workbench.capabilities.customers.assessment import assessed
from workbench.capabilities.customers.completeness import part_states
from workbench.capabilities.customers.fields import Part
from workbench.capabilities.customers.grading import OTHER
from workbench.capabilities.customers.key_accounts import Graded, graded_on, movement, quarter_before
from workbench.capabilities.customers.profiles import provider, purpose_missing
from workbench.capabilities.customers.service import due_day
from workbench.capabilities.customers.service_duties import Service, ServiceDuty, service_duties
from workbench.capabilities.customers.service_flow import (
    Flow,
    Passed,
    Step,
    Verdict,
    asked_steps,
    flow,
    lacking_before,
    of_version,
    version_of,
)
from workbench.capabilities.customers.sharing import answer_by
from workbench.capabilities.customers.weeks import meeting
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.core.names import customer_key
from workbench.platform.register.facts import Facts, frame

EARLY = datetime(2025, 1, 1)


def key(name: str) -> str:
    """The key of a customer of a situation."""
    return str(customer_key(pd.Series([name], dtype=object)).iloc[0])


def customer_facts(told: dict[str, Any]) -> Facts:
    """The facts of a situation with its sales, names and links of customers."""
    facts = facts_of(told)
    keys = customer_key(facts.leads["customer"])
    sales = [
        {
            "month": row["month"],
            "customer_key": key(row["customer"]),
            "customer": row["customer"],
            "amount_fen": row["amount"] * 100,
            "at": EARLY,
            "file": row["month"],
            "row": number,
        }
        for number, row in enumerate(told.get("customer_sales", []), start=6)
    ]
    months = [
        {"month": month, "total_fen": total * 100, "at": EARLY, "file": month}
        for month, total in told.get("company_sales", {}).items()
    ]
    return facts.replace(
        leads=facts.leads.assign(customer_key=keys),
        customer_sales=frame("customer_sales", sales),
        sales_months=frame("sales_months", months),
        customer_namings=frame("customer_namings", list(_namings(told))),
        customer_links=frame("customer_links", list(_links(told))),
    )


def _namings(told: dict[str, Any]):
    for row in told.get("namings", []):
        own = {
            "customer_key": key(row["customer"]),
            "customer": row["customer"],
            "ground": row["ground"],
            "since": moment(row["since"]),
            "until": moment(row["until"]),
        }
        yield {**own, "stands": True, "at": own["since"]}
        if "ended" in row:
            yield {**own, "since": moment(row["ended"]), "stands": False, "at": moment(row["ended"])}


def _links(told: dict[str, Any]):
    for kind, pairs in (("同一客户", told.get("aliases", {})), ("上级单位", told.get("parents", {}))):
        for one, other in pairs.items():
            one, other = (other, one) if kind == "同一客户" else (one, other)
            names = {"customer_key": key(one), "other": key(other), "other_name": other}
            yield {**names, "kind": kind, "linked": True, "source": "档案", "at": EARLY}


def graded(told: dict[str, Any], day: date | None = None) -> dict[str, Graded]:
    """Every customer of a situation with its grade, by its key."""
    columns = ["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"]
    last = day or told["day"]
    moment_ = datetime.combine(told["day"], datetime.max.time())
    snapshot = Snapshot(customer_facts(told), policy_of(told), moment_, pd.DataFrame(columns=columns), {}, "1:a")
    return graded_on(snapshot, last)[1]


def _of(told: dict, expected: dict, what: str, otherwise: Any) -> dict:
    found = graded(told)
    return {name: getattr(found[key(name)], what) if key(name) in found else otherwise for name in expected}


def _movements(told: dict, expected: dict) -> dict:
    now, before = graded(told), graded(told, quarter_before(told["day"]))
    return {
        name: movement(*(each[key(name)].grade if key(name) in each else None for each in (before, now)))
        for name in expected
    }


def _served(told: dict) -> list[ServiceDuty]:
    own = told["served"]
    last = {service: own[service.value] for service in Service if own.get(service.value)}
    return service_duties(own["grade"], last, own["since"], told["day"], policy_of(told))


def _passed(told: dict) -> list[Passed]:
    return [
        Passed(
            Step(row["step"]),
            row["on"],
            row.get("version", 1),
            verdict=Verdict(row["verdict"]) if "verdict" in row else None,
            next_on=row.get("next_on"),
        )
        for row in told["flow"].get("passed", [])
    ]


def _flow(told: dict) -> Flow:
    return flow(told["flow"]["grade"], _passed(told), told["flow"]["since"], told["day"], policy_of(told))


def _steps_before(told: dict, expected: dict) -> dict:
    passed = _passed(told)
    asked = asked_steps(told["flow"]["grade"], told["day"], policy_of(told))
    current = of_version(passed, version_of(passed))
    return {step: lacking_before(Step(step), asked, current) for step in expected}


def _score(told: dict, expected: Any) -> str | None:
    shares = {name: None if share is None else Fraction(str(share)) for name, share in told["matters"].items()}
    score = assessed("B1", "某人", shares, told["day"], policy_of(told)).score
    return None if score is None else str(score)


def _parts(told: dict):
    return part_states(told["file"], told["day"], policy_of(told))


CHECKS = {
    "key_accounts": lambda told, expected: _of(told, expected, "grade", OTHER),
    "grounds": lambda told, expected: _of(told, expected, "ground", None),
    "movements": _movements,
    "lacking": lambda told, _: {each.part.value: list(each.missing) for each in _parts(told)},
    "stale": lambda told, _: [each.part.value for each in _parts(told) if each.stale],
    "providers": lambda told, expected: {part: provider(Part(part), told["day"], policy_of(told)) for part in expected},
    "purpose": lambda told, _: purpose_missing(told["row"]),
    "service_due": lambda told, _: {each.service.value: each.due_on for each in _served(told)},
    "service_missed": lambda told, _: [each.service.value for each in _served(told) if each.missed],
    "next_step": lambda told, _: _flow(told).next,
    "next_due": lambda told, _: _flow(told).due_on,
    "step_before": _steps_before,
    "score": _score,
    "to_archive": lambda told, _: lacking(told["archived"], told.get("delivered", False), told["day"], policy_of(told)),
    "due_back": lambda told, _: due_back(told["loan"]["lent_on"], told["loan"].get("agreed"), policy_of(told)),
    "meetings": lambda told, expected: {
        week: meeting(date.fromisoformat(str(week)), policy_of(told)) for week in expected
    },
    "answer_due": lambda told, expected: {
        day: answer_by(date.fromisoformat(str(day)), policy_of(told)) for day in expected
    },
    "complaint_due": lambda told, expected: {
        day: due_day(date.fromisoformat(str(day)), policy_of(told)) for day in expected
    },
}
