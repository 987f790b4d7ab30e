"""`workbench backup` and `workbench restore`: keep a register that can be lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app import clock
from workbench.app.context import backup_folder, policy, register_place
from workbench.app.options import common
from workbench.app.output import print_json, print_rows, say, say_error
from workbench.app.session import open_session, read_passphrase
from workbench.core.errors import WrongUse
from workbench.interfaces.cli.params import Json

Folder = Annotated[
    Path | None,
    typer.Option("--to", metavar="FOLDER"),
]
From = Annotated[Path | None, typer.Option("--from", "--to", metavar="FOLDER")]


def plain(context: typer.Context, to: Folder = None, json: Json = False) -> int:
    """Back the register up (encrypted, while it is in use, verified at once); list shows backups, test restores
    one on trial.
    """
    if context.invoked_subcommand is None:
        return make(to, json)
    if to is not None or json:
        name = context.invoked_subcommand
        raise WrongUse("misplaced_option", name=name)
    return 0


def make(to: Folder = None, json: Json = False) -> int:
    """Back the register up; the same as workbench backup."""
    from workbench.platform.access import backups

    with open_session() as session:
        made = backups.make(session, backup_folder(to))
    if json:
        print_json(
            {
                "file": str(made.backup.path),
                "made_at": made.backup.made_at.isoformat(),
                "head": made.backup.head,
                "removed": made.removed,
                "not_removed": made.left,
                "lost": made.backup.lost,
            }
        )
    else:
        key = "backed_up/rotated" if made.removed else "backed_up"
        say(key, path=made.backup.path, removed=len(made.removed))
        if made.left:
            say_error("backups_left", left=made.left)
    if made.backup.lost:
        say_error("files_not_backed_up", count=made.backup.lost)
    return 1 if made.backup.lost else 0


def list_(to: From = None, json: Json = False) -> int:
    """List the backups of this register."""
    from workbench.platform.access.backups import list_backups

    with open_session() as session:
        found = list_backups(session, backup_folder(to))
    rows = [{"file": str(one.path), "made_at": one.made_at.isoformat(), "head": one.head} for one in found]
    if json:
        print_json(rows)
    else:
        print_rows(("made_at", "file"), [(row["made_at"], row["file"]) for row in rows])
    return 0


def test(to: From = None, json: Json = False) -> int:
    """Restore the newest backup elsewhere and prove that it is whole and agrees with the register."""
    from workbench.platform.access.backups import test

    with open_session() as session:
        newest = test(session, backup_folder(to))
    if json:
        print_json({"file": str(newest.path), "made_at": newest.made_at.isoformat(), "head": newest.head})
    else:
        say("backup_tested", name=newest.path.name)
    return 0


def restore(
    file: Annotated[Path, typer.Argument(metavar="BACKUP")],
    to: Annotated[str, typer.Option("--to", metavar="REGISTER")],
) -> int:
    """Restore a backup as a register in a new place, with the users and passphrases of that time."""
    from workbench.platform.access.backups import restore

    path = restore(file, register_place(to), common.user, read_passphrase(), policy(), clock.now())
    say("restored", path=path)
    return 0


def confirm_restore(
    reason: Annotated[str, typer.Option("--reason", metavar="CHECKED")],
) -> int:
    """Confirm, as somebody other than the person who restored it, that a restored register is right and may be
    worked in.
    """
    from workbench.platform.access.backups import confirm

    with open_session() as session:
        confirm(session, reason)
    say("restore_confirmed")
    return 0
