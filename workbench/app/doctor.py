"""``workbench doctor``: looks at everything an installation rests on, changes nothing, and says what to do.

Without a passphrase it looks at what can be seen from outside; with one (never asked for) into the register too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime

from workbench.app import doctor_machine, doctor_register
from workbench.app.options import common
from workbench.app.output import print_json, say
from workbench.app.remarks import Remark, exit_code
from workbench.platform.access.session import Session
from workbench.platform.capability import resolve

ADDIN = "workbench.interfaces.addin.checks:if_used"  # what the add-in adds; faces are found by name


def look(now: datetime, session: Session | None = None, *, opens: bool = True) -> list[Remark]:
    """Everything, in the order in which one would repair it. ``session``: a register that is open already; ``opens``:
    whether another one may be opened, where its passphrase need not be typed."""
    return [
        *doctor_machine.look(os.environ, now),
        *doctor_register.look(now, session, opens),
        *resolve(ADDIN)(),
    ]


def tell(found: Iterable[Remark], json: bool) -> int:
    """Print remarks, each with its reason and way out where it is not well; the exit code: 0, or 1 with a fault."""
    found = list(found)
    if json:
        print_json([each.as_json(common.lang) for each in found])
        return exit_code(found)
    for each in found:
        say(each.word, what=each.what)
        if not each.well:
            say("doctor_word/why", why=each.why)
            say("doctor_word/todo", todo=each.todo)
    say("doctor_word/sum", wrong=sum(each.well is False for each in found), all=len(found))
    return exit_code(found)
