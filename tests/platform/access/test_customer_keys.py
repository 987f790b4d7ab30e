"""Who destroys a customer's key, what the trail says of it, and what people see afterwards."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from tests.support.office import CLOCK, PASSPHRASE, Office, lead
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access import trail, users
from workbench.platform.access.session import Session, enter
from workbench.platform.register import erasable, key_file, subjects
from workbench.platform.register.keys import unlock
from workbench.platform.register.subjects import name_of_customer

POLICY = load_policy()
CLERK, ANALYST = "文员", "分析员"
CUSTOMER, OTHER = "江城客运公司", "江城驾校"


@pytest.fixture
def office(become) -> Office:
    """A staff and the leads of two customers."""
    office = become(None)
    rows = [lead(CUSTOMER), lead(OTHER, 客户类别="驾校", 联系方式="13900001112")]
    become(CLERK)
    office.receive(office.leads("D001", "一.xlsx", rows), "2026-01-05T09:00:00", code=0)
    return office


def opened(office: Office, user: str | None = None) -> Session:
    """A session of somebody; of the custodian by default."""
    path = office.folder / "登记册.db"
    first = unlock_first(path) if user is None else user
    return enter(path, first, PEOPLE[user][1] if user else PASSPHRASE, POLICY, CLOCK)


def unlock_first(path) -> str:
    """Who made the register."""
    return str(key_file.read(path)["slots"][0]["user"])


def test_the_custodian_destroys_a_customers_key(office, become):
    """The contact is 已销毁 for whoever may see it, its mask too; his name too; counts and the other customer stay; all is proven."""
    numbers = {row["customer"]: row["number"] for row in office.ask("leads", "--as-of", "2026-01-06T09:00:00")}
    with opened(office) as session:
        assert users.destroy_customers(session, [f" {CUSTOMER} "], "保存期满") == 1
    with opened(office) as session:
        assert trail.verify(session).breaches == []
        shown = trail.show(session, action="destroy").iloc[0]
        assert shown["summary"] == "1 个 保存期满" and CUSTOMER not in str(shown["detail"])
        assert session.register.count("lead") == 2
    become(CLERK)
    shown = office.ask("leads", "--as-of", "2026-01-06T09:00:00")
    assert [row["customer"] for row in shown] == ["已销毁", OTHER]
    revealed = office.ask("reveal", numbers[CUSTOMER], "--reason", "核对")
    assert (revealed["contact"], revealed["phone"]) == ("已销毁", "已销毁")
    assert office.ask("reveal", numbers[OTHER], "--reason", "核对")["phone"] == "13900001112"
    masked = become(ANALYST).run("reveal", numbers[CUSTOMER])
    assert "已销毁" in masked and "139" not in masked
    become(CLERK).receive(office.leads("D002", "二.xlsx", [lead(CUSTOMER)]), "2026-01-05T10:00:00", code=None)
    with opened(office) as session:
        assert session.register.read("lead", ["phone"])["phone"].tolist() == ["已销毁", "13900001112", "13900001111"]
        assert session.register.verify_audit() == []


@pytest.mark.parametrize(
    ("user", "customers", "reason", "code"),
    [
        (CLERK, [CUSTOMER], "到期", "not_allowed"),
        (None, ["没有的公司"], "到期", "unknown_customer"),
        (None, [CUSTOMER, "没有的公司"], "到期", "unknown_customer"),
        (None, [], "到期", "unknown_customer"),
        (None, [CUSTOMER], " ", "no_reason"),
        (None, [CUSTOMER], "客户 13900001111 要求", "personal_reason"),
    ],
)
def test_what_is_refused_destroys_nothing(office, user, customers, reason, code):
    """Not the role, not a customer of the register, no reason that may be kept."""
    with opened(office, user) as session:
        with pytest.raises((RegisterError, WrongUse)) as refused:
            users.destroy_customers(session, customers, reason)
        assert refused.value.code == code
    with opened(office) as session:
        assert session.register.read("lead", ["phone"])["phone"].tolist() == ["13900001111", "13900001112"]
        assert session.register.verify_audit() == []


def breached(office: Office) -> set[tuple[str, int]]:
    """Kinds of breaches and entries, as the custodian sees them."""
    with opened(office) as session:
        return {(breach["code"], breach["entry"]) for breach in trail.verify(session).breaches}


def test_a_clerk_who_destroys_with_a_program_of_his_own_is_named(office):
    """He holds the keys for it; the entry is his, and such entries are custodians'."""
    with opened(office, CLERK) as session:
        gone = list(subjects.numbers(session.register, [name_of_customer("江城客运")]).values())
        assert len(gone) == 1
        with session.transaction("destroy", CLOCK, subjects=gone) as entry:
            erasable.erase(session.register, entry, gone)
            subjects.record_destroyed(session.register, entry, gone)
    assert breached(office) == {("role", entry.number)}


@pytest.mark.parametrize("action", ["import", "rotate"])
def test_a_clerk_who_puts_a_key_of_his_own_in_place_is_named(office, action):
    """By whatever entry he has the trail account for the row."""
    with opened(office, CLERK) as session:
        register = session.register
        with session.transaction(action, CLOCK) as entry:
            register._connection.execute("UPDATE subject_key SET wrapped = zeroblob(60) WHERE subject_key = 2")
            (row,) = register._fetch(
                "SELECT subject_key, name, version, salt, wrapped FROM subject_key WHERE subject_key = 2"
            )
            digest = subjects.row_digest(register, row)
            entry.append("subject_state", pd.DataFrame([{"subject": 2, "digest": digest}]))
    wanted = ("key_changed" if action == "import" else "role", entry.number)
    assert breached(office) == {wanted}


def test_a_clerk_who_states_digests_anew_is_named(office):
    """In a register that this version made nobody can; and the altered row still shows."""
    with opened(office, CLERK) as session:
        number = int(session.register.read("lead", ["entry"])["entry"].iloc[0])
        session.register._connection.execute("UPDATE lead SET quantity = 99")
        with session.transaction("customer_keys", CLOCK) as entry:
            entry.append("restated", pd.DataFrame([{"about": number, "digest": "x"}]))
    assert {("restated", entry.number), ("digest", number), ("role", entry.number)} == breached(office)


def test_names_are_not_in_the_table_of_keys(office):
    """Whose key a row is can be told with the index key only."""
    with opened(office) as session:
        rows = session.register._fetch("SELECT * FROM subject_key WHERE wrapped <> x''")
        path, keys = session.register.path, session.register.keys
    assert len(rows) == 3 and "江城" not in repr(rows)
    assert unlock(path, ANALYST, PEOPLE[ANALYST][1])[1].index is None and keys.index is not None
    assert os.fspath(path).endswith(".db")
