"""What an archive lacks, and what is out past its day (客户信息及档案管理制度 六, 七)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from workbench.capabilities.leads.contract_history import counting_lines
from workbench.platform.register.facts import Facts
from workbench.platform.regulation.edition import Policy

LOAN = ["number", "borrower", "lent_on"]
CONTRACT = "合同"
COMPLETED = "已完成"  # what the register of contracts says of one that was carried out


def due_back(lent_on: date, agreed: date | None, policy: Policy) -> date | None:
    """七: the last day of a loan: the one agreed on, else ``loan_days`` after it began; None where no term is set."""
    days = policy.value("loan_days", lent_on)
    if agreed is not None:
        return agreed
    return None if days is None else lent_on + timedelta(days=days)


def asked_for(delivered: bool, on: date, policy: Policy) -> list[str]:
    """六: the kinds of documents that have to be kept of a signed contract, and of one all vehicles of which were delivered."""
    kinds = [*(policy.value("kept_when_signed", on) or ())]
    return [*kinds, *((policy.value("kept_when_delivered", on) or ()) if delivered else ())]


def lacking(kinds: Iterable[str], delivered: bool, on: date, policy: Policy) -> list[str]:
    """六: the kinds of documents that have to be kept of a contract at its stage and are not among these."""
    held = set(kinds)
    return [kind for kind in asked_for(delivered, on, policy) if kind not in held]


def newest_documents(facts: Facts) -> pd.DataFrame:
    """The newest version of every document of the index, by number."""
    rows = facts.archive_documents.sort_values("at", kind="stable").drop_duplicates("number", keep="last")
    return rows.sort_values("number", ignore_index=True)


def loans(facts: Facts, on: date, policy: Policy) -> pd.DataFrame:
    """Every loan as it stands on a day: the columns of LOAN, ``due_on`` (the day agreed on, or the term), ``returned_on``,
    ``overdue``: out past its day, or brought back after it.
    """
    rows = facts.archive_loans.sort_values("at", kind="stable").drop_duplicates(LOAN, keep="last")
    found = []
    for row in rows.to_dict("records"):
        agreed = None if pd.isna(row["due_on"]) else row["due_on"].date()
        back = None if pd.isna(row["returned_on"]) else row["returned_on"].date()
        due = due_back(row["lent_on"].date(), agreed, policy)
        found.append({**row, "due_on": due, "returned_on": back, "overdue": due is not None and (back or on) > due})
    table = pd.DataFrame(found, columns=[*LOAN, "due_on", "returned_on", "overdue"], dtype=object)
    return table.sort_values(["due_on", "number"], ignore_index=True)


def checklist(facts: Facts, on: date, policy: Policy) -> pd.DataFrame:
    """The documents that have to be kept of every contract of the register: contract, lead, signed_on, delivered (bool),
    asked (kinds), missing (those that are not in the index).
    """
    lines = counting_lines(facts, policy).sort_values(["signed_on", "month"], kind="stable")
    picked_up = lines.groupby("contract")["picked_up"].sum().to_dict()
    newest = lines.drop_duplicates(["contract", "lead"], keep="last").groupby("contract")
    sought, ended = newest["quantity"].max().to_dict(), newest["progress"].agg(set).to_dict()
    held = newest_documents(facts).groupby("contract")["kind"].agg(set).to_dict()
    rows = []
    for row in lines.drop_duplicates("contract").itertuples():
        delivered = COMPLETED in ended[row.contract] or 0 < sought[row.contract] <= picked_up[row.contract]
        rows.append(
            {
                "contract": row.contract,
                "lead": row.lead,
                "signed_on": row.signed_on.date(),
                "delivered": delivered,
                "asked": asked_for(delivered, on, policy),
                "missing": lacking(held.get(row.contract, ()), delivered, on, policy),
            }
        )
    columns = ["contract", "lead", "signed_on", "delivered", "asked", "missing"]
    return pd.DataFrame(rows, columns=columns, dtype=object).sort_values(["signed_on", "contract"], ignore_index=True)
