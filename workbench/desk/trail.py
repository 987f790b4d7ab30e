"""The audit trail for people: prove it whole, show who did what, note its head outside (S1, S7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.errors import WrongUse
from workbench.desk.session import Session
from workbench.policy.identity import customer_key
from workbench.register.audit import Breach

WORDS = {
    "init": "建立登记册", "import": "导入", "decide": "复核", "dispatch": "转交", "publish": "通报", "close": "关账",
    "approve": "批准核算", "reveal": "查看个人信息", "refused": "越权被拒", "wrong_passphrase": "口令错误", "user_add": "增加用户",
    "user_passphrase": "更换口令", "user_revoke": "撤销用户", "users_found": "用户变动（补记）", "recovery_renew": "更新恢复口令",
    "backup": "备份", "backup_test": "试恢复备份", "restore": "从备份恢复",
}  # fmt: skip
BREACHES = {
    "chain": "第 {entry} 条审计记录被改动，或其前的记录被改动、调换。",
    "digest": "第 {entry} 条审计记录所写入的数据被改动、增加或删除。",
    "gap": "第 {entry} 条审计记录之前有缺失。",
    "stray": "表 {table} 中有不属于任何审计记录的数据（记录号 {entry}）。",
    "anchor": "登记册到不了外部留存的第 {entry} 条链头：尾部被截断，或登记册被退回到较早的状态。",
}
TABLES_BY_LEAD = ("lead", "review", "dispatch", "feedback", "application", "contract_line", "transition")
BACK_DATED = timedelta(days=1)


@dataclass(frozen=True)
class Proof:
    """What a verification found: number of entries, the newest head, anchors compared, breaches with sentences."""

    entries: int
    head: str
    anchors: tuple[str, ...]
    breaches: list[dict[str, Any]]


def verify(session: Session, anchors: Sequence[str] = ()) -> Proof:
    """Recompute the whole trail and compare it with heads noted outside (``entry:chain``).

    Raises RegisterError ``not_allowed``, ``damaged``; WrongUse ``bad_anchor``.
    """
    session.require("audit")
    register = session.register
    with register.snapshot():
        found = dict.fromkeys(register.verify_audit())
        for anchor in anchors:
            found |= dict.fromkeys(register.verify_audit(anchor))
        head = register.head()
    return Proof(int(head.partition(":")[0]), head, tuple(anchors), [_told(breach) for breach in found])


def _told(breach: Breach) -> dict[str, Any]:
    message = BREACHES[breach.code].format(entry=breach.entry, table=breach.table)
    return {"code": breach.code, "entry": breach.entry, "table": breach.table,
            "message": message + "请停止使用，保留现场，与备份核对。"}  # fmt: skip


def read_anchors(sources: Sequence[str]) -> list[str]:
    """Heads from where they were noted: a head itself, a file of ``audit head``, a report's manifest, a folder of these.

    Raises WrongUse ``bad_anchor`` where a source holds none.
    """
    heads: list[str] = []
    for source in sources:
        path = Path(source)
        if path.is_dir():
            files = sorted([*path.rglob("*.manifest.json"), *path.rglob("*.head.json")])
            heads += [head for file in files if (head := _noted(file))]
        elif path.is_file():
            heads.append(_noted(path) or _bad(source))
        elif ":" in source:
            heads.append(source)
        else:
            _bad(source)
    return list(dict.fromkeys(heads))


def _noted(path: Path) -> str | None:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    head = document.get("register_head") if isinstance(document, dict) else None
    return head if isinstance(head, str) else None


def _bad(source: str) -> str:
    zh = f"“{source}”里没有审计链头。请给出链头（序号:链值）、audit head 写出的文件、报告清单或其文件夹。"
    raise WrongUse("bad_anchor", zh, f"{source!r} holds no head of an audit trail.")


def head(session: Session) -> dict[str, Any]:
    """The newest head with what it belongs to, to be kept outside: register, register_head, noted_at."""
    session.require("audit")
    return {
        "register": session.register.keys.register_id, "register_head": session.register.head(),
        "noted_at": session.now.isoformat(),
    }  # fmt: skip


def show(
    session: Session,
    *,
    by: str | None = None,
    action: str | None = None,
    lead: str | None = None,
    customer: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pd.DataFrame:
    """Entries in order: entry, at, recorded_at, user, action, word (Chinese), back_dated (bool), detail.

    ``lead``: a lead's number; ``customer``: a customer's name, all his leads. ``since`` and ``until`` compare the
    actual clock. Raises RegisterError ``not_allowed``, WrongUse ``unknown_number``, ``unknown_customer``.
    """
    session.require("audit")
    with session.register.snapshot():
        table = session.register.read("entry", ["entry", "at", "recorded_at", "user", "action", "detail"])
        if lead is not None or customer is not None:
            table = table[_touching(session, table, _leads(session, lead, customer))]
    wanted = pd.Series(True, index=table.index)
    for column, value in (("user", by), ("action", action)):
        if value is not None:
            wanted &= table[column].eq(value)
    if since is not None:
        wanted &= table["recorded_at"] >= since
    if until is not None:
        wanted &= table["recorded_at"] <= until
    table = table[wanted].reset_index(drop=True)
    return table.assign(
        word=table["action"].map(lambda name: WORDS.get(name, name)),
        back_dated=(table["recorded_at"] - table["at"]).abs() > BACK_DATED,
    )


def _leads(session: Session, number: str | None, customer: str | None) -> pd.DataFrame:
    """The leads meant: lead and number."""
    where = {"number": number} if number is not None else {
        "customer_key": customer_key(pd.Series([customer], dtype=object)).iloc[0]
    }  # fmt: skip
    found = session.register.read("lead", ["lead", "number"], where=where)
    if found.empty and number is not None:
        raise WrongUse("unknown_number", f"信息编号 {number} 不在登记册中。", f"Lead {number} is not in the register.")
    if found.empty:
        raise WrongUse("unknown_customer", "登记册中没有这家客户的信息。请核对名称。", "No lead of this customer.")
    return found.drop_duplicates()


def _touching(session: Session, table: pd.DataFrame, leads: pd.DataFrame) -> pd.Series:
    """Whether each entry wrote a row of these leads, or opened their personal data."""
    entries: set[int] = set()
    for name in TABLES_BY_LEAD:
        rows = session.register.read(name, ["entry"], where={"lead": leads["lead"].tolist()})
        entries |= set(rows["entry"])
    opened = table["detail"].map(lambda detail: detail.get("number") in set(leads["number"]))
    return table["entry"].isin(entries) | opened
