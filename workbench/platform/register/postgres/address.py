"""Where a register on a server is: ``postgresql://USER@HOST:PORT/DATABASE``, kept in a small file that stands for it.

That file (a *pointer*) holds the address and nothing else; whatever takes the path of a register takes its path. What lies
beside a register on one machine, notes of wrong passphrases or backups, lies beside the pointer.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from workbench.core.errors import RegisterError
from workbench.core.files import write_whole
from workbench.core.state import state_folder

SCHEMES = ("postgresql", "postgres")
ENDING = ".server"
LONGEST = 2000  # bytes of an address
# what may stand behind the question mark: how the server is proven and who one is, never a password
OPTIONS = frozenset({"host", "sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "connect_timeout"})
PROVEN = "verify-full"


@dataclass(frozen=True)
class Address:
    """A database of a server. ``user``: the login, None for that of the system; ``options``: libpq's, by name."""

    host: str
    port: int
    database: str
    user: str | None
    options: tuple[tuple[str, str], ...]

    @property
    def is_local(self) -> bool:
        """Whether the way there does not leave the machine."""
        return is_loopback(self.host)

    @property
    def shown(self) -> str:
        """The address as sentences show it."""
        return f"{self.host}:{self.port}/{self.database}"


def is_address(text: str) -> bool:
    """Whether a text is meant to name a register on a server: with a scheme, be it another one than ``parse`` takes."""
    return "://" in text


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: its name, an address, or the folder of a socket."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse(text: str) -> Address:
    """The address a text names. Raises RegisterError ``server_address`` where it is none, holds a password, or leads to
    another machine without proof of the server (TLS, ``sslmode=verify-full``).
    """
    try:
        parts = urlsplit(text.strip())
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        port, host = parts.port or 5432, parts.hostname
    except ValueError:
        raise RegisterError("server_address") from None
    if parts.password is not None or "password" in options:
        raise RegisterError("server_address/password")
    host, database = options.pop("host", host), unquote(parts.path.removeprefix("/"))
    if parts.scheme not in SCHEMES or parts.fragment or not host or "," in host:
        raise RegisterError("server_address")
    if not database or "/" in database:
        raise RegisterError("server_address")
    if unknown := sorted(set(options) - OPTIONS):
        raise RegisterError("server_address/option", option=unknown[0][:40])
    if not is_loopback(host) and options.setdefault("sslmode", PROVEN) != PROVEN:
        raise RegisterError("server_address/unproven", host=host)
    user = unquote(parts.username) if parts.username else None
    return Address(host, port, database, user, tuple(sorted(options.items())))


def pointer(text: str) -> Path:
    """The file that stands for an address on this machine; made where there is none. Raises RegisterError ``server_address``."""
    address = parse(text)
    name = re.sub(r"[^\w.-]", "_", address.database)[:60] + ENDING
    folder = state_folder(os.environ) / "servers" / sha256(_whole(address).encode()).hexdigest()[:24]
    path = folder / name
    if of(path) != address:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, _whole(address) + "\n")
    return path


def of(path: Path) -> Address | None:
    """The address a file stands for; None for a register in a file, and where there is no file.

    A register's own file is never opened here: a process that closes a file gives up all locks it holds on it, SQLite's too.
    """
    try:
        if not 0 < path.stat().st_size <= LONGEST:  # a register's first page is longer
            return None
        raw = path.read_bytes()
    except OSError:
        return None
    if not raw.startswith(tuple(f"{scheme}://".encode() for scheme in SCHEMES)):
        return None
    try:
        return parse(raw.decode().strip())
    except UnicodeDecodeError:
        raise RegisterError("server_address") from None


def is_on_server(path: Path) -> bool:
    """Whether a file stands for a register on a server."""
    return of(path) is not None


def _whole(address: Address) -> str:
    """An address written in one way."""
    user = f"{quote(address.user, safe='')}@" if address.user else ""
    query = urlencode([("host", address.host), *address.options])
    return f"{SCHEMES[0]}://{user}:{address.port}/{quote(address.database, safe='')}?{query}"
