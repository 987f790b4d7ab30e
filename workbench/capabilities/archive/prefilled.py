"""What the register knows of the archive, as its forms are filled in beforehand in a book."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.archive.rules import checklist, loans, newest_documents
from workbench.capabilities.customers.prefilled import customer_of
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.platform.access.session import Session
from workbench.platform.forms.write_book import Filled
from workbench.platform.intake.prepared_books import Prefill, Subject

HERE = "workbench.capabilities.archive.prefilled"
PREFILLS = (Prefill("archive_index", f"{HERE}:index_of_customer"), Prefill("archive_loan", f"{HERE}:open_loans"))
SHOWN = ("number", "customer", "kind", "title", "dated_on", "contract", "pages", "place")


def index_of_customer(session: Session, subject: Subject) -> Filled:
    """T10 with the documents of a customer that are in the index, and those that should be and are not."""
    snapshot, customer = open_snapshot(session), customer_of(session, subject)
    names = {customer.name, *customer.names}
    documents = newest_documents(snapshot.facts)
    rows = [
        {"row_id": f"a:{row['number']}", **{name: None if pd.isna(row[name]) else row[name] for name in SHOWN}}
        for row in documents[documents["customer"].isin(names)].to_dict("records")
    ]
    of_lead = snapshot.states["customer"].to_dict()
    for row in checklist(snapshot.facts, session.now.date(), snapshot.policy).to_dict("records"):
        if of_lead.get(row["lead"]) in names:
            more = {"customer": customer.name, "contract": row["contract"]}
            rows += [{"row_id": f"m:{row['contract']}:{kind}", "kind": kind, **more} for kind in row["missing"]]
    return Filled({"unit": subject.unit}, rows)


def open_loans(session: Session, subject: Subject) -> Filled:
    """T11 with what is out, so that the day it came back is all that is to be written."""
    snapshot = open_snapshot(session)
    table = loans(snapshot.facts, session.now.date(), snapshot.policy)
    rows = [
        {"row_id": f"l:{number}", **{name: row[name] for name in ("number", "borrower", "lent_on", "due_on")}}
        for number, row in enumerate(table[table["returned_on"].isna()].to_dict("records"), start=1)
    ]
    return Filled({"unit": subject.unit}, rows)
