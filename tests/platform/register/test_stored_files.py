"""Files kept encrypted beside the register, attacked on disk and by every key: altered, cut, exchanged, missing, destroyed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.vault import MOMENT, USER, Vault, deed
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.register import destruction, stored_files
from workbench.platform.register.names import number_of
from workbench.platform.register.store import Register
from workbench.platform.register.stored_files import CHUNK, TAG, StoredFile, folder_of, seal, unseal
from workbench.platform.register.subjects import name_of_customer

ONE, TWO = "江城重工集团", "皖南制药厂"
TEXT = "购车合同，联系人张联系，电话13900001111。".encode()
SIZES = (1, len(TEXT), CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5)


def content(size: int) -> bytes:
    """Text that is no multiple of a chunk in length, as often as it takes."""
    return (TEXT * (size // len(TEXT) + 1))[:size]


def customers(register: Register) -> list[int]:
    """The two customers' numbers."""
    with deed(register) as entry:
        keys = register.names.customers(entry, pd.Series([ONE, TWO], dtype=object))
    return [number for key in keys if (number := number_of(key)) is not None]


def store(register: Register, subject: int, raw: bytes, folder: Path) -> StoredFile:
    """A file stored, and its record."""
    source = folder / "合同.pdf"
    source.write_bytes(raw)
    file = seal(register, subject, source)
    with deed(register) as entry:
        entry.append("stored_file", pd.DataFrame([{**file.record(), "at": MOMENT}]))
    return file


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A register with a file of three chunks of the first customer and a short one of the second."""
    folder = tmp_path_factory.mktemp("stored")
    (folder / "册").mkdir()
    vault = Vault.make(folder / "册" / "册.db")
    with vault.open() as register:
        one, two = customers(register)
        files = [store(register, one, content(2 * CHUNK + 5), folder), store(register, two, TEXT, folder)]
    return folder, vault, files


@pytest.fixture
def kept(origin, tmp_path):
    """A copy of it, and of the file that was stored last."""
    folder, vault, files = origin
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return Vault(tmp_path / "册" / "册.db", vault.keys), files


def on_disk(vault: Vault, file: StoredFile) -> Path:
    return folder_of(vault.path) / file.address


def outcome(vault: Vault, file: StoredFile, target: Path) -> str:
    """What opening a file says, and what is at the target then."""
    with vault.open() as register:
        try:
            unseal(register, file, target)
        except RegisterError as refused:
            assert not target.exists() and list(target.parent.glob("*.part")) == []
            return refused.code
    return "whole"


def named(vault: Vault) -> list[str]:
    with vault.open() as register:
        return [breach.code for breach in stored_files.breaches(register)]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_stored_comes_back_byte_by_byte(tmp_path, size):
    """Of one chunk, of several, with and without a rest; for its owner's eyes alone."""
    vault = Vault.make(tmp_path / "册.db")
    with vault.open() as register:
        file = store(register, customers(register)[0], content(size), tmp_path)
        unseal(register, file, tmp_path / "取出.pdf")
        assert stored_files.breaches(register) == [] == register.verify_audit()
    assert (tmp_path / "取出.pdf").read_bytes() == content(size)
    assert (tmp_path / "取出.pdf").stat().st_mode & 0o777 == 0o600
    assert folder_of(vault.path).stat().st_mode & 0o777 == 0o700
    chunks = -(-size // CHUNK)
    assert on_disk(vault, file).stat().st_size == stored_files.HEAD + size + chunks * TAG


def test_nothing_stands_in_clear_on_disk_and_names_tell_nothing(kept):
    """Neither content nor a name in any file; the same content of two customers has two names, of one customer one."""
    vault, (one, two) = kept
    for path in vault.path.parent.rglob("*"):
        raw = path.read_bytes() if path.is_file() else b""
        assert TEXT[:12] not in raw and "合同" not in path.name and ONE.encode() not in raw
    folder = vault.path.parent.parent
    with vault.open() as register:
        before = on_disk(vault, two).read_bytes()
        again = store(register, two.subject, TEXT, folder)
        other = store(register, one.subject, TEXT, folder)
    assert again.address == two.address and on_disk(vault, two).read_bytes() == before
    assert other.address != two.address and on_disk(vault, other).read_bytes()[16:40] != before[16:40]
    assert sorted(path.name for path in folder_of(vault.path).iterdir()) == sorted(
        {one.address, two.address, other.address}
    )


def cut(raw: bytes) -> bytes:
    """Without its last chunk."""
    return raw[: stored_files.HEAD + 2 * (CHUNK + TAG)]


def exchanged(raw: bytes) -> bytes:
    """With two chunks exchanged."""
    first, size = stored_files.HEAD, CHUNK + TAG
    return raw[:first] + raw[first + size : first + 2 * size] + raw[first : first + size] + raw[first + 2 * size :]


ALTERED = {
    "a bit of a chunk": lambda raw: raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:],
    "whom it is about": lambda raw: raw[:15] + bytes([raw[15] ^ 3]) + raw[16:],
    "cut at a chunk": cut,
    "cut within a chunk": lambda raw: raw[:-7],
    "two chunks exchanged": exchanged,
    "something added": lambda raw: raw + b"\0",
    "emptied": lambda raw: b"",
}


@pytest.mark.parametrize("how", ALTERED)
def test_an_altered_file_is_named_and_not_opened(kept, tmp_path, how):
    """By whoever verifies, also without the keys of personal fields; and where the digest is passed over, the seal holds."""
    vault, (one, _) = kept
    path = on_disk(vault, one)
    path.write_bytes(ALTERED[how](path.read_bytes()))
    assert named(vault) == ["file_changed"]
    assert outcome(vault, one, tmp_path / "取出.pdf") == "stored_file_changed"
    with Register.open(vault.path, vault.without_field_key()) as register:
        assert [breach.code for breach in stored_files.breaches(register)] == ["file_changed"]
    digest = stored_files.hashlib.sha256(path.read_bytes()).hexdigest()
    forged = StoredFile(one.subject, one.address, digest, one.size)
    assert outcome(vault, forged, tmp_path / "取出.pdf") == "stored_file_changed"


def test_exchanged_and_missing_files_are_named(kept, tmp_path):
    """Two files under each other's names; one taken away."""
    vault, (one, two) = kept
    a, b = on_disk(vault, one), on_disk(vault, two)
    os.rename(a, tmp_path / "x")
    os.rename(b, a)
    os.rename(tmp_path / "x", b)
    assert named(vault) == ["file_changed", "file_changed"]
    assert outcome(vault, two, tmp_path / "取出.pdf") == "stored_file_changed"
    a.unlink()
    assert sorted(named(vault)) == ["file_changed", "file_missing"]
    assert outcome(vault, one, tmp_path / "取出.pdf") == "stored_file_missing"


def test_a_record_altered_in_the_register_is_named_by_the_trail(kept):
    """Who puts another file in place and its digest into the register is named by ``audit verify``."""
    vault, (_, two) = kept
    on_disk(vault, two).write_bytes(b"x")
    digest = stored_files.hashlib.sha256(b"x").hexdigest()
    vault.tamper(f"UPDATE record SET fields = replace(fields, '{two.digest}', '{digest}')")
    assert named(vault) == []
    with vault.open() as register:
        assert {breach.code for breach in register.verify_audit()} == {"digest"}


def test_a_destroyed_customers_files_open_to_nobody(kept, tmp_path):
    """With every key there is; those of others go on, and what is left on disk, or taken away, is no breach."""
    vault, (one, two) = kept
    with vault.open() as register:
        own = {file.address: register.subjects.key(file.subject) for file in (one, two)}
        assert destruction.destroy(register, [name_of_customer(ONE)], user=USER, now=MOMENT, reason="到期") == 1
    assert outcome(vault, one, tmp_path / "一.pdf") == "destroyed_file"
    assert outcome(vault, two, tmp_path / "二.pdf") == "whole"
    raw = on_disk(vault, one).read_bytes()
    with vault.open() as register:
        held = [*register.keys.fields.values(), *register.keys.names.values(), register.keys.file, register.keys.audit]
        held += [register.keys.index, *register.subjects.all().values()]
        assert own[one.address] not in held
        forged = StoredFile(two.subject, one.address, one.digest, one.size)
        with pytest.raises(RegisterError) as error:
            unseal(register, forged, tmp_path / "三.pdf")
        assert error.value.code == "stored_file_changed"
    head = raw[: stored_files.HEAD]
    for key in held:
        for made in (key, *stored_files_keys(key, one.address)):
            with pytest.raises(InvalidTag):
                AESGCM(made).decrypt(bytes(12), raw[stored_files.HEAD :][: CHUNK + TAG], head + one.address.encode())
    on_disk(vault, one).unlink()
    assert named(vault) == []


def stored_files_keys(key: bytes, address: str) -> list[bytes]:
    """What a file's key would be if this were its customer's, by the formulas of the page on the register."""
    own = stored_files.blake2b(key=key, digest_size=32, person=b"file key").digest()
    return [stored_files.blake2b(address.encode(), key=own, digest_size=32, person=b"file content").digest()]


def test_the_formulas_of_the_page_open_a_file_whose_customer_has_a_key(kept):
    """So that the test before attacks what is there."""
    vault, (_, two) = kept
    raw = on_disk(vault, two).read_bytes()
    with vault.open() as register:
        (key,) = stored_files_keys(register.subjects.key(two.subject), two.address)
    head, chunk = raw[: stored_files.HEAD], raw[stored_files.HEAD :]
    assert AESGCM(key).decrypt(bytes(11) + b"\1", chunk, head + two.address.encode()) == TEXT


def test_who_holds_no_field_key_neither_stores_nor_opens(kept, tmp_path):
    """An auditor, an analyst."""
    vault, (one, _) = kept
    source = tmp_path / "合同.pdf"
    with Register.open(vault.path, vault.without_field_key()) as register:
        for refused in (
            lambda: unseal(register, one, tmp_path / "取出.pdf"),
            lambda: seal(register, one.subject, source),
        ):
            with pytest.raises(RegisterError) as error:
                refused()
            assert error.value.code == "no_field_key"


def test_what_cannot_be_stored_or_written_is_said(kept, tmp_path, monkeypatch):
    """Nothing there, nothing in it, too much of it, changed under our hands; a place that is taken."""
    vault, (one, _) = kept
    empty, taken, source = tmp_path / "空", tmp_path / "已有", tmp_path / "合同.pdf"
    empty.touch()
    taken.write_bytes(b"mine")
    with vault.open() as register:

        def code(deed) -> str:
            with pytest.raises(WrongUse) as error:
                deed()
            return error.value.code

        assert code(lambda: seal(register, one.subject, tmp_path / "没有")) == "no_such_file"
        assert code(lambda: seal(register, one.subject, empty)) == "empty_file"
        assert code(lambda: unseal(register, one, taken)) == "exists"
        assert taken.read_bytes() == b"mine"
        monkeypatch.setattr(stored_files, "LARGEST", 3)
        assert code(lambda: seal(register, one.subject, source)) == "too_large"
        monkeypatch.undo()
        monkeypatch.setattr(stored_files, "_address", lambda naming, content: "0" * 64)
        assert code(lambda: seal(register, one.subject, source)) == "changed_meanwhile"
    assert list(folder_of(vault.path).glob("*.part")) == []
    assert not (folder_of(vault.path) / ("0" * 64)).exists()


def test_storing_again_mends_what_was_altered(kept, tmp_path):
    """The same content gives the same bytes."""
    vault, (_, two) = kept
    on_disk(vault, two).write_bytes(b"x")
    assert named(vault) == ["file_changed"]
    (tmp_path / "合同.pdf").write_bytes(TEXT)
    with vault.open() as register:
        assert seal(register, two.subject, tmp_path / "合同.pdf").digest == two.digest
    assert named(vault) == []
