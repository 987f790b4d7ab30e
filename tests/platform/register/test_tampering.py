"""Someone changes the register's bytes, or its rows with the file key in hand: each is found, with a clear word."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.support.vault import MOMENT, USER, deed, document, outcome, write_pair
from workbench.core.errors import RegisterError, WrongUse

FILE_CODES = {"damaged", "not_a_register"}
PAGE = 4096


def test_a_flipped_byte_on_any_page_is_found(vault):
    """One byte of every page in turn, at a place that moves through the page: refused, by code."""
    content, seen = vault.path.read_bytes(), set()
    for page in range(len(content) // PAGE):
        bent = bytearray(content)
        bent[page * PAGE + (page * 997) % PAGE] ^= 0x10
        vault.path.write_bytes(bent)
        got = outcome(vault)
        assert got in FILE_CODES, f"page {page}: {got}"
        seen.add(got)
    assert seen == FILE_CODES
    vault.path.write_bytes(content)
    assert outcome(vault) == "whole"


def test_a_truncated_register_is_found(vault):
    """Cut to nothing, inside a page, between pages, by one byte."""
    content = vault.path.read_bytes()
    for size in (0, 1, 15, 100, PAGE - 1, PAGE, 2 * PAGE, len(content) // 2 + 7, len(content) - PAGE, len(content) - 1):
        vault.path.write_bytes(content[:size])
        assert outcome(vault) in FILE_CODES, size


def test_swapped_pages_are_found(vault):
    """A page is bound to its place in the file."""
    content = vault.path.read_bytes()
    pages = [content[start : start + PAGE] for start in range(0, len(content), PAGE)]
    pages[3], pages[4] = pages[4], pages[3]
    vault.path.write_bytes(b"".join(pages))
    assert outcome(vault) in FILE_CODES


def test_a_damaged_page_shows_in_ordinary_reading_too(vault):
    """Damage on a page that only some row needs is a sentence there, not a fault."""
    with vault.open() as register, deed(register) as entry:
        rows = [document(number, name="名" * 500) for number in range(3, 203)]
        entry.append("document", pd.DataFrame(rows))
    content = vault.path.read_bytes()
    codes = []
    for page in range(2, len(content) // PAGE):
        bent = bytearray(content)
        bent[page * PAGE + 50] ^= 1
        vault.path.write_bytes(bent)
        try:
            with vault.open() as register:
                register.read("document")
        except RegisterError as error:
            codes.append(error.code)
    assert len(codes) > 40
    assert set(codes) == {"damaged"}


# what is done with the file key in hand -> what opening, verifying or reading says
ROWS: dict[str, tuple[list[str], str]] = {
    "a number is edited": (["UPDATE lead SET quantity = 99 WHERE lead = 1"], "digest"),
    "a text is edited": (["UPDATE document SET name = '别的.xlsx' WHERE document = 1"], "digest"),
    "a time is moved": (["UPDATE lead SET filed_at = '2026-01-04T09:00:00' WHERE lead = 3"], "digest"),
    "a number becomes a fraction": (["UPDATE lead SET quantity = 12.5 WHERE lead = 1"], "digest"),
    "a time becomes a word": (["UPDATE lead SET filed_at = 'soon' WHERE lead = 1"], "digest"),
    "a document is no JSON any more": (["UPDATE document SET header = '{' WHERE document = 1"], "digest"),
    "a value is emptied": (["UPDATE lead SET remark = NULL WHERE lead = 1"], "digest"),
    "two rows change contacts": (
        [
            "UPDATE lead SET contact = (SELECT contact FROM lead AS other WHERE other.lead = 3 - lead.lead) "
            "WHERE lead IN (1, 2)"
        ],
        "digest",
    ),
    "a phone is put where a contact was": (["UPDATE lead SET contact = phone WHERE lead = 2"], "digest"),
    "a blind hash is copied": (
        ["UPDATE lead SET phone_key = (SELECT phone_key FROM lead WHERE lead = 1) WHERE lead = 2"],
        "digest",
    ),
    "bytes become their hex": (["UPDATE lead SET phone = lower(hex(phone)) WHERE lead = 1"], "digest"),
    "two rows change numbers": (
        [
            "UPDATE lead SET lead_version = 99 WHERE lead_version = 1",
            "UPDATE lead SET lead_version = 1 WHERE lead_version = 2",
            "UPDATE lead SET lead_version = 2 WHERE lead_version = 99",
        ],
        "digest",
    ),
    "a row is deleted": (["DELETE FROM lead WHERE lead = 4"], "digest"),
    "a row is added to an old entry": (
        ["INSERT INTO closure VALUES (1, 1, '2026-01', '2026-02-01T00:00:00', 'x')"],
        "digest",
    ),
    "a row is added without an entry": (
        ["INSERT INTO closure VALUES (1, 7, '2026-01', '2026-02-01T00:00:00', 'x')"],
        "stray",
    ),
    "a row is added beside all entries": (
        [
            "INSERT INTO closure VALUES (1, 'x', '2026-01', '2026-02-01T00:00:00', 'x')",
            "INSERT INTO closure VALUES (2, 8, '2026-02', '2026-02-01T00:00:00', 'x')",
        ],
        "stray",
    ),
    "a row changes its entry": (["UPDATE lead SET entry = 2 WHERE lead = 1"], "digest"),
    "rows change tables": (["DELETE FROM lead", "DELETE FROM document"], "digest"),
    "an entry's user is edited": (["UPDATE entry SET user = '别人' WHERE entry = 1"], "chain"),
    "an entry's time is edited": (["UPDATE entry SET at = '2026-01-06T00:00:00' WHERE entry = 2"], "chain"),
    "the actual clock is edited": (["UPDATE entry SET recorded_at = '2026-01-06T00:00:00' WHERE entry = 2"], "chain"),
    "an entry's detail is edited": (["UPDATE entry SET detail = '{\"a\": 1}' WHERE entry = 2"], "chain"),
    "an entry's digest is edited": (["UPDATE entry SET digest = 'x' WHERE entry = 2"], "chain+digest"),
    "a link is edited": (["UPDATE entry SET chain = 'x' WHERE entry = 1"], "chain"),
    "a link becomes bytes": (["UPDATE entry SET chain = x'00ff' WHERE entry = 1"], "chain"),
    "the last link becomes bytes": (["UPDATE entry SET chain = x'00ff' WHERE entry = 2"], "chain"),
    "a text is no text": (["UPDATE entry SET user = CAST(x'ff' AS TEXT) WHERE entry = 1"], "not_a_register"),
    "the first entry is deleted": (["DELETE FROM entry WHERE entry = 1"], "chain+gap+stray"),
    "the first entry goes with its rows": (
        [
            "DELETE FROM lead WHERE entry = 1",
            "DELETE FROM transition WHERE entry = 1",
            "DELETE FROM state WHERE lead = 2",
            "DELETE FROM document_place WHERE entry = 1",
            "DELETE FROM document WHERE entry = 1",
            "DELETE FROM subject_state WHERE entry = 1",
            "DELETE FROM row_hash WHERE entry = 1",
            "DELETE FROM subject_key WHERE subject_key NOT IN (SELECT subject FROM subject_state)",
            "DELETE FROM entry WHERE entry = 1",
        ],
        "chain+gap",
    ),
    "two entries change places": (
        [
            "UPDATE entry SET entry = 99 WHERE entry = 1",
            "UPDATE entry SET entry = 1 WHERE entry = 2",
            "UPDATE entry SET entry = 2 WHERE entry = 99",
        ],
        "chain+digest",
    ),
    "all entries are deleted": (["DELETE FROM entry"], "stray"),
    "an entry is made up": (
        ["INSERT INTO entry SELECT 3, at, recorded_at, user, action, detail, digest, chain FROM entry WHERE entry = 2"],
        "chain+digest",
    ),
    "the trail is dropped": (["DROP TABLE entry"], "altered_schema"),
    "a status is edited": (["UPDATE state SET status = '有效' WHERE lead = 2"], "state"),
    "a status's clause is edited": (["UPDATE state SET clause = '5.4' WHERE lead = 2"], "state"),
    "a status is deleted": (["DELETE FROM state WHERE lead = 2"], "state"),
    "a status is made up": (["INSERT INTO state VALUES (3, '有效', NULL)"], "state"),
    "a note is added to the file's own": (["INSERT INTO meta VALUES ('policy', 'x')"], "stray"),
    "the register's name is edited": (["UPDATE meta SET value = 'x' WHERE name = 'register'"], "other_register"),
    "the schema is lost": (["DELETE FROM meta WHERE name = 'schema'"], "not_a_register"),
    "the generation is lost": (["DELETE FROM meta WHERE name = 'generation'"], "not_a_register"),
    "the schema is set back": (["UPDATE meta SET value = '0' WHERE name = 'schema'"], "altered_schema"),
    "the schema is set back by a step": (["UPDATE meta SET value = '12' WHERE name = 'schema'"], "altered_schema"),
    "the notes are dropped": (["DROP TABLE meta"], "not_a_register"),
}


@pytest.mark.parametrize("title", ROWS)
def test_changed_rows_are_found(vault, title):
    """Whoever has the file key but not the audit key leaves a trace, whatever they do to rows and entries."""
    statements, code = ROWS[title]
    with vault.open() as register:
        anchor = register.head()
    vault.tamper(*statements)
    assert outcome(vault) == code
    assert outcome(vault, anchor) in {code, f"anchor+{code}"}


@pytest.mark.parametrize(
    ("statement", "table", "column"),
    [
        ("UPDATE lead SET contact = (SELECT contact FROM lead WHERE lead = 2) WHERE lead = 1", "lead", "contact"),
        ("UPDATE lead SET phone = contact WHERE lead = 1", "lead", "phone"),
        (
            "UPDATE document SET sealed_header = (SELECT phone FROM lead) WHERE document = 1",
            "document",
            "sealed_header",
        ),
        ("UPDATE lead SET phone = CAST(x'02' || substr(phone, 2) AS BLOB) WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = substr(phone, 1, length(phone) - 1) WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = substr(phone, 1, 13) WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = substr(phone, 1, 5) WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = x'01' WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = x'00' WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = substr(phone, 1, 9) WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = CAST(x'00000000000000FFFF' || substr(phone, 10) AS BLOB)", "lead", "phone"),
        ("UPDATE lead SET phone = x'' WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = '13900001111' WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = 13900001111 WHERE lead = 1", "lead", "phone"),
        ("UPDATE lead SET phone = 1.5 WHERE lead = 1", "lead", "phone"),
    ],
)
def test_an_altered_personal_field_does_not_open(vault, statement, table, column):
    """Swapped, moved to another column or table, cut, replaced by plain text: ``damaged_field``, naming the column."""
    vault.tamper(statement)
    with vault.open() as register:
        with pytest.raises(RegisterError) as refusal:
            register.read(table, [column])
        assert refusal.value.code == "damaged_field"
        assert f"{table}.{column}" in refusal.value.zh
        assert not {"13900001111", "张联系"} & set(refusal.value.zh.split())


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE document SET header = '{' WHERE document = 1", "document"),
        ("UPDATE lead SET filed_at = 'soon' WHERE lead = 1", "lead"),
        ("UPDATE lead SET quantity = 'many' WHERE lead = 1", "lead"),
        ("UPDATE entry SET detail = x'00' WHERE entry = 1", "entry"),
    ],
)
def test_an_altered_value_of_the_wrong_kind_is_a_sentence(vault, statement, table):
    """Reading, not only verifying, says that the register was altered."""
    vault.tamper(statement)
    with vault.open() as register, pytest.raises(RegisterError) as refusal:
        register.read(table)
    assert refusal.value.code == "damaged"


def test_a_cut_tail_needs_the_noted_head(vault):
    """The last entry gone with all its rows is invisible from inside; a head noted outside shows it."""
    with vault.open() as register:
        anchor = register.head()
    vault.tamper(
        "DELETE FROM lead WHERE entry = 2",
        "DELETE FROM transition WHERE entry = 2",
        "DELETE FROM document_place WHERE entry = 2",
        "DELETE FROM document WHERE entry = 2",
        "DELETE FROM state WHERE lead = 4",
        "DELETE FROM subject_state WHERE entry = 2",
        "DELETE FROM row_hash WHERE entry = 2",
        "DELETE FROM subject_key WHERE subject_key NOT IN (SELECT subject FROM subject_state)",
        "DELETE FROM entry WHERE entry = 2",
    )
    assert outcome(vault) == "whole"
    assert outcome(vault, anchor) == "anchor"


def test_an_older_copy_needs_the_noted_head(vault, tmp_path):
    """Putting back an older file, and going on from it, shows against a head noted in between."""
    older = vault.copy(tmp_path / "旧")
    with vault.open() as register:
        write_pair(register, 3)
        anchor = register.head()
    assert outcome(vault, anchor) == "whole"
    Path(f"{vault.path}-wal").unlink(missing_ok=True)
    vault.path.write_bytes(older.path.read_bytes())
    assert outcome(vault) == "whole"
    assert outcome(vault, anchor) == "anchor"
    with vault.open() as register, deed(register, other="story"):
        pass
    assert outcome(vault) == "whole"
    assert outcome(vault, anchor) == "anchor"


def test_every_earlier_head_stays_good(vault):
    """Heads noted at any time, the empty register's included, hold for good as the register grows."""
    with vault.open() as register:
        heads = ["0:" + "0" * 64]
        for number in (3, 4):
            heads.append(register.head())
            write_pair(register, number)
        heads.append(register.head())
        for head in heads:
            assert register.verify_audit(head) == []
        assert [breach.code for breach in register.verify_audit("9:" + "a" * 64)] == ["anchor"]


@pytest.mark.parametrize("text", ["", "x", "3", "3:", ":abc", "x:abc", "-1:abc", "1.5:abc"])
def test_a_head_that_is_none_is_wrong_use(vault, text):
    """A mistyped head is named as such."""
    with vault.open() as register, pytest.raises(WrongUse) as refusal:
        register.verify_audit(text)
    assert refusal.value.code == "bad_anchor"


def test_the_trail_goes_on_after_damage_and_still_shows_it(vault):
    """Work after tampering neither fails nor covers it up."""
    vault.tamper("UPDATE entry SET chain = x'00' WHERE entry = 2", "UPDATE lead SET quantity = 3 WHERE lead = 1")
    with vault.open() as register:
        write_pair(register, 3)
        assert {(breach.code, breach.entry) for breach in register.verify_audit()} == {("chain", 2), ("digest", 1)}


def test_back_dating_shows(vault):
    """The time a deed counts at and the actual clock stand side by side, both under the chain."""
    with vault.open() as register:
        past, clock = datetime(2025, 12, 1, 8), datetime(2026, 1, 9, 17, 5, 3)
        with register.transaction("import", at=past, recorded_at=clock, user=USER, detail={"a": 1}):
            pass
        last = register.read("entry").iloc[-1]
    assert (last["at"], last["recorded_at"], last["user"], last["action"]) == (past, clock, USER, "import")
    assert last["detail"] == {"a": 1}
    assert last["at"] != MOMENT
