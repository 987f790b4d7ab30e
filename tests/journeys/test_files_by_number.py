"""What senders call their files undoes no pseudonym: an analyst sees numbers, everybody the same statuses and amounts."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from tests.support.contents import contents
from tests.support.office import PASSPHRASE, Office, contract
from workbench.app import clock
from workbench.app.notebook import open_report
from workbench.app.policy import load_policy
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.interfaces.cli import main
from workbench.platform.access.actions import allowed
from workbench.platform.access.session import enter
from workbench.platform.register import key_file
from workbench.platform.register.keys import unlock
from workbench.platform.register.names import number_of
from workbench.platform.reporting.registry import reports

pytestmark = pytest.mark.slow

CUSTOMER = "江城客运公司"
OF_KIND = {"date": "2026-01-30", "month": "2026-02", "quarter": "2026Q1"}
ANALYST, WORDS = "分析员", "分析员在蓝色的帆船绕过灯塔 two"
CLERK, CLERKS_WORDS = "文员", "文员在清晨的集市飘着豆浆香 one"


@pytest.fixture
def told(first_quarter: Office, monkeypatch, capsys):
    """The approved first quarter, with two registers of one moment whose names and numbers are in opposite order."""
    office = first_quarter
    number = office.by_customer(as_of="2026-01-31")["江城客运公司"]["number"]
    for name, picked in (("乙_江城客运_刘主任_5台.xlsx", 7), ("丙_江城客运_刘主任_5台.xlsx", 3)):
        rows = [contract(number, "江城客运公司", datetime(2026, 1, 20), picked)]
        path = office.file("合同登记汇总表", name, {"月份": "2026-02", "编制人": "陈持"}, rows)
        office.receive(path, "2026-03-02T09:00:00")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-09", "--accept", "照章处罚")
    office.run("settlement", "approve", "2026Q1")
    custodian = unlock(office.folder / "登记册.db", None, PASSPHRASE)[0]
    with office.opened() as session:
        names = session.register.read("document", ["name"])["name"].tolist()
    for user, words, role in ((CLERK, CLERKS_WORDS, "clerk"), (ANALYST, WORDS, "analyst")):
        monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", words)
        office.run("users", "add", user, "--role", role, "--user", custodian)

    def ask(user: str, *arguments: object) -> str:
        monkeypatch.setenv("WORKBENCH_PASSPHRASE", WORDS if user == ANALYST else CLERKS_WORDS)
        capsys.readouterr()
        assert main([*map(str, arguments), "--user", user]) in (0, 1)
        return capsys.readouterr().out

    return office, names, ask, number


def test_no_file_is_named_to_an_analyst_by_anything(told, tmp_path):
    """Lists, JSON, explanations, the history of targets, an approved quarter's lines, reports: numbers everywhere."""
    office, names, ask, number = told
    assert any("刘主任" in name for name in names)
    commands = [
        ("leads",),
        ("settle", "2026Q1"),
        ("settle", "2026Q2"),
        ("explain", number),
        ("explain", "D001", "--quarter", "2026Q1"),
        ("explain", "B001", "--quarter", "2026Q1"),
        ("targets", "history"),
        ("added",),
    ]
    said = ""
    for command in commands:
        said += ask(ANALYST, *command) + ask(ANALYST, *command, "--json")
    shown = re.findall(r"文件\d+", said)
    assert len(set(shown)) > 3
    for report, period in (("季度奖惩核算报告", "2026Q1"), ("信息转化率月报", "2026-02")):
        ask(ANALYST, "report", report, "--period", period, "--out", tmp_path / "报告")
    for path in (tmp_path / "报告").rglob("*"):
        if path.is_file():
            said += "".join(raw.decode("utf-8", errors="ignore") for _, raw in contents(path))
    assert "文件" in said
    assert not [name for name in names if name in said]
    assert "␟" not in said and "刘主任" not in said


def test_no_file_is_named_on_paper(told, tmp_path, monkeypatch):
    """Whatever report is declared, its workbook and what can be clicked of it: numbers also for who may see names, for papers
    are passed on.
    """
    office, names, _, _ = told
    register = str(office.folder / "登记册.db")
    custodian = key_file.read(office.folder / "登记册.db")["slots"][0]["user"]
    with enter(office.folder / "登记册.db", custodian, PASSPHRASE, load_policy(), clock.now()) as session:
        facts = open_snapshot(session).facts.leads
    number = number_of(facts.loc[facts["customer"] == CUSTOMER, "customer_key"].iloc[0])
    said = ""
    for report in reports():
        user, words = (CLERK, CLERKS_WORDS) if allowed("clerk", report.action) else (custodian, PASSPHRASE)
        monkeypatch.setenv("WORKBENCH_PASSPHRASE", words)
        opened = open_report(
            report.name,
            register=register,
            user=user,
            period=OF_KIND[report.kind],
            as_of="2026-04-09T12:00:00",
            out_dir=str(tmp_path),
            **({"customer": str(number)} if report.alias == "card" else {}),
        )
        path = tmp_path / f"{report.alias}.xlsx"
        report.write(opened.view, path)
        said += "".join(raw.decode("utf-8", errors="ignore") for _, raw in contents(path)) + repr(opened.view)
    assert len(set(re.findall(r"文件\d+", said))) > 3 and CUSTOMER in said
    assert not [name for name in names if name in said] and "刘主任" not in said


def test_who_may_see_names_sees_the_files_and_both_see_the_same(told):
    """Names of files decide between equal times of receipt, also for who does not see them."""
    office, names, ask, number = told
    theirs, his = (json.loads(ask(user, "leads", "--json")) for user in (CLERK, ANALYST))
    assert {row["file"] for row in theirs} <= set(names)
    assert all(re.fullmatch(r"文件\d+", row["file"]) for row in his)
    named = ("customer", "file")
    bare = [[{key: row[key] for key in row if key not in named} for row in rows] for rows in (theirs, his)]
    assert bare[0] == bare[1]
    told_by = [json.loads(ask(user, "settle", "2026Q2", "--json")) for user in (CLERK, ANALYST)]
    amounts = [
        [(line["clause"], line["party"], line["ref"], line["amount"]) for line in one["lines"]] for one in told_by
    ]
    assert amounts[0] == amounts[1]
    explained = [json.loads(ask(user, "explain", number, "--json")) for user in (CLERK, ANALYST)]
    texts = [re.findall(r"提车 ?\d+|本月提车量 ?\d+|\d+ 台", json.dumps(one, ensure_ascii=False)) for one in explained]
    assert texts[0] == texts[1]
