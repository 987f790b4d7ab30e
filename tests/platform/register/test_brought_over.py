"""A register of an earlier version is brought over to keys of the customers: the same before and after, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.earlier import earlier_program
from tests.support.examples import examples
from tests.support.pages import decrypted
from tests.support.source import ROOT
from tests.support.vault import MOMENT, PHONES, USER, Vault, deed, document, lead, outcome, write_pair
from workbench.core.errors import RegisterError
from workbench.platform.register import audit, destruction, proof, resealing, rotation
from workbench.platform.register.store import Register
from workbench.platform.register.subjects import name_of_customer

pytestmark = pytest.mark.whole


@pytest.fixture
def older(tmp_path) -> Vault:
    """What an earlier version left: three files with their leads, masks and further numbers; then one entry of this version."""
    with earlier_program():
        vault = Vault.make(tmp_path / "旧册.db", 3)
        with vault.open() as register, deed(register) as entry:
            entry.append("lead", pd.DataFrame([lead(7, 3, content="要加长轴", remark=None)]))
            entry.append("mask", pd.DataFrame([{"lead": 7, "version": 1, "contact": "王**", "phone": "139****3333"}]))
            entry.append("contact_phone", pd.DataFrame([{"lead": 7, "document": 3, "number": "13900004444"}]))
    return vault


def bring_over(vault: Vault) -> int:
    """As the custodian does."""
    with vault.open() as register:
        return resealing.bring_over(register, user=USER, now=MOMENT)


def content(vault: Vault) -> dict[str, list]:
    """Every value of every table, opened."""
    with vault.open() as register:
        return {
            table: register.read(table, list(kinds)).astype(object).values.tolist()
            for table, kinds in register._tables.items()
            if table not in ("meta", "entry", "entry_signature", "subject_key", "subject_state", "restated", "row_hash")
        }


def sealed_values(vault: Vault) -> list[bytes]:
    """The bytes of every sealed value."""
    with vault.raw() as connection:
        return [
            value
            for sql in ("SELECT contact, phone, content, remark FROM lead", "SELECT sealed_header FROM document")
            for row in connection.execute(sql)
            for value in row
            if value is not None
        ]


def test_a_register_not_brought_over_opens_reads_and_grows(older):
    """New leads get keys of their customers beside the old ones; a rotation and the trail go on; nothing is destroyed."""
    assert outcome(older) == "whole"
    with older.open() as register:
        assert resealing.is_pending(register)
        write_pair(register, 4 + 1)
        assert register.read("lead", ["phone"])["phone"].tolist()[:4] == list(PHONES)
        assert register.verify_audit() == []
        with pytest.raises(RegisterError) as refusal:
            destruction.destroy(register, [name_of_customer("江城客户9")], user=USER, now=MOMENT, reason="x")
        assert refusal.value.code == "not_brought_over"
    assert {value[0] for value in sealed_values(older)} == {0, 1}


def test_what_it_holds_is_the_same_before_and_after(older):
    """Every value; the chain, heads noted before, and the digests; also what this version added meanwhile."""
    with older.open() as register:
        write_pair(register, 5)
        anchor = register.head()
    before, bytes_before = content(older), sealed_values(older)
    assert bring_over(older) == sum(value[0] == 1 for value in bytes_before)
    assert content(older) == before
    assert {value[0] for value in sealed_values(older)} == {0}
    assert outcome(older, anchor) == "whole"
    with older.open() as register:
        assert not resealing.is_pending(register)
        entries = register.read("entry", ["entry", "action"])
        assert entries["action"].tolist() == ["import"] * 5 + ["customer_keys"]
        assert register.read("restated", ["about"])["about"].tolist() == [1, 2, 3, 4]
        write_pair(register, 7)
        destruction.destroy(register, [name_of_customer("江城客户7")], user=USER, now=MOMENT, reason="x")
    assert outcome(older, anchor) == "whole"


def test_no_byte_of_before_is_left_in_the_file(older):
    """In no page: the field key alone opens nothing of it any more."""
    values = sealed_values(older)
    assert all(value in decrypted(older.path, older.keys.file) for value in values)
    bring_over(older)
    pages = decrypted(older.path, older.keys.file)
    assert not any(value[13:] in pages for value in values)
    assert sorted(item.name for item in older.path.parent.glob(f"{older.path.name}*")) == [
        older.path.name,
        older.key_file.name,
    ]


def test_a_register_that_is_not_whole_is_not_brought_over(older):
    """What was altered before would be stated as true: refused, and nothing changed."""
    older.tamper("UPDATE lead SET quantity = 99 WHERE lead = 1")
    before = content(older)
    with pytest.raises(RegisterError) as refusal:
        bring_over(older)
    assert refusal.value.code == "damaged_copy"
    assert (
        content(older) == before and outcome(older) == "digest" and {value[0] for value in sealed_values(older)} == {1}
    )


@pytest.mark.parametrize("table", ["lead", "document", "mask"])
def test_a_value_that_differs_after_is_not_let_through(older, table, monkeypatch):
    """Whatever goes wrong while values are sealed anew, the register stays as it was."""
    genuine = resealing.reseal

    def careless(register, entry):
        done = genuine(register, entry)
        wrong = {
            "lead": "UPDATE lead SET quantity = quantity + 1 WHERE lead = 2",
            "document": "UPDATE document SET sealed_header = NULL WHERE document = 2",
            "mask": "UPDATE mask SET phone = '138****0000'",
        }
        register._connection.execute(wrong[table])
        return done

    monkeypatch.setattr(resealing, "reseal", careless)
    before = content(older)
    with pytest.raises(RegisterError) as refusal:
        bring_over(older)
    assert refusal.value.code == "damaged_copy"
    assert (
        content(older) == before and outcome(older) == "whole" and {value[0] for value in sealed_values(older)} == {1}
    )


class Cut(BaseException):
    """The power goes."""


@pytest.mark.parametrize("step", ["lock_exclusively", "export", "_prove", "_exchange", "compact", "restate"])
def test_cut_off_anywhere_it_is_there_or_not(older, step, monkeypatch):
    """Nothing half done; the next try goes through."""
    before = content(older)
    owner = next(each for each in (Register, rotation, resealing) if hasattr(each, step))
    genuine = getattr(owner, step)

    def cut(*arguments, **named):
        genuine(*arguments, **named)
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, cut)
        with pytest.raises(Cut):
            bring_over(older)
    assert content(older) == before and outcome(older) == "whole"
    assert {value[0] for value in sealed_values(older)} == ({0} if step == "_exchange" else {1})
    if step != "_exchange":
        bring_over(older)
    assert content(older) == before


def forge(vault: Vault, entry: int, about: int) -> None:
    """The attacker's own, with file key and audit key: an entry that states an earlier digest anew after a row was altered."""
    connection = sqlcipher.connect(str(vault.path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{vault.keys.file.hex()}'\"")
    connection.execute("UPDATE lead SET quantity = 99 WHERE entry = ?", (about,))
    connection.close()
    with vault.open() as register:
        wanted = audit.digest(vault.keys.audit, proof.rows_by_entry(register)[about])
        with register.transaction("customer_keys", at=MOMENT, recorded_at=MOMENT, user=USER, detail={}) as made:
            assert made.number == entry
            made.append("restated", pd.DataFrame([{"about": about, "digest": wanted}]))


def test_digests_are_stated_anew_once_and_of_what_was_before_only(older, vault, tmp_path):
    """Not a second time; not of an entry of this version; not with another word in the trail; not in a register made by this
    version.
    """
    again = older.copy(tmp_path / "再")
    bring_over(again)
    forge(again, 6, 2)
    assert "restated" in outcome(again)
    with older.open() as register:
        write_pair(register, 5)
    forge(older, 6, 5)
    assert "restated" in outcome(older)
    new = Vault.make(tmp_path / "新册.db")
    with (
        new.open() as register,
        register.transaction("init", at=MOMENT, recorded_at=MOMENT, user=USER, detail={proof.BORN_WITH_KEYS: True}),
    ):
        pass
    with earlier_program(), new.open() as register:
        write_pair(register, 1)
    forge(new, 3, 2)
    assert "restated" in outcome(new)


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Vault:
    """A register without rows, to be copied."""
    with earlier_program():
        return Vault.make(tmp_path_factory.mktemp("empty") / "空册.db")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
LEADS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(PHONES), TEXTS, st.none() | TEXTS, st.none() | TEXTS),
    min_size=1,
    max_size=6,
)


@examples(12)
@given(batches=st.lists(LEADS, min_size=1, max_size=3), later=LEADS)
def test_whatever_was_written_reads_the_same(empty, batches, later):
    """Any customers, versions, texts and gaps, by the earlier program and by this one after it."""
    vault = empty.copy(empty.path.parent / "试")
    number = 0

    def write(rows: list) -> None:
        nonlocal number
        with vault.open() as register, deed(register) as entry:
            file = (register.maximum("document", "document") or 0) + 1
            entry.append("document", pd.DataFrame([document(file, sealed_header=rows[0][2])]))
            made = []
            for customer, phone, contact, content_text, remark in rows:
                number += 1
                own = {
                    "customer": f"客户{customer}",
                    "customer_key": f"客户{customer}",
                    "phone": phone,
                    "phone_key": phone,
                }
                made.append(lead(number, file, contact=contact, content=content_text, remark=remark, **own))
            entry.append("lead", pd.DataFrame(made, dtype=object))
            masks = [{"lead": row["lead"], "version": 1, "contact": "张**", "phone": "1**"} for row in made]
            entry.append("mask", pd.DataFrame(masks))

    with earlier_program():
        for rows in batches:
            write(rows)
    write(later)
    before = content(vault)
    with vault.open() as register:
        anchor = register.head()
    bring_over(vault)
    assert content(vault) == before
    assert outcome(vault, anchor) == "whole"
    assert {value[0] for value in sealed_values(vault)} == {0}
    shutil.rmtree(Path(vault.path.parent))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bring_over", "destroy"])
def test_killed_in_the_middle_nothing_is_half_done(older, kind, tmp_path):
    """Processes are killed at moments spread over the work; each time the register is as before, or done and proven."""
    with earlier_program(), older.open() as register:
        for number in range(5, 200):
            write_pair(register, number)
    if kind == "destroy":
        bring_over(older)
    gone, before = [f"江城客户{n}" for n in range(9, 200, 2)], content(older)
    seen, whole = set(), 600.0  # seconds; the first is not killed, and tells how long the work takes
    for number in range(13):
        vault = older.copy(tmp_path / f"{kind}{number}")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker", "renew", str(vault.path), kind, ",".join(gone)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        started = time.monotonic()
        timer = threading.Timer(whole * number / 12 if number else whole, process.kill)
        timer.start()
        said = process.stdout.read()
        process.wait()
        timer.cancel()
        whole = whole if number else time.monotonic() - started
        done = {value[0] for value in sealed_values(vault)} == {0}
        if kind == "destroy":
            with vault.raw() as connection:
                states = connection.execute("SELECT count(*) FROM subject_state WHERE digest IS NULL").fetchone()[0]
                keys = connection.execute("SELECT count(*) FROM subject_key").fetchone()[0]
                entries = connection.execute("SELECT count(*) FROM entry WHERE action = 'destroy'").fetchone()[0]
                erased = connection.execute("SELECT count(*) FROM lead WHERE phone_key LIKE '~%'").fetchone()[0]
                (made,) = connection.execute("SELECT count(DISTINCT subject) FROM subject_state").fetchone()
            assert (states, made - keys, entries, erased) in ((0, 0, 0, 0), (len(gone), len(gone), 1, len(gone)))
            done = bool(entries)
        else:
            assert content(vault) == before
        assert outcome(vault) == "whole" and done >= ("done" in said)
        seen.add(done)
    assert seen == {False, True}
