"""Signatures: whoever knows the house key's public half can tell what a user of this register signed from anything else."""

from __future__ import annotations

import copy
import json

import pytest

from tests.support.vault import Vault
from workbench.core.errors import RegisterError
from workbench.platform.register import signing

DOCUMENT = {"quarter": "2026Q1", "lines": [{"party": "D001", "amount": 1000}], "名称": "季度奖惩"}


@pytest.fixture
def block(vault: Vault) -> signing.Block:
    """The custodian's signature of the document, as it comes back from a file."""
    return json.loads(json.dumps(signing.sign(vault.keys, "approval", DOCUMENT)))


def test_a_signature_is_checked_without_any_secret(vault, block):
    """With the public half alone; the block says who signed."""
    signing.verify(signing.house_key(vault.keys), "approval", copy.deepcopy(DOCUMENT), block)
    assert (block["user"], block["role"], block["register"]) == (vault.keys.user, "custodian", vault.keys.register_id)
    held = (vault.keys.own.sign, vault.keys.own.box, vault.keys.house_seed, vault.keys.file)
    assert all(secret.hex() not in json.dumps(block) for secret in held)


def refused(house: str, purpose: str, document: dict, block: dict) -> bool:
    """Whether it is refused."""
    try:
        signing.verify(house, purpose, document, block)
    except RegisterError as error:
        return error.code == "not_genuine"
    return False


def test_nothing_else_passes(vault, block, tmp_path):
    """Another purpose, amount, register, role, signer, or a block that is none."""
    house = signing.house_key(vault.keys)
    assert refused(house, "receipt", DOCUMENT, block)
    assert refused(house, "approval", {**DOCUMENT, "lines": [{"party": "D001", "amount": 1001}]}, block)
    assert refused(house, "approval", {**DOCUMENT, "more": 1}, block)
    for name, value in (
        ("register", "0" * 32),
        ("role", "approver"),
        ("user", "别人"),
        ("section", "S001"),
        ("holds", []),
        ("key", "00" * 32),
        ("certificate", "00" * 64),
        ("signature", block["certificate"]),
        ("signature", 5),
        ("key", "xyz"),
    ):
        assert refused(house, "approval", DOCUMENT, {**block, name: value}), name
    for name in block:
        assert refused(house, "approval", DOCUMENT, {key: value for key, value in block.items() if key != name}), name
    other = Vault.make(tmp_path / "另一册.db")
    assert refused(signing.house_key(other.keys), "approval", DOCUMENT, block)
    assert refused(house, "approval", DOCUMENT, signing.sign(other.keys, "approval", DOCUMENT))


def test_the_same_document_in_another_order_is_the_same(vault, block):
    """One canonical form: the order of names says nothing."""
    signing.verify(signing.house_key(vault.keys), "approval", dict(reversed(DOCUMENT.items())), block)
