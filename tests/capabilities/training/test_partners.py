"""Dealers get something only under an agreement of secrecy, once the register keeps any (客户信息管理制度 三3)."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.office import Office
from workbench.core.errors import WorkbenchError

TITLE = "培训与保密协议登记表"
HEADER = {"登记人": "钱保管", "登记日期": datetime(2026, 3, 2)}
FIRST, SECOND = "芜湖江南销售服务店", "合肥北城销售服务店"


def agreement(unit: str | None = "D001", **other) -> dict:
    """A row of T16 about a partner's agreement."""
    row = {"类型": "合作方保密协议", "单位代码": unit, "内容或使用范围": "仅供投标联系", "协议编号": "BM-1"}
    return {**row, "培训或签署日期": datetime(2026, 3, 2), **other}


@pytest.fixture
def office(staffed, set_clock) -> Office:
    """An office on 2 March."""
    set_clock("2026-03-02T09:00:00")
    return staffed


def registered(office: Office, *rows: dict) -> None:
    receipt = office.receive(office.file(TITLE, "协议.xlsx", HEADER, list(rows)), "2026-03-02T10:00:00")
    assert receipt["returned"] == 0


def allowed(office: Office, recipient: str) -> bool:
    """Whether a report may be delivered to a recipient; a refusal is kept."""
    with office.opened() as session:
        before = session.register.count("entry", {"action": "refused"})
        try:
            session.require("deliver", recipient)
        except WorkbenchError as refusal:
            assert refusal.code == "partner_not_bound"
            assert session.register.count("entry", {"action": "refused"}) == before + 1
            return False
        return True


def test_a_register_without_agreements_asks_for_none(office):
    """As registers of earlier versions."""
    assert office.ask("training", "partners", code=0)[0]["bound"] is True
    assert allowed(office, FIRST)


def test_a_dealer_without_one_gets_nothing_once_agreements_are_kept(office):
    """By name, by code, and named within a longer text; who is no dealer is not asked."""
    registered(office, agreement(), agreement(None, 合作方名称="某某物流"))
    rows = {
        row["name"]: (row["unit"], row["agreement"], row["bound"]) for row in office.ask("training", "partners", code=1)
    }
    assert rows == {FIRST: ("D001", True, True), SECOND: ("D002", False, False), "某某物流": (None, True, True)}
    given = {name: allowed(office, name) for name in (FIRST, "D001", SECOND, "d002", f"{SECOND} 销售经理", "区域一部")}
    assert given == {
        FIRST: True,
        "D001": True,
        SECOND: False,
        "d002": False,
        f"{SECOND} 销售经理": False,
        "区域一部": True,
    }


def test_an_agreement_ends_on_its_day(office, set_clock):
    """By the actual clock; it is named in the due list before, and an end is no reason where a later one holds."""
    registered(office, agreement(有效期至=datetime(2026, 11, 30)))
    with office.opened() as session:  # the office opens it on 23 November
        assert session.now.date().isoformat() == "2026-11-23"
        session.require("deliver", FIRST)
    set_clock("2026-11-23T09:00:00")
    found = [(row["period"], row["state"]) for row in office.ask("due")["tasks"] if row["task"] == "training"]
    assert found == [(f"{FIRST}（合作方保密协议）", "到期")]
    set_clock("2026-12-01T09:00:00")
    assert [row["bound"] for row in office.ask("training", "partners", code=1)] == [False, False]
