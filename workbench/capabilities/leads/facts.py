"""The facts the regulation speaks about, as typed column tables.

Everything the rules see is in these frames; they are read from the register by
``desk.book`` and can equally be written by hand in a test. Times are naive PRC times
(``datetime64[us]``), dates are midnights of the same type, months are ``YYYY-MM``
text, quantities are vehicles, amounts are whole yuan unless the name says ``fen``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

TIME = "datetime64[us]"
INT = "int64"
OPTIONAL_INT = "Int64"
TEXT = "object"
BOOL = "bool"

COLUMNS: dict[str, dict[str, str]] = {
    # T6; every version, `since` is the receipt of the file that brought it
    "units": {
        "code": TEXT, "name": TEXT, "kind": TEXT, "province": TEXT, "city": TEXT, "person": TEXT,
        "leader": TEXT, "function": TEXT, "categories": TEXT, "state": TEXT, "since": TIME,
    },
    # T1; every version of every accepted row. `filed_at` is the receipt of the version's file,
    # `received_at` the receipt that counts, `ranked_at` its place in the order of 5.1,
    # `returned_at` when the same reporter's row for the same customer was first returned (D18)
    "leads": {
        "lead": INT, "version": INT, "number": TEXT, "reporter": TEXT, "filed_at": TIME,
        "received_at": TIME, "ranked_at": TIME, "returned_at": TIME, "reported_on": TIME,
        "file": TEXT, "row": INT, "customer": TEXT, "customer_key": TEXT, "category": TEXT,
        "province": TEXT, "city": TEXT, "county": TEXT, "level": TEXT, "model": TEXT,
        "quantity": INT, "phone_key": TEXT,
    },
    # suspected pairs within a block: reason is "name" or "phone", score 0..100
    "links": {"a": INT, "b": INT, "reason": TEXT, "score": INT},
    # a person's decisions: 重复 / 不重复 (lead against other), 受理 / 无效 (held taxi lead, other is missing)
    "reviews": {"lead": INT, "other": OPTIONAL_INT, "verdict": TEXT, "at": TIME, "by": TEXT},
    "dispatches": {"batch": INT, "lead": INT, "section": TEXT, "at": TIME},
    # T5: verdict 有效 / 无效
    "feedback": {
        "lead": INT, "section": TEXT, "at": TIME, "verdict": TEXT, "reason": TEXT, "expires_on": TIME,
        "person": TEXT, "file": TEXT, "row": INT,
    },
    # T3
    "applications": {"lead": INT, "unit": TEXT, "at": TIME, "quantity": OPTIONAL_INT, "file": TEXT, "row": INT},
    # T2; every version of every line
    "contracts": {
        "month": TEXT, "contract": TEXT, "lead": INT, "unit": TEXT, "quantity": INT,
        "amount_fen": OPTIONAL_INT, "signed_on": TIME, "picked_up": INT, "at": TIME, "file": TEXT, "row": INT,
    },
    # T2 files that came back, nil returns included
    "returns": {"month": TEXT, "at": TIME, "file": TEXT},
    # T4; every version. kind 分解 / 调整
    "targets": {
        "unit": TEXT, "month": TEXT, "amount": INT, "kind": TEXT, "at": TIME, "file": TEXT, "cell": TEXT,
    },
    "publications": {"due_on": TIME, "at": TIME},
    # T13
    "incidents": {
        "number": TEXT, "person": TEXT, "happened_on": TIME, "inside": BOOL, "at": TIME, "file": TEXT, "row": INT,
    },
    "closures": {"month": TEXT, "at": TIME},
    # T15; every version: who gets how much of a department's reward (7.2.3)
    "allocations": {
        "quarter": TEXT, "unit": TEXT, "person": TEXT, "amount": INT, "leader": TEXT, "at": TIME, "document": INT,
    },
    # outcomes of appeals (T14): what a line of an approved quarter should have been, missing where it stands
    "rulings": {
        "appeal": TEXT, "quarter": TEXT, "clause": TEXT, "party": TEXT, "ref": TEXT, "amount": OPTIONAL_INT, "at": TIME,
    },
}  # fmt: skip

# what `lifecycle.derive` says of every lead at a moment, one row per lead, indexed by `lead`
STATES: dict[str, str] = {
    "number": TEXT, "reporter": TEXT, "reporter_kind": TEXT, "received_at": TIME, "reported_on": TIME,
    "file": TEXT, "row": INT, "customer": TEXT, "customer_key": TEXT, "category": TEXT, "province": TEXT,
    "city": TEXT, "quantity": INT,
    "status": TEXT,             # a word of STATUSES
    "clause": TEXT,             # the clause that decides against or holds the lead, else None
    "duplicate_of": OPTIONAL_INT,   # 重复: the lead that came first
    "held_by": OPTIONAL_INT,    # 待复核: the lead it may duplicate; missing for a held taxi lead
    "tie": BOOL,                # its order in 5.1 was decided by date, file name or row
    "valid": BOOL,              # confirmed valid and neither duplicate nor held
    "excluded": TEXT,           # "5.5" where a valid lead does not count, else None
    "counts_in": TEXT,          # month it counts in (5.3), else None
    "project": TEXT,            # project number (6.4), else None
    "section": TEXT, "dispatched_at": TIME,
    "due_on": TIME,             # last day of the section's two working days
    "provisional": BOOL,        # the due date rests on an unpublished calendar year
    "answered_at": TIME,        # first feedback
    "late": BOOL,               # answered after due_on, or still open past it
    "person": TEXT,             # 项目责任人 of the feedback
    "expires_on": TIME,
    "applied_at": TIME, "signed_on": TIME,
    "contract_quantity": INT, "picked_up": INT,  # all contracts of the lead, up to the moment
}  # fmt: skip

RETURNED, RECEIVED, INVALID, DUPLICATE, HELD = "不予接收", "已接收", "无效", "重复", "待复核"
WAITING, VALID, PROJECT, APPLIED = "待甄别", "有效", "已立项", "已申报"
SIGNED, DELIVERING, COMPLETED, EXPIRED = "已签约", "提车中", "已完成", "已到期"
STATUSES = (
    RETURNED, RECEIVED, INVALID, DUPLICATE, HELD, WAITING, VALID, PROJECT, APPLIED, SIGNED, DELIVERING,
    COMPLETED, EXPIRED,
)  # fmt: skip

DEALER, DEPARTMENT, SECTION = "经销商", "部门", "科室"


def frame(table: str, rows: list[dict] | pd.DataFrame | None = None) -> pd.DataFrame:
    """A frame with the columns and types of ``COLUMNS[table]``; missing columns are empty."""
    source = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows or [])
    schema = COLUMNS[table]
    columns = {
        name: _typed(source[name] if name in source else pd.Series([None] * len(source), dtype="object"), kind)
        for name, kind in schema.items()
    }
    return pd.DataFrame(columns, columns=list(schema))


def _typed(values: pd.Series, kind: str) -> Any:
    """A column in its type, on a fresh index; what has the type already is not touched."""
    if kind == TEXT:
        texts = values.to_numpy(dtype="object")
        missing = pd.isna(texts)
        return pd.Series(np.where(missing, None, texts) if missing.any() else texts, dtype="object")
    if values.dtype == kind:
        return values.array
    return (pd.to_datetime(values, format="ISO8601") if kind == TIME else values).astype(kind).array


@dataclass(frozen=True)
class Facts:
    """All facts up to a moment; each field is a frame of ``COLUMNS`` of the same name."""

    units: pd.DataFrame
    leads: pd.DataFrame
    links: pd.DataFrame
    reviews: pd.DataFrame
    dispatches: pd.DataFrame
    feedback: pd.DataFrame
    applications: pd.DataFrame
    contracts: pd.DataFrame
    returns: pd.DataFrame
    targets: pd.DataFrame
    publications: pd.DataFrame
    incidents: pd.DataFrame
    closures: pd.DataFrame
    allocations: pd.DataFrame
    rulings: pd.DataFrame

    @classmethod
    def of(cls, **tables: list[dict] | pd.DataFrame) -> Facts:
        """Facts from plain rows; tables that are not given are empty."""
        return cls(**{field.name: frame(field.name, tables.get(field.name)) for field in fields(cls)})

    def up_to(self, moment: datetime) -> Facts:
        """Only what was known at ``moment`` (inclusive), by recorded times of receipt.

        Units are kept whole: the register of units says who is who, also for what came before it.
        """
        known = {
            "leads": "filed_at", "reviews": "at", "dispatches": "at", "feedback": "at", "applications": "at",
            "contracts": "at", "returns": "at", "targets": "at", "publications": "at", "incidents": "at",
            "closures": "at", "allocations": "at", "rulings": "at",
        }  # fmt: skip
        cut = {
            name: table[table[column] <= moment].reset_index(drop=True)
            for name, column in known.items()
            for table in [getattr(self, name)]
        }
        return replace(self, **cut)
