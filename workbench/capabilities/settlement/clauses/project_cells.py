"""How the workbook of a settlement shows the lines of 7.1.1 and 7.2.2 and computes them a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workbench.capabilities.leads.projects import BY_RECEIPT, EDITION_READING
from workbench.capabilities.settlement.clauses.project_records import DepartmentProject, Project
from workbench.capabilities.settlement.quarter import Line
from workbench.capabilities.settlement.recipe import Values, where


def cells(seen: Project, last: date) -> dict[str, Any]:
    """The cells of a line."""
    picked = "；".join(f"{item.month} {item.contract} 提车{item.picked_up}" for item in seen.contracts)
    basis = f"{seen.project}，接收 {seen.received_at:%Y-%m-%d}，转化率 {seen.conversion}；{picked}"
    basis += "；已达上限" if isinstance(seen, DepartmentProject) and seen.capped else ""
    contracts = dict.fromkeys(f"合同：{where(item.source)}" for item in seen.contracts)
    return {
        "quantity": seen.quantity,
        "part": seen.rate_picked_up,
        "whole": seen.rate_quantity,
        "limit": seen.limit if isinstance(seen, DepartmentProject) else None,
        "on": last,
        "received": seen.received_at.date() if (seen.readings or {}).get(EDITION_READING) == BY_RECEIPT else None,
        "basis": basis,
        "source": "\n".join([f"信息：{where(seen.source)}", *contracts]),
    }


EARNS = "AND({quantity}>={0},{part}>=ROUND({whole}*{1},9))"


def earns(row: Mapping[str, Any], p: Values) -> bool:
    """``EARNS`` in Python."""
    return row["quantity"] >= p[0] and row["part"] >= row["whole"] * p[1]


def dealer_value(row: Mapping[str, Any], p: Values) -> int:
    """7.1.1: the yuan of a row."""
    return p[2] if earns(row, p) else 0


def department_value(row: Mapping[str, Any], p: Values) -> int:
    """7.2.2: the yuan of a row, up to the cap (D13, D24)."""
    if not earns(row, p):
        return 0
    caps = [cap for cap in (p[3], row["limit"]) if cap is not None]
    return max(0, min(p[2], min(caps) - (row["place"] - 1) * p[2])) if caps else p[2]


def department_cells(own: Sequence[Line], progress: Any) -> dict[str, Any]:
    """The projects of a department: how many earn, how many are past the cap, what they give."""
    return {
        "projects": sum(1 for line in own if line.amount),
        "capped": sum(1 for line in own if getattr(line.inputs, "capped", False)),
        "project": sum(line.amount for line in own),
    }
