"""A filled template as the functions for cells are given it."""

from __future__ import annotations

from typing import Any

from benchmarks import world
from workbench.platform.forms.spec import templates


def table(count: int) -> list[list[Any]]:
    """The cells of a filled 《大客户信息记录表》, column titles first."""
    columns = templates()["lead_record"].columns
    rows = world.rows(count).to_dict("records")
    for number, row in enumerate(rows, start=1):
        row["seq"], row["quantity"] = number, int(row["quantity"])
    return [[column.title for column in columns], *([row.get(column.key) for column in columns] for row in rows)]
