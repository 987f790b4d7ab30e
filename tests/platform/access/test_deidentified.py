"""An analyst works with numbers in place of customers' names, and finds by them what others find by the names."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.office import PASSPHRASE, Office, lead
from workbench.interfaces.cli import main
from workbench.platform.register.keys import unlock

CUSTOMERS = ["江城重工集团", "江城重工集团有限公司", "皖南制药厂", "芜湖第二驾校"]  # the second is the first again


@pytest.fixture
def asked(staffed: Office, monkeypatch, capsys):
    """Leads of four rows and three customers; ask for JSON as one of the people."""
    rows = [lead(name, 联系方式=f"1390000222{place}") for place, name in enumerate(CUSTOMERS)]
    staffed.receive(staffed.leads("D001", "一.xlsx", rows[:1]), "2026-01-05T09:00:00")
    staffed.receive(staffed.leads("D002", "二.xlsx", rows[1:]), "2026-01-06T09:00:00")
    own = monkeypatch.setenv
    custodian = unlock(staffed.folder / "登记册.db", None, PASSPHRASE)[0]
    for user, role in (("文员", "clerk"), ("分析员", "analyst")):
        own("WORKBENCH_NEW_PASSPHRASE", f"{user}在蓝色的帆船绕过灯塔 two")
        staffed.run("users", "add", user, "--role", role, "--user", custodian)

    def ask(user: str, *arguments: str):
        own("WORKBENCH_PASSPHRASE", f"{user}在蓝色的帆船绕过灯塔 two")
        capsys.readouterr()
        assert main([*arguments, "--user", user, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_a_list_says_the_same_of_numbers(asked):
    """Statuses, clauses and months are those of the clerk's list; one customer has one number."""
    theirs, his = asked("文员", "leads"), asked("分析员", "leads")
    assert [row["customer"] for row in theirs] == CUSTOMERS
    assert [row["customer"] for row in his] == ["客户0001", "客户0001", "客户0002", "客户0003"]
    assert [row["status"] for row in his] == ["已接收", "重复", "已接收", "已接收"]
    named = ("customer", "file")  # what stands for a name is a number
    other = [{name: value for name, value in row.items() if name not in named} for row in theirs]
    assert [{name: value for name, value in row.items() if name not in named} for row in his] == other
    assert [row["file"] for row in his] != [row["file"] for row in theirs]
    assert all(re.fullmatch(r"文件\d+", row["file"]) for row in his)


def test_an_explanation_names_no_customer(asked):
    """Neither the lead's own nor, for a repeated one, the earlier lead's."""
    number = asked("文员", "leads")[1]["number"]
    assert "江城重工" in json.dumps(asked("文员", "explain", number), ensure_ascii=False)
    told = json.dumps(asked("分析员", "explain", number), ensure_ascii=False)
    assert not [name for name in CUSTOMERS if name in told]
    assert re.search(r"客户\d{4}", told)
