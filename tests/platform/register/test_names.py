"""Customers' names are sealed for who holds no names key: equality shows, and nothing else; they go with the customer's key.

Attacks are made by a bare connection with the keys the attacker's role holds; to decrypt, the attacker has a reader of his own.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.earlier import earlier_program
from tests.support.examples import examples
from tests.support.pages import decrypted
from tests.support.raw_reading import in_clear, pieces, read_raw
from tests.support.vault import MOMENT, USER, Vault, deed, document, lead, outcome, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.register import destruction, key_file, members, proof, resealing
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.facts import called, shown_file
from workbench.platform.register.places import between, placed
from workbench.platform.register.store import Register
from workbench.platform.register.subjects import name_of_customer

CUSTOMERS = ["江城重工集团", "江城重工集团", "皖南制药厂", "芜湖第二驾校"]
FILES = ["重工集团报表.xlsx", "一月.xlsx"]


def fill(vault: Vault) -> None:
    """Two files with leads of three customers, a returned row of a fourth, and texts that name the first."""
    with vault.open() as register, deed(register) as entry:
        files = [document(number, name=name) for number, name in enumerate(FILES, 1)]
        entry.append("document", pd.DataFrame(files))
        rows = [
            lead(number, (number + 1) // 2, customer=f"{key}有限公司", customer_key=key)
            for number, key in enumerate(CUSTOMERS, 1)
        ]
        entry.append("lead", pd.DataFrame(rows))
        identity = {"reporter": "D001", "customer_key": "江城造船厂", "received_at": MOMENT}
        entry.append("returned_row", pd.DataFrame([{"document": 1, "row": 9, **identity}]))
        said = {
            "sheet": "表",
            "code": "x",
            "severity": "note",
            "message": "与江城重工集团重复",
            "inputs": {"of": CUSTOMERS[0]},
        }
        entry.append("finding", pd.DataFrame([{"document": 2, **said}]))
        request = {"name": "x", "number": "1", "detail": {"reason": "皖南制药厂要求"}, "at": MOMENT, "by": USER}
        entry.append("case_request", pd.DataFrame([request]))
        cells = {"document": 2, "row": 4, "at": MOMENT, "cells": '{"customer": "江城重工集团"}', "personal": False}
        entry.append("waiting_row", pd.DataFrame([cells]))


@pytest.fixture
def named(tmp_path) -> Vault:
    """A register with names in every kind of place."""
    vault = Vault.make(tmp_path / "册.db")
    fill(vault)
    return vault


@pytest.fixture
def older(tmp_path) -> Vault:
    """What an earlier version left: the same, in clear."""
    with earlier_program():
        vault = Vault.make(tmp_path / "旧册.db")
        for action in ("simulation", "init"):  # in this order where the register is one
            with (
                vault.open() as register,
                register.transaction(action, at=MOMENT, recorded_at=MOMENT, user=USER, detail={"user": USER}),
            ):
                pass
        fill(vault)
    return vault


TRACES = set().union(*(pieces(text) for text in (*CUSTOMERS, "江城造船厂", "重工集团报表", "皖南制药厂要求")))


def test_no_cell_holds_a_name_to_who_has_the_file_key(named):
    """Searched cell by cell for names, their parts and files' names; with his other keys nothing opens; with all, all does."""
    assert in_clear(named, TRACES) == set()
    assert read_raw(named, named.without_field_key()) == ""
    opened = read_raw(named, named.keys)
    assert all(text in opened for text in (*CUSTOMERS, *FILES, "皖南制药厂要求", "与江城重工集团重复"))
    pages = decrypted(named.path, named.keys.file)
    assert not any(text.encode() in pages for text in TRACES)


def test_a_name_cannot_be_tried_out(named):
    """What stands in a name's place is a number; no hash of a known name under a key an analyst holds is in the file."""
    pages = decrypted(named.path, named.keys.file)
    analyst = named.without_field_key()
    for key in (analyst.file, analyst.audit):
        for text in (CUSTOMERS[0], name_of_customer(CUSTOMERS[0]), f"{CUSTOMERS[0]}有限公司", FILES[0]):
            for size in (16, 32):
                made = blake2b(text.encode(), key=key, digest_size=size)
                assert made.hexdigest().encode() not in pages and made.digest() not in pages
    with named.raw() as connection:
        keys = [key for (key,) in connection.execute("SELECT customer_key FROM lead ORDER BY lead")]
    assert keys[0] == keys[1] and len(set(keys)) == 3 and all(key.startswith("#") for key in keys)


def test_who_holds_the_names_key_reads_what_was_written(named):
    """Names, texts and files' names; who does not reads nothing in their place, and cannot write any."""
    with named.open() as register:
        assert register.read("lead", ["customer"])["customer"].tolist() == [f"{key}有限公司" for key in CUSTOMERS]
        assert register.read("document", ["name"])["name"].tolist() == FILES
        assert register.read("finding", ["inputs"])["inputs"].tolist() == [{"of": CUSTOMERS[0]}]
        assert register.read("waiting_row", ["cells"])["cells"].tolist() == ['{"customer": "江城重工集团"}']
        assert register.read("case_request", ["detail"])["detail"].tolist() == [{"reason": "皖南制药厂要求"}]
        assert register.verify_audit() == []
    with Register.open(named.path, named.without_field_key()) as register:
        assert register.read("lead", ["customer"])["customer"].tolist() == [None] * 4
        assert "customer" not in register.read("lead") and register.verify_audit() == []
        with pytest.raises(RegisterError) as refusal, deed(register) as entry:
            entry.append("document", pd.DataFrame([document(3, sealed_header=None)]))
        assert refusal.value.code == "no_names_key"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE lead SET customer = (SELECT customer FROM lead WHERE lead = 3) WHERE lead = 1", "damaged_field"),
        ("UPDATE lead SET customer = x'01' WHERE lead = 1", "damaged_field"),
        (
            "DELETE FROM subject_key WHERE '#' || subject_key = (SELECT customer_key FROM lead WHERE lead = 1)",
            "missing_key",
        ),
    ],
)
def test_a_moved_or_altered_name_is_refused(named, statement, code):
    """Bound to table, column and row; a key that went without an entry is missing, not destroyed."""
    named.tamper(statement)
    with named.open() as register:
        assert register.verify_audit() != []
        with pytest.raises(RegisterError) as refusal:
            register.read("lead", ["customer"])
    assert refusal.value.code == code


def test_a_destroyed_customers_name_is_nowhere(named):
    """With all keys of everybody: no cell, opened by every way there is, holds it; nor does a page; the others' stay."""
    with named.open() as register:
        assert (
            destruction.destroy(register, [name_of_customer(CUSTOMERS[0])], user=USER, now=MOMENT, reason="到期") == 1
        )
    opened = read_raw(named, named.keys)
    assert not any(text in opened for text in pieces(CUSTOMERS[0]))
    assert "皖南制药厂" in opened and FILES[1] in opened
    assert in_clear(named, TRACES) == set() and outcome(named) == "whole"
    with named.open() as register:
        assert register.read("lead", ["customer"])["customer"].tolist()[:3] == [
            DESTROYED,
            DESTROYED,
            "皖南制药厂有限公司",
        ]
        assert register.read("document", ["name"])["name"].tolist() == [DESTROYED, FILES[1]]
        assert register.read("finding", ["message"])["message"].tolist() == [DESTROYED]
        assert register.read("waiting_row", ["cells"])["cells"].tolist() == [DESTROYED]
        assert register.names.known_customers(CUSTOMERS[::2]) == [None, register.read("lead")["customer_key"].iloc[2]]
        with deed(register) as entry:
            entry.append("document", pd.DataFrame([document(3, name="二月.xlsx")]))
            entry.append("lead", pd.DataFrame([lead(9, 3, customer=CUSTOMERS[0], customer_key=CUSTOMERS[0])]))
        keys = register.read("lead")["customer_key"].tolist()
        assert keys[-1] not in keys[:-1]  # a customer like any other, who was never there
        assert register.read("lead")["customer"].tolist()[-1] == CUSTOMERS[0]
    assert outcome(named) == "whole"


def test_names_of_files_keep_their_order_for_everybody(named):
    """D4: who cannot read them has them in the order of the names, also of files that come later or were destroyed."""
    with named.open() as register:
        destruction.destroy(register, [name_of_customer(CUSTOMERS[0])], user=USER, now=MOMENT, reason="到期")
    later = ["重工.xlsx", "一.xlsx", "重庆.xlsx", "一月.xlsx"]
    for number, name in enumerate(later, 3):
        with named.open() as register, deed(register) as entry:
            entry.append("document", pd.DataFrame([document(number, name=name)]))
    with Register.open(named.path, named.without_field_key()) as register:
        kept = register.read("document_place", ["document", "place"])
        told = called(register, named=False)
    known = [number for _, number in sorted(zip([FILES[1], *later], [2, 3, 4, 5, 6], strict=True))]
    order = kept.sort_values(["place", "document"])["document"].tolist()
    assert [number for number in order if number != 1] == known and order.index(2) < order.index(1)
    assert kept["place"].iloc[1] == kept["place"].iloc[5]
    with named.open() as register:  # who reads names has them in the same order, the destroyed one in its place
        shown = called(register, named=True)
    assert [shown_file(name) for name in shown] == [DESTROYED, FILES[1], *later]
    assert shown.sort_values(kind="stable").index.tolist() == told.sort_values(kind="stable").index.tolist() == order


def handed(vault: Vault) -> Vault:
    """As the custodian does first: a names key for those who need it."""
    keys = replace(vault.keys, names={1: b"n" * 32}, seals_names=True)
    content = members.hand_out(vault.path, vault.keys, keys, lambda content: None)
    return replace(vault, keys=replace(keys, generation=content["generation"]))


def content(register: Register) -> dict[str, list]:
    """Every value of every table that both have, opened; of customers which rows are about the same."""
    found = {}
    for table in ("lead", "document", "finding", "case_request", "returned_row", "mask", "transition"):
        rows = register.read(table)
        if "customer_key" in rows:
            rows["customer_key"] = pd.factorize(rows["customer_key"])[0]
        found[table] = rows.astype(object).values.tolist()
    found["waiting_row"] = register.read("waiting_row").astype(object).values.tolist()
    return found


def test_an_earlier_register_is_brought_over(older):
    """The same before and after, whole, once; heads noted before hold; no trace of a name is left in any page."""
    assert in_clear(older, TRACES) >= {
        ("lead", "customer"),
        ("document", "name"),
        ("record", "fields"),
        ("finding", "message"),
    }
    with older.open() as register:
        before, anchor = content(register), register.head()
        write_pair(register, 3)  # goes on as before meanwhile
    vault = handed(older)
    with vault.open() as register:
        assert resealing.is_pending(register) and not register.names.sealed
        assert register.read("lead", ["customer"])["customer"].tolist()[0] == f"{CUSTOMERS[0]}有限公司"
        assert resealing.bring_over(register, user=USER, now=MOMENT) > 10
    with vault.open() as register:
        after = content(register)
        assert {table: rows[: len(before[table])] for table, rows in after.items()} == before
        assert not resealing.is_pending(register) and register.verify_audit(anchor) == []
        assert register.read("entry", ["action"])["action"].tolist()[-3:] == [
            "customer_keys",
            "customer_names",
            "free_texts",
        ]
        write_pair(register, 5)
        destruction.destroy(register, [name_of_customer(CUSTOMERS[0])], user=USER, now=MOMENT, reason="到期")
    assert outcome(vault, anchor) == "whole" and in_clear(vault, TRACES) == set()
    pages = decrypted(vault.path, vault.keys.file)
    assert not any(text.encode() in pages for text in TRACES)
    assert read_raw(vault, vault.without_field_key()) == ""


def test_names_are_stated_anew_once_and_in_no_register_of_this_version(older, named, tmp_path):
    """An entry of that word after an altered row: named, whoever made it."""
    vault = handed(older)
    with vault.open() as register:
        resealing.bring_over(register, user=USER, now=MOMENT)
    for target in (vault, named):
        target.tamper("UPDATE lead SET quantity = 99 WHERE lead = 1")
        with target.open() as register:
            first = register.read("lead", ["entry"])["entry"].iloc[0]
            wanted = proof.audit.digest(target.keys.audit, proof.rows_by_entry(register)[first])
            with (
                deed(register)
                if target is named
                else register.transaction(
                    "customer_names", at=MOMENT, recorded_at=MOMENT, user=USER, detail={}
                ) as entry
            ):
                entry.append("restated", pd.DataFrame([{"about": first, "digest": wanted}]))
        assert "restated" in outcome(target)


def test_a_share_with_another_names_key_is_refused(named):
    """Who was handed somebody's own names key would write names that he reads: the roster says which key is the register's."""
    opened = key_file.read(named.path)
    assert "names" in opened["roster"]["keys"]
    false = replace(named.keys, names={1: b"x" * 32})
    members.reissue_keys(named.path, named.keys, false, opened["generation"], lambda content: None)
    content = key_file.read(named.path)
    key_file.write(named.path, {**content, "roster": opened["roster"]}, named.keys.file)
    with pytest.raises(RegisterError) as refusal:
        named.open()
    assert refusal.value.code == "foreign_share"


TEXTS = st.lists(st.text("ab甲乙", min_size=1, max_size=4), min_size=1, max_size=6)


@examples(60)
@given(rounds=st.lists(TEXTS, min_size=1, max_size=8))
def test_places_sort_as_the_names_do(rounds):
    """Whatever comes in whatever order, some of it forgotten again: places given once stay, and sort as their names."""
    known: dict[str, str] = {}
    lost: list[str] = []
    for step, fresh in enumerate(rounds):
        names = {place: name for name, place in known.items()}
        made = placed(fresh, sorted(names), lambda place, names=names: names[place], lost)
        for name, place in zip(fresh, made, strict=True):
            assert known.setdefault(name, place) == place and place not in lost
        assert [known[name] for name in sorted(known)] == sorted(known.values())
        assert len(set(known.values()) | set(lost)) == len(known) + len(lost)
        if step % 3 == 2:
            lost.append(known.pop(min(known)))


def test_there_is_always_room_between_two_places():
    """And names that rise with time, as files' names mostly do, have short ones."""
    places = ["", between("", None)]
    for _ in range(2000):
        places.append(between(places[-1], None))
    assert places == sorted(places) and max(map(len, places)) < 100
    low, high = places[1:3]
    for _ in range(100):
        low = between(low, high)
        assert places[1] < low < high
