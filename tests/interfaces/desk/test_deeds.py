"""What is done on the desk is what the commands do, by the same rights; locked, left idle or closed it tells nothing more."""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support import desk
from tests.support.office import CLOCK, PASSPHRASE, lead
from tests.support.staff import ANALYST, PEOPLE
from workbench.app import checking, settings, unlock
from workbench.app.policy import load_policy
from workbench.core.state import state_folder
from workbench.interfaces.desk import deeds_files
from workbench.platform.access.session import enter
from workbench.platform.intake import batch
from workbench.platform.reporting.due_reports import is_made

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]


def unlocked(speaker: desk.Speaker, office, user: str | None = None, passphrase: str = PASSPHRASE) -> desk.Speaker:
    """Come in and unlock the office's register."""
    if user is None:
        with office.opened() as session:
            user = session.user
    speaker.enter().unlock(office.folder / "登记册.db", user, passphrase)
    return speaker


def taken(speaker: desk.Speaker, job: dict, name: str) -> bytes:
    """A file of an answer."""
    place = next(place for place, file in enumerate(job["files"]) if file["name"] == name)
    status, content = speaker.raw("GET", f"/api/file/{job['job']}/{place}")
    assert status == 200 and speaker.answered["Content-Disposition"] == "attachment"
    return content


def test_files_come_in_as_by_the_command(morning):
    """Good, partly returned and none of ours: counted, in the register under their own names, replies to take away."""
    good = morning.leads("D001", "一.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    (good.parent / "信.xlsx").write_bytes(b"hello")
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        files = [speaker.upload(good), speaker.upload(good.parent / "信.xlsx")]
        job = speaker.do("import_folder", files, received_at="2026-01-06 08:30")
        assert job["said"] == ["2 个文件：接收 1 行，退回 1 行，未读取 1 个。"]
        assert [row[:2] for row in job["tables"][0]["rows"]] == [["一.xlsx", "部分退回"], ["信.xlsx", "未读取"]]
        page = taken(speaker, job, "收件处理.html").decode()
        assert "<script" not in page and "甲公司" not in page
        copy = load_workbook(io.BytesIO(taken(speaker, job, "一_批注.xlsx"))).worksheets[0]
        assert [cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment]
        status, packed = speaker.raw("GET", f"/api/file/{job['job']}/all")
        names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
        assert status == 200 and len(names) == len(job["files"]) and all(".." not in name for name in names)
        again = speaker.do("import_folder", [speaker.upload(good)])
        assert again["tables"][0]["rows"][0][1] == "没有变化"
    (row,) = morning.ask("leads")
    assert (row["customer"], row["file"], row["received_at"]) == ("甲公司", "一.xlsx", "2026-01-06T08:30:00")


@pytest.mark.parametrize(("given", "word"), [("2026-01-13 09:00", "晚于"), ("前天", "前天"), ("2026-01-06", "")])
def test_a_time_that_cannot_be_is_refused(morning, given, word):
    """Ahead of the clock, none at all, a bare day for leads: nothing is taken in."""
    path = morning.leads("D001", "一.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        job = speaker.do("import_folder", [speaker.upload(path)], received_at=given)
        told = job["error"] if job["state"] == "refused" else job["tables"][1]["rows"][0][-1]
        assert word in told and told
    assert morning.ask("leads") == []


def test_the_same_answers_as_the_commands(first_quarter, standing_clock):
    """What is due, why, a customer, a statement; what is unknown or left empty is a sentence."""
    with desk.opened() as speaker:
        unlocked(speaker, first_quarter)
        due = speaker.do("due_today")
        open_ = [task for task in first_quarter.ask("due", code=1)["tasks"] if task["state"] != "已完成"]
        open_.sort(key=lambda task: task["due_on"])
        (table,) = due["tables"]  # who is alone does everything
        assert [row[1] for row in table["rows"]] == [task["due_on"] for task in open_]
        told = [row[2:4] for row in table["rows"]]
        assert sorted(told) == sorted([task["title"], task["period"]] for task in open_)
        printed = [
            line for line in first_quarter.run("due", code=1).splitlines() if "-" in line and line[0] in "逾到将"
        ]
        assert [line.split()[1] for line in printed] == [task["due_on"] for task in open_]
        assert not [row for row in table["rows"] if "workbench" in row[-1] and "“" in row[-1]]
        leads_to = {task["do"]: to for task, to in zip(open_, table["leads_to"], strict=True)}
        said = {task["do"]: row[-1] for task, row in zip(open_, table["rows"], strict=True)}
        assert (
            said["请销售支持科返回 2026-03 的表，收到后 workbench import"]
            == "请销售支持科返回 2026-03 的表，收到后“导入”"
        )
        given = {"report": "信息转化率月报", "period": "2026-02"}
        assert leads_to["workbench report 信息转化率月报 --period 2026-02"] == {"deed": "report", "given": given}
        assert leads_to["请销售支持科返回 2026-03 的表，收到后 workbench import"] == {
            "deed": "import_folder",
            "given": {},
        }
        assert leads_to["workbench backup"] == {"deed": "run_due", "given": {}}
        assert leads_to["workbench settlement submit 2026Q1"] == {"deed": "quarter", "given": {}}
        number = first_quarter.ask("leads")[0]["number"]
        why = speaker.do("why", what=f" {number} ")
        command = first_quarter.run("explain", number).splitlines()
        assert [line.strip() for line in why["lines"] if line] == [line.strip() for line in command if line]
        assert speaker.do("why", what="D001")["state"] == "refused"
        assert len(speaker.do("why", what="D001", quarter="2026q1")["lines"]) > 3
        customer = speaker.do("find_customer", name="江城客运公司")
        assert "信息 2 条，合同 1 份" in customer["said"][0]
        assert "没有" in speaker.do("find_customer", name="没有这家公司")["error"]
        made = speaker.do("statement", unit="D001", period="2026Q1")
        assert load_workbook(io.BytesIO(taken(speaker, made, "提报对账单_D001_2026Q1.xlsx"))).sheetnames
        speaker.ask("POST", "/api/deed/statement", {"given": {"unit": " "}}, code=422)
        speaker.ask("POST", "/api/deed/check", {"given": {}, "files": [99]}, code=422)
        speaker.ask("POST", "/api/deed/nothing", {}, code=422)


def test_suspected_duplicates_are_decided_by_who_may(become):
    """Side by side with masked phones; the decision is in the register; who may not is refused, by list and by deed."""
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    office.receive(office.leads("D002", "二.xlsx", [lead("江城客运总公司")]), "2026-01-06T09:00:00", code=1)
    office.receive(office.leads("D002", "三.xlsx", [lead("皖南物流", 联系方式="13900002222")]), "2026-01-06T10:00:00")
    with desk.opened() as speaker:
        unlocked(speaker, office, "分析员", PEOPLE["分析员"][1])
        assert speaker.do("review")["state"] == "refused"
        given = {"number": "DK202601-00002", "verdict": "不重复", "reason": "x"}
        assert speaker.do("decide", **given)["state"] == "refused"
        speaker.unlock(office.folder / "登记册.db", "文员", PEOPLE["文员"][1])
        (pair,) = speaker.do("review")["cards"]
        facts = {fact["title"]: fact for fact in pair["facts"]}
        assert pair["given"] == {"number": "DK202601-00002", "other": "DK202601-00001"}
        assert pair["two"] and pair["fields"][0]["choices"] == ["重复", "不重复"]
        assert facts["客户名称"]["differs"] and not facts["需求车型"]["differs"]
        assert facts["电话"]["one"] == "139****1111"
        assert speaker.do("decide", **{**given, "verdict": "随便"})["state"] == "refused"
        speaker.ask("POST", "/api/deed/decide", {"given": {**given, "reason": " "}}, code=422)
        decided = speaker.do("decide", other=pair["given"]["other"], **given)
        assert decided["said"][0].startswith("DK202601-00002：")
        assert speaker.do("review")["cards"] == []
        held = {"number": "DK202601-00003", "other": "DK202601-00001", "verdict": "重复"}
        asked = speaker.do("decide", **held, reason="同一家")["said"]
        assert "涉及其他单位" in asked[1] and "由另一人在“信息变更”中决定后生效" in asked[1]
        (card,) = speaker.do("changes")["cards"]
        assert card["given"]["number"] in asked[1]
    assert "不重复" in office.run("explain", "DK202601-00002")


def test_a_person_sees_and_does_what_the_role_allows(become):
    """An analyst takes nothing in, and is offered no report of money."""
    office = become("文员")
    path = office.leads("D001", "一.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        unlocked(speaker, office, "分析员", PEOPLE["分析员"][1])
        assert speaker.do("import_folder", [speaker.upload(path)])["state"] == "refused"
        speaker.unlock(office.folder / "登记册.db", "核实员", PEOPLE["核实员"][1])
        (field,) = [each for each in speaker.ask("GET", "/api/deed/report")["fields"] if each["name"] == "report"]
        assert "季度奖惩核算报告" not in field["choices"]
    assert office.ask("leads", code=0) == []


def test_locked_it_tells_nothing_more(morning):
    """By hand: answers and files of the register are gone, those of a check without it stay; a wrong passphrase opens nothing."""
    path = morning.leads("D001", "一.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        speaker.enter()
        assert speaker.ask("GET", "/api/deed/why") == {"locked": True}
        assert speaker.do("why", what="x")["state"] == "refused"
        checked = speaker.do("check", [speaker.upload(path)])
        with morning.opened() as session:
            user = session.user
        wrong = {"register": str(morning.folder / "登记册.db"), "user": user, "passphrase": "falsch"}
        assert "口令" in speaker.ask("POST", "/api/unlock", wrong, code=422)["error"]
        assert speaker.ask("GET", "/api/state")["user"] is None
        unlocked(speaker, morning)
        assert speaker.ask("GET", "/api/state")["user"] == user
        job = speaker.do("import_folder", [speaker.upload(path)])
        folder = Path(speaker.work()._folder, str(job["job"]))
        assert folder.exists()
        speaker.ask("POST", "/api/lock")
        assert not folder.exists()
        assert speaker.ask("GET", f"/api/job/{job['job']}", code=422)["code"] == "desk_gone"
        assert speaker.raw("GET", f"/api/file/{job['job']}/0")[0] == 422
        assert speaker.ask("GET", f"/api/job/{checked['job']}")["state"] == "done"
    assert unlock.status() is None


def test_left_idle_it_locks_although_the_page_asks_again_and_again(morning, monkeypatch):
    """Asking who has unlocked it is no use of it."""
    monkeypatch.setenv("WORKBENCH_IDLE_MINUTES", "0.05")
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        until = time.monotonic() + 30
        while speaker.ask("GET", "/api/state")["user"] and time.monotonic() < until:
            time.sleep(0.2)
        assert speaker.ask("GET", "/api/state")["user"] is None
        assert "闲置" in speaker.do("due_today")["error"]


def test_the_passphrase_stays_in_memory(morning):
    """Neither in what is remembered, nor in the state folder, the desk's folder or on the terminal; nor the customer there."""
    path = morning.leads("D001", "甲公司张联系.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        speaker.do("import_folder", [speaker.upload(path)])
        speaker.do("find_customer", name="甲公司")
        written = [settings.place(), *state_folder(os.environ).rglob("*")]
        written += speaker.work()._folder.rglob("*")
        assert [each for each in written if each.is_file() and PASSPHRASE.encode() in each.read_bytes()] == []
        assert settings.read()["register"] == str(morning.folder / "登记册.db")
    said = "".join(morning.capture.readouterr())
    assert PASSPHRASE not in said and "甲公司" not in said and "/api/" not in said


def test_one_thing_at_a_time_and_it_can_be_cancelled(morning, monkeypatch):
    """A second deed is refused by the first one's name; cancelled, the first ends with nothing changed."""
    going, on = threading.Event(), threading.Event()
    real = checking.check_files

    def slow(*given, **more):
        going.set()
        assert on.wait(30)
        return real(*given, **more)

    monkeypatch.setattr(checking, "check_files", slow)
    path = morning.leads("D001", "一.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        speaker.enter()
        job = speaker.ask("POST", "/api/deed/check", {"files": [speaker.upload(path)]})
        assert going.wait(30)
        told = speaker.ask("POST", "/api/deed/check", {"files": [speaker.upload(path)]}, code=422)
        assert "“检查”" in told["error"]
        assert speaker.ask("GET", "/api/state")["busy"] == "检查"
        speaker.ask("POST", f"/api/job/{job['job']}")
        on.set()
        until = time.monotonic() + 30
        while (state := speaker.ask("GET", f"/api/job/{job['job']}"))[
            "state"
        ] == "running" and time.monotonic() < until:
            time.sleep(0.05)
        assert (state["state"], state["error"]) == ("cancelled", "已取消，没有改动。")
        monkeypatch.setattr(checking, "check_files", real)
        assert speaker.do("check", [speaker.upload(path)])["state"] == "done"


def test_an_import_that_has_begun_is_not_stopped(morning, monkeypatch):
    """Cancelled in the middle of it, all of it comes in, and is told as done."""
    real, going, on = batch.import_files, threading.Event(), threading.Event()

    def slow(*given, **more):
        going.set()
        assert on.wait(30)
        return real(*given, **more)

    monkeypatch.setattr(batch, "import_files", slow)
    path = morning.leads("D001", "一.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        begun = speaker.ask("POST", "/api/deed/import_folder", {"files": [speaker.upload(path)]})
        assert going.wait(30)
        speaker.ask("POST", f"/api/job/{begun['job']}")
        assert speaker.ask("GET", f"/api/job/{begun['job']}")["final"] is True
        on.set()
        assert speaker.ended(begun)["state"] == "done"
    assert [row["customer"] for row in morning.ask("leads")] == ["甲公司"]


def test_what_is_done_on_fixed_dates(morning):
    """First reports go to their sections, then the publication of the 10th (a Saturday) is made from what is due; a second time tells so."""
    morning.receive(morning.leads("D001", "一.xlsx", [lead("甲公司")]), "2026-01-05T09:00:00")
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        rows = speaker.do("due_today")["tables"][0]
        leads_to = {f"{row[2]} {row[3]}": to for row, to in zip(rows["rows"], rows["leads_to"], strict=True)}
        assert leads_to["信息提报情况通报 2026-01-10"] == {"deed": "publish", "given": {"day": "2026-01-10"}}
        assert leads_to["首次提报信息转交科室 "] == {"deed": "dispatch", "given": {}}
        fields = {field["name"]: field["value"] for field in speaker.ask("GET", "/api/deed/publish")["fields"]}
        assert fields == {"day": "2026-01-10", "passphrase": ""}

        job = speaker.do("dispatch")
        assert job["said"][0] == "转交 1 条。" and "补发反馈表" in job["said"][-1] and "第 1 批" in job["said"][-1]
        sheet = load_workbook(io.BytesIO(taken(speaker, job, job["files"][0]["name"]))).worksheets[0]
        assert any(cell == "甲公司" for row in sheet.iter_rows(values_only=True) for cell in row)
        assert speaker.do("dispatch")["said"] == ["转交 0 条。"]
        again = speaker.do("dispatch_again", batch=" 1 ")
        assert again["said"] == ["第 1 批的反馈表：", *job["said"][1:-1]]
        (one, other) = (
            load_workbook(io.BytesIO(taken(speaker, each, job["files"][0]["name"]))) for each in (job, again)
        )
        rows = [[list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets] for book in (one, other)]
        assert rows[0] == rows[1]
        for wrong in ("2", "一", "-1"):
            refused = speaker.do("dispatch_again", batch=wrong)
            assert refused["state"] == "refused" and wrong in refused["error"] and "没有第" in refused["error"]

        job = speaker.do("publish", day="2026-01-10", passphrase="别人的口令 0")
        assert job["said"][0] == "已发布。" and "还没有生成" in job["said"][-1] and job["files"] == []
        job = speaker.do("publish", day="2026-01-10", passphrase=PASSPHRASE)
        assert job["said"] == ["此前已发布，未作改动。", "已生成 信息提报情况通报_2026-01-10.xlsx。"]
        assert load_workbook(io.BytesIO(taken(speaker, job, "信息提报情况通报_2026-01-10.xlsx"))).sheetnames
        with morning.opened() as session:
            (at,) = session.register.read("publication", ["at"])["at"]
        assert is_made(morning.folder / "登记册.db.reports", "publication", "2026-01-10", at.to_pydatetime(), bool)
        assert "2026-01-11" in speaker.do("publish", day="2026-01-11", passphrase=PASSPHRASE)["error"]
        assert speaker.do("publish", day="十日", passphrase=PASSPHRASE)["state"] == "refused"
    (row,) = morning.ask("leads")
    assert row["status"] == "待甄别"


def test_who_may_not_publish_or_dispatch_is_refused(become):
    """An analyst: nothing is recorded."""
    office = become(None)
    with desk.opened() as speaker:
        unlocked(speaker, office, ANALYST, PEOPLE[ANALYST][1])
        for job in (speaker.do("dispatch"), speaker.do("publish", day="2026-01-10", passphrase=PEOPLE[ANALYST][1])):
            assert job["state"] == "refused" and "无权" in job["error"]
    with enter(office.folder / "登记册.db", ANALYST, PEOPLE[ANALYST][1], load_policy(), CLOCK) as session:
        assert session.register.count("publication") == session.register.count("dispatch") == 0


def left_on_disk(speaker: desk.Speaker) -> list[str]:
    """The files the desk has in its folder."""
    return [path.name for path in speaker.work()._folder.rglob("*") if path.is_file()]


def test_an_import_is_told_as_done_whatever_fails_afterwards(morning, monkeypatch):
    """The disk is full when the replies are written: what came in is said, and nothing of it stays when it is locked."""
    path = morning.leads("D001", "甲公司.xlsx", [lead("甲公司")])
    write = deeds_files.write_desk

    def full(*given):
        write(*given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deeds_files, "write_desk", full)
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        job = speaker.do("import_folder", [speaker.upload(path)])
        assert job["state"] == "failed" and job["error"].startswith("1 个文件：接收 1 行")
        assert "不必重做" in job["error"] and "没有完成" not in job["error"]
        assert left_on_disk(speaker)
        speaker.ask("POST", "/api/lock")
        assert left_on_disk(speaker) == []
    (row,) = morning.ask("leads")
    assert row["customer"] == "甲公司"


def test_what_was_dropped_goes_when_the_register_locks_itself(morning, monkeypatch):
    """Not worked on yet; a deed that was to work on it says that it is gone, and does nothing to the rest."""
    monkeypatch.setenv("WORKBENCH_IDLE_MINUTES", "0.03")
    path = morning.leads("D001", "甲公司.xlsx", [lead("甲公司")])
    with desk.opened() as speaker:
        unlocked(speaker, morning)
        number, waited = speaker.upload(path), 0
        while speaker.ask("GET", "/api/state")["user"] and waited < 100:
            time.sleep(0.2)
            waited += 1
        assert left_on_disk(speaker) == []
        again = speaker.upload(path)
        told = speaker.ask("POST", "/api/deed/check", {"given": {}, "files": [number, again]}, code=422)
        assert told["code"] == "desk_gone"
