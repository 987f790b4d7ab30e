"""T13 信息泄露事件登记表: leaks by insiders and their consequences (7.3.4)."""

from __future__ import annotations

import pandas as pd

from workbench.core.findings import Severity
from workbench.platform.intake.submission import ImportBatch, Submission


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """Any well-formed list of incidents is taken in."""


def sequence_key(submission: Submission) -> str:
    """Lists of incidents are taken in one after another."""
    return "leak_incident"


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new incidents; a number the register holds stays as it is."""
    known = set(batch.register.read("incident", ["number"])["number"])
    for submission in submissions:
        rows = submission.open_rows()
        leads = batch.leads_by_number(rows["lead"])
        for row in rows.to_dict("records"):
            place = {"row": row["row"], "column": "number"}
            if row["number"] in known:
                submission.unchanged += 1
                message = f"事件 {row['number']} 已登记，未作改动；更正请用新的事件编号。"
                submission.add_finding("already_registered", message, clause="7.3.4", severity=Severity.NOTE, **place)
                continue
            if row["happened_on"].date() > submission.received_at.date():
                message = "泄露日期晚于收到日期，请核对。"
                submission.return_row("in_the_future", message, row=row["row"], column="happened_on", clause="7.3.4")
                continue
            if row["lead"] is not None and row["lead"] not in leads.index:
                submission.add_finding(
                    "unknown_number", f"涉及信息编号 {row['lead']} 不在登记册中，请核对。", row=row["row"], column="lead",
                    clause="7.3.4", severity=Severity.WARNING,
                )  # fmt: skip
            known.add(row["number"])
            submission.accepted += 1
            lead = leads["lead"].get(row["lead"])
            batch.put(
                "incident",
                [{"number": row["number"], "person": row["person"], "unit": row["unit"],
                  "happened_on": row["happened_on"], "inside": row["inside"] == "是",
                  "lead": pd.NA if lead is None else int(lead), "at": submission.received_at,
                  "document": submission.document, "row": row["row"]}],
            )  # fmt: skip
    batch.store(submissions, ["incident"])
