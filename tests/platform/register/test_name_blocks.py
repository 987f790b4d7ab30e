"""Names of a place's customers kept together: what is kept is what the leads say, and nothing of it outlives a customer."""

from __future__ import annotations

import json
import os
import shutil

import pandas as pd
import pytest

from tests.support.pages import decrypted
from tests.support.raw_reading import in_clear, pieces
from tests.support.vault import MOMENT, USER, Vault, deed, document, lead
from workbench.core.close_names import compared
from workbench.platform.register import destruction, name_blocks, rehearsal
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.store import Register
from workbench.platform.register.subjects import name_of_customer

PLACE, OTHER = ("安徽省", "芜湖市"), ("安徽省", "合肥市")
CUSTOMERS = ["江城重工集团", "江城重工集团", "皖南制药厂", "芜湖第二驾校"]


def add(vault: Vault, number: int, *customers: str, city: str = PLACE[1], kept: bool = True) -> None:
    """A file with a lead of each customer; the names are kept with it, or left to who asks next."""
    with vault.open() as register, deed(register) as entry:
        entry.append("document", pd.DataFrame([document(number)]))
        rows = [
            lead(number * 100 + place, number, customer=f"{key}有限公司", customer_key=key, city=city)
            for place, key in enumerate(customers)
        ]
        entry.append("lead", pd.DataFrame(rows))
        if kept:
            name_blocks.blocks(register, [(PLACE[0], city)], entry)


def asked(register: Register, *places: tuple[str, str]) -> list[dict[str, str]]:
    """What is kept of places: what stands for each customer → his name. What is compared of it is as it is made now."""
    found = []
    for place, block in name_blocks.blocks(register, places or [PLACE]).items():
        names = block.names.listed()
        assert block.texts.listed() == [compared(name, *place) for name in names]
        found.append({f"#{number}": name for number, name in zip(block.numbers, names, strict=True)})
    return found


def by_leads(register: Register, place: tuple[str, str] = PLACE) -> dict[str, str]:
    """The same from the leads themselves, each name opened."""
    rows = register.read("lead", ["customer_key", "customer"], {"province": place[0], "city": place[1]})
    return dict(zip(rows["customer_key"], register.names.normalised(rows["customer_key"], rows["customer"])))


def stored(vault: Vault) -> list[tuple[int, str]]:
    """The rows there are: number and city."""
    with vault.raw() as connection:
        return list(connection.execute("SELECT name_block, city FROM name_block ORDER BY name_block").fetchall())


@pytest.fixture
def vault(tmp_path) -> Vault:
    """Three customers in one city, one in another, all kept."""
    made = Vault.make(tmp_path / "册.db")
    add(made, 1, *CUSTOMERS)
    add(made, 2, "皖南制药厂", city=OTHER[1])
    return made


def test_what_is_kept_is_opened_at_once_and_is_what_the_leads_say(vault, monkeypatch):
    """Two places; no name is opened by itself."""
    with vault.open() as register:
        wanted = [by_leads(register, place) for place in (PLACE, OTHER)]
        assert [len(each) for each in wanted] == [3, 1]
        assert register.verify_audit() == []
    with vault.open() as register:
        monkeypatch.setattr(register.names, "opened", lambda *_: pytest.fail("a name was opened by itself"))
        assert asked(register, PLACE, OTHER) == wanted
        assert asked(register, PLACE, OTHER) == wanted  # kept with the register


def test_what_comes_in_step_by_step_is_kept_whole(vault, monkeypatch):
    """A great import and small ones after it, of new customers and known ones; on a server, too, where rows are only added."""
    many = [f"{one}{other}造船厂" for one in "江湖河海" for other in "甲乙丙丁戊己"]
    for number, customers in ((11, many), (12, ["东山渔业"]), (13, ["江甲造船厂"]), (14, ["西山林场", "湖乙造船厂"])):
        add(vault, number, *customers)
    with vault.open() as register:
        wanted = by_leads(register)
        assert len(wanted) > len(many) and register.count("name_block") > 1
        assert register.verify_audit() == []
    with vault.open() as register:
        monkeypatch.setattr(register.names, "opened", lambda *_: pytest.fail("a name was opened by itself"))
        assert asked(register) == [wanted]


def test_a_place_without_leads_has_nobody(vault):
    """Asked for a place nobody reported from."""
    with vault.open() as register:
        assert asked(register, ("安徽省", "蚌埠市")) == [{}]


def test_what_was_not_kept_is_read_from_the_leads(vault):
    """Leads of an earlier version of the program, or written past this: added when next asked, and kept from then on."""
    add(vault, 3, "江城造船厂", kept=False)
    with vault.open() as register:
        assert asked(register)[0] == by_leads(register)
        assert "江城造船厂" in asked(register)[0].values()
    before = stored(vault)
    add(vault, 4, "江城重工集团")
    assert stored(vault) != before
    with vault.open() as register:
        assert asked(register)[0] == by_leads(register) and register.verify_audit() == []


def test_an_import_undone_leaves_nothing_kept(vault):
    """A fault in the same transaction: the rows go with it, and what the open register knew of them."""
    before = stored(vault)
    with vault.open() as register:
        with pytest.raises(ZeroDivisionError), deed(register) as entry:
            entry.append("document", pd.DataFrame([document(3)]))
            entry.append("lead", pd.DataFrame([lead(300, 3, customer="江城造船厂", customer_key="江城造船厂")]))
            name_blocks.blocks(register, [PLACE], entry)
            raise ZeroDivisionError
        assert asked(register)[0] == by_leads(register)
    assert stored(vault) == before


def test_small_rows_are_taken_along(vault):
    """Twenty imports of one name each leave few rows, and every name in one of them, once."""
    for number in range(3, 23):
        add(vault, number, f"芜湖{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}厂")
    assert len([row for row, city in stored(vault) if city == PLACE[1]]) <= 4
    with vault.open() as register:
        assert len(asked(register)[0]) == 23 and asked(register)[0] == by_leads(register)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE name_block SET sealed = x'0102' WHERE city = '芜湖市'",
        "UPDATE name_block SET sealed = (SELECT sealed FROM name_block WHERE city = '合肥市') WHERE city = '芜湖市'",
        "DELETE FROM name_block WHERE name_block = (SELECT min(name_block) FROM name_block WHERE city = '芜湖市')",
        "UPDATE name_block SET city = '芜湖市', name_block = 99 WHERE city = '合肥市'",
    ],
)
def test_rows_altered_moved_or_taken_away_hide_no_name(vault, statement):
    """They are made anew from the leads; the trail names them as long as they are there."""
    for number, first in ((3, "江湖河海浪潮"), (4, "金木")):
        add(vault, number, *(f"{one}{other}造船厂" for one in first for other in "甲乙丙丁戊己"))
    assert len([row for row, city in stored(vault) if city == PLACE[1]]) == 2
    vault.tamper(statement)
    with vault.open() as register:
        assert [breach.code for breach in register.verify_audit()] == ["kept_names"]
        assert asked(register)[0] == by_leads(register)
    add(vault, 5, "江城重工集团")
    add(vault, 6, "江城重工集团", city=OTHER[1])
    with vault.open() as register:
        assert register.verify_audit() == [] and asked(register)[0] == by_leads(register)


def test_an_earlier_row_put_back_hides_no_name(vault):
    """A genuine row of before: it does not fit the leads."""
    with vault.raw() as connection:
        (before,) = connection.execute("SELECT * FROM name_block WHERE city = '芜湖市'").fetchall()
    add(vault, 3, "江城造船厂")
    vault.tamper("DELETE FROM name_block WHERE city = '芜湖市'")
    with vault.raw() as connection:
        connection.execute("INSERT INTO name_block VALUES (?, ?, ?, ?)", before)
    with vault.open() as register:
        assert "江城造船厂" in asked(register)[0].values() and asked(register)[0] == by_leads(register)


def test_who_has_no_names_key_reads_no_name(vault):
    """No cell and no page holds one; verifying finds nothing to say."""
    traces = set().union(*(pieces(text) for text in CUSTOMERS))
    assert in_clear(vault, traces) == set()
    pages = decrypted(vault.path, vault.keys.file)
    assert not any(text.encode() in pages for text in traces)
    with Register.open(vault.path, vault.without_field_key()) as register:
        assert register.verify_audit() == []


def test_a_destroyed_customer_is_in_no_row_of_his_places(vault):
    """The rows of all places where he has leads are gone; made anew they say what his leads say."""
    add(vault, 3, "蚌埠铸造", city="蚌埠市")
    with vault.open() as register:
        destruction.destroy(register, [name_of_customer("皖南制药厂")], user=USER, now=MOMENT, reason="到期")
    assert {city for _, city in stored(vault)} == {"蚌埠市"}
    with vault.open() as register:
        assert asked(register)[0] == by_leads(register)
        assert sorted(asked(register, OTHER)[0].values()) == [DESTROYED]
        assert register.verify_audit() == []


@pytest.mark.parametrize(
    "lists",
    [
        [1, ["芜湖驾校"], ["芜湖驾校"]],
        ["1\n2", "一", "一"],
        ["x", "一", "一"],
        ["1", "一\n二", "一"],
        ["1"],
        [None] * 3,
    ],
)
def test_rows_of_another_shape_are_named_and_hide_no_name(vault, lists):
    """Sealed by somebody with the key: lists that are none, of several lengths, without numbers, too few."""
    with vault.open() as register, deed(register) as entry:
        wanted = by_leads(register)
        block = name_blocks.blocks(register, [PLACE])[PLACE]
        entry._write_many("DELETE FROM name_block WHERE city = ?", [(PLACE[1],)])
        version = max(register.keys.names)
        nonce, text = os.urandom(12), json.dumps([block.last, 1, *lists], ensure_ascii=False)
        box = name_blocks._box(register.keys.names[version])
        sealed = box.encrypt(nonce, text.encode(), name_blocks._bound_to(99, PLACE))
        entry._write_many(name_blocks.ADD, [(99, *PLACE, bytes([version]) + nonce + sealed)])
    with vault.open() as register:
        assert [breach.code for breach in register.verify_audit()] == ["kept_names"]
        assert asked(register)[0] == wanted


@pytest.mark.parametrize("change", ["left out", "another name"])
def test_what_a_holder_of_the_names_key_seals_wrongly_is_named(vault, change):
    """Somebody with the key writes a row that opens and counts right, but hides a customer from whoever compares."""
    with vault.open() as register, deed(register) as entry:
        entry._write_many("DELETE FROM name_block WHERE city = ?", [(PLACE[1],)])
        block = name_blocks.blocks(register, [PLACE])[PLACE]
        numbers, named = block.numbers.tolist(), block.names.listed()
        if change == "left out":
            numbers, named = numbers[1:], named[1:]
        else:
            named[0] = "芜湖第三驾校"
        block = name_blocks.Block(last=block.last)
        block.add(numbers, *["\n".join(named)] * 2)
        name_blocks._keep(register, entry, PLACE, block)
    with vault.open() as register:
        assert [breach.code for breach in register.verify_audit()] == ["kept_names"]


def test_a_copy_that_a_killed_run_left_goes_with_a_destroyed_customer(vault):
    """It opens under the same keys and holds his name; another register's copy beside it stays."""
    (vault.path.parent / "另一册").mkdir()
    other = Vault.make(vault.path.parent / "另一册" / "册.db")
    left, foreign = (vault.path.parent / name for name in (".backup-killed", ".backup-foreign"))
    for folder, register in ((left, vault), (foreign, other)):
        with register.open() as opened, rehearsal.beside(opened) as copy:
            shutil.copytree(copy.path.parent, folder)
    with vault.open() as register:
        destruction.destroy(register, [name_of_customer("皖南制药厂")], user=USER, now=MOMENT, reason="到期")
    assert not left.exists() and foreign.exists()


def test_a_row_of_an_earlier_version_of_the_program_is_read(vault, monkeypatch):
    """It also said how many leads the place had; no name is opened by itself, and what comes later is added."""
    with vault.open() as register, deed(register) as entry:
        wanted = by_leads(register)
        block = name_blocks.blocks(register, [PLACE])[PLACE]
        entry._write_many("DELETE FROM name_block WHERE city = ?", [(PLACE[1],)])
        block.parts = []
        with monkeypatch.context() as earlier:
            plain = json.dumps
            earlier.setattr(
                name_blocks.json,
                "dumps",
                lambda value, **how: plain([value[0], 4, *value[1:]] if how else value, **how),
            )
            name_blocks._keep(register, entry, PLACE, block)
    with vault.open() as register:
        monkeypatch.setattr(register.names, "opened", lambda *_: pytest.fail("a name was opened by itself"))
        assert asked(register) == [wanted]
    monkeypatch.undo()
    add(vault, 3, "江城造船厂")
    with vault.open() as register:
        assert asked(register)[0] == by_leads(register) and len(asked(register)[0]) == len(wanted) + 1
        assert register.verify_audit() == []
