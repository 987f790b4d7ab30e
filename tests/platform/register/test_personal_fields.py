"""Contacts, phones and remarks: sealed per field, searchable only by a keyed hash, nowhere in clear."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.support.vault import CONTACTS, PASSPHRASE, PHONES, USER, Vault, deed, lead, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.register import cipher, expected_schema, schema
from workbench.platform.register.columns import BEGINNING
from workbench.platform.register.store import Register

PLAIN = [*CONTACTS, *PHONES, "刘密联", "李提报", "江城客户", "安徽省", PASSPHRASE]
ANALYST = "分析员", "the analyst's own words"


def stored(vault: Vault, column: str) -> list:
    """A column of ``lead`` as the tables hold it."""
    with vault.raw() as connection:
        return [value for (value,) in connection.execute(f"SELECT {column} FROM lead ORDER BY lead")]


def test_equal_phones_have_equal_hashes(vault):
    """Within a register the first and the fourth lead have one phone; the others differ."""
    keys = stored(vault, "phone_key")
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3
    with vault.open() as register:
        assert register.blind(pd.Series(PHONES)).tolist() == keys
        wanted = register.blind(pd.Series([PHONES[0]])).tolist()
        assert register.read("lead", ["lead"], {"phone_key": wanted})["lead"].tolist() == [1, 4]
        assert register.blind(pd.Series([None, pd.NA, "x"])).isna().tolist() == [True, True, False]


def test_hashes_that_begin_alike_are_told_apart(vault, monkeypatch):
    """Indexes hold the beginnings alone: of phones, and of the names of whom keys are about."""
    genuine = cipher.blind
    alike = lambda key, values: [value and "a" * BEGINNING + value[BEGINNING:] for value in genuine(key, values)]  # noqa: E731
    monkeypatch.setattr(cipher, "blind", alike)
    with vault.open() as register:
        with deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(number, 1) for number in (12, 13, 14, 15)]))
        one, two = (alike(register.keys.index, [phone])[0] for phone in PHONES[:2])
        assert one[:BEGINNING] == two[:BEGINNING] and one != two
        assert register.read("lead", ["lead"], {"phone_key": two})["lead"].tolist() == [14]
        assert register.read("lead", ["lead"], {"phone_key": [one, "a" * BEGINNING]})["lead"].tolist() == [12, 13]
        assert register.read("lead", ["lead"], {"phone_key": None})["lead"].tolist() == []
        assert register.read("lead", ["customer"], {"lead": [12, 15]})["customer"].tolist() == [
            "江城客户12",
            "江城客户15",
        ]
        about = {cipher.subject_of(value) for value in stored(vault, "contact")[4:]}
        assert len(about) == 4 and register.verify_audit() == []


def test_every_hash_that_is_looked_for_has_an_index_of_its_beginning():
    """Which is what ``where_clause`` looks among."""
    steps = schema.migrations()
    made = [item.sql for item in expected_schema.items(steps) if item.kind == "index"]
    hashes = [
        (table, name)
        for table, columns in expected_schema.kinds(steps).items()
        for name, kind in columns.items()
        if kind == "BLIND"
    ]
    assert len(hashes) == 3
    for table, name in hashes:
        assert any(sql and sql.endswith(f" ON {table} (substr({name}, 1, {BEGINNING}))") for sql in made), name


def test_registers_have_different_hashes_for_the_same_phone(vault, tmp_path):
    """Two registers cannot be joined by their hashes, nor guessed from an unkeyed one."""
    from hashlib import blake2b, sha256

    other = Vault.make(tmp_path / "另一册.db", pairs=2)
    assert not set(stored(vault, "phone_key")) & set(stored(other, "phone_key"))
    guesses = {blake2b(PHONES[0].encode(), digest_size=16).hexdigest(), sha256(PHONES[0].encode()).hexdigest()[:32]}
    assert not guesses & set(stored(vault, "phone_key"))


def test_equal_values_are_sealed_differently(vault):
    """The same phone twice gives two ciphertexts; a ciphertext shows whose key it is under and nothing of the value."""
    sealed = stored(vault, "phone")
    assert len(set(sealed)) == 4
    assert len({value[:9] for value in sealed}) == 4 and {value[0] for value in sealed} == {0}
    assert not [value for value in sealed + stored(vault, "contact") for plain in PLAIN if plain.encode() in value]


def test_a_role_without_the_field_key_sees_no_personal_data(vault):
    """An analyst opens the register, reads the rest, and gets a sentence instead of names and phones."""
    vault.reslot((USER, PASSPHRASE, vault.keys), (*ANALYST, vault.without_field_key()))
    with vault.open(ANALYST[1], ANALYST[0]) as register:
        assert register._keys.fields == {}
        assert register._keys.index is None
        assert register.read("lead", ["customer"])["customer"].tolist() == [None] * 4
        assert register.read("lead")["quantity"].tolist() == [12] * 4
        assert register.verify_audit() == []
        for table, column in (
            ("lead", "contact"),
            ("lead", "phone"),
            ("lead", "remark"),
            ("document", "sealed_header"),
        ):
            with pytest.raises(RegisterError) as refusal:
                register.read(table, [column])
            assert refusal.value.code == "no_field_key"
        with pytest.raises(RegisterError) as refusal:
            register.blind(pd.Series(PHONES))
        assert refusal.value.code == "no_field_key"
    with vault.open() as register:
        assert register.read("lead", ["phone"])["phone"].tolist() == list(PHONES)


def test_a_role_without_the_field_key_cannot_write_personal_data_either(vault):
    """The deed is refused and undone; deeds without personal data go through."""
    with Register.open(vault.path, vault.without_field_key()) as register:
        with pytest.raises(RegisterError) as refusal, deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(5, 1)]))
        assert refusal.value.code == "no_field_key"
        with deed(register) as entry:
            entry.append("publication", pd.DataFrame([{"due_on": "2026-01-10", "at": "2026-02-11", "totals": {}}]))
        assert register.count("lead") == 4
        assert register.verify_audit() == []


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("phone", "SELECT phone FROM lead WHERE lead = 4"),  # the same phone, under the key of another row
        ("phone", "SELECT contact FROM lead WHERE lead = 1"),
        ("remark", "SELECT sealed_header FROM document WHERE document = 1"),
    ],
)
def test_a_sealed_value_moved_to_another_row_column_or_table_is_refused(vault, column, other):
    """Whoever holds the file key can move ciphertexts: they open nowhere else, and the trail's check names the row."""
    with vault.raw() as connection:
        changed = connection.execute(f"UPDATE lead SET {column} = ({other}) WHERE lead = 1").rowcount
        connection.commit()
    assert changed == 1
    with vault.open() as register:
        assert {(breach.table, breach.row) for breach in register.verify_audit()} == {("lead", 1)}
        with pytest.raises(RegisterError) as refusal:
            register.read("lead", [column])
    assert refusal.value.code == "damaged_field"


def test_no_file_of_the_register_holds_plain_text(vault):
    """While it is open and written to: register, write-ahead log, shared memory and key file."""
    with vault.open() as register:
        for number in range(3, 30):
            write_pair(register, number)
        files = sorted(vault.path.parent.iterdir())
        assert {file.name.removeprefix(vault.path.name) for file in files} == {"", "-shm", "-wal", ".keys"}
        assert Path(f"{vault.path}-wal").stat().st_size > 100_000
        for file in files:
            raw = file.read_bytes()
            for plain in (*PLAIN, "CREATE TABLE", "SQLite format", vault.keys.register_id):
                hidden = file.name.endswith(".keys") and plain == vault.keys.register_id
                assert hidden or plain.encode() not in raw, file.name
                assert plain.encode("utf-16-le") not in raw
            assert vault.keys.file not in raw
    assert all(b"1390000" not in file.read_bytes() for file in vault.path.parent.iterdir())


def test_a_decrypted_file_still_hides_personal_fields(vault):
    """Someone with the file key sees numbers and days; contacts, phones, remarks, customers and header names stay sealed."""
    with vault.raw() as connection:
        rows = [
            row
            for table in ("lead", "document", "state", "entry", "meta")
            for row in connection.execute(f"SELECT * FROM {table}")
        ]
    text = "|".join(str(value) for row in rows for value in row)
    assert "DK202601-00001" in text
    for plain in (*CONTACTS, *PHONES, "刘密联", "李提报", "江城客户", "表1"):
        assert plain not in text
        assert plain.encode().hex() not in text
