"""The daily run: right for each scheduler, replaceable, removable, and without a passphrase in it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest
from defusedxml import ElementTree

from tests.support.regulation import POLICY_FILE
from workbench.app import schedule
from workbench.app.schedule import Plan
from workbench.core.errors import WrongUse
from workbench.interfaces.cli import main

SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
STORE = '#!/bin/sh\nif [ "$1" = "-l" ]; then [ -f "$CRON" ] && cat "$CRON" || exit 1; else cat > "$CRON"; fi\n'


@pytest.fixture
def plan(tmp_path) -> Plan:
    """Paths with a blank, a percent sign and Chinese in them."""
    folder = tmp_path / "我的 100% 文件"
    folder.mkdir()
    return Plan(
        folder / "登记册.db",
        time(8, 5),
        "文员",
        folder / "口令.txt",
        folder / "报告",
        program=("/opt/py thon", "-m", "workbench"),
    )


@pytest.fixture
def cron(tmp_path, monkeypatch) -> Path:
    """A crontab program that keeps its table in a file; the table's path."""
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(STORE)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CRON", str(tmp_path / "table"))
    return tmp_path / "table"


def test_a_crontab_keeps_its_other_lines(plan, cron):
    """Installed twice it stands once; removed, the rest is as before."""
    cron.write_text("MAILTO=me\n0 1 * * * backup")
    schedule.install(plan, "cron", Path("/nowhere"))
    first = cron.read_text()
    schedule.install(plan, "cron", Path("/nowhere"))
    assert cron.read_text() == first and first.startswith("MAILTO=me\n0 1 * * * backup\n")
    line = first.splitlines()[3]
    assert line.startswith("5 8 * * * ")
    assert shlex.split(line.removeprefix("5 8 * * * ").replace(r"\%", "%")) == plan.command()
    schedule.remove("cron", Path("/nowhere"))
    assert cron.read_text() == "MAILTO=me\n0 1 * * * backup\n"


def test_an_empty_crontab_is_begun(plan, cron):
    """A user who has none yet."""
    schedule.install(plan, "cron", Path("/nowhere"))
    assert cron.read_text() == schedule.crontab(plan)


def test_a_timer_of_systemd(plan, tmp_path):
    """Files in the user's folder, the timer enabled; a missed time is caught up with; removed without a trace."""
    told = []
    schedule.install(plan, "systemd", tmp_path, lambda command, _: told.append(list(command)) or "")
    folder = tmp_path / ".config" / "systemd" / "user"
    service = (folder / "workbench-due.service").read_text(encoding="utf-8")
    timer = (folder / "workbench-due.timer").read_text(encoding="utf-8")
    assert told[-1] == ["systemctl", "--user", "enable", "--now", "workbench-due.timer"]
    assert "OnCalendar=*-*-* 08:05:00" in timer and "Persistent=true" in timer
    line = next(line for line in service.splitlines() if line.startswith("ExecStart="))
    assert shlex.split(line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$")) == plan.command()
    schedule.remove("systemd", tmp_path, lambda command, _: told.append(list(command)) or "")
    assert list(folder.iterdir()) == []
    assert ["systemctl", "--user", "disable", "--now", "workbench-due.timer"] in told


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing (Debian: systemd)")
def test_systemd_itself_finds_the_files_sound(tmp_path):
    """Checked by its own program."""
    plan = Plan(tmp_path / "登记册.db", time(8, 5), program=(shutil.which("true"), "-m", "workbench"))
    for name, text in schedule.systemd(plan).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / name) for name in schedule.systemd(plan)]
    done = subprocess.run(["systemd-analyze", "verify", "--user", *files], capture_output=True, text=True)
    assert "workbench-due" not in done.stderr, done.stderr
    moment = subprocess.run(["systemd-analyze", "calendar", "*-*-* 08:05:00"], capture_output=True, text=True)
    assert moment.returncode == 0


def test_a_task_of_windows(plan):
    """The parts in the order the Task Scheduler's schema wants them; daily, caught up with, least rights."""
    seen = []

    def runner(command, _):
        seen.append((list(command), Path(command[5]).read_bytes()))
        return ""

    schedule.install(plan, "windows", Path("/nowhere"), runner)
    ((command, raw),) = seen
    assert command[:4] == ["schtasks", "/Create", "/TN", schedule.TASK] and command[6] == "/F"
    assert not Path(command[5]).exists() and raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    root = ElementTree.fromstring(raw)
    assert [part.tag.removeprefix(SPACE) for part in root] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]
    assert root.find(f".//{SPACE}StartBoundary").text.endswith("T08:05:00")
    assert root.find(f".//{SPACE}StartWhenAvailable").text == "true"
    assert root.find(f".//{SPACE}RunLevel").text == "LeastPrivilege"
    assert root.find(f".//{SPACE}Command").text == "/opt/py thon"
    arguments = root.find(f".//{SPACE}Arguments").text
    assert shlex.split(arguments) == plan.command()[1:]


def test_a_scheduler_that_refuses_is_told_of(plan, tmp_path, monkeypatch):
    """Its own first line, and what to look at."""
    program = tmp_path / "crontab"
    program.write_text("#!/bin/sh\necho 'you are not allowed' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(WrongUse) as refused:
        schedule.install(plan, "cron", tmp_path)
    assert refused.value.code == "schedule_failed" and "you are not allowed" in refused.value.zh


def test_no_passphrase_gets_into_what_is_installed(tmp_path, cron, monkeypatch, capsys):
    """By the commands, with a passphrase in the environment: it stays there."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a very secret sentence")
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    assert main(["schedule", "install", "--kind", "cron", "--at", "07:45"]) == 0
    assert "钥匙串" in capsys.readouterr().out
    for kind in ("windows", "systemd", "cron"):
        assert main(["schedule", "show", "--kind", kind, "--user", "文员"]) == 0
    said = capsys.readouterr().out
    assert "secret" not in said + cron.read_text() and said.count("文员") == 3
    assert main(["schedule", "show", "--kind", "cron", "--at", "25:00"]) == 2
    assert main(["schedule", "show", "--kind", "at"]) == 2
    assert main(["schedule", "remove", "--kind", "cron"]) == 0
    assert cron.read_text() == ""


def test_the_companys_own_files_go_into_the_entry(tmp_path, monkeypatch, capsys):
    """A scheduled run sees no variables of a terminal: what they name stands in its command line, and is understood there."""
    policy = tmp_path / "规章.yaml"
    policy.write_bytes(POLICY_FILE.read_bytes().replace(b"from: 2008-02-14", b"from: 2009-02-14"))
    monkeypatch.setenv("WORKBENCH_POLICY", str(policy))
    monkeypatch.setenv("WORKBENCH_CALENDAR", str(tmp_path / "日历.csv"))
    monkeypatch.setenv("WORKBENCH_BACKUPS", str(tmp_path / "备份"))
    monkeypatch.setenv("WORKBENCH_REPORTS", str(tmp_path / "报告"))
    monkeypatch.setenv("WORKBENCH_PASSWORDS", str(tmp_path / "口令.csv"))
    register = ("--register", str(tmp_path / "登记册.db"))
    assert main(["schedule", "show", "--kind", "cron", *register]) == 0
    shown = capsys.readouterr().out.splitlines()[1]
    told = shlex.split(shown.removeprefix("30 8 * * * "))
    rest = told[told.index("--out") :]
    named = {"--out": "报告", "--policy": "规章.yaml", "--calendar": "日历.csv", "--backups": "备份"}
    named["--passwords"] = "口令.csv"
    assert rest == [part for option, name in named.items() for part in (option, str(tmp_path / name))]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
    said = subprocess.run(
        [sys.executable, "-m", "workbench", "rules", "--json", "--policy", str(policy)], env=clean, capture_output=True
    )
    assert json.loads(said.stdout)[0]["since"] == "2009-02-14"
