"""The demo on a small company: the same story, three months, checked from outside through the command line."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from workbench.app.policy import load_policy
from workbench.core.errors import WrongUse
from workbench.demo import run_demo
from workbench.demo.several_people import CUSTODIAN
from workbench.demo.simulation import Simulation
from workbench.interfaces.cli import main
from workbench.platform.access.session import enter
from workbench.platform.documents.found_marks import unprotect

pytestmark = pytest.mark.slow
CLOCK = datetime(2026, 11, 23, 9)
PASSPHRASE = "ein Satz für die Vorführung 42"


@pytest.fixture(scope="module")
def play(tmp_path_factory) -> Simulation:
    """A performance with six dealers and three departments over the first quarter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
        return run_demo(tmp_path_factory.mktemp("demo") / "演示", CLOCK, months=3, dealers=6, departments=3)


@pytest.fixture
def ask(play, monkeypatch, capsys):
    """Run a command on the demo's register and read its JSON."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_REGISTER", str(play.register))

    def asking(*arguments: object):
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) in (0, 1)
        return json.loads(capsys.readouterr().out)

    return asking


def test_it_leaves_the_reports_of_the_last_month_and_quarter(play):
    """Seven workbooks with page, notebook and manifest each."""
    names = {path.name for path in (play.out / "4_报告").iterdir()}
    stems = [
        "信息提报情况通报_2026-03-30",
        "月度目标分解与完成情况_2026-03",
        "信息转化率月报_2026-03",
        "开发计划_2026-04-08",
        "季度奖惩核算报告_2026Q1",
        "每周信息汇总_2026-03-30",
        "大客户分级报告_2026Q1",
    ]
    assert names == {
        *(f"{stem}{end}" for stem in stems for end in (".xlsx", ".html", ".ipynb", ".manifest.json")),
        "季度奖惩核算报告_2026Q1_呈批.xlsx",
    }


def test_its_files_hold_the_mistakes_people_make(play):
    """Missing contacts, too few vehicles, duplicates, a file on no template: all found, none in the way."""
    codes = {finding.code for receipt in play.receipts for finding in receipt.findings}
    assert {"missing", "too_few_vehicles", "phone_as_number", "duplicate", "not_a_workbook"} <= codes
    assert [receipt.file for receipt in play.receipts if receipt.refused] == ["客户情况汇总.csv"]


def test_every_received_file_was_imported_once_with_its_time(play, ask):
    """Importing the whole inbox again by the inbox list changes nothing."""
    inbox = play.out / "1_收件"
    with (inbox / "inbox.csv").open(encoding="utf-8") as file:
        listed = [row["file"] for row in csv.DictReader(file)]
    assert sorted(listed) == sorted(
        str(path.relative_to(inbox)) for path in inbox.rglob("*.*") if path.name != "inbox.csv"
    )
    before = ask("leads")
    assert main(["import", str(inbox), "--inbox", str(inbox / "inbox.csv")]) == 2  # the stray file is refused again
    assert ask("leads") == before


def test_the_register_answers_as_the_story_counted(play, ask):
    """Statuses and the settlement through the commands agree with what the demo said at its end."""
    leads = ask("leads", "--as-of", play.until.isoformat())
    assert len(leads) == play.totals["leads"] > 80
    settled = ask("settle", "2026Q1", "--as-of", play.until.isoformat())
    amounts = [line["amount"] for line in settled["lines"]]
    assert sum(amount for amount in amounts if amount > 0) == play.totals["rewards"] > 0
    assert sum(amount for amount in amounts if amount < 0) == play.totals["penalties"] < 0


def test_the_quarterly_workbook_shows_the_settlement_of_the_register(play, ask):
    """The line-by-line sheet has every line with its amount."""
    lines = ask("settle", "2026Q1", "--as-of", play.until.isoformat())["lines"]
    run = next(run for run in play.runs if run.report == "季度奖惩核算报告")
    sheet = load_workbook(run.workbook)["逐笔明细"]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if "条款" in row)
    titles = [str(title).replace("\n", "") if title else "" for title in rows[top]]
    ref, clause = titles.index("编号"), titles.index("条款")
    amount = next(place for place, title in enumerate(titles) if title.startswith("核算金额"))
    shown = sorted((row[clause], row[ref], row[amount]) for row in rows[top + 1 :] if row[clause] in CLAUSES)
    assert shown == sorted((line["clause"], line["ref"], line["amount"]) for line in lines)


CLAUSES = {"7.1.1", "7.2.1", "7.2.2", "7.3.1", "7.3.2a", "7.3.2b", "7.3.3", "7.3.4"}


def test_contacts_stay_in_the_submitted_and_the_dispatched_workbooks(play):
    """No phone number and no contact's name in register, reports, pages, notebooks, manifests and review sheets."""
    personal = set()
    for path in (play.out / "1_收件").rglob("*大客户信息*.xlsx"):
        rows = list(load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True))
        top = next(number for number, row in enumerate(rows) if "联系方式" in row)
        for title in ("第三方联系人", "联系方式"):
            personal |= {str(row[rows[top].index(title)]) for row in rows[top + 1 :] if row[rows[top].index(title)]}
    assert len(personal) > 100
    looked_at = [play.register, play.register.with_name(play.register.name + ".keys")]
    looked_at += [*(play.out / "3_复核").iterdir(), *(play.out / "4_报告").iterdir()]
    for path in looked_at:
        parts = [path.read_bytes()]
        if path.suffix == ".xlsx":
            with ZipFile(path) as archive:
                parts = [archive.read(name) for name in archive.namelist()]
        text = b"\n".join(parts).decode("utf-8", errors="ignore")
        found = [len(value) for value in personal if value in text]  # the values themselves are not to be shown
        assert not found, path.name


@pytest.fixture
def among_three(play, ask, monkeypatch):
    """Run a command as the custodian of the register of three people."""
    monkeypatch.setenv("WORKBENCH_REGISTER", str(play.second.register))
    monkeypatch.setenv("WORKBENCH_USER", CUSTODIAN)
    return ask


def test_three_people_disclose(play, among_three):
    """Asked with a consent, approved by another; the approved field alone, in a copy that leads to its recipient."""
    (row,) = among_three("disclosures", "list")
    assert (row["basis"], row["decided_by"], row["handed_over"]) == ("客户同意", "分管领导", 1)
    copy = play.second.copy
    (found,) = among_three("deliver", "trace", copy.file)
    assert (found["recipient"], found["period"]) == (copy.recipient, row["number"]) == (row["recipient"], "PL2026-001")
    book = load_workbook(io.BytesIO(unprotect(copy.file.read_bytes(), copy.password, "")))
    texts = [str(cell.value) for line in book.active.iter_rows() for cell in line if cell.value]
    assert "联系方式" in texts and "联系人职务" not in texts


def test_three_people_dispose(play, among_three):
    """After its term, proposed by one, approved by another; the counts stand, the name does not; the trail is whole."""
    (row,) = among_three("retention", "list")
    assert (row["state"], row["by"], row["decided_by"]) == ("已销毁", "市场策略科", CUSTODIAN)
    assert among_three("retention", "due") == []
    paper, manifest = play.second.certificate
    assert among_three("verify", paper)["report"] == "客户信息销毁证明"
    assert manifest.name == f"{paper.stem}.manifest.json"
    received = next((play.out / "6_披露与销毁/收件/2025-01").glob("大客户信息_*.xlsx"))
    rows = list(load_workbook(received).worksheets[0].iter_rows(values_only=True))
    top = next(number for number, line in enumerate(rows) if "客户名称" in line)
    gone = rows[top + 1][rows[top].index("客户名称")]
    assert gone
    with enter(play.second.register, CUSTODIAN, PASSPHRASE, load_policy(), CLOCK) as session:
        kept = session.register.read("lead", ["customer", "phone"])
    assert len(kept) == 2
    assert gone not in set(kept["customer"]) and (kept["customer"] == "已销毁").sum() == 1
    assert among_three("audit", "verify")["breaches"] == []


def test_a_folder_in_use_is_left_alone(tmp_path):
    """The demo does not write into somebody's folder."""
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(WrongUse) as refused:
        run_demo(tmp_path, CLOCK)
    assert refused.value.code == "folder_in_use"
    assert [path.name for path in Path(tmp_path).iterdir()] == ["mine.txt"]
