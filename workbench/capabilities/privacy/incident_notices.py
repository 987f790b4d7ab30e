"""Notices to the customers a leak touches: a paper for each, under a password (客户信息管理制度 三4; PIPL 57)."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from workbench.capabilities.privacy.disclosure_note import Item, write_paper
from workbench.capabilities.privacy.incidents import affected, listed
from workbench.core.colours import PALE, WARN
from workbench.platform.access.session import Session
from workbench.platform.documents.delivery import Delivered, protected_copy

TITLE = "信息泄露告知书"
TERMS = (
    "请留意冒用我公司名义的来电和短信，不要向对方提供验证码或付款。",
    "您可以要求查阅、更正、删除您的信息，或撤回同意；请联系贵单位的客户经理。",
)


def write_notices(
    session: Session, number: str, begin: datetime, end: datetime, out: Path, user: str | None = None
) -> list[Delivered]:
    """A notice for every customer among the leads ``incidents.affected`` names; a draft, sent by a person.

    It says what happened when, which data it was about and what was done, and not who leaked. Raises as ``affected``, and
    RegisterError ``not_allowed``; WrongUse ``not_written``.
    """
    session.require("incident_notices")
    rows = affected(session, number, begin, end, user)
    incident = next(each for each in listed(session) if each["number"] == number)
    done = [
        f"{step} {told['done_at'][:16].replace('T', ' ')}"
        for step, told in incident["steps"].items()
        if told["done_at"]
    ]
    leads: dict[str, list[str]] = {}
    for row in rows:
        leads.setdefault(row["customer"] or row["lead"], []).append(row["lead"])
    with session.transaction("incident_notices", session.now, number=number, count=len(leads)):
        pass
    made = []
    for customer, own in leads.items():
        what: list[Item] = [
            ("客户名称", customer),
            ("事件编号", number),
            ("泄露日期", incident["happened_on"]),
            ("涉及的信息", "、".join(own)),
            ("涉及的内容", "联系人、联系方式及信息内容"),
        ]
        steps: list[Item] = [("处置情况", "；".join(done))]
        page = io.BytesIO()
        sections = [("事件情况", what, PALE), ("已采取的措施", steps, WARN)]
        write_paper(page, TITLE, sections, TERMS, session.now, ("告知人签字", "签收、日期"))
        about = f"{number}-{own[0]}"
        made.append(protected_copy(session, page.getvalue(), TITLE, about, f"{own[0]} 的客户", out))
    return made
