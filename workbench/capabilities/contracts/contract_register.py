"""T2 合同登记汇总表: contracts and pick-ups of a month come back (6.5, 7.3.3)."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.holdings import holders
from workbench.capabilities.leads.lead_states import known_lead, leads_by_number, states_at_receipt
from workbench.capabilities.leads.status import UNCONFIRMED
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import customer_key
from workbench.platform.intake.rows import Row, newest_values, store_rows, values
from workbench.platform.intake.submission import ImportBatch, Submission, returned

COMPARED = ["quantity", "amount_fen", "signed_on", "picked_up", "cumulative", "unit", "model", "progress"]


def sequence_key(submission: Submission) -> str:
    """The versions of a month's register are taken in one after another."""
    return submission.form.header["month"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store the lines and the return itself; the later line of the same contract and lead counts (D25).

    An empty register of a month is a nil return.
    """
    for submission in submissions:
        _accept(batch, submission)


def _accept(batch: ImportBatch, submission: Submission) -> None:
    month = sequence_key(submission)
    rows = submission.open_rows().rename(columns={"amount": "amount_fen"})
    leads = leads_by_number(batch, rows["number"])
    states = states_at_receipt(batch, [submission], leads["lead"].tolist())[submission.received_at]
    known = leads[leads["lead"].isin(states.index)]
    newest = newest_values(batch, "contract_line", ["contract", "lead"], COMPARED, {"month": month})

    def examine(row: Row) -> list[Row]:
        lead = _confirmed(row, known, states)
        _add_doubts(submission, row, leads.loc[row["number"]], states.loc[lead])
        line = values(row, COMPARED)
        if newest.get((row["contract"], lead)) == line:
            return []
        newest[row["contract"], lead] = line
        return [{"month": month, "contract": row["contract"], "lead": lead, **line}]

    store_rows(batch, submission, "contract_line", rows, examine)
    batch.put("register_return", [{"month": month, "at": submission.received_at, "document": submission.document}])


def _confirmed(row: Row, leads: pd.DataFrame, states: pd.DataFrame) -> int:
    """The confirmed lead of its own reporter a line is about. Raises RowReturned."""
    number = row["number"]
    lead = known_lead(leads, number, clause="6.5")
    status = states.at[lead, "status"]
    if status in UNCONFIRMED:
        raise returned("not_confirmed", Message.of("not_confirmed", number=number, status=status), "number", "6.5")
    if row["unit"] not in holders(states.loc[lead]):
        raise returned("other_reporter", Message.of("other_reporter", number=number, unit=row["unit"]), "unit", "6.5")
    return lead


def _add_doubts(submission: Submission, row: Row, lead: pd.Series, state: pd.Series) -> None:
    """Things that are taken as they are but deserve a look."""

    def doubt(code: str, column: str) -> None:
        submission.add_finding(
            code, Message(code), row=row["row"], column=column, clause="6.5", severity=Severity.WARNING
        )

    if customer_key(pd.Series([row["customer"]])).iloc[0] != lead["customer_key"]:
        doubt("customer_differs/on_contract", "customer")
    if row["signed_on"].date() > submission.received_at.date():
        doubt("signed_later", "signed_on")
    if pd.notna(state["expires_on"]) and row["signed_on"] > state["expires_on"]:
        doubt("signed_after_expiry", "signed_on")
    if pd.isna(state["project"]):
        doubt("not_a_project", "number")
    if pd.notna(row["cumulative"]) and row["cumulative"] < row["picked_up"]:
        doubt("cumulative_below", "cumulative")
    if row["picked_up"] > row["quantity"]:
        doubt("picked_up_above", "picked_up")
