"""A register in another store: the same rows, keys and trail, compared row by row before anybody relies on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.core.errors import RegisterError
from workbench.core.file_names import file_name
from workbench.platform.register import key_file, schema
from workbench.platform.register.keys import Keys, make_room
from workbench.platform.register.postgres import address, setup
from workbench.platform.register.store import Register

PART = 20_000  # rows at a time
Enter = Callable[[Register], None]  # writes an entry into a register
PATIENCE = 5.0  # seconds to wait for others to close a file


def move(register: Register, target: Path, now: datetime, enter: Enter | None = None) -> str:
    """Make the register stand at another place, one of the two on a server; the open one is closed. Returns the name under
    which the former place is kept, out of use.

    Nobody writes meanwhile. ``enter``: what is entered in the trail at the new place. Raises RegisterError ``exists``, ``in_use``, ``damaged_copy``, ``not_written``,
    ``server_no_right`` and what else the two places refuse; nothing is left at the new one then, and the register is as it was.
    """
    make_room(target)
    try:
        register.lock_exclusively(PATIENCE)
        content = key_file.read(register.path)
        key_file.authenticate(content, register.keys.file)
        copy(register, target, enter)
        key_file.write(target, content, register.keys.file)
        aside = _set_aside(register, now)
    except BaseException as error:
        with suppress(RegisterError, OSError):
            _take_back(target)
        if isinstance(error, OSError):
            raise RegisterError("not_written/moved", parent=target.parent) from None
        raise
    finally:
        register.close()
    return aside


def copy(register: Register, target: Path, enter: Enter | None = None) -> None:
    """Make a register at ``target`` with every row that ``register`` has at one moment, under the same keys, and prove it.

    ``enter``: what is entered in the trail of the proven copy. Raises RegisterError ``damaged_copy/moved`` where it is not the same, row by row, or its trail does not prove it.
    """
    with register.snapshot():
        (generation,) = register._fetch("SELECT value FROM meta WHERE name = 'generation'")[0]
        _copy(register, target, replace(register.keys, generation=int(generation)), enter)


def _copy(register: Register, target: Path, keys: Keys, enter: Enter | None) -> None:
    with Register.create(target, keys) as made:
        store = made._connection
        store.begin_writing()
        try:
            for table in sorted(made._tables):
                if table != "meta":
                    marks = ", ".join("?" * len(made._tables[table]))
                    for rows in _parts(register, table):
                        store.write_many(f'INSERT INTO "{table}" VALUES ({marks})', rows)
            store.commit()
        except BaseException:
            store.rollback()
            raise
        with made.snapshot():
            same = all(_same(register, made, table) for table in made._tables)
        if not same or made.head() != register.head() or made.verify_audit():
            raise RegisterError("damaged_copy/moved")
        if enter is not None:
            enter(made)


def _parts(register: Register, table: str) -> Iterator[list[tuple[Any, ...]]]:
    """A table's rows in order of their primary key, some at a time."""
    key, last = next(iter(register._tables[table])), None
    while True:
        clause = "" if last is None else f'WHERE "{key}" > ?'
        sql = f'SELECT * FROM "{table}" {clause} ORDER BY "{key}" LIMIT {PART}'
        if not (rows := register._fetch(sql, () if last is None else (last,))):
            return
        yield rows
        last = rows[-1][0]


def _same(one: Register, other: Register, table: str) -> bool:
    """Whether a table holds the same in both, row by row."""
    others = _parts(other, table)
    return all(rows == next(others, None) for rows in _parts(one, table)) and next(others, None) is None


def _set_aside(register: Register, now: datetime) -> str:
    """Give the former place another name."""
    path, stamp = register.path, f"{now:%Y%m%d%H%M%S}"
    if (server := address.of(path)) is not None:
        name = f"workbench_moved_{stamp}"
        setup.set_aside(server, name)
        return name
    goal = path.with_name(file_name(path.stem, "moved", stamp, ending=path.suffix))
    schema.rename_locked(register, path, goal)
    try:
        os.replace(key_file.path_of(path), key_file.path_of(goal))
    except OSError:
        os.replace(goal, path)
        raise
    return goal.name


def _take_back(target: Path) -> None:
    """Take away what was made at a place."""
    if (server := address.of(target)) is not None:
        setup.remove(server)
        return
    for path in (target, key_file.path_of(target)):
        path.unlink(missing_ok=True)
