"""Backups: one encrypted file each, consistent while others write, opened and proven before it counts.

A backup is a zip (stored) of the register's copy, its key file and a manifest; the
manifest is authenticated with the audit key. Nothing in it can be read without a
passphrase of the register.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.register.keys import Keys, sidecar_path
from workbench.register.store import Register

FORMAT, ENDING = 1, ".wbk"
COPY, SIDECAR, MANIFEST = "register.db", "register.db.keys", "manifest.json"
DAILY, WEEKLY, MONTHLY = 7, 5, 12
_NAME = re.compile(r"_(\d{8}-\d{6})\.wbk$")


@dataclass(frozen=True)
class Backup:
    """A backup in a folder: file, the time it was made, the register it is of, and the head it holds."""

    path: Path
    made_at: datetime
    register_id: str
    head: str


def make(register: Register, folder: Path, now: datetime) -> Backup:
    """Write a backup of ``register`` into ``folder`` and prove it. Raises RegisterError; nothing half is left.

    ``damaged_copy`` where the copy does not prove whole, ``not_written`` where the folder cannot take it.
    """
    target = folder / f"{register.path.stem}_{now:%Y%m%d-%H%M%S}{ENDING}"
    with _scratch(register.path.parent) as scratch:
        copy = scratch / COPY
        register.copy_to(copy)
        shutil.copyfile(sidecar_path(register.path), scratch / SIDECAR)
        with Register.open(copy, register.keys) as opened:
            if opened.verify_audit():
                raise RegisterError(
                    "damaged_copy", "备份没有通过核验，已放弃。请先核验登记册（workbench audit verify）。",
                    "The copy did not prove whole and was given up; verify the register first.",
                )  # fmt: skip
            head = opened.head()
        manifest = {
            "format": FORMAT, "register": register.keys.register_id, "made_at": now.isoformat(), "register_head": head,
            "files": {name: _sha256(scratch / name) for name in (COPY, SIDECAR)},
        }  # fmt: skip
        text = json.dumps({**manifest, "mac": _mac(manifest, register.keys)}, ensure_ascii=False, indent=1)
        (scratch / MANIFEST).write_text(text, encoding="utf-8")
        _put_in_place(scratch, target)
    return Backup(target, now, register.keys.register_id, head)


def _put_in_place(scratch: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
                for name in (MANIFEST, SIDECAR, COPY):
                    archive.write(scratch / name, name)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RegisterError(
            "not_written", f"备份写不进 {target.parent}（空间不足或不可写），没有留下文件，登记册未受影响。请换一个文件夹或清理空间。",
            f"The backup could not be written to {target.parent} ({error.strerror}); nothing was left behind.",
        ) from None  # fmt: skip
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def listed(folder: Path, register_id: str) -> list[Backup]:
    """The backups of one register in a folder, the newest last; other files are left alone."""
    found = []
    for path in sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else ():
        if not _NAME.search(path.name):
            continue
        try:
            manifest = read_manifest(path)
        except RegisterError:
            continue
        if manifest["register"] == register_id:
            made_at = datetime.fromisoformat(manifest["made_at"])
            found.append(Backup(path, made_at, register_id, manifest["register_head"]))
    return sorted(found, key=lambda backup: backup.made_at)


def read_manifest(path: Path) -> dict[str, Any]:
    """What a backup says of itself; not yet proven. Raises RegisterError ``not_a_backup``."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
        whole = manifest["format"] == FORMAT and set(manifest["files"]) == {COPY, SIDECAR}
        whole = whole and isinstance(manifest["register"], str) and isinstance(manifest["register_head"], str)
        datetime.fromisoformat(manifest["made_at"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError):
        raise _no_backup(path) from None
    if not whole:
        raise _no_backup(path)
    return manifest


def _no_backup(path: Path) -> RegisterError:
    return RegisterError(
        "not_a_backup", f"{path.name} 不是备份文件，或已损坏、被改动。请换一份备份。",
        f"{path.name} is no backup, or is damaged or was altered; take another one.",
    )  # fmt: skip


@contextmanager
def unpacked(path: Path, beside: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The register inside a backup, laid out in a folder that goes away, with its manifest; hashes checked.

    Raises RegisterError ``not_a_backup``, ``not_written``.
    """
    manifest = read_manifest(path)
    with _scratch(beside) as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                for name in (COPY, SIDECAR):
                    archive.extract(name, scratch)
        except (ValueError, KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError):
            raise _no_backup(path) from None
        except OSError as error:
            raise RegisterError(
                "not_written", f"备份无法展开到 {beside}（空间不足或不可写）。请清理空间或换一个位置。",
                f"The backup could not be unpacked to {beside} ({error.strerror}).",
            ) from None  # fmt: skip
        if any(_sha256(scratch / name) != digest for name, digest in manifest["files"].items()):
            raise _no_backup(path)
        yield scratch / COPY, manifest


def prove(opened: Register, manifest: dict[str, Any], path: Path) -> None:
    """That an unpacked register is what its manifest says, and whole. Raises RegisterError ``not_a_backup``."""
    genuine = hmac.compare_digest(_mac(manifest, opened.keys), str(manifest.get("mac")))
    if not genuine or opened.head() != manifest["register_head"] or opened.verify_audit():
        raise _no_backup(path)


def put_back(copy: Path, target: Path) -> None:
    """Move an unpacked register to a new place: the key file first, the register last, so that it is there whole or not."""
    for source, place in ((sidecar_path(copy), sidecar_path(target)), (copy, target)):
        source.chmod(0o600)
        os.replace(source, place)


def to_keep(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Which backups stay: the newest of each of the last 7 days, 5 weeks and 12 months that have one, and the newest."""
    times = sorted(set(times), reverse=True)
    kept = set(times[:1])
    rules = (
        (DAILY, lambda at: at.date()), (WEEKLY, lambda at: at.isocalendar()[:2]), (MONTHLY, lambda at: (at.year, at.month)),
    )  # fmt: skip
    for count, period in rules:
        newest: dict[Any, datetime] = {}
        for at in times:
            if at <= now + timedelta(days=1):
                newest.setdefault(period(at), at)
        kept |= set(list(newest.values())[:count])
    return kept | {at for at in times if at > now + timedelta(days=1)}  # a clock was wrong: a person decides


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A folder on the register's own disk that goes away."""
    folder = Path(tempfile.mkdtemp(dir=beside, prefix=".backup-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mac(manifest: dict[str, Any], keys: Keys) -> str:
    body = {name: value for name, value in manifest.items() if name != "mac"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.blake2b(text, key=keys.audit, digest_size=32, person=b"backup").hexdigest()
