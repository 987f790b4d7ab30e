"""Altered receipts are never called genuine and never a fault: each ends in one of the refusals of the check."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.altered import altered, altered_document, parts, zipped
from tests.support.examples import examples
from tests.support.vault import PASSPHRASE, USER
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.documents import receipt_check, receipt_slip, slip_parts
from workbench.platform.documents.receipt_check import Shown
from workbench.platform.documents.receipts import FORMAT, PURPOSE, Receipt
from workbench.platform.documents.signatures import TrustedKey, sign_document
from workbench.platform.forms.guard import Refused
from workbench.platform.register.keys import create_keys

SEEDS = st.integers(0, 2**32 - 1)
BODY = {
    "format": FORMAT,
    "document": 3,
    "file": "提报.xlsx",
    "sha256": "ab" * 32,
    "template": "lead_record",
    "title": "大客户信息记录表",
    "version": "4.1",
    "unit": "D001",
    "unit_name": "芜湖江南销售服务店",
    "received_at": "2026-01-05T09:00:00",
    "recorded_at": "2026-01-05T09:01:00",
    "issued_at": "2026-01-05T09:02:00",
    "as_of": "2026-01-05T09:02:00",
    "edition": "第4版",
    "register_head": "1:" + "cd" * 32,
    "accepted": 1,
    "returned": 0,
    "commitment": None,
    "rows": [
        {
            "row": 7,
            "hash": None,
            "verdict": "已接收",
            "clause": None,
            "number": "DK202601-00001",
            "customer": "江城公交",
            "place": 1,
            "note": "",
        }
    ],
}


@pytest.fixture(scope="module")
def receipt(tmp_path_factory, cheap_slots):
    """A signed receipt and the key that checks it."""
    keys = create_keys(tmp_path_factory.mktemp("登记册") / "登记册.db", USER, PASSPHRASE)
    signed = sign_document(keys, PURPOSE, BODY)
    return signed, TrustedKey(signed["house"], keys.register_id)


def without_signature(document):
    """What was signed."""
    return {name: value for name, value in document.items() if name != "signature"}


def checked(path, signed, known):
    """What the check says of a slip that holds this document."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receipt_check, "_read", lambda *_: (signed, None, Shown("", "")))
        try:
            return receipt_check.verify(path, known)
        except (WrongUse, RegisterError) as no:
            return no


def test_the_untouched_receipt_is_genuine(receipt, tmp_path):
    """What the alterations below begin with."""
    signed, known = receipt
    (tmp_path / "回执.html").write_text("x", encoding="utf-8")
    assert checked(tmp_path / "回执.html", signed, known).signed == signed


@pytest.mark.parametrize("sheets", [[], {}, "", None, 0, [None], ["x"], {"a": {}}])
def test_a_receipt_of_no_sheets_is_none(receipt, tmp_path, sheets):
    """Each sheet asks for the signature: a made-up receipt that names none would be asked for nothing."""
    signed, known = receipt
    (tmp_path / "回执.html").write_text("x", encoding="utf-8")
    made_up = {**signed, "received_at": "2026-01-01T09:00:00", "sheets": sheets}
    assert isinstance(checked(tmp_path / "回执.html", made_up, known), WrongUse)


@pytest.mark.slow
@examples(3000, shrink=False)
@given(SEEDS)
def test_an_altered_document_is_refused(receipt, tmp_path_factory, seed):
    """Values of other kinds, parts taken out, doubled or put elsewhere, anywhere in it."""
    signed, known = receipt
    path = tmp_path_factory.getbasetemp() / "回执.html"
    path.write_text("x", encoding="utf-8")
    document = altered_document(signed, Random(seed))
    if isinstance(document, dict):  # anything else is none to begin with
        told = checked(path, document, known)
        # a further word beside the signature is nobody's: neither who signed nor what was signed is another
        assert (
            isinstance(told, (WrongUse, RegisterError))
            or told.signed["signature"].items() >= signed["signature"].items()
        )
        assert isinstance(told, (WrongUse, RegisterError)) or without_signature(told.signed) == without_signature(
            signed
        )


@pytest.mark.slow
@examples(3000, shrink=False)
@given(SEEDS)
def test_an_altered_page_is_read_or_is_none(receipt, seed):
    """By tokens and bytes of its markup."""
    page = receipt_slip.as_page(receipt[0]).encode()
    assert slip_parts.page_parts(page)["data"]
    told = slip_parts.page_parts(altered(page, Random(seed)))
    assert told["data"] is None or isinstance(told["data"], str)


@pytest.mark.slow
@examples(400, shrink=False)
@given(SEEDS)
def test_an_altered_sheet_is_read_or_refused(receipt, tmp_path_factory, seed):
    """By the parts of its package."""
    path = tmp_path_factory.getbasetemp() / "回执.xlsx"
    if not path.exists():
        receipt_slip.write_sheet(Receipt(receipt[0], "ab" * 16), path)
    random, held = Random(seed), parts(path.read_bytes())
    for name in random.sample(sorted(held), 2):
        held[name] = altered(held[name], random)
    try:
        told = slip_parts.sheet_parts(zipped(held))
    except Refused as no:
        assert no.key
    else:
        assert told["data"] is None or isinstance(told["data"], str)
