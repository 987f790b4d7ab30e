"""Declared tables whose rows are about customers (``FactTable.customers``): they go with the customer's key, and are brought over."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.support.earlier import earlier_program
from tests.support.vault import MOMENT, USER, Vault, deed, document, lead
from workbench.platform.capability import Capability, extended
from workbench.platform.register import destruction, members, resealing
from workbench.platform.register.cipher import DESTROYED
from workbench.platform.register.facts import TEXT, FactTable
from workbench.platform.register.names import number_of
from workbench.platform.register.subjects import name_of_customer

TABLE = FactTable(
    name="visit",
    word="走访",
    columns={"customer_key": TEXT, "other": TEXT, "said": TEXT},
    sealed=("who",),
    named=("said",),
    customers=("customer_key", "other"),
)
ONE, TWO = "江城重工集团", "皖南制药厂"


@pytest.fixture(autouse=True)
def _declared():
    """The program knows the table."""
    with extended(Capability("visits", "走访", tables=(TABLE,))):
        yield


def fill(vault: Vault) -> None:
    """A lead of one customer, and rows about it, about another and about none."""
    with vault.open() as register, deed(register) as entry:
        entry.append("document", pd.DataFrame([document(1)]))
        entry.append("lead", pd.DataFrame([lead(1, 1, customer=f"{ONE}有限公司", customer_key=ONE)]))
        keys = register.names.customers(entry, pd.Series([ONE, TWO, None], dtype=object))
        other = register.names.customers(entry, pd.Series([TWO, None, None], dtype=object))
        said = ["走访了重工", "走访了制药厂", "市场平稳"]
        rows = {"customer_key": keys, "other": other, "said": said, "who": ["张联系", "李联系", None]}
        entry.append("visit", pd.DataFrame(rows))


def rows(register) -> list[list]:
    """What the table says."""
    return register.read("visit", ["said", "who"]).values.tolist()


def test_rows_go_with_the_key_of_their_customer(tmp_path):
    """Texts and personal fields of the destroyed one are gone, those of others stay; the trail is whole."""
    vault = Vault.make(tmp_path / "册.db")
    fill(vault)
    with vault.open() as register:
        keys = register.read("visit", ["customer_key", "other"])
        assert keys["customer_key"].iloc[0] == register.read("lead")["customer_key"].iloc[0]
        assert keys["other"].iloc[0] == keys["customer_key"].iloc[1]
        assert ONE not in repr(register._fetch("SELECT * FROM record"))
        assert destruction.destroy(register, [name_of_customer(ONE)], user=USER, now=MOMENT, reason="到期") == 1
    with vault.open() as register:
        assert rows(register) == [[DESTROYED, DESTROYED], ["走访了制药厂", "李联系"], ["市场平稳", None]]
        assert register.verify_audit() == []


def test_rows_of_an_earlier_register_are_brought_over(tmp_path):
    """Names in their keys give way to the numbers the leads have; what is said stays, and no name is left in clear."""
    with earlier_program():
        vault = Vault.make(tmp_path / "旧册.db")
        for action in ("simulation", "init"):
            with (
                vault.open() as register,
                register.transaction(action, at=MOMENT, recorded_at=MOMENT, user=USER, detail={"user": USER}),
            ):
                pass
        fill(vault)
    with vault.open() as register:
        before = rows(register)
        assert register.read("visit", ["customer_key"])["customer_key"].tolist()[:2] == [ONE, TWO]
    keys = replace(vault.keys, names={1: b"n" * 32}, seals_names=True)
    content = members.hand_out(vault.path, vault.keys, keys, lambda content: None)
    vault = replace(vault, keys=replace(keys, generation=content["generation"]))
    with vault.open() as register:
        resealing.bring_over(register, user=USER, now=MOMENT)
    with vault.open() as register:
        assert rows(register) == before
        found = register.read("visit", ["customer_key", "other"])
        assert found["customer_key"].iloc[0] == register.read("lead")["customer_key"].iloc[0]
        assert found["other"].iloc[0] == found["customer_key"].iloc[1] and number_of(found["other"].iloc[0])
        assert not [
            word for word in (ONE, TWO, "重工", "制药") if word in repr(register._fetch("SELECT * FROM record"))
        ]
        assert register.verify_audit() == []
