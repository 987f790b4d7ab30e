"""Backups: one encrypted file each, consistent while others write, opened and proven before it counts.

A backup is a zip (stored) of the register's copy, its key file, the files kept encrypted beside it (``stored_files``) and a
manifest; the manifest is authenticated with the audit key. Nothing in it can be read without a
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.core.file_names import file_name
from workbench.platform.register import key_file, moving, schema, stored_files
from workbench.platform.register.keys import Keys
from workbench.platform.register.postgres.address import is_on_server
from workbench.platform.register.store import Register

FORMAT, ENDING = 1, ".wbk"
COPY, KEY_FILE, MANIFEST = "register.db", "register.db.keys", "manifest.json"
FILES = COPY + stored_files.ENDING
SCRATCH = ".backup-"  # how folders begin in which something is worked out beside the register
_STORED = re.compile(re.escape(FILES) + r"/[0-9a-f]{64}")
DAILY, WEEKLY, MONTHLY = 7, 5, 12
STALE = 24 * 3600  # seconds after which what a killed run left behind is nobody's work any more
LARGEST_MANIFEST = 1 << 20
_NAME = re.compile(r"_(\d{8}-\d{6})\.wbk$")
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    OverflowError,
)


@dataclass(frozen=True)
class Backup:
    """A backup in a folder: file, the time it was made, the register it is of, the head it holds, and how many of the files
    beside the register were not whole when it was made, and so are not in it.
    """

    path: Path
    made_at: datetime
    register_id: str
    head: str
    lost: int = 0


def make(register: Register, folder: Path, now: datetime) -> Backup:
    """Write a backup of ``register`` into ``folder`` and prove it. Raises RegisterError; nothing half is left.

    ``damaged_copy`` where the copy does not prove whole, ``damaged_sidecar``, ``no_sidecar``, ``exists`` where one
    of the same second stands there, ``not_written`` where the folder cannot take it.
    """
    target = folder / file_name(register.path.stem, f"{now:%Y%m%d-%H%M%S}", ending=ENDING)
    try:
        with scratch(register.path.parent) as folder:
            head, lost = _write_parts(register, folder, now)
            _put_in_place(folder, target)
    except OSError:
        raise RegisterError("not_written/backup_file", parent=target.parent) from None
    return Backup(target, now, register.keys.register_id, head, lost)


def _write_parts(register: Register, scratch: Path, now: datetime) -> tuple[str, int]:
    """The register's copy, its key file, the files beside it and the manifest, each proven. Returns the head the copy holds,
    and how many files are not whole.
    """
    copy = scratch / COPY
    if is_on_server(register.path):
        moving.copy(register, copy)
    else:
        register.copy_to(copy)  # before the key file: that one may be newer than the copy, never older
    key_file.read(register.path)
    (scratch / KEY_FILE).write_bytes(key_file.stored(register.path))
    copied = key_file.read(copy)
    key_file.authenticate(copied, register.keys.file, register.keys.next_file)
    with Register.open(copy, replace(register.keys, generation=copied["generation"])) as opened:
        head = opened.head()
        if opened.verify_audit() or not register.contains_head(head):
            raise _damaged_copy()
        rows = {table: opened.count(table) for table in sorted(schema.declared())}
        lost = stored_files.copy_whole(opened, stored_files.folder_of(register.path), scratch / FILES)
    manifest = {
        "format": FORMAT,
        "register": register.keys.register_id,
        "generation": copied["generation"],
        "made_at": now.isoformat(),
        "register_head": head,
        "rows": rows,
        "files": {name: _sha256(scratch / name) for name in (COPY, KEY_FILE)},
    }
    if lost:
        manifest["lost"] = sorted(file.address for file in lost)
    text = json.dumps({**manifest, "mac": _mac(manifest, register.keys)}, ensure_ascii=False, indent=1)
    (scratch / MANIFEST).write_text(text, encoding="utf-8")
    return head, len(lost)


def _damaged_copy() -> RegisterError:
    return RegisterError("damaged_copy")


def _put_in_place(scratch: Path, target: Path) -> None:
    """One file of the parts, written beside its place, read again, synced, and only then given its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name + ".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
                for name in (MANIFEST, KEY_FILE, COPY):
                    archive.write(scratch / name, name)
                for file in sorted((scratch / FILES).glob("*")):
                    archive.write(file, f"{FILES}/{file.name}")
            out.flush()
            os.fsync(out.fileno())
        try:
            with zipfile.ZipFile(part) as archive:
                bad = archive.testzip()
        except zipfile.BadZipFile:
            bad = part.name
        if bad:
            raise _damaged_copy()
        try:
            place(part, target)
        except FileExistsError:
            raise RegisterError("exists/backup_file", target=target.name) from None
        named = _NAME.search(target.name)
        stem = target.name[: named.start()] if named else target.stem
        own = re.compile(re.escape(stem) + r"_\d{8}-\d{6}\.wbk\.\w+\.part")
        newest = target.stat().st_mtime
        for left in target.parent.glob("*.part"):
            with suppress(OSError):
                if own.fullmatch(left.name) and newest - left.stat().st_mtime > STALE:
                    left.unlink()
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def place(source: Path, target: Path) -> None:
    """Give a synced file its name, never over another one. Raises FileExistsError and other OSErrors."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError(target) from None
        os.replace(source, target)
    else:
        source.unlink(missing_ok=True)
    stored_files.sync_folder(target.parent)


def list_backups(folder: Path, keys: Keys) -> list[Backup]:
    """The genuine backups of one register in a folder, the newest last; all other files are left alone."""
    return _sorted_out(folder, keys)[0]


def damaged_backups(folder: Path, keys: Keys, stem: str) -> list[tuple[str, Path]]:
    """Files named like backups of this register that are none: damaged, cut, altered or forged; stamp and path."""
    return [(stamp, path) for stamp, path in _sorted_out(folder, keys)[1] if path.name == f"{stem}_{stamp}{ENDING}"]


def _sorted_out(folder: Path, keys: Keys) -> tuple[list[Backup], list[tuple[str, Path]]]:
    found, bad = [], []
    for path in sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else ():
        if not (named := _NAME.search(path.name)):
            continue
        try:
            manifest = read_manifest(path)
            if manifest["register"] != keys.register_id:
                continue
            authenticate(manifest, keys, path)
        except RegisterError:
            bad.append((named[1], path))
            continue
        made_at = datetime.fromisoformat(manifest["made_at"])
        found.append(Backup(path, made_at, keys.register_id, manifest["register_head"]))
    return sorted(found, key=lambda backup: backup.made_at), sorted(bad)


def read_manifest(path: Path) -> dict[str, Any]:
    """What a backup says of itself; not yet proven. Raises RegisterError ``not_a_backup``."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            own = [part.filename for part in parts if not _STORED.fullmatch(part.filename)]
            plain = sorted(own) == sorted((COPY, KEY_FILE, MANIFEST))
            plain = plain and len({part.filename for part in parts}) == len(parts)
            plain = plain and all(part.compress_type == zipfile.ZIP_STORED for part in parts)  # nothing that unfolds
            if not plain or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise _no_backup(path)
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        whole = manifest["format"] == FORMAT and set(manifest["files"]) == {COPY, KEY_FILE}
        whole = whole and all(isinstance(digest, str) for digest in manifest["files"].values())
        whole = whole and isinstance(manifest["register"], str) and isinstance(manifest["register_head"], str)
        datetime.fromisoformat(manifest["made_at"])
    except _UNREADABLE:
        raise _no_backup(path) from None
    if not whole:
        raise _no_backup(path)
    return manifest


def authenticate(manifest: dict[str, Any], keys: Keys, path: Path) -> None:
    """That a manifest was written by a holder of this register's keys. Raises RegisterError ``not_a_backup``."""
    try:
        genuine = manifest["register"] == keys.register_id and _same(_mac(manifest, keys), manifest.get("mac"))
    except (ValueError, RecursionError):
        genuine = False
    if not genuine:
        raise _no_backup(path)


def _same(ours: str, theirs: Any) -> bool:
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))


def _no_backup(path: Path) -> RegisterError:
    return RegisterError("not_a_backup/damaged", path=path.name)


@contextmanager
def unpacked(path: Path, beside: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The register inside a backup, laid out in a folder that goes away, with its manifest; hashes checked.

    Raises RegisterError ``not_a_backup``, ``not_written``.
    """
    manifest = read_manifest(path)
    with scratch(beside) as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name != MANIFEST:
                        archive.extract(name, folder)
            whole = all(_sha256(folder / name) == digest for name, digest in manifest["files"].items())
        except OSError:
            raise RegisterError("not_written/unpacked", beside=beside) from None
        except _UNREADABLE:
            raise _no_backup(path) from None
        if not whole:
            raise _no_backup(path)
        yield folder / COPY, manifest


def open_copy(copy: Path, keys: Keys) -> Register:
    """The register inside a backup, also one made before the keys were rotated.

    Raises RegisterError; ``former_keys`` where only a custodian still has the key.
    """
    for file in (keys.file, *keys.former):
        try:
            return Register.open(copy, replace(keys, file=file, next_file=None))
        except RegisterError as error:
            if error.code != "not_a_register":
                raise
    raise RegisterError("former_keys")


def verify_copy(opened: Register, manifest: dict[str, Any], path: Path) -> None:
    """That an unpacked register is what its manifest says, and whole, with the files beside it but those that were not when it
    was made. Raises RegisterError ``not_a_backup``.
    """
    authenticate(manifest, opened.keys, path)
    folder, lost = stored_files.folder_of(opened.path), set(manifest.get("lost", ()))
    kept = {file.address: file for file in stored_files.known(opened)}
    strange = {file.name for file in folder.glob("*")} - set(kept)
    if strange or any(stored_files.problem(folder, kept[name]) for name in set(kept) - lost):
        raise _no_backup(path)
    rows = manifest.get("rows", {})  # earlier backups did not count them
    counted = all(opened.count(table) == count for table, count in rows.items())
    if not counted or opened.head() != manifest["register_head"] or opened.verify_audit():
        raise _no_backup(path)


def move_into_place(copy: Path, target: Path) -> None:
    """Move an unpacked register to a new place: the files beside it and the key file first, the register last, so that it is
    there whole or not.

    The same key file may stand there already. Raises RegisterError ``exists``, ``not_written``.
    """
    placed = None
    try:
        if copy.with_name(copy.name + "-wal").exists():
            raise OSError(0, "the copy is not closed")
        stored_files.move_into_place(stored_files.folder_of(copy), target)
        for source, goal in ((key_file.path_of(copy), key_file.path_of(target)), (copy, target)):
            if goal != target and same_file(source, goal):
                continue
            source.chmod(0o600)
            with source.open("rb+") as file:
                os.fsync(file.fileno())
            place(source, goal)
            placed = placed or goal
    except OSError as error:
        if placed is not None and placed != target:
            placed.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise exists_already(target) from None
        raise RegisterError("not_written/restored_register", parent=target.parent) from None


def same_file(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes; a missing one is like none."""
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def exists_already(path: Path) -> RegisterError:
    """The refusal of a place where something stands."""
    return RegisterError("exists/restored_register", path=path)


def retained(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Which backups stay: the newest of each of the last 7 days, 5 weeks and 12 months that have one, and the newest."""
    times = sorted(set(times), reverse=True)
    kept = set(times[:1])
    rules = (
        (DAILY, lambda at: at.date()),
        (WEEKLY, lambda at: at.isocalendar()[:2]),
        (MONTHLY, lambda at: (at.year, at.month)),
    )
    for count, period in rules:
        newest: dict[Any, datetime] = {}
        for at in times:
            if at <= now + timedelta(days=1):
                newest.setdefault(period(at), at)
        kept |= set(list(newest.values())[:count])
    return kept | {at for at in times if at > now + timedelta(days=1)}  # a clock was wrong: a person decides


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A folder on the register's own disk that goes away, and with it those a killed run left a day before."""
    try:
        folder = Path(tempfile.mkdtemp(dir=beside, prefix=SCRATCH))
    except OSError:
        raise RegisterError("not_written/temporary_folder", beside=beside) from None
    try:
        newest = folder.stat().st_mtime
        for left in beside.glob(f"{SCRATCH}*"):
            with suppress(OSError):
                if newest - left.stat().st_mtime > STALE:
                    shutil.rmtree(left, ignore_errors=True)
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
