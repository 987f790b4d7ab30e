"""T18 客户销售额表: the company's sales of a month and those of single customers (大客户管理制度 三.2)."""

from __future__ import annotations

from workbench.capabilities.customers.identity import keys_of
from workbench.core.credit_codes import is_credit_code, plain_code
from workbench.core.errors import FileRefused
from workbench.core.messages import Message
from workbench.core.money import yuan_of
from workbench.core.periods import month_bounds
from workbench.platform.intake.rows import Row, store_rows
from workbench.platform.intake.submission import ImportBatch, Submission, returned

TEMPLATE = "customer_sales"
CLAUSE = "大客户管理制度·三.2"


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """A month's sales are taken once it has begun, and where its customers' sales are no more than the company's.

    Raises FileRefused ``month_not_begun/sales``, ``more_than_all``.
    """
    form = submission.form
    month, total = form.header["month"], int(form.header["total"])
    place = {"file": form.file, "sheet": form.sheet}
    if submission.received_at.date() < month_bounds(month)[0]:
        raise FileRefused("month_not_begun/sales", month=month, cell=form.header_cells.get("month"), **place)
    listed = int(form.rows.loc[~form.rows["returned"].astype(bool), "amount"].sum())
    if listed > total:
        cell = form.header_cells.get("total")
        raise FileRefused("more_than_all", listed=yuan_of(listed), total=yuan_of(total), cell=cell, **place)


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store a month's sheet; the one received last counts, and that of a customer card for its customers alone."""
    for submission in submissions:
        _accept(batch, submission)


def _accept(batch: ImportBatch, submission: Submission) -> None:
    header, rows = submission.form.header, submission.open_rows()
    keys = dict(zip(rows["row"], keys_of(batch, rows["customer"].tolist()), strict=True))
    seen: dict[str | None, int] = {}

    def examine(row: Row) -> list[Row]:
        key = keys[row["row"]]
        if key in seen:
            raise returned("customer_twice", Message.of("customer_twice", row=seen[key]), "customer", CLAUSE)
        code = None if row["code"] is None else plain_code(row["code"])
        if code is not None and not is_credit_code(code):
            raise returned("bad_credit_code", Message.of("bad_credit_code"), "code", CLAUSE)
        seen[key] = int(row["row"])
        return [
            {
                "month": header["month"],
                "customer_key": key,
                "customer": row["customer"],
                "code": code,
                "amount_fen": int(row["amount"]),
                "quantity": row["quantity"],
            }
        ]

    store_rows(batch, submission, "customer_sale", rows, examine)
    month = {
        "month": header["month"],
        "total_fen": int(header["total"]),
        "part": submission.form.book,
        "at": submission.received_at,
        "document": submission.document,
    }
    batch.put("sales_month", [month])
