"""What the commands that hand out copies under a password share: the passwords given, and how copies are told of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.app.output import print_rows, text_for
from workbench.app.passwords import PASSWORD, listed
from workbench.app.session import read_secret
from workbench.core.errors import WrongUse

if TYPE_CHECKING:
    from workbench.platform.documents.delivery import Delivered


Protect = Annotated[bool, typer.Option("--protect")]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", metavar="FILE")]
PasswordList = Annotated[Path | None, typer.Option("--passwords", metavar="CSV")]


def copy_password(protect: bool = True) -> str | None:
    """The password for one copy from the environment; None: one is made."""
    return os.environ.get(PASSWORD) if protect else None


def password_of(file: Path | None) -> str | None:
    """The password of a copy that came in: from the environment, else from a file. Raises WrongUse."""
    return os.environ.get(PASSWORD) or (text_of(file) if file else None)


def as_json(item: Delivered) -> dict[str, str | None]:
    """A copy that was handed out; its password where it was made, which is told this once."""
    return {
        "recipient": item.recipient,
        "code": item.code,
        "file": str(item.file),
        "password": item.password if item.generated else None,
    }


def copy_passwords(recipients: list[str], file: Path | None, ask: bool) -> dict[str, str | None]:
    """Each recipient's password: environment (one recipient only), file, prompt, else None to have one made."""
    if len(set(recipients)) != len(recipients):
        raise WrongUse("repeated_recipient")
    chosen: dict[str, str | None] = dict.fromkeys(recipients)
    if PASSWORD in os.environ:
        if len(recipients) > 1:
            raise WrongUse("shared_password", password=PASSWORD)
        chosen[recipients[0]] = os.environ[PASSWORD]
    if file is not None:
        known = listed(file)
        if any(name not in chosen for name in known):
            raise WrongUse("bad_passwords", file=file.name)
        chosen |= {name: password or None for name, password in known.items()}
    if ask:
        for name in [name for name, password in chosen.items() if password is None]:
            chosen[name] = read_secret(text_for("prompt/copy_of", name=name), PASSWORD, "--passwords", twice=True)
    return chosen


def text_of(file: Path) -> str:
    """What stands in a file with a password. Raises WrongUse ``no_passphrase_file``."""
    try:
        return file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise WrongUse("no_passphrase_file", file=file) from None


def print_copies(copies: Sequence[Delivered]) -> None:
    """What was handed out under a password, a line each; a password that was made is told this once."""
    rows = [(item.recipient, item.code, item.file, _password(item)) for item in copies]
    print_rows(("recipient", "code", "file", "copy"), rows)


def _password(item: Delivered) -> str:
    return text_for("copy/made_password" if item.generated else "copy/given_password", password=item.password)
