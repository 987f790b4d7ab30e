"""The trail's arithmetic: hashes that never change, and exactly the breaches a chain shows."""

from __future__ import annotations

import hashlib

import pytest

from workbench.platform.register.audit import (
    FIRST_LINK,
    Breach,
    digest,
    encode_rows,
    kept_link,
    link,
    parted_rows,
    verify,
)

KEY = bytes(range(32))
ROWS = {"lead": [(2, b'["b",2]'), (1, b'["a",1]')], "decision": [(7, b'["c",null]')]}
FIELDS = [1, "2026-01-05T09:00:00", None, "甲", "import", "说明", "00"]


def test_hashes_are_those_of_every_earlier_version():
    """Registers that exist hold them: another hash would call each of them altered."""
    assert digest(KEY, ROWS) == "66ed2f274243bff31511a9cd587d4c7426f36086e8d711c72b8f9f504e82aa58"
    assert digest(KEY, {}) == "b6d44517f7a00f7c6e23f285c5e3c3e27c423b53e099b24033b14f21cb612e13"
    assert link(KEY, FIRST_LINK, FIELDS) == "173e89b4c355aa6360dba562ee88c9114217487e29e4ec395f5f97211312851d"
    kept = kept_link(KEY, FIRST_LINK, FIELDS, "ab" * 32)
    assert kept == "8f2a25d5fbf5251b06d114aee7205be707c9dc84f6e62a1b6ef1c7020f0f6c35"
    assert encode_rows([(1, "ab", b"\xab", None)]) == [b'[1,"ab",["ab"],null]']


@pytest.mark.parametrize("place", [1, 2, 4])
def test_a_row_in_two_parts_is_the_row_under_any_number(place):
    """Whatever stands before and behind the number, which may stand elsewhere in the row too."""
    row: list = [12, '1,12]"', b"\x00\xff", None, "十二\n"]
    row[place] = 12
    ((before, behind),) = parted_rows([row], place)
    for number in (12, 1, 40_001):
        whole = [number if at == place else value for at, value in enumerate(row)]
        assert [before + str(number).encode() + behind] == encode_rows([whole])


def test_a_digest_depends_on_the_key_the_table_and_the_row_but_on_no_order():
    """Tables and rows may come in any order; bytes are never like their hex as text."""
    assert digest(KEY, dict(reversed(ROWS.items()))) == digest(KEY, {**ROWS, "lead": ROWS["lead"][::-1]})
    others = [
        digest(bytes(32), ROWS),
        digest(KEY, {"leads": ROWS["lead"], "decision": ROWS["decision"]}),
        digest(KEY, {**ROWS, "lead": ROWS["lead"][:1]}),
        digest(KEY, ROWS),
    ]
    assert len(set(others)) == len(others)
    assert encode_rows([(b"\xab",)]) != encode_rows([("ab",)])


class Trail:
    """Three entries, each with one row of a table of its own."""

    def __init__(self) -> None:
        self.rows = {number: {f"table{number}": [(number, b"[%d]" % number)]} for number in (1, 2, 3)}
        self.entries: list[list] = []
        before = FIRST_LINK
        for number, held in self.rows.items():
            fields = [f"2026-01-0{number}", f"2026-01-0{number}", "甲", "import", "", digest(KEY, held)]
            before = link(KEY, before, [number, *fields])
            self.entries.append([number, *fields, before])

    @property
    def head(self) -> str:
        """The link of the last entry."""
        return self.entries[-1][-1]

    def breaches(self, **how) -> list[Breach]:
        """What ``verify`` says of it."""
        return verify(KEY, self.entries, {number: dict(held) for number, held in self.rows.items()}, **how)


@pytest.fixture
def trail() -> Trail:
    """An untouched trail."""
    return Trail()


def test_an_untouched_trail_shows_nothing(trail):
    """With its own head, an earlier one, and the beginning noted outside; with rows and without."""
    for anchor in (None, (3, trail.head), (2, trail.entries[1][-1]), (0, FIRST_LINK)):
        assert trail.breaches(anchor=anchor) == []
    assert verify(KEY, trail.entries, None) == []
    assert verify(KEY, [], {}) == [] and verify(KEY, [], None, (0, FIRST_LINK)) == []


def test_another_key_shows_in_every_entry(trail):
    """Chain and digest of each."""
    found = verify(bytes(32), trail.entries, trail.rows)
    assert found == [Breach(code, number) for number in (1, 2, 3) for code in ("chain", "digest")]


@pytest.mark.parametrize("place", range(1, 6))
def test_an_altered_word_breaks_its_entry_alone(trail, place):
    """The link after it is made from the stored one."""
    trail.entries[1][place] = "别的"
    assert trail.breaches() == [Breach("chain", 2)]


def test_an_altered_digest_or_row_is_told_apart(trail):
    """A digest belongs to the chain, a row to its digest."""
    trail.entries[1][6] = "00" * 32
    assert trail.breaches() == [Breach("chain", 2), Breach("digest", 2)]
    other = Trail()
    other.rows[2]["table2"] = [(2, b"[9]")]
    assert other.breaches() == [Breach("digest", 2)]
    del other.rows[2]
    assert other.breaches() == [Breach("digest", 2)]
    assert verify(KEY, other.entries, None) == []


def test_an_altered_link_breaks_two(trail):
    """Its own entry and the one after it."""
    trail.entries[1][-1] = hashlib.sha256(b"x").hexdigest()
    assert trail.breaches() == [Breach("chain", 2), Breach("chain", 3)]


def test_a_missing_entry_is_a_gap_behind_it_and_its_rows_are_strays(trail):
    """The gap is named once, at the entry that comes too early."""
    del trail.entries[1]
    assert trail.breaches() == [Breach("gap", 3), Breach("chain", 3), Breach("stray", 2, "table2")]
    first = Trail()
    del first.entries[0]
    assert first.breaches() == [Breach("gap", 2), Breach("chain", 2), Breach("stray", 1, "table1")]


def test_rows_of_no_entry_are_named_table_by_table(trail):
    """In the order of entries and names."""
    trail.rows[9] = {"b": [(1, b"[]")], "a": [(1, b"[]")]}
    trail.rows[4] = {"c": [(1, b"[]")]}
    assert trail.breaches() == [Breach("stray", 4, "c"), Breach("stray", 9, "a"), Breach("stray", 9, "b")]


def test_a_tail_that_was_cut_shows_by_a_head_noted_outside_only(trail):
    """Without it the shorter trail is whole; a head that is another's is no better than a missing one."""
    head = trail.head
    del trail.entries[2], trail.rows[3]
    assert trail.breaches() == []
    assert trail.breaches(anchor=(3, head)) == [Breach("anchor", 3)]
    assert trail.breaches(anchor=(2, head)) == [Breach("anchor", 2)]
    assert trail.breaches(anchor=(0, head)) == [Breach("anchor", 0)]


def test_a_digest_stated_anew_holds_instead_of_the_entrys_own(trail):
    """For that entry only; the old one does not hold beside it."""
    trail.rows[2]["table2"] = [(2, b"[9]")]
    anew = {2: digest(KEY, trail.rows[2])}
    assert trail.breaches(restated=anew) == []
    assert trail.breaches(restated={3: anew[2]}) == [Breach("digest", 2), Breach("digest", 3)]
    assert Trail().breaches(restated=anew) == [Breach("digest", 2)]


def test_an_entry_whose_words_were_taken_out_is_held_by_a_link_of_its_own(trail):
    """The chain goes on from the link it was given for other words; neither words nor link may change again."""
    number, *fields, chain = trail.entries[1]
    fields[4] = "已删除"
    trail.entries[1] = [number, *fields, chain]
    before = trail.entries[0][-1]
    kept = {2: kept_link(KEY, before, [number, *fields], chain)}
    assert trail.breaches() == [Breach("chain", 2)]
    assert trail.breaches(details=kept) == []
    assert trail.breaches(details={3: kept[2]}) == [Breach("chain", 2), Breach("chain", 3)]
    assert trail.breaches(details={2: kept_link(KEY, FIRST_LINK, [number, *fields], chain)}) == [Breach("chain", 2)]
    trail.entries[1][5] = "又改"
    assert trail.breaches(details=kept) == [Breach("chain", 2)]
