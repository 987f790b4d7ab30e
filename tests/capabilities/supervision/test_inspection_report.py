"""客户信息管理检查报告: each figure against the same figure found another way; who may make it; what leads on."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tests.support import supervision_world as world
from tests.support.office import PASSPHRASE, Office, lead
from workbench.app.policy import load_policy
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.supervision import drill, inspection_report
from workbench.core.errors import WrongUse
from workbench.platform.access.session import enter

AT = datetime(2026, 4, 3, 9)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture(scope="module")
def seen():
    """The invented office's March."""
    return inspection_report.view(world.book(AT), world.MARCH)


@pytest.fixture(scope="module")
def trail() -> list[dict]:
    """Its entries of March, as plain rows."""
    rows = world.entries().to_dict("records")
    return [row for row in rows if FIRST <= row["recorded_at"].date() <= LAST]


def counts(view, section: str) -> dict[str, int]:
    return {row["matter"]: row["count"] for row in view.matters.to_dict("records") if row["section"] == section}


def test_uses_and_disclosures_are_those_of_the_trail(seen, trail):
    """Counted one by one."""
    made = Counter(row["action"] for row in trail)
    refused = [row["detail"] for row in trail if row["action"] == "refused"]
    assert counts(seen, "访问与使用") == {
        "查看完整个人信息": made["reveal"],
        "转交科室": made["dispatch"],
        "分发报告副本": sum(len(row["detail"]["codes"]) for row in trail if row["action"] == "deliver"),
        "生成报告": made["report"],
        "越权被拒": len([detail for detail in refused if "why" not in detail]),
        "因培训或保密协议被拒": len([detail for detail in refused if "why" in detail]),
        "口令错误": sum(len(row["detail"]["tries"]) for row in trail if row["action"] == "wrong_passphrase"),
    }
    verdicts = Counter(row["detail"]["verdict"] for row in trail if row["action"] == "disclosure_decide")
    assert counts(seen, "披露") == {
        "收到申请": 2,
        "批准": verdicts["同意"],
        "不批准或撤销批准": verdicts["不同意"],
        "交付": made["disclosure_hand_over"],
    }


def test_users_add_up_to_the_whole_and_reasons_to_the_reveals(seen, trail):
    """By user and by class of reason; who left is shown too, and nobody else."""
    people = {row["user"]: row for row in seen.users.to_dict("records")}
    assert set(people) == {"保管", "文员甲", "文员乙", "领导", "核实员"}
    for user, row in people.items():
        own = Counter(each["action"] for each in trail if each["user"] == user)
        handed = own["disclosure_hand_over"] + own["deliver"] + own["dispatch"]
        told = (row["reveals"], row["handed_on"], row["reports"], row["refused"])
        assert told == (own["reveal"], handed, own["report"], own["refused"])
    assert {user: (row["state"], str(row["until"])) for user, row in people.items()} == {
        "保管": ("有效", "2026-12-01"),
        "文员甲": ("已锁定", "2026-03-20"),  # trained on 20 March last year
        "文员乙": ("已锁定", "2026-02-19"),  # never trained; 30 days from 20 January
        "领导": ("将到期", "2026-04-15"),
        "核实员": ("已离岗", "None"),
    }
    by_reason = {(row["user"], row["reason"]): row["times"] for row in seen.reasons.to_dict("records")}
    assert by_reason == {("文员甲", "重复"): 20, ("文员乙", "联系"): 1, ("文员乙", "其他"): 1}


def test_backups_are_judged_by_the_longest_gap(seen):
    """Every day of the month asked how long ago the last one was; what reaches into the month counts."""
    days = {"备份": ["2026-02-20", "2026-03-02"], "试恢复": ["2026-01-05", "2026-03-02"]}  # a register begins untested
    notes = {row["matter"]: (row["note"], row["flag"]) for row in seen.matters.to_dict("records")}
    for word, term in (("备份", 7), ("试恢复", 31)):
        done = [date.fromisoformat(day) for day in days[word]]
        gap = 0
        for offset in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=offset)
            gap = max(gap, *((day - before).days for before in [max(each for each in done if each < day)]))
        assert notes[word] == (f"最长间隔 {gap} 日，期限 {term} 日", "需处理" if gap > term else "")
    assert counts(seen, "备份与恢复") == {"备份": 1, "试恢复": 1, "从备份恢复": 0}


def test_the_rest_is_that_of_the_facts(seen, trail):
    """Contacts by the newest word, incidents, trainings, corrections."""
    made = Counter(row["action"] for row in trail)
    assert counts(seen, "采集与同意") == {
        "客户档案中的联系人": 3,
        "依据为本人同意": 2,
        "依据为合同或法律": 1,
        "登记的同意": made["consent_record"],
        "撤回的同意": made["consent_withdraw"],
    }
    assert counts(seen, "留存与销毁") == {
        "个人信息已过保存期限": 1,
        "30 日内到期": 1,
        "申请销毁": made["retention_propose"],
        "已销毁的客户": made["retention_dispose"],
        "销毁客户密钥": made["destroy"],
    }
    leaks = [row for row in world.facts().incidents.to_dict("records") if FIRST <= row["happened_on"].date() <= LAST]
    inside = sum(row["inside"] for row in leaks)
    assert counts(seen, "泄露事件") == {
        "本月发生": len(leaks),
        "其中内部人员": inside,
        "本月登记": 1,
        "处置步骤": made["incident_step"],
    }
    assert counts(seen, "培训与保密协议") == {
        "登记册用户": 4,
        "本月培训": 0,
        "培训或保密协议将到期": 1,
        "已到期": 2,
        "紧急开通": 1,
    }
    assert counts(seen, "检查与整改") == {"本月检查发现": 2, "未整改": 2, "其中逾期": 1}
    assert seen.findings[["number", "flag"]].to_numpy().tolist() == [["JC-1", "逾期"], ["JC-0", ""], ["JC-2", ""]]


def test_unusual_uses_stand_with_what_was_said_of_them(seen):
    """One of each of the four rules; the one that was answered with its reason."""
    shown = seen.watched[["rule", "user", "times", "state", "because"]].to_numpy().tolist()
    assert shown == [
        ["非工作时间查看", "文员乙", 1, "已看过", "投标截止前夜，已问过本人"],
        ["多次口令错误", "文员乙", 5, "未说明", None],
        ["一天内大量查看", "文员甲", 20, "未说明", None],
        ["查看其他科室的信息被拒", "核实员", 1, "未说明", None],
    ]
    assert counts(seen, "异常使用") == {"异常使用": 4, "其中未说明": 3}


def test_the_cover_says_what_the_month_comes_to(seen):
    """Three sentences and eight figures, from the tables; the last month's beside those that are of a month."""
    to_do = seen.matters[seen.matters["flag"].eq("需处理")]
    said = seen.briefing
    assert said.why == "本月查看个人信息 22 次，最多的是 文员甲（20 次）。异常使用 4 项，其中 3 项未说明。"
    assert said.act.startswith(f"需处理 {len(to_do)} 项：异常使用·其中未说明 3、")
    assert said.changed.startswith("查看个人信息 22，上月 1（增 21）；异常使用 4，上月 0（增 4）；")
    before = inspection_report.view(world.book(AT), "2026-02").figures[:5]
    assert [figure.before.value for figure in seen.figures[:5]] == [figure.value for figure in before]
    assert [figure.value for figure in seen.figures] == [22, 4, 1, 1, 1, 2, 2, len(to_do)]


def test_a_users_numbers_lead_to_the_entries_behind_them(seen):
    """They add up; what they are about is not told."""
    (table,) = drill.tables(world.book(AT), world.MARCH, seen)
    for place in range(len(table.rows)):
        for column in table.numbers:
            if table.leads_on(place, column):
                found = table.behind(place, column)
                assert found.rows["value"].sum() == table.rows.iloc[place][column]
                assert "DK2026" not in found.rows.to_csv()


def test_a_month_that_has_not_begun_has_no_report():
    """Refused in a sentence."""
    with pytest.raises(WrongUse) as refused:
        inspection_report.view(world.book(AT), "2026-05")
    assert refused.value.code == "month_not_begun"


@pytest.fixture
def january(become, set_clock) -> Office:
    """A clerk reveals by day and by night; a backup; nobody was trained."""
    set_clock("2026-01-05T09:30:00")
    office = become("文员")
    office.receive(office.leads("D001", "甲.xlsx", [lead("江城公交")]), "2026-01-05T09:00:00", code=0)
    number = office.by_customer()["江城公交"]["number"]
    office.run("reveal", number, "--reason", "核实")
    office.run("backup", "--to", office.folder / "备份")
    set_clock("2026-01-05T22:10:00")
    office.run("reveal", number, "--reason", "联系客户")
    become("政府核实员").run("reveal", number, "--reason", "核实", code=2)
    set_clock("2026-02-02T09:00:00")
    return office


def test_the_report_of_a_register_agrees_with_its_commands(january, become):
    """With ``audit show``, ``watch list`` and the backups."""
    become(None)
    path, now = january.folder / "登记册.db", datetime(2026, 2, 2, 9)
    with enter(path, os.environ["WORKBENCH_USER"], PASSPHRASE, load_policy(), now) as session:
        made = inspection_report.view(open_snapshot(session), "2026-01")
    office = become("审计员")
    shown = Counter(
        row["action"] for row in office.ask("audit", "show", "--since", "2026-01-01", "--until", "2026-01-31")
    )
    assert counts(made, "访问与使用")["查看完整个人信息"] == shown["reveal"] == 2
    assert counts(made, "备份与恢复")["备份"] == shown["backup"] == 1
    watched = {row["number"] for row in office.ask("watch", "list", "--month", "2026-01", code=1)}
    assert set(made.watched["number"]) == watched
    by_reason = {row["reason"]: row["times"] for row in made.reasons.to_dict("records")}
    assert by_reason == {"核实": 1, "联系": 1}
    frames = [value for value in vars(made).values() if isinstance(value, pd.DataFrame)]
    text = " ".join([*made.notes, *(frame.to_csv() for frame in frames)])
    assert not [word for word in ("江城公交", "张联系", "13900001111", "DK2026") if word in text]


def test_only_custodian_and_auditor_make_it(january, become):
    """A clerk, who makes other reports, is refused, and the refusal stands in the trail."""
    become("文员").run("report", "客户信息管理检查报告", "--period", "2026-01", "--out", "报告", code=2)
    assert "无权生成客户信息管理检查报告" in january.said
    assert not (january.folder / "报告").exists()


@pytest.mark.slow
def test_a_custodian_makes_it_and_the_trail_holds(january, become):
    """By its notebook; the manifest is genuine, the entry one a custodian may make, and others reports he may not."""
    office = become(None)
    files = office.ask(
        "report", "客户信息管理检查报告", "--period", "2026-01", "--out", office.folder / "报告", code=0
    )["files"]
    assert len([path for path in files if Path(path).exists()]) == 4
    office.run("verify", files[0], code=0)
    assert office.ask("audit", "verify", code=0)["breaches"] == []
    office.run("report", "开发计划", "--period", "2026-01-31", "--out", office.folder / "报告", code=2)


def test_it_is_due_once_inspections_are_kept(become, set_clock):
    """Of every month since the first, the day after it; of a register without any never."""
    set_clock("2026-03-02T09:00:00")
    office = become("审计员")
    assert [row for row in office.ask("due")["tasks"] if row["task"] == "inspection_report"] == []
    finding = {"检查编号": "JC-1", "检查事项": "其他", "发现的问题": "目录缺页码", "整改责任人": "钱保管"}
    header = {"检查人": "孙检查", "检查日期": datetime(2026, 3, 2)}
    path = office.file("客户信息管理检查整改表", "检查.xlsx", header, [finding])
    assert office.receive(path, "2026-03-02T10:00:00")["accepted"] == 1
    set_clock("2026-05-01T09:00:00")
    due = [(row["period"], row["due_on"]) for row in office.ask("due")["tasks"] if row["task"] == "inspection_report"]
    assert due == [("2026-03", "2026-04-01"), ("2026-04", "2026-05-01")]
