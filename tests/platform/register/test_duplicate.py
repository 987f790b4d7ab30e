"""A copy of the file byte by byte, for work beside it: one state of the register, whoever reads or writes meanwhile."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from tests.support.vault import Vault, deed, document
from workbench.platform.register import embedded, schema
from workbench.platform.register.store import Register


def add(vault: Vault, number: int) -> None:
    """One more file."""
    with vault.open() as register, deed(register) as entry:
        entry.append("document", pd.DataFrame([document(number)]))


def held(vault: Vault, copy: Path) -> list[int]:
    """The files a copy knows, once its trail is proven."""
    (copy.parent / f"{copy.name}.keys").write_bytes(Path(f"{vault.path}.keys").read_bytes())
    with Register.open(copy, vault.keys) as register:
        assert register.verify_audit() == []
        return register.read("document", ["document"])["document"].tolist()


@pytest.fixture
def vault(tmp_path) -> Vault:
    """A register with one file."""
    made = Vault.make(tmp_path / "册.db")
    add(made, 1)
    return made


def test_it_is_the_file_byte_by_byte(vault, tmp_path, monkeypatch):
    """Nothing is written anew, and the register is open and its own as before."""
    monkeypatch.setattr(embedded.Embedded, "copy_to", lambda *_: pytest.fail("written anew"))
    with vault.open() as register:
        register.duplicate_to(tmp_path / "副本.db")
        assert (tmp_path / "副本.db").read_bytes() == vault.path.read_bytes()
        with deed(register) as entry:
            entry.append("document", pd.DataFrame([document(2)]))
    assert held(vault, tmp_path / "副本.db") == [1]


def test_who_writes_while_it_is_copied_changes_nothing_in_it(vault, tmp_path, monkeypatch):
    """Another writes, and tries to move what he wrote into the file, before the first byte is copied."""
    copying = subprocess.run

    def meanwhile(command, **how):
        if command[-1] == str(tmp_path / "副本.db"):
            add(vault, 2)
            with vault.raw() as connection:
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return copying(command, **how)

    with vault.open() as register:
        register.duplicate_to(tmp_path / "先.db")
        before = vault.path.read_bytes()
        monkeypatch.setattr(embedded.subprocess, "run", meanwhile)
        register.duplicate_to(tmp_path / "副本.db")
    assert (tmp_path / "副本.db").read_bytes() == before
    assert held(vault, tmp_path / "副本.db") == [1]
    with vault.open() as register:
        assert register.count("document") == 2


def test_where_somebody_still_reads_an_earlier_state_the_newest_is_copied(vault, tmp_path):
    """The log cannot be emptied then: the copy is written anew."""
    with vault.open() as reader, reader.snapshot():
        assert reader.count("document") == 1
        add(vault, 2)
        with vault.open() as register:
            register.duplicate_to(tmp_path / "副本.db")
    assert held(vault, tmp_path / "副本.db") == [1, 2]


def test_a_copying_that_fails_leaves_it_to_the_database(vault, tmp_path, monkeypatch):
    """What was begun is taken away first."""
    monkeypatch.setattr(embedded, "COPYING", "import sys; open(sys.argv[2], 'w').write('halb'); sys.exit(1)")
    with vault.open() as register:
        register.duplicate_to(tmp_path / "副本.db")
    assert held(vault, tmp_path / "副本.db") == [1]


def test_it_waits_for_nobody(vault, tmp_path, monkeypatch):
    """Emptying the log is tried once, and who waits for a writer later waits as long as before."""
    with vault.open() as register:
        register.duplicate_to(tmp_path / "副本.db")
        ((patience,),) = register._fetch("PRAGMA busy_timeout")
    assert patience == schema.BUSY_SECONDS * 1000
