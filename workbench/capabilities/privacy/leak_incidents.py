"""T13 信息泄露事件登记表: leaks by insiders and their consequences (7.3.4)."""

from __future__ import annotations

import pandas as pd

from workbench.core.findings import Severity
from workbench.platform.intake.submission import Filing, Work


def admit(work: Work, filing: Filing) -> None:
    """Any well-formed list of incidents is taken in."""


def series(filing: Filing) -> str:
    """Lists of incidents are taken in one after another."""
    return "leak_incident"


def take(work: Work, filings: list[Filing]) -> None:
    """Store new incidents; a number the register holds stays as it is."""
    known = set(work.register.read("incident", ["number"])["number"])
    for filing in filings:
        rows = filing.open_rows()
        leads = work.leads_by_number(rows["lead"])
        for row in rows.to_dict("records"):
            place = {"row": row["row"], "column": "number"}
            if row["number"] in known:
                filing.unchanged += 1
                message = f"事件 {row['number']} 已登记，未作改动；更正请用新的事件编号。"
                filing.say("already_registered", message, clause="7.3.4", severity=Severity.NOTE, **place)
                continue
            if row["happened_on"].date() > filing.received_at.date():
                message = "泄露日期晚于收到日期，请核对。"
                filing.give_back("in_the_future", message, row=row["row"], column="happened_on", clause="7.3.4")
                continue
            if row["lead"] is not None and row["lead"] not in leads.index:
                filing.say(
                    "unknown_number", f"涉及信息编号 {row['lead']} 不在登记册中，请核对。", row=row["row"], column="lead",
                    clause="7.3.4", severity=Severity.WARNING,
                )  # fmt: skip
            known.add(row["number"])
            filing.accepted += 1
            lead = leads["lead"].get(row["lead"])
            work.put(
                "incident",
                [{"number": row["number"], "person": row["person"], "unit": row["unit"],
                  "happened_on": row["happened_on"], "inside": row["inside"] == "是",
                  "lead": pd.NA if lead is None else int(lead), "at": filing.received_at,
                  "document": filing.document, "row": row["row"]}],
            )  # fmt: skip
    work.store(filings, ["incident"])
