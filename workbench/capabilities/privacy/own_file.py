"""A person's own data on his request: what is kept of him, on what ground, who got it; under a password (PIPL 45).

He may ask for it whatever he agreed to.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.leads.consents import TABLE
from workbench.capabilities.organization.directory import directory
from workbench.capabilities.privacy.consents import PROFILE, known_places
from workbench.capabilities.privacy.disclosure_note import Item, Section, write_paper
from workbench.core.colours import PALE, WARN
from workbench.platform.access.session import Session
from workbench.platform.documents.delivery import Delivered, protected_copy
from workbench.platform.forms.spec import templates

TITLE = "个人信息副本"
OWN = ("contact", "contact_title", "phone", "part", "basis", "evidence", "purpose", "keep_until")
TERMS = (
    "本副本应本人要求出具，列出登记册中关于本人的信息及其来源、依据和去向。",
    "如有错误或需撤回同意、删除，请联系出具单位；撤回后立即停止使用。",
)


def hand_over(session: Session, person: str, out: Path, password: str | None = None) -> Delivered:
    """Write what the register holds of a contact person for himself; kept in the trail before.

    ``person``: a lead's number, or the place of a row of T8. Raises RegisterError ``not_allowed``, ``no_field_key``; WrongUse
    ``unknown_person``, ``weak_passphrase``, ``not_written``.
    """
    session.require("consent_file")
    places = known_places(session, person)
    with session.transaction("consent_file", session.now, number=person):
        sections = _sections(session, places)
    page = io.BytesIO()
    write_paper(page, TITLE, sections, TERMS, session.now, ("出具人签字", "本人签收、日期"))
    return protected_copy(
        session, page.getvalue(), TITLE, person.replace("/", "-"), f"{person} 联系人本人", out, password
    )


def _sections(session: Session, places: list[dict[str, Any]]) -> list[Section]:
    leads = [int(row["lead"]) for row in places if not pd.isna(row["lead"])]
    keys = {(row["customer_key"], row["contact_key"]) for row in places}
    return [
        ("信息记录表所载", _of_leads(session, leads), PALE),
        ("客户档案所载", _of_profiles(session, keys), PALE),
        ("同意和撤回", _consents(session, keys), PALE),
        ("提供给谁、由谁查看", _given(session, leads), WARN),
    ]


def _of_leads(session: Session, leads: list[int]) -> list[Item]:
    columns = [
        "lead",
        "version",
        "number",
        "reporter",
        "filed_at",
        "customer",
        "contact",
        "contact_title",
        "phone",
        "consent",
    ]
    rows = session.register.read("lead", columns, where={"lead": leads}).sort_values(["lead", "version"])
    units = directory(session.register)["name"]
    found: list[Item] = []
    for row in rows.drop_duplicates("lead", keep="last").to_dict("records"):
        who = "，".join(_text(row[name]) for name in ("contact", "contact_title", "phone") if not _missing(row[name]))
        by = units.get(row["reporter"], row["reporter"])
        text = f"{row['customer']}：{who}（{by} {row['filed_at']:%Y-%m-%d} 提报，客户同意：{_text(row['consent'])}）"
        found.append((row["number"], text))
    return found or [("信息", "无")]


def _of_profiles(session: Session, keys: set[tuple[Any, Any]]) -> list[Item]:
    titles = {column.key: column.title for column in templates()[PROFILE].columns}
    rows = session.register.read(PROFILE, ["customer_key", "contact_key", "department", "at", *OWN])
    own = [pair in keys for pair in zip(rows["customer_key"], rows["contact_key"], strict=True)]
    found: list[Item] = []
    for row in rows[own].to_dict("records"):
        said = [f"{titles[name]}：{_text(row[name])}" for name in OWN if not _missing(row[name])]
        found.append((f"{row['at']:%Y-%m-%d} {row['department']}", "；".join(said)))
    return found or [("档案", "无")]


def _consents(session: Session, keys: set[tuple[Any, Any]]) -> list[Item]:
    columns = ["entry", "customer_key", "contact_key", "scope", "basis", "stands", "title", "version", "evidence", "at"]
    rows = session.register.read(TABLE, columns)
    own = [pair in keys for pair in zip(rows["customer_key"], rows["contact_key"], strict=True)]
    found: list[Item] = []
    for row in rows[own].drop_duplicates("entry").to_dict("records"):
        words = [row["basis"], row["title"], row["version"], row["evidence"]] if row["stands"] else ["撤回"]
        text = "，".join(str(word) for word in [*words, f"范围：{row['scope']}"] if not _missing(word))
        found.append((f"{row['at']:%Y-%m-%d}", text))
    return found or [("登记", "无")]


def _given(session: Session, leads: list[int]) -> list[Item]:
    register = session.register
    where = {"lead": leads}
    requests = register.read("disclosure_request", ["number", "recipient", "purpose"], where).set_index("number")
    found: list[Item] = [
        (
            f"{row.at:%Y-%m-%d} 披露",
            f"{requests.at[row.number, 'recipient']}，用途：{requests.at[row.number, 'purpose']}",
        )
        for row in register.read("disclosure_handover", ["number", "at"], where).itertuples()
    ]
    units = directory(register)["name"]
    sent = register.read("dispatch", ["section", "at"], where).drop_duplicates()
    found += [(f"{row.at:%Y-%m-%d} 转交", str(units.get(row.section, row.section))) for row in sent.itertuples()]
    numbers = set(register.read("lead", ["number"], where)["number"])
    seen = register.read("entry", ["recorded_at", "user", "detail"], where={"action": "reveal"})
    found += [
        (f"{row.recorded_at:%Y-%m-%d} 查看", row.user)
        for row in seen.itertuples()
        if row.detail.get("number") in numbers
    ]
    return found or [("提供", "无")]


def _missing(value: Any) -> bool:
    return value is None or value == "" or bool(pd.isna(value))


def _text(value: Any) -> str:
    if _missing(value):
        return "—"
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
