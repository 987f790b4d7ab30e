"""What the register keeps of customers: their files, what account managers report, sales, grades given by name.

Customers stand by the key of their name (``customer_key``: ``#12`` in place of it), so that everybody can tell them apart
and only those who may read names can say who they are.
"""

from __future__ import annotations

from workbench.capabilities.customers import fields
from workbench.capabilities.customers.identity import nobody_named
from workbench.platform.register.facts import BOOL, INT, OPTIONAL_INT, TEXT, TIME, FactTable

TABLES = (
    # a row of T8 as it came; `filled`: the personal fields it has a value in, by key, separated by spaces; `contact_key`:
    # a keyed hash of the contact person's name, the same in every row about him
    FactTable(
        name="customer_profile",
        word="客户档案",
        facts="customer_profiles",
        columns={
            "customer_key": TEXT,
            "customer": TEXT,
            "unit": TEXT,
            "department": TEXT,
            **{key: TEXT for key in fields.PLAIN if key != "keep_until"},
            "keep_until": TIME,
            "filled": TEXT,
            "contact_key": TEXT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="customer_profile",
        sealed=fields.SEALED,
        named=("customer", *fields.NAMED),
        customers=("customer_key",),
        without_names=nobody_named,
    ),
    # which names belong together: `other` is the same customer as `customer_key`, or its parent; not `linked`: no longer.
    # `source`: 档案 (aliases and parent of T8) or 人工
    FactTable(
        name="customer_link",
        word="客户关联",
        facts="customer_links",
        columns={
            "customer_key": TEXT,
            "other": TEXT,
            "other_name": TEXT,
            "kind": TEXT,
            "linked": BOOL,
            "source": TEXT,
            "reason": TEXT,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
        template="customer_profile",
        rows=False,
        named=("other_name", "reason"),
        customers=("other", "customer_key"),
        without_names=nobody_named,
    ),
    # that a manager reported for a week (its Monday), a nil return included
    FactTable(
        name="weekly_sheet",
        word="每周信息上报",
        facts="weekly_sheets",
        columns={"unit": TEXT, "manager": TEXT, "week": TIME, "at": TIME, "file": TEXT},
        known_at="at",
        template="weekly_report",
        rows=False,
    ),
    # every version of every row of T7; `number` stays the same from version to version
    FactTable(
        name="weekly_item",
        word="每周信息",
        facts="weekly_items",
        columns={
            "number": TEXT,
            "unit": TEXT,
            "manager": TEXT,
            "week": TIME,
            "row_id": TEXT,
            "happened_on": TIME,
            "kind": TEXT,
            "customer_key": TEXT,
            "customer": TEXT,
            "content": TEXT,
            "churn": BOOL,
            "rival": TEXT,
            "breach": BOOL,
            "action": TEXT,
            "owner": TEXT,
            "due_on": TIME,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="weekly_report",
        named=("customer", "content", "rival", "action"),
        customers=("customer_key",),
        without_names=nobody_named,
    ),
    # what became of a row of T7: an answer of T9
    FactTable(
        name="service_step",
        word="服务办理",
        facts="service_steps",
        columns={
            "number": TEXT,
            "customer_key": TEXT,
            "action": TEXT,
            "owner": TEXT,
            "due_on": TIME,
            "state": TEXT,
            "closed_on": TIME,
            "proof": TEXT,
            "feedback": TEXT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="service_record",
        named=("action", "proof"),
        customers=("customer_key",),
        without_names=nobody_named,
    ),
    # days on which an account manager need not report; not `stands`: taken back
    FactTable(
        name="manager_leave",
        word="客户经理休假",
        facts="manager_leaves",
        columns={
            "name": TEXT,
            "unit": TEXT,
            "first": TIME,
            "last": TIME,
            "stands": BOOL,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
    ),
    # the company's sales of a month, in fen; a later one takes its place with all its customers; ``part``: the book whose
    # sheet it is, which is about the customers it lists alone and adds to what is there; None for a month's own sheet
    FactTable(
        name="sales_month",
        word="公司月销售总额",
        facts="sales_months",
        columns={"month": TEXT, "total_fen": INT, "part": TEXT, "at": TIME, "file": TEXT},
        known_at="at",
        template="customer_sales",
        rows=False,
    ),
    FactTable(
        name="customer_sale",
        word="客户销售额",
        facts="customer_sales",
        columns={
            "month": TEXT,
            "customer_key": TEXT,
            "customer": TEXT,
            "code": TEXT,
            "amount_fen": INT,
            "quantity": OPTIONAL_INT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="customer_sales",
        named=("customer",),
        customers=("customer_key",),
        without_names=nobody_named,
    ),
    # a customer named a key account until a day (inclusive); not `stands`: ended before
    FactTable(
        name="customer_naming",
        word="大客户认定",
        facts="customer_namings",
        columns={
            "customer_key": TEXT,
            "customer": TEXT,
            "ground": TEXT,
            "reason": TEXT,
            "since": TIME,
            "until": TIME,
            "stands": BOOL,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
        named=("customer", "reason"),
        customers=("customer_key",),
        without_names=nobody_named,
    ),
    # what a person decided on an account manager's assessment of a quarter, beside the score that was proposed
    FactTable(
        name="manager_assessment",
        word="客户经理考核",
        facts="manager_assessments",
        columns={
            "quarter": TEXT,
            "name": TEXT,
            "unit": TEXT,
            "proposed": TEXT,
            "verdict": TEXT,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
    ),
)
