"""Buttons that take in what was received: the open workbook's file, or a whole folder that ends in one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.app.inbox import incoming
from workbench.app.options import common
from workbench.app.output import text_for
from workbench.app.passwords import PASSWORDS, passwords_that_open, scheduled_passwords
from workbench.core.messages import Message
from workbench.interfaces.addin.button_call import ButtonCall, Cancelled
from workbench.platform.documents.found_marks import is_protected
from workbench.platform.forms.passwords import Passwords


def import_folder(call: ButtonCall) -> None:
    """Take in a folder of received files as received now; page, workbook and ready replies go into another folder."""
    from workbench.app.desk import taken_in, write_desk
    from workbench.platform.intake.batch import Arrival, import_files

    source = call.folder(text_for("addin/folder_of_inbox"), "inbox")
    out = call.folder(text_for("addin/folder_of_desk"), "desk")
    with incoming([source]) as came:
        if not came.files:
            call.dialogs.message(text_for("addin/empty_inbox"))
            return
        call.confirm(text_for("addin/confirm_inbox", count=len(came.files), at=call.now))
        opening = passwords_for(call, came.files)
        with call.session() as session:
            session.require("list")  # the page says what waits for whom; refused before anything is taken in
            call.progress.step(text_for("addin/reading"))
            call.progress.say(text_for("addin/reading"))  # from here on it is done as a whole
            arrivals = [Arrival(path, call.now) for path in came.files]
            outcomes = import_files(session, arrivals, passwords=opening)
            came.name_archives(outcomes)
            call.deed = taken_in(outcomes)  # whatever becomes of the page
            call.progress.say(text_for("addin/preparing"))
            page, workbook = write_desk(session, came.files, outcomes, out, call.now, opening)
    call.deed = text_for("addin/inbox_done", deed=call.deed, folder=page.parent)
    call.show_page(page)  # it says the same as the workbook, and needs no Excel
    call.show(workbook)
    call.dialogs.message(call.deed)


def passwords_for(call: ButtonCall, files: Sequence[Path]) -> Passwords:
    """What opens files under a password: those of the environment, and where any file is under one, what a person types.

    Who types nothing goes on without: such files are then refused with the reason. The password is kept nowhere.
    """
    locked = [path for path in files if _locked(path)]
    if not locked:
        return Passwords()
    known = passwords_that_open(None).listed + tuple((scheduled_passwords(None) or {}).items())
    question = Message.of("addin/password_of_files", count=len(locked), first=locked[0].name, list=PASSWORDS)
    try:
        typed = [("", call.secret(question.text(common.lang)))] if not known else []
    except Cancelled:
        typed = []
    return Passwords((*known, *typed))


def _locked(path: Path) -> bool:
    try:
        return is_protected(path.read_bytes())
    except OSError:
        return False  # whoever reads it says so
