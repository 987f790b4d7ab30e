"""A connection to the server: proven or local, and noticed by both sides when the other one is gone."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import RegisterError
from workbench.platform.register.postgres.address import Address, is_loopback
from workbench.platform.register.postgres.ddl import SCHEMA

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 10
LONGEST_NAME = 63  # bytes
# seconds without a word until each side asks whether the other is there, and how often it asks before it gives up
_KEPT_ALIVE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
# empty: not what PGHOSTADDR, PGOPTIONS and the like say
_OWN = {"hostaddr": "", "options": "", "application_name": "workbench", "client_encoding": "utf8"}
_FAULTS = frozenset({"22", "23", "42", "54"})  # classes of errors that only we make


def role_of(address: Address) -> str:
    """The role with which everybody works in the register of a database: reads and adds, and changes nothing."""
    name = address.database.encode()[: LONGEST_NAME - 4].decode(errors="ignore")
    return f"{name}_use"


def connect(address: Address) -> psycopg.Connection[Any]:
    """An open connection as one's own login, every statement for itself.

    The password, where the server wants one, comes from PGPASSWORD, the password file of PostgreSQL (``passfile``,
    PGPASSFILE) or a certificate. Raises RegisterError ``server_driver``, ``server_login``, ``server_unreached``,
    ``server_address`` where the way turns out to be open to others.
    """
    try:
        import psycopg
    except ImportError:
        raise RegisterError("server_driver") from None
    given: dict[str, Any] = {"connect_timeout": str(CONNECT_SECONDS), **_KEPT_ALIVE, **_OWN, **dict(address.options)}
    if not address.is_local and "sslrootcert" not in given and not authorities().exists():
        given["sslrootcert"] = "system"  # the authorities that OpenSSL trusts here
    if address.user:
        given["user"] = address.user
    try:
        connection = psycopg.connect(
            host=address.host, port=address.port, dbname=address.database, autocommit=True, **given
        )
    except (psycopg.Error, UnicodeError) as error:
        raise _not_let_in(str(error), address) from None
    where = connection.pgconn.hostaddr.decode()
    if not (connection.pgconn.ssl_in_use or address.host.startswith("/") or is_loopback(where)):
        connection.close()
        raise RegisterError("server_address/unproven", host=address.host)
    connection.execute(f"SET search_path = {SCHEMA}, pg_temp")
    for name, value in _KEPT_ALIVE.items():  # else a writer whose machine fell asleep keeps all others out for hours
        connection.execute(f"SET tcp_{name} = {value}".encode())
    return connection


def authorities(platform: str = sys.platform) -> Path:
    """Where PostgreSQL's own library looks for the authorities that a user trusts."""
    if platform == "win32":
        return Path(os.environ.get("APPDATA", "")) / "postgresql" / "root.crt"
    return Path.home() / ".postgresql" / "root.crt"


def _not_let_in(said: str, address: Address) -> RegisterError:
    if "password" in said or "authentication" in said or "no pg_hba.conf entry" in said or "role " in said:
        return RegisterError("server_login", server=address.shown)
    if "certificate" in said or "SSL" in said:
        return RegisterError("server_unreached/certificate", server=address.shown)
    return RegisterError("server_unreached", server=address.shown)


def refused(error: psycopg.Error, address: Address) -> RegisterError | None:
    """The sentence for an error of the server; None for a fault of ours, which stays what it is."""
    from psycopg import errors

    if isinstance(error, (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected)):
        return RegisterError("busy")
    if isinstance(error, errors.DiskFull):
        return RegisterError("disk_full")
    if isinstance(error, (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
        return RegisterError("server_no_right", server=address.shown)
    if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return RegisterError("no_register/on_server", server=address.shown)
    if error.sqlstate is not None and error.sqlstate[:2] in _FAULTS:
        return None
    if isinstance(error, errors.OperationalError):
        return RegisterError("server_gone", server=address.shown)
    return None
