"""Keeping: backups made, thinned out, tested and put back; and a word where one is overdue (S1, S2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError, WrongUse
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.reasons import kept_reason
from workbench.platform.access.platform_cases import RESTORE
from workbench.platform.access.session import Session, enter
from workbench.platform.register import backup, key_file, remembered
from workbench.platform.register.backup import Backup
from workbench.platform.register.keys import unlock
from workbench.platform.register.postgres.address import is_on_server
from workbench.platform.register.store import Register
from workbench.platform.regulation.edition import Policy
from workbench.platform.workflow.task import DueContext, Duty, RunContext, Task, TaskResult

BACKUP_DUE, TEST_DUE = timedelta(days=7), timedelta(days=31)


@dataclass(frozen=True)
class BackupResult:
    """A new backup, the names of older ones that went past their term, and of those that could not be removed."""

    backup: Backup
    removed: list[str]
    left: list[str]


def default_folder(register: Path) -> Path:
    """Where backups go unless somebody says otherwise: beside the register."""
    return register.with_name(register.name + ".backups")


def make(session: Session, folder: Path) -> BackupResult:
    """Back the register up and remove backups past their term (7 daily, 5 weekly, 12 monthly stay).

    Raises RegisterError ``not_allowed``, ``diverged`` where the folder's newest backup is of another history of this
    register, ``not_written``, ``damaged_copy``.
    """
    session.require("backup")
    register = session.register
    earlier = backup.list_backups(folder, register.keys)
    if earlier and not register.contains_head(earlier[-1].head):
        ours, theirs = register.head(), earlier[-1].head
        raise RegisterError("diverged", ours=ours[:16], path=earlier[-1].path.name, theirs=theirs[:16])
    made = backup.make(register, folder, session.now)
    kept = backup.retained([one.made_at for one in (*earlier, made)], session.now)
    past = [one.path for one in earlier if one.made_at not in kept]
    with made.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    detail: dict[str, Any] = {
        "file": made.path.name,
        "sha256": digest,
        "head": made.head,
        "removed": [path.name for path in past],
    }
    if made.lost:
        detail["lost"] = made.lost
    with session.transaction("backup", session.now, **detail):
        pass
    left = []
    for path in past:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # in use, or a share that lets nobody delete: the next run tries again
            left.append(path.name)
    return BackupResult(made, [path.name for path in past if path.name not in left], left)


def list_backups(session: Session, folder: Path) -> list[Backup]:
    """This register's backups in a folder, the newest last."""
    session.require("backup")
    return backup.list_backups(folder, session.register.keys)


def test(session: Session, folder: Path) -> Backup:
    """Restore the newest backup elsewhere and prove it: whole, and a part of this register's own history.

    Raises WrongUse ``no_backup``; RegisterError ``not_allowed``, ``not_a_backup``, ``diverged``, ``not_written``.
    """
    keys, found = session.register.keys, list_backups(session, folder)
    bad = backup.damaged_backups(folder, keys, session.register.path.stem)
    if bad and (not found or bad[-1][0] > f"{found[-1].made_at:%Y%m%d-%H%M%S}"):
        name = bad[-1][1].name
        raise RegisterError("not_a_backup", name=name)
    if not found:
        raise WrongUse("no_backup", folder=folder)
    newest = found[-1]
    with backup.unpacked(newest.path, session.register.path.parent) as (copy, manifest):
        backup.authenticate(manifest, keys, newest.path)
        with backup.open_copy(copy, keys) as opened:
            backup.verify_copy(opened, manifest, newest.path)
        if session.register.verify_audit(newest.head):
            raise RegisterError("diverged/whole", path=newest.path.name)
    with session.transaction("backup_test", session.now, file=newest.path.name, head=newest.head):
        pass
    return newest


def restore(path: Path, target: Path, user: str | None, passphrase: str, policy: Policy, now: datetime) -> Path:
    """Put a backup back as a register at a new place; the restoration stands in its trail.

    Nothing appears at ``target`` before everything is proven. A key file equal to the backup's may stand there: a
    restoration cut off, or the register alone was lost. Raises WrongUse ``no_such_file``; RegisterError ``exists``,
    ``server_file_only``, ``no_folder``, ``network``, ``not_a_backup``, ``wrong_passphrase``, ``unknown_user``, ``not_allowed``,
    ``not_written``.
    """
    if not path.is_file():
        raise WrongUse("no_such_file", path=path)
    if is_on_server(target):
        raise RegisterError("server_file_only/restore")
    for ending in ("", "-wal", "-shm", "-journal"):  # what a lost register left would be replayed into this one
        if (place := target.with_name(target.name + ending)).exists():
            raise backup.exists_already(place)
    if not target.parent.is_dir():
        raise RegisterError("no_folder", parent=target.parent)
    with backup.unpacked(path, target.parent) as (copy, manifest):
        if key_file.path_of(target).exists() and not backup.same_file(key_file.path_of(copy), key_file.path_of(target)):
            raise backup.exists_already(key_file.path_of(target))
        keys = unlock(copy, user, passphrase)[1]
        backup.authenticate(manifest, keys, path)
        with Register.open(copy, keys) as opened:
            backup.verify_copy(opened, manifest, path)
        with enter(copy, user, passphrase, policy, now, remembers=False) as session:
            if not session.may("restore"):  # not session.require: its entry would go away with this copy
                raise RegisterError("not_allowed/restore", user=session.user)
            with session.transaction("restore", now, file=path.name, head=manifest["register_head"]):
                pass
            seen = remembered.seen_of(session.register)
        backup.move_into_place(copy, target)
    remembered.note(target, seen, anew=True)  # who restored it knows that it is an earlier one
    return target


def confirm(session: Session, reason: str) -> None:
    """Somebody else than the restorer says that a restored register is the right one; business goes on from here.

    Raises RegisterError ``not_allowed``; WrongUse ``nothing_restored``, ``own_restore``, ``no_reason``.
    """
    session.require("confirm_restore")
    reason = kept_reason(reason, "no_reason/restore")
    if not session.to_be_confirmed():
        raise WrongUse("nothing_restored")
    RESTORE.require_another(session, RESTORE.parts(session.register, {}))
    with session.transaction("restore_confirm", session.now, reason=reason):
        pass


def who_restored(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who put the register back last, before the ``entry`` that confirms it where there is one."""
    found = register.read("entry", ["entry", "user"], where={"action": "restore"})
    before = found[found["entry"] < row["entry"]] if "entry" in row else found
    return set(before["user"].tail(1))


def terms(session: Session) -> dict[str, tuple[datetime, timedelta]]:
    """What has to be done again and again: task → the actual time it was last done (or the register began), the term."""
    register = session.register
    began = register.minimum("entry", "recorded_at") or session.now
    return {
        action: (register.maximum("entry", "recorded_at", where={"action": action}) or began, term)
        for action, term in (("backup", BACKUP_DUE), ("backup_test", TEST_DUE))
    }


def due(task: Task, context: DueContext) -> Iterator[Duty]:
    """Backups and their tests, by the actual clock whatever day is asked about."""
    since, term = terms(context.session)[task.key]
    if since + term <= context.session.now:
        yield Duty(task, "", (since + term).date())


def run_backup(duty: Duty, context: RunContext) -> TaskResult:
    """Make the backup that is due."""
    made = make(context.session, context.backup_folder)
    return TaskResult(duty, (made.backup.path,), late=duty.due_on < context.moment.date())


def run_backup_test(duty: Duty, context: RunContext) -> TaskResult:
    """Test the newest backup."""
    tested = test(context.session, context.backup_folder)
    return TaskResult(duty, (tested.path,), late=duty.due_on < context.moment.date())


def overdue(session: Session) -> list[Finding]:
    """Warnings where no backup was made for 7 days or none tested for 31, by the actual clock."""
    return [
        Finding(f"{action}_overdue", Message.of(f"{action}_overdue", days=(session.now - since).days), Severity.WARNING)
        for action, (since, term) in terms(session).items()
        if session.now - since > term
    ]
