"""New keys for a register: a new file under a new file key takes the old one's place, whole or not at all.

Everybody's share of the new keys is handed to his public key, so nobody's passphrase is needed. At every moment the
key file in place opens the register in place: between the two exchanges it holds the old file key and the new one.
Rows stay as they are, bytes and all, for the trail rests on them: the keys that personal fields are sealed under are
wrapped anew by the new field key. Values of registers of earlier versions, sealed under a field key itself, are read with
that one (``resealing``).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, members, schema
from workbench.platform.register.backup import COPY, SCRATCH, scratch
from workbench.platform.register.key_slots import KEY_BYTES
from workbench.platform.register.keys import Keys
from workbench.platform.register.members import Content
from workbench.platform.register.store import Register

PATIENCE = 5.0  # seconds to wait for others to close the register
MOST_VERSIONS = 255  # a sealed value says its version in one byte


def rotate(register: Register, write_entry: Callable[[Register, Keys, Content], None]) -> Keys:
    """Replace the register's file by one under a new key; the open ``register`` is closed. Returns the new keys.

    ``write_entry`` writes the audit entry (and has keys wrapped anew), with the key file as it will be, into the new file
    before it is proven. Only
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
        names={**old.names, max(old.names) + 1: secrets.token_bytes(KEY_BYTES)} if old.names else {},
        generation=old.generation + 1,
        next_file=None,
        former=(*old.former, old.file),
    )
    with _locked(register) as copy:
        prove = register.prover()
        content = key_file.read(path)
        key_file.authenticate(content, old.file)
        prove(content)
        register.export(copy, new.file)
        after = {**members.with_keys(content, new), "generation": new.generation}
        keys = register.subjects.all()

        def change(opened: Register) -> bool:
            write_entry(opened, new, after)
            opened.subjects.forget()
            return opened.subjects.all() == keys

        _prove(register, copy, new, change)
        # the old file's key stays until the new file is in place: whatever is cut off, one of the two opens it
        between = replace(new, file=old.file, next_file=new.file)
        members.reissue_keys(path, old, between, new.generation, prove)
        _exchange(register, copy)
        members.reissue_keys(path, old, new, new.generation, prove)
    return new


def renew(register: Register, change: Callable[[Register], bool]) -> None:
    """Replace the register's file by one in which ``change`` was made, under the same keys; ``register`` is closed.

    ``change`` gets the new file, opened, writes an entry, and says whether what it holds is as it should be. The new file
    holds nothing of what the change took away. Raises RegisterError ``rotation_pending``, ``in_use``,
    ``damaged``, ``damaged_copy``, ``not_written``; the register is then as it was.
    """
    if register.keys.next_file:
        raise RegisterError("rotation_pending")
    with _locked(register) as copy:
        _remove_left_copies(register, copy.parent)
        register.export(copy, register.keys.file)
        _prove(register, copy, replace(register.keys, generation=key_file.read(register.path)["generation"]), change)
        _exchange(register, copy)


@contextmanager
def _locked(register: Register) -> Iterator[Path]:
    """A place for a new file while everybody else is shut out; the register is closed at the end."""
    try:
        with scratch(register.path.parent) as folder:
            register.lock_exclusively(PATIENCE)
            yield folder / COPY
    except OSError:
        raise RegisterError("not_written/rotated", parent=register.path.parent) from None
    finally:
        register.close()


def _remove_left_copies(register: Register, own: Path) -> None:
    """Take away copies of the register that killed runs left beside it: everybody is shut out, so nobody works on one."""
    for folder in register.path.parent.glob(f"{SCRATCH}*"):
        if folder != own and (folder / COPY).is_file():
            try:
                Register.open(folder / COPY, register.keys).close()
            except RegisterError:
                continue  # another register's, or what was not whole yet
            shutil.rmtree(folder, ignore_errors=True)


def _prove(register: Register, copy: Path, new: Keys, change: Callable[[Register], bool]) -> None:
    """Open the new file as everybody will, change it, and compare it with the old one."""
    with Register.open(copy, new) as opened:
        same = all(opened.count(table) == register.count(table) for table in schema.declared())
        same = same and opened.head() == register.head()
        same = change(opened) and same
        if not same or opened.verify_audit() or not opened.contains_head(register.head()):
            raise RegisterError("damaged_copy/rotated")
        opened.compact()
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def _exchange(register: Register, copy: Path) -> None:
    """The new file takes the old one's name while the old one is still locked; nobody can write into it any more."""
    copy.chmod(0o600)
    schema.rename_locked(register, copy, register.path)


def finish(register: Register, unlocked: Keys) -> None:
    """After a rotation that was cut off: hand out the keys of the file that is in place, and only those.

    ``register`` was opened by a custodian with the keys as ``unlocked``; it is to be opened anew.
    """
    in_place = register.keys.file
    kept = replace(unlocked, file=in_place, next_file=None, former=tuple(x for x in unlocked.former if x != in_place))
    members.reissue_keys(register.path, unlocked, kept, unlocked.generation, register.prover())
