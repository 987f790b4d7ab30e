"""Names of customers, and the grade of a customer by its sales. No register needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.interfaces.addin.cell_errors import CELL_ERRORS
from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import READERS, Rows, excel, is_error, policy, read, refuse

SALES = Argument("sales", "销售额", "各客户的年销售额，一列", kind="table")
LIMIT: dict[str, Any] = {"kind": "number", "whole": True, "optional": True}


@excel(
    "归一化客户名称",
    "判断“同一客户”（D2）所用的名称：简体、半角、去空格标点和公司后缀",
    "=DK_NAME(A2:A100)",
    Argument("customers", "客户名称", "一个或一列客户名称", kind="table"),
)
def DK_NAME(names: Rows) -> Rows:
    """The normalised customer name."""
    import pandas as pd

    from workbench.core.names import customer_key

    flat = [None if name in (None, "") else READERS["text"](name) for row in names for name in row]
    keys: Iterator[Any] = iter(customer_key(pd.Series(flat, dtype=object)))
    error = CELL_ERRORS["error_cell"].shown
    return [[error if is_error(name) else key or "" for name, key in zip(row, keys)] for row in names]


@excel(
    "客户分级",
    "按年销售额占公司总额的比例：超过 5% 为大客户；再按给定的界线分 A、B、C（制度未定界线，由公司定）",
    "=DK_GRADE(B2:B100, SUM(B:B), 0.15, 0.1)",
    SALES,
    Argument("company_total", "公司总额", "公司年销售总额；不填则为所选销售额之和", **LIMIT),
    Argument("a_share", "A级界线", "占比达到多少为 A，如 0.15", **LIMIT),
    Argument("b_share", "B级界线", "占比达到多少为 B，如 0.1；其余大客户为 C", **LIMIT),
)
def DK_GRADE(sales: Rows, total: float | None, a_share: float | None, b_share: float | None) -> Rows:
    """The grade of each customer by its share of the company's sales."""
    from workbench.capabilities.customers.grading import grades

    amount = Argument("sales", "销售额", "", kind="number", optional=True)
    values = [[read(amount, cell) for cell in row] for row in sales]
    limits = (a_share, b_share) if a_share is not None and b_share is not None else None
    if (a_share is None) != (b_share is None) or (limits is not None and limits[0] < limits[1]):
        raise refuse("bad_limits")
    flat = [value for row in values for value in row]
    above = policy().parameters["key_account_share"].values[-1].value
    words = iter(grades(flat, above, total, limits))
    return [[next(words) for _ in row] for row in values]
