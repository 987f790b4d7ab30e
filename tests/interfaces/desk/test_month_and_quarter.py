"""A month and a quarter at the desk page alone: taken in, receipted, handed on, answered, settled, approved, paid, appealed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support import desk
from tests.support.appeals import LATE, TITLES
from tests.support.office import Office, lead
from tests.support.staff import PEOPLE
from workbench.interfaces.desk.deed import HIDDEN, deeds

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]
PAYER = ("出纳", "payer", "桂花树下的旧藤椅 seven")


def as_(speaker: desk.Speaker, office: Office, user: str) -> desk.Speaker:
    """Another person sits down."""
    words = PAYER[2] if user == PAYER[0] else PEOPLE[user][1]
    speaker.unlock(office.folder / "登记册.db", user, words)
    return speaker


def take_away(speaker: desk.Speaker, job: dict[str, Any], folder: Path) -> list[Path]:
    """All files of an answer, in a folder."""
    folder.mkdir(exist_ok=True)
    made = []
    for place, file in enumerate(job["files"]):
        status, content = speaker.raw("GET", f"/api/file/{job['job']}/{place}")
        assert status == 200
        made.append(folder / file["name"])
        made[-1].write_bytes(content)
    return made


def given(card: dict[str, Any], **typed: str) -> dict[str, str]:
    """What the page sends for a card."""
    assert set(typed) <= {field["name"] for field in card["fields"]}
    return {**card["given"], **typed}


def test_a_month_of_two_sections(become, standing_clock, tmp_path):
    """The strategy section takes in, receipts, hands on, does what is due; a business section answers what it was handed and asks
    for a change that another decides; nobody is offered what his role does not do."""
    office = become("文员")
    standing_clock(datetime(2026, 1, 5, 9))
    with desk.opened() as speaker:
        blank = speaker.enter().do("blanks", form="大客户信息记录表")
        assert len(take_away(speaker, blank, tmp_path / "空白")) == 1
        as_(speaker, office, "文员")
        mine = {deed["id"] for deed in speaker.ask("GET", "/api/state")["deeds"] if deed["offered"]}
        assert {"run_due", "dispatch", "publish", "quarter", "changes", "withdraw_import"} <= mine
        untidy = office.leads("D001", "一.xlsx", [lead("甲公司", 联系方式="１３９０００２２２２２"), lead("乙公司")])
        job = speaker.do("fix_apply", [speaker.upload(untidy)])
        assert "可更正 1 处" in job["said"][0] and "１３９" not in str(job["tables"])
        (tidy,) = take_away(speaker, job, tmp_path / "更正")
        received = speaker.do("import_folder", [speaker.upload(tidy)])
        assert "接收 2 行" in received["said"][0]
        job = speaker.do("receipt", [speaker.upload(tidy)])
        assert job["said"] == ["已出具回执 1 份，请取走发给提报单位。"]
        slips = take_away(speaker, job, tmp_path / "回执")
        office.run("receipt", "verify", next(each for each in slips if each.suffix == ".html"), "--file", tidy)
        assert speaker.do("receipt", [speaker.upload(untidy)])["state"] == "refused"  # not the bytes that came
        listed = speaker.do("statuses", which="乙公司")
        assert [row[1] for row in listed["tables"][1]["rows"]] == ["乙公司"]
        handed = take_away(speaker, speaker.do("dispatch"), tmp_path / "转交")

        standing_clock(datetime(2026, 1, 6, 10))
        as_(speaker, office, "核实员")
        offered = {deed["id"] for deed in speaker.ask("GET", "/api/state")["deeds"] if deed["offered"]}
        assert {"due_today", "statuses", "import_folder", "changes", "check"} <= offered
        assert not {"dispatch", "publish", "quarter", "run_due", "review", "prepare_register"} & offered
        own, others = speaker.do("due_today")["tables"]
        assert [row[2] for row in own["rows"]] == ["科室甄别反馈"]
        assert own["leads_to"] == [{"deed": "import_folder", "given": {}}]
        assert "信息提报情况通报" in [row[2] for row in others["rows"]]
        assert not [to for to in others["leads_to"] if to and to["deed"] == "publish"]
        answers = office.answer(
            handed[0].parent,
            {
                "甲公司": {"甄别结论": "有效", "到期日期": datetime(2026, 6, 30), "项目责任人": "王核"},
                "乙公司": {"甄别结论": "有效", "到期日期": datetime(2026, 6, 30), "项目责任人": "王核"},
            },
        )
        job = speaker.do("import_folder", [speaker.upload(path) for path in answers])
        assert "接收 2 行" in job["said"][0], job
        assert speaker.do("dispatch")["state"] == "refused" and speaker.do("quarter")["state"] == "refused"
        number = office.ask("leads")[0]["number"]
        wish = office.file(
            "信息变更申请单",
            "变更.xlsx",
            {"申请单位代码": "D001", "申请人": "李经理", "申请日期": datetime(2026, 1, 6)},
            [{"信息编号": number, "客户名称": "甲公司", "变更事项": "撤回", "理由": "客户取消采购"}],
        )
        as_(speaker, office, "文员")
        assert "接收 1 行" in speaker.do("import_folder", [speaker.upload(wish)])["said"][0]
        assert speaker.do("changes")["said"] == ["待决定 1 件，共 1 件。"]
        as_(speaker, office, "核实员")
        (card,) = speaker.do("changes")["cards"]
        assert (
            speaker.ask("POST", "/api/deed/decide_change", {"given": given(card)}, code=422)["code"] == "desk_missing"
        )
        job = speaker.do("decide_change", **given(card, verdict="同意", reason="客户已确认"))
        assert "已撤回" in job["said"][0], job
        assert speaker.do("changes")["cards"] == []

        standing_clock(datetime(2026, 1, 12, 9))
        as_(speaker, office, "文员")
        job = speaker.do("run_due", passphrase=PEOPLE["文员"][1])
        done = {row[0]: row[2] for row in job["tables"][0]["rows"]}
        assert done["信息提报情况通报"] == "已补办，晚于期限" or done["信息提报情况通报"] == "已办", job
        assert "信息提报情况通报_2026-01-10.xlsx" in {file["name"] for file in job["files"]}
        assert (office.folder / "登记册.db.reports" / "信息提报情况通报_2026-01-10.xlsx").exists()
        assert speaker.do("run_due", passphrase=PEOPLE["文员"][1])["said"] == ["没有到期而可以自动办理的事项。"]

        job = speaker.do("withdraw_import", number="1", what="不同意撤回", reason="x")
        assert job["state"] == "refused"
        standing_clock(datetime(2026, 2, 2, 9))
        as_(speaker, office, "文员")
        job = speaker.do("prepare_register", month="2026-01")
        (prepared,) = take_away(speaker, job, tmp_path / "合同")
        assert "乙公司" in {
            cell for row in load_workbook(prepared).worksheets[0].iter_rows(values_only=True) for cell in row
        }


def test_a_quarter_from_draft_to_ruling(become, standing_clock, monkeypatch):
    """Open items need a reason; who submitted does not approve; amounts are compared when they are paid; an appeal is ruled on by
    another: each refused to others by the deed itself, whatever the page showed."""
    office = become(None)
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", PAYER[2])
    office.run("users", "add", PAYER[0], "--role", PAYER[1])
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-02-05T09:00:00", code=0)
    standing_clock(datetime(2026, 4, 7, 9))
    with desk.opened() as speaker:
        as_(speaker.enter(), office, "文员")
        (card,) = speaker.do("quarter")["cards"]
        assert card["title"] == "2026Q1　报批" and [fact for fact in card["facts"] if fact["title"] == "未了事项"]
        refused = speaker.do("submit", **given(card))
        assert "带着未了事项报批的理由" in refused["error"] and "--" not in refused["error"]
        job = speaker.do("submit", **given(card, reason="销售支持科已说明，以后调整"))
        assert "2026Q1 已报批" in job["said"][0], job
        assert speaker.do("quarter")["cards"] == []
        assert speaker.do("approve", quarter="2026Q1", verdict="批准")["state"] == "refused"

        as_(speaker, office, "领导")
        (card,) = speaker.do("quarter")["cards"]
        assert card["title"] == "2026Q1　批准"
        comes_to = {fact["title"]: fact["one"] for fact in card["facts"]}
        assert comes_to["笔数"] == "7"  # six publications since 5 February that were not made, one contract register
        assert [comes_to[f"{word}（元）"] for word in ("奖励", "处罚", "奖惩净额")] == ["0", "-700", "-700"]
        assert "退回的理由" in speaker.do("approve", **given(card, verdict="退回"))["error"]
        assert "已退回" in speaker.do("approve", **given(card, verdict="退回", reason="请核对"))["said"][0]
        as_(speaker, office, "文员")
        (card,) = speaker.do("quarter")["cards"]
        speaker.do("submit", **given(card, reason="已核对"))
        as_(speaker, office, "领导")
        (card,) = speaker.do("quarter")["cards"]
        assert "2026Q1 已批准" in speaker.do("approve", **given(card, verdict="批准"))["said"][0]

        standing_clock(datetime(2026, 4, 9, 9))
        as_(speaker, office, PAYER[0])
        (card,) = speaker.do("quarter")["cards"]
        due = {fact["title"]: fact["one"] for fact in card["facts"]}
        typed = {"paid": due["应发放（元）"], "collected": due["应收缴（元）"], "reference": "PZ-1", "on": "2026-04-08"}
        assert "不是金额" in speaker.do("pay", **given(card, **{**typed, "paid": "一百"}))["error"]
        assert speaker.do("pay", **given(card, **{**typed, "collected": "1"}))["state"] == "refused"
        assert "全部兑现" in speaker.do("pay", **given(card, **typed))["said"][0]
        assert speaker.do("quarter")["tables"][0]["rows"][0][:2] == ["2026Q1", "已兑现"]

        standing_clock(datetime(2026, 4, 13, 9))
        as_(speaker, office, "文员")
        header = {"申诉人": "郑策", "单位代码": "S000", "申诉日期": datetime(2026, 4, 13)}
        form = office.file("奖惩申诉表", "申诉.xlsx", header, [dict(zip(TITLES, LATE, strict=True))])
        assert "接收 1 行" in speaker.do("import_folder", [speaker.upload(form)])["said"][0]
        answer = speaker.do("appeals")
        assert answer["said"] == ["待裁定 1 件，共 1 件。"] and answer["cards"] == []
        number = answer["tables"][0]["rows"][0][0]
        assert speaker.do("rule", number=number, verdict="成立", reason="x")["state"] == "refused"
        as_(speaker, office, "领导")
        (card,) = speaker.do("appeals")["cards"]
        shown = {fact["title"]: fact["one"] for fact in card["facts"]}
        assert (shown["原核算（元）"], shown["申诉类型"], shown["申诉理由"]) == ("-100", "不应处罚", LATE[-1])
        assert "部分成立" in speaker.do("rule", **given(card, verdict="成立", amount="5", reason="停电属实"))["error"]
        assert "成立" in speaker.do("rule", **given(card, verdict="成立", reason="停电属实"))["said"][0]
        assert speaker.do("appeals")["said"] == ["待裁定 0 件，共 1 件。"]


def test_a_file_imported_by_mistake_is_taken_back_by_two(become, standing_clock):
    """Asked for by one, agreed to by another, from what is due; what it brought counts no more."""
    office = become("文员")
    standing_clock(datetime(2026, 1, 6, 9))
    with desk.opened() as speaker:
        as_(speaker.enter(), office, "文员")
        path = office.leads("D001", "一.xlsx", [lead("甲公司")])
        speaker.do("import_folder", [speaker.upload(path)])
        number = "2"  # the list of units came first
        job = speaker.do("withdraw_import", number=number, what="撤回，或同意撤回", reason="误收")
        assert "须由另一人" in job["said"][0] and "workbench" not in job["said"][0]
        as_(speaker, office, "领导")
        rows = speaker.do("due_today")["tables"][0]
        to = dict(zip([row[2] for row in rows["rows"]], rows["leads_to"], strict=True))
        assert to["撤回导入的文件等待另一人确认"] == {"deed": "withdraw_import", "given": {"number": number}}
        job = speaker.do("withdraw_import", number=number, what="撤回，或同意撤回", reason="属实")
        assert "已撤回文件" in job["said"][0]
        as_(speaker, office, "文员")
        assert speaker.do("statuses")["said"] == ["共 0 条。"]


def test_an_analyst_does_nothing_of_it(become, standing_clock):
    """Neither by the list nor by what stands behind a card; a run makes nothing."""
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("甲公司")]), "2026-01-05T09:00:00", code=0)
    standing_clock(datetime(2026, 2, 6, 9))
    with desk.opened() as speaker:
        as_(speaker.enter(), office, "分析员")
        assert speaker.do("run_due", passphrase=PEOPLE["分析员"][1])["said"] == ["没有到期而可以自动办理的事项。"]
        assert not list((office.folder / "登记册.db.reports").glob("*.xlsx"))
        whole = {
            "decide_change": {"number": "1", "verdict": "同意"},
            "rule": {"number": "1", "verdict": "成立"},
            "submit": {"quarter": "2025Q4"},
            "approve": {"quarter": "2025Q4", "verdict": "批准"},
            "pay": {
                "quarter": "2025Q4",
                "payer": "财务计划部",
                "paid": "0",
                "collected": "0",
                "reference": "x",
                "on": "2026-02-06",
            },
            "withdraw_import": {"number": "1", "what": "撤回，或同意撤回"},
            "prepare_register": {"month": "2026-01"},
            "dispatch": {},
            "dispatch_again": {"batch": "1"},
        }
        assert set(HIDDEN) - set(whole) == {"decide"}
        for deed, typed in whole.items():
            job = speaker.do(deed, reason="x", **typed)
            assert job["state"] == "refused", (deed, job)
    assert {each.id for each in deeds()} >= set(whole) - set(HIDDEN)
