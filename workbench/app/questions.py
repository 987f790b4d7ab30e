"""What is asked of the unlocked register at a button or on a page: the answers as texts in rows, with their titles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workbench.app import due
from workbench.app.context import report_folder
from workbench.platform.access.session import Session

DUE = ("状态", "到期日", "事项", "期间", "条款", "件数", "怎么办")
CUSTOMER = ("栏目", "内容", "部门", "时间", "文件", "行")


def due_rows(session: Session, now: datetime) -> tuple[list[list[str]], int]:
    """What is due, overdue or coming for this person's role, a row (``DUE``) each; and how many of them are due by now."""
    found = due.list_duties(session, now, report_folder(register=session.register.path))
    today = now.date()
    rows = [
        [
            each.state(today).value,
            each.due_on.isoformat(),
            due.title_of(each.task),
            each.period,
            each.task.clause or "",
            str(each.count or ""),
            due.instruction_of(each),
        ]
        for each in found
        if not each.done
    ]
    return rows, len(due.to_act(found, today))


def customer_rows(told: dict[str, Any]) -> tuple[str, list[list[str]]]:
    """What ``show_customer`` told: other names and counts in a sentence, a row (``CUSTOMER``) each field."""
    fields = [*told["fields"], *(field for person in told["contacts"] for field in person)]
    rows = [["" if value is None else str(value) for value in row.values()] for row in fields]
    also = "、".join(other for other in told["names"] if other != told["customer"])
    counts = f"信息 {told['leads']} 条，合同 {told['contracts']} 份。"
    return (f"又名：{also}。" if also else "") + counts, rows
