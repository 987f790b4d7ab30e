"""A report that is due and made on the desk counts as made, and where it does not, it is said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock

from tests.interfaces.desk.test_deeds import taken, unlocked
from tests.support import desk
from tests.support.office import PASSPHRASE, lead
from tests.support.staff import PEOPLE

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]


def official(office) -> Path:
    """The folder of reports beside the register."""
    return Path(office.folder / "登记册.db.reports")


def test_a_report_that_is_due_is_filed_and_its_task_done(first_quarter, standing_clock):
    """By whoever may make it, whole and signed as one of the daily run; a second one changes nothing; one nobody waits for is
    only taken away; where a run is using the folder, it is said, and the report is there all the same."""
    due_report = {"report": "信息转化率月报", "period": "2026-02", "passphrase": PASSPHRASE}
    with desk.opened() as speaker:
        unlocked(speaker, first_quarter)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("workbench.app.due.AT_HAND", 0.1)
            official(first_quarter).mkdir()
            with FileLock(official(first_quarter) / ".due.lock"):
                job = speaker.do("report", **due_report)
        assert "请等它完成" in job["said"][1] and len(job["files"]) == 4
        assert "信息转化率月报 2026-02" in waiting(speaker)
        job = speaker.do("report", **due_report)
        assert job["said"] == ["已生成 信息转化率月报_2026-02.xlsx。", "已放入报告文件夹，这项待办已完成。"]
        kept = official(first_quarter) / "信息转化率月报_2026-02.xlsx"
        assert kept.read_bytes() == taken(speaker, job, kept.name)
        assert "信息转化率月报 2026-02" not in waiting(speaker)
        before = kept.stat().st_mtime_ns
        assert "没有替换" in speaker.do("report", **due_report)["said"][1]
        assert kept.stat().st_mtime_ns == before and not (official(first_quarter) / "以前版本").exists()
        job = speaker.do("report", report="开发计划", period="2026-02-28", passphrase=PASSPHRASE)
        assert len(job["said"]) == 1 and not list(official(first_quarter).glob("开发计划*"))
    first_quarter.run("verify", kept)
    done = {
        (task["task"], task["period"])
        for task in first_quarter.ask("due", code=1)["tasks"]
        if task["state"] == "已完成"
    }
    assert ("conversion", "2026-02") in done and ("conversion", "2026-01") not in done


def waiting(speaker: desk.Speaker) -> list[str]:
    """What is due on the page: titles with periods."""
    return [f"{row[2]} {row[3]}" for table in speaker.do("due_today")["tables"] for row in table["rows"]]


def test_a_report_with_numbers_for_names_is_never_filed(become, standing_clock):
    """An analyst takes it away: nothing of it comes into the folder, and the task waits for who reads the names."""
    office = become("文员")
    office.receive(office.leads("D001", "一.xlsx", [lead("甲公司")]), "2026-01-05T09:00:00")
    standing_clock(datetime(2026, 2, 5, 9))
    given = {"report": "信息转化率月报", "period": "2026-01"}
    with desk.opened() as speaker:
        unlocked(speaker, office, "分析员", PEOPLE["分析员"][1])
        job = speaker.do("report", **given, passphrase=PEOPLE["分析员"][1])
        assert len(job["files"]) == 4 and "编号代替" in job["said"][1]
        assert not list(official(office).glob("信息*"))
        assert "信息转化率月报 2026-01" in waiting(speaker)
        speaker.unlock(office.folder / "登记册.db", "文员", PEOPLE["文员"][1])
        job = speaker.do("report", **given, passphrase=PEOPLE["文员"][1])
        assert "已完成" in job["said"][1] and "信息转化率月报 2026-01" not in waiting(speaker)
