"""A month's inspection form, filled with what the register itself can tell (客户信息综合管理制度 二, 四3, 五)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.exceptions import FileCreateError

from workbench.capabilities.supervision.inspections import TOLD, correct_by, findings
from workbench.capabilities.supervision.watching import observations
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder, whole
from workbench.core.messages import Message
from workbench.core.periods import month_bounds, parse_month
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form

SPARE_ROWS = 30
KEEPING = {"backup": "no_backup", "backup_test": "no_backup_test"}  # entry → what is said of a month without one


def prepare(session: Session, month: str, out: Path) -> Path:
    """Write T17 of a month to ``out``: unusual uses nobody answered, no backup or no test of one, open corrections.

    What an earlier form holds of a finding stays as it is there. Raises RegisterError ``not_allowed``; WrongUse
    ``bad_period``, ``month_not_begun/inspection``, ``folder_not_written/preparing``.
    """
    session.require("watch")
    month = parse_month(month)
    if session.now.date() < month_bounds(month)[0]:
        raise WrongUse("month_not_begun/inspection", month=month)
    path = out / file_name("客户信息管理检查整改表", month, ending=".xlsx")
    rows = rows_of(session, month)
    try:
        try_folder(out)
        with whole(path) as part:
            write_form(
                templates()["inspection"],
                part,
                {"inspected_on": pd.Timestamp(session.now.date())},
                rows,
                policy=session.policy,
                on=session.now.date(),
                row_count=len(rows) + SPARE_ROWS,
            )
    except (OSError, FileCreateError):
        raise WrongUse("folder_not_written/preparing", out=out) from None
    return path


def rows_of(session: Session, month: str) -> pd.DataFrame:
    """The rows of a month's form: open findings first, then what is new."""
    known = findings(session)
    held = known.loc[known["open"], ["number", *TOLD]].to_dict("records")
    last = correct_by(session.now.date(), session.policy)
    new = [
        {"number": number, "subject": subject, "problem": text.text("zh"), "correct_by": last}
        for number, subject, text in (*_unanswered(session, month), *_of_keeping(session, month))
        if number not in set(known["number"])
    ]
    rows = pd.DataFrame([*held, *new], columns=["number", *TOLD]).astype(object)
    rows["row_id"] = "x:" + rows["number"].astype(str)
    return rows.where(rows.notna(), None)


def _unanswered(session: Session, month: str) -> Iterator[tuple[str, str, Message]]:
    for one in observations(session, month).to_dict("records"):
        if one["answered_by"] is None:
            yield one["number"], "访问与使用", one["text"]


def _of_keeping(session: Session, month: str) -> Iterator[tuple[str, str, Message]]:
    """二, 四2: a month without a backup, or without a test that one can be restored."""
    first, last = month_bounds(month)
    entries: Any = session.register.read("entry", ["recorded_at", "action"])
    days = entries["recorded_at"].dt.date
    made = set(entries.loc[(days >= first) & (days <= last), "action"])
    for action, key in KEEPING.items():
        if action not in made:
            yield f"JC{month.replace('-', '')}-{action}", "备份与恢复", Message.of(f"found/{key}", month=month)
