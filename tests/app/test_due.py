"""`workbench due`: it names what is due, does it once, catches up, and survives kills and company."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support.office import PASSPHRASE, Office, lead
from tests.support.source import ROOT
from workbench.app.run_log import LOG
from workbench.platform.register.keys import unlock
from workbench.platform.reporting.due_reports import is_made

pytestmark = pytest.mark.slow

ON = "2026-01-21"


@pytest.fixture
def january(staffed, prepared) -> Office:
    """A register whose first lead came on the 5th of January."""
    leads = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    prepared(staffed.folder, "one lead", lambda: staffed.receive(leads, "2026-01-05T09:00:00", code=0))
    return staffed


def tasks(office: Office, on: str, *more: object) -> dict[tuple[str, str], str]:
    """State by task and period."""
    return {(row["task"], row["period"]): row["state"] for row in office.ask("due", "--on", on, *more)["tasks"]}


def whole(folder: Path) -> list[str]:
    """The periods of the whole publications in a folder; nothing else stands there but what belongs to them."""
    found = sorted(path.name for path in folder.glob("*.manifest.json"))
    periods = [name.removesuffix(".manifest.json").rpartition("_")[2] for name in found]
    assert all(is_made(folder, "publication", period, _at(folder, period), bool) for period in periods)
    assert len([path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]) == 4 * len(
        periods
    )
    return periods


def _at(folder: Path, period: str) -> datetime:
    manifest = json.loads((folder / f"信息提报情况通报_{period}.manifest.json").read_text(encoding="utf-8"))
    return datetime.fromisoformat(manifest["as_of"])


def publications(office: Office) -> list[tuple[str, str]]:
    """Day and time of each recorded publication."""
    with office.opened() as session:
        rows = session.register.read("publication", ["due_on", "at"])
    return [(f"{day:%Y-%m-%d}", f"{at:%Y-%m-%d}") for day, at in zip(rows["due_on"], rows["at"], strict=True)]


def test_a_run_does_each_thing_once_and_catches_up(january):
    """The 10th was missed and is published late; a second run finds nothing to do."""
    assert tasks(january, "2026-01-09")["publication", "2026-01-10"] == "将到期"
    assert tasks(january, "2026-01-20")["publication", "2026-01-10"] == "逾期"
    said = january.run("due", "--on", "2026-01-20", "--run", code=1)  # the lead waits to be dispatched
    assert said.count("已办") == 2 and "补办，应于 2026-01-10" in said and "workbench dispatch" in said
    assert publications(january) == [("2026-01-10", "2026-01-20"), ("2026-01-20", "2026-01-20")]
    folder = january.folder / "登记册.db.reports"
    assert whole(folder) == ["2026-01-10", "2026-01-20"]
    stamps = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != LOG}
    assert january.ask("due", "--on", "2026-01-20", "--run", code=1)["ran"] == []
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir() if path in stamps} == stamps
    assert tasks(january, "2026-01-20")["publication", "2026-01-20"] == "已完成"
    january.run("dispatch", "--at", "2026-01-20T18:00:00")
    assert january.ask("due", "--on", "2026-01-20", code=0)["ran"] == []


def test_monthly_reports_and_what_a_person_has_to_do(january):
    """After the month: reports are made, the contract register and the dispatch are left to people, and said."""
    for day in ("10", "20", "30"):
        january.published(f"2026-01-{day}", f"2026-01-{day}T17:00:00")
    ran = january.ask("due", "--on", "2026-02-03", "--run", "--out", january.folder / "报告", code=1)
    done = {(each["task"], each["period"], each["again"]) for each in ran["ran"] if each["task"] != "backup"}
    assert done == {
        ("publication", "2026-01-10", True),
        ("publication", "2026-01-20", True),
        ("publication", "2026-01-30", True),
        ("targets", "2026-01", False),
        ("conversion", "2026-01", False),
        ("prepared_register", "2026-01", False),
        ("monthly_statements", "2026-01", False),
    }
    states = {(row["task"], row["period"]): row["state"] for row in ran["tasks"]}
    assert states["register", "2026-01"] == "逾期" and states["dispatch", ""] == "到期"
    assert states["targets", "2026-01"] == states["conversion", "2026-01"] == "已完成"
    (january.folder / "报告" / "信息转化率月报_2026-01.xlsx").write_bytes(b"changed")
    assert tasks(january, "2026-02-03", "--out", january.folder / "报告")["conversion", "2026-01"] == "到期"


def test_reports_made_before_a_file_was_brought_in_that_had_been_received_are_made_again(january):
    """A register of the 2nd and a report of January that came in after the reports of the 3rd; what came in behind their
    moment, and reports that were made from all of it, are left alone."""
    folder = january.folder / "报告"
    for day in ("10", "20", "30"):
        january.published(f"2026-01-{day}", f"2026-01-{day}T17:00:00")
    run = ("due", "--on", "2026-02-03", "--run", "--out", folder)
    january.ask(*run, code=1)
    empty = january.file("合同登记汇总表", "登记.xlsx", {"月份": "2026-01", "编制人": "陈持"}, [])
    january.receive(empty, "2026-02-02T09:00:00", code=0)
    states = tasks(january, "2026-02-03", "--out", folder)
    assert (states["conversion", "2026-01"], states["targets", "2026-01"]) == ("到期", "逾期")
    made = {(each["task"], each["again"]) for each in january.ask(*run, code=None)["ran"]}
    assert {("conversion", True), ("targets", True)} <= made
    assert [
        each["task"] for each in january.ask(*run, code=None)["ran"] if each["task"] in ("conversion", "targets")
    ] == []
    january.receive(january.leads("D001", "二月.xlsx", [lead("皖南茶业")], date(2026, 2, 4)), "2026-02-04T09:00:00")
    states = tasks(january, "2026-02-03", "--out", folder)
    assert states["conversion", "2026-01"] == states["targets", "2026-01"] == "已完成"


def test_a_report_made_before_its_register_came_is_made_again(january):
    """The earlier one is kept beside it, whole, under its own names; a nil return is an input as well."""
    folder = january.folder / "报告"
    for day in ("10", "20", "30"):
        january.published(f"2026-01-{day}", f"2026-01-{day}T17:00:00")
    run = ("--run", "--out", folder)
    january.ask("due", "--on", "2026-02-03", *run, code=1)
    first = (folder / "信息转化率月报_2026-01.xlsx").read_bytes()
    empty = january.file("合同登记汇总表", "登记.xlsx", {"月份": "2026-01", "编制人": "陈持"}, [])
    january.receive(empty, "2026-02-05T09:00:00", code=0)
    assert tasks(january, "2026-02-04", "--out", folder)["conversion", "2026-01"] == "已完成"
    assert tasks(january, "2026-02-05", "--out", folder)["conversion", "2026-01"] == "逾期"
    said = january.run("due", "--on", "2026-02-05", *run, code=1)
    assert "信息转化率月报 2026-01（此后又收到数据，重新生成；原来的一份在“以前版本”）" in said
    again = (folder / "信息转化率月报_2026-01.xlsx").read_bytes()
    assert again != first
    (kept,) = (folder / "以前版本").iterdir()
    assert kept.name == "20260203-235959"
    assert (kept / "信息转化率月报_2026-01.xlsx").read_bytes() == first
    assert is_made(kept, "conversion", "2026-01", datetime(2026, 2, 3), bool)
    january.run("verify", kept / "信息转化率月报_2026-01.xlsx")
    ran = january.ask("due", "--on", "2026-02-06", *run, code=1)["ran"]
    assert "conversion" not in {each["task"] for each in ran}


def test_a_manifest_the_register_does_not_know_makes_no_report(january):
    """Made up, altered, of another period, without its files, or one that cannot be read: the report is still to be made."""
    folder, on = january.folder / "报告", "2026-02-04"
    january.run("report", "conversion", "--period", "2026-01", "--as-of", on, "--out", folder)

    def state() -> str:
        return tasks(january, on, "--out", folder)["conversion", "2026-01"]

    assert state() == "已完成"
    place = folder / "信息转化率月报_2026-01.manifest.json"
    kept = place.read_text(encoding="utf-8")
    genuine = json.loads(kept)
    forged = [
        json.dumps({"as_of": "9999-01-01T00:00:00", "register_head": "999999999:x", "files": {}}),
        json.dumps({**genuine, "files": {}}),
        json.dumps({name: part for name, part in genuine.items() if name != "signature"}),
        *(json.dumps({**genuine, "as_of": text}) for text in ("2026-02-05", "2026-02-04T17:00:00+08:00", 5, None)),
        *(json.dumps({**genuine, "register_head": head}) for head in ("9" * 6000 + ":x", "x", None)),
        kept.replace("2026-01", "2025-12"),
        "[" * 100_000,
        "{}",
        "",
    ]
    for text in forged:
        place.write_text(text, encoding="utf-8")
        assert state() == "逾期", text[:200]
    place.write_text(kept, encoding="utf-8")
    assert state() == "已完成"
    other = place.with_name("月度目标分解与完成情况_2026-01.manifest.json")
    place.rename(other)  # genuine, and its files are there
    assert state() == "逾期" and tasks(january, on, "--out", folder)["targets", "2026-01"] == "逾期"


def test_a_report_as_of_a_day_to_come_counts_for_nothing(january):
    """It can be made, and is genuine; whoever made it so would have the duty rest for good."""
    folder = january.folder / "报告"
    january.run("report", "conversion", "--period", "2026-01", "--as-of", "2099-01-01", "--out", folder)
    assert tasks(january, "2026-02-04", "--out", folder)["conversion", "2026-01"] == "逾期"
    january.run("report", "conversion", "--period", "2026-01", "--as-of", "2026-02-04", "--out", folder)
    assert tasks(january, "2026-02-04", "--out", folder)["conversion", "2026-01"] == "已完成"


def test_a_report_stays_made_when_its_maker_left_and_the_keys_are_new(become):
    """What he signed while he could stands: he is revoked, the register gets a new file, the trail goes on."""
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    folder, on = office.folder / "报告", "2026-02-04"
    office.run("report", "conversion", "--period", "2026-01", "--as-of", on, "--out", folder)
    for deed in (("users", "revoke", "文员"), ("rotate",)):
        become(None).run(*deed)
        assert tasks(become("领导"), on, "--out", folder)["conversion", "2026-01"] == "已完成", deed


def start(office: Office) -> subprocess.Popen:
    """A run in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "workbench", "due", "--on", ON, "--run", "--json"],
        cwd=office.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_two_runs_at_once_make_everything_once(january):
    """The second one waits, and finds nothing left to do."""
    both = [start(january) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [1, 1], said
    ran = [[each["period"] for each in json.loads(out)["ran"]] for out, _ in said]
    assert sorted(ran) == [[], ["2026-01-10", "2026-01-20"]]
    assert whole(january.folder / "登记册.db.reports") == ["2026-01-10", "2026-01-20"]
    assert len(publications(january)) == 2


@pytest.mark.parametrize("moment", ["after the entry", "after the first report"])
def test_killed_in_the_middle_the_next_run_does_the_rest(january, moment):
    """kill -9 once the first publication is recorded, or once its report stands: nothing half, nothing twice."""
    folder = january.folder / "登记册.db.reports"
    process = start(january)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        seen = publications(january) if moment == "after the entry" else list(folder.glob("*.manifest.json"))
        if seen:
            break
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert len(publications(january)) <= 2
    whole_before = [path.name for path in folder.glob("*.manifest.json")]
    assert len(whole_before) < 2
    january.ask("due", "--on", ON, "--run", code=1)
    assert whole(folder) == ["2026-01-10", "2026-01-20"]
    assert [day for day, _ in publications(january)] == ["2026-01-10", "2026-01-20"]
    assert january.ask("due", "--on", ON, "--run", code=1)["ran"] == []


def test_what_a_role_may_not_do_is_left_to_others(january, monkeypatch):
    """An analyst's run publishes nothing; a custodian sees only what concerns him."""
    custodian = unlock(january.folder / "登记册.db", None, PASSPHRASE)[0]
    for user, role in (("分析员", "analyst"), ("文员", "clerk")):
        monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", f"{user}在蓝色的帆船绕过灯塔 two")
        january.run("users", "add", user, "--role", role, "--user", custodian)
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "分析员在蓝色的帆船绕过灯塔 two")
    assert january.ask("due", "--on", ON, "--run", "--user", "分析员", code=1)["ran"] == []
    assert tasks(january, ON, "--user", "分析员")["publication", "2026-01-10"] == "逾期"
    late, out = "2026-02-04", january.folder / "分析员的"
    assert january.ask("due", "--on", late, "--run", "--out", out, "--user", "分析员", code=1)["ran"] == []
    january.run("report", "信息转化率月报", "--period", "2026-01", "--as-of", late, "--out", out, "--user", "分析员")
    assert (out / "信息转化率月报_2026-01.manifest.json").exists()  # with numbers in place of names
    assert tasks(january, late, "--out", out, "--user", "分析员")["conversion", "2026-01"] == "逾期"
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    assert tasks(january, ON, "--user", custodian) == {}
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2027, 3, 1, 9))
    assert {task for task, _ in tasks(january, "2027-03-01", "--user", custodian)} == {"backup", "backup_test"}
    ran = january.ask("due", "--on", "2027-03-01", "--run", "--user", custodian, code=0)["ran"]
    assert [(each["task"], each["error"]) for each in ran] == [("backup", None), ("backup_test", None)]


def test_a_report_that_is_in_the_way_stops_no_other(january):
    """Something else has its workbook's name: it is told, the others are made, and the next run does the rest."""
    folder = january.folder / "报告"
    (folder / "信息提报情况通报_2026-01-20.xlsx").mkdir(parents=True)
    run = january.ask("due", "--on", ON, "--run", "--out", folder, code=1)
    errors = {(each["task"], each["period"]): each["error"] for each in run["ran"] if each["error"]}
    assert list(errors) == [("publication", "2026-01-20")]
    assert "不能写入" in errors["publication", "2026-01-20"]
    assert ("publication", "2026-01-10") in {(each["task"], each["period"]) for each in run["ran"] if each["files"]}
    (folder / "信息提报情况通报_2026-01-20.xlsx").rmdir()
    again = january.ask("due", "--on", ON, "--run", "--out", folder)
    assert [(each["period"], each["again"]) for each in again["ran"]] == [("2026-01-20", True)]
