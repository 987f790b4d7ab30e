"""Keeping: backups made, thinned out, tested and put back; and a word where one is overdue (S1, S2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.findings import Finding, Severity
from workbench.desk.session import Session, enter
from workbench.policy.edition import Policy
from workbench.register import backup
from workbench.register.backup import Backup
from workbench.register.keys import sidecar_path, unlock
from workbench.register.store import Register

BACKUP_DUE, TEST_DUE = timedelta(days=7), timedelta(days=31)


@dataclass(frozen=True)
class Made:
    """A new backup and the names of older ones that were past their term."""

    backup: Backup
    removed: list[str]


def default_folder(register: Path) -> Path:
    """Where backups go unless somebody says otherwise: beside the register."""
    return register.with_name(register.name + ".backups")


def make(session: Session, folder: Path) -> Made:
    """Back the register up and remove backups past their term (7 daily, 5 weekly, 12 monthly stay).

    Raises RegisterError ``not_allowed``, ``diverged`` where the folder's newest backup is of another history of this
    register, ``not_written``, ``damaged_copy``.
    """
    session.require("backup")
    register = session.register
    earlier = backup.listed(folder, register.keys.register_id)
    if earlier and not _reaches(register, earlier[-1].head):
        raise RegisterError(
            "diverged",
            f"这份登记册与备份 {earlier[-1].path.name} 不是同一段历史：可能有第二份登记册在使用，或登记册被退回过。"
            "请先停用，查明哪一份是真的；要另存备份请换一个文件夹。",
            f"This register and the backup {earlier[-1].path.name} have different histories: a second copy is in use, or "
            "the register was put back. Find out which one is the true one first.",
        )  # fmt: skip
    made = backup.make(register, folder, session.now)
    kept = backup.to_keep([one.made_at for one in (*earlier, made)], session.now)
    past = [one.path for one in earlier if one.made_at not in kept]
    with made.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    detail = {"file": made.path.name, "sha256": digest, "head": made.head, "removed": [path.name for path in past]}
    with session.deed("backup", session.now, **detail):
        pass
    for path in past:
        path.unlink(missing_ok=True)
    return Made(made, detail["removed"])


def _reaches(register: Register, head: str) -> bool:
    number, _, chain = head.partition(":")
    return register.read("entry", ["chain"], where={"entry": int(number)})["chain"].tolist() == [chain]


def listed(session: Session, folder: Path) -> list[Backup]:
    """This register's backups in a folder, the newest last."""
    session.require("backup")
    return backup.listed(folder, session.register.keys.register_id)


def test(session: Session, folder: Path) -> Backup:
    """Restore the newest backup elsewhere and prove it: whole, and a part of this register's own history.

    Raises WrongUse ``no_backup``; RegisterError ``not_allowed``, ``not_a_backup``, ``diverged``, ``not_written``.
    """
    session.require("backup")
    found = listed(session, folder)
    if not found:
        raise WrongUse("no_backup", f"文件夹 {folder} 中没有这份登记册的备份。请先备份。", f"No backup in {folder}.")
    newest = found[-1]
    with backup.unpacked(newest.path, session.register.path.parent) as (copy, manifest):
        with Register.open(copy, session.register.keys) as opened:
            backup.prove(opened, manifest, newest.path)
        if session.register.verify_audit(newest.head):
            raise RegisterError(
                "diverged", f"备份 {newest.path.name} 完好，但与现用登记册不是同一段历史。请运行 workbench audit verify。",
                f"The backup {newest.path.name} is whole, but the register does not contain its history.",
            )  # fmt: skip
    with session.deed("backup_test", session.now, file=newest.path.name, head=newest.head):
        pass
    return newest


def restore(path: Path, target: Path, user: str | None, passphrase: str, policy: Policy, now: datetime) -> Path:
    """Put a backup back as a register at a new place; the restoration stands in its trail.

    Nothing appears at ``target`` before everything is proven. Raises RegisterError ``exists``, ``no_folder``,
    ``not_a_backup``, ``wrong_passphrase``, ``unknown_user``, ``not_allowed``, ``not_written``.
    """
    for taken in (target, sidecar_path(target)):
        if taken.exists():
            raise RegisterError(
                "exists", f"{taken} 已存在，不会覆盖。请恢复到新的位置。", f"{taken} exists; restore to a new place."
            )
    if not target.parent.is_dir():
        raise RegisterError("no_folder", f"文件夹 {target.parent} 不存在。请先建立。", f"No folder {target.parent}.")
    with backup.unpacked(path, target.parent) as (copy, manifest):
        with Register.open(copy, unlock(copy, user, passphrase)[1]) as opened:
            backup.prove(opened, manifest, path)
        with enter(copy, user, passphrase, policy, now) as session:
            session.require("restore")
            with session.deed("restore", now, file=path.name, head=manifest["register_head"]):
                pass
        backup.put_back(copy, target)
    return target


def overdue(session: Session) -> list[Finding]:
    """Warnings where no backup was made for 7 days or none tested for 31, by the actual clock."""
    entries = session.register.read("entry", ["recorded_at", "action"])
    found = []
    for action, due, words in (
        ("backup", BACKUP_DUE, "没有备份。请运行 workbench backup"),
        ("backup_test", TEST_DUE, "没有试恢复过备份。请运行 workbench backup test"),
    ):
        done = entries.loc[entries["action"] == action, "recorded_at"]
        since = done.max() if len(done) else entries["recorded_at"].min()
        days = (session.now - since).days
        if session.now - since > due:
            found.append(Finding(f"{action}_overdue", f"登记册已有 {days} 天{words}。", Severity.WARNING))
    return found
