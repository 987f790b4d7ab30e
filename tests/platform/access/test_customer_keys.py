"""Who destroys a customer's key, what the trail says of it, and what people see afterwards."""

from __future__ import annotations

import os
from hashlib import blake2b

import pytest

from tests.support.insider import Insider, encoded
from tests.support.office import CLOCK, PASSPHRASE, Office, lead
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access import trail, users
from workbench.platform.access.session import Session, enter
from workbench.platform.register import key_file
from workbench.platform.register.keys import unlock

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


def erased(salt: str, value: str) -> str:
    """What takes a value's place when its key is destroyed, by the formula of the file."""
    return "~" + blake2b(f"{salt}|{value}".encode(), digest_size=16, person=b"erasable").hexdigest()


def test_a_clerk_who_destroys_with_a_program_of_his_own_is_named(office):
    """He holds the keys for it, leaves everything as a custodian's destruction does, and signs; such entries are custodians'."""
    clerk = Insider(office.folder / "登记册.db", CLERK, PEOPLE[CLERK][1])
    with clerk.raw() as file:
        lead_, customer, phone = file.execute("SELECT lead, customer_key, phone_key FROM lead ORDER BY lead").fetchone()
        number = int(customer[1:])
        (salt,) = file.execute("SELECT salt FROM subject_key WHERE subject_key = ?", (number,)).fetchone()
        file.execute("UPDATE lead SET phone_key = ? WHERE lead = ?", (erased(salt, phone), lead_))
        for mask, *shown in file.execute("SELECT mask, contact, phone FROM mask WHERE lead = ?", (lead_,)).fetchall():
            values = [erased(salt, value) for value in shown]
            file.execute("UPDATE mask SET contact = ?, phone = ? WHERE mask = ?", (*values, mask))
        for place, known in file.execute(
            "SELECT contact_phone, number FROM contact_phone WHERE lead = ?", (lead_,)
        ).fetchall():
            file.execute("UPDATE contact_phone SET number = ? WHERE contact_phone = ?", (erased(salt, known), place))
        file.execute("DELETE FROM subject_key WHERE subject_key = ?", (number,))
        file.execute("DELETE FROM name_block")
    state = {"subject": number, "digest": None}
    made = clerk.write("destroy", detail={"subjects": [number]}, subject_state=state)
    assert breached(office) == {("role", made)}


@pytest.mark.parametrize("action", ["import", "rotate"])
def test_a_clerk_who_puts_a_key_of_his_own_in_place_is_named(office, action):
    """By whatever entry he has the trail account for the row."""
    clerk = Insider(office.folder / "登记册.db", CLERK, PEOPLE[CLERK][1])
    with clerk.raw() as file:
        file.execute("UPDATE subject_key SET wrapped = zeroblob(60) WHERE subject_key = 2")
        row = file.execute(
            "SELECT subject_key, name, version, salt, wrapped FROM subject_key WHERE subject_key = 2"
        ).fetchone()
    made = blake2b(encoded(row).encode(), key=clerk.keys.audit, digest_size=32, person=b"subject key").hexdigest()
    number = clerk.write(action, subject_state={"subject": 2, "digest": made})
    assert breached(office) == {("key_changed" if action == "import" else "role", number)}


def test_a_clerk_who_states_digests_anew_is_named(office):
    """In a register that this version made nobody can; and the altered row still shows."""
    clerk = Insider(office.folder / "登记册.db", CLERK, PEOPLE[CLERK][1])
    with clerk.raw() as file:
        (about,) = file.execute("SELECT entry FROM lead ORDER BY lead").fetchone()
        file.execute("UPDATE lead SET quantity = 99")
    number = clerk.write("customer_keys", restated={"about": about, "digest": "x"})
    assert {("restated", number), ("digest", about), ("role", number)} == breached(office)


def test_names_are_not_in_the_table_of_keys(office):
    """Whose key a row is can be told with the index key only."""
    with opened(office) as session:
        rows = session.register._fetch("SELECT * FROM subject_key WHERE wrapped <> x''")
        path, keys = session.register.path, session.register.keys
    assert len(rows) == 3 and "江城" not in repr(rows)
    assert unlock(path, ANALYST, PEOPLE[ANALYST][1])[1].index is None and keys.index is not None
    assert os.fspath(path).endswith(".db")
