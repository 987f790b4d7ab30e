"""Opening the file: cipher settings, migrations, and the declared types that steer reading and writing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2 as sqlcipher

from workbench.core.errors import RegisterError

if TYPE_CHECKING:
    from workbench.platform.register.keys import Keys

NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs", "9p", "ncpfs"})
BUSY_SECONDS = 60
PAGE = 4096


def connect(path: Path, keys: Keys) -> Any:
    """An open connection with the raw key, WAL and full syncing.

    Raises RegisterError ``not_a_register`` where the key does not open the file, ``damaged``, ``busy``.
    """
    try:
        connection = sqlcipher.connect(str(path), isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    except sqlcipher.DatabaseError as error:
        raise refused(error, path) from None
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # its notes would mix with our sentences on stderr
        connection.execute(f"PRAGMA key = \"x'{keys.file.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a wrong key shows only here
        connection.execute("PRAGMA journal_mode = WAL")
        for setting in ("synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -65536"):
            connection.execute(f"PRAGMA {setting}")
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise refused(error, path) from None
    return connection


def refused(error: sqlcipher.DatabaseError, path: Path) -> RegisterError:
    """The sentence for a database error: busy, full disk, damaged, or no register at all."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return RegisterError(
            "busy", "登记册正被其他操作占用，等待超时。请稍后再试。", "The register is busy; try again shortly."
        )
    if "full" in text or "disk I/O" in text:
        return RegisterError(
            "disk_full", "磁盘空间不足或无法写入，本次操作未生效。请清理磁盘后重试。",
            "The disk is full or cannot be written; nothing was changed. Free some space and try again.",
        )  # fmt: skip
    if "malformed" in text or "corrupt" in text:
        return damaged(path)
    return no_register(path)


def in_use() -> RegisterError:
    """The refusal of what needs the register for itself alone."""
    return RegisterError(
        "in_use", "登记册正被其他程序打开。请关闭其他窗口，并在 Excel 中锁定登记册，然后重试。",
        "Other programs have the register open; close them, lock it in Excel, and try again.",
    )  # fmt: skip


def renewed(path: Path) -> RegisterError:
    """The refusal of a file that is no longer the one at its path."""
    return RegisterError(
        "renewed", f"登记册 {path.name} 刚被换成新文件（轮换密钥或恢复）。本次未作改动，请重新打开后再试。",
        f"{path.name} was just replaced by a new file (keys rotated, or restored); nothing was changed, open it again.",
    )  # fmt: skip


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None where none does."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def damaged(path: Path) -> RegisterError:
    """The refusal of a register whose content was altered."""
    return RegisterError(
        "damaged", f"登记册 {path.name} 已损坏或被改动。请从备份恢复。",
        f"{path.name} is damaged or was altered; restore it from a backup.",
    )  # fmt: skip


def no_register(path: Path) -> RegisterError:
    """The refusal of a file the key does not open, or that holds no register."""
    return RegisterError(
        "not_a_register", f"{path.name} 不是登记册，或与密钥文件不配套，或已损坏。请核对文件，必要时从备份恢复。",
        f"{path.name} is no register, does not belong to its key file, or is damaged; check it or restore a backup.",
    )  # fmt: skip


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
        raise RegisterError(
            "network", "登记册不能放在网络共享上使用（会损坏数据）。请放在本机磁盘，备份可放在共享上。",
            "A live register must not stand on a network share; keep it on a local disk and its backups on the share.",
        )  # fmt: skip


def migrations() -> list[tuple[int, str]]:
    """The steps of the schema, numbered from 1, as SQL text."""
    folder = files("workbench.platform.register") / "migrations"
    steps = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [(int(name[:4]), (folder / name).read_text(encoding="utf-8")) for name in steps]


def migrate(connection: Any, keys: Keys, path: Path, *, new: bool = False) -> bool:
    """Bring a register to this program's schema, each step in one transaction; a ``new`` one from nothing.

    Returns whether the sidecar is newer than the register knew: a change of users whose entry was lost.
    Raises RegisterError ``newer_schema`` where the register was written by a newer program, ``other_register``,
    ``old_sidecar``, ``not_a_register`` where an existing file holds none.
    """
    if new:
        connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    found = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    if not new and not all(str(found.get(name, "")).isdecimal() for name in ("schema", "generation")):
        raise no_register(path)
    if found.get("register", keys.register_id) != keys.register_id:
        raise RegisterError(
            "other_register", "密钥文件属于另一个登记册。请核对两个文件是否成对。",
            "The key file belongs to another register; check that the two files are a pair.",
        )  # fmt: skip
    if keys.generation < int(found.get("generation", 0)):
        raise RegisterError(
            "old_sidecar", "密钥文件（.keys）是旧的，此后用户或口令已有变动。请用最新的密钥文件。",
            "The key file (.keys) is an old one: users or passphrases have changed since; use the newest one.",
        )  # fmt: skip
    at, steps = int(found.get("schema", 0)), migrations()
    if at > steps[-1][0]:
        raise RegisterError(
            "newer_schema", "登记册由更新版本的程序写成。请升级本程序。",
            "The register was written by a newer version of the program; upgrade this one.",
        )  # fmt: skip
    for number, text in steps:
        if number <= at:
            continue
        connection.execute("BEGIN IMMEDIATE")
        done = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        if done and int(done[0]) >= number:  # another process was first
            connection.execute("ROLLBACK")
            continue
        for statement in re.sub(r"--[^\n]*", "", text).split(";"):
            if statement.strip():
                connection.execute(statement)
        for name, value in (("schema", str(number)), ("register", keys.register_id)):
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        connection.execute("COMMIT")
    newer = keys.generation > int(found.get("generation", 0))
    if newer:
        know_generation(connection, keys.generation)
    return newer and not new


def know_generation(connection: Any, generation: int) -> None:
    """Have the register refuse sidecars older than this one."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (str(generation),))


def declared() -> set[str]:
    """The tables a whole register has."""
    return {name for _, text in migrations() for name in re.findall(r"CREATE TABLE (\w+)", text)}


def tables(connection: Any) -> dict[str, dict[str, str]]:
    """Declared column types of every table, in order; the first column is the primary key.

    The first word of a declaration is ours; a second one keeps SQLite from taking digits for a number.
    """
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: {row[1]: row[2].upper().partition(" ")[0] for row in connection.execute(f'PRAGMA table_info("{name}")')}
        for name in names
    }
