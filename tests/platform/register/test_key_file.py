"""The key file: cut, edited or bent in any place, it is refused with one of two words and never opens."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import pytest

from tests.support.vault import PASSPHRASE, USER, outcome
from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, key_slots
from workbench.platform.register.keys import create_keys

DAMAGED = {"damaged_sidecar"}
# where the altered part is what the passphrase has to open, the two causes cannot be told apart
EITHER = {"damaged_sidecar", "wrong_passphrase"}


def test_flipped_bytes_never_open(vault):
    """A byte changed at 120 sampled places: refused, whatever the byte stood for."""
    content = vault.key_file.read_bytes()
    chance, seen = random.Random(20260105), set()
    for place in chance.sample(range(len(content)), 120):
        bent = bytearray(content)
        bent[place] ^= 1 << chance.randrange(8)
        vault.key_file.write_bytes(bent)
        before, after = (_parsed(raw) for raw in (content, bytes(bent)))
        if before == after:  # white space between the parts says nothing
            continue
        got = outcome(vault)
        assert got in EITHER | {"unknown_user", "foreign_share"}, f"byte {place}: {got}"
        seen.add(got)
    assert {"damaged_sidecar", "wrong_passphrase"} <= seen


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode())
    except ValueError:
        return raw


def test_a_truncated_sidecar_is_damaged(vault):
    """Cut anywhere, also to nothing."""
    content = vault.key_file.read_bytes()
    for size in (0, 1, 2, len(content) // 3, len(content) // 2, len(content) - 3, len(content) - 1):
        vault.key_file.write_bytes(content[:size])
        assert outcome(vault) == "damaged_sidecar", size


def test_what_a_new_key_file_begins_with(tmp_path, cheap_slots):
    """First generation, first turn of its slot, keys of full length; the folder has to be there, and nothing in its place."""
    register = tmp_path / "登记册.db"
    keys = create_keys(register, USER, PASSPHRASE)
    body = key_file.read(register)
    (slot,) = body["slots"]
    assert (body["format"], body["generation"], slot["user"], slot["turn"]) == (key_file.FORMAT, 1, USER, 1)
    assert body["roster"]["epoch"] == 1 and len(body["register"]) == 32
    assert {len(key) for key in (keys.file, keys.audit, keys.index, *keys.fields.values(), *keys.names.values())} == {
        32
    }
    assert keys.generation == 1 and set(keys.fields) == set(keys.names) == {1}
    assert len(base64.b64decode(slot["kdf"]["salt"])) == 16
    with pytest.raises(RegisterError) as taken:
        create_keys(register, USER, PASSPHRASE)
    assert taken.value.code == "exists" and str(key_file.path_of(register)) in str(taken.value)
    with pytest.raises(RegisterError) as nowhere:
        create_keys(tmp_path / "无" / "登记册.db", USER, PASSPHRASE)
    assert nowhere.value.code == "no_folder" and str(tmp_path / "无") in str(nowhere.value)


SLOT = "slots", 0
EDITS: list[tuple[str, tuple, Any, set[str]]] = [
    ("another format", ("format",), 4, DAMAGED),
    ("the format of before there were rosters", ("format",), 2, DAMAGED),
    ("another roster", ("roster", "epoch"), 9, DAMAGED),
    ("other commitments", ("roster", "keys", "audit"), "0", {"foreign_share"}),
    ("the format of trials", ("format",), 1, {"trial_sidecar"}),
    ("format of no kind", ("format",), None, DAMAGED),
    ("another generation", ("generation",), 7, DAMAGED),
    ("generation of text", ("generation",), "1", DAMAGED),
    ("another register", ("register",), "0" * 32, EITHER),
    ("register of no kind", ("register",), 5, DAMAGED),
    ("no slots", ("slots",), [], DAMAGED),
    ("slots of no kind", ("slots",), {"user": USER}, DAMAGED),
    ("a slot of no kind", SLOT, "x", DAMAGED),
    ("another role", (*SLOT, "role"), "auditor", EITHER),
    ("another section", (*SLOT, "section"), "S01", EITHER),
    ("holding less", (*SLOT, "holds"), [], EITHER),
    ("another signer", (*SLOT, "sign"), "00" * 32, EITHER),
    ("another box", (*SLOT, "box"), "00" * 32, EITHER),
    ("another certificate", (*SLOT, "certificate"), "00" * 64, EITHER),
    ("another vow", (*SLOT, "vow"), "00" * 64, DAMAGED),
    ("keys of no kind", (*SLOT, "given"), 5, DAMAGED),
    ("no keys", (*SLOT, "given"), "", DAMAGED),
    ("another house", ("house",), "00" * 32, DAMAGED),
    ("sealed in another alphabet", (*SLOT, "sealed"), "是" * 40, DAMAGED),
    ("sealed nothing", (*SLOT, "sealed"), "", DAMAGED),
    ("sealed too short", (*SLOT, "sealed"), "AAAA", DAMAGED),
    ("sealed of no kind", (*SLOT, "sealed"), 5, DAMAGED),
    ("cheaper guesses", (*SLOT, "kdf", "memory"), 16, EITHER),
    ("no memory", (*SLOT, "kdf", "memory"), 0, DAMAGED),
    ("more memory than there is", (*SLOT, "kdf", "memory"), 2**31, DAMAGED),
    ("a number past all numbers", (*SLOT, "kdf", "memory"), 10**30, DAMAGED),
    ("memory of text", (*SLOT, "kdf", "memory"), "32", DAMAGED),
    ("an hour of work", (*SLOT, "kdf", "passes"), 2**30, DAMAGED),
    ("negative lanes", (*SLOT, "kdf", "lanes"), -1, DAMAGED),
    ("a short salt", (*SLOT, "kdf", "salt"), "AAAA", DAMAGED),
    ("kdf of no kind", (*SLOT, "kdf"), [], DAMAGED),
    ("mac of no kind", ("mac",), 5, DAMAGED),
    ("mac beyond ASCII", ("mac",), "是", DAMAGED),
    ("another mac", ("mac",), "0" * 64, DAMAGED),
    ("an addition", ("note",), "hello", DAMAGED),
    ("half a character", ("note",), "\ud800", DAMAGED),
]


@pytest.mark.parametrize(("place", "value", "codes"), [edit[1:] for edit in EDITS], ids=[edit[0] for edit in EDITS])
def test_an_edited_sidecar_is_refused(vault, place, value, codes):
    """Every part is bound: role, cost, register, generation, and what is added to it."""

    def change(content: dict) -> None:
        inner: Any = content
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value

    vault.edit_key_file(change)
    assert outcome(vault) in codes


@pytest.mark.parametrize("name", ["format", "register", "generation", "house", "roster", "slots", "mac"])
def test_a_missing_part_is_damage(vault, name):
    """None of the parts can be left out."""
    vault.edit_key_file(lambda content: content.pop(name) and None)
    assert outcome(vault) == "damaged_sidecar"


@pytest.mark.parametrize(
    "name", ["user", "role", "section", "holds", "sign", "certificate", "box", "turn", "vow", "kdf", "sealed", "given"]
)
def test_a_missing_part_of_a_slot_is_damage(vault, name):
    """Nor any part of a slot."""
    vault.edit_key_file(lambda content: content["slots"][0].pop(name) and None)
    assert outcome(vault) == "damaged_sidecar"


@pytest.mark.parametrize("content", ["[]", "5", "null", '"x"', "[" * 100_000, "{}", "\ufeff{}"])
def test_another_document_is_damage(vault, content):
    """A file of JSON, or nearly, that is no key file."""
    vault.key_file.write_text(content, encoding="utf-8")
    assert outcome(vault) == "damaged_sidecar"


def test_slots_cannot_be_dropped_added_or_swapped(vault):
    """Revoking by hand, sneaking in a slot, or giving one user another's slot is noticed."""
    vault.reslot((USER, PASSPHRASE, vault.keys), ("分析员", "another one", vault.keys))
    genuine = vault.key_file.read_text(encoding="utf-8")
    vault.edit_key_file(lambda content: content["slots"].pop() and None)
    assert outcome(vault) == "damaged_sidecar"
    vault.key_file.write_text(genuine, encoding="utf-8")
    vault.edit_key_file(lambda content: content["slots"].append({**content["slots"][1], "user": "第三人"}))
    assert outcome(vault) == "damaged_sidecar"
    vault.key_file.write_text(genuine, encoding="utf-8")

    def swap(content: dict) -> None:
        one, other = content["slots"]
        one["user"], other["user"] = other["user"], one["user"]

    vault.edit_key_file(swap)
    assert outcome(vault) in EITHER


def test_the_sidecar_holds_no_key_and_no_passphrase(vault):
    """Neither in hex, nor raw, nor in base64."""
    import base64

    content = vault.key_file.read_bytes()
    keys = vault.keys
    for key in (keys.file, keys.audit, keys.fields[1], keys.index):
        assert key not in content
        assert key.hex().encode() not in content
        assert base64.b64encode(key)[:40] not in content
    assert PASSPHRASE.encode() not in content
    assert all(key.hex() not in repr(keys) for key in (keys.file, keys.audit, keys.fields[1], keys.index))


def test_a_slot_made_anew_counts_its_turns_and_keeps_its_signer(cheap_slots):
    """Each time one higher, also where it was made before there were turns; another box key is no other signer."""
    house = bytes(range(32))
    slot = key_slots.new_slot("登记册", house, USER, "clerk", None, ["personal"], PASSPHRASE, rostered=True)
    assert slot["turn"] == 1
    assert set(slot) == {
        "user",
        "role",
        "section",
        "holds",
        "sign",
        "certificate",
        "turn",
        "box",
        "kdf",
        "vow",
        "sealed",
    }
    own = key_slots.decrypt_private_keys("登记册", slot, PASSPHRASE)
    assert own.rostered and own.house == key_slots.public_of(house) and (len(own.box), len(own.sign)) == (32, 32)
    again = key_slots.encrypt_private_keys("登记册", {**slot, "turn": 4}, own, "其他口令 of five words")
    assert again["turn"] == 5 and key_slots.decrypt_private_keys("登记册", again, "其他口令 of five words") == own
    before = {name: value for name, value in slot.items() if name != "turn"}
    assert key_slots.encrypt_private_keys("登记册", before, own, PASSPHRASE)["turn"] == 1
    for rostered in (True, False):
        other = key_slots.with_new_encryption_key(own, rostered)
        assert (other.sign, other.house, other.rostered) == (own.sign, own.house, rostered)
        assert other.box != own.box and len(other.box) == 32
