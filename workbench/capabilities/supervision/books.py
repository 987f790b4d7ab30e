"""The custodian's book, and how the inspection in it is filled in beforehand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.core.periods import month_of_day
from workbench.platform.access.session import Session
from workbench.platform.forms.books import FormBook
from workbench.platform.forms.write_book import Filled
from workbench.platform.intake.prepared_books import Prefill, Subject

HERE = "workbench.capabilities.supervision.books"
BOOKS = (
    FormBook(
        key="custodian_book",
        title="信息管理员工作簿",
        order=30,
        forms=("archive_loan", "customer_disclosure", "leak_incident", "training_record", "inspection"),
        asks=(),
        action="prepare_custody_book",
        called=f"{HERE}:of_month",
        about="信息管理员一个月的登记：档案借阅、披露申请、泄露事件、培训与保密协议、检查整改。",
        notes={
            "archive_loan": "未归还的已列出，归还的填写归还日期",
            "inspection": "系统发现的问题已列出，填写检查人、整改责任人和结果",
        },
    ),
)
PREFILLS = (Prefill("inspection", f"{HERE}:inspection"),)


def of_month(session: Session, subject: Subject) -> tuple[list[str], dict[str, Any]]:
    """The words of a month's file, and what the trail says."""
    month = subject.month or month_of_day(subject.day)
    return [month], {"month": month}


def inspection(session: Session, subject: Subject) -> Filled:
    """T17 of a month: unusual uses nobody answered, what is lacking of backups, open corrections."""
    from workbench.capabilities.supervision.prepared_inspection import rows_of

    rows = rows_of(session, subject.month or month_of_day(subject.day))
    return Filled({"inspected_on": pd.Timestamp(session.now.date())}, rows.to_dict("records"))
