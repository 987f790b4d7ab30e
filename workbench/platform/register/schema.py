"""Opening the file: cipher settings, migrations, and the declared types that steer reading and writing."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2 as sqlcipher

from workbench.core.errors import RegisterError
from workbench.platform.register import expected_schema

if TYPE_CHECKING:
    from workbench.platform.register.keys import Keys
    from workbench.platform.register.storage import Store
    from workbench.platform.register.store import Register

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs", "9p", "ncpfs"})
BUSY_SECONDS = 60
PAGE = 4096
NOTES = frozenset({"schema", "register", "generation"})  # what a file says of itself, in ``meta``


def connect(path: Path, keys: Keys) -> Any:
    """An open connection with the raw key, WAL and full syncing.

    Raises RegisterError ``not_a_register`` where the key does not open the file, ``damaged``, ``busy``.
    """
    opened = identity(path)
    try:
        connection = keyed(path, keys)
    except sqlcipher.DatabaseError as error:
        raise refused(error, path) from None
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a wrong key shows only here
        # replaced while this waited: its log, which goes by the path, is another file's now
        if identity(path) != opened:
            connection.close()
            raise renewed(path)
        connection.execute("PRAGMA journal_mode = WAL")
        expected_schema.guard(connection)
        for setting in ("synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -65536"):
            connection.execute(f"PRAGMA {setting}")
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise refused(error, path) from None
    return connection


def keyed(path: Path, keys: Keys) -> Any:
    """A connection with the raw key, and nothing asked of the file yet."""
    connection = sqlcipher.connect(str(path), isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA cipher_log_level = NONE")  # its notes would mix with our sentences on stderr
    connection.execute(f"PRAGMA key = \"x'{keys.file.hex()}'\"")
    return connection


def refused(error: sqlcipher.DatabaseError, path: Path) -> RegisterError:
    """The sentence for a database error: busy, full disk, damaged, or no register at all."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return RegisterError("busy")
    if "full" in text or "disk I/O" in text:
        return RegisterError("disk_full")
    if any(word in text for word in ("malformed", "corrupt", "prohibited", "not authorized")):
        return damaged(path)
    return no_register(path)


def in_use() -> RegisterError:
    """The refusal of what needs the register for itself alone."""
    return RegisterError("in_use")


def renewed(path: Path) -> RegisterError:
    """The refusal of a file that is no longer the one at its path."""
    return RegisterError("renewed", path=path.name)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None where none does."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def rename_locked(register: Register, source: Path, target: Path) -> None:
    """Rename a file from or to the place of a register that is locked. Raises RegisterError ``in_use`` where somebody wrote
    while it could not be."""
    try:
        os.replace(source, target)
    except PermissionError:  # Windows lets nobody rename or replace an open file, not even its own
        before = register.path.stat()
        register.close()
        if _stamp(register.path.stat()) != _stamp(before):
            raise in_use() from None
        os.replace(source, target)


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def damaged(path: Path) -> RegisterError:
    """The refusal of a register whose content was altered."""
    return RegisterError("damaged", path=path.name)


def no_register(path: Path) -> RegisterError:
    """The refusal of a file the key does not open, or that holds no register."""
    return RegisterError("not_a_register", path=path.name)


def refuse_network(path: Path, mounts: str | None = None) -> None:
    """A live register on a network share loses data: refuse it. ``mounts`` replaces /proc/mounts in tests."""
    table = Path("/proc/mounts")
    text = mounts if mounts is not None else (table.read_text(encoding="utf-8") if table.exists() else "")
    folder, kind_of = str(path.resolve().parent), {}
    for line in text.splitlines():
        _, point, kind, *_ = line.split(" ")
        kind_of[point.replace("\\040", " ")] = kind
    inside = [point for point in kind_of if folder == point or folder.startswith(point.rstrip("/") + "/")]
    share = str(path).startswith("\\\\") or (inside and kind_of[max(inside, key=len)] in NETWORK_FILE_SYSTEMS)
    if share:
        raise RegisterError("network")


@lru_cache(maxsize=1)
def migrations() -> tuple[tuple[int, str], ...]:
    """The steps of the schema, numbered from 1, as SQL text. Raises ValueError where a number is missing or stands twice."""
    folder = files("workbench.platform.register") / "migrations"
    steps = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    if [int(name[:4]) for name in steps] != list(range(1, len(steps) + 1)):
        raise ValueError(f"steps of the schema are not numbered from 1 on: {steps}")
    return tuple((int(name[:4]), (folder / name).read_text(encoding="utf-8")) for name in steps)


def migrate(store: Store, keys: Keys, path: Path, *, new: bool = False) -> bool:
    """Bring a register to this program's schema, each step in one transaction; a ``new`` one from nothing.

    Before each step and at the end the file's schema has to be exactly what the steps so far make.
    Returns whether the key file is newer than the register knew: a change of users whose entry was lost.
    Raises RegisterError ``newer_schema`` where the register was written by a newer program, ``other_register``,
    ``old_sidecar``, ``altered_schema`` where somebody changed it by hand, ``not_a_register`` where an
    existing file holds none.
    """
    if new:
        store.begin_changing_schema()
        store.make(expected_schema.META)
        store.commit()
    found = dict(store.fetch("SELECT name, value FROM meta"))
    if not new and not all(str(found.get(name, "")).isdecimal() for name in ("schema", "generation")):
        raise no_register(path)
    if found.get("register", keys.register_id) != keys.register_id:
        raise RegisterError("other_register/key_file")
    if keys.generation < int(found.get("generation", 0)):
        raise RegisterError("old_sidecar")
    at, steps = int(found.get("schema", 0)), migrations()
    if at > steps[-1][0]:
        raise RegisterError("newer_schema")
    for number, text in steps[at:]:
        store.begin_changing_schema()
        if (done := _schema(store)) >= number:  # another process was first
            store.rollback()
            continue
        require(store, steps[:done])
        for statement in expected_schema.statements(text):
            store.make(statement)
        for name, value in (("schema", str(number)), ("register", keys.register_id)):
            _note(store, name, value)
        store.commit()
    store.begin_reading()  # one state of the register, whatever others migrate meanwhile
    if _schema(store) > len(steps):
        raise RegisterError("newer_schema")
    require(store, steps)
    store.commit()
    newer = keys.generation > int(found.get("generation", 0))
    if newer:
        record_generation(store, keys.generation)
    return newer and not new


def require(store: Store, steps: expected_schema.Steps) -> None:
    """Refuse a register whose schema is not what these steps make. Raises RegisterError ``altered_schema``."""
    for difference in store.differences(steps):
        raise difference.refusal()


def _schema(store: Store) -> int:
    """The number of the last step a register has gone through; 0 before the first."""
    found = store.fetch("SELECT value FROM meta WHERE name = 'schema'")
    return int(found[0][0]) if found else 0


def record_generation(store: Store, generation: int) -> None:
    """Have the register refuse sidecars older than this one."""
    _note(store, "generation", str(generation))


def _note(store: Store, name: str, value: str) -> None:
    store.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )


def declared() -> set[str]:
    """The tables a whole register has."""
    return set(tables()) - {"meta"}


def tables() -> dict[str, dict[str, str]]:
    """Column kinds of every table, as the program declares them (``expected_schema.kinds``)."""
    return expected_schema.kinds(migrations())
