"""Leads: status, due date and what else is known of them; whether a customer is still free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.interfaces.addin.cell_errors import CELL_ERRORS
from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import Rows, excel, is_error, refuse

if TYPE_CHECKING:
    from workbench.capabilities.settlement.lookup import Lookup

NUMBER = Argument("lead_number", "信息编号", "如 DK202601-00001，一个或一列")
COLUMN: dict[str, Any] = {"kind": "table"}


@excel("信息状态", "信息现在的状态：待甄别、已立项、重复、无效等", "=DK_STATUS(A2:A100)", NUMBER, needs="list")
def DK_STATUS(register: Lookup, number: str) -> str:
    """A lead's status."""
    return register.item(number, "状态")


@excel("应反馈日期", "业务科室甄别该信息的最后一天（第6.3条）；未转交的为 —", "=DK_DUE(A2:A100)", NUMBER, needs="list")
def DK_DUE(register: Lookup, number: str) -> Any:
    """The last day for the answer about a lead."""
    return register.item(number, "应反馈日期")


@excel("到期日期", "有效信息的到期日期；没有的为 —", "=DK_EXPIRY(A2:A100)", NUMBER, needs="list")
def DK_EXPIRY(register: Lookup, number: str) -> Any:
    """The day a lead expires."""
    return register.item(number, "到期日期")


@excel(
    "信息的一项内容",
    "状态、条款、计入月份、提报单位、接收时间、客户名称、客户类别、省份、城市、标的量、科室、转交时间、应反馈日期、"
    "应反馈日期暂定、反馈时间、逾期、到期日期、项目编号、项目责任人、申报时间、签订日期、合同数量、累计提车量",
    '=DK_LEAD(A2:A100, "计入月份")',
    NUMBER,
    Argument("item", "项目", "要看的内容，如 计入月份"),
    needs="list",
)
def DK_LEAD(register: Lookup, number: str, item: str) -> Any:
    """One thing about a lead."""
    return register.item(number, item)


@excel(
    "客户是否空闲",
    "该客户现在提报会怎样：空闲、已占用（第5.1条）或须复核（名称相近）；不显示由谁提报",
    "=DK_FREE(B2:B100, C2:C100, D2:D100, E2:E100)",
    Argument("customers", "客户名称", "一个或一列", **COLUMN),
    Argument("categories", "客户类别", "同样行数", **COLUMN),
    Argument("provinces", "省份", "同样行数", **COLUMN),
    Argument("cities", "城市", "同样行数", **COLUMN),
    needs="list",
)
def DK_FREE(register: Lookup, *columns: Rows) -> Rows:
    """Whether customers are free, taken, or close to one that is taken."""
    import pandas as pd

    from workbench.core import places
    from workbench.core.names import customer_key
    from workbench.platform.forms.spec import templates

    if not register.with_names:
        raise refuse("not_allowed")
    longest = max(map(len, columns))
    if {len(rows) for rows in columns} > {1, longest} or any(len(rows[0]) != 1 for rows in columns):
        raise refuse("bad_shape")
    names, categories, provinces, cities = (
        pd.Series([row[0] for row in rows] * (longest if len(rows) == 1 else 1), dtype=object) for rows in columns
    )
    full = places.normalise(provinces.astype(object), cities.astype(object))
    asked = pd.DataFrame(
        {
            "customer_key": customer_key(names.map(str, na_action="ignore")),
            "category": categories,
            "province": full["province"],
            "city": full["city"],
        }
    )
    choices = next(c.offered for c in templates()["lead_record"].columns if c.key == "category")
    found = register.available(asked)
    cells = zip(names, categories, provinces, cities, found, strict=True)
    return [[_free(row, word, choices)] for *row, word in cells]


def _free(row: list[Any], word: str, choices: tuple[str, ...]) -> str:
    """The word, or why there is none for these cells."""
    if any(is_error(cell) for cell in row):
        return CELL_ERRORS["error_cell"].shown
    if row[0] in (None, ""):
        return ""
    if any(cell in (None, "") for cell in row):
        return CELL_ERRORS["missing_value"].shown
    return word if row[1] in choices else CELL_ERRORS["unknown_category"].shown
