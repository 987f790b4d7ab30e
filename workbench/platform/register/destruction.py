"""Destroying the keys of customers: what is sealed about them opens no more, to nobody and in no later copy (PIPL 47)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workbench.core.errors import RegisterError
from workbench.platform.register import erasable, name_blocks, naming, resealing, rotation, subjects
from workbench.platform.register.store import Register


def destroy(register: Register, names: Sequence[str], *, user: str, now: datetime, reason: str) -> int:
    """Destroy the keys of subjects, by name (``subjects.name_of_customer``); returns how many.

    A new file takes the register's place: what was in free pages, in the write-ahead log or in parts of pages is not in it.
    Hashes and masks of their contacts are erased too, and texts about no customer that name one of them (files' names,
    findings) go with him. The entry says which keys, by number, and why; names are not in it.
    Subjects without a key are left out. The register is closed. Raises RegisterError ``not_brought_over`` where values
    are still sealed under a field key, and as ``rotation.renew``; the register is then as it was.
    """
    if resealing.is_pending(register):
        raise RegisterError("not_brought_over")
    customers = sorted(subjects.numbers(register, names).values())
    keys = [name.removeprefix(f"{subjects.CUSTOMER}|") for name in names if name.startswith(f"{subjects.CUSTOMER}|")]
    gone = [*customers, *(naming.texts_naming(register, keys) if customers else [])]

    def change(opened: Register) -> bool:
        detail = {"subjects": gone, "count": len(customers), "reason": reason}
        with opened.transaction(subjects.DESTROYED_BY, at=now, recorded_at=now, user=user, detail=detail) as entry:
            erasable.erase(opened, entry, gone)
            name_blocks.forget_customers(opened, entry, customers)
            subjects.record_destroyed(opened, entry, gone)
        return not opened.count(subjects.TABLE, {subjects.TABLE: gone})

    rotation.renew(register, change)
    return len(customers)
