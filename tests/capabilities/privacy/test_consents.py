"""Consents: recorded, taken back by a command; from then on T5, T12 and reveal give nothing out, and counts stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.customer_office import BUS_FILE, profile
from tests.support.disclosures import CONTACT, PHONE, asked, other
from tests.support.office import lead

PROOF = (
    "--text",
    "个人信息告知书",
    "--version",
    "2026-1",
    "--on",
    "2026-01-07",
    "--evidence",
    "同意书（2026年1月7日）",
)
AGAIN = ("--scope", "保存、使用、披露")


@pytest.fixture
def office(consented):
    """Two leads of two customers with contacts of their own; the clerk works."""
    return consented


@pytest.fixture
def number(office) -> str:
    """The lead whose contact consented."""
    return office.by_customer()["江城客运公司"]["number"]


def sheet_texts(folder: Path) -> str:
    """Everything that stands in the workbooks of a folder."""
    books = [load_workbook(path) for path in sorted(folder.glob("*.xlsx"))]
    return "\n".join(
        str(cell.value) for book in books for line in book.active.iter_rows() for cell in line if cell.value
    )


def withdraw(office, person: str, *more: str):
    """The contact takes everything back."""
    return office.ask("consent", "withdraw", person, "--reason", "客户来函", *more, code=0)


def test_a_withdrawal_keeps_the_contact_out_of_what_is_handed_to_sections(office, number):
    """The lead is dispatched and counts as before; the contact, and he alone, is not in the workbook, also written again."""
    withdraw(office, number)
    office.run("dispatch", "--at", "2026-01-08T09:00:00", "--out", "转交")
    sent = office.folder / "转交"
    assert PHONE not in sheet_texts(sent) and CONTACT in sheet_texts(sent), "the other lead's contact has that name too"
    assert "13900001112" in sheet_texts(sent) and "已撤回同意" in sheet_texts(sent)
    assert {row["status"] for row in office.ask("leads")} == {"待甄别"}
    office.run("dispatch", "--batch", "1", "--out", "再次")
    assert PHONE not in sheet_texts(office.folder / "再次")


def test_a_withdrawal_shows_nothing_any_more_and_the_attempt_is_kept(office, number, become):
    """Refused to whoever may see contacts; the other customer's is shown; a new consent opens it again."""
    withdraw(office, number, "--scope", "使用")
    office.run("reveal", number, "--reason", "核对", code=2)
    assert "已撤回同意" in office.said
    assert office.ask("reveal", other(office), "--reason", "核对", code=0)["phone"] == "13900001112"
    refused = become("审计员").ask("audit", "show", "--action", "refused")
    assert [entry["user"] for entry in refused] == ["文员"]
    become("文员").run("consent", "record", number, *PROOF, *AGAIN)
    assert office.ask("reveal", number, "--reason", "核对", code=0)["phone"] == PHONE


@pytest.mark.slow
def test_a_withdrawal_closes_requests_approvals_and_hand_overs(office, number, become):
    """A request that came in before is not approved, an approved one not handed over, a new one not taken; by law it is."""
    asked(office, {}, {"申请编号": "PL2026-002"})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "在卷")
    done = withdraw(become("文员"), number, "--scope", "披露")
    assert done["scopes"] == ["披露"]
    office.run("disclosures", "hand-over", "PL2026-001", code=2)
    assert "已撤回同意" in office.said and not list(office.folder.glob("披露/*"))
    states = {row["number"]: row["status"] for row in office.ask("disclosures", "list")}
    assert states == {"PL2026-001": "同意已撤回", "PL2026-002": "同意已撤回"}
    become("领导").run("disclosures", "decide", "PL2026-002", "同意", "--reason", "在卷", code=2)
    got = asked(
        become("文员"),
        {"申请编号": "PL2026-003"},
        {"申请编号": "PL2026-004", "披露依据": "法律规定", "依据文件": "调取证据通知书"},
        name="再.xlsx",
    )
    assert [(finding["code"], bool(finding["cell"])) for finding in got["findings"]] == [("consent_withdrawn", True)]
    become("领导").run("disclosures", "decide", "PL2026-004", "同意", "--reason", "依法", code=0)
    become("审计员").run("audit", "verify")


def test_who_gave_his_data_elsewhere_is_the_same_person(office, number):
    """By his name at that customer or by his number: later leads of his are closed too; a namesake elsewhere is not."""
    withdraw(office, number)
    rows = [
        lead("江城客运公司", 联系方式="13700008888", 城市="合肥市"),
        lead("江城货运公司", 第三方联系人="张科长", 联系方式=f"{PHONE} 转 8"),
        lead("江城出租公司", 联系方式="13700009999"),
    ]
    office.receive(office.leads("D002", "二.xlsx", rows), "2026-01-08T09:00:00", code=1)
    shown = {
        row["customer"] + str(row["reporter"]): office.run("reveal", row["number"], "--reason", "核对", code=None) != ""
        for row in office.ask("leads")
    }
    assert shown == {
        "江城客运公司D001": False,
        "滨江物流集团D001": True,
        "江城客运公司D002": False,
        "江城货运公司D002": False,
        "江城出租公司D002": True,
    }


@pytest.mark.slow
def test_the_list_says_on_what_each_rests_and_names_nobody(office, number, become):
    """T1, T8 and what was recorded; after a withdrawal the lines of the person say so, wherever he is known."""
    office.receive(profile(office, {**BUS_FILE, "联系人": CONTACT}), "2026-01-06T08:00:00", code=0)
    rows = office.ask("consent", "list", code=0)
    assert [(row["source"], row["state"], row["basis"], row["scope"]) for row in rows] == [
        ("大客户信息记录表", "有效", "本人同意", "保存 使用"),
        ("大客户信息记录表", "未同意", "本人同意", None),
        ("大客户档案登记表", "有效", "本人同意", None),
    ]
    profile_row = rows[2]
    assert (profile_row["purpose"], profile_row["evidence"], profile_row["keep_until"]) == (
        "业务联系",
        "同意书2026-01-05",
        "2028-01-05",
    )
    withdraw(office, profile_row["person"])
    office.run("reveal", number, "--reason", "核对", code=2)
    rows = become("审计员").ask("consent", "list", code=0)
    assert [row["state"] for row in rows] == ["已撤回", "未同意", "已撤回", "已撤回"]
    assert rows[3]["reason"] == "客户来函" and CONTACT not in str(rows) and PHONE not in str(rows)
    assert CONTACT not in become("领导").run("consent", "list")
    trail = become("审计员").ask("audit", "show", "--action", "consent_withdraw")
    assert [entry["summary"] for entry in trail] == [f"{profile_row['person']} 保存 使用 披露"]


def test_what_was_handed_out_before_is_named(office, number):
    """So that somebody calls it back."""
    office.run("dispatch", "--at", "2026-01-08T09:00:00", "--out", "转交")
    done = withdraw(office, number)
    assert [(sheet["section"], sheet["batch"]) for sheet in done["dispatched"]] == [("S002", 1)]
    assert done["disclosed"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("withdraw", "DK209901-00001", "--reason", "来函"), "没有"),
        (("withdraw", "9/9", "--reason", "来函"), "没有"),
        (("withdraw", "NUMBER", "--reason", "电话 13900001111 告知"), "电话"),
        (("withdraw", "NUMBER", "--reason", " "), "理由"),
        (("withdraw", "NUMBER", "--reason", "来函", "--scope", "别的"), "不在可选之列"),
        (("withdraw", "NUMBER", "--reason", "来函", "--on", "2026-01-09"), "晚于今天"),
        (("record", "NUMBER", *PROOF, "--scope", "保存", "--basis", "口头"), "不在可选之列"),
        (("record", "NUMBER", *PROOF, "--scope", "、"), "--scope"),
    ],
)
def test_what_cannot_be_is_refused(office, number, arguments, said):
    """Nothing is recorded."""
    office.run("consent", *[number if part == "NUMBER" else part for part in arguments], code=2)
    assert said in office.said
    assert {row["source"] for row in office.ask("consent", "list")} == {"大客户信息记录表"}


def test_who_may_record_and_look(office, number, become):
    """The clerk records; approver and auditor look; others do neither."""
    for user, looks in (("审计员", 0), ("领导", 0), ("核实员", 2), ("分析员", 2)):
        become(user).run("consent", "list", code=looks)
        office.run("consent", "withdraw", number, "--reason", "来函", code=2)
        assert "无权" in office.said
