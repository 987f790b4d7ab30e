"""One of the two who hold the recovery passphrase, alone with both files, every key of a clerk and a program of his own."""

from __future__ import annotations

import base64
import json
import re
import secrets
from datetime import datetime
from itertools import permutations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access.session import enter
from workbench.platform.register import key_file, key_slots
from workbench.platform.register.keys import unlock

USER = "恢复口令"
BOUND = ("user", "role", "section", "holds", "sign", "certificate", "box", "kdf")
NOW = datetime(2026, 11, 23, 9)
WORDS = "井台上的月亮又圆了 eight"


@pytest.fixture
def held(become):
    """A register with people in it, and the two shares of its recovery passphrase."""
    shares = re.findall(r"(?:[2-9A-Z]{5}-){3}[2-9A-Z]{5}", become(None).run("users", "recovery"))
    assert len(shares) == 2
    return become(None).folder / "登记册.db", shares


def content_of(register) -> dict:
    """The key file, as JSON."""
    return json.loads(register.with_name(register.name + ".keys").read_text(encoding="utf-8"))


def opens(content: dict, words: str) -> bool:
    """Whether words open the recovery slot, by the primitives alone."""
    (slot,) = (each for each in content["slots"] if each["user"] == USER)
    kdf, sealed = slot["kdf"], base64.b64decode(slot["sealed"])
    derive = Argon2id(
        salt=base64.b64decode(kdf["salt"]),
        length=32,
        iterations=kdf["passes"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory"],
    )
    bound = json.dumps([2, content["register"], *(slot[name] for name in BOUND)], sort_keys=True).encode()
    try:
        AESGCM(derive.derive(words.encode())).decrypt(sealed[:12], sealed[12:], bound)
    except InvalidTag:
        return False
    return True


def test_one_share_opens_nothing_however_it_is_written(held):
    """Alone, doubled, with the other one empty or guessed; both together do, so that the attack is one."""
    register, shares = held
    content = content_of(register)
    first, second = (share.replace("-", "") for share in shares)
    for share, bare in zip(shares, (first, second), strict=True):
        guesses = (share, bare, f"{bare}+{bare}", f"{bare}+", f"+{bare}", f"{bare}+{'2' * len(bare)}")
        assert not any(opens(content, words) for words in guesses)
    assert any(opens(content, "+".join(each)) for each in permutations((first, second)))
    assert len(set(first) | set(second)) > 10
    assert min(len(first), len(second)) * 5 >= 100  # bits that the other half leaves to guess


def test_one_holder_is_refused_by_the_program(held):
    """With his share as he has it, or twice."""
    register, shares = held
    for words in (shares[0], " ".join([shares[1]] * 2)):
        with pytest.raises(RegisterError) as refused:
            enter(register, USER, words, load_policy(), NOW)
        assert refused.value.code == "wrong_passphrase"


def test_a_holder_who_is_a_clerk_puts_no_slot_of_his_own_in_its_place(held):
    """He can write a key file that authenticates; the roster names the key the slot signs by."""
    register, shares = held
    clerk = unlock(register, "文员", PEOPLE["文员"][1])[1]
    content = content_of(register)
    own = Ed25519PrivateKey.from_private_bytes(secrets.token_bytes(32))
    for certified_by in (own.private_bytes_raw(), clerk.own.sign):
        forged = key_slots.new_slot(
            content["register"], certified_by, USER, "recovery", None, ["house", "personal"], shares[0]
        )
        slots = [forged if slot["user"] == USER else slot for slot in content["slots"]]
        key_file.write(register, {**content, "slots": slots}, clerk.file)
        with pytest.raises(RegisterError):
            enter(register, USER, shares[0], load_policy(), NOW)
        with pytest.raises(RegisterError) as refused:
            enter(register, "文员", PEOPLE["文员"][1], load_policy(), NOW)
        assert refused.value.code in ("roster_changed", "damaged_sidecar")


def test_a_slot_of_an_earlier_recovery_passphrase_stays_out(held, become):
    """Both holders of the old one, with the slot they had, after it was renewed."""
    register, shares = held
    before = content_of(register)
    become(None).run("users", "recovery")
    clerk = unlock(register, "文员", PEOPLE["文员"][1])[1]
    old = next(slot for slot in before["slots"] if slot["user"] == USER)
    now = content_of(register)
    slots = [old if slot["user"] == USER else slot for slot in now["slots"]]
    key_file.write(register, {**now, "slots": slots}, clerk.file)
    with pytest.raises(RegisterError) as refused:
        enter(register, USER, " ".join(shares), load_policy(), NOW)
    assert refused.value.code == "roster_changed"


def test_what_the_two_did_is_in_the_trail(held, become, monkeypatch):
    """The entry is signed by the recovery slot, the role stays, and the trail verifies."""
    register, shares = held
    office = become(None)
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", WORDS)
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", " ".join(shares))
    office.run("users", "passphrase", "审计员", "--user", USER)
    with enter(register, "审计员", WORDS, load_policy(), NOW) as session:
        assert session.role == "auditor"
        rows = session.register.read("entry", ["user", "detail"], where={"action": "user_passphrase"})
        assert (rows["user"].iloc[-1], rows["detail"].iloc[-1]["user"]) == (USER, "审计员")
        assert session.register.verify_audit() == []
