"""Mail to sections through the company's own server: always over TLS, nothing personal in it."""

from __future__ import annotations

import csv
import io
import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from workbench.core.errors import WrongUse

IMPLICIT = 465  # the port on which TLS begins with the connection
SECONDS = 30


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
        raise WrongUse(
            "no_mail_server", "没有配置邮件服务器。请设置 WORKBENCH_SMTP（主机:端口）和 WORKBENCH_MAIL_FROM（发件人）。",
            "No mail server; set WORKBENCH_SMTP (host:port) and WORKBENCH_MAIL_FROM.",
        )  # fmt: skip
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

    Raises WrongUse ``no_mail_list``, ``bad_mail_list``.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        zh = f"收件人清单 {path} 无法读取。请存为 UTF-8 的 CSV，列为 unit,address。"
        raise WrongUse("no_mail_list", zh, f"The mail list {path} cannot be read; it is a CSV: unit,address.") from None
    found: dict[str, list[str]] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        unit, address = (row.get("unit") or "").strip(), (row.get("address") or "").strip()
        if not unit or "@" not in address or any(mark in address for mark in "\r\n,; "):
            zh = f"收件人清单 {path.name} 第 {line} 行不对：需要单位代码和一个邮件地址。"
            raise WrongUse("bad_mail_list", zh, f"{path.name}, line {line}: a unit and one address are needed.")
        found.setdefault(unit, []).append(address)
    return found


def send(server: Server, letters: Mapping[str, str], to: Mapping[str, list[str]], subject: str) -> list[str]:
    """One mail per unit that has an address; returns the units written to.

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
                connection.send_message(message)
                sent.append(unit)
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        kind = type(error).__name__
        if len(sent) == len(wanted):  # only the farewell went wrong
            return sent
        done = f"已发给 {'、'.join(sent)}，其余" if sent else ""
        zh = f"邮件{done}没有发出（{kind}）。请核对服务器 {server.host}:{server.port}、账户和证书；提醒工作簿不受影响。"
        en = (
            f"Mail was not sent through {server.host}:{server.port} ({kind}); sent before: {', '.join(sent) or 'none'}."
        )
        raise WrongUse("mail_not_sent", zh, en) from None
    return sent


def _connected(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection under TLS: from its beginning on port 465, elsewhere by STARTTLS, which has to succeed."""
    if server.port == IMPLICIT:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
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
        zh = "没有收件人清单。请设置 WORKBENCH_MAIL_LIST（CSV：unit,address）。"
        raise WrongUse("no_mail_list", zh, "No mail list; set WORKBENCH_MAIL_LIST (CSV: unit,address).")
    return server_from(os.environ), addresses(Path(listed))
