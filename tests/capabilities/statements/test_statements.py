"""提报对账单: each reporter's own leads, returned rows, projects and money, and nothing of anybody else (4.3.1)."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests.support.office import lead
from tests.support.report_runs import everything
from workbench.platform.documents.found_marks import is_protected, unprotect

pytestmark = pytest.mark.whole

AFTER = "2026-04-05T09:00:00"
REPORTERS = ["B001", "D001"]


def of(office, unit: str, period: str = "2026Q1", as_of: str = AFTER) -> dict:
    """A unit's statement."""
    return office.ask("statement", unit, "--period", period, "--as-of", as_of, code=0)


def test_amounts_are_those_of_the_settlement(first_quarter):
    """Line by line and in sum, for everybody who has any."""
    settled = first_quarter.ask("settle", "2026Q1", "--as-of", AFTER, code=None)
    units = {row["code"] for row in first_quarter.ask("units", code=0)}
    for unit in REPORTERS:
        statement = of(first_quarter, unit)
        own = [(line["clause"], line["ref"], line["amount"]) for line in settled["lines"] if line["party"] == unit]
        assert [(line["clause"], line["ref"], line["amount"]) for line in statement["lines"]] == own
        assert statement["total"] == settled["totals"].get(unit, 0) == sum(amount for *_, amount in own)
    told = {party for party in settled["totals"] if party in units}
    everybody = first_quarter.ask("statement", "--all", "--period", "2026Q1", "--as-of", AFTER, code=0)
    assert told <= {each["unit"] for each in everybody} == set(REPORTERS)


@pytest.mark.parametrize("period", ["2026-01", "2026-02", "2026Q1"])
def test_leads_are_those_of_the_list(first_quarter, period):
    """Number, status, clause and month as ``leads`` says them; no lead is on two statements or on none."""
    months = [period] if "-" in period else ["2026-01", "2026-02", "2026-03"]
    listed = first_quarter.ask("leads", "--as-of", AFTER, code=None)
    listed = [row for row in listed if row["received_at"][:7] in months]
    told = []
    for unit in REPORTERS:
        own = of(first_quarter, unit, period)["leads"]
        told += [(unit, row["number"], row["status"], row["counts_in"], row["customer"]) for row in own]
        assert all(row["reason"] for row in own)
    assert Counter(told) == Counter(
        (row["reporter"], row["number"], row["status"], row["counts_in"], row["customer"]) for row in listed
    )


def test_a_row_returned_for_its_form_has_a_day(first_quarter):
    """Through the third working day it keeps its place (D18); the day is said with the row."""
    wrong = lead("试验机械厂", 联系方式="13900001888", **{"标的量(台)": "约10"})
    first_quarter.receive(first_quarter.leads("D001", "形.xlsx", [wrong]), "2026-03-20T09:00:00", code=1)
    (row,) = [row for row in of(first_quarter, "D001", "2026-03")["returned"] if row["file"] == "形.xlsx"]
    assert row["correct_by"] == "2026-03-25"  # Friday, then Monday to Wednesday


def test_what_was_returned_is_told_until_it_comes_in(first_quarter):
    """With its place and what to do; gone once the reporter has filed the customer again."""
    before = of(first_quarter, "D001", "2026-01")["returned"]
    row = next(row for row in before if row["clause"] == "5.2")
    assert (row["cell"], row["file"], row["correct_by"]) == ("H10", "D001.xlsx", None) and "联系人" in row["message"]
    again = lead("无联系人公司", 联系方式="13900001777")
    first_quarter.receive(first_quarter.leads("D001", "补.xlsx", [again]), "2026-03-30T09:00:00", code=0)
    after = of(first_quarter, "D001", "2026-01")["returned"]
    assert row not in after and len(after) < len(before)


def test_nobody_reads_of_anybody_else(first_quarter):
    """Neither unit, number nor customer of another reporter's lead; no contact and no phone of anybody."""
    listed = first_quarter.ask("leads", "--as-of", AFTER, code=None)
    out = first_quarter.folder / "对账单"
    first_quarter.run("statement", "--all", "--period", "2026Q1", "--as-of", AFTER, "--out", out)
    for unit in REPORTERS:
        text = everything(out / f"提报对账单_{unit}_2026Q1.xlsx")
        own = {row["customer"] for row in listed if row["reporter"] == unit}
        for row in listed:
            if row["reporter"] != unit:
                assert row["number"] not in text
                assert row["customer"] in own or row["customer"] not in text
        others = [other for other in REPORTERS if other != unit]
        assert not [other for other in others if other in text]
        assert not any(word in text for word in ("1390000", "王科长", "周正", *(f"{x}.xlsx" for x in others)))


def test_the_workbook_says_what_the_command_says(first_quarter):
    """Read by another library: numbers of leads, statuses, quantities and amounts, and the sums of the first page."""
    out = first_quarter.folder / "对账单"
    for unit in REPORTERS:
        statement = of(first_quarter, unit)
        first_quarter.run("statement", unit, "--period", "2026Q1", "--as-of", AFTER, "--out", out)
        book = CalamineWorkbook.from_path(out / f"提报对账单_{unit}_2026Q1.xlsx")
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
        rows = sheets["本期信息"]
        assert [(row[0], row[6], row[4]) for row in rows[4 : 4 + len(statement["leads"])]] == [
            (each["number"], each["status"], each["quantity"]) for each in statement["leads"]
        ]
        money = sheets["本季奖惩"]
        assert [row[4] for row in money[4 : 4 + len(statement["lines"])]] == [x["amount"] for x in statement["lines"]]
        front = [value for row in sheets["对账单"] for value in row]
        status = Counter(each["status"] for each in statement["leads"])
        refused = status["无效"] + status["重复"] + status["已撤回"]
        pending = status["已接收"] + status["待复核"] + status["待甄别"]
        figures = {
            "本期提报（条）": len(statement["leads"]),
            "有效（条）": len(statement["leads"]) - refused - pending,
            "处理中（条）": pending,
            "退回待补正（行）": len({(row["file"], row["row"]) for row in statement["returned"]}),
            "在办项目": len(statement["projects"]),
            "本季奖励（元）": sum(max(0, line["amount"]) for line in statement["lines"]),
            "本季处罚和冲减（元）": sum(min(0, line["amount"]) for line in statement["lines"]),
            "本季合计（元）": statement["total"],
        }
        wide = len(sheets["对账单"][0])
        for label, value in figures.items():
            assert front[front.index(label) + wide] == value, label


def test_an_appeal_needs_only_the_lines_it_is_about(first_quarter):
    """The form comes with the lines of an approved quarter; left as it is it says nothing."""
    first_quarter.run("settle", "2026Q1", "--approve", "--as-of", AFTER, code=None)
    out = first_quarter.folder / "对账单"
    statement = first_quarter.ask("statement", "B001", "--period", "2026Q1", "--out", out, code=0)
    form = out / "奖惩申诉表_B001_2026Q1.xlsx"
    assert str(form) in statement["files"] and statement["appeal_by"]
    book = load_workbook(form)
    sheet = book.worksheets[0]
    titles, first = next(
        ({cell.value: cell.column for cell in line}, line[0].row + 1)
        for line in sheet.iter_rows(max_row=20)
        if "申诉类型" in [cell.value for cell in line]
    )
    assert [sheet.cell(first + place, titles["编号"]).value for place in range(len(statement["lines"]))] == [
        line["ref"] for line in statement["lines"]
    ]
    label = next(cell for line in sheet.iter_rows(max_row=first) for cell in line if cell.value == "申诉人")
    sheet.cell(label.row, label.column + 1).value = "周正"
    book.save(first_quarter.folder / "未填.xlsx")
    said = first_quarter.ask("import", first_quarter.folder / "未填.xlsx", code=None)["files"][0]
    assert (said["accepted"], said["returned"]) == (0, 0)
    for title, value in {"申诉类型": "金额有误", "主张金额(元)": 1000, "申诉理由": "完成数有误"}.items():
        sheet.cell(first, titles[title]).value = value
    book.save(first_quarter.folder / "已填.xlsx")
    said = first_quarter.ask("import", first_quarter.folder / "已填.xlsx", code=None)["files"][0]
    assert (said["accepted"], said["returned"]) == (1, 0)


def test_a_copy_is_protected_marked_and_traced(first_quarter):
    """Excel's own password; ``verify`` knows the original, ``deliver trace`` whose copy it is."""
    out = first_quarter.folder / "对账单"
    made = first_quarter.ask("statement", "D001", "--period", "2026Q1", "--as-of", AFTER, "--out", out, "--protect")
    copy = out / "副本" / next((out / "副本").iterdir()).name
    assert str(copy) == made["copy"]["file"] and copy.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
    opened = first_quarter.folder / "opened.xlsx"
    opened.write_bytes(unprotect(copy.read_bytes(), made["copy"]["password"]))
    assert "DK202601-00001" in everything(opened)
    assert first_quarter.ask("deliver", "trace", copy, code=0)[0]["recipient"] == "D001"
    first_quarter.run("verify", out / "提报对账单_D001_2026Q1.xlsx", code=0)


def test_mail_takes_the_protected_copies(first_quarter, mail_server):
    """Each to its own address; who has none is named. Passwords are those of the list, and stand in no mail."""
    box = mail_server(first_quarter.folder, "unit,address\nD001,dealer@example.org\n")
    passwords = first_quarter.folder / "口令.csv"
    with passwords.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["recipient", "password"], ["D001", "门前的老槐树又开了花 six"]])
    out = first_quarter.folder / "对账单"
    more = ("--out", out, "--mail", "--passwords", passwords)
    said = first_quarter.ask("statement", "--all", "--period", "2026Q1", "--as-of", AFTER, *more, code=1)
    assert [each["unit"] for each in said] == REPORTERS and "B001" in first_quarter.said
    (mail,) = box.mails
    assert mail.rcpt_tos == ["dealer@example.org"] and "老槐树".encode() not in mail.content
    (part,) = message_from_bytes(mail.content, policy=default).iter_attachments()
    assert unprotect(part.get_content(), "门前的老槐树又开了花 six")[:2] == b"PK"


def test_the_same_facts_give_the_same_bytes(first_quarter):
    """But for the head of the trail, which says on which reading it rests."""
    with first_quarter.opened() as session:
        from workbench.capabilities.statements import statement_workbook
        from workbench.capabilities.statements.statement import Statements

        paths = [first_quarter.folder / name for name in ("a.xlsx", "b.xlsx")]
        for path in paths:
            statement_workbook.write(Statements(session, "2026Q1", datetime.fromisoformat(AFTER)).of("D001"), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.slow
def test_they_are_made_when_they_fall_due(first_quarter, standing_clock, monkeypatch):
    """The month's and the quarter's with the reports, once, and the quarter's again when it was approved; under a password
    for those on the list that the environment names. A password that will not do leaves them all to the next run."""
    out, listed = first_quarter.folder / "到期", first_quarter.folder / "口令.csv"
    monkeypatch.setenv("WORKBENCH_PASSWORDS", str(listed))

    def told(at: str) -> list[dict]:
        standing_clock(datetime.fromisoformat(at))
        said = first_quarter.ask("due", "--on", at, "--run", "--out", out, code=None)
        return [each for each in said["ran"] if each["task"].endswith("_statements")]

    def ran(at: str) -> list[str]:
        return [f"{each['task']} {each['period']}" for each in told(at)]

    listed.write_text("recipient,password\nD001,12345678\n", encoding="utf-8")
    refused = told("2026-04-03T08:00:00")
    assert len(refused) == 2 and all(each["error"] for each in refused) and not list(out.rglob("提报对账单*"))
    listed.write_text("recipient,password\nD001,河边第七棵柳树开花\n", encoding="utf-8")
    assert ran("2026-04-03T09:00:00") == ["monthly_statements 2026-03", "quarterly_statements 2026Q1"]
    assert sorted(path.name for path in (out / "对账单" / "2026Q1").glob("*.xlsx")) == [
        f"提报对账单_{unit}_2026Q1.xlsx" for unit in REPORTERS
    ]
    (copy,) = (out / "对账单" / "2026Q1" / "副本").iterdir()
    assert "D001" in copy.name and is_protected(copy.read_bytes())
    assert ran("2026-04-03T10:00:00") == []
    standing_clock(datetime(2026, 4, 6, 9))
    first_quarter.run("settle", "2026Q1", "--approve", "--as-of", "2026-04-06T09:00:00", code=None)
    assert ran("2026-04-07T09:00:00") == ["quarterly_statements 2026Q1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("D001", "--period", "2026"), "期间"),
        (("D001",), "--period"),
        (("--period", "2026Q1"), "--all"),
        (("D001", "--all", "--period", "2026Q1"), "--all"),
        (("D999", "--period", "2026Q1"), "D999"),
        (("S001", "--period", "2026Q1"), "S001"),
        (("D001", "--period", "2026Q1", "--protect"), "--out"),
        (("D001", "--period", "2031Q1"), "2031Q1"),
    ],
)
def test_what_cannot_be_is_a_sentence(first_quarter, arguments, words):
    """Exit 2, and nothing is written."""
    first_quarter.run("statement", *arguments, code=2)
    assert words in first_quarter.said


@pytest.mark.parametrize(("user", "code"), [("文员", 0), ("领导", 0), ("核实员", 2)])
def test_who_may_make_them(become, user, code):
    """Who may make reports and sees all reporters."""
    office = become(user)
    office.run("statement", "--all", "--period", "2026-01", "--as-of", "2026-01-20T09:00:00", code=code)
