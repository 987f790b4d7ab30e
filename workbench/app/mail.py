"""Mail to sections through the company's own server: always over TLS, nothing personal in it."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.core.csv_lists import read_csv_list
from workbench.core.errors import WrongUse

IMPLICIT = 465  # the port on which TLS begins with the connection
SECONDS = 30
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Server:
    """An SMTP server: host, port, account, sender, and the file of its certificate authority where it is an own one."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    authority: Path | None = None


def server_from(environment: Mapping[str, str]) -> Server:
    """The server WORKBENCH_SMTP (host:port, default port 465) names, with WORKBENCH_SMTP_USER, WORKBENCH_SMTP_PASSWORD
    (or the system keyring), WORKBENCH_MAIL_FROM and WORKBENCH_SMTP_CA. Raises WrongUse ``no_mail_server``.
    """
    name, sender = environment.get("WORKBENCH_SMTP"), environment.get("WORKBENCH_MAIL_FROM")
    host, _, port = (name or "").partition(":")
    if not host or not sender or (port and not port.isdecimal()):
        raise WrongUse("no_mail_server")
    user, password = environment.get("WORKBENCH_SMTP_USER"), environment.get("WORKBENCH_SMTP_PASSWORD")
    authority = environment.get("WORKBENCH_SMTP_CA")
    if user and password is None:
        password = _from_keyring(user)
    return Server(host, int(port or IMPLICIT), sender, user, password, Path(authority) if authority else None)


def _from_keyring(user: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("workbench-smtp", user)
    except KeyringError:
        return None


def addresses(path: Path) -> dict[str, list[str]]:
    """Who gets the mail of a unit: a CSV with the columns unit and address, several lines per unit.

    Raises WrongUse ``no_mail_list``, ``bad_csv``, ``bad_mail_list``.
    """
    try:
        rows = read_csv_list(path).rows
    except OSError:
        raise WrongUse("no_mail_list/unreadable", path=path) from None
    found: dict[str, list[str]] = {}
    for line, row in rows:
        unit, address = (row.get("unit") or "").strip(), (row.get("address") or "").strip()
        if not unit or "@" not in address or any(mark in address for mark in "\r\n,; "):
            raise WrongUse("bad_mail_list", path=path.name, line=line)
        found.setdefault(unit, []).append(address)
    return found


def send(
    server: Server,
    letters: Mapping[str, str],
    to: Mapping[str, list[str]],
    subject: str,
    files: Mapping[str, Sequence[Path]] = MappingProxyType({}),
) -> list[str]:
    """One mail per unit that has an address, with the unit's ``files``; returns the units written to.

    The connection is encrypted and the server's certificate checked, or nothing is sent. Raises WrongUse
    ``mail_not_sent``.
    """
    context = ssl.create_default_context(cafile=str(server.authority) if server.authority else None)
    wanted = {unit: text for unit, text in letters.items() if to.get(unit)}
    if not wanted:
        return []
    sent: list[str] = []
    try:
        with _connected(server, context) as connection:
            if server.user:
                connection.login(server.user, server.password or "")
            for unit, text in wanted.items():
                message = EmailMessage()
                message["Subject"], message["From"], message["To"] = subject, server.sender, ", ".join(to[unit])
                message.set_content(text)
                for path in files.get(unit, ()):
                    kind, _, subtype = EXCEL.partition("/")
                    message.add_attachment(path.read_bytes(), maintype=kind, subtype=subtype, filename=path.name)
                connection.send_message(message)
                sent.append(unit)
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        kind = type(error).__name__
        if len(sent) == len(wanted):  # only the farewell went wrong
            return sent
        where: dict[str, Any] = {"kind": kind, "host": server.host, "port": server.port}
        if sent:
            raise WrongUse("mail_not_sent/partly", sent=sent, **where) from None
        raise WrongUse("mail_not_sent", **where) from None
    return sent


def reach(server: Server, seconds: float) -> None:
    """Connect to the server under TLS and log in, and send nothing. Raises WrongUse ``mail_not_reached``."""
    try:
        context = ssl.create_default_context(cafile=str(server.authority) if server.authority else None)
        with _connected(server, context, seconds) as connection:
            if server.user:
                connection.login(server.user, server.password or "")
    except (OSError, smtplib.SMTPException) as error:
        kind = type(error).__name__
        raise WrongUse("mail_not_reached", kind=kind, host=server.host, port=server.port) from None


def _connected(server: Server, context: ssl.SSLContext, seconds: float = SECONDS) -> smtplib.SMTP:
    """A connection under TLS: from its beginning on port 465, elsewhere by STARTTLS, which has to succeed."""
    if server.port == IMPLICIT:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def in_use() -> tuple[Server, dict[str, list[str]]]:
    """The server and the addresses the environment names (WORKBENCH_MAIL_LIST). Raises WrongUse."""
    listed = os.environ.get("WORKBENCH_MAIL_LIST")
    if not listed:
        raise WrongUse("no_mail_list")
    return server_from(os.environ), addresses(Path(listed))
