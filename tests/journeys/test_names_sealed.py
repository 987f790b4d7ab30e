"""What a sealed name is to colleagues with programs of their own, in a register that people worked in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.office import PASSPHRASE, Office, contract, lead
from tests.support.vault import bare
from workbench.app.policy import load_policy
from workbench.capabilities.settlement.approval_status import quarter_states
from workbench.platform.access import trail, users
from workbench.platform.access.session import enter
from workbench.platform.register import key_file
from workbench.platform.register.keys import Keys, unlock

pytestmark = pytest.mark.slow

ANALYST, WORDS = "分析员", "分析员在蓝色的帆船绕过灯塔 two"
CUSTOMER = "江城客运公司"
TRACES = ("江城客运", "皖南制药", "二手商贸", "丙_江城")


@pytest.fixture
def office(first_quarter: Office, monkeypatch) -> Office:
    """A quarter worked through and approved: files named after a customer, returned and waiting rows, withdrawn files."""
    office = first_quarter
    number = office.by_customer(as_of="2026-01-31")[CUSTOMER]["number"]
    rows = [
        contract(number, CUSTOMER, datetime(2026, 1, 20), 3),
        contract("DK209901-00001", "皖南制药厂", datetime(2026, 1, 20), 3),  # waits for a lead that nobody knows
    ]
    path = office.file("合同登记汇总表", "丙_江城客运_5台.xlsx", {"月份": "2026-02", "编制人": "陈持"}, rows)
    office.receive(path, "2026-03-02T09:00:00", code=None)
    back = office.leads("D001", "退_江城客运.xlsx", [lead("二手商贸公司", 联系方式=None)])
    office.receive(back, "2026-03-03T09:00:00", code=None)
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-09", "--accept", "照章处罚")
    office.run("settlement", "approve", "2026Q1")
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", WORDS)
    office.run("users", "add", ANALYST, "--role", "analyst", "--user", custodian(office))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    return office


def custodian(office: Office) -> str:
    """Who made the register."""
    return str(key_file.read(office.folder / "登记册.db")["slots"][0]["user"])


def cells(office: Office, keys: Keys) -> list[object]:
    """Every value of every table, by a bare connection."""
    found: list[object] = []
    with bare(office.folder / "登记册.db", keys) as file:
        for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            found += [value for row in file.execute(f"SELECT * FROM {table}").fetchall() for value in row]
    return found


def traces(values: list[object]) -> list[str]:
    """What of the names stands there in clear."""
    return [trace for trace in TRACES if any(trace in str(value) for value in values)]


def test_nothing_names_a_customer_to_an_analyst_with_a_program_of_his_own(office):
    """Cell by cell, with the keys of his slot, which open no sealed value: neither before a rotation nor after it."""
    for step in ("added", "rotated"):
        if step == "rotated":
            office.run("rotate", "--user", custodian(office))
        keys = unlock(office.folder / "登记册.db", ANALYST, WORDS)[1]
        assert (keys.names, keys.fields, keys.index) == ({}, {}, None)
        values = cells(office, keys)
        assert traces(values) == []
        sealed = [value for value in values if isinstance(value, bytes) and len(value) > 30]
        assert len(sealed) > 10
        for value in sealed:
            for key in (keys.file, keys.audit):
                for start in (1, 9):
                    with pytest.raises(InvalidTag):
                        AESGCM(key).decrypt(value[start : start + 12], value[start + 12 :], b"")


def test_a_destroyed_customer_is_found_by_nobody(office):
    """By no search with every user's keys, in the register or a backup made since; the others are there, all is proven."""
    path, user = office.folder / "登记册.db", custodian(office)

    def opened():
        return enter(path, user, PASSPHRASE, load_policy(), datetime(2026, 5, 1, 9))

    with opened() as session:
        counted = session.register.count("lead")
        users.destroy_customers(session, [CUSTOMER], "保存期满")
    keys = unlock(path, user, PASSPHRASE)[1]
    assert traces(cells(office, keys)) == []
    with opened() as session:
        register = session.register
        shown = [
            str(value)
            for table in register._tables
            if table not in ("meta",)
            for row in register.read(table).astype(object).values.tolist()
            for value in row
        ]
        shown += [str(value) for value in register.read("waiting_row", ["cells"])["cells"]]
        assert not any(trace in text for text in shown for trace in ("江城客运", "丙_江城"))
        assert any("皖南制药" in text for text in shown)
        assert register.count("lead") == counted and trail.verify(session).breaches == []
        with pytest.raises(Exception, match="客户|customer"):
            trail.show(session, customer=CUSTOMER)
    with opened() as session:
        assert quarter_states(replace(session, sole=True))["signed"].tolist() == [True]
