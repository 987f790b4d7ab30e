"""The certificate of a disposal: what was destroyed, who decided, and what it cannot reach; signed like a report's manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.capabilities.privacy.disclosure_note import Section, write_paper
from workbench.core.colours import PALE, WARN
from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import whole, write_whole
from workbench.platform.access.session import Session
from workbench.platform.documents.manifests import ENDING, sign_manifest
from workbench.platform.documents.papers import digest
from workbench.platform.register.backup import MONTHLY

TITLE = "客户信息销毁证明"
SIGNERS = ("经办人签字", "监督人签字、日期")
ENTRY = "retention_certify"  # the entry it is issued by


@dataclass(frozen=True)
class Reach:
    """What left the register before, and is not reached: counts, marks of copies, numbers, days."""

    backups: int
    last_backup: str | None
    received: list[str]
    dispatched: list[str]
    disclosed: list[str]
    copies: list[str]
    reports: int
    receipts: int


def reach_of(session: Session, members: list[str]) -> Reach:
    """What cannot be reached of a customer, by what the trail knows, named without him."""
    register = session.register
    leads = register.read("lead", ["lead", "document"], where={"customer_key": members}, every=True)
    ids = leads["lead"].unique().tolist()
    entries = register.read("entry", ["action", "at"])
    count = entries["action"].value_counts().to_dict()
    backups = entries[entries["action"].eq("backup")]
    sent = register.read("dispatch", ["lead", "batch", "section"], where={"lead": ids}) if ids else pd.DataFrame()
    given = register.read("disclosure_handover", ["lead", "number", "at"], where={"lead": ids}) if ids else sent
    copies = register.read("delivery", ["code"])["code"]
    return Reach(
        backups=len(backups),
        last_backup=None if backups.empty else f"{backups['at'].max():%Y-%m-%d %H:%M}",
        received=[f"文件{number}" for number in sorted(leads["document"].unique().tolist())],
        dispatched=sorted({f"{row.section} 第{row.batch}批" for row in sent.itertuples()}),
        disclosed=[f"{row.number}（{row.at:%Y-%m-%d}）" for row in given.itertuples()],
        copies=copies.tolist(),
        reports=count.get("report", 0),
        receipts=count.get("receipt", 0),
    )


def certify(session: Session, done: dict[str, Any], count: int, out: Path, reach: Reach) -> list[Path]:
    """Write the certificate and its signed manifest, which ``workbench verify`` checks; entered in the trail before.

    Raises WrongUse ``certificate_not_written``.
    """
    number, now = done["number"], session.now
    head = session.register.head()
    path = out / file_name(TITLE, number, f"{now:%Y%m%d%H%M%S}", ending=".xlsx")
    try:
        with whole(path) as part:
            write_paper(part, TITLE, _sections(session, done, count, reach, head), TERMS, now, SIGNERS, "不含个人信息")
        manifest = sign_manifest(
            session.register.keys,
            {
                "report": TITLE,
                "period": number,
                "edition": session.policy.edition_on(now.date()),
                "as_of": now.isoformat(),
                "register_head": head,
                "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()},
                "entry": ENTRY,
                "rules": session.rules(now.date()),
                "made_at": now.isoformat(),
            },
        )
        with session.transaction(ENTRY, now, number=number, digests=[digest(manifest)]):
            pass
        place = path.with_name(path.stem + ENDING)
        write_whole(place, (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError:
        raise WrongUse("certificate_not_written", number=number) from None
    return [path, place]


TERMS = (
    "本证明不载客户名称。统计数、奖惩金额和已出的报告不变；其中的客户此后显示为“已销毁”。",
    "“未及”各项由持有人按所附期限自行删除；备份在轮换期满后由备份命令自动删除，期满前只有当时的口令可以打开。",
    "核验：workbench verify 本文件 --key 公钥；审计记录以 workbench audit verify 核验。",
)


def _sections(session: Session, done: dict[str, Any], count: int, reach: Reach, head: str) -> list[Section]:
    def listed(items: list[str]) -> str:
        return "、".join(items) or "无"

    now = session.now
    until = (pd.Timestamp(now) + pd.DateOffset(months=MONTHLY)).date()
    backups = (
        "无"
        if not reach.backups
        else f"{reach.backups} 份，最近一份 {reach.last_backup}；照常备份的，约至 {until} 由轮换删除"
    )
    what = [
        ("销毁编号", done["number"]),
        ("类别", done["kept_as"]),
        ("应销毁日", f"{done['due_on']:%Y-%m-%d}"),
        ("销毁密钥", f"{count} 个（{done['keys']}）"),
        ("提出人", done["by"]),
        ("提出时间", f"{done['at']:%Y-%m-%d %H:%M}"),
        ("批准人", done["decided_by"]),
        ("批准时间", f"{done['decided_at']:%Y-%m-%d %H:%M}"),
        ("经办人", done["done_by"]),
        ("销毁时间", f"{done['done_at']:%Y-%m-%d %H:%M}"),
        ("登记册状态", head[:24]),
    ]
    beyond = [
        ("备份", backups),
        ("收到的表格", f"{listed(reach.received)}（提报单位和收件文件夹中的原件）"),
        ("已转交的反馈表", listed(reach.dispatched)),
        ("已交付的披露", listed(reach.disclosed)),
        ("已分发的副本", f"{listed(reach.copies)}（标记）"),
        ("已出的报告", f"{reach.reports} 次；回执 {reach.receipts} 次"),
    ]
    return [("销毁的依据和经过", what, PALE), ("本次销毁未及", beyond, WARN)]
