"""Files kept encrypted beside the register, each under the key of the customer it is about (S1, S3).

A file's name is a keyed hash of its content, so that the name tells nothing and the same content of a customer is kept once.
It holds ``MAGIC‖subject (8 bytes)`` and chunks sealed by AES-GCM under a key of this content alone; each is bound to the name, its
place and whether it is the last. All keys follow from the customer's, so that nothing opens once that was destroyed. What
the register keeps of a file (``stored_file``: name, digest of what is on disk) is accounted for by the trail: so anybody
who can verify the trail can say, without the keys of personal fields, that a file is missing or another one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.register.audit import Breach
from workbench.platform.register.facts import INT, TEXT, TIME, FactTable
from workbench.platform.register.postgres.address import is_on_server
from workbench.platform.register.store import Register

ENDING = ".documents"  # of the folder beside the register
MAGIC = b"WBFILE1\n"
CHUNK, TAG, NUMBER = 1 << 20, 16, 8
HEAD = len(MAGIC) + NUMBER
LARGEST = 1 << 30  # bytes of a file; counted chunks stay far from what a key may seal
STALE = 24 * 3600  # seconds after which what a killed run left behind is nobody's work any more
MISSING, CHANGED = "file_missing", "file_changed"
TABLE = FactTable(
    name="stored_file",
    word="加密保存的文件",
    columns={"subject": INT, "address": TEXT, "digest": TEXT, "size": INT, "at": TIME},
)


@dataclass(frozen=True)
class StoredFile:
    """A file as the register knows it: whom it is about, its name, the digest (SHA-256) of what is on disk, bytes in clear.

    ``entry``, ``row``: where the register keeps that.
    """

    subject: int
    address: str
    digest: str
    size: int
    entry: int = 0
    row: int = 0

    def record(self) -> dict[str, object]:
        """Its row of ``stored_file``, without the time."""
        return {"subject": self.subject, "address": self.address, "digest": self.digest, "size": self.size}


def folder_of(register: Path) -> Path:
    """Where the files of a register lie."""
    return register.with_name(register.name + ENDING)


def known(register: Register) -> list[StoredFile]:
    """The files the register keeps, but those of customers whose keys were destroyed; each once."""
    columns = ["subject", "address", "digest", "size", "entry", "record"]
    rows = register.read(TABLE.name, columns).drop_duplicates("address")
    gone = register.subjects.destroyed
    return [
        StoredFile(int(row.subject), row.address, row.digest, int(row.size), int(row.entry), int(row.record))
        for row in rows.itertuples()
        if row.subject not in gone
    ]


def take_away(register: Path, files: Iterable[StoredFile]) -> None:
    """Delete files of customers whose keys were destroyed: what is left where that fails opens to nobody."""
    for file in files:
        with suppress(OSError):
            (folder_of(register) / file.address).unlink(missing_ok=True)


def problem(folder: Path, file: StoredFile) -> str | None:
    """What is wrong with a file on disk: it is missing, or not the one that was written; None where it is whole."""
    try:
        with (folder / file.address).open("rb") as kept:
            return None if hashlib.file_digest(kept, "sha256").hexdigest() == file.digest else CHANGED
    except OSError:
        return MISSING


def breaches(register: Register) -> list[Breach]:
    """The files that are missing or other ones than were written: codes ``file_missing``, ``file_changed``."""
    folder = folder_of(register.path)
    return [
        Breach(code, file.entry, TABLE.name, file.row)
        for file in known(register)
        if (code := problem(folder, file)) is not None
    ]


def seal(register: Register, subject: int, source: Path) -> StoredFile:
    """Write a file's content encrypted beside the register; whatever happens it is there whole or not at all.

    Nobody knows of it before its record is in the register. Raises WrongUse ``no_such_file``, ``empty_file``,
    ``too_large/stored_file``, ``changed_meanwhile``; RegisterError ``no_field_key``, ``missing_key``, ``destroyed_file``, ``not_written``.
    """
    if is_on_server(register.path):
        raise RegisterError("server_file_only/originals")
    naming, sealing = _keys(register, subject)
    folder = folder_of(register.path)
    try:
        with source.open("rb") as content:
            size = os.fstat(content.fileno()).st_size
            if not size or size > LARGEST:
                raise WrongUse("too_large/stored_file" if size else "empty_file/stored_file", path=source)
            address = _address(naming, content)
            content.seek(0)
            try:
                return _write(folder, StoredFile(subject, address, "", size), (naming, sealing), content, source)
            except OSError:
                raise RegisterError("not_written/stored_file", parent=folder) from None
    except OSError:
        raise WrongUse("no_such_file", path=source) from None


def _write(folder: Path, file: StoredFile, keys: tuple[bytes, bytes], content: BinaryIO, source: Path) -> StoredFile:
    """The sealed file in its place, synced and its folder too. The same content gives the same bytes: replacing mends."""
    naming, sealing = keys
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    part, digest, again = Path(name), hashlib.sha256(), blake2b(key=naming, digest_size=32)
    _tidy(folder, part.stat().st_mtime)
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in _sealed(file, sealing, content, again):
                out.write(piece)
                digest.update(piece)
            out.flush()
            os.fsync(out.fileno())
        if again.hexdigest() != file.address:
            raise WrongUse("changed_meanwhile/stored_file", path=source)
        os.replace(part, folder / file.address)
        sync_folder(folder)
    finally:
        part.unlink(missing_ok=True)
    return StoredFile(file.subject, file.address, digest.hexdigest(), file.size)


def _sealed(file: StoredFile, sealing: bytes, content: BinaryIO, told: blake2b) -> Iterator[bytes]:
    """The pieces of a sealed file; ``told`` is told what was read."""
    head, box = _head(file.subject), _box(sealing, file.address)
    yield head
    number, chunk = 0, content.read(CHUNK)
    while chunk:
        following = content.read(CHUNK)
        told.update(chunk)
        yield box.encrypt(_nonce(number, last=not following), chunk, head + file.address.encode())
        number, chunk = number + 1, following


def unseal(register: Register, file: StoredFile, target: Path) -> None:
    """Write a file's content in clear to a place where nothing stands yet, for its owner's eyes alone (0600).

    Nothing appears there before all of it was proven. Raises RegisterError ``stored_file_missing``,
    ``stored_file_changed``, ``destroyed_file``, ``no_field_key``, ``missing_key``, ``not_written``; WrongUse
    ``exists/opened_file``.
    """
    naming, sealing = _keys(register, file.subject)
    folder = folder_of(register.path)
    if (wrong := problem(folder, file)) is not None:
        raise RegisterError("stored_file_missing" if wrong == MISSING else "stored_file_changed")
    if target.exists():
        raise WrongUse("exists/opened_file", path=target)
    again, part = blake2b(key=naming, digest_size=32), None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
        part = Path(name)
        with os.fdopen(handle, "wb") as out, (folder / file.address).open("rb") as kept:
            for piece in _opened(file, sealing, kept):
                again.update(piece)
                out.write(piece)
        if again.hexdigest() != file.address:
            raise RegisterError("stored_file_changed")
        os.replace(part, target)
    except OSError:
        raise RegisterError("not_written/opened_file", parent=target.parent) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _opened(file: StoredFile, sealing: bytes, kept: BinaryIO) -> Iterator[bytes]:
    head, box, number = _head(file.subject), _box(sealing, file.address), 0
    if kept.read(HEAD) != head:
        raise RegisterError("stored_file_changed")
    chunk = kept.read(CHUNK + TAG)
    try:
        while True:
            following = kept.read(CHUNK + TAG)
            yield box.decrypt(_nonce(number, last=not following), chunk, head + file.address.encode())
            if not following:
                return
            number, chunk = number + 1, following
    except (InvalidTag, ValueError):
        raise RegisterError("stored_file_changed") from None


def copy_whole(register: Register, source: Path, target: Path) -> list[StoredFile]:
    """Copy the files of a register from one folder to another, each proven there; returns those that are not whole.

    Raises OSError where the target cannot take them.
    """
    lost = []
    for file in known(register):
        target.mkdir(mode=0o700, exist_ok=True)
        if (source / file.address).is_file():
            shutil.copyfile(source / file.address, target / file.address)
        if problem(target, file) is not None:
            (target / file.address).unlink(missing_ok=True)
            lost.append(file)
    return lost


def move_into_place(source: Path, register: Path) -> None:
    """Move files that were proven to the folder of a register at a new place. Raises OSError."""
    if not source.is_dir():
        return
    folder = folder_of(register)
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in sorted(source.iterdir()):
        file.chmod(0o600)
        with file.open("rb+") as content:
            os.fsync(content.fileno())
        os.replace(file, folder / file.name)
    sync_folder(folder)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk; where a folder cannot be synced, its file system does it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _tidy(folder: Path, newest: float) -> None:
    """Take away what killed runs left a day before the newest."""
    for left in folder.glob("*.part"):
        with suppress(OSError):
            if newest - left.stat().st_mtime > STALE:
                left.unlink()


def _keys(register: Register, subject: int) -> tuple[bytes, bytes]:
    """What names of a customer's files are made with, and what their keys are made of."""
    if subject in register.subjects.destroyed:
        raise RegisterError("destroyed_file")
    key = register.subjects.key(subject)
    name, own = (blake2b(key=key, digest_size=32, person=purpose).digest() for purpose in (b"file name", b"file key"))
    return name, own


def _box(sealing: bytes, address: str) -> AESGCM:
    return AESGCM(blake2b(address.encode(), key=sealing, digest_size=32, person=b"file content").digest())


def _address(naming: bytes, content: BinaryIO) -> str:
    hashed = blake2b(key=naming, digest_size=32)
    while chunk := content.read(CHUNK):
        hashed.update(chunk)
    return hashed.hexdigest()


def _head(subject: int) -> bytes:
    return MAGIC + subject.to_bytes(NUMBER, "big")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
