"""T2 合同登记汇总表: contracts and pick-ups of a month come back (6.5, 7.3.3)."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.facts import DUPLICATE, HELD, INVALID, RECEIVED, WAITING
from workbench.core.findings import Severity
from workbench.core.identity import customer_key
from workbench.platform.intake.submission import ImportBatch, Submission

UNCONFIRMED = (RECEIVED, HELD, WAITING, INVALID, DUPLICATE)
COMPARED = ["quantity", "amount_fen", "signed_on", "picked_up", "cumulative", "unit", "model", "progress"]


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Any well-formed register of a month is taken in; an empty one is a nil return."""


def sequence_key(submission: Submission) -> str:
    """The versions of a month's register are taken in one after another."""
    return submission.form.header["month"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store the lines and the return itself; the later line of the same contract and lead counts (D25)."""
    touched: dict[int, Submission] = {}
    for submission in submissions:
        month = sequence_key(submission)
        rows = submission.open_rows().rename(columns={"amount": "amount_fen"})
        leads = batch.leads_by_number(rows["number"])
        states = batch.states_at_receipt([submission], leads["lead"].tolist())[submission.received_at]
        newest = _newest(batch, month)
        for row in rows.to_dict("records"):
            lead = _confirmed(submission, row, leads, states)
            if lead is None:
                continue
            _doubts(submission, row, leads.loc[row["number"]], states.loc[lead])
            line = {name: None if pd.isna(row[name]) else row[name] for name in COMPARED}
            if newest.get((row["contract"], lead)) == line:
                submission.unchanged += 1
                continue
            newest[(row["contract"], lead)] = line
            submission.accepted += 1
            touched[lead] = submission
            batch.put(
                "contract_line",
                [{"month": month, "contract": row["contract"], "lead": lead, **line, "at": submission.received_at,
                  "document": submission.document, "row": row["row"]}],
            )  # fmt: skip
        batch.put("register_return", [{"month": month, "at": submission.received_at, "document": submission.document}])
    batch.store(submissions, ["contract_line", "register_return"])
    if touched:
        batch.refresh(sorted(touched), touched)


def _newest(batch: ImportBatch, month: str) -> dict[tuple[str, int], dict]:
    """The latest line of each contract and lead the register holds for the month."""
    rows = batch.register.read("contract_line", ["contract", "lead", "at", *COMPARED], where={"month": month})
    rows = rows.sort_values("at", kind="stable").drop_duplicates(["contract", "lead"], keep="last")
    return {
        (row["contract"], row["lead"]): {name: None if pd.isna(row[name]) else row[name] for name in COMPARED}
        for row in rows.to_dict("records")
    }


def _confirmed(submission: Submission, row: dict, leads: pd.DataFrame, states: pd.DataFrame) -> int | None:
    """The confirmed lead of its own reporter a line is about; otherwise the line is given back."""
    number, place = row["number"], {"row": row["row"], "column": "number"}
    if number not in leads.index or leads.at[number, "lead"] not in states.index:
        submission.return_row("unknown_number", f"信息编号 {number} 不在登记册中，请核对。", clause="6.5", **place)
        return None
    lead = int(leads.at[number, "lead"])
    status = states.at[lead, "status"]
    if status in UNCONFIRMED:
        message = f"信息 {number} 状态为“{status}”，未确认有效，不能登记合同。"
        submission.return_row("not_confirmed", message, clause="6.5", **place)
        return None
    if leads.at[number, "reporter"] != row["unit"]:
        message = f"信息 {number} 不是单位 {row['unit']} 提报的，请核对单位代码。"
        submission.return_row("other_reporter", message, row=row["row"], column="unit", clause="6.5")
        return None
    return lead


def _doubts(submission: Submission, row: dict, lead: pd.Series, state: pd.Series) -> None:
    """Things that are taken as they are but deserve a look."""

    def doubt(code: str, message: str, column: str) -> None:
        submission.add_finding(code, message, row=row["row"], column=column, clause="6.5", severity=Severity.WARNING)

    if customer_key(pd.Series([row["customer"]])).iloc[0] != lead["customer_key"]:
        doubt("customer_differs", "客户名称与信息登记的不一致，请核对信息编号。", "customer")
    if row["signed_on"].date() > submission.received_at.date():
        doubt("signed_later", "签订日期晚于收到日期，请核对。", "signed_on")
    if pd.notna(state["expires_on"]) and row["signed_on"] > state["expires_on"]:
        doubt("signed_after_expiry", "签订日期晚于信息到期日期，该信息已到期，请核对。", "signed_on")
    if pd.isna(state["project"]):
        doubt("not_a_project", "该信息尚未立项（缺到期日期），提车不计项目奖励。", "number")
    if pd.notna(row["cumulative"]) and row["cumulative"] < row["picked_up"]:
        doubt("cumulative_below", "累计提车量小于本月提车量，请核对。", "cumulative")
    if row["picked_up"] > row["quantity"]:
        doubt("picked_up_above", "本月提车量大于合同数量，请核对。", "picked_up")
