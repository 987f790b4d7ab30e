"""Check rows of 《大客户信息记录表》 where they are typed, as ``workbench check`` does. No register needed."""

from __future__ import annotations

from datetime import date

from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import Rows, excel, policy, ruled_on


@excel(
    "检查记录表",
    "逐行检查《大客户信息记录表》（第5.1、5.2、5.4、5.6条），与导入时的检查相同；首行须为列标题，每行一个结果",
    "=DK_CHECK(A6:T506)",
    Argument("table", "数据区", "含列标题行的区域", kind="table"),
    Argument(
        "kind", "提报单位类型", "经销商或部门；不填则地市级出租只提示复核", kind="kind", whole=True, optional=True
    ),
    Argument("received_on", "提报日期", "按哪一天的规定；不填则按最新一版", kind="day", whole=True, optional=True),
    Argument(
        "first_row",
        "首行行号",
        "列标题在表中的行号，如 ROW(A6)；不填则从 1 数起",
        kind="whole",
        whole=True,
        optional=True,
    ),
)
def DK_CHECK(table: Rows, kind: str | None, received_on: date | None, first_row: int | None) -> Rows:
    """What the checks say of each row."""
    from workbench.app.checking import check_rows

    on, row = ruled_on(received_on), first_row or 1
    return [[text] for text in check_rows(table, policy(), kind=kind, received_on=on, first_row=row)]
