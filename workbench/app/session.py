"""Opening the register for one run, and where its passphrase comes from."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.app import clock
from workbench.app.cluster import cluster_in_use
from workbench.app.context import policy, register_path, simulation_asked_for
from workbench.app.options import common
from workbench.app.output import say_error, text_for
from workbench.core.errors import WrongUse
from workbench.platform.register.key_file import RECOVERY_USER

if TYPE_CHECKING:
    from workbench.platform.access.session import Session


@contextmanager
def open_session(
    readings: Sequence[str] = (),
    secret: str | None = None,
    *,
    remind: bool = True,
    remembers: bool = True,
    trusted: str | None = None,
) -> Iterator[Session]:
    """Open the register for one command; ``secret`` is the passphrase where it was asked for already.

    A simulation is said. ``remind``: say which backups and tests are overdue. ``remembers``, ``trusted``: see ``enter``.
    """
    from workbench.platform.access.backups import overdue
    from workbench.platform.access.conditions import notices
    from workbench.platform.access.session import enter
    from workbench.platform.access.users import recovery_of_one
    from workbench.platform.register.remembered import later_elsewhere

    secret = secret or read_passphrase()
    simulation = simulation_asked_for()
    who = register_path(), common.user, secret, policy(readings), clock.now()
    with enter(*who, simulation=simulation, remembers=remembers, trusted=trusted, hire=cluster_in_use) as session:
        if remembers and (lacking := later_elsewhere(session.register)):
            say_error("later_elsewhere", entry=lacking)
        if not session.note():
            say_error("not_remembered")
        if session.simulated:
            say_error("simulated")
        for finding in overdue(session) if remind else ():
            say_error("reminder", text=finding.text(common.lang))
        if remind and session.may("users") and recovery_of_one(session):
            say_error("reminder", text=text_for("recovery_of_one"))
        for notice in notices(session) if remind else ():
            say_error("reminder", text=notice.text(common.lang))
        yield session


def read_passphrase(*, new: bool = False) -> str:
    """The passphrase: WORKBENCH_PASSPHRASE, --passphrase-file, the system keyring, or a prompt.

    ``new``: of a register being made; it is asked for twice, and not looked for in the keyring.
    """
    if new:
        given = _given("WORKBENCH_PASSPHRASE", _passphrase_file())
    else:
        given = known_passphrase()
    if given is not None:
        return given
    asked: tuple[str, ...] = (text_for("prompt/passphrase"),)
    if common.user == RECOVERY_USER:  # two persons, each with his own share
        asked = tuple(text_for(f"prompt/share_{number}") for number in (1, 2))
    typed = [read_secret(each, "WORKBENCH_PASSPHRASE", "--passphrase-file", twice=new) for each in asked]
    return " ".join(typed).strip() if len(typed) > 1 else typed[0]


def known_passphrase() -> str | None:
    """The passphrase where it need not be typed: WORKBENCH_PASSPHRASE, --passphrase-file or the system keyring."""
    given = _given("WORKBENCH_PASSPHRASE", _passphrase_file())
    return given if given is not None else _from_keyring() or None


def _passphrase_file() -> Path | None:
    return Path(common.passphrase_file) if common.passphrase_file else None


def read_new_passphrase(file: Path | None) -> str:
    """A user's new passphrase: WORKBENCH_NEW_PASSPHRASE, a file, or typed twice; never an argument."""
    given = _given("WORKBENCH_NEW_PASSPHRASE", file)
    if given is not None:
        return given
    return read_secret(
        text_for("prompt/new_passphrase"), "WORKBENCH_NEW_PASSPHRASE", "--new-passphrase-file", twice=True
    )


def _given(variable: str, file: Path | None) -> str | None:
    """A passphrase from the environment or a file. Raises WrongUse for what is no text in UTF-8, and says so."""
    if variable in os.environ:
        given = os.environ[variable]
        if any("\ud800" <= letter <= "\udfff" for letter in given):  # bytes that are no UTF-8
            raise WrongUse("passphrase_encoding/variable", variable=variable)
        return given
    if file is None:
        return None
    try:
        raw = file.read_bytes()
    except OSError:
        raise WrongUse("no_passphrase_file", file=file) from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw:
        raise WrongUse("passphrase_encoding/utf16", file=file)
    try:
        return raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise WrongUse("passphrase_encoding/file", file=file) from None


def read_secret(prompt: str, variable: str, option: str, *, twice: bool) -> str:
    """A secret typed at a terminal. Raises WrongUse where there is none, or the two tries differ."""
    if not sys.stdin.isatty():
        raise WrongUse("no_passphrase/option", variable=variable, option=option)
    first = getpass.getpass(prompt)
    if twice and getpass.getpass(text_for("prompt/again")) != first:
        raise WrongUse("passphrase_differs")
    return first


def _from_keyring() -> str | None:
    """The passphrase kept in the system keyring under service ``workbench`` and the register's path."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("workbench", str(register_path().resolve()))
    except KeyringError:
        return None
