"""Disclosures: asked for on T12, decided by a second person, handed over as decided; each refusal; nothing leaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support.contents import contents
from tests.support.disclosures import CONTACT, NOW, PHONE, ROW, TITLE, actions, asked, cells, other
from tests.support.office import Office, lead
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.capabilities.privacy import disclosures as disclosing
from workbench.core.errors import WrongUse
from workbench.platform.access.session import enter


@pytest.fixture
def office(consented: Office) -> Office:
    """The office of every test here: its first customer consented to a disclosure."""
    return consented


def test_the_whole_way_from_the_request_to_the_hand_over(office, become):
    """Asked for, decided by the manager, handed over twice by the clerk; the trail and the list tell all of it."""
    assert asked(office, {})["accepted"] == 1
    (row,) = office.ask("disclosures", "list", code=0)
    assert (row["status"], row["recipient"], row["handed_over"]) == ("待审批", "江城市公安局经侦支队", 0)
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "客户书面同意在卷")
    office = become("文员")
    first = office.ask("disclosures", "hand-over", "PL2026-001", "--out", "披露", code=0)
    again = office.ask("disclosures", "hand-over", "PL2026-001", "--out", "披露", code=0)
    assert [(done["count"], done["fields"]) for done in (first, again)] == [(1, ["phone"]), (2, ["phone"])]
    assert Path(first["file"]).stat().st_mode & 0o077 == 0
    said = cells(Path(first["file"]))
    assert said == {
        "申请编号": "PL2026-001",
        "交付次数": "第 1 次",
        "申请单位": "区域一部",
        "申请人": "周正",
        "信息编号": row["lead"],
        "有效期至": "2026-02-28",
        "客户名称": "江城客运公司",
        "披露对象": "江城市公安局经侦支队",
        "披露用途": "核实采购合同",
        "披露依据": "客户同意",
        "依据文件": "同意披露函（2026年1月5日）",
        "批准人": "领导",
        "批准时间": "2026-01-08 10:30",
        "交付人": "文员",
        "交付时间": "2026-01-08 10:30",
        "联系方式": PHONE,
    }
    (row,) = become("审计员").ask("disclosures", "list", code=0)
    assert (row["status"], row["decided_by"], row["reason"], row["handed_over"], row["last_handed_over_at"]) == (
        "已批准",
        "领导",
        "客户书面同意在卷",
        2,
        "2026-01-08T10:30:00",
    )
    kept = office.ask("audit", "show", "--lead", row["lead"])
    assert [(entry["action"], entry["user"]) for entry in kept[-4:]] == [
        ("import", "文员"),
        ("disclosure_decide", "领导"),
        ("disclosure_hand_over", "文员"),
        ("disclosure_hand_over", "文员"),
    ]
    assert "PL2026-001 同意" in office.run("audit", "show", "--action", "审批披露")
    office.run("audit", "verify")


def test_rows_with_blanks_beside_text_are_taken_in(office):
    """T12: one request has a remark, the next has none."""
    got = asked(office, {"依据文件": "书面同意书"}, {"申请编号": "PL2026-002", "备注": None})
    assert (got["accepted"], got["returned"]) == (2, 0)
    documents = {row["number"]: row["evidence"] for row in office.ask("disclosures", "list", code=0)}
    assert documents == {"PL2026-001": "书面同意书", "PL2026-002": ROW["依据文件"]}


def test_a_request_kept_without_a_document_is_not_carried_out(office, become, monkeypatch):
    """A register of an earlier version holds one that rests on 客户同意 of T1 alone: neither approved nor handed over."""
    asked(office, {})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    read = disclosing._request

    def of_earlier(session, number):
        request, lead = read(session, number)
        return {**request, "evidence": None}, lead

    monkeypatch.setattr(disclosing, "_request", of_earlier)
    office = become("文员")
    office.run("disclosures", "hand-over", "PL2026-001", "--out", "披露", code=2)
    assert "同意留存" in office.said
    assert not list((office.folder / "披露").glob("*"))


def test_incidents_with_blanks_beside_text_name_no_lead(office):
    """T13: the row without a lead number is about none; only a number that is not known is named."""
    known = office.by_customer()["江城客运公司"]["number"]
    leak = {"泄露人员": "孙某", "泄露日期": date(2026, 1, 5), "大客户部内部人员": "是"}
    rows = [
        {**leak, "事件编号": f"XL-{place}", "涉及信息编号": lead}
        for place, lead in enumerate((known, None, "DK2026-9"))
    ]
    file = office.file("信息泄露事件登记表", "泄露.xlsx", {"编制人": "李"}, rows)
    got = office.receive(file, "2026-01-06T10:00:00")
    assert (got["accepted"], got["returned"]) == (3, 0)
    doubts = [each["message"] for each in got["findings"] if each["code"] == "unknown_number"]
    assert len(doubts) == 1
    assert "DK2026-9" in doubts[0]


@pytest.mark.parametrize(
    ("content", "opened"),
    [
        ("联系人", {"联系人": CONTACT}),
        ("联系方式", {"联系方式": PHONE}),
        ("全部", {"联系人": CONTACT, "联系人职务": TITLE, "联系方式": PHONE}),
    ],
)
def test_exactly_the_approved_fields_are_handed_over(content, opened, office, become):
    """No field more, not even hidden in the file."""
    asked(office, {"披露内容": content})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    path = Path(become("文员").ask("disclosures", "hand-over", "PL2026-001", code=0)["file"])
    said = cells(path)
    assert {name: said[name] for name in ("联系人", "联系人职务", "联系方式") if name in said} == opened
    raw = "".join(part.decode("utf-8", errors="ignore") for _, part in contents(path))
    assert {value for value in (CONTACT, PHONE, TITLE) if value in raw} == set(opened.values())


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"信息编号": "DK202601-09999"}, "unknown_number", "信息编号"),
        ({"信息编号": other}, "no_consent", "披露依据"),
        ({"披露依据": "法律规定", "依据文件": None}, "missing", "依据文件"),
        ({"依据文件": None}, "missing", "依据文件"),
        ({"依据文件": "客户已同意"}, "no_document", "依据文件"),
        ({"依据文件": "见《大客户信息记录表》"}, "no_document", "依据文件"),
        ({"披露依据": "领导要求"}, "not_in_list", "披露依据"),
        ({"有效期至": datetime(2026, 1, 5)}, "expired", "有效期至"),
        ({"有效期至": None}, "missing", "有效期至"),
        ({"申请编号": "../../外面"}, "bad_number", "申请编号"),
        ({"申请编号": "13900001111"}, "personal_in_clear", "申请编号"),
        ({"申请编号": "PL" + "1" * 40}, "bad_number", "申请编号"),
        ({"披露用途": "请拨 139-0000-1111 核实"}, "personal_in_clear", "披露用途"),
        ({"披露用途": "联系１３９００００１１１１"}, "personal_in_clear", "披露用途"),
        ({"披露对象": "经侦支队 0553-3821234"}, "personal_in_clear", "披露对象"),
        ({"披露对象": "找张联系本人"}, "personal_text", "披露对象"),
        ({"依据文件": "张联系签署的同意书"}, "personal_text", "依据文件"),
        ({"依据文件": "同意书 139 0000 1111"}, "personal_in_clear", "依据文件"),
    ],
)
def test_a_request_that_cannot_be_is_returned_at_its_cell(change, code, column, office, become):
    """Each with its own finding, which repeats no personal data; the register holds no request."""
    row = {title: value(office) if callable(value) else value for title, value in change.items()}
    receipt = asked(office, row)
    (finding,) = [one for one in receipt["findings"] if one["severity"] == "error"]
    letters = dict(
        zip(
            ["申请编号", "信息编号", "披露对象", "披露依据", "依据文件", "披露用途", "披露内容", "有效期至"], "BCDEFGHI"
        )
    )
    assert (receipt["accepted"], receipt["returned"], finding["code"]) == (0, 1, code)
    assert finding["cell"].startswith(letters[column]) and finding["clause"] == "顾客信息管理制度·七"
    assert CONTACT not in finding["message"] and "139" not in finding["message"]
    assert office.ask("disclosures", "list") == []


def test_a_document_of_a_state_body_has_a_long_number(office):
    """That is no phone; the law needs no consent of the customer."""
    row = {"信息编号": other(office), "披露依据": "法律规定", "依据文件": "协助查询财产通知书（2026）皖0202000381号"}
    assert asked(office, row)["accepted"] == 1


def test_a_number_that_is_known_stays_as_it_is(office, become):
    """Also within one file, and after the approval: nobody widens what was approved."""
    receipt = asked(office, {}, {"披露内容": "全部"})
    assert (receipt["accepted"], receipt["unchanged"]) == (1, 1)
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    receipt = asked(become("文员"), {"披露内容": "全部"}, name="再次.xlsx")
    assert (receipt["accepted"], receipt["unchanged"]) == (0, 1)
    assert [one["code"] for one in receipt["findings"]] == ["already_registered"]
    assert office.ask("disclosures", "hand-over", "PL2026-001", code=0)["fields"] == ["phone"]


def test_an_unlisted_unit_asks_for_nothing(office):
    """The file is refused whole."""
    path = office.file("客户信息披露申请表", "外.xlsx", {"申请单位代码": "Z999", "申请人": "某人"}, [ROW])
    assert office.receive(path, "2026-01-06T09:00:00", code=2)["findings"][0]["code"] == "unknown_unit"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("PL-9", "同意", "--reason", "同意"), "没有申请 PL-9"),
        (("PL2026-001", "可以", "--reason", "同意"), "应为 同意 或 不同意"),
        (("PL2026-001", "同意", "--reason", " "), "须写明理由"),
        (("PL2026-001", "同意", "--reason", "已电话 13900001111"), "不要写电话"),
        (("PL2026-002", "同意", "--reason", "同意"), "本人"),
        (("PL2026-002", "不同意", "--reason", "不同意"), "本人"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(arguments, words, office, become):
    """Unknown, unclear, without a reason, with a phone in it, or on one's own request."""
    asked(office, {})
    asked(office, {"申请编号": "PL2026-002"}, name="领导的.xlsx", applicant="领导")
    office = become("领导")
    office.run("disclosures", "decide", *arguments, code=2)
    assert words in office.said and "139" not in office.said
    assert {row["status"] for row in office.ask("disclosures", "list")} == {"待审批"}
    assert actions(become) == []


@pytest.mark.parametrize("applicant", ["领 导", "領导"])
def test_an_applicant_written_otherwise_is_the_same_person(applicant, office, become):
    """Blanks and variants of his name do not make an approver another than the applicant."""
    asked(office, {}, name="领导的.xlsx", applicant=applicant)
    office = become("领导")
    office.run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意", code=2)
    assert "本人" in office.said


def test_who_brought_a_request_in_does_not_decide_it(office):
    """A person who was a clerk then and is an approver now; the sole user of a register may."""
    asked(office, {})
    with enter(Path("登记册.db"), "文员", PEOPLE["文员"][1], load_policy(), NOW) as session:
        promoted = replace(session, role="approver")
        with pytest.raises(WrongUse) as refused:
            disclosing.decide(promoted, "PL2026-001", "同意", "同意")
        assert refused.value.code == "own_request"
        assert disclosing.decide(replace(session, sole=True), "PL2026-001", "同意", "同意") == "已批准"


def test_a_decision_is_made_once_and_an_approval_can_be_withdrawn(office, become):
    """A refusal stays one; what was withdrawn is not handed over any more."""
    asked(office, {}, {"申请编号": "PL2026-002"})
    office = become("领导")
    office.run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    office.run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意", code=2)
    assert "此前已批准" in office.said
    assert "已撤销" in office.run("disclosures", "decide", "PL2026-001", "不同意", "--reason", "客户来电反对")
    assert "未批准" in office.run("disclosures", "decide", "PL2026-002", "不同意", "--reason", "理由不足")
    for number in ("PL2026-001", "PL2026-002"):
        for verdict in ("同意", "不同意"):
            office.run("disclosures", "decide", number, verdict, "--reason", "再想想", code=2)
            assert "重新申请" in office.said
    for number, words in (("PL2026-001", "已撤销"), ("PL2026-002", "未获批准")):
        become("文员").run("disclosures", "hand-over", number, code=2)
        assert words in office.said
    assert not list((office.folder / "披露").iterdir())


def test_nothing_is_handed_over_before_the_approval_or_after_its_term(office, become, monkeypatch):
    """The last day still counts; past it neither a decision nor a hand-over."""
    asked(office, {}, {"申请编号": "PL2026-002"})
    office.run("disclosures", "hand-over", "PL-9", code=2)
    assert "没有申请" in office.said
    office.run("disclosures", "hand-over", "PL2026-001", code=2)
    assert "尚未审批" in office.said
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2026, 2, 28, 23, 59))
    become("文员").run("disclosures", "hand-over", "PL2026-001")
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2026, 3, 1))
    office.run("disclosures", "hand-over", "PL2026-001", code=2)
    assert "有效期" in office.said
    become("领导").run("disclosures", "decide", "PL2026-002", "同意", "--reason", "同意", code=2)
    assert "有效期" in office.said
    assert [row["status"] for row in office.ask("disclosures", "list")] == ["已到期"] * 2
    assert len(list((office.folder / "披露").iterdir())) == 1


def test_of_a_corrected_lead_the_newest_values_are_handed_over(office, become):
    """Whom one calls today, not whom one called when it was asked for; the register keeps which version it was."""
    asked(office, {"披露内容": "全部"})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    rows = [
        lead("江城客运公司", 第三方联系人="钱新任", 联系方式="13900009999", 客户同意="是"),
        lead("滨江物流集团", 联系方式="13900001112"),
    ]
    become("文员").receive(office.leads("D001", "一.xlsx", rows), "2026-01-07T09:00:00", code=0)
    said = cells(Path(office.ask("disclosures", "hand-over", "PL2026-001", code=0)["file"]))
    assert (said["联系人"], said["联系方式"], said["联系人职务"]) == ("钱新任", "13900009999", "—")
    with enter(Path("登记册.db"), "文员", PEOPLE["文员"][1], load_policy(), NOW) as session:
        (row,) = session.register.read("disclosure_handover").to_dict("records")
    assert (row["number"], row["version"], row["fields"]) == ("PL2026-001", 2, ["contact", "contact_title", "phone"])


def test_a_consent_taken_back_ends_the_disclosure(office, become):
    """The corrected lead says 否: what was approved on the consent is not handed over."""
    asked(office, {}, {"申请编号": "PL2026-002"})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    rows = [
        lead("江城客运公司", 联系人职务=TITLE, 客户同意="否"),
        lead("滨江物流集团", 联系方式="13900001112", 客户同意="否"),
    ]
    become("文员").receive(office.leads("D001", "一.xlsx", rows), "2026-01-07T09:00:00")
    office.run("disclosures", "hand-over", "PL2026-001", code=2)
    assert "没有客户同意" in office.said
    become("领导").run("disclosures", "decide", "PL2026-002", "同意", "--reason", "同意", code=2)
    assert "没有客户同意" in office.said


def test_the_term_is_a_day_of_the_calendar(office):
    """A request whose term ends on the day it is received is still taken."""
    assert asked(office, {"有效期至": datetime(2026, 1, 6)})["accepted"] == 1
    assert office.ask("disclosures", "list")[0]["valid_until"] == date(2026, 1, 6).isoformat()
