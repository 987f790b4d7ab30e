"""Moving a register between a file and a server."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access.session import Session
from workbench.platform.register import moving, remembered, resealing, stored_files
from workbench.platform.register.postgres.address import is_on_server
from workbench.platform.register.store import Register

SERVER, FILE = "server", "file"


def move(session: Session, target: Path) -> str:
    """Make the register stand at another place, one of the two on a server; the session's register is closed by it.

    Returns the name under which the former place is kept, out of use. The move is entered in the trail at the new place. The trail is proven before and after, and every row
    compared. Raises WrongUse ``moved_nowhere`` where both are files or both on servers, ``upgrade_first``; RegisterError
    ``not_allowed``, ``trail_changed``, ``server_file_only`` where originals are kept beside the file, and as ``moving.move``.
    """
    session.require("users")
    register = session.register
    to = SERVER if is_on_server(target) else FILE
    if is_on_server(register.path) == is_on_server(target):
        raise WrongUse("moved_nowhere")
    if register.keys.next_file:
        raise RegisterError("rotation_pending")
    if not register.keys.seals_names or resealing.is_pending(register):
        raise WrongUse("upgrade_first")
    if to == SERVER and stored_files.known(register):
        raise RegisterError("server_file_only/originals")
    register.require_sound_trail()
    if register.verify_audit():
        raise RegisterError("trail_changed", path=register.path.name)
    seen: list[remembered.Seen] = []

    def enter(made: Register) -> None:
        with made.transaction("move", at=session.now, recorded_at=session.now, user=session.user, detail={"to": to}):
            pass
        seen.append(remembered.seen_of(made))

    aside = moving.move(register, target, session.now, enter)
    if session.remembers:
        remembered.note(target, seen[-1], anew=True)
    return aside
