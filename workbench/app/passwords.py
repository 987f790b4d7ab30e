"""Passwords of copies that go out and of files that come in: from the environment and from a list in a file, never arguments."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.core.csv_lists import read_csv_list
from workbench.core.errors import WrongUse
from workbench.platform.forms.passwords import Passwords

PASSWORD = "WORKBENCH_COPY_PASSWORD"  # noqa: S105 - the name of a variable
PASSWORDS = "WORKBENCH_PASSWORDS"  # names the list for runs that nobody attends


def listed(file: Path) -> dict[str, str | None]:
    """A list as it stands: recipient → password, empty where there is none. Raises WrongUse ``no_passphrase_file``, ``bad_csv``."""
    try:
        rows = read_csv_list(file).rows
    except OSError:
        raise WrongUse("no_passphrase_file", file=file) from None
    return {str(row.get("recipient")): row.get("password") for _, row in rows}


def listed_passwords(file: Path | None) -> dict[str, str]:
    """The passwords of a list (columns recipient, password), whoever of them gets something. Raises WrongUse."""
    found = {} if file is None else listed(file)
    if file is not None and "None" in found:
        raise WrongUse("bad_passwords/columns", file=file.name)
    return {name: password for name, password in found.items() if password}


def scheduled_passwords(file: Path | None) -> dict[str, str] | None:
    """The list an unattended run protects by: as given, or the file WORKBENCH_PASSWORDS names; None: there is none."""
    named = os.environ.get(PASSWORDS)
    return listed_passwords(file or Path(named or "")) if file or named else None


def passwords_that_open(file: Path | None) -> Passwords:
    """What opens files that come in under a password: those of a list, and the one in the environment. Raises WrongUse."""
    given = [*listed_passwords(file).items()]
    if alone := os.environ.get(PASSWORD):
        given.append(("", alone))
    return Passwords(tuple(given))
