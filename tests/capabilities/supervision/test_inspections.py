"""T17: what inspections found, who puts it right by when, and what became of it (客户信息综合管理制度 五)."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.support.office import Office

TITLE = "客户信息管理检查整改表"
HEADER = {"检查人": "孙检查", "检查日期": datetime(2026, 3, 2)}
OPEN = {
    "检查编号": "JC-1",
    "检查事项": "备份与恢复",
    "发现的问题": "二月没有试恢复",
    "整改措施": "三月起每月试恢复一次",
    "整改责任人": "钱保管",
}
DONE = {**OPEN, "整改结果": "已整改", "完成日期": datetime(2026, 3, 10)}


@pytest.fixture
def office(staffed, set_clock) -> Office:
    """An office in March, with its directory of units."""
    set_clock("2026-03-02T09:00:00")
    return staffed


def inspected(office: Office, *rows: dict, name: str = "检查.xlsx", at: str = "2026-03-02T10:00:00", **header) -> dict:
    """Take a form with some rows in; its receipt."""
    return office.receive(office.file(TITLE, name, {**HEADER, **header}, list(rows)), at)


def listed(office: Office, code: int = 0) -> list[tuple]:
    rows = office.ask("inspections", "list", code=code)
    return [(row["number"], row["outcome"], str(row["correct_by"])[:10], row["open"], row["overdue"]) for row in rows]


def test_a_finding_is_followed_until_it_is_put_right(office, set_clock):
    """Open with the day of ten working days, due on it, overdue after it, ended by the same number; both words are kept."""
    assert inspected(office, OPEN)["accepted"] == 1
    assert listed(office) == [("JC-1", None, "2026-03-16", True, False)]
    set_clock("2026-03-16T09:00:00")
    due = [row for row in office.ask("due", code=None)["tasks"] if row["task"] == "correction"]
    assert [(row["period"], row["due_on"], row["state"]) for row in due] == [("JC-1", "2026-03-16", "到期")]
    set_clock("2026-03-17T09:00:00")
    assert listed(office, code=1) == [("JC-1", None, "2026-03-16", True, True)]
    assert inspected(office, DONE, name="整改.xlsx", at="2026-03-17T09:30:00")["accepted"] == 1
    assert listed(office) == [("JC-1", "已整改", "2026-03-16", False, False)]
    assert [row for row in office.ask("due", code=None)["tasks"] if row["task"] == "correction"] == []
    with office.opened() as session:
        kept = session.register.read("inspection_finding", ["number", "outcome"])
    assert kept.astype(object).where(kept.notna(), None).to_numpy().tolist() == [["JC-1", None], ["JC-1", "已整改"]]


def test_what_comes_again_unchanged_is_no_news(office):
    """The same row in another file."""
    inspected(office, OPEN)
    receipt = inspected(office, OPEN, name="又.xlsx", at="2026-03-02T11:00:00")
    assert (receipt["accepted"], receipt["unchanged"]) == (0, 1)


@pytest.mark.parametrize(
    ("change", "code", "cell"),
    [
        ({"整改责任人": None}, "no_one_responsible", "F"),
        ({"整改责任人": "孙 检查"}, "inspects_oneself", "F"),
        ({"整改结果": "已整改"}, "no_day_of_correction", "I"),
        ({"整改结果": "已整改", "完成日期": datetime(2026, 3, 20)}, "corrected_later", "I"),
        ({"完成日期": datetime(2026, 3, 1)}, "corrected_and_open", "H"),
        ({"检查事项": "别的"}, "not_in_list", "C"),
        ({"发现的问题": "张三 13900001234 打来电话"}, "personal_in_clear", "D"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(office, change, code, cell):
    """Each row that cannot be is returned with its cell; nothing of it is kept."""
    receipt = inspected(office, {**OPEN, **change})
    assert (receipt["accepted"], receipt["returned"]) == (0, 1)
    (found,) = [finding for finding in receipt["findings"] if finding["code"] == code]
    assert found["cell"].startswith(cell)
    assert listed(office) == []


def test_a_number_stands_once_in_a_form_and_nothing_is_inspected_in_the_future(office):
    """The second row of a number goes back; so does a form of a day to come."""
    receipt = inspected(office, OPEN, DONE | {"完成日期": datetime(2026, 3, 1)})
    assert (receipt["accepted"], receipt["returned"]) == (1, 1)
    later = inspected(office, {**OPEN, "检查编号": "JC-2"}, name="后.xlsx", 检查日期=datetime(2026, 3, 9))
    assert (later["accepted"], later["returned"]) == (0, 1)


def test_the_prepared_form_holds_what_the_register_can_tell_and_comes_back_in(office, set_clock):
    """Missing backups and what is open from before, ready to be filled in; filled, it is taken in whole."""
    inspected(office, OPEN)
    set_clock("2026-03-31T16:00:00")
    out = office.run("inspections", "prepare", "2026-03", "--out", office.folder / "检查").strip()
    book = load_workbook(out)
    rows = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    numbers = [row[1] for row in rows if str(row[1]).startswith("JC")]
    assert numbers == ["JC-1", "JC202603-backup", "JC202603-backup_test"]
    sheet = book.worksheets[0]
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value == "检查人":
                sheet.cell(cell.row, cell.column + 1).value = "孙检查"
        if str(line[1].value).startswith("JC2026"):
            line[5].value = "钱保管"
    book.save(out)
    receipt = office.receive(office.folder / out, "2026-03-31T17:00:00", code=None)
    assert (receipt["accepted"], receipt["returned"], receipt["unchanged"]) == (2, 0, 1)
    office.run("inspections", "prepare", "2027-01", "--out", office.folder / "检查", code=2)


def test_only_custodian_and_auditor_inspect(office, become):
    """Others can neither bring the form in nor read what was found."""
    path = office.file(TITLE, "检查.xlsx", HEADER, [OPEN])
    become("分析员").run("import", path, "--received-at", "2026-03-02T10:00:00", code=2)
    become("分析员").run("inspections", "list", code=2)
    assert become("审计员").receive(path, "2026-03-02T10:00:00")["accepted"] == 1
