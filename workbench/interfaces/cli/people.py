"""`workbench users …`: let people in and out, passphrases, the recovery slot, the table of roles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.app.context import register_place
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, say, text_for
from workbench.app.session import open_session, read_new_passphrase
from workbench.core.errors import WrongUse
from workbench.core.messages import JOINED, named
from workbench.interfaces.cli.params import Json

if TYPE_CHECKING:
    from workbench.platform.access.session import Session

User = Annotated[str, typer.Argument(metavar="USER")]
SHOWN = 6  # of what somebody may no longer do: enough to see what is meant
NewFile = Annotated[Path | None, typer.Option("--new-passphrase-file", metavar="FILE")]


def list_(json: Json = False) -> int:
    """List users and their roles."""
    from workbench.platform.access.users import people

    with open_session() as session:
        table = people(session, common.lang)
    if json:
        print_json(table.to_dict("records"))
    else:
        rows = (
            (
                row.user,
                row.role,
                row.title,
                row.section,
                text_for("user/cleared" if row.cleared else "user/not_cleared"),
            )
            for row in table.itertuples()
        )
        print_rows(("user", "role", "post", "section", "personal"), rows)
    return 0


def add(
    user: User,
    role: Annotated[str, typer.Option("--role", metavar="ROLE")],
    section: Annotated[str | None, typer.Option("--section", metavar="SECTION")] = None,
    new_passphrase_file: NewFile = None,
) -> int:
    """Add a user, who types the passphrase."""
    from workbench.platform.access import roles
    from workbench.platform.access.actions import actions
    from workbench.platform.access.users import add

    with open_session() as session:
        alone = session.sole
        add(session, user, role, read_new_passphrase(new_passphrase_file), section)
    say("user/added", user=user, role=role)
    if alone:
        lost = [named(each.word, name) for name, each in actions().items() if session.role not in each.roles]
        own = roles.title_words(session.role)
        say("user/no_longer_everything", user=session.user, role=own, count=len(lost), lost=lost[:SHOWN])
    return 0


def passphrase(
    user: Annotated[str | None, typer.Argument(metavar="USER")] = None,
    new_passphrase_file: NewFile = None,
) -> int:
    """Change a passphrase."""
    from workbench.platform.access.users import set_passphrase

    with open_session() as session:
        set_passphrase(session, read_new_passphrase(new_passphrase_file), user)
        say("user/passphrase", user=user or session.user)
    return 0


def revoke(user: User) -> int:
    """Revoke a user, whose passphrase no longer opens the register."""
    from workbench.platform.access.users import revoke

    with open_session() as session:
        without_recovery = revoke(session, user)
    say("user/revoked", user=user)
    if without_recovery:
        say("user/recovery_gone")
    return 0


def recovery() -> int:
    """Make a new recovery passphrase in two shares, for two persons to print and seal: only both together set forgotten
    passphrases anew.
    """
    from workbench.platform.access.users import renew_recovery
    from workbench.platform.register.key_file import RECOVERY_USER

    with open_session() as session:
        shares = renew_recovery(session)
    for number, code in enumerate(shares, start=1):
        say("user/recovery", number=number, code=code)
        print()
        if sys.stdin.isatty() and sys.stdout.isatty():  # the other person shall not read along
            typer.prompt(text_for("user/recovery_noted"), default="", show_default=False)
            print("\n" * 60)
    say("user/recovery_use", user=RECOVERY_USER)
    return 0


def roles(json: Json = False) -> int:
    """Print the table of roles: who may do what."""
    from workbench.platform.access.actions import allowed_actions
    from workbench.platform.access.roles import ROLES, title_words

    rows = [
        {
            "role": role.name,
            "title": getattr(title_words(role.name), common.lang),
            "may": [getattr(action.words, common.lang) for action in allowed_actions(role.name)],
            "personal": role.cleared,
        }
        for role in ROLES.values()
    ]
    if json:
        print_json(rows)
    else:
        lines = [(row["role"], row["title"], JOINED[common.lang].join(row["may"])) for row in rows]
        print_rows(("role", "post", "may"), lines)
    return 0


def rotate() -> int:
    """Replace the keys: the register becomes a new file under new keys, passphrases stay; revoked users' old keys
    no longer open it.
    """
    from workbench.platform.access.users import rotate

    with open_session() as session:
        session.require("users")
        _confirm_members(session, "rotate_members")
        version = rotate(session)
    say("rotated", version=version)
    return 0


def move(to: Annotated[str, typer.Argument(metavar="REGISTER")]) -> int:
    """Move the register to a PostgreSQL server, or from there into a file, compared row by row."""
    from workbench.platform.access.moves import move

    with open_session() as session:
        aside = move(session, register_place(to))
    say("moved", aside=aside)
    return 0


def upgrade() -> int:
    """Bring a register of an earlier version over: its users are listed, and once confirmed signed as the roster; what is
    sealed, and names of customers, get keys of the customers.
    """
    from workbench.platform.access.users import give_customer_keys, has_roster, sign_roster

    with open_session() as session:
        session.require("users")
        unsigned = not has_roster(session)
        if unsigned:
            _confirm_members(session, "upgrade_members")
            sign_roster(session)
            say("upgraded")
        try:
            say("customer_keys", count=give_customer_keys(session))
        except WrongUse:
            if not unsigned:  # nothing was left to do
                raise
    return 0


def _confirm_members(session: Session, question: str) -> None:
    """Show who is in the key file, and at a terminal ask whether that is right. Raises WrongUse ``not_confirmed``."""
    from workbench.platform.access.users import people

    table = people(session, common.lang)
    names = ", ".join(f"{row.user} ({row.title})" for row in table.itertuples())
    say(question, names=names)
    if sys.stdin.isatty() and not typer.confirm(text_for("members_right")):
        raise WrongUse("not_confirmed/members")
