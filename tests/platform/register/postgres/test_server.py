"""A register on a server: who may do what there, many writers, a server that dies, and moving to and fro."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from tests.support.fixtures.postgres import LOGIN, PostgresServer, ServerVault
from tests.support.vault import PASSPHRASE, USER, Vault, deed, lead, outcome, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.register import audit, backup, moving, rotation, schema
from workbench.platform.register.keys import create_keys, unlock
from workbench.platform.register.postgres import address, ddl, setup
from workbench.platform.register.postgres.store import MANY
from workbench.platform.register.store import Register

pytestmark = pytest.mark.slow
NOW = datetime(2026, 1, 6, 9, 0)


@pytest.fixture(scope="module")
def original(postgres: PostgresServer) -> ServerVault:
    """A register on the server with two committed transactions; copied, never opened by a test itself."""
    return ServerVault.on(postgres, pairs=2)


@pytest.fixture
def served(original: ServerVault, tmp_path: Path) -> ServerVault:
    """A copy of it to work on."""
    return original.copy(tmp_path)


def refusal_of(deed, *arguments) -> str:
    """The code a deed is refused with."""
    with pytest.raises(RegisterError) as refusal:
        deed(*arguments)
    return refusal.value.code


def test_it_is_whole_and_the_trail_goes_on(served: ServerVault):
    """Made, opened by passphrase, written, read back with everything opened."""
    assert outcome(served) == "whole"
    with served.open() as register:
        write_pair(register, 3)
    assert outcome(served) == "whole"


def test_nothing_is_made_where_a_register_stands(served: ServerVault):
    """A second one of the same database is refused, and the first is as it was."""
    assert refusal_of(create_keys, served.path, USER, PASSPHRASE) == "exists"
    assert outcome(served) == "whole"


def test_the_server_itself_lets_nothing_be_changed(served: ServerVault):
    """Whoever works in the register may add rows of every table and change or delete none, but for what follows from others."""
    with served.open() as register:
        store, tables = register._connection, sorted(schema.declared())
        rights = store.fetch(
            "SELECT c.relname::text, p FROM pg_class c, unnest(ARRAY['INSERT','UPDATE','DELETE','TRUNCATE']) p"
            " WHERE relnamespace = 'workbench'::regnamespace AND relkind = 'r' AND has_table_privilege(c.oid, p)"
        )
        assert Counter(right for _, right in rights) == {"INSERT": len(tables) + 2}
        columns = store.fetch(
            "SELECT table_name::text, column_name::text FROM information_schema.column_privileges"
            " WHERE table_schema = 'workbench' AND privilege_type = 'UPDATE' AND grantee = ?",
            (f"{served.server_role}",),
        )
        allowed = {(table, column) for table, names in ddl.CHANGED.items() for column in names}
        assert set(columns) <= allowed | {("key_file", "content")}
        for statement in ("UPDATE lead SET quantity = 1", "DELETE FROM entry", "TRUNCATE state", "DROP TABLE lead"):
            assert refusal_of(store.execute, statement) == "server_no_right"
    assert outcome(served) == "whole"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE lead SET quantity = 99 WHERE lead = 2", ("digest", "lead", 2)),
        ("UPDATE lead SET customer = (SELECT customer FROM lead WHERE lead = 1) WHERE lead = 2", ("digest", "lead", 2)),
        ("UPDATE lead SET contact = decode('00', 'hex') WHERE lead = 3", ("digest", "lead", 3)),
        ("UPDATE lead SET customer = customer || 'x' WHERE lead = 2", ("digest", "lead", 2)),  # no bytes any more
        ("DELETE FROM transition WHERE transition = 1", ("digest", "transition", 1)),
        ("UPDATE entry SET \"user\" = '别人' WHERE entry = 1", ("chain", None, None)),
        ("UPDATE state SET status = '有效' WHERE lead = 2", ("state", "state", None)),
    ],
)
def test_an_administrator_who_changes_a_row_is_found(served: ServerVault, statement: str, found: tuple):
    """He holds every right of the database and no key: the trail names what he changed."""
    served.tamper(statement)
    with served.open() as register:
        assert found in [(each.code, each.table, each.row) for each in register.verify_audit()]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE lead ADD COLUMN more text", "lead"),
        ("ALTER TABLE lead ALTER COLUMN phone TYPE text USING 'x'", "lead"),
        ("ALTER TABLE lead DROP CONSTRAINT lead_document_fkey", "lead"),
        ("ALTER TABLE lead ENABLE ROW LEVEL SECURITY", "lead"),
        ("DROP INDEX lead_number", "lead_number"),
        ("DROP INDEX lead_phone; CREATE INDEX lead_phone ON lead (phone_key)", "lead_phone"),
        ("DROP INDEX lead_number; CREATE INDEX lead_number ON lead (upper(number))", "lead_number"),
        ("DROP INDEX lead_number; CREATE INDEX lead_number ON lead (number) WHERE lead > 9", "lead_number"),
        (
            "DROP INDEX subject_state_destroyed; CREATE INDEX subject_state_destroyed ON subject_state (digest, subject)",
            "subject_state_destroyed",
        ),
        ("CREATE VIEW shown AS SELECT 1 AS one", "shown"),
        ("CREATE FUNCTION instr(text) RETURNS text LANGUAGE sql AS 'SELECT $1'", "instr"),
        ("CREATE RULE silent AS ON INSERT TO mask DO INSTEAD NOTHING", "silent"),
        ("ALTER TABLE mask DISABLE TRIGGER ALL", "mask"),
    ],
)
def test_an_altered_schema_is_not_worked_with(served: ServerVault, statement: str, said: str):
    """Tables, indexes, rules, functions and rights on rows are what the steps make, or nothing is opened."""
    served.tamper(statement)
    with pytest.raises(RegisterError) as refusal:
        served.open()
    assert refusal.value.code == "altered_schema" and said in refusal.value.en


def test_a_schema_altered_meanwhile_is_not_written_into(served: ServerVault):
    """It is compared again at every transaction."""
    with served.open() as register:
        served.tamper("CREATE RULE silent AS ON INSERT TO mask DO INSTEAD NOTHING")
        assert refusal_of(write_pair, register, 3) == "altered_schema"


def test_a_login_needs_the_registers_role(served: ServerVault):
    """Without it nothing is read; with it everybody works, and nobody has more rights than to add."""
    other = address.pointer(served.server.url(served.database, LOGIN))
    assert refusal_of(unlock, other, USER, PASSPHRASE) == "server_no_right"
    served.tamper(f"GRANT {served.server_role} TO {LOGIN}")
    guest = replace(served, path=other)
    with guest.open() as register:
        write_pair(register, 3)
        assert refusal_of(register._connection.execute, "UPDATE lead SET quantity = 1") == "server_no_right"
    assert outcome(guest) == "whole"


def test_another_row_beside_the_key_file_shuts_nobody_out(served: ServerVault):
    """Whoever may write may add it, and nobody but the owner takes it away: ours is the one that counts."""
    with served.raw() as connection:
        connection.execute(f"SET ROLE {served.server_role}")
        connection.execute("INSERT INTO key_file VALUES (0, '{}'), (2, '{}')")
        connection.execute("UPDATE key_file SET content = content WHERE one = 1")  # its place is behind theirs now
    assert outcome(served) == "whole"


def test_a_long_id_of_a_row_is_kept_as_in_a_file(served: ServerVault, vault: Vault):
    """Senders can write anything there; no index of the server's holds it."""
    told = {"row_id": "行" * 6000}
    for kept in (served, vault):
        with kept.open() as register:
            with deed(register) as entry:
                entry.append("lead", pd.DataFrame([lead(900, 1, **told)]))
            assert register.read("lead", ["row_id"])["row_id"].tolist()[-1] == told["row_id"]


def test_a_database_that_lacks_letters_is_refused(postgres: PostgresServer):
    """Before anything is made there: another encoding than UTF8 keeps no Chinese names."""
    with postgres.connect("postgres") as connection:
        connection.execute(
            "CREATE DATABASE narrow OWNER owner ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
    assert refusal_of(create_keys, address.pointer(postgres.url("narrow")), USER, PASSPHRASE) == "server_encoding"
    with postgres.connect("narrow") as connection:
        assert connection.execute("SELECT to_regnamespace('workbench')").fetchone() == (None,)


def test_who_may_make_no_schema_is_told(postgres: PostgresServer):
    """A new register is made by a login that owns the database."""
    place = address.pointer(postgres.url(postgres.database(), LOGIN))
    assert refusal_of(create_keys, place, USER, PASSPHRASE) == "server_no_right"


def test_tables_of_an_older_version_are_brought_up_by_their_owner(postgres: PostgresServer, monkeypatch):
    """Others are told who has to open the register once; nothing is half done."""
    steps = schema.migrations()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: steps[:-1])
        vault = ServerVault.on(postgres)
    vault.tamper(f"GRANT {vault.server_role} TO {LOGIN}")
    guest = replace(vault, path=address.pointer(postgres.url(vault.database, LOGIN)))
    assert refusal_of(guest.open) == "server_no_right"
    assert outcome(vault) == "whole" and outcome(guest) == "whole"


def test_many_writers_lose_and_double_nothing(served: ServerVault):
    """Six programs write for three seconds at once: each document once, entries without gaps, the trail whole."""
    command = [sys.executable, "-m", "tests.support.worker", "write", str(served.path)]
    running = [
        subprocess.Popen([*command, f"w{n}", "3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(6)
    ]
    for each in running:
        assert each.stdout.readline().strip() == "ready"
    for each in running:
        each.stdin.write("\n")
        each.stdin.flush()
    done = [int(each.communicate(timeout=120)[0].split()[-1]) for each in running]
    assert all(done)
    with served.open() as register:
        assert register.count("document") == sum(done) + 2 and register.count("lead") == 2 * sum(done) + 4
        entries = register.read("entry", ["entry"])["entry"].tolist()
        assert entries == list(range(1, sum(done) + 3))
        assert register.read("lead", ["lead"])["lead"].is_unique
    assert outcome(served) == "whole"


def test_one_state_is_read_while_others_write(served: ServerVault):
    """A snapshot stays what it was."""
    with served.open() as reader, served.open() as writer:
        with reader.snapshot():
            before = reader.count("lead")
            write_pair(writer, 3)
            assert reader.count("lead") == before
        assert reader.count("lead") == before + 2


def test_a_deed_that_fails_leaves_nothing(served: ServerVault):
    """All of it, or nothing."""
    with served.open() as register:
        head = register.head()
        with pytest.raises(psycopg.errors.UniqueViolation):
            write_pair(register, 2)
        assert register.head() == head and register.count("lead") == 4
        write_pair(register, 3)
    assert outcome(served) == "whole"


def test_a_connection_that_is_cut_is_told_and_nothing_is_half_done(served: ServerVault):
    """The server ends the session in the middle of a deed; opened again, the register goes on."""
    with served.open() as register:

        def cut_off() -> None:
            with register.transaction("import", at=NOW, recorded_at=NOW, user=USER, detail={}):
                served.tamper(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'workbench'"
                )
                register.count("lead")

        assert refusal_of(cut_off) == "server_gone"
        assert refusal_of(register.count, "lead") == "server_gone"
    assert outcome(served) == "whole"
    with served.open() as register:
        assert register.head().startswith("2:")
        write_pair(register, 3)


def test_a_server_that_is_killed_goes_on_after_its_start(served: ServerVault):
    """Killed in the middle of a deed: a sentence, nothing half done, and work goes on once it is back."""
    with served.open() as register:

        def cut_off() -> None:
            with register.transaction("import", at=NOW, recorded_at=NOW, user=USER, detail={}):
                served.server.control("stop", "-m", "immediate")
                register.count("lead")

        assert refusal_of(cut_off) == "server_gone"
    assert refusal_of(served.open) == "server_unreached"
    served.server.control("start")
    assert outcome(served) == "whole"
    with served.open() as register:
        write_pair(register, 3)


def test_a_new_file_cannot_take_a_servers_place(served: ServerVault):
    """Keys are rotated and destroyed in a file; the register is as it was."""
    with served.open() as register:
        assert refusal_of(rotation.rotate, register, lambda *_: None) == "server_file_only"
    assert outcome(served) == "whole"


def test_a_backup_is_a_file_that_opens(served: ServerVault, tmp_path: Path):
    """The same rows, keys and head, proven before it gets its name."""
    with served.open() as register:
        made = backup.make(register, tmp_path, NOW)
        assert made.head == register.head()
        with backup.unpacked(made.path, tmp_path) as (copy, _), Register.open(copy, served.keys) as opened:
            assert all(moving._same(register, opened, table) for table in register._tables)


def test_moving_there_and_back_changes_nothing(served: ServerVault, vault: Vault, tmp_path: Path):
    """Every row, hash, signature and the key file are the same after both ways; the places of before are out of use."""
    database = served.server.database()
    place = address.pointer(served.server.url(database))
    with vault.open() as register:
        head, before = register.head(), register._fetch("SELECT * FROM lead ORDER BY lead_version")
        aside = moving.move(register, place, NOW)
    assert not vault.path.exists() and (vault.path.parent / aside).exists()
    there = ServerVault(place, vault.keys, server=served.server, database=database)
    assert outcome(there) == "whole"
    with there.open() as register:
        assert register.head() == head and register._fetch("SELECT * FROM lead ORDER BY lead_version") == before
        write_pair(register, 3)
        moving.move(register, tmp_path / "back.db", NOW)
    back = Vault(tmp_path / "back.db", vault.keys)
    assert outcome(back) == "whole" and refusal_of(there.open) == "no_register"
    with back.open() as register:
        assert register.contains_head(head)
        write_pair(register, 4)
    with back.open() as register:  # and the database can take it again
        moving.move(register, place, NOW)
    assert outcome(there) == "whole"


def test_who_has_it_open_finds_it_moved(served: ServerVault, tmp_path: Path):
    """Nothing is written into what is out of use."""
    with served.open() as other:
        with served.open() as register:
            moving.move(register, tmp_path / "moved.db", NOW)
        assert refusal_of(write_pair, other, 3) == "no_register"
        with Register.open(tmp_path / "moved.db", served.keys) as register:
            moving.move(register, served.path, NOW)
        assert refusal_of(write_pair, other, 3) == "renewed"  # keys may have been changed while it was in the file


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_move_that_fails_leaves_everything_as_it_was(
    served: ServerVault, vault: Vault, tmp_path: Path, way, monkeypatch
):
    """What was begun at the new place is taken away again."""
    database = served.server.database()
    here, target = (
        (vault, address.pointer(served.server.url(database))) if way == "there" else (served, tmp_path / "x.db")
    )
    monkeypatch.setattr(moving, "_same", lambda *_: False)
    with here.open() as register:
        assert refusal_of(moving.move, register, target, NOW) == "damaged_copy"
    assert outcome(here) == "whole"
    if way == "there":
        with served.server.connect(database) as connection:
            assert connection.execute("SELECT to_regnamespace('workbench')").fetchone() == (None,)
        setup.prepare(address.of(target))  # and there is room for another one
    else:
        assert not list(tmp_path.glob("x.db*"))


def test_a_register_somebody_has_open_is_not_moved(served: ServerVault, vault: Vault, monkeypatch):
    """A file that others use stays where it is."""
    monkeypatch.setattr(moving, "PATIENCE", 0.1)
    place = address.pointer(served.server.url(served.server.database()))
    with vault.open(), vault.open() as register:
        assert refusal_of(moving.move, register, place, NOW) == "in_use"
    assert outcome(vault) == "whole"


def test_another_machine_without_tls_is_never_asked(served: ServerVault):
    """The server of the tests knows no TLS: under a name that is not this machine's it is refused, whatever stands in the file."""
    forged = f"postgresql://clerk@0.0.0.0:{served.server.port}/{served.database}"
    assert refusal_of(unlock, address.pointer(forged), USER, PASSPHRASE) == "server_unreached"


def test_texts_and_bytes_of_one_column_stay_apart(served: ServerVault):
    """A text that looks like bytes told apart is a text, and bytes are bytes."""
    texts = ["\x02b00ff", "\x02t", "\x02", "", "平常", bytes([2, 98]), b""]
    rows = [(number, 1, f"{number}", "2026-01-05T09:00:00", text) for number, text in enumerate(texts, 100)]
    with served.open() as register:
        store = register._connection
        store.begin_writing()
        store.write_many("INSERT INTO closure VALUES (?, ?, ?, ?, ?)", rows)
        found = store.fetch("SELECT * FROM closure ORDER BY closure")
        store.rollback()
    assert found == rows and audit.encode_rows(found) == audit.encode_rows(rows)


def test_many_rows_are_kept_as_few_are(served: ServerVault):
    """Sent as a stream or one by one: the same values, whatever signs they hold, and the same refusal of a row that is there."""
    texts = ["\\N", "\\.", "a\tb\nc\\", "\x02b00", "'\"", "平常", bytes(range(256)), b"", None]
    rows = [(number, 1, f"{number}", "2026-01-05T09:00:00", text) for number, text in enumerate(texts * 20, 100)]
    rows = [(*row[:4], row[4] if row[4] is not None else "无") for row in rows]
    sql, read = "INSERT INTO closure VALUES (?, ?, ?, ?, ?)", "SELECT * FROM closure ORDER BY closure"
    with served.open() as register:
        store = register._connection
        assert len(rows) > MANY
        for parts in ([rows], [rows[start : start + 10] for start in range(0, len(rows), 10)]):
            store.begin_writing()
            for part in parts:
                store.write_many(sql, part)
            assert store.fetch(read) == rows
            store.rollback()
        store.begin_writing()
        with pytest.raises(psycopg.errors.UniqueViolation):
            store.write_many(sql, [*rows, rows[0]])
        store.rollback()
        assert store.fetch(read) == []
    assert outcome(served) == "whole"
