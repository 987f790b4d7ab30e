"""Forms as people get them, with what the register knows filled in: the week's T7 and T9 of a manager, T8 of a customer."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.exceptions import FileCreateError

from workbench.capabilities.customers import fields, profiles, service_records, weekly_reports
from workbench.capabilities.customers.acts import the_customer
from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.customers.prefilled import matters_of, profile_row, the_manager
from workbench.capabilities.customers.weekly_reports import monday_of
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder, whole
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.intake.prepared_books import Subject
from workbench.platform.register.names import number_of

SPARE_ROWS = 50
# a form to be written: template, file name, header, rows
PreparedForm = tuple[str, str, dict[str, Any], list[dict[str, Any]]]


def prepare_week(session: Session, unit: str, manager: str, day: date, out: Path) -> list[Path]:
    """Write a manager's T7 of the week of a day, with its header, and T9 with his open matters, to a folder.

    Of a matter the columns that are not read back are filled in, measure and term as agreed so far; the rest is left open.
    Raises RegisterError ``not_allowed``; WrongUse ``unknown_manager/leave``, ``folder_not_written/preparing``.
    """
    session.require("prepare_customer_forms")
    manager, week = the_manager(session, Subject(day, unit=unit, manager=manager)), monday_of(day)
    matters = matters_of(session, unit, manager)
    forms: list[PreparedForm] = [
        (
            weekly_reports.TEMPLATE,
            file_name("每周信息上报", unit, manager, week, ending=".xlsx"),
            {"unit": unit, "manager": manager, "week": week},
            [],
        ),
        (
            service_records.TEMPLATE,
            file_name("服务记录", unit, manager, week, ending=".xlsx"),
            {"unit": unit, "compiler": manager},
            matters,
        ),
    ]
    return write_prepared(session, out, forms, manager=manager, unit=unit, week=week.isoformat())


def prepare_card(session: Session, name: str, department: fields.Department, out: Path) -> Path:
    """Write a customer's T8 with what is known of the parts a department provides; personal fields stay empty.

    What comes back as it stands confirms the part as of that day. Raises RegisterError ``not_allowed``; WrongUse
    ``no_such_customer``, ``folder_not_written/preparing``.
    """
    session.require("prepare_customer_forms")
    today = session.now.date()
    customer = the_customer(Customers(open_snapshot(session)), name)
    row = profile_row(customer, department, today, session.policy)
    path = file_name(
        "客户档案", customer.code or number_of(customer.key) or "", department.value, today, ending=".xlsx"
    )
    forms: list[PreparedForm] = [(profiles.TEMPLATE, path, {"department": department.value}, [row])]
    (written,) = write_prepared(session, out, forms, department=department.value)
    return written


def write_prepared(session: Session, out: Path, forms: list[PreparedForm], **said: str) -> list[Path]:
    """Note in the trail that forms are handed out, and write them: each as template, file name, header and rows.

    Raises WrongUse ``folder_not_written/preparing``.
    """
    paths, at = [], session.now
    try:
        try_folder(out)
        with session.transaction("prepare_customer_forms", at, **said):
            for template, name, header, rows in forms:
                with whole(out / name) as part:
                    _write(session, template, part, header, rows, at)
                paths.append(out / name)
    except (OSError, FileCreateError):
        raise WrongUse("folder_not_written/preparing", out=out) from None
    return paths


def _write(
    session: Session, template: str, part: Path, header: dict[str, Any], rows: list[dict[str, Any]], at: datetime
) -> None:
    filled = pd.DataFrame(rows, dtype=object) if rows else []
    write_form(
        templates()[template],
        part,
        header,
        filled,
        policy=session.policy,
        on=at.date(),
        row_count=len(rows) + SPARE_ROWS,
    )
