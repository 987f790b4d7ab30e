"""Filled examples of T7, T8, T9 and T18, as account managers and departments send them, and an office that has them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.office import Office
from workbench.core.credit_codes import check_character

WEEKLY, PROFILE, SERVICE, SALES = "客户经理每周信息上报表", "大客户档案登记表", "客户沟通与服务记录表", "客户销售额表"
BUS, BUS_SHORT, SCHOOL, GROUP = "江城客运公司", "江城客运", "江城第一驾校", "江城交通集团"
MANAGER, UNIT = "许走访", "S002"
CONTACT, PHONE = "方联系", "13900005555"


def credit_code(number: int) -> str:
    """A made-up credit code with its right check character."""
    first = f"91340200MA2{number:06d}"
    return first + check_character(first)


def item(customer: str | None, kind: str, day: datetime, **other: Any) -> dict[str, Any]:
    """A row of T7."""
    return {"客户名称": customer, "类型": kind, "日期": day, "内容": f"{kind}情况", **other}


def weekly(office: Office, week: datetime, *rows: dict[str, Any], name: str = "周报.xlsx", **header: Any) -> Path:
    """A filled T7."""
    head = {"单位代码": UNIT, "客户经理": MANAGER, "所属周": week, "填报日期": week, **header}
    return office.file(WEEKLY, name, head, list(rows))


def profile(office: Office, *rows: dict[str, Any], department: str = "销售", name: str = "档案.xlsx") -> Path:
    """A filled T8."""
    return office.file(PROFILE, name, {"单位代码": UNIT, "填报部门": department, "填报人": "周填报"}, list(rows))


def service(office: Office, *rows: dict[str, Any], name: str = "服务.xlsx") -> Path:
    """A filled T9."""
    return office.file(SERVICE, name, {"单位代码": UNIT, "填报人": MANAGER}, list(rows))


def sales(office: Office, month: str, total: float, *rows: tuple[str, float], name: str = "销售额.xlsx") -> Path:
    """A filled T18."""
    filled = [{"客户名称": customer, "销售额(元)": amount} for customer, amount in rows]
    return office.file(SALES, name, {"月份": month, "公司销售总额(元)": total}, filled)


BUS_FILE = {
    "客户名称": BUS,
    "统一社会信用代码": credit_code(1),
    "别名": f"{BUS_SHORT}、江客",
    "上级单位": GROUP,
    "行业": "客运",
    "规模": "大型",
    "法定代表人": "齐法人",
    "地址": "芜湖市镜湖区",
    "经营范围": "道路客运",
    "客户经理": MANAGER,
    "联系人": CONTACT,
    "职务": "设备科长",
    "联系方式": PHONE,
    "决策角色": "采购",
    "收集依据": "本人同意",
    "依据文件": "同意书2026-01-05",
    "收集目的": "业务联系",
    "保存至": datetime(2028, 1, 5),
}
MANAGERS = [
    {"姓名": MANAGER, "单位代码": UNIT, "岗位": "客户经理", "开始日期": datetime(2025, 6, 1)},
    {"姓名": "钱迟报", "单位代码": UNIT, "岗位": "客户经理", "开始日期": datetime(2025, 6, 1)},
    {"姓名": "孙休假", "单位代码": UNIT, "岗位": "客户经理", "开始日期": datetime(2025, 6, 1)},
]


def with_managers(office: Office) -> None:
    """The list of people with three account managers."""
    office.receive(office.file("人员名录", "人员.xlsx", {}, MANAGERS), "2026-01-02T10:00:00", code=0)


def report_week(staffed: Office) -> Office:
    """Three managers of one section: one in time, one a minute late, one on leave; a nil return of the week before."""
    with_managers(staffed)
    before = weekly(staffed, datetime(2026, 2, 23), name="前周.xlsx")
    staffed.receive(before, "2026-03-02T09:00:00", code=0)
    rows = [
        item(BUS, "走访", datetime(2026, 3, 3)),
        item(BUS, "投诉", datetime(2026, 3, 4), 责任人="王政", 改进措施="加派人手"),
        item(SCHOOL, "需求", datetime(2026, 3, 5), 离网倾向="是"),
        item(None, "竞争", datetime(2026, 3, 5), 竞争对手="对手一", 涉嫌违规="是"),
    ]
    staffed.receive(weekly(staffed, datetime(2026, 3, 2), *rows), "2026-03-09T09:00:00", code=0)
    late = weekly(
        staffed, datetime(2026, 3, 6), item(SCHOOL, "离网倾向", datetime(2026, 3, 6)), name="迟.xlsx", 客户经理="钱迟报"
    )
    staffed.receive(late, "2026-03-09T09:01:00", code=0)
    return staffed
