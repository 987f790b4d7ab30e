"""A key for every customer: sealed values open with it alone, and with nobody's keys once it was destroyed.

Attacks are made on the bytes of the file and by a bare connection, with the keys the attacker's role holds; to decrypt, the
attacker has a reader of his own.
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import pandas as pd
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.pages import decrypted
from tests.support.vault import CONTACTS, MOMENT, PHONES, USER, Vault, deed, document, lead, outcome, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.capability import Capability, extended
from workbench.platform.register import destruction, rotation
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.columns import BEGINNING
from workbench.platform.register.facts import TEXT, FactTable
from workbench.platform.register.keys import Keys
from workbench.platform.register.store import Register
from workbench.platform.register.subjects import name_of_customer

FIRST, SECOND = "江城客户1", "江城客户2"
PERSONAL = ["contact", "phone", "content", "remark"]


def destroy(vault: Vault, *customers: str, names: tuple[str, ...] = ()) -> int:
    """Destroy the keys of customers, as a custodian."""
    wanted = [*map(name_of_customer, customers), *names]
    with vault.open() as register:
        return destruction.destroy(register, wanted, user=USER, now=MOMENT, reason="到期")


def with_masks(vault: Vault) -> None:
    """A third file with two leads of the first customer, their masks and a second number of the contact."""
    with vault.open() as register, deed(register) as entry:
        entry.append("document", pd.DataFrame([document(3)]))
        rows = [lead(5, 3, customer=FIRST, customer_key=FIRST), lead(6, 3)]
        entry.append("lead", pd.DataFrame(rows))
        masks = [{"lead": n, "version": 1, "contact": "张**", "phone": "139****1111"} for n in (5, 6)]
        entry.append("mask", pd.DataFrame(masks))
        more = [{"lead": n, "document": 3, "number": "13900004444"} for n in (5, 6)]
        entry.append("contact_phone", pd.DataFrame(more))


def unwrapped(row: tuple[Any, ...], fields: dict[int, bytes]) -> bytes | None:
    """The attacker's own: a customer's key out of its row, with field keys."""
    number, name, version, salt, wrapped = row
    bound = json.dumps(["subject", number, name, version, salt]).encode()
    try:
        return AESGCM(fields[version]).decrypt(wrapped[:12], wrapped[12:], bound)
    except (InvalidTag, KeyError):
        return None


def read_raw(vault: Vault, keys: Keys) -> dict[int, str]:
    """The attacker's own: the phones (by lead) that these keys open, by trying every key he can get at."""
    with vault.raw() as connection:
        wraps = connection.execute("SELECT subject_key, name, version, salt, wrapped FROM subject_key").fetchall()
        rows = connection.execute("SELECT lead_version, lead, phone FROM lead").fetchall()
    held = [keys.file, keys.audit, *keys.fields.values(), *([keys.index] if keys.index else [])]
    held += [key for row in wraps if (key := unwrapped(row, dict(keys.fields)))]
    opened = {}
    for row, number, sealed in rows:
        subject = int.from_bytes(sealed[1:9], "big")
        for bound in (f"lead|phone|{row}", f"lead|phone|{row}|{subject}"):
            for key in held:
                for start in (1, 9):
                    try:
                        plain = AESGCM(key).decrypt(sealed[start : start + 12], sealed[start + 12 :], bound.encode())
                    except InvalidTag:
                        continue
                    opened[number] = plain.decode()
    return opened


def test_the_field_key_opens_values_only_by_way_of_a_customers_key(vault):
    """All phones with it; none with all that the slot of an analyst holds; and the field key itself seals no value."""
    assert read_raw(vault, vault.keys) == dict(zip((1, 2, 3, 4), PHONES, strict=True))
    assert read_raw(vault, vault.without_field_key()) == {}
    vault.tamper("DELETE FROM subject_key")
    assert read_raw(vault, vault.keys) == {}


def test_a_destroyed_key_opens_nothing_to_anybody(vault):
    """With all keys there are; the others' values stay, and the program says so in a word where there was a value."""
    assert destroy(vault, FIRST) == 1
    assert read_raw(vault, vault.keys) == {2: PHONES[1], 3: PHONES[2], 4: PHONES[3]}
    with vault.open() as register:
        read = register.read("lead", ["lead", *PERSONAL])
        assert read[["contact", "phone", "remark"]].iloc[0].tolist() == [DESTROYED] * 3
        assert read["content"].isna().all()  # where nothing stood nothing is said
        assert read["contact"].tolist()[1:] == list(CONTACTS[1:])
        assert register.read("lead")["customer"].tolist() == [DESTROYED, *(f"江城客户{n}" for n in (2, 3, 4))]


def test_the_trail_stays_whole_and_tells_destroyed_from_missing(vault):
    """Hashes, chain and heads of before hold; a key that went without an entry is named, at reading and by the trail."""
    with vault.open() as register:
        anchor = register.head()
    destroy(vault, FIRST)
    assert outcome(vault, anchor) == "whole"
    with vault.raw() as connection:
        kept = connection.execute("SELECT * FROM subject_key WHERE wrapped <> x'' ORDER BY 1 DESC").fetchone()
        connection.execute("DELETE FROM subject_key WHERE subject_key = ?", kept[:1])
    assert outcome(vault) == "digest+key_missing"  # hashes of its contact cannot be accounted for either
    with vault.open() as register, pytest.raises(RegisterError) as refusal:
        register.read("lead", ["phone"])
    assert refusal.value.code == "missing_key"
    with vault.raw() as connection:
        connection.execute("INSERT INTO subject_key VALUES (?, ?, ?, ?, ?)", kept)
    assert outcome(vault) == "whole"


def test_a_copy_of_before_still_opens(vault, tmp_path):
    """What is not promised: whoever holds the keys reads a copy that was made before."""
    older = vault.copy(tmp_path / "旧")
    destroy(vault, FIRST)
    assert read_raw(older, vault.keys)[1] == PHONES[0] and 1 not in read_raw(vault, vault.keys)


def test_a_destroyed_key_put_back_from_an_older_copy_is_named(vault, tmp_path):
    """And the program goes on saying destroyed; a new lead of the customer is not sealed under it."""
    older = vault.copy(tmp_path / "旧")
    destroy(vault, FIRST)
    with vault.raw() as connection:
        (gone,) = connection.execute("SELECT subject FROM subject_state WHERE digest IS NULL").fetchone()
    with older.raw() as connection:
        row = connection.execute("SELECT * FROM subject_key WHERE subject_key = ?", (gone,)).fetchone()
    with vault.raw() as connection:
        connection.execute("INSERT INTO subject_key VALUES (?, ?, ?, ?, ?)", row)
    assert outcome(vault) == "key_back"
    with vault.open() as register:
        assert register.read("lead", ["phone"])["phone"].iloc[0] == DESTROYED
        with pytest.raises(RegisterError) as refusal, deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(9, 1, customer=FIRST, customer_key=FIRST)]))
        assert refusal.value.code == "trail_changed"


def test_nothing_of_a_destroyed_key_is_left_in_any_page(vault):
    """Free pages, unused parts of pages, log: the bytes that stood in the file before stand in none any more.

    The search is proven by the copy of before, and by a page-filling of other rows that moves cells about.
    """
    with vault.open() as register:
        for number in range(3, 40):
            write_pair(register, number)
    with vault.raw() as connection:
        found = connection.execute("SELECT subject_key, name, version, salt, wrapped FROM subject_key").fetchall()
    names = {f"江城客户{n}" for n in range(1, 79, 3)}
    before = decrypted(vault.path, vault.keys.file)
    assert all(row[4] in before and row[3].encode() in before for row in found)
    destroy(vault, *names)
    with vault.raw() as connection:
        left = {number for (number,) in connection.execute("SELECT subject_key FROM subject_key")}
    gone = [row for row in found if row[0] not in left]
    assert len(gone) == len(names)
    assert sorted(item.name for item in vault.path.parent.iterdir()) == [vault.path.name, vault.key_file.name]
    with vault.open() as register:
        register.copy_to(vault.path.with_name("后来的备份.db"))
    after = decrypted(vault.path, vault.keys.file) + decrypted(vault.path.with_name("后来的备份.db"), vault.keys.file)
    for row in gone:
        key = unwrapped(row, dict(vault.keys.fields))
        assert key is not None
        for trace in (row[4], row[4][12:], row[3].encode(), row[1].encode(), key):
            assert trace not in after
    assert all(row[4] in after for row in found if row[0] in left)


def guessed(vault: Vault, number: int) -> list[str]:
    """The attacker's own: phones of a lead that fit its hash, among the ten thousand its mask leaves (or all of 1390000…)."""
    assert vault.keys.index is not None
    with vault.raw() as connection:
        (wanted,) = connection.execute("SELECT phone_key FROM lead WHERE lead = ?", (number,)).fetchone()
        salts = [salt for (salt,) in connection.execute("SELECT salt FROM subject_key")]
    phones = [f"1390000{end:04d}" for end in range(10_000)]
    hashed = {blake2b(phone.encode(), key=vault.keys.index, digest_size=16).hexdigest(): phone for phone in phones}
    found = [hashed[wanted]] if wanted in hashed else []
    for salt in salts:
        for blind, phone in hashed.items():
            made = blake2b(f"{salt}|{blind}".encode(), digest_size=16, person=b"erasable").hexdigest()
            found += [phone] if wanted == "~" + made else []
    return found


def test_hash_and_mask_of_a_phone_go_with_the_key(vault):
    """Before, the index key and ten thousand tries give a phone away; after, nothing in the file does."""
    with_masks(vault)
    assert guessed(vault, 5) == [PHONES[0]]
    with vault.raw() as connection:
        (hashed,) = connection.execute("SELECT phone_key FROM lead WHERE lead = 5").fetchone()
        (other,) = connection.execute("SELECT number FROM contact_phone WHERE lead = 5").fetchone()
    destroy(vault, FIRST)
    assert guessed(vault, 1) == guessed(vault, 5) == [] and guessed(vault, 6) == [PHONES[1]]
    assert outcome(vault) == "whole"
    pages = decrypted(vault.path, vault.keys.file)
    assert pages.count(other.encode()) == 1  # the other lead's row, whose beginning is in the index too
    assert pages.count(other[:BEGINNING].encode()) == 2
    with vault.open() as register:
        shown = register.read("mask", ["lead", "contact", "phone"])
        assert shown.values.tolist() == [[5, DESTROYED, DESTROYED], [6, "张**", "139****1111"]]
        kept = register.read("lead", ["lead", "phone_key"])
        assert hashed not in kept["phone_key"].iloc[[0, 4]].tolist() and kept["phone_key"].iloc[3] == hashed
        numbers = register.read("contact_phone", ["number"])["number"].tolist()
        assert other == numbers[1] != numbers[0]
    vault.tamper("UPDATE lead SET quantity = 3 WHERE lead = 5")  # the rest of the row is still accounted for
    assert outcome(vault) == "digest"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mask SET phone = '139****2222' WHERE lead = 5",
        "UPDATE mask SET phone = '~' || '0' WHERE lead = 6",
        "UPDATE lead SET phone_key = (SELECT phone_key FROM lead WHERE lead = 2) WHERE lead = 5",
        "UPDATE contact_phone SET number = '~00' WHERE lead = 5",
        "UPDATE mask SET phone = NULL WHERE lead = 5",
    ],
)
def test_hashes_and_masks_are_accounted_for(vault, statement):
    """Changed with the file key before or after a destruction: the trail shows it."""
    with_masks(vault)
    destroy(vault, FIRST)
    if "NULL" not in statement:
        vault.tamper(statement)
        assert outcome(vault) == "digest"
    else:
        with pytest.raises(Exception, match="NOT NULL"):
            vault.tamper(statement)


def test_exchanged_keys_of_two_customers_are_noticed(vault):
    """At reading, for a wrapped key is bound to its customer and to the field key; and by the trail, without any key."""
    columns = "version = (SELECT version FROM other), salt = (SELECT salt FROM other), wrapped"
    for what in ("wrapped", columns, "salt", "name"):
        bent = vault.copy(vault.path.parent / f"换{len(what)}{what[:4]}")
        target = "name" if what == "name" else what
        with bent.raw() as connection:
            one, two = connection.execute("SELECT * FROM subject_key ORDER BY subject_key LIMIT 2 OFFSET 1").fetchall()
            places = {"wrapped": [4], "salt": [3], "name": [1]}.get(target, [2, 3, 4])
            connection.execute("DELETE FROM subject_key WHERE subject_key IN (?, ?)", (one[0], two[0]))
            for row, other in ((one, two), (two, one)):
                mixed = [other[n] if n in places else value for n, value in enumerate(row)]
                connection.execute("INSERT INTO subject_key VALUES (?, ?, ?, ?, ?)", mixed)
        with bent.open() as register:
            assert "key_changed" in {breach.code for breach in register.verify_audit()}
            with pytest.raises(RegisterError) as refusal:
                register.read("lead", ["phone"])
            assert refusal.value.code == "damaged_field"
        with Register.open(bent.path, bent.without_field_key()) as register:
            assert "key_changed" in {breach.code for breach in register.verify_audit()}


@pytest.mark.parametrize("value", ["x'00'", "'x'", "''", "1.5"])
@pytest.mark.parametrize("column", ["name", "version", "salt", "wrapped"])
def test_an_altered_row_of_a_key_is_a_word_and_no_fault(vault, column, value):
    """Whatever stands there: the trail names it, and reading is refused."""
    vault.tamper(
        f"UPDATE subject_key SET {column} = {value} WHERE subject_key = (SELECT max(subject_key) FROM subject_key)"
    )
    assert "key_changed" in outcome(vault)
    with vault.open() as register, pytest.raises(RegisterError) as refusal:
        register.read("lead", ["phone"])
    assert refusal.value.code == "damaged_field"


def test_a_key_made_by_somebody_else_is_noticed(vault):
    """Who holds the field key can wrap a key of his own: nothing opens under it, and the trail shows it."""
    with vault.raw() as connection:
        number, name, version, salt, _ = connection.execute(
            "SELECT * FROM subject_key WHERE wrapped <> x'' ORDER BY 1 DESC"
        ).fetchone()
        bound = json.dumps(["subject", number, name, version, salt]).encode()
        wrapped = b"\0" * 12 + AESGCM(vault.keys.fields[version]).encrypt(b"\0" * 12, b"k" * 32, bound)
        connection.execute("UPDATE subject_key SET wrapped = ? WHERE subject_key = ?", (wrapped, number))
    assert outcome(vault) == "key_changed"
    with vault.open() as register, pytest.raises(RegisterError) as refusal:
        register.read("lead", ["phone"])
    assert refusal.value.code == "damaged_field"


def test_a_customer_who_comes_again_gets_another_key(vault):
    """Numbers of keys are never used twice; what was destroyed stays so."""
    with vault.raw() as connection:
        (highest,) = connection.execute("SELECT max(subject_key) FROM subject_key").fetchone()
    destroy(vault, FIRST, "江城客户4")
    with vault.open() as register:
        with deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(5, 1, customer=FIRST, customer_key=FIRST)]))
        read = register.read("lead", ["phone"])["phone"].tolist()
        assert read == [DESTROYED, PHONES[1], PHONES[2], DESTROYED, PHONES[0]]
        assert register.maximum("subject_key", "subject_key") == highest + 2  # one for the reason of the destruction
        assert register.verify_audit() == []


def test_versions_of_a_customer_and_what_is_about_its_leads_share_a_key(vault):
    """A correction and a remark of the section; a file's header and what names no lead have keys of their own."""
    with vault.open() as register, deed(register) as entry:
        entry.append("lead", pd.DataFrame([lead(1, 2, version=2, customer=FIRST, customer_key=FIRST)]))
        answer = {"lead": 1, "section": "S1", "at": MOMENT, "verdict": "有效", "remark": "张联系说过", "document": 2}
        entry.append("feedback", pd.DataFrame([{**answer, "row": 1}]))
        added = {"template": "t", "field": "f", "title": "微信", "filled": True, "personal": True, "at": MOMENT}
        added |= {"document": 2, "row": 1, "cell": "A1", "value": None}
        cells = [{"subject": "s", "lead": name} for name in ("DK202601-00001", None, "DK209901-99999")]
        entry.append("added_value", pd.DataFrame([{**added, **cell, "sealed_value": '"wx"'} for cell in cells]))
    destroy(vault, FIRST)
    with vault.open() as register:
        assert register.read("lead", ["phone"], {"lead": 1})["phone"].tolist() == [DESTROYED, DESTROYED]
        assert register.read("feedback", ["remark"])["remark"].tolist() == [DESTROYED]
        assert register.read("added_value", ["sealed_value"])["sealed_value"].tolist() == [DESTROYED, '"wx"', '"wx"']
        assert register.read("document", ["sealed_header"])["sealed_header"].iloc[0] == '{"reporter": "李提报"}'
    destroy(vault, names=("document|1",))
    with vault.open() as register:
        assert register.read("document", ["sealed_header"])["sealed_header"].iloc[0] == DESTROYED


def test_rows_of_declared_tables_say_destroyed_too(vault):
    """A table without one of its own in the file: each personal field of the row."""
    table = FactTable(
        name="sighting", word="目击", columns={"number": TEXT, "lead": TEXT}, by_lead_number="lead", sealed=("who",)
    )
    with extended(Capability("sightings", "目击", tables=(table,))):
        with vault.open() as register, deed(register) as entry:
            rows = [{"number": "M1", "lead": "DK202601-00001", "who": "张联系"}, {"number": "M2", "who": "李"}]
            entry.append("sighting", pd.DataFrame(rows))
        destroy(vault, FIRST)
        with vault.open() as register:
            assert register.read("sighting", ["number", "who"]).values.tolist() == [["M1", DESTROYED], ["M2", "李"]]


def test_rotation_wraps_the_keys_anew_and_leaves_the_values(vault):
    """The old field keys open no wrapped key of the new file; sealed bytes are the same; what was destroyed stays so."""
    destroy(vault, SECOND)
    sealed = "SELECT contact, phone, remark FROM lead ORDER BY lead"
    with vault.raw() as connection:
        before = connection.execute(sealed).fetchall()
        wraps = connection.execute("SELECT * FROM subject_key WHERE wrapped <> x'' ORDER BY 1").fetchall()

    def write_entry(register: Register, keys: Keys, content: dict[str, Any]) -> None:
        with register.transaction("rotate", at=MOMENT, recorded_at=MOMENT, user=USER, detail={}) as entry:
            entry.record_key_file(content)
            register.subjects.wrap_anew(entry)

    with vault.open() as register:
        keys = rotation.rotate(register, write_entry)
    rotated = replace(vault, keys=keys)
    with rotated.raw() as connection:
        assert connection.execute(sealed).fetchall() == before
        now = connection.execute("SELECT * FROM subject_key WHERE wrapped <> x'' ORDER BY 1").fetchall()
    assert [row[0] for row in now] == [row[0] for row in wraps] and {row[2] for row in now} == {2}
    pages = decrypted(rotated.path, keys.file)
    assert not any(row[4] in pages for row in wraps)
    old = {1: vault.keys.fields[1], 2: vault.keys.fields[1]}
    assert [unwrapped(row, old) for row in now] == [None] * len(now)
    assert [unwrapped(row, dict(keys.fields)) for row in now] == [unwrapped(row, old) for row in wraps]
    assert outcome(rotated) == "whole"
    with rotated.open() as register:
        assert register.read("lead", ["phone"])["phone"].tolist() == [PHONES[0], DESTROYED, *PHONES[2:]]


def test_a_deed_that_is_undone_leaves_no_key(vault):
    """Neither in the file nor in memory: the next new customer under that number is read right."""
    with vault.open() as register:
        for end in ("raise", "discard"):
            try:
                with deed(register) as entry:
                    entry.append("lead", pd.DataFrame([lead(8, 1)]))
                    entry.discard()
                    if end == "raise":
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        with deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(9, 1)]))
        assert register.read("lead", ["phone"], {"lead": 9})["phone"].tolist() == [PHONES[0]]
    assert outcome(vault) == "whole"
    with vault.open() as register:
        assert register.read("lead", ["phone"], {"lead": 9})["phone"].tolist() == [PHONES[0]]


def test_a_destruction_is_refused_while_others_have_the_register_open(vault, monkeypatch):
    """Nothing changed; both go on."""
    monkeypatch.setattr(rotation, "PATIENCE", 0.05)
    with vault.open() as other:
        with pytest.raises(RegisterError) as refusal:
            destroy(vault, FIRST)
        assert refusal.value.code == "in_use"
        assert other.read("lead", ["phone"])["phone"].tolist() == list(PHONES)
        write_pair(other, 3)
    assert outcome(vault) == "whole"
