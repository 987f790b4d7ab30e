"""T3 大客户项目申报表: a reporter applies for its project (5.5)."""

from __future__ import annotations

from workbench.capabilities.leads.facts import APPLIED, COMPLETED, DELIVERING, DUPLICATE, EXPIRED, INVALID, SIGNED
from workbench.capabilities.organization.units import unit_of
from workbench.core.findings import Severity
from workbench.platform.intake.submission import ImportBatch, Submission

CLOSED = {INVALID: "无效", DUPLICATE: "重复", EXPIRED: "已到期"}


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Only a listed unit applies. Raises FileRefused."""
    unit_of(batch, submission)


def sequence_key(submission: Submission) -> str:
    """A unit's applications are taken in one after another."""
    return submission.form.header["unit"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store applications for the unit's own leads; say where 5.5 takes a lead out of the counts."""
    touched: dict[int, Submission] = {}
    rows_of: dict[int, int] = {}
    opened = [(submission, submission.open_rows()) for submission in submissions]
    leads = batch.leads_by_number(number for _, rows in opened for number in rows["number"])
    known = batch.states_at_receipt(submissions, leads["lead"].tolist())
    for submission, rows in opened:
        states = known[submission.received_at]
        for row in rows.to_dict("records"):
            place = {"row": row["row"], "column": "number"}
            number = row["number"]
            if number not in leads.index or leads.at[number, "lead"] not in states.index:
                submission.return_row("unknown_number", f"信息编号 {number} 不在登记册中，请核对。", **place)
                continue
            lead = int(leads.at[number, "lead"])
            status = states.at[lead, "status"]
            if leads.at[number, "reporter"] != submission.form.header["unit"]:
                message = f"信息 {number} 不是本单位提报的，不能申报。"
                submission.return_row("other_reporter", message, clause="5.5", **place)
            elif status in CLOSED:
                message = f"信息 {number} 状态为“{status}”，不能申报项目。"
                submission.return_row("not_open", message, clause="5.5", **place)
            elif status in (APPLIED, SIGNED, DELIVERING, COMPLETED):
                submission.unchanged += 1
                message = f"信息 {number} 已申报或已签约，以首次申报为准。"
                submission.add_finding("already_applied", message, clause="5.5", severity=Severity.NOTE, **place)
            else:
                submission.accepted += 1
                touched[lead] = submission
                rows_of[lead] = row["row"]
                batch.put(
                    "application",
                    [{"lead": lead, "unit": submission.form.header["unit"], "at": submission.received_at,
                      "model": row["model"], "quantity": row["quantity"], "support": row["support"],
                      "signs_on": row["signs_on"], "document": submission.document, "row": row["row"]}],
                )  # fmt: skip
    batch.store(submissions, ["application"])
    if touched:
        states = batch.refresh(sorted(touched), touched)
        for lead, submission in touched.items():
            if states.at[lead, "excluded"] == "5.5":
                submission.add_finding(
                    "applied_too_soon", "申报距信息提报不足7天，按第5.5条该信息不计入提报量。", row=rows_of[lead],
                    column="number", clause="5.5", severity=Severity.WARNING, number=states.at[lead, "number"],
                )  # fmt: skip
