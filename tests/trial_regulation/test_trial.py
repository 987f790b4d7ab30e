"""A regulation on trial works from its folder alone: nothing outside it mentions it, everything derived finds it."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.support.office import CLOCK, lead
from tests.support.source import ROOT, committed, text_of
from tests.support.staff import PEOPLE
from tests.trial_regulation import CAPABILITY
from workbench.app.policy import load_policy
from workbench.interfaces.addin.wrappers import help_rows, vba_module
from workbench.interfaces.cli import main
from workbench.platform.access.actions import allowed_actions, recorded
from workbench.platform.access.session import enter
from workbench.platform.capability import extended
from workbench.platform.register.facts import Facts, fact_tables
from workbench.platform.regulation.clause import settled_order

CODE = "试驾管理试行办法·三"


@pytest.fixture(autouse=True)
def on_trial():
    """The program with the trial regulation."""
    with extended(CAPABILITY):
        yield


@pytest.fixture
def driven(become, tmp_path):
    """Two files of test drives on the official form; the first drive of January and the last two are registered late.

    Three days until the end of January, two from then on: the 29th is due on 1 February, 1 February on the 3rd.
    """
    office = become("文员")
    office.receive(office.leads("D001", "信息.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    assert main(["templates", "--out", str(tmp_path / "模板")]) == 0
    office.blanks = tmp_path / "模板"
    columns = ("试驾编号", "试驾日期", "车型", "试驾人")

    def drives(*rows: tuple[str, str]) -> list[dict]:
        return [
            dict(zip(columns, (number, datetime.fromisoformat(day), "轿车", "方试驾"), strict=True))
            for number, day in rows
        ]

    first = office.file(
        "试驾登记表", "一.xlsx", {"单位代码": "D001"}, drives(("S1", "2026-01-08"), ("S2", "2026-01-09"))
    )
    last = office.file(
        "试驾登记表",
        "二.xlsx",
        {"单位代码": "D002"},
        drives(
            ("S3", "2026-01-29"), ("S4", "2026-02-01"), ("S5", "2026-02-02"), ("S1", "2026-01-08"), ("S6", "2027-01-01")
        ),
    )
    office.first = office.receive(first, "2026-01-12T10:00:00")
    office.last = office.receive(last, "2026-02-04T00:00:01")
    return office


def test_the_blank_says_the_number_in_force(tmp_path):
    """The form is written with the others, and its guide takes the days from the regulation."""
    assert main(["templates", "--out", str(tmp_path)]) == 0
    (blank,) = tmp_path.glob("T90_*.xlsx")
    said = [str(cell.value) for row in load_workbook(blank)["填表说明"].iter_rows() for cell in row if cell.value]
    assert any("试驾后 2 日内登记" in text for text in said)


def test_its_clause_can_be_appealed(tmp_path):
    """The appeal form's drop-down list offers it behind those of the other regulations."""
    assert main(["templates", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("T14*.xlsx")
    (sheet,) = (each for each in load_workbook(path).worksheets if each.title == "奖惩申诉表")
    lists = [rule.formula1.strip('"').split(",") for rule in sheet.data_validations.dataValidation if rule.formula1]
    (offered,) = (words for words in lists if "7.1.1" in words)
    assert offered[-1] == CODE and [*offered] == [*settled_order()]


def test_files_are_taken_in_and_every_row_has_its_verdict(driven):
    """New, known and impossible rows, and the same on the signed receipts."""
    assert (driven.first["accepted"], driven.first["returned"]) == (2, 0)
    assert (driven.last["accepted"], driven.last["returned"], driven.last["unchanged"]) == (3, 1, 1)
    told = driven.ask("receipt", "make", 4)["receipts"][0]["rows"]
    assert [row["verdict"] for row in told] == ["接收", "接收", "接收", "未变", "退回"]


def test_the_settlement_has_the_lines_by_the_dated_number(driven):
    """Day of the deadline and day after, in both editions; the payer and the totals follow."""
    result = driven.ask("settle", "2026Q1", "--as-of", "2026-04-05T09:00")
    own = [(line["party"], line["ref"], line["amount"]) for line in result["lines"] if line["clause"] == CODE]
    assert own == [("D001", "S1", -20), ("D002", "S3", -20), ("D002", "S4", -20)]
    assert result["totals"]["D002"] == -40


def test_a_line_is_explained_down_to_the_cell(driven):
    """Clause, number in force, fact with its cell, and what would have had to be different."""
    said = driven.run("explain", f"{CODE}/D002/S4", "--quarter", "2026Q1", "--as-of", "2026-04-05T09:00", code=0)
    assert "试驾登记期限 2 日历日" in said
    assert "S4 于 2026-02-01 试驾，应于 2026-02-03（含）之前登记，2026-02-04 登记" in said
    assert re.search(r"二\.xlsx.*《试驾登记表》.*D\d+", said)
    assert "若在 2026-02-03（含）之前登记，则无此处罚" in said


def test_the_quarterly_workbook_lists_and_recomputes_the_line(driven, tmp_path):
    """On the sheet of penalties, with a formula over the day it was due and the day it was done."""
    driven.run(
        "report", "季度奖惩核算报告", "--period", "2026Q1", "--as-of", "2026-04-05T09:00", "--out", tmp_path, code=0
    )
    book = load_workbook(tmp_path / "季度奖惩核算报告_2026Q1.xlsx")

    def rows(sheet: str) -> list[list]:
        return [values for row in book[sheet].iter_rows() if "S4" in (values := [cell.value for cell in row])]

    assert [row[:4] for row in rows("处罚")] == [[CODE, "未按时登记试驾", "D002", "S4"]]
    (row,) = rows("逐笔明细")
    (formula,) = [value for value in row if isinstance(value, str) and value.startswith("=IF(INT(")]
    assert re.fullmatch(r"=IF\(INT\(\w+\)>INT\(\w+\),-'?参数'?!\$\w+\$\d+,0\)", formula)


def test_a_test_drive_is_struck_by_two_people_within_its_term(driven, become, monkeypatch):
    """Asked for by one, due two working days later, refused to the same person, decided by another; the fine is gone."""
    driven.run("test-drives", "strike", "S9", "--reason", "登记有误", code=2)
    assert "没有试驾 S9" in driven.said
    driven.run("test-drives", "strike", "S4", "--reason", "登记有误", code=0)
    become("领导")
    tasks = json.loads(driven.run("due", "--json", code=1))["tasks"]
    (task,) = [task for task in tasks if task["task"] == "test_drive_striking"]
    assert (task["period"], task["title"], task["by_itself"]) == ("S4", "试驾作废审批", False)
    become("文员").run("test-drives", "decide", "S4", "同意", "--reason", "属实", code=2)
    become("领导").run("test-drives", "decide", "S4", "同意", "--reason", "属实", code=0)
    now = [line["ref"] for line in driven.ask("settle", "2026Q1", code=0)["lines"] if line["clause"] == CODE]
    assert now == ["S1", "S3"]
    entries = become("审计员").run("audit", "show", code=0)
    assert "申请试驾作废" in entries
    assert "审批试驾作废" in entries


def test_the_report_runs_from_its_own_notebook(driven, tmp_path):
    """Page, workbook, manifest; counts lead to test drives."""
    driven.run("report", "试驾月报", "--period", "2026-01", "--as-of", "2026-04-05T09:00", "--out", tmp_path, code=0)
    page = (tmp_path / "试驾月报_2026-01.html").read_text(encoding="utf-8")
    assert "试驾概况" in page
    assert "方试驾" not in page
    rows = [
        [cell.value for cell in row]
        for row in load_workbook(tmp_path / "试驾月报_2026-01.xlsx").worksheets[0].iter_rows()
    ]
    assert any(row[:4].count("D001") == 1 and 2 in row and 1 in row for row in rows)
    assert json.loads((tmp_path / "试驾月报_2026-01.manifest.json").read_text(encoding="utf-8"))["report"] == "试驾月报"


def test_roles_words_and_facts_follow():
    """Permissions, words of the trail, and tables of facts are those declared."""
    assert "test_drive_strike" in [action.name for action in allowed_actions("clerk")]
    assert "test_drive_decide" not in [action.name for action in allowed_actions("clerk")]
    assert recorded()["test_drive_decide"].word == "审批试驾作废"
    assert fact_tables()["test_drives"].word == "试驾"
    assert Facts.of().test_drives.empty


def test_personal_data_is_sealed(driven):
    """Who drove stands in clear nowhere in the register."""
    with enter(driven.folder / "登记册.db", "文员", PEOPLE["文员"][1], load_policy(), CLOCK) as session:
        stored = session.register._fetch('SELECT * FROM "record"')
        assert len(stored) == 5
        assert "方试驾" not in repr(stored)
        assert session.register.read("test_drive", ["driver"])["driver"].tolist() == ["方试驾"] * 5
        assert session.register.verify_audit() == []


def test_the_function_has_a_wrapper():
    """VBA and help are generated from the declaration."""
    assert '"DK_TEST_DRIVES"' in vba_module()
    assert "DK_TEST_DRIVES" in [row[0] for row in help_rows()]


def test_pages_of_the_documentation_follow():
    """Commands, rule book, templates, roles, cases and functions are listed by the pages' own generator."""
    spec = importlib.util.spec_from_file_location("build", ROOT / "docs" / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    said = {
        "test-drives strike": build.commands("en"),
        "未按时登记试驾": build.rulebook(),
        "试驾登记表": build.templates(),
        "申请试驾作废": build.role_table(),
        "试驾登记作废": build.case_table(),
        "DK_TEST_DRIVES": build.functions(),
    }
    assert [name for name, page in said.items() if name not in page] == []


def test_nothing_outside_the_folder_mentions_it():
    """Not a line of the program, the templates, the documentation or other tests."""
    own = ROOT / "tests" / "trial_regulation"
    named = re.compile(r"test_drive|test-drive|TEST_DRIVE|试驾|trial_regulation")
    outside = [
        path.relative_to(ROOT).as_posix()
        for path in committed()
        if own not in path.parents and (text := text_of(path)) is not None and named.search(text)
    ]
    assert outside == []
    assert named.search(text_of(own / "__init__.py"))
