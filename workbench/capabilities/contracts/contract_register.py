"""T2 合同登记汇总表: contracts and pick-ups of a month come back (6.5, 7.3.3)."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.facts import DUPLICATE, HELD, INVALID, RECEIVED, WAITING
from workbench.core.findings import Severity
from workbench.core.identity import customer_key
from workbench.platform.intake.submission import Filing, Work

UNCONFIRMED = (RECEIVED, HELD, WAITING, INVALID, DUPLICATE)
COMPARED = ["quantity", "amount_fen", "signed_on", "picked_up", "cumulative", "unit", "model", "progress"]


def admit(work: Work, filing: Filing) -> None:
    """Any well-formed register of a month is taken in; an empty one is a nil return."""


def series(filing: Filing) -> str:
    """The versions of a month's register are taken in one after another."""
    return filing.form.header["month"]


def take(work: Work, filings: list[Filing]) -> None:
    """Store the lines and the return itself; the later line of the same contract and lead counts (D25)."""
    touched: dict[int, Filing] = {}
    for filing in filings:
        month = series(filing)
        rows = filing.open_rows().rename(columns={"amount": "amount_fen"})
        leads = work.leads_by_number(rows["number"])
        states = work.states_at_receipt([filing], leads["lead"].tolist())[filing.received_at]
        newest = _newest(work, month)
        for row in rows.to_dict("records"):
            lead = _confirmed(filing, row, leads, states)
            if lead is None:
                continue
            _doubts(filing, row, leads.loc[row["number"]], states.loc[lead])
            line = {name: None if pd.isna(row[name]) else row[name] for name in COMPARED}
            if newest.get((row["contract"], lead)) == line:
                filing.unchanged += 1
                continue
            newest[(row["contract"], lead)] = line
            filing.accepted += 1
            touched[lead] = filing
            work.put(
                "contract_line",
                [{"month": month, "contract": row["contract"], "lead": lead, **line, "at": filing.received_at,
                  "document": filing.document, "row": row["row"]}],
            )  # fmt: skip
        work.put("register_return", [{"month": month, "at": filing.received_at, "document": filing.document}])
    work.store(filings, ["contract_line", "register_return"])
    if touched:
        work.refresh(sorted(touched), touched)


def _newest(work: Work, month: str) -> dict[tuple[str, int], dict]:
    """The latest line of each contract and lead the register holds for the month."""
    rows = work.register.read("contract_line", ["contract", "lead", "at", *COMPARED], where={"month": month})
    rows = rows.sort_values("at", kind="stable").drop_duplicates(["contract", "lead"], keep="last")
    return {
        (row["contract"], row["lead"]): {name: None if pd.isna(row[name]) else row[name] for name in COMPARED}
        for row in rows.to_dict("records")
    }


def _confirmed(filing: Filing, row: dict, leads: pd.DataFrame, states: pd.DataFrame) -> int | None:
    """The confirmed lead of its own reporter a line is about; otherwise the line is given back."""
    number, place = row["number"], {"row": row["row"], "column": "number"}
    if number not in leads.index or leads.at[number, "lead"] not in states.index:
        filing.give_back("unknown_number", f"信息编号 {number} 不在登记册中，请核对。", clause="6.5", **place)
        return None
    lead = int(leads.at[number, "lead"])
    status = states.at[lead, "status"]
    if status in UNCONFIRMED:
        message = f"信息 {number} 状态为“{status}”，未确认有效，不能登记合同。"
        filing.give_back("not_confirmed", message, clause="6.5", **place)
        return None
    if leads.at[number, "reporter"] != row["unit"]:
        message = f"信息 {number} 不是单位 {row['unit']} 提报的，请核对单位代码。"
        filing.give_back("other_reporter", message, row=row["row"], column="unit", clause="6.5")
        return None
    return lead


def _doubts(filing: Filing, row: dict, lead: pd.Series, state: pd.Series) -> None:
    """Things that are taken as they are but deserve a look."""

    def doubt(code: str, message: str, column: str) -> None:
        filing.say(code, message, row=row["row"], column=column, clause="6.5", severity=Severity.WARNING)

    if customer_key(pd.Series([row["customer"]])).iloc[0] != lead["customer_key"]:
        doubt("customer_differs", "客户名称与信息登记的不一致，请核对信息编号。", "customer")
    if row["signed_on"].date() > filing.received_at.date():
        doubt("signed_later", "签订日期晚于收到日期，请核对。", "signed_on")
    if pd.notna(state["expires_on"]) and row["signed_on"] > state["expires_on"]:
        doubt("signed_after_expiry", "签订日期晚于信息到期日期，该信息已到期，请核对。", "signed_on")
    if pd.isna(state["project"]):
        doubt("not_a_project", "该信息尚未立项（缺到期日期），提车不计项目奖励。", "number")
    if pd.notna(row["cumulative"]) and row["cumulative"] < row["picked_up"]:
        doubt("cumulative_below", "累计提车量小于本月提车量，请核对。", "cumulative")
    if row["picked_up"] > row["quantity"]:
        doubt("picked_up_above", "本月提车量大于合同数量，请核对。", "picked_up")
