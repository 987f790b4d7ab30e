"""Somebody with the file key changes the schema, not the rows: refused at opening, at the next deed, or by the trail.

All of it by a bare connection: none of the program's functions takes part in the attack.
"""

from __future__ import annotations

import re

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.vault import PASSPHRASE, USER, outcome, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.register import expected_schema, schema
from workbench.platform.register.keys import unlock
from workbench.platform.register.store import Register

WRITABLE = "PRAGMA writable_schema = ON"
SILENCE = "CREATE TRIGGER silence AFTER INSERT ON entry WHEN NEW.action = 'reveal' BEGIN DELETE FROM entry; END"


def declared_as(table: str, before: str, after: str) -> list[str]:
    """The statements that have a table's text say something else."""
    text = f"UPDATE sqlite_master SET sql = replace(sql, '{before}', '{after}') WHERE name = '{table}'"
    return [WRITABLE, text]


# what is done with the file key in hand → how the schema differs, which kind of thing, its name
ATTACKS: dict[str, tuple[list[str], str, str, str]] = {
    "a sealed column becomes plain": (
        declared_as("lead", "phone SEALED", "phone TEXT"),
        "changed",
        "table",
        "lead",
    ),
    "every sealed column becomes plain": (declared_as("lead", "SEALED", "TEXT"), "changed", "table", "lead"),
    "a blind hash becomes plain": (declared_as("lead", "BLIND", "TEXT"), "changed", "table", "lead"),
    "a column is added": (["ALTER TABLE lead ADD COLUMN extra TEXT"], "changed", "table", "lead"),
    "a column is renamed": (["ALTER TABLE lead RENAME COLUMN remark TO note"], "changed", "table", "lead"),
    "a column gets a default": (
        declared_as("lead", "budget TEXT", "budget TEXT DEFAULT 1"),
        "changed",
        "table",
        "lead",
    ),
    "a comment is added": (declared_as("lead", "phone SEALED", "phone /**/ SEALED"), "changed", "table", "lead"),
    "a blank that is none is added": (
        declared_as("lead", "phone SEALED", "phone SEALED\u3000"),
        "changed",
        "table",
        "lead",
    ),
    "a trigger silences an action": ([SILENCE], "extra", "trigger", "silence"),
    "a trigger does nothing": (
        ["CREATE TRIGGER quiet BEFORE UPDATE ON meta BEGIN SELECT 1; END"],
        "extra",
        "trigger",
        "quiet",
    ),
    "a view is added": (["CREATE VIEW shown AS SELECT * FROM lead"], "extra", "view", "shown"),
    "a view takes a table's place": (
        ["CREATE TABLE kept AS SELECT * FROM review", "DROP TABLE review", "CREATE VIEW review AS SELECT * FROM kept"],
        "extra",
        "table",
        "kept",
    ),
    "a table is added": (["CREATE TABLE notes (note TEXT)"], "extra", "table", "notes"),
    "a table with an entry is added": (
        ["CREATE TABLE notes (note INTEGER PRIMARY KEY, entry)", "INSERT INTO notes VALUES (1, NULL)"],
        "extra",
        "table",
        "notes",
    ),
    "statistics are added": (["ANALYZE"], "extra", "table", "sqlite_stat1"),
    "numbers are counted": (
        ["CREATE TABLE notes (note INTEGER PRIMARY KEY AUTOINCREMENT)", "DROP TABLE notes"],
        "extra",
        "table",
        "sqlite_sequence",
    ),
    "an index is added": (["CREATE INDEX lead_city ON lead (city)"], "extra", "index", "lead_city"),
    "an index is dropped": (["DROP INDEX lead_number"], "missing", "index", "lead_number"),
    "an index becomes unique": (
        ["DROP INDEX link_a", "CREATE UNIQUE INDEX link_a ON link (a)"],
        "changed",
        "index",
        "link_a",
    ),
    "an index covers a part": (
        ["DROP INDEX lead_number", "CREATE INDEX lead_number ON lead (number) WHERE lead > 9"],
        "changed",
        "index",
        "lead_number",
    ),
    "an index holds more of a hash": (
        ["DROP INDEX lead_phone", "CREATE INDEX lead_phone ON lead (phone_key)"],
        "changed",
        "index",
        "lead_phone",
    ),
    "an index leaves the destroyed out": (
        [
            "DROP INDEX subject_state_destroyed",
            "CREATE INDEX subject_state_destroyed ON subject_state (digest, subject) WHERE digest IS NOT NULL",
        ],
        "changed",
        "index",
        "subject_state_destroyed",
    ),
    "a table is dropped": (["DROP TABLE review"], "missing", "table", "review"),
    "a foreign key is dropped": (declared_as("finding", " REFERENCES document", ""), "changed", "table", "finding"),
}


@pytest.mark.parametrize("title", ATTACKS)
def test_a_changed_schema_is_refused_at_opening(vault, title):
    """With a sentence that names what was changed; and the program did not change the file by trying."""
    attack, how, kind, name = ATTACKS[title]
    vault.tamper(*attack)
    with vault.raw() as connection:
        before = connection.execute("SELECT * FROM sqlite_master").fetchall()
    with pytest.raises(RegisterError) as refusal:
        vault.open()
    assert (refusal.value.code, refusal.value.message.key) == ("altered_schema", f"altered_schema/{how}")
    word = expected_schema.WORDS[kind]
    assert f"{word.zh} {name}" in refusal.value.zh and f"{word.en} {name}" in refusal.value.en
    with vault.raw() as connection:
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == before


@pytest.mark.parametrize("title", ATTACKS)
def test_a_schema_changed_while_the_register_is_open_is_named_by_the_trail(vault, title):
    """Whoever has it open already learns of it when the trail is verified."""
    attack, _, _, name = ATTACKS[title]
    with vault.open() as register:
        assert register.verify_audit() == []
        vault.tamper(*attack)
        found = register.verify_audit()
    assert name in {breach.table for breach in found if breach.code == "schema"}


@pytest.mark.parametrize("title", ["a trigger silences an action", "a sealed column becomes plain", "a table is added"])
def test_nothing_is_written_once_the_schema_was_changed(vault, title):
    """A deed that begins after the change is refused, and leaves nothing."""
    with vault.open() as register:
        head = register.head()
        vault.tamper(*ATTACKS[title][0], "PRAGMA schema_version = 4711")
        with pytest.raises(RegisterError) as refusal:
            write_pair(register, 3)
        assert refusal.value.code == "altered_schema"
        assert register.head() == head


def test_a_view_in_a_tables_place_is_not_read(vault):
    """An open register answers nothing that a view made up."""
    with vault.open() as register:
        vault.tamper(*ATTACKS["a view takes a table's place"][0])
        with pytest.raises(RegisterError):
            register.read("review")


def test_personal_fields_stay_sealed_whatever_the_file_says(vault):
    """The kinds of columns are the program's: what the file calls plain is sealed all the same."""
    with vault.open() as register:
        vault.tamper(*ATTACKS["every sealed column becomes plain"][0])
        kinds = schema.tables()["lead"]
        assert [name for name, kind in kinds.items() if kind == "SEALED"] == ["contact", "phone", "content", "remark"]
        assert register._tables["lead"] == kinds


def test_an_index_that_leaves_a_row_out_is_found(vault):
    """A lead hidden from being found by its number, with all rows and the whole schema as they were."""
    whole, part = "lead_number ON lead (number)", "lead_number ON lead (number) WHERE lead > 1"
    for before, after, then in ((whole, part, "REINDEX lead_number"), (part, whole, "SELECT 1")):
        vault.tamper(WRITABLE, f"UPDATE sqlite_master SET sql = replace(sql, '{before}', '{after}')")
        vault.tamper(then)
    with vault.open() as register:
        assert register.count("lead", {"number": "DK202601-00001"}) == 0
        assert register.count("lead", {"number": "DK202601-00002"}) == 1
    assert outcome(vault) == "damaged"


def test_an_older_register_with_a_trigger_is_not_brought_up_to_date(vault, monkeypatch):
    """The schema is compared before a step is made, too: the step would run what was put there."""
    newer = [*schema.migrations(), (len(schema.migrations()) + 1, "CREATE TABLE extra (extra INTEGER PRIMARY KEY);")]
    vault.tamper("CREATE TRIGGER quiet AFTER UPDATE ON meta BEGIN SELECT 1; END")
    monkeypatch.setattr(schema, "migrations", lambda: newer)
    with pytest.raises(RegisterError) as refusal:
        vault.open()
    assert refusal.value.code == "altered_schema"
    with vault.raw() as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)


def test_a_name_out_of_the_file_is_shown_as_text(vault):
    """What stands in the sentence cannot steer a terminal, and does not fill it."""
    vault.tamper(f'CREATE TABLE "\x1b[2J{"x" * 200}" (a TEXT)')
    with pytest.raises(RegisterError) as refusal:
        vault.open()
    assert "\x1b" not in refusal.value.zh and "x" * 39 not in refusal.value.zh


def test_the_schema_of_the_steps_is_what_running_them_gives():
    """After each step: all that SQLite then holds, and the kinds of all columns, are what the program expects."""
    connection = sqlcipher.connect(":memory:", isolation_level=None)
    connection.execute(expected_schema.META)
    steps = schema.migrations()
    for number in range(len(steps) + 1):
        if number:
            for statement in re.sub(r"--[^\n]*", "", steps[number - 1][1]).split(";"):
                connection.execute(statement)
        assert expected_schema.differences(connection, steps[:number]) == []
        (tables,) = zip(*connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"), strict=True)
        assert expected_schema.kinds(steps[:number]) == {
            name: {
                row[1]: row[2].upper().partition(" ")[0] for row in connection.execute(f'PRAGMA table_info("{name}")')
            }
            for name in tables
        }


def test_a_form_of_before_version_0_1_is_taken_and_no_other(vault):
    """Registers of then name a parent that today's step leaves out: as good; anything else in its place is not."""
    earlier = "submission INTEGER NOT NULL REFERENCES submission"
    for table in ("approval", "send_back"):
        vault.tamper(*declared_as(table, "submission INTEGER NOT NULL", earlier))
    assert outcome(vault) == "whole"
    vault.tamper(*declared_as("approval", earlier, "submission INTEGER NOT NULL REFERENCES settlement"))
    assert outcome(vault) == "altered_schema"


def test_a_step_that_cannot_be_followed_is_a_fault():
    """A step of another form would leave the comparison blind to it."""
    with pytest.raises(ValueError, match="cannot be followed"):
        expected_schema.items([(1, "ALTER TABLE meta ADD COLUMN x TEXT;")])


def test_the_file_is_opened_with_distrust(vault):
    """Functions of the schema are not trusted, sizes on pages are checked, triggers and views are not even made."""
    _, keys = unlock(vault.path, USER, PASSPHRASE)
    with Register.open(vault.path, keys) as register:
        assert register._fetch("PRAGMA trusted_schema") == [(0,)]
        assert register._fetch("PRAGMA cell_size_check") == [(1,)]
        for kind in ("", "TEMP "):
            for statement in (
                f"CREATE {kind}VIEW v AS SELECT 1",
                f"CREATE {kind}TRIGGER t AFTER INSERT ON entry BEGIN SELECT 1; END",
            ):
                with pytest.raises(RegisterError) as refusal:
                    register._connection.execute(statement)
                assert "not authorized" in str(refusal.value.__cause__)
