"""The actions every register has, whatever its regulations: reports, received files, users, backups, the trail, copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.core.messages import Message
from workbench.platform.access.actions import Action, Kind, Recorded, Section, import_actions, who_joined
from workbench.platform.access.roles import ROLES
from workbench.platform.capability import declared


def _files(detail: dict[str, Any]) -> Message:
    """How many files an import took in, and what became of their rows."""
    files = list(detail.get("files", {}).values())
    accepted, returned = (sum(file[place] for file in files) for place in (1, 2))
    return Message.of("trail/imported", files=len(files), accepted=accepted, returned=returned)


def _destroyed(detail: dict[str, Any]) -> Message:
    """How many keys, and why."""
    return Message.of("trail/destroyed", count=detail.get("count", 0), reason=str(detail.get("reason", "")))


def _copies(key: str) -> Callable[[dict[str, Any]], Message]:
    """How many papers an entry is about."""
    return lambda detail: Message.of("trail/copies", count=len(detail.get(key, [])))


def any_import(user: str, detail: dict[str, Any]) -> list[list[str]]:
    """Who may bring some file in has receipts."""
    return [import_actions()]


def report_action(name: str) -> str:
    """What who makes a report (by its name or alias) has to be allowed; of one that is not known here, ``report``."""
    asked = (each.action for each in declared("reports") if name in (each.name, each.alias))
    return next(asked, "report")


def making(user: str, detail: dict[str, Any]) -> list[tuple[str, ...]]:
    """Who may make the report an entry is about."""
    return [(report_action(detail.get("report", "")),)]


def passphrase(user: str, detail: dict[str, Any]) -> list[tuple[str, ...]]:
    """Everybody changes his own; who manages users, everybody's."""
    return [] if detail.get("user") == user else [("users",)]


HERE, INTAKE = "workbench.platform.access.platform_actions", "workbench.platform.intake.record_intake"
ACTIONS = (
    Action(
        "report",
        "生成报告",
        ("clerk", "analyst", "approver", "payer", "auditor"),
        section=Section.REPORT,
        records=(Recorded("report", "生成报告", Kind.CUSTODY, ("report", "period"), also=f"{HERE}:making"),),
    ),
    Action(
        "import",
        "导入各种模板",
        ("clerk",),
        section=Section.IMPORT,
        records=(
            Recorded(
                "import",
                "导入",
                Kind.DATED,
                _files,
                writes=f"{INTAKE}:tables_of",
                also=f"{INTAKE}:asked_of",
                in_course="workbench.platform.intake.waiting:tables_taken",
            ),
            Recorded("receipt", "出具回执", Kind.BUSINESS, _copies("documents"), also=f"{HERE}:any_import"),
        ),
    ),
    Action(
        "import_custody",
        "导入档案借阅、披露申请和泄露事件",
        ("custodian",),
        section=Section.IMPORT,
        records=(),
    ),
    Action(
        "backup",
        "备份",
        ("clerk", "custodian"),
        section=Section.CUSTODY,
        records=(
            Recorded("backup", "备份", Kind.CUSTODY, ("file",)),
            Recorded("backup_test", "试恢复备份", Kind.CUSTODY, ("file",)),
        ),
    ),
    Action(
        "restore",
        "恢复",
        ("custodian",),
        section=Section.CUSTODY,
        records=(Recorded("restore", "从备份恢复", Kind.CUSTODY, ("file",)),),
    ),
    Action(
        "confirm_restore",
        "确认恢复",
        ("clerk", "approver", "auditor", "custodian"),
        section=Section.CUSTODY,
        records=(Recorded("restore_confirm", "确认恢复", Kind.CUSTODY, ("reason",)),),
    ),
    Action(
        "trust",
        "确认登记册",
        tuple(ROLES),
        section=Section.CUSTODY,
        records=(Recorded("trust", "确认登记册", Kind.CUSTODY, ("reason",)),),
    ),
    Action(
        "users",
        "管理用户和密钥",
        ("custodian",),
        section=Section.CUSTODY,
        records=(
            Recorded("user_add", "增加用户", Kind.CUSTODY, who_joined),
            Recorded("user_revoke", "撤销用户", Kind.CUSTODY, ("user",)),
            Recorded("recovery_renew", "更新恢复口令", Kind.CUSTODY),
            Recorded("rotate", "轮换密钥", Kind.CUSTODY),
            Recorded("move", "迁移登记册", Kind.CUSTODY, ("to",)),
            Recorded("upgrade", "签署用户名册", Kind.CUSTODY),
            Recorded("customer_keys", "按客户分设密钥", Kind.CUSTODY, ("values",)),
            Recorded(
                "customer_names", "加密客户名称", Kind.CUSTODY, ("values",), writes=("short_name", "document_place")
            ),
            Recorded("free_texts", "加密手填文字", Kind.CUSTODY, ("values",), writes=("same_text",)),
        ),
        key="house",
    ),
    Action(
        "passphrases",
        "为他人更换口令",
        ("custodian", "recovery"),
        section=Section.CUSTODY,
        records=(Recorded("user_passphrase", "更换口令", Kind.CUSTODY, ("user",)),),
        key="house",
    ),
    Action(
        "destroy",
        "销毁客户密钥",
        ("custodian",),
        Kind.CUSTODY,
        _destroyed,
        Section.CUSTODY,
    ),
    Action("audit", "查看和核验审计记录", ("auditor", "custodian"), Kind.VIEW, section=Section.CUSTODY),
    Action(
        "deliver",
        "分发报告",
        ("clerk", "approver"),
        Kind.BUSINESS,
        _copies("codes"),
        Section.COPIES,
        writes=("delivery",),
    ),
    Action(
        "trace",
        "追查报告副本",
        ("approver", "auditor", "custodian"),
        section=Section.COPIES,
        records=(Recorded("trace", "追查副本", Kind.BUSINESS),),
    ),
)
