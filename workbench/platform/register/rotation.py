"""New keys for a register: a new file under a new file key takes the old one's place, whole or not at all.

Everybody's share of the new keys is handed to his public key, so nobody's passphrase is needed. At every moment the
key file in place opens the register in place: between the two exchanges it holds the old file key and the new one.
Rows stay as they are, bytes and all, for the trail rests on them: personal fields written from now on are sealed under
a new key, earlier ones are read with the key they were sealed under.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, members, schema
from workbench.platform.register.backup import COPY, scratch
from workbench.platform.register.key_slots import KEY_BYTES
from workbench.platform.register.keys import Keys
from workbench.platform.register.members import Content
from workbench.platform.register.store import Register

PATIENCE = 5.0  # seconds to wait for others to close the register
MOST_VERSIONS = 255  # a sealed value says its version in one byte


def rotate(register: Register, write_entry: Callable[[Register, Keys, Content], None]) -> Keys:
    """Replace the register's file by one under a new key; the open ``register`` is closed. Returns the new keys.

    ``write_entry`` writes the audit entry, with the key file as it will be, into the new file before it is proven. Only
    those are handed the new keys whom the trail proves. Raises RegisterError ``roster_changed``,
    ``no_field_key`` for who may not hand keys on, ``in_use``, ``damaged``, ``damaged_copy``, ``not_written``,
    ``too_many_keys``; the register is then as it was.
    """
    old, path = register.keys, register.path
    if old.house_seed is None or not old.fields:
        raise RegisterError("no_field_key/no_rotation")
    version = max(old.fields) + 1
    if version > MOST_VERSIONS:
        raise RegisterError("too_many_keys")
    new = replace(
        old,
        file=secrets.token_bytes(KEY_BYTES),
        fields={**old.fields, version: secrets.token_bytes(KEY_BYTES)},
        generation=old.generation + 1,
        next_file=None,
        former=(*old.former, old.file),
    )
    try:
        with scratch(path.parent) as folder:
            copy = folder / COPY
            register.lock_exclusively(PATIENCE)
            prove = register.prover()
            content = key_file.read(path)
            key_file.authenticate(content, old.file)
            prove(content)
            register.export(copy, new.file)
            after = {**members.with_keys(content, new), "generation": new.generation}
            _prove(register, copy, new, lambda opened, keys: write_entry(opened, keys, after))
            # the old file's key stays until the new file is in place: whatever is cut off, one of the two opens it
            between = replace(new, file=old.file, next_file=new.file)
            members.reissue_keys(path, old, between, new.generation, prove)
            _exchange(register, copy)
            members.reissue_keys(path, old, new, new.generation, prove)
    except OSError:
        raise RegisterError("not_written/rotated", parent=path.parent) from None
    finally:
        register.close()
    return new


def _prove(register: Register, copy: Path, new: Keys, write_entry: Callable[[Register, Keys], None]) -> None:
    """Open the new file as everybody will, write the entry of its making, and compare it with the old one."""
    with Register.open(copy, new) as opened:
        same = all(opened.count(table) == register.count(table) for table in schema.declared())
        same = same and opened.head() == register.head()
        write_entry(opened, new)
        if not same or opened.verify_audit() or not opened.contains_head(register.head()):
            raise RegisterError("damaged_copy/rotated")
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def _exchange(register: Register, copy: Path) -> None:
    """The new file takes the old one's name while the old one is still locked; nobody can write into it any more."""
    copy.chmod(0o600)
    try:
        os.replace(copy, register.path)
    except PermissionError:  # Windows lets nobody replace an open file, not even its own
        before = register.path.stat()
        register.close()
        if _stamp(register.path.stat()) != _stamp(before):
            raise schema.in_use() from None
        os.replace(copy, register.path)


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def finish(register: Register, unlocked: Keys) -> None:
    """After a rotation that was cut off: hand out the keys of the file that is in place, and only those.

    ``register`` was opened by a custodian with the keys as ``unlocked``; it is to be opened anew.
    """
    in_place = register.keys.file
    kept = replace(unlocked, file=in_place, next_file=None, former=tuple(x for x in unlocked.former if x != in_place))
    members.reissue_keys(register.path, unlocked, kept, unlocked.generation, register.prover())
