"""What has to be done about customers' files: out of date, incomplete, contradicting (大客户管理制度 三.1)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from enum import StrEnum

import pandas as pd

from workbench.capabilities.customers.customers import Customer, Customers
from workbench.capabilities.customers.profiles import TEMPLATE
from workbench.core.messages import Message
from workbench.platform.forms.spec import templates

COLUMNS = ["kind", "customer", "part", "what", "department", "manager", "since"]


class WorkKind(StrEnum):
    """Why a file has to be looked at."""

    STALE = "过期"
    INCOMPLETE = "缺项"
    CONTRADICTION = "矛盾"


def work_list(customers: Customers, on: date, kind: WorkKind | None = None) -> pd.DataFrame:
    """What is to be done about the files that are asked for (``Customer.is_kept``) on a day: ``COLUMNS``, ``what`` a text in both languages.

    A part nobody said anything of is one line; a customer whose leads alone are known is none: T8 is no condition for a
    lead.
    """
    rows = [*_parts(customers, on), *_contradictions(customers)]
    found = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    if kind is not None:
        found = found[found["kind"].eq(kind)]
    order = {each.value: place for place, each in enumerate(WorkKind)}
    return found.sort_values(
        ["kind", "customer", "part"], key=lambda column: column.map(order) if column.name == "kind" else column
    ).reset_index(drop=True)


def _parts(customers: Customers, on: date) -> list[dict]:
    titles = {column.key: column.title for column in templates()[TEMPLATE].columns}
    rows = []
    for customer in customers.by_key.values():
        if not customer.is_kept:
            continue
        for part in customers.parts(customer, on):
            own = {"part": part.part.value, "department": part.department}
            if part.missing:
                lacking = Message.of("work/lacking", titles=[titles[key] for key in part.missing])
                rows.append(_row(WorkKind.INCOMPLETE, customer, what=lacking, since=part.last_on, **own))
            if part.stale:
                rows.append(_row(WorkKind.STALE, customer, what=Message.of("work/stale"), since=part.last_on, **own))
    return rows


def _contradictions(customers: Customers) -> list[dict]:
    rows = []
    said = customers.codes
    codes: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, set[str]] = defaultdict(set)
    for root, code in zip(said["root"], said["code"], strict=True):
        codes[root].add(code)
        holders[code].add(root)
    for root, own in codes.items():
        if len(own) > 1:
            what = Message.of("work/two_codes", codes=sorted(own))
            rows.append(_row(WorkKind.CONTRADICTION, customers.by_key[root], part="基本信息", what=what))
    for roots in holders.values():
        if len(roots) > 1:
            for root in roots:
                others = sorted(customers.by_key[each].name for each in roots if each != root)
                what = Message.of("work/same_code", others=others)
                rows.append(_row(WorkKind.CONTRADICTION, customers.by_key[root], part="基本信息", what=what))
    for root in customers.identity.circles():
        if root in customers.by_key:
            what = Message.of("work/circle")
            rows.append(_row(WorkKind.CONTRADICTION, customers.by_key[root], part="基本信息", what=what))
    return rows


def _row(kind: WorkKind, customer: Customer, **said: object) -> dict:
    own = {"kind": kind.value, "customer": customer.name, "manager": customer.manager}
    return {**dict.fromkeys(COLUMNS), **own, **said}
