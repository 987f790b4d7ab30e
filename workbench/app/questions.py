"""What is asked of the unlocked register at a button or on a page: the answers as texts in rows, with their titles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from workbench.app import due
from workbench.app.context import report_folder
from workbench.platform.access.session import Session
from workbench.platform.workflow.task import Duty, by_day

DUE = ("状态", "到期日", "事项", "期间", "条款", "件数", "怎么办")
CUSTOMER = ("栏目", "内容", "部门", "时间", "文件", "行")


def open_duties(session: Session, now: datetime) -> list[tuple[Duty, list[str]]]:
    """What is due, overdue or coming for this person's role, day by day, each with its row (``DUE``)."""
    found = due.list_duties(session, now, report_folder(register=session.register.path))
    return [(each, _row(each, now.date())) for each in by_day(found) if not each.done]


def _row(duty: Duty, today: date) -> list[str]:
    return [
        duty.state(today).value,
        duty.due_on.isoformat(),
        due.title_of(duty.task),
        duty.period,
        duty.task.clause or "",
        str(duty.count or ""),
        due.instruction_of(duty),
    ]


def due_rows(session: Session, now: datetime) -> tuple[list[list[str]], int]:
    """The rows of ``open_duties``, and how many of them are due by now."""
    found = open_duties(session, now)
    return [row for _, row in found], len(due.to_act([duty for duty, _ in found], now.date()))


def customer_rows(told: dict[str, Any]) -> tuple[str, list[list[str]]]:
    """What ``show_customer`` told: other names and counts in a sentence, a row (``CUSTOMER``) each field."""
    fields = [*told["fields"], *(field for person in told["contacts"] for field in person)]
    rows = [["" if value is None else str(value) for value in row.values()] for row in fields]
    also = "、".join(other for other in told["names"] if other != told["customer"])
    counts = f"信息 {told['leads']} 条，合同 {told['contracts']} 份。"
    return (f"又名：{also}。" if also else "") + counts, rows
