"""What one person does another checks: overridden decisions, restored registers; and a verifier keeps to his section."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.office import CLOCK, Office, lead
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.core.phones import masked_phone
from workbench.platform.access.session import enter

pytestmark = pytest.mark.slow


@pytest.fixture
def held(become) -> tuple[str, str]:
    """Two leads with one phone, the later one held; their numbers."""
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    office.receive(office.leads("D002", "二.xlsx", [lead("滨江物流集团")]), "2026-01-06T09:00:00")
    rows = office.by_customer()
    assert rows["滨江物流集团"]["status"] == "待复核"
    return rows["江城客运公司"]["number"], rows["滨江物流集团"]["number"]


def status(office: Office, number: str) -> str:
    """A lead's status now."""
    return next(row["status"] for row in office.ask("leads") if row["number"] == number)


def test_a_decision_is_overridden_by_another_person_only(become, held):
    """The clerk decides, cannot take it back himself, the approver can; both decisions stay."""
    first, second = held
    office = become("文员")
    office.run("decide", second, "重复", "--reason", "同一电话")
    assert status(office, second) == "重复"
    office.run("decide", second, "不重复", "--reason", "再想想", code=2)
    assert "无权推翻复核结论" in office.said
    office = become("领导")
    office.run("decide", second, "重复", "--reason", "同意", code=2)
    assert "此前已复核为" in office.said
    office.run("decide", second, "受理", "--reason", "同意", code=2)
    assert "应为" in office.said
    office.run("decide", first, "不重复", "--reason", "没有复核过", code=2)
    office.run("decide", second, "不重复", "--reason", "两家单位共用总机", "--of", first)
    assert status(office, second) == "已接收"
    office.run("decide", second, "重复", "--reason", "反悔", code=2)  # his own decision stands now
    assert "本人" in office.said
    rows = become("审计员").ask("audit", "show", "--lead", second)
    assert [row["action"] for row in rows if row["action"] in ("decide", "override")] == ["decide", "override"]


def test_a_sole_user_overrides_himself(staffed):
    """One person cannot be kept apart from himself."""
    staffed.receive(
        staffed.leads("D001", "一.xlsx", [lead("江城客运公司"), lead("滨江物流集团")]), "2026-01-05T09:00:00"
    )
    number = staffed.by_customer()["滨江物流集团"]["number"]
    staffed.run("decide", number, "不重复", "--reason", "两家单位")
    assert status(staffed, number) == "已接收"
    staffed.run("decide", number, "重复", "--reason", "查明是一家")
    assert status(staffed, number) == "重复"


def test_a_restored_register_goes_on_after_somebody_elses_look(become, tmp_path, monkeypatch):
    """Until then it is kept and looked at, not worked with; the restorer's own word does not count."""
    office = become(None)
    file = office.ask("backup", "--to", tmp_path / "备份", code=0)["file"]
    office.run("restore", file, "--to", tmp_path / "新.db")
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "新.db"))
    office.run("audit", "verify")
    office.run("backup", "--to", tmp_path / "新备份")
    office.run("confirm-restore", "--reason", "核对无误", code=2)
    assert "本人" in office.said
    office = become("文员")
    file = office.leads("D001", "一.xlsx", [lead("江城客运公司")])
    office.run("import", file, "--received-at", "2026-01-05T09:00:00", code=2)
    assert "确认" in office.said
    assert office.ask("leads") == []
    office = become("核实员")
    office.run("confirm-restore", "--reason", "核对无误", code=2)
    assert "无权" in office.said
    office = become("审计员")
    office.run("confirm-restore", "--reason", " ", code=2)
    office.run("confirm-restore", "--reason", "链头与月报一致")
    office.run("confirm-restore", "--reason", "再一次", code=2)
    assert "没有待确认" in office.said
    office = become("文员")
    office.receive(file, "2026-01-05T09:00:00", code=0)
    assert [row["status"] for row in office.ask("leads")] == ["已接收"]


def test_a_verifier_sees_and_answers_for_his_section_only(become, tmp_path, monkeypatch):
    """List, reveal and feedback: the other section's leads are as if they were not there."""
    office = become("文员")
    rows = [lead("江城客运公司"), lead("江城市政府", 客户类别="政府采购", 联系方式="13900001112")]
    office.receive(office.leads("D001", "一.xlsx", rows), "2026-01-05T09:00:00", code=0)
    assert become("核实员").ask("leads") == []  # not handed out yet
    become("文员").run("dispatch", "--at", "2026-01-05T10:00:00", "--out", tmp_path / "转交")
    answers = office.answer(
        tmp_path / "转交",
        {
            name: {"甄别结论": "有效", "到期日期": "2026-06-30", "项目责任人": "王政"}
            for name in ("江城客运公司", "江城市政府")
        },
    )
    numbers = {row["customer"]: row["number"] for row in office.ask("leads")}
    for user, own, other in (("核实员", "江城客运公司", "江城市政府"), ("政府核实员", "江城市政府", "江城客运公司")):
        office = become(user)
        assert [row["customer"] for row in office.ask("leads")] == [own]
        assert office.ask("reveal", numbers[own], "--reason", "甄别")["phone"].startswith("139")
        office.run("reveal", numbers[other], "--reason", "好奇", code=2)
        assert "不在登记册中" in office.said and "139" not in office.said
        office.run("reveal", "DK209901-99999", "--reason", "好奇", code=2)
        refused = [row for row in become("审计员").ask("audit", "show") if row["action"] == "refused"]
        assert [row["detail"]["number"] for row in refused if row["user"] == user] == [numbers[other]]
        office = become(user)
        assert own in office.run("explain", numbers[own])
        assert office.run("explain", numbers[other], code=2) == ""
        hidden = office.said
        office.run("explain", "DK209901-99999", code=2)
        assert office.said == hidden and other not in hidden  # as a number that there is not
    office = become("核实员")
    mine, others = sorted(answers, key=lambda path: "S002" not in path.name)
    office.run("import", others, "--received-at", "2026-01-06T09:00:00", code=2)
    assert "不是您所在科室" in office.said
    monkeypatch.setenv("WORKBENCH_SIMULATION", "1")  # else nobody sets the time of his own late answer
    office.run("import", mine, "--received-at", "2026-01-06T09:00:00")
    assert [row["status"] for row in office.ask("leads", "--as-of", "2026-01-07")] == ["已立项"]


def test_the_section_stands_in_the_list_and_in_the_slot(become):
    """And it cannot be changed without the house's certificate (the key file's own tests)."""
    rows = {row["user"]: row["section"] for row in become(None).ask("users", "list")}
    assert (rows["核实员"], rows["政府核实员"], rows["文员"]) == ("S002", "S001", None)
    path = Path("登记册.db")
    with enter(path, "核实员", PEOPLE["核实员"][1], load_policy(), CLOCK) as session:
        assert (session.section, session.register.keys.section) == ("S002", "S002")


def test_an_explanation_names_no_other_sections_lead(become, tmp_path):
    """An earlier lead that was not handed to the verifier's section is told of without number, reporter, file or status."""
    office = become("文员")
    later = office.leads("D002", "二.xlsx", [lead("江城客运公司"), lead("滨江物流集团", 联系方式="13900003333")])
    office.receive(later, "2026-01-06T09:00:00", code=0)
    office.run("dispatch", "--at", "2026-01-06T10:00:00", "--out", tmp_path / "转交")
    earlier = office.leads("D001", "先到文件.xlsx", [lead("江城客运公司"), lead("江北客运站", 联系方式="13900003333")])
    office.receive(earlier, "2026-01-05T09:00:00")  # brought in late, received first: handed to nobody yet
    held = [row["number"] for row in office.ask("leads") if row["status"] == "待复核"]
    for number in held:  # D4: it would push back what was dispatched
        become("领导").run("decide", number, "受理", "--reason", "邮件证明先到")
    office = become("文员")
    rows = office.by_customer()
    own = [
        next(row["number"] for row in office.ask("leads") if row["file"] == "二.xlsx" and row["status"] == status)
        for status in ("重复", "待复核")
    ]
    others = {row["number"] for row in office.ask("leads") if row["file"] == "先到文件.xlsx"}
    assert len(others) == 2 and rows["滨江物流集团"]["status"] == "待复核"
    for number in own:
        told = office.run("explain", number) + office.run("explain", number, "--json")
        assert "D001" in told and "先到文件.xlsx" in told and any(other in told for other in others)
    office = become("核实员")
    for number, verdict in zip(own, ("重复", "待复核"), strict=True):
        told = office.run("explain", number)
        document = office.ask("explain", number, code=0)["explanations"][0]
        for secret in (*others, "D001", "先到文件.xlsx", "江北客运站"):
            assert secret not in told + json.dumps(document, ensure_ascii=False)
        assert verdict in told and "不属本科室经办" in told and "反之" in told
        assert [each["change"].get("of") for each in document["otherwise"]] == [None] * len(document["otherwise"])
    become("文员").run("decide", own[1], "重复", "--reason", "同一电话")
    told = become("核实员").run("explain", own[1])
    assert "人工复核：与另一条信息" in told and not [other for other in others if other in told]


def test_contacts_are_masked_for_everybody_and_shown_to_nobody_without_a_reason(become):
    """An analyst holds no key and sees 张** and 139****1111; a correction is masked anew; a verifier only his own."""
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    number = office.by_customer()["江城客运公司"]["number"]
    assert office.ask("reveal", number) == {"number": number, "contact": "张**", "phone": "139****1111"}
    corrected = office.leads(
        "D001", "一.xlsx", [lead("江城客运公司", 第三方联系人="欧阳新任", 联系方式="0553-3821234")]
    )
    office.receive(corrected, "2026-01-05T11:00:00", code=0)
    office = become("分析员")
    assert "欧**" in office.run("reveal", number) and "新任" not in office.run("reveal", number)
    assert office.ask("reveal", number)["phone"] == "055****1234"
    office.run("reveal", number, "--reason", "好奇", code=2)
    assert "无权" in office.said
    office = become("核实员")
    office.run("reveal", number, code=2)  # not handed to his section
    assert "不在登记册中" in office.said
    shown = become("审计员").ask("audit", "show", "--action", "reveal")
    assert shown == []


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13900001111", "139****1111"),
        ("05533821234", "055****1234"),
        ("3821234", "*****34"),
        ("110", "****"),
        ("无", "****"),
        ("021388212345", "**********45"),
    ],
)
def test_a_masked_number_leaves_too_little_to_dial(number, shown):
    """Four digits or more are hidden, whatever stood in the cell."""
    assert masked_phone(number) == shown


@pytest.mark.parametrize("name", ["領导", "领 导", "领导．"])
def test_nobody_is_let_in_under_a_name_that_looks_like_anothers(become, monkeypatch, name):
    """Somebody who reads the trail or a signature would take him for the other."""
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", PEOPLE["领导"][1])
    office = become(None)
    office.run("users", "add", name, "--role", "clerk", code=2)
    assert "看起来相同" in office.said
    assert name not in {row["user"] for row in office.ask("users", "list")}
