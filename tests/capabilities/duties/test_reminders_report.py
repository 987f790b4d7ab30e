"""到期提醒: what is due section by section, in the workbook, on the page, and by mail over TLS only."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope
from openpyxl import load_workbook

from tests.support.fixtures.mail import Box, served
from tests.support.office import Office, lead
from workbench.app import mail as mailing
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.core.errors import WrongUse
from workbench.platform.reporting.registry import find

pytestmark = pytest.mark.whole

ROWS = [
    lead("江城客运公司"),
    lead("滨江物流集团", 联系方式="13900001112"),
    lead("江城市政府", 客户类别="政府采购", 联系方式="13900001113"),
    lead("望江财政局", 客户类别="政府采购", 联系方式="13900001114"),
]


@pytest.fixture
def due(staffed, prepared) -> Office:
    """Four leads, dispatched on the 5th; one of each section is answered, valid until the 20th."""

    def work() -> None:
        staffed.receive(staffed.leads("D001", "一.xlsx", ROWS), "2026-01-05T09:00:00", code=0)
        staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交")
        good = {"甄别结论": "有效", "到期日期": "2026-01-20", "项目责任人": "王政"}
        for path in staffed.answer(staffed.folder / "转交", {"江城客运公司": good, "江城市政府": good}):
            staffed.run("import", path, "--received-at", "2026-01-06T09:00:00", code=None)

    prepared(staffed.folder, "four leads, two answered", work)
    return staffed


def seen(office: Office, on: str):
    """The view of a day."""
    with office.opened() as session:
        return find("到期提醒").view(open_snapshot(session, datetime.fromisoformat(f"{on}T23:59:59")), on)


@pytest.mark.parametrize(
    ("on", "feedback", "days"),
    [
        ("2026-01-05", [], None),
        ("2026-01-06", ["将到期"] * 2, 14),
        ("2026-01-07", ["到期"] * 2, 13),
        ("2026-01-08", ["逾期"] * 2, 12),
        ("2026-01-20", ["逾期"] * 2, 0),
        ("2026-01-21", ["逾期"] * 2, None),
    ],
)
def test_the_day_before_the_day_and_the_day_after(due, on, feedback, days):
    """Feedback from the day before its term; expiring leads as far ahead as the development plan, through their last day."""
    view = seen(due, on)
    assert view.feedback["state"].tolist() == feedback
    assert view.expiring["days"].tolist() == ([days] * 2 if days is not None else [])
    assert set(view.feedback["customer"]) == ({"滨江物流集团", "望江财政局"} if feedback else set())


def test_the_workbook_and_what_it_leaves_out(due):
    """By the command: three sheets, numbers as numbers; no contact anywhere; it runs as a notebook."""
    made = due.ask("remind", "--on", "2026-01-08", "--out", due.folder / "提醒", code=0)
    assert made["mailed"] == [] and len(made["files"]) == 4
    book = load_workbook(made["files"][0])
    assert book.sheetnames == ["封面", "到期事项", "待甄别反馈", "将到期信息", "按科室"]
    rows = [[cell.value for cell in row] for row in book["待甄别反馈"].iter_rows(min_row=5, max_row=6)]
    assert [(row[0], row[3], row[7]) for row in rows] == [
        ("S001", "望江财政局", "逾期"),
        ("S002", "滨江物流集团", "逾期"),
    ]
    assert {type(row[6]) for row in rows} == {datetime}
    for file in made["files"]:
        text = Path(file).read_bytes()
        assert not re.search(rb"1390000111\d", text) and "张联系".encode() not in text


def test_each_section_is_told_what_concerns_it(due):
    """Numbers and dates only: no customer's name in a mail; fixed dates go to those who keep them."""
    letters = find("到期提醒").module.letters(seen(due, "2026-02-03"))
    assert set(letters) == {"S000", "S001", "S002", "S009"}
    numbers = {row["customer"]: row["number"] for row in due.ask("leads")}
    assert numbers["望江财政局"] in letters["S001"] and numbers["滨江物流集团"] not in letters["S001"]
    assert "2026-01-10" in letters["S000"] and "合同登记汇总表 2026-01：逾期" in letters["S009"]
    assert not any(name in text for text in letters.values() for name in numbers)


@pytest.fixture
def configured(due, mail_server) -> tuple[Office, Box]:
    """The environment names a server with TLS, an account and a list of addresses."""
    box = mail_server(due.folder, "unit,address\nS001,gov@example.org\nS001,boss@example.org\nS002,trade@example.org\n")
    return due, box


def test_mail_goes_out_over_tls(configured):
    """One to each section with an address; the others are named."""
    office, box = configured
    made = office.ask("remind", "--on", "2026-01-08", "--out", office.folder / "提醒", "--mail", code=1)
    assert made["mailed"] == ["S001", "S002"] and made["no_address"] == ["S000"]  # the 10th is near
    assert [mail.rcpt_tos for mail in box.mails] == [["gov@example.org", "boss@example.org"], ["trade@example.org"]]
    text = message_from_bytes(box.mails[0].content).get_payload(decode=True).decode()
    assert "甄别反馈逾期" in text and "财政局" not in text


def test_a_mail_that_is_refused_after_others_went_out(configured, monkeypatch):
    """Who was written to is said, so that nobody is written to twice."""
    office, box = configured

    async def full(server, session, envelope: Envelope) -> str:
        box.mails.append(envelope)
        return "250 OK" if len(box.mails) == 1 else "552 mailbox full"

    monkeypatch.setattr(box, "handle_DATA", full)
    office.run("remind", "--on", "2026-01-08", "--out", office.folder / "提醒", "--mail", code=2)
    assert "邮件已发给 S001，其余没有发出" in office.said


@pytest.mark.parametrize("fault", ["password", "authority", "nobody", "plain"])
def test_what_is_not_safe_is_not_sent(fault, configured, monkeypatch):
    """A wrong password, an unknown certificate, nobody there, a server without TLS: a sentence, and no mail."""
    office, box = configured
    plain = None
    monkeypatch.setattr(mailing, "SECONDS", 2)  # neither servers without TLS nor those that refused a password answer
    if fault == "password":
        monkeypatch.setenv("WORKBENCH_SMTP_PASSWORD", "guess")
    elif fault == "authority":
        monkeypatch.delenv("WORKBENCH_SMTP_CA")
    elif fault == "nobody":
        monkeypatch.setenv("WORKBENCH_SMTP", "127.0.0.1:1")
    else:
        plain = served(box, None)
        monkeypatch.setenv("WORKBENCH_SMTP", f"127.0.0.1:{plain.port}")
    try:
        office.run("remind", "--on", "2026-01-08", "--out", office.folder / "提醒", "--mail", code=2)
    finally:
        if plain:
            plain.stop()
    assert "邮件没有发出" in office.said and "secret" not in office.said and "guess" not in office.said
    assert box.mails == []
    assert list((office.folder / "提醒").glob("*.xlsx"))


@pytest.mark.parametrize(
    "text", ["unit\nS001\n", "unit,address\nS001,nobody\n", "unit,address\nS001,a@b\tc;d@e\n", "unit,address\n,a@b\n"]
)
def test_a_list_of_addresses_that_is_wrong_is_refused(text, tmp_path):
    """With its line."""
    path = tmp_path / "收件人.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse) as refused:
        mailing.addresses(path)
    assert refused.value.code == "bad_mail_list" and "第 2 行" in refused.value.zh
    with pytest.raises(WrongUse):
        mailing.server_from({"WORKBENCH_SMTP": "mail"})
