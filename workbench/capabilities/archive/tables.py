"""What the register keeps of the archive."""

from __future__ import annotations

from workbench.capabilities.customers.identity import nobody_named
from workbench.platform.register.facts import INT, OPTIONAL_INT, TEXT, TIME, FactTable

TABLES = (
    # every version of every document of the index
    FactTable(
        name="archive_document",
        word="档案目录",
        facts="archive_documents",
        columns={
            "number": TEXT,
            "customer_key": TEXT,
            "customer": TEXT,
            "kind": TEXT,
            "title": TEXT,
            "dated_on": TIME,
            "contract": TEXT,
            "pages": OPTIONAL_INT,
            "place": TEXT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="archive_index",
        named=("customer", "title"),
        customers=("customer_key",),
        without_names=nobody_named,
    ),
    # every version of every loan, told apart by document, borrower and first day
    FactTable(
        name="archive_loan",
        word="档案借阅",
        facts="archive_loans",
        columns={
            "number": TEXT,
            "borrower": TEXT,
            "lent_on": TIME,
            "due_on": TIME,
            "returned_on": TIME,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="archive_loan",
    ),
    # the electronic original of a document, kept encrypted (`address`: in `stored_file`); a later one counts
    FactTable(
        name="archive_original",
        word="档案原件",
        facts="archive_originals",
        columns={
            "number": TEXT,
            "customer_key": TEXT,
            "address": TEXT,
            "file_name": TEXT,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
        named=("file_name",),
        customers=("customer_key",),
    ),
)
