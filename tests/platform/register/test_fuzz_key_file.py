"""A key file that somebody who opens the register wrote anew: it opens as what it was, or is refused in words of its own."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.altered import altered_document
from tests.support.examples import examples
from tests.support.vault import PASSPHRASE, USER
from workbench.core.errors import RegisterError
from workbench.platform.register import key_file, roster
from workbench.platform.register.keys import create_keys, unlock

pytestmark = pytest.mark.slow
SEEDS = st.integers(0, 2**32 - 1)
REFUSED = {
    "damaged_sidecar",
    "foreign_share",
    "no_sidecar",
    "roster_changed",
    "trial_sidecar",
    "unknown_user",
    "which_user",
    "wrong_passphrase",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory, cheap_slots):
    """A register's path, its key file and the keys."""
    path = tmp_path_factory.mktemp("登记册") / "登记册.db"
    keys = create_keys(path, USER, PASSPHRASE)
    path.write_bytes(b"")
    return path, key_file.read(path), keys


@examples(3000, shrink=False)
@given(SEEDS)
def test_an_altered_key_file_is_refused_or_says_the_same(made, seed):
    """Written with its digest, as everybody can who has the register's key; the trail knows the one before."""
    path, content, keys = made
    changed = altered_document(content, Random(seed))
    if not isinstance(changed, dict):
        return
    key_file.write(path, changed, keys.file)
    try:
        read = key_file.read(path)
        user, opened = unlock(path, USER, PASSPHRASE)
        newer = roster.prove(read, opened.house, [roster.in_trail(content)], lambda _: True)
        roster.prove_keys(opened, read.get("roster"))
    except RegisterError as no:
        assert no.code in REFUSED, no.code
        return
    assert (user, opened.register_id, opened.file, opened.audit) == (USER, keys.register_id, keys.file, keys.audit)
    assert (opened.role, opened.holds, newer) == (keys.role, keys.holds, False)
    assert read["roster"] == content["roster"]


@examples(3000, shrink=False)
@given(SEEDS)
def test_an_altered_roster_is_not_genuine(made, seed):
    """Whatever its shape: it is signed or it is not."""
    _, content, keys = made
    changed = altered_document(content["roster"], Random(seed))
    signed = ("epoch", "keys", "members", "slots", "after", "signature")
    same = isinstance(changed, dict) and json.dumps(
        [changed.get(each) for each in signed], sort_keys=True
    ) == json.dumps([content["roster"].get(each) for each in signed], sort_keys=True)
    assert roster.is_genuine(keys.house, keys.register_id, changed) is same
