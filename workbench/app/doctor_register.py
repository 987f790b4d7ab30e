"""What ``doctor`` sees of a register: from outside without a passphrase, and inside where one is given or it is open."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from workbench.app import clock, context, run_log
from workbench.app.doctor_machine import writable
from workbench.app.options import common
from workbench.app.remarks import Remark, remark
from workbench.app.session import known_passphrase
from workbench.core.errors import WorkbenchError
from workbench.platform.access import backups
from workbench.platform.access.session import Session, enter
from workbench.platform.register import backup, key_file, remembered, schema
from workbench.platform.register.postgres import address

SLACK = timedelta(minutes=10)  # by which clocks of two computers may differ
RUN_DUE = timedelta(days=2)  # a daily run that was not there for longer has stopped
SYNCED = ("onedrive", "dropbox", "百度网盘", "baidunetdisk", "坚果云", "nutstore", "icloud")


def look(now: datetime, session: Session | None = None, opens: bool = True) -> list[Remark]:
    """The register that is named, or the open one of ``session``, which is left open; ``opens``: see ``doctor.look``."""
    if session is not None:
        path = session.register.path
        return [*outside(path, now), *ran(now), *inside(session, now)]
    if not common.register:
        return [remark("register_named", None)]
    try:
        path = context.register_path()
    except WorkbenchError as refused:
        return [remark("register", False, refused, path="—")]  # an address may hold a password
    found = outside(path, now)
    if any(each.well is False for each in found[:2]):
        return found
    return [*found, *ran(now), *(opened(path, now) if opens else [remark("not_opened", None)])]


def outside(path: Path, now: datetime) -> list[Remark]:
    """The file, its key file, its place, its backups: nothing of it is opened."""
    found = [file(path), keys(path)]
    if found[0].well:
        found += [place(path), synced(path), changed(path, now), kept(path, context.backup_folder(), now)]
    return found


def file(path: Path) -> Remark:
    """Whether the register is there and can be read; it is not opened, which would end the locks of who has it open here."""
    try:
        whole = os.access(path, os.R_OK) and (path.stat().st_size >= schema.PAGE or address.is_on_server(path))
    except OSError:
        whole = False
    except WorkbenchError as refused:  # an address that may not be
        return remark("register", False, refused, path=path)
    return remark("register", whole, path=path)


def keys(path: Path) -> Remark:
    """Whether the key file beside it can be read and has its shape."""
    try:
        key_file.read(path)
    except WorkbenchError as refused:
        return remark("keys", False, refused)
    return remark("keys", True)


def place(path: Path) -> Remark:
    """Whether the folder is a disk of this computer (a share loses what WAL holds), and can be written."""
    try:
        for one in (path, path.resolve()):  # Windows resolves the letter of a network drive to its share
            schema.refuse_network(one)
    except WorkbenchError as refused:
        return remark("place", False, refused, folder=path.parent)
    return remark("place", writable(path.parent.absolute()) and os.access(path, os.W_OK), folder=path.parent)


def synced(path: Path) -> Remark:
    """Whether some cloud carries the register's files about one by one."""
    words = str(path.resolve()).lower()
    name = next((word for word in SYNCED if word in words), "")
    return remark("synced", not name, name=name)


def changed(path: Path, now: datetime) -> Remark:
    """Whether the register was last written before now: else a clock was put back."""
    at = datetime.fromtimestamp(path.stat().st_mtime, clock.PRC).replace(tzinfo=None, microsecond=0)
    return remark("clock", at <= now + SLACK, at=at, now=now)


def kept(path: Path, folder: Path, now: datetime) -> Remark:
    """How old the newest file among the backups is, as the file system says it."""
    files = [each for each in folder.glob(f"*{backup.ENDING}") if each.name.startswith(path.stem)]
    newest = max((each.stat().st_mtime for each in files), default=None)
    if newest is None:
        return remark("backups", False, folder=folder, days="—")
    days = (now - datetime.fromtimestamp(newest, clock.PRC).replace(tzinfo=None)).days
    return remark("backups", days <= backups.BACKUP_DUE.days, folder=folder, days=max(days, 0))


def ran(now: datetime) -> list[Remark]:
    """How the last run of ``due --run`` ended; nothing where there never was one."""
    run = run_log.last_run(context.report_folder())
    if run is None:
        return [remark("last_run_none", None)]
    if not run.sound:
        return [remark("last_run", False, began=run.began, failed=run.failed[:1] or ["—"])]
    return [remark("last_run_late", True if now - run.began <= RUN_DUE else None, began=run.began)]


def opened(path: Path, now: datetime) -> list[Remark]:
    """Inside, with a passphrase that need not be typed; what it is seen as is not noted on this machine."""
    try:
        secret = known_passphrase()
    except WorkbenchError as refused:
        return [remark("opened", False, refused)]
    if secret is None:
        return [remark("not_opened", None)]
    try:
        entered = enter(path, common.user, secret, context.policy(), now, remembers=False)
    except WorkbenchError as refused:
        return [remark("opened", False, refused)]
    with entered as session:
        return inside(session, now)


def inside(session: Session, now: datetime) -> list[Remark]:
    """Schema (opening compared it), every page and entry, what this machine saw of it last, backups by the trail."""
    register = session.register
    found = [remark("opened", True)]
    try:
        breaches = register.verify_audit()
    except WorkbenchError as refused:
        found.append(remark("whole", False, refused, steps=len(schema.migrations())))
        return found
    found.append(remark("whole", not breaches, steps=len(schema.migrations())))
    other = remembered.difference(register)
    found.append(remark("seen", other is None, other))
    for action, (since, term) in backups.terms(session).items():
        found.append(remark(f"{action}_done", now - since <= term, days=(now - since).days))
    newest = register.maximum("entry", "recorded_at")
    if newest is not None:
        found.append(remark("entry_clock", session.simulated or newest <= now + SLACK, at=newest, now=now))
    return found
