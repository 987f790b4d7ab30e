"""A register's place on a server: its schema, the role everybody works with, and the key file, which is a row there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workbench.core.errors import RegisterError
from workbench.platform.register.postgres import ddl
from workbench.platform.register.postgres.address import Address
from workbench.platform.register.postgres.connection import connect, refused, role_of
from workbench.platform.register.postgres.store import Server, quoted


def prepare(address: Address) -> None:
    """Make the place for a new register, as the login that is to own it.

    The role may read and add, and change what follows from the rest (``ddl.CHANGED``) and the key file; a person's login works
    once it was granted the role. Raises RegisterError ``exists/on_server`` where a register stands there,
    ``server_no_right/owner`` where the login may make no schema, or no role and there is none, ``server_encoding``.
    """
    role = quoted(role_of(address))
    with _as_owner(address) as connection, connection.transaction():
        if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
            raise RegisterError("server_encoding", server=address.shown, encoding=encoding)
        if connection.execute("SELECT to_regnamespace(%s)", (ddl.SCHEMA,)).fetchone() != (None,):
            raise RegisterError("exists/on_server", server=address.shown)
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role_of(address),)).fetchall():
            connection.execute(f"CREATE ROLE {role} NOLOGIN".encode())
            connection.execute(
                f"GRANT {role} TO CURRENT_USER".encode()
            )  # from version 16 on a maker is a member that may not use it
        elif connection.execute("SELECT pg_has_role(%s, 'MEMBER')", (role_of(address),)).fetchone() != (True,):
            connection.execute(f"GRANT {role} TO CURRENT_USER".encode())
        connection.execute(f"CREATE SCHEMA {ddl.SCHEMA}".encode())
        connection.execute(f"GRANT USAGE ON SCHEMA {ddl.SCHEMA} TO {role}".encode())
        for statement in ddl.translated(f"CREATE TABLE {ddl.KEY_FILE} ({ddl.KEY_FILE_COLUMNS})"):
            connection.execute(statement.encode())
        connection.execute(f"GRANT SELECT, INSERT, UPDATE (content) ON {ddl.KEY_FILE} TO {role}".encode())


def set_aside(address: Address, name: str) -> None:
    """Take a register's place out of use under another name, as its owner: whoever has it open finds it gone."""
    with _as_owner(address) as connection:
        connection.execute(f"ALTER SCHEMA {ddl.SCHEMA} RENAME TO {quoted(name)}".encode())


def remove(address: Address) -> None:
    """Take away, as its owner, what was made of a register that was not finished."""
    with _as_owner(address) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {ddl.SCHEMA} CASCADE".encode())


@contextmanager
def _as_owner(address: Address) -> Iterator[Any]:
    import psycopg

    connection = connect(address)
    try:
        with connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege:
        raise RegisterError("server_no_right/owner", role=role_of(address)) from None
    except psycopg.Error as error:
        raise refused(error, address) or error from None


def read_key_file(address: Address) -> bytes | None:
    """The key file of the register on a server; None where it has none. Raises RegisterError."""
    with _opened(address) as store:
        found = store.fetch(f"SELECT content FROM {ddl.KEY_FILE} WHERE one = 1")  # others were not put there by us
    return found[0][0].encode() if found else None


def write_key_file(address: Address, content: str) -> None:
    """Put a key file in place, whole or not at all. Raises RegisterError."""
    sql = f"INSERT INTO {ddl.KEY_FILE} VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET content = excluded.content"
    with _opened(address) as store:
        store.execute(sql, (content,))


@contextmanager
def _opened(address: Address) -> Iterator[Server]:
    store = Server(address)
    try:
        yield store
    finally:
        store.close()
