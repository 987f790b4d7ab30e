"""Opening a register: each thing that can be wrong has its own word, and nothing is changed by trying."""

from __future__ import annotations

import re
import stat
import threading
from functools import partial

import pytest

from tests.support.earlier import earlier_program
from tests.support.vault import PASSPHRASE, USER, Vault, outcome
from workbench.core.errors import RegisterError
from workbench.platform.register import schema
from workbench.platform.register.keys import create_keys, unlock
from workbench.platform.register.store import Register

NEXT = schema.migrations()[-1][0] + 1
NETWORK = "/dev/sda1 / ext4 rw 0 0\nserver:/share {} nfs4 rw 0 0\n"


def refused(code: str):
    """Expects a RegisterError with this code, and sentences in both languages."""

    class Refused:
        def __enter__(self):
            return self

        def __exit__(self, kind, error, _):
            assert kind is not None and issubclass(kind, RegisterError), f"{error!r}"
            assert error.code == code, f"{error.code}: {error.en}"
            assert error.zh and error.en and PASSPHRASE not in error.zh + error.en
            return True

    return Refused()


def test_the_right_passphrase_opens(vault):
    """By name, or without one where there is only one user."""
    assert outcome(vault) == "whole"
    assert unlock(vault.path, None, PASSPHRASE)[0] == USER


@pytest.mark.parametrize("wrong", ["", " ", PASSPHRASE + " ", PASSPHRASE.upper(), "口令", "x" * 10_000])
def test_a_wrong_passphrase_is_refused(vault, wrong):
    """Also an empty, an almost right and a very long one."""
    with refused("wrong_passphrase"):
        vault.open(wrong)


def test_an_unknown_user_is_refused(vault):
    """The name has to match exactly."""
    with refused("unknown_user"):
        vault.open(user="别人")
    with refused("unknown_user"):
        vault.open(user="")


def test_several_users_have_to_say_who_they_are(vault):
    """Each opens with their own passphrase only; without a name nobody is guessed."""
    vault.reslot((USER, PASSPHRASE, vault.keys), ("分析员", "another one", vault.keys))
    with refused("which_user"):
        vault.open(user=None)
    with refused("wrong_passphrase"):
        vault.open(user="分析员")
    vault.open("another one", "分析员").close()


def test_a_missing_register_and_a_missing_sidecar(vault):
    """Both are named, and no file appears by trying."""
    vault.key_file.unlink()
    with refused("no_sidecar"):
        vault.open()
    vault.path.unlink()
    with refused("no_register"):
        vault.open()
    with refused("no_register"):
        Register.open(vault.path, vault.keys)
    assert list(vault.path.parent.iterdir()) == []


def test_the_sidecar_of_another_register_is_refused(vault, tmp_path):
    """Even with the same user and passphrase: a pair belongs together."""
    other = Vault.make(tmp_path / "另一册.db", pairs=1)
    vault.key_file.write_bytes(other.key_file.read_bytes())
    with refused("not_a_register"):
        vault.open()


def test_a_sidecar_from_before_a_change_of_users_is_refused(vault):
    """A revoked user's old key file no longer opens what was opened with a newer one."""
    old = vault.key_file.read_bytes()
    vault.reslot((USER, "a new passphrase", vault.keys), generation=2)
    vault.open("a new passphrase").close()
    vault.key_file.write_bytes(old)
    with refused("old_sidecar"):
        vault.open()
    vault.reslot((USER, "a third passphrase", vault.keys), generation=5)
    vault.open("a third passphrase").close()


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"PK\x03\x04" * 2000, b"SQLite format 3\x00" + bytes(8176), bytes(8192), "客户,电话\n".encode() * 1000],
    ids=["empty", "one byte", "zip", "plain sqlite header", "zeros", "text"],
)
def test_a_file_that_is_no_register_is_refused(vault, content):
    """And left as it is: an emptied register is not taken for a new one."""
    vault.path.write_bytes(content)
    with refused("not_a_register"):
        vault.open()
    assert vault.path.read_bytes() == content


def test_a_folder_is_no_register(vault):
    """A folder of that name is refused with the same word."""
    vault.path.unlink()
    vault.path.mkdir()
    with refused("not_a_register"):
        vault.open()


def test_nothing_is_overwritten(vault, tmp_path):
    """Neither a register nor a lone key file gives way to a new register."""
    before = vault.path.read_bytes(), vault.key_file.read_bytes()
    with refused("exists"):
        create_keys(vault.path, USER, PASSPHRASE)
    with refused("exists"):
        Register.create(vault.path, vault.keys)
    assert (vault.path.read_bytes(), vault.key_file.read_bytes()) == before
    vault.path.unlink()
    with refused("exists"):
        create_keys(vault.path, USER, PASSPHRASE)
    with refused("no_folder"):
        create_keys(tmp_path / "没有" / "登记册.db", USER, PASSPHRASE)


def test_only_the_owner_can_read_the_files(vault):
    """Register, write-ahead log and key file have no rights for group and others."""
    with vault.open() as register:
        register._connection.execute("UPDATE meta SET value = value")
        files = list(vault.path.parent.iterdir())
        assert len(files) == 4
        assert [file.name for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077] == []


@pytest.mark.parametrize(
    ("schema_number", "code"),
    [(str(NEXT), "newer_schema"), ("999", "newer_schema"), ("x", "not_a_register"), ("-1", "not_a_register")],
)
def test_a_newer_schema_is_refused(vault, schema_number, code):
    """A register of a newer program is refused untouched; a senseless number is damage."""
    vault.tamper(f"UPDATE meta SET value = '{schema_number}' WHERE name = 'schema'")
    with refused(code):
        vault.open()


def test_an_older_register_is_brought_up_to_date_once(vault, monkeypatch):
    """Several processes may open an older register at the same time; each step happens once, and rows stay."""
    steps = [*schema.migrations(), (NEXT, "CREATE TABLE extra (extra INTEGER PRIMARY KEY, entry INTEGER NOT NULL);")]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    faults: list[BaseException] = []

    def open_once(gate: threading.Barrier) -> None:
        gate.wait()
        try:
            Register.open(vault.path, vault.keys).close()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            faults.append(error)

    gate = threading.Barrier(4)
    threads = [threading.Thread(target=open_once, args=(gate,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with vault.open() as register:
        assert register.count("extra") == 0
        assert register.count("lead") == 4
        assert register.verify_audit() == []


def test_a_register_of_every_earlier_program_is_still_proven(tmp_path, monkeypatch):
    """Made with fewer steps, then opened with all: the trail's hashes over its rows hold, so no step changes a table."""
    steps = schema.migrations()
    statements = [
        part.split() for _, text in steps for part in re.sub(r"--[^\n]*", "", text).split(";") if part.strip()
    ]
    assert {" ".join(words[: 3 if words[1] == "UNIQUE" else 2]) for words in statements} == {
        "CREATE TABLE",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
        "DROP INDEX",
    }
    # a file may come again (D4); leads are looked up by what lead_place holds, hashes by their beginnings, rows by their report
    dropped = [words[2] for words in statements if words[0] == "DROP"]
    assert dropped[:2] == ["document_once", "lead_block"]
    assert dropped[2:6] == ["lead_phone", "contact_phone_number", "subject_key_name", "subject_state_digest"]
    assert dropped[6:] == ["lead_row_id"]
    for number in range(1, len(steps)):
        with monkeypatch.context() as patch:
            patch.setattr(schema, "migrations", lambda number=number: steps[:number])
            with earlier_program():
                older = Vault.make(tmp_path / f"{number}.db", 1)
        with older.open() as register:
            assert register.verify_audit() == [] and register.count("lead") == 2


def test_a_step_that_fails_leaves_the_older_register_whole(vault, monkeypatch):
    """A migration is one transaction: half of it never stays."""
    with monkeypatch.context() as patch:
        steps = [*schema.migrations(), (NEXT, "CREATE TABLE extra (extra INTEGER PRIMARY KEY); CREATE TABLE lead (x);")]
        patch.setattr(schema, "migrations", lambda: steps)
        with refused("not_a_register"):
            vault.open()
    assert outcome(vault) == "whole"
    with vault.open() as register:
        assert "extra" not in register._tables


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_network_share_is_refused(vault, monkeypatch, kind):
    """Opening and creating on a share are refused, and no key is left there; other mounts do not matter."""
    folder = vault.path.parent.resolve()
    mounts = NETWORK.format(str(folder).replace(" ", "\\040")).replace("nfs4", kind)
    monkeypatch.setattr(schema, "refuse_network", partial(schema.refuse_network, mounts=mounts))
    with refused("network"):
        vault.open()
    with refused("network"):
        create_keys(folder / "新册.db", USER, PASSPHRASE)
    with refused("network"):
        Register.create(folder / "新册.db", vault.keys)
    assert not list(folder.glob("新册*"))


def test_only_the_innermost_mount_counts(tmp_path):
    """A local disk mounted inside a share is local; a share whose name merely starts alike is elsewhere."""
    inside = tmp_path / "登记 册"
    inside.mkdir()
    escaped = str(inside.resolve()).replace(" ", "\\040")
    with refused("network"):
        schema.refuse_network(inside / "r.db", f"srv:/x {escaped} nfs rw 0 0\n")
    schema.refuse_network(inside / "r.db", f"srv:/x {tmp_path} nfs rw 0 0\n/dev/sdb1 {escaped} ext4 rw 0 0\n")
    schema.refuse_network(inside / "r.db", f"srv:/x {str(tmp_path)[:-1]} nfs rw 0 0\n")
    with refused("network"):
        schema.refuse_network(partial_path("\\\\server\\share\\r.db"), "")


def partial_path(text: str):
    """A path as given, also where the system does not know its form."""
    from pathlib import PurePosixPath

    class Given(PurePosixPath):
        def resolve(self):
            return self

    return Given(text)


def test_the_cipher_library_is_silent(vault, capfd):
    """Refusals are our own sentences; the library's log lines do not reach standard error."""
    for byte in (100, 5000):
        content = bytearray(vault.path.read_bytes())
        content[byte] ^= 1
        vault.path.write_bytes(content)
        assert outcome(vault) in ("not_a_register", "damaged")
    assert capfd.readouterr() == ("", "")


def test_the_steps_of_the_schema_are_numbered_without_gaps():
    """Two steps of one number would leave one of them out of every register."""
    numbers = [number for number, _ in schema.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
