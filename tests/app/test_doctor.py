"""`workbench doctor`: what an installation rests on is looked at, nothing is changed, every fault has reason and way out."""

from __future__ import annotations

import json
import os
from collections import namedtuple
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.office import PASSPHRASE
from workbench.app import doctor_machine as machine
from workbench.app import doctor_register, mail, run_log, schedule
from workbench.app.options import common, take_common
from workbench.core.errors import WrongUse
from workbench.core.messages import files, read

Usage = namedtuple("Usage", "free")


@pytest.mark.parametrize(
    ("version", "bits", "well"), [((3, 11, 0), 64, True), ((3, 10, 9), 64, False), ((3, 13, 1), 32, False)]
)
def test_python_is_new_enough_and_64_bit(version, bits, well):
    """From 3.11 on."""
    assert machine.python(version, bits).well is well


def test_packages_are_held_against_what_is_needed_and_what_was_tested():
    """One that is missing or too old is a fault; another version than the tested one is worth knowing."""
    asked = [Requirement("pandas>=3"), Requirement("rich>=13"), Requirement("typer>=0.29")]
    has = {"pandas": "2.2.3", "typer": "0.30"}
    lacking = machine.packages(asked, has.get)
    assert lacking.well is False and "pandas>=3、rich>=13" in lacking.way_out("zh")
    other = machine.tested({"typer": "0.29.1", "rich": "13.0", "pandas": "2.2.3"}, has.get)
    assert other.well is None and "typer 0.30" in other.way_out("zh")
    assert machine.packages(machine.needed(), machine.installed).well
    assert machine.pins()["pandas"] == machine.installed("pandas")


def test_a_full_disk_and_a_folder_nobody_may_write(tmp_path):
    """The place with least room is told; a folder that is still to be made is asked for where it will be."""
    room = {str(tmp_path): 5 << 30, "/": 100 << 20}
    told = machine.disk([tmp_path / "not yet" / "made", Path("/")], lambda place: Usage(room[place]))
    assert told.well is False and "100 MB" in told.what.text()
    assert machine.disk([tmp_path], lambda place: Usage(room[place])).well
    assert machine.state(tmp_path / "not yet").well and not (tmp_path / "not yet").exists()
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert machine.state(blocked / "inside").well is False


def test_another_time_zone_is_worth_knowing():
    """The program counts in Beijing time whatever the computer shows."""
    now = datetime(2026, 5, 8, 17)
    assert machine.zone(now, datetime.fromisoformat("2026-05-08T17:00:00+08:00")).well
    told = machine.zone(now, datetime.fromisoformat("2026-05-08T09:00:00+00:00"))
    assert told.well is None and "2026-05-08 17:00" in told.why.text()


def test_a_calendar_that_ends_soon_is_told():
    """From December on the next year's working days should be known."""
    known = machine.years({}, datetime(2026, 11, 20))
    assert known.well is True
    assert machine.years({}, datetime(2026, 12, 5)).well is None


def test_rules_that_cannot_be_read_are_a_fault(tmp_path):
    """With the refusal's own sentence."""
    told = machine.rules({"WORKBENCH_POLICY": str(tmp_path / "missing.yaml")})
    assert told.well is False and "missing.yaml" in told.way_out("zh")
    assert machine.rules({}).well


def test_mail_is_tried_and_nothing_is_sent(tmp_path, mail_server, monkeypatch):
    """Well with a server that answers and somebody to tell; wrong with a bad list, a certificate nobody vouches for, no server."""
    monkeypatch.delenv("WORKBENCH_SMTP", raising=False)
    assert machine.mailing({}).well is None
    box = mail_server(tmp_path, "unit,address\nD001,a@example.org\n")
    assert machine.mailing(os.environ).well is None  # nobody hears of a failure
    monkeypatch.setenv(run_log.OPERATOR, "ops@example.org")
    assert machine.mailing(os.environ).well is True and box.mails == []
    assert machine.mailing({**os.environ, "WORKBENCH_SMTP_CA": ""}).well is False
    (tmp_path / "收件人.csv").write_text("unit,address\nD001,nobody\n", encoding="utf-8")
    assert "第 2 行" in machine.mailing(os.environ).way_out("zh")
    assert "WORKBENCH_SMTP" in machine.mailing({run_log.OPERATOR: "ops@example.org"}).way_out("zh")


def test_a_server_that_does_not_answer_is_told():
    """A port nobody listens at."""
    with pytest.raises(WrongUse) as refused:
        mail.reach(mail.Server("127.0.0.1", 9, "a@example.org"), 2)
    assert refused.value.code == "mail_not_reached" and "127.0.0.1:9" in refused.value.zh


def test_whether_the_daily_run_is_installed(tmp_path):
    """Asked of each scheduler in its own way."""
    asked = []

    def runner(command, stdin):
        asked.append(list(command))
        if command[0] == "schtasks":
            raise WrongUse("schedule_failed", command="schtasks", said="")
        return schedule.crontab(schedule.Plan(Path("/r.db"), datetime(2026, 1, 1, 8).time()))

    assert schedule.installed("cron", tmp_path, runner)
    assert not schedule.installed("windows", tmp_path, runner)
    assert schedule.installed("windows", tmp_path, lambda command, stdin: "")
    assert asked[-1] == ["schtasks", "/Query", "/TN", schedule.TASK]
    assert not schedule.installed("systemd", tmp_path, runner)


def test_the_font_is_looked_for_where_windows_has_it(tmp_path):
    """Microsoft YaHei."""
    assert machine.fonts("win32", tmp_path).well is None
    (tmp_path / "msyh.ttc").write_bytes(b"")
    assert machine.fonts("win32", tmp_path).well


DOCTOR = {key: entry for path in files() for key, entry in read(path).items() if key.startswith("doctor/")}


def test_every_finding_says_what_why_and_what_to_do():
    """Three texts each; what to do names something."""
    keys = {key.split("/")[1] for key in DOCTOR}
    assert len(keys) > 50
    assert [key for key in keys for end in ("", "/why", "/todo") if f"doctor/{key}{end}" not in DOCTOR] == []


def looked(office, *arguments: str, code: int | None = None) -> dict[str, dict]:
    """What the command says of the register, by key."""
    return {each["key"]: each for each in json.loads(office.run("doctor", "--json", *arguments, code=code))}


def left_as_it_was(folder: Path) -> dict[str, str]:
    """Every file of a folder by its content; what the database keeps beside an open file apart."""
    kept = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal"))]
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in kept}


def test_a_register_is_looked_at_inside_and_nothing_changes(staffed, monkeypatch):
    """Wholeness, what was seen last, age of backups; faults give exit 1. No file is another one afterwards."""
    before = left_as_it_was(staffed.folder)
    found = looked(staffed, code=1)
    assert {"register", "keys", "place", "opened", "whole", "seen", "backup_done", "entry_clock"} <= set(found)
    assert [
        key for key in ("register", "keys", "place", "synced", "opened", "whole", "seen") if not found[key]["well"]
    ] == []
    assert found["backups"]["well"] is False and "workbench backup" in found["backups"]["todo"]
    assert left_as_it_was(staffed.folder) == before
    staffed.run("backup")
    assert looked(staffed)["backups"]["well"]


def test_without_a_passphrase_it_looks_from_outside_and_does_not_ask(staffed, monkeypatch):
    """What it could not see is said."""
    monkeypatch.delenv("WORKBENCH_PASSPHRASE")
    found = looked(staffed)
    assert found["not_opened"]["well"] is None and "whole" not in found
    assert found["register"]["well"] and found["keys"]["well"]


def test_a_wrong_passphrase_is_a_finding(staffed, monkeypatch):
    """Not the end of the command; the passphrase is nowhere in it."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "not this one")
    found = looked(staffed, code=1)
    assert found["opened"]["well"] is False and "not this one" not in json.dumps(found)


def test_an_altered_register_is_a_fault(staffed):
    """A page of the file was written over."""
    path = staffed.folder / "登记册.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = b"x" * 64
    path.write_bytes(content)
    found = looked(staffed, code=1)
    assert False in (found.get("whole", {}).get("well"), found.get("opened", {}).get("well"))


def test_a_register_that_is_gone_or_lost_its_keys(staffed):
    """Said with the way out, and nothing further is tried."""
    path = staffed.folder / "登记册.db"
    keys = path.with_name(path.name + ".keys")
    content = keys.read_bytes()
    keys.write_bytes(b"{}")
    found = looked(staffed, code=1)
    assert found["keys"]["well"] is False and "opened" not in found
    keys.write_bytes(content)
    found = looked(staffed, "--register", str(path.with_name("无.db")), code=1)
    assert found["register"]["well"] is False and "workbench restore" in found["register"]["todo"]


def test_the_last_run_is_told(staffed):
    """One that failed with its sentence; one that is too long ago; none."""
    assert looked(staffed)["last_run_none"]["well"] is None
    folder = staffed.folder / "登记册.db.reports"
    with pytest.raises(WrongUse), run_log.logged(folder):
        raise WrongUse("running")
    found = looked(staffed, code=1)["last_run"]
    assert found["well"] is False and "正在自动办理" in found["what"]
    with run_log.logged(folder):
        pass
    assert looked(staffed)["last_run_late"]["well"]
    take_common([])
    common.register = str(staffed.folder / "登记册.db")
    later = run_log.last_run(folder).began + timedelta(days=3)
    assert [each.well for each in doctor_register.ran(later)] == [None]


def test_places_a_register_should_not_be_in(tmp_path, monkeypatch):
    """A folder a cloud carries about, a network share, a clock that was put back."""
    path = tmp_path / "OneDrive - 公司" / "登记册.db"
    path.parent.mkdir()
    path.write_bytes(b"")
    told = doctor_register.synced(path)
    assert told.well is False and "onedrive" in told.way_out("zh")
    assert doctor_register.synced(tmp_path / "登记册.db").well
    assert doctor_register.place(Path("\\\\server\\share\\登记册.db")).well is False
    os.utime(path, (2_000_000_000, 2_000_000_000))
    assert doctor_register.changed(path, datetime(2026, 5, 8)).well is False


def test_the_sentences_stand_in_lines_of_their_own(staffed):
    """What is well is a line; a fault has reason and way out below it; the sum is last."""
    lines = staffed.run("doctor", code=1).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("问题  备份文件夹"))
    assert lines[place + 1].startswith("      为什么：") and lines[place + 2].startswith("      办法：")
    assert lines[-1].startswith("共看 ")
    assert PASSPHRASE not in "\n".join(lines)


@pytest.mark.parametrize(
    "named", ["postgresql://x:secret@127.0.0.1/d", "postgresql://x@db.example.com/d?sslmode=require"]
)
def test_an_address_that_may_not_be_is_one_remark_among_others(named, office, tmp_path):
    """Typed out or in a file: the rest is looked at all the same, and no password is repeated."""
    (tmp_path / "处.server").write_text(named + "\n")
    for register in (named, str(tmp_path / "处.server")):
        told = office.run("--register", register, "doctor", code=1)
        assert "Python" in told and "secret" not in told + office.said
