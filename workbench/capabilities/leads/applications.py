"""T3 大客户项目申报表: a reporter applies for its project (5.5)."""

from __future__ import annotations

from workbench.capabilities.leads.facts import APPLIED, COMPLETED, DELIVERING, DUPLICATE, EXPIRED, INVALID, SIGNED
from workbench.capabilities.organization.units import unit_of
from workbench.core.findings import Severity
from workbench.platform.intake.submission import Filing, Work

CLOSED = {INVALID: "无效", DUPLICATE: "重复", EXPIRED: "已到期"}


def admit(work: Work, filing: Filing) -> None:
    """Only a listed unit applies. Raises FileRefused."""
    unit_of(work, filing)


def series(filing: Filing) -> str:
    """A unit's applications are taken in one after another."""
    return filing.form.header["unit"]


def take(work: Work, filings: list[Filing]) -> None:
    """Store applications for the unit's own leads; say where 5.5 takes a lead out of the counts."""
    touched: dict[int, Filing] = {}
    rows_of: dict[int, int] = {}
    opened = [(filing, filing.open_rows()) for filing in filings]
    leads = work.leads_by_number(number for _, rows in opened for number in rows["number"])
    known = work.states_at_receipt(filings, leads["lead"].tolist())
    for filing, rows in opened:
        states = known[filing.received_at]
        for row in rows.to_dict("records"):
            place = {"row": row["row"], "column": "number"}
            number = row["number"]
            if number not in leads.index or leads.at[number, "lead"] not in states.index:
                filing.give_back("unknown_number", f"信息编号 {number} 不在登记册中，请核对。", **place)
                continue
            lead = int(leads.at[number, "lead"])
            status = states.at[lead, "status"]
            if leads.at[number, "reporter"] != filing.form.header["unit"]:
                message = f"信息 {number} 不是本单位提报的，不能申报。"
                filing.give_back("other_reporter", message, clause="5.5", **place)
            elif status in CLOSED:
                message = f"信息 {number} 状态为“{status}”，不能申报项目。"
                filing.give_back("not_open", message, clause="5.5", **place)
            elif status in (APPLIED, SIGNED, DELIVERING, COMPLETED):
                filing.unchanged += 1
                message = f"信息 {number} 已申报或已签约，以首次申报为准。"
                filing.say("already_applied", message, clause="5.5", severity=Severity.NOTE, **place)
            else:
                filing.accepted += 1
                touched[lead] = filing
                rows_of[lead] = row["row"]
                work.put(
                    "application",
                    [{"lead": lead, "unit": filing.form.header["unit"], "at": filing.received_at,
                      "model": row["model"], "quantity": row["quantity"], "support": row["support"],
                      "signs_on": row["signs_on"], "document": filing.document, "row": row["row"]}],
                )  # fmt: skip
    work.store(filings, ["application"])
    if touched:
        states = work.refresh(sorted(touched), touched)
        for lead, filing in touched.items():
            if states.at[lead, "excluded"] == "5.5":
                filing.say(
                    "applied_too_soon", "申报距信息提报不足7天，按第5.5条该信息不计入提报量。", row=rows_of[lead],
                    column="number", clause="5.5", severity=Severity.WARNING, number=states.at[lead, "number"],
                )  # fmt: skip
