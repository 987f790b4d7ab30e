"""The development plan (6.4): projects under way on a day, who has them, what comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from workbench.capabilities.leads.status import LIVE_PROJECT, Status
from workbench.capabilities.leads.verification import Sections
from workbench.capabilities.organization.kinds import UnitKind
from workbench.platform.regulation.edition import Policy

TO_APPLY, TO_SIGN, TO_DELIVER, IN_DELIVERY = "待申报", "待签约", "待提车", "提车中"
STEPS = (TO_APPLY, TO_SIGN, TO_DELIVER, IN_DELIVERY)
PLAN = [
    "project",
    "number",
    "customer",
    "category",
    "province",
    "city",
    "reporter",
    "section",
    "person",
    "quantity",
    "contract_quantity",
    "picked_up",
    "left",
    "expires_on",
    "days_left",
    "soon",
    "status",
    "step",
    "todo",
    "apply_from",
    "excluded",
]


def live(states: pd.DataFrame) -> pd.DataFrame:
    """Projects that are neither completed nor expired; columns of ``tables.STATES``."""
    return states[states["project"].notna() & states["status"].isin(LIVE_PROJECT)]


def next_step(status: str, dealer: bool) -> str:
    """What a live project waits for: a word of ``STEPS``. Applications (T3) are the dealers'."""
    if status == Status.PROJECT:
        return TO_APPLY if dealer else TO_SIGN
    return {Status.APPLIED: TO_SIGN, Status.SIGNED: TO_DELIVER, Status.DELIVERING: IN_DELIVERY}[Status(status)]


def plan(states: pd.DataFrame, units: pd.DataFrame, on: date, policy: Policy) -> pd.DataFrame:
    """The live projects of a day, those that expire first on top: columns of ``PLAN``.

    ``states`` as of the end of the day. ``person``: 项目责任人, else the section's 责任人 (D23), else None.
    ``left``: vehicles under contract not yet picked up, None before a contract. ``days_left``: days from the day to the expiry date (0:
    it is today), None under a contract; ``soon``: within ``expiring_days`` and without a contract, since a contract ends the expiry.
    ``todo``: the next step in words; a dealer's names the first day on which an application lets the lead count (5.5), which
    is ``apply_from`` while it is to come, else None.
    """
    sections = Sections(units)
    soon, wait = policy.value("expiring_days", on), policy.value("application_lead_days", on)
    rows = []
    for lead in live(states).sort_values(["expires_on", "number"]).to_dict("records"):
        step = next_step(lead["status"], lead["reporter_kind"] == UnitKind.DEALER)
        signed = step in (TO_DELIVER, IN_DELIVERY)
        left = max(0, lead["contract_quantity"] - lead["picked_up"]) if signed else None
        ends = not (
            signed or pd.isna(lead["expires_on"])
        )  # a contract makes a lead without an expiry date a project (D42)
        days = (lead["expires_on"].date() - on).days if ends else None
        first = lead["received_at"].date() + timedelta(wait or 0)
        apply_from = first if step == TO_APPLY and on < first else None
        rows.append(
            {
                **{key: lead[key] for key in PLAN if key in lead},
                "person": lead["person"] or sections.person(lead["section"], on),
                "left": left,
                "days_left": days,
                "soon": days is not None and soon is not None and days <= soon,
                "step": step,
                "todo": _words(step, left, apply_from),
                "apply_from": apply_from,
            }
        )
    return pd.DataFrame(rows, columns=PLAN).astype({"left": "Int64", "days_left": "Int64", "soon": "bool"})


def _words(step: str, left: int | None, apply_from: date | None) -> str:
    if step == TO_APPLY:
        return f"待申报（{apply_from} 起申报方可计入，第5.5条）" if apply_from else "待申报：填报《大客户项目申报表》"
    if step == TO_SIGN:
        return "待签约：跟进洽谈，到期前签订合同"
    return f"{step}：余 {left} 台"
