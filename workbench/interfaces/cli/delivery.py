"""`workbench deliver …` and `workbench verify`: protected copies for named recipients, and where a copy comes from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.app.context import policy
from workbench.app.options import common
from workbench.app.output import print_json, print_table, say, say_error, text_for
from workbench.app.passwords import PASSWORD
from workbench.app.session import open_session, read_secret
from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.interfaces.cli.copies import (
    PasswordFile,
    PasswordList,
    as_json,
    copy_passwords,
    password_of,
    print_copies,
)
from workbench.interfaces.cli.receipts import Json, Key, PapersList, known, say_how_far

if TYPE_CHECKING:
    from workbench.platform.documents.found_marks import Borne


def make(
    report: Annotated[Path, typer.Argument(metavar="REPORT")],
    to: Annotated[list[str], typer.Option("--to", metavar="RECIPIENT")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER")] = Path("分发"),
    manifest: Annotated[Path | None, typer.Option("--manifest", metavar="FILE")] = None,
    passwords: PasswordList = None,
    ask: Annotated[bool, typer.Option("--ask")] = False,
    json: Json = False,
) -> int:
    """Deliver a report to recipients: marked, under a password, kept in the register."""
    from workbench.platform.documents.delivery import deliver

    names = [name.strip() for part in to for name in part.replace(",", "、").replace("，", "、").split("、")]
    chosen = copy_passwords(names, passwords, ask)
    with open_session() as session:
        made = deliver(session, report, chosen, out, manifest)
    if json:
        print_json([as_json(item) for item in made])
        return 0
    print_copies(made)
    return 0


def _borne(path: Path, password_file: Path | None, *, needed: bool) -> Borne:
    """What a file bears, its password taken off where it is under one; without it only if it is not ``needed``."""
    from workbench.platform.documents.found_marks import is_protected, look_into

    if not path.is_file():
        raise WrongUse("no_such_file", path=path)
    password = password_of(password_file)
    if password is None and is_protected(path.read_bytes()) and (needed or sys.stdin.isatty()):
        password = read_secret(text_for("prompt/copy"), PASSWORD, "--password-file", twice=False)
    return look_into(path, password)


def list_(json: Json = False) -> int:
    """List deliveries: which report went to whom and when, and its mark."""
    from workbench.platform.documents.delivery import list_deliveries

    with open_session() as session:
        table = list_deliveries(session)
    rows = table.assign(at=table["at"].astype("datetime64[us]").dt.strftime("%Y-%m-%dT%H:%M:%S")).to_dict("records")
    print_table(rows, json)
    return 0


def trace(
    file: Annotated[Path | None, typer.Argument(metavar="FILE")] = None,
    code: Annotated[str | None, typer.Option("--code", metavar="MARK")] = None,
    password_file: PasswordFile = None,
    json: Json = False,
) -> int:
    """Find whose a leaked copy is: by the file itself, the mark in it, or the mark on a print."""
    from workbench.platform.documents.delivery import trace

    if file is None and code is None:
        raise WrongUse("no_reference/copy")
    borne = _borne(file, password_file, needed=False) if file else None
    with open_session() as session:
        found = trace(session, borne, code)
    if json:
        print_json(
            [
                {
                    "recipient": item.recipient,
                    "code": item.code,
                    "report": item.report,
                    "period": item.period,
                    "at": item.at.isoformat(),
                    "user": item.user,
                    "how": item.how,
                    "places": list(item.places),
                }
                for item in found
            ]
        )
    else:
        for item in found:
            values = {name: getattr(item, name) for name in ("code", "at", "user", "recipient", "report", "period")}
            say("copy/traced", how=Message(f"copy/{item.how}"), **values)
    if not found:
        say_error("no_mark")
    return 0 if found else 1


def verify(
    report: Annotated[Path, typer.Argument(metavar="REPORT")],
    key: Key = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", metavar="FILE")] = None,
    password_file: PasswordFile = None,
    papers: PapersList = None,
    json: Json = False,
) -> int:
    """Verify a report or a copy: whether it is what was made, from which register, data and edition, and by whom."""
    from workbench.platform.access.roles import title_words
    from workbench.platform.documents import manifests
    from workbench.platform.documents.delivery import confirm, verify_copy
    from workbench.platform.documents.papers import Papers, of_trusted
    from workbench.platform.documents.signatures import TrustedKey

    def look(public: TrustedKey, of_register: Papers | None) -> manifests.Origin:
        borne = _borne(report, password_file, needed=True) if report.suffix.lower() == ".xlsx" else None
        copy = verify_copy(borne, public, report.name, of_register) if borne else None
        return copy or manifests.verify(report, public, manifest, of_register, policy())

    if key is None and common.register:
        with open_session() as session:
            origin = look(*of_trusted(session))
            confirm(session, origin)
    else:
        origin = look(*known(key, papers))
    if json:
        print_json({"genuine": True, **vars(origin)})
        return 0
    say("origin/of_several", files=origin.files, report=origin.report, period=origin.period, file=origin.file)
    say("origin/data", edition=origin.edition, as_of=origin.as_of, register=origin.register, head=origin.head)
    say("origin/delivered" if origin.recipient else "origin/made", user=origin.user, title=title_words(origin.role))
    if origin.recipient:
        say("origin/copy", recipient=origin.recipient, code=origin.code)
    elif origin.rules == manifests.SAME:
        say("origin/rules", edition=origin.edition)
    else:
        say_error("rules_unknown")
    say_how_far(origin.recorded)
    return 0
