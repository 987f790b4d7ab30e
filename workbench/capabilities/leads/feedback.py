"""T5 大客户信息甄别反馈表: the sections' verdicts come back (6.3, 7.3.1, 7.3.2a)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.capabilities.leads.facts import SECTION
from workbench.capabilities.organization.units import unit_of
from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.platform.intake.submission import ImportBatch, Submission

READ_BACK = ["verdict", "reason", "expires_on", "person"]


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Only a listed section answers, and a verifier brings in his own section's answers. Raises FileRefused."""
    unit = unit_of(batch, submission, "section")
    if unit["kind"] != SECTION:
        cell = submission.form.header_cells.get("section")
        raise FileRefused(
            "not_a_section",
            f"{submission.form.file}《{submission.form.sheet}》{cell}：“{unit['name']}”不是业务科室。请填写科室代码。",
            f"{submission.form.file}, {cell}: this unit is not a section; give the section's code.",
            file=submission.form.file, sheet=submission.form.sheet, cell=cell,
        )  # fmt: skip
    own = None if batch.session.sole else batch.session.section
    if own is not None and submission.form.header["section"] != own:
        cell = submission.form.header_cells.get("section")
        raise FileRefused(
            "not_your_section",
            f"{submission.form.file}《{submission.form.sheet}》{cell}：不是您所在科室（{own}）的反馈表。请由该科室或市场策略科导入。",
            f"{submission.form.file}, {cell}: the feedback of another section than yours ({own}).",
            file=submission.form.file, sheet=submission.form.sheet, cell=cell,
        )  # fmt: skip


def sequence_key(submission: Submission) -> str:
    """A section's answers are taken in one after another."""
    return submission.form.header["section"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store verdicts on leads dispatched to the section; an answer that says nothing new is left alone."""
    touched: dict[int, Submission] = {}
    for submission in submissions:
        rows = submission.open_rows()
        leads = batch.leads_by_number(rows["number"])
        ids = leads["lead"].tolist()
        handed = batch.register.read("dispatch", ["lead", "section", "at"], where={"lead": ids}).set_index("lead")
        newest = _newest(batch, ids)
        for row in rows.to_dict("records"):
            lead = _dispatched(submission, row, leads, handed)
            if lead is None or not _dated(submission, row):
                continue
            answer = {name: None if pd.isna(row[name]) else row[name] for name in READ_BACK}
            if newest.get(lead) == answer:
                submission.unchanged += 1
                continue
            newest[lead] = answer
            if row["verdict"] == "有效" and answer["expires_on"] is None:
                submission.add_finding(
                    "no_expiry_date", "有效信息未注明到期日期，按第7.3.2条（到期日期）记录；请补报到期日期。", row=row["row"],
                    column="expires_on", clause="7.3.2a",
                )  # fmt: skip
            submission.accepted += 1
            touched[lead] = submission
            batch.put(
                "feedback",
                [{"lead": lead, "section": submission.form.header["section"], "at": submission.received_at, **answer,
                  "remark": row["remark"], "document": submission.document, "row": row["row"]}],
            )  # fmt: skip
    batch.store(submissions, ["feedback"])
    if touched:
        states = batch.refresh(sorted(touched), touched)
        for lead, submission in touched.items():
            _say_late(submission, states.loc[lead])


def _newest(batch: ImportBatch, ids: list[int]) -> dict[int, dict[str, Any]]:
    """The latest answer the register holds for each lead."""
    rows = batch.register.read("feedback", ["lead", "at", *READ_BACK], where={"lead": ids})
    rows = rows.sort_values("at", kind="stable").drop_duplicates("lead", keep="last")
    return {
        row["lead"]: {name: None if pd.isna(row[name]) else row[name] for name in READ_BACK}
        for row in rows.to_dict("records")
    }


def _dispatched(submission: Submission, row: dict, leads: pd.DataFrame, handed: pd.DataFrame) -> int | None:
    """The lead a row answers, if it was handed to this section; otherwise the row is given back."""
    number, place = row["number"], {"row": row["row"], "column": "number"}
    if number not in leads.index:
        submission.return_row("unknown_number", f"信息编号 {number} 不在登记册中，请核对。", **place)
        return None
    lead = int(leads.at[number, "lead"])
    if lead not in handed.index:
        submission.return_row("not_dispatched", f"信息 {number} 尚未转交甄别，不能反馈。", clause="6.2", **place)
    elif handed.at[lead, "section"] != submission.form.header["section"]:
        submission.return_row(
            "other_section", f"信息 {number} 转交的不是本科室，请核对科室代码。", clause="6.3", **place
        )
    else:
        if handed.at[lead, "at"] > submission.received_at:
            message = f"反馈的收到时间早于信息 {number} 的转交时间，请核对。"
            submission.add_finding("before_dispatch", message, clause="6.3", severity=Severity.WARNING, **place)
        return lead
    return None


def _dated(submission: Submission, row: dict) -> bool:
    """Whether the expiry date can be right: not before the day of the answer (6.3)."""
    expires = row["expires_on"]
    if row["verdict"] == "有效" and pd.notna(expires) and expires.date() < submission.received_at.date():
        submission.return_row(
            "expired_already", "到期日期早于反馈日，请核对到期日期。", row=row["row"], column="expires_on", clause="6.3"
        )
        return False
    if row["verdict"] == "无效" and not row["reason"]:
        submission.add_finding(
            "no_reason", "判为无效的信息请填写无效原因。", row=row["row"], column="reason", clause="6.3",
            severity=Severity.WARNING,
        )  # fmt: skip
    return True


def _say_late(submission: Submission, state: pd.Series) -> None:
    """Note an answer after the second working day (7.3.1)."""
    if state["late"]:
        submission.add_finding(
            "late_feedback",
            f"信息 {state['number']} 应于 {state['due_on']:%Y-%m-%d} 前反馈，已逾期（第7.3.1条）。",
            clause="7.3.1", severity=Severity.WARNING, number=state["number"],
        )  # fmt: skip
