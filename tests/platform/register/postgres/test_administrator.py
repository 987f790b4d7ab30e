"""An administrator of the database, with every right of the server and no key, against what the trail and this machine know."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.fixtures.postgres import LOGIN, OWNER, PostgresServer, ServerVault
from tests.support.office import Office, lead

pytestmark = [pytest.mark.slow, pytest.mark.process]
UNCHECKED = "SET session_replication_role = replica"  # references between tables are not looked at, nor are triggers
WITH_ENTRY = (
    "SELECT table_name FROM information_schema.columns WHERE table_schema = 'workbench' AND column_name = 'entry'"
    " AND table_name <> 'entry'"
)


@pytest.fixture(scope="module")
def original(postgres: PostgresServer) -> ServerVault:
    """A register on the server with three committed transactions."""
    return ServerVault.on(postgres, pairs=3)


@pytest.fixture
def served(original: ServerVault, tmp_path: Path) -> ServerVault:
    """A copy of it to work on."""
    return original.copy(tmp_path)


def without_the_last_entry(served: ServerVault) -> None:
    """The newest entry is taken away with everything it wrote; nothing before it is touched."""
    with served.raw() as connection:
        connection.execute(UNCHECKED)
        (last,) = connection.execute("SELECT max(entry) FROM entry").fetchone()
        tables = [row[0] for row in connection.execute(WITH_ENTRY).fetchall()]
        for table in [*tables, "entry"]:
            connection.execute(f'DELETE FROM "{table}" WHERE entry = {last}')
        connection.execute(
            "DELETE FROM state WHERE lead NOT IN (SELECT lead FROM transition);"
            "UPDATE state SET (status, clause) = (SELECT status, clause FROM transition AS step WHERE transition ="
            " (SELECT max(transition) FROM transition WHERE lead = step.lead) AND step.lead = state.lead)"
        )


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM lead WHERE lead = 2", ("digest", "lead", 2)),
        (
            "UPDATE lead AS one SET contact = other.contact FROM lead AS other WHERE one.lead IN (2, 3)"
            " AND other.lead = 5 - one.lead",
            ("digest", "lead", 2),
        ),
        (
            "UPDATE lead SET lead_version = -lead_version WHERE lead IN (2, 3);"
            "UPDATE lead SET lead_version = 5 + lead_version WHERE lead IN (2, 3)",
            ("digest", "lead", 2),
        ),
        (
            "INSERT INTO transition SELECT 99, entry, lead, at, was, status, clause, document FROM transition"
            " WHERE transition = 1",
            ("digest", "transition", 99),
        ),
        ("DELETE FROM entry WHERE entry = 2", ("gap", None, None)),
        (
            "UPDATE entry SET chain = (SELECT chain FROM entry WHERE entry = 1) WHERE entry = 2",
            ("chain", None, None),
        ),
    ],
    ids=["row deleted", "values swapped", "rows swapped", "row added", "entry deleted", "chain"],
)
def test_what_he_changes_is_named(served: ServerVault, statement: str, found: tuple):
    """Whatever he deletes, adds or exchanges by SQL, also with references and triggers out of force."""
    served.tamper(UNCHECKED + ";" + statement)
    with served.open() as register:
        breaches = [(each.code, each.table, each.row) for each in register.verify_audit()]
    assert found in breaches


def test_a_trail_cut_short_is_named_by_a_head_that_was_kept(served: ServerVault):
    """What is left is a whole register of before; a head noted since says that it is not all."""
    with served.open() as register:
        head = register.head()
    without_the_last_entry(served)
    with served.open() as register:
        assert "anchor" in [each.code for each in register.verify_audit(head)]


def test_by_command(staffed: Office, postgres: PostgresServer, monkeypatch):
    """``audit verify`` names the table and row; a trail cut short is not even opened on a machine that saw it whole."""
    database = postgres.database()
    url = postgres.url(database)
    staffed.run("move", url)
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    for number in (1, 2):
        file = staffed.leads("D001", f"{number}.xlsx", [lead(f"{number}号公司", 联系方式=f"1390000000{number}")])
        staffed.receive(file, f"2026-01-0{4 + number}T09:00:00", code=0)
    with postgres.connect(database) as administrator:
        administrator.execute("UPDATE lead SET quantity = quantity + 1 WHERE lead = 2")
        told = staffed.ask("audit", "verify", code=1)["breaches"]
        assert any((each["table"], each["row"]) == ("lead", 2) for each in told), told
        administrator.execute("UPDATE lead SET quantity = quantity - 1 WHERE lead = 2")
    staffed.run("audit", "verify")
    with postgres.connect(database) as administrator:
        administrator.execute(UNCHECKED)
        tables = [row[0] for row in administrator.execute(WITH_ENTRY).fetchall()]
        (last,) = administrator.execute("SELECT max(entry) FROM entry").fetchone()
        for table in [*tables, "entry"]:
            administrator.execute(f'DELETE FROM "{table}" WHERE entry = {last}')
    staffed.run("leads", code=2)
    assert "trust" in staffed.said


def test_a_sections_login_reads_no_contact_and_adds_nothing_unnoticed(served: ServerVault):
    """By SQL of his own whoever has the register's role sees every row, sealed as it is; what he adds without the trail's key
    is named, and he makes no table, policy or function that would change what others see.
    """
    served.tamper(f"GRANT {served.server_role} TO {LOGIN}")
    with served.open() as register:
        contacts = register.read("lead", ["contact", "phone"])
    plain = {str(value).encode() for value in contacts.to_numpy().ravel() if value}
    assert plain
    with served.server.connect(served.database, LOGIN) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'workbench'").fetchall()
        for (table,) in tables:
            seen = str(connection.execute(f'SELECT * FROM "{table}"').fetchall()).encode("utf-8")
            assert not [value for value in plain if value in seen], table
        for statement in (
            "UPDATE lead SET quantity = 1",
            "DELETE FROM transition",
            "CREATE TABLE workbench.other (one int)",
            "ALTER TABLE lead ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY own ON lead USING (false)",
            "CREATE FUNCTION workbench.json_each(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
            f"SET ROLE {OWNER}",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        connection.execute(
            "INSERT INTO transition SELECT 99, entry, lead, at, was, status, clause, document FROM transition"
            " WHERE transition = 1"
        )
    with served.open() as register:
        assert ("digest", "transition", 99) in [(each.code, each.table, each.row) for each in register.verify_audit()]
