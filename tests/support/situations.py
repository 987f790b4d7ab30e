"""Reads the YAML situations in ``capabilities/*/cases/`` and turns them into facts, policies and expected values.

A situation tells each lead's whole story in one place, so that a policy owner can
review it without reading code. What is not told is ordinary: see ``ORDINARY``.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from tests.support import case_file
from workbench.app.policy import load_policy
from workbench.capabilities.publication.publications import due_dates
from workbench.core.periods import end_of_day, months_between
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

CASES = sorted((Path(__file__).resolve().parents[1] / "capabilities").glob("*/cases/*.yaml"))
LONG_AGO = datetime(2025, 1, 1)
UNITS = [
    {"code": "D1", "name": "经销商一", "kind": "经销商", "state": "在用", "since": LONG_AGO},
    {"code": "D2", "name": "经销商二", "kind": "经销商", "state": "在用", "since": LONG_AGO},
    {"code": "P1", "name": "部门一", "kind": "部门", "state": "在用", "since": LONG_AGO, "leader": "分管一"},
    {"code": "P2", "name": "部门二", "kind": "部门", "state": "在用", "since": LONG_AGO, "leader": "分管二"},
    {
        "code": "S1",
        "name": "策略科",
        "kind": "科室",
        "state": "在用",
        "since": LONG_AGO,
        "function": "市场策略",
        "person": "策略责任人",
    },
    {
        "code": "S2",
        "name": "开发科",
        "kind": "科室",
        "state": "在用",
        "since": LONG_AGO,
        "function": "业务开发",
        "person": "开发责任人",
        "categories": "政府采购、企事业单位",
    },
    {
        "code": "S3",
        "name": "支持科",
        "kind": "科室",
        "state": "在用",
        "since": LONG_AGO,
        "function": "销售支持",
        "person": "支持责任人",
    },
]
ORDINARY = {
    "by": "D1",
    "category": "政府采购",
    "province": "安徽省",
    "city": "芜湖市",
    "level": "县级及以下",
    "quantity": 12,
    "file": "提报.xlsx",
    "phone": None,
    "returned": None,
}


def situations() -> Iterator[Any]:
    """Every situation with its variants merged in, as pytest parameters named after file and title."""
    for path in CASES:
        for case in case_file.read(path):
            variants = case.pop("variants", [{}])
            for number, variant in enumerate(variants, start=1):
                told = merged(case, variant)
                label = variant.get("when", str(number) if len(variants) > 1 else "")
                yield f"{path.stem}: {case['title']} {label}".strip(), told


def merged(base: Any, other: Any) -> Any:
    """``other`` laid over ``base``; mappings are merged, anything else is replaced."""
    if isinstance(base, dict) and isinstance(other, dict):
        return {
            key: merged(base.get(key), other[key]) if key in other else deepcopy(base[key]) for key in {**base, **other}
        }
    return deepcopy(other)


def moment(value: Any) -> datetime | None:
    """A YAML date is its midnight."""
    return (
        datetime(value.year, value.month, value.day)
        if isinstance(value, date) and not isinstance(value, datetime)
        else value
    )


def as_of(told: dict) -> datetime:
    """The moment of a situation: a date means its end."""
    value = told.get("as_of", date(2026, 4, 20))
    return value if isinstance(value, datetime) else end_of_day(value)


def policy_of(told: dict) -> Policy:
    """The regulation with the situation's readings and later editions."""
    policy = load_policy().with_readings(**told.get("readings_taken", {}))
    for edition in told.get("editions", []):
        own = dict(edition)
        document = own.pop("document", None)
        policy = policy.with_edition(own, document)
    return policy


def facts_of(told: dict) -> Facts:
    """The facts of a situation. Publications and register returns are in time unless told."""
    tables: dict[str, list[dict]] = {"units": UNITS + [_unit(unit) for unit in told.get("units", [])]}
    ids = {name: number for number, name in enumerate(told.get("leads", {}), start=1)}
    for name in (
        "leads",
        "dispatches",
        "feedback",
        "added_values",
        "applications",
        "contracts",
        "withdrawals",
        "changes",
        "change_decisions",
    ):
        tables[name] = []
    for name, story in told.get("leads", {}).items():
        _tell(tables, ids[name], name, merged(ORDINARY, story))
    tables["links"] = [_link(ids, *link) for link in told.get("links", [])]
    tables["reviews"] = [
        {
            "lead": ids[review[0]],
            "other": ids.get(review[1]),
            "verdict": review[2],
            "by": "复核人",
            "at": moment(review[3]) if len(review) > 3 else datetime(2026, 1, 1),
        }
        for review in told.get("reviews", [])
    ]
    tables["targets"] = [
        {
            "unit": unit,
            "month": month,
            "amount": amount,
            "kind": kind,
            "at": moment(at),
            "file": "目标.xlsx",
            "cell": "E9",
        }
        for unit, month, amount, kind, at, *_ in told.get("targets", [])
    ]
    months = months_between("2025-12", "2026-12")
    days = [day for month in months for day in due_dates(month, load_policy())]
    late = {day: moment(at) for day, at in told.get("publications", [])}
    tables["publications"] = [
        {"due_on": moment(day), "at": late.get(day, moment(day))} for day in days if late.get(day, day) is not None
    ]
    late_returns = dict(told.get("returns", []))
    tables["returns"] = [
        {
            "month": month,
            "at": moment(late_returns.get(month, date(int(month[:4]), int(month[5:]), 28))),
            "file": "合同.xlsx",
        }
        for month in months
        if late_returns.get(month, month) is not None
    ]
    tables["register_rows"] = [
        {"month": month, "contract": "HT1", "at": moment(at), "file": "合同退回.xlsx", "row": 6}
        for month, at in told.get("returned_registers", [])
    ]
    tables["incidents"] = [
        {
            "number": number,
            "person": person,
            "happened_on": moment(day),
            "inside": inside,
            "at": moment(at),
            "unit": unit[0] if unit else None,
            "file": "泄露.xlsx",
            "row": 5,
        }
        for number, person, day, inside, at, *unit in told.get("incidents", [])
    ]
    tables["people"] = [
        {
            "name": name,
            "unit": unit,
            "starts_on": moment(starts),
            "ends_on": moment(ends[0]) if ends else None,
            "at": moment(at),
            "file": "名录.xlsx",
            "row": row,
        }
        for row, (name, unit, starts, at, *ends) in enumerate(told.get("people", []), start=5)
    ]
    tables["rulings"] = [
        {
            "appeal": f"SS{number}",
            "quarter": quarter,
            "clause": clause,
            "party": party,
            "ref": ref,
            "amount": amount,
            "at": moment(at),
        }
        for number, (quarter, clause, party, ref, amount, at) in enumerate(told.get("rulings", []), start=1)
    ]
    return Facts.of(**tables)


def _link(ids: dict[str, int], b: str, a: str, *versions: int) -> dict:
    """A suspicion; it rests on the first versions unless others are told."""
    of_b, of_a = (*versions, *(1, 1)[len(versions) :])
    ends = {"a": ids[a], "b": ids[b], "reason": "name", "score": 90}
    return {**ends, "a_document": _document(ids[a], of_a), "b_document": _document(ids[b], of_b)}


def _document(lead: int, version: int) -> int:
    return 100 * lead + version


def _unit(unit: dict) -> dict:
    return {"state": "在用", **unit, "since": moment(unit["since"])}


def _tell(tables: dict[str, list[dict]], lead: int, name: str, story: dict) -> None:
    at = moment(story["at"])
    customer = story.get("customer", f"客户{name}")
    tables["leads"].append(
        {
            "lead": lead,
            "document": _document(lead, 1),
            "county": story.get("county"),
            "short_name": story.get("short_name", False),
            "version": 1,
            "number": f"DK{name}",
            "reporter": story["by"],
            "filed_at": moment(story.get("filed", at)),
            "received_at": at,
            "ranked_at": moment(story.get("ranked", at)),
            "returned_at": moment(story["returned"]),
            "form_returned_at": moment(story.get("illegible")),
            "form_returned_last": moment(story.get("illegible")),
            "reported_on": moment(story.get("reported", at.date())),
            "file": story["file"],
            "row": story.get("row", 8 + lead),
            "customer": customer,
            "customer_key": customer,
            "category": story["category"],
            "province": story["province"],
            "city": story["city"],
            "level": story["level"],
            "quantity": story["quantity"],
            "phone_key": story["phone"],
        }
    )
    for version, told in enumerate(story.get("corrected", []), start=2):
        row = {**tables["leads"][-1], "version": version, "document": _document(lead, version)}
        again = moment(told["filed_at"])  # another customer or category: its own receipt counts
        row |= {
            "filed_at": again,
            "received_at": again,
            "ranked_at": again,
            "category": told.get("category", story["category"]),
        }
        row |= dict.fromkeys(("customer", "customer_key"), told.get("customer", customer))
        tables["leads"].append(row)
    if "dispatched" in story:
        tables["dispatches"].append(
            {"batch": story.get("batch", 1), "lead": lead, "section": "S2", "at": moment(story["dispatched"])}
        )
    for number, again in enumerate(story.get("again", []), start=2):
        tables["dispatches"].append(
            {"batch": 100 * lead + number, "lead": lead, "section": again["section"], "at": moment(again["at"])}
        )
    for row, answer in enumerate(story.get("answers", []), start=6):
        tables["feedback"].append(
            {
                "lead": lead,
                "section": answer.get("section", "S2"),
                "at": moment(answer["at"]),
                "verdict": answer["verdict"],
                "expires_on": moment(answer.get("expires")),
                "person": answer.get("person"),
                "file": "反馈.xlsx",
                "row": row,
            }
        )
        if "verified" in answer:
            tables["added_values"].append(
                {
                    "template": "verification_feedback",
                    "subject": f"DK{name}",
                    "lead": f"DK{name}",
                    "field": "verified_quantity",
                    "title": "核实标的量(台)",
                    "value": answer["verified"],
                    "filled": True,
                    "personal": False,
                    "at": moment(answer["at"]),
                    "document": 0,
                    "file": "反馈.xlsx",
                    "row": row,
                    "cell": f"M{row}",
                }
            )
    for applied in story.get("applied", []):
        tables["applications"].append(
            {"lead": lead, "unit": story["by"], "at": moment(applied), "file": "申报.xlsx", "row": 6}
        )
    for row, line in enumerate(story.get("contracts", []), start=6):
        tables["contracts"].append(
            {
                "month": line["month"],
                "contract": line.get("contract", f"HT{name}"),
                "lead": lead,
                "unit": story["by"],
                "quantity": line.get("quantity", story["quantity"]),
                "signed_on": moment(line["signed"]),
                "picked_up": line["picked"],
                "model": line.get("model"),
                "progress": line.get("progress"),
                "amount_fen": None if line.get("amount") is None else line["amount"] * 100,
                "at": moment(line["at"]),
                "file": "合同.xlsx",
                "row": row,
            }
        )
        if "withdrawn" in line:
            key = {name: tables["contracts"][-1][name] for name in ("month", "contract", "lead")}
            gone = {"model": line.get("model") or "", "at": moment(line["withdrawn"]), "file": "重报.xlsx"}
            tables["withdrawals"].append({**key, **gone})
    for change in story.get("changes", []):
        _tell_change(tables, lead, story, change)


def _tell_change(tables: dict[str, list[dict]], lead: int, story: dict, change: dict) -> None:
    """A request of T20; without a decision it took effect with its receipt, unless it says that there is none (``无``)."""
    number = f"BG{len(tables['changes']) + 1}"
    value = change.get("value")
    tables["changes"].append(
        {
            "number": number,
            "lead": lead,
            "matter": change["matter"],
            "value": value.isoformat() if isinstance(value, date) else value,
            "unit": story["by"],
            "reason": "试验",
            "at_once": "decided" not in change,
            "at": moment(change["at"]),
            "file": "变更.xlsx",
            "row": 6,
        }
    )
    if change.get("decided"):
        tables["change_decisions"].append(
            {
                "number": number,
                "lead": lead,
                "verdict": change.get("verdict", "同意"),
                "at": moment(change["decided"]),
                "by": "决定人",
                "reason": "属实",
            }
        )


def shown(value: Any) -> Any:
    """A cell of a frame as a YAML value."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date() if value == value.normalize() else value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
