"""History only grows: there is no way to change or take back a row that was written."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.vault import deed, document, lead, moved, write_pair
from workbench.platform.register.entry import Entry
from workbench.platform.register.store import Register

READING = {
    *("read", "count", "maximum", "minimum", "blind", "head", "verify_audit", "snapshot", "copy_to", "export"),
    "duplicate_to",
    *("prover", "prove_key_file", "require_sound_trail", "contains_head", "compact"),
    *("entry_breaches", "standing", "columns"),
}
LIFE = {"create", "open", "close", "lock_exclusively"}


def public(kind: type) -> set[str]:
    """Public methods of a class."""
    return {name for name, _ in inspect.getmembers(kind, callable) if not name.startswith("_")}


def test_the_only_ways_to_write_are_appending_and_the_kept_statuses():
    """A new public method of the register or of an entry has to be thought about here."""
    assert public(Register) == READING | LIFE | {"transaction"}
    assert public(Entry) == {"append", "replace_state", "discard", "record_key_file", "close"}


def test_a_written_row_cannot_be_written_again(vault):
    """Appending a row under a number that is taken fails and changes nothing."""
    with vault.open() as register:
        before = register.read("document")
        with pytest.raises(sqlcipher.IntegrityError), deed(register) as entry:
            entry.append("document", pd.DataFrame([document(1, name="别的.xlsx", sha256="f" * 64)]))
        assert register.read("document").equals(before)


def test_an_entry_cannot_be_chosen(vault):
    """Rows belong to the entry that writes them, whatever entry they name themselves."""
    with vault.open() as register:
        with deed(register) as entry:
            entry.append("document", pd.DataFrame([document(3, entry=1)]))
            assert entry.number == 3
        assert register.read("document", ["entry"])["entry"].tolist() == [1, 2, 3]
        assert register.verify_audit() == []


def test_a_correction_is_a_new_version(vault):
    """The earlier version of a lead stays readable beside the newer one, each with the entry that wrote it."""
    with vault.open() as register:
        with deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(1, 2, version=2, quantity=30)]))
        rows = register.read("lead", ["version", "quantity", "entry"], {"lead": 1})
    assert rows.to_dict("records") == [
        {"version": 1, "quantity": 12, "entry": 1},
        {"version": 2, "quantity": 30, "entry": 3},
    ]


def test_entries_are_numbered_without_gaps(vault):
    """Also after deeds that failed, and after closing and opening."""
    for number in range(3, 7):
        with vault.open() as register:
            with pytest.raises(ValueError, match="x"), deed(register):
                raise ValueError("x")
            write_pair(register, number)
    with vault.open() as register:
        assert register.read("entry")["entry"].tolist() == [1, 2, 3, 4, 5, 6]
        assert register.verify_audit() == []


def test_kept_statuses_are_replaced_and_outside_the_trail(vault):
    """Statuses are derived from facts: they may change without an entry speaking of them."""
    with vault.open() as register:
        with deed(register) as entry:
            moved(entry, {2: ("有效", None), 3: ("无效", "5.4")})
        states = register.read("state").set_index("lead")["status"].to_dict()
        assert states == {2: "有效", 3: "无效", 4: "已接收"}
        assert register.verify_audit() == []
