"""Bad input: a clear Chinese message with file, sheet and cell, and the register is as it was."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from tests.support.office import UNITS, lead
from workbench.capabilities.leads.snapshot import open_snapshot


def edited(path, change):
    """The workbook after ``change(sheet, book)``."""
    book = load_workbook(path)
    change(book.worksheets[0], book)
    book.save(path)
    return path


def header_cell(sheet, text):
    """The cell with this label or column title."""
    return next(cell for line in sheet.iter_rows(max_row=30) for cell in line if cell.value == text)


def below(sheet, title, row=1):
    """The cell ``row`` rows below a column title."""
    top = header_cell(sheet, title)
    return sheet.cell(top.row + row, top.column)


def rename_column(sheet, book):
    header_cell(sheet, "客户名称").value = "客户"


def no_unit(sheet, book):
    label = header_cell(sheet, "单位代码")
    sheet.cell(label.row, label.column + 1).value = None


def text_quantity(sheet, book):
    below(sheet, "标的量(台)").value = "十二台"


def number_phone(sheet, book):
    below(sheet, "联系方式").value = 5533812345  # a landline without its first 0


def merged_row(sheet, book):
    cell = below(sheet, "客户名称")
    sheet.merge_cells(start_row=cell.row, end_row=cell.row, start_column=cell.column, end_column=cell.column + 1)


def two_sheets(sheet, book):
    copy = book.copy_worksheet(sheet)
    copy.title = "副本"


def unknown_unit(sheet, book):
    label = header_cell(sheet, "单位代码")
    sheet.cell(label.row, label.column + 1).value = "Z999"


def total_row(sheet, book):
    below(sheet, "客户名称").value = "合计"
    for title in ("客户类别", "省份", "城市", "第三方联系人", "联系方式", "需求车型"):
        below(sheet, title).value = None


def date_in_words(sheet, book):
    label = header_cell(sheet, "提报日期")
    sheet.cell(label.row, label.column + 1).value = "一月五日"


@pytest.mark.parametrize(
    ("change", "exit_code", "where"),
    [
        (rename_column, 2, "客户名称"),
        (no_unit, 2, "单位代码"),
        (unknown_unit, 2, "Z999"),
        (two_sheets, 2, "副本"),
        (date_in_words, 2, "提报日期"),
        (text_quantity, 1, "标的量"),
        (number_phone, 1, "联系方式"),
        (merged_row, 1, "合并"),
        (total_row, 1, "合计"),
    ],
)
def test_a_spoiled_report_is_named_by_cell_and_leaves_the_register_alone(staffed, change, exit_code, where):
    """Each kind of spoiled report is refused or its row returned; nothing is added."""
    path = edited(staffed.leads("D001", "坏表.xlsx", [lead("江城公交")]), change)
    receipt = staffed.receive(path, "2026-01-05T09:00:00", code=exit_code)
    errors = [finding for finding in receipt["findings"] if finding["severity"] == "error"]
    if exit_code == 2:
        assert "坏表.xlsx" in staffed.said
    assert receipt["accepted"] == 0
    assert any(where in finding["message"] for finding in errors), errors
    assert all(finding["file"] == "坏表.xlsx" for finding in errors)
    assert errors[0]["sheet"]
    assert errors[0]["cell"]
    assert staffed.ask("leads") == []


def test_other_kinds_of_files_are_refused_with_the_reason(staffed):
    """Text, CSV under a false name, an encrypted workbook, a foreign workbook: each its own sentence."""
    inbox = staffed.folder / "收件"
    (inbox / "说明.txt").write_text("你好", encoding="utf-8")
    (inbox / "假表.xlsx").write_text("客户名称,联系方式\n", encoding="utf-8")
    plain = staffed.leads("D001", "原表.xlsx", [lead("江城公交")])
    locked = OOXMLFile(io.BytesIO(plain.read_bytes()))
    with open(inbox / "加密.xlsx", "wb") as target:
        locked.encrypt("口令", target)
    plain.unlink()
    foreign = load_workbook(staffed.blank("大客户信息记录表"))
    for name in foreign.sheetnames[1:]:
        del foreign[name]
    foreign.worksheets[0].delete_rows(1, 20)
    foreign.worksheets[0]["A1"] = "别的表"
    foreign.save(inbox / "别的.xlsx")
    codes = {}
    for name in ("说明.txt", "假表.xlsx", "加密.xlsx", "别的.xlsx"):
        receipt = staffed.receive(inbox / name, "2026-01-05T09:00:00", code=2)
        (finding,) = receipt["findings"]
        assert receipt["refused"]
        assert name in finding["message"]
        codes[name] = finding["code"]
    assert len(set(codes.values())) >= 3, codes
    assert staffed.ask("leads") == []


def test_missing_contacts_are_not_received_and_other_rows_are(staffed):
    """5.2 returns a row without name or phone and keeps the rest of the file."""
    rows = [
        lead("江城公交", 联系方式=None),
        lead("江城物流", 第三方联系人=None),
        lead("江城商贸", 联系方式="13900001199"),
    ]
    receipt = staffed.receive(staffed.leads("D001", "表.xlsx", rows), "2026-01-05T09:00:00", code=1)
    assert (receipt["accepted"], receipt["returned"]) == (1, 2)
    errors = [finding for finding in receipt["findings"] if finding["severity"] == "error"]
    assert {finding["clause"] for finding in errors} == {"5.2"}
    assert list(staffed.by_customer()) == ["江城商贸"]


def test_check_marks_the_cells_of_a_copy(staffed):
    """`check --annotate` needs no register and lists each wrong cell by address."""
    path = staffed.leads("D001", "表.xlsx", [lead("江城公交", 联系方式=None), lead("江城物流", **{"标的量(台)": 1})])
    out = staffed.folder / "批注"
    receipt = staffed.ask("check", path, "--annotate", out, code=1)["files"][0]
    (copy,) = out.glob("*.xlsx")
    book = load_workbook(copy)
    sheet = book.worksheets[0]
    cells = {finding["cell"] for finding in receipt["findings"]}
    assert {finding["clause"] for finding in receipt["findings"]} == {"5.2", "5.4"}
    assert all(sheet[cell].comment is not None for cell in cells)
    listed = {cell.value for line in book["错误清单"].iter_rows() for cell in line}
    assert cells <= listed


def test_wrong_use_is_told_in_a_sentence(staffed):
    """Missing files, bad times, unknown quarters, days that are not publication days."""
    staffed.run("import", staffed.folder / "没有.xlsx", code=2)
    assert "没有.xlsx" in staffed.said
    staffed.run("settle", "2026Q5", code=2)
    staffed.run("publish", "2026-01-11", "--at", "2026-01-11T09:00:00", code=2)
    assert "10日" in staffed.said
    staffed.run("publish", "2026-01-20", "--at", "2026-01-19T09:00:00", code=2)
    assert "不得早于" in staffed.said
    staffed.run("--lang", "en", "publish", "2026-01-20", "--at", "gestern", code=2)
    assert "not understood" in staffed.said
    staffed.run("leads", "--nonsense", code=2)


def test_a_wrong_passphrase_and_a_missing_register_are_refused(staffed, monkeypatch):
    """Neither opens anything; each has its own sentence."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "wrong")
    staffed.run("leads", code=2)
    assert "口令" in staffed.said
    staffed.run("leads", "--register", staffed.folder / "没有.db", code=2)
    assert "没有.db" in staffed.said


def test_feedback_of_another_section_or_an_unknown_number_is_given_back(staffed):
    """Only the section a lead was handed to answers for it."""
    staffed.receive(staffed.leads("D001", "表.xlsx", [lead("江城公交")]), "2026-01-05T09:00:00", code=0)
    staffed.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", staffed.folder / "转交")
    (filled,) = staffed.answer(
        staffed.folder / "转交", {"江城公交": {"甄别结论": "有效", "到期日期": datetime(2026, 9, 30)}}
    )
    book = load_workbook(filled)
    sheet = book.worksheets[0]
    label = header_cell(sheet, "科室代码")
    sheet.cell(label.row, label.column + 1).value = "S001"
    book.save(staffed.folder / "收件" / "冒名.xlsx")
    receipt = staffed.receive(staffed.folder / "收件" / "冒名.xlsx", "2026-01-06T09:00:00", code=1)
    assert [finding["code"] for finding in receipt["findings"]] == ["other_section"]
    assert staffed.by_customer()["江城公交"]["status"] == "待甄别"


@pytest.mark.parametrize(
    "command",
    [
        ("publish", "2026-01-10"),
        ("report", "开发计划", "--period", "2026-01-10"),
        ("templates",),
        ("due", "--run"),
    ],
)
def test_an_out_that_is_a_file_is_refused_before_anything_is_done(staffed, command):
    """A sentence, exit 2, and no publication, dispatch or backup."""
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    (staffed.folder / "在此").write_text("文件", encoding="utf-8")
    with staffed.opened() as session:
        head = session.register.head()
    for out in (staffed.folder / "在此", staffed.folder / "在此" / "下"):
        staffed.run(*command, "--out", out, code=2)
        assert "是文件，不是文件夹" in staffed.said
    with staffed.opened() as session:
        assert session.register.head() == head


@pytest.mark.parametrize("quarter", ["9999Q4", "2200Q1", "1899Q4"])
def test_a_quarter_nobody_means_is_refused(staffed, quarter):
    """As a period that is written wrongly."""
    staffed.run("settle", quarter, code=2)
    assert "不是季度" in staffed.said


def test_a_file_the_inbox_list_does_not_name_is_said(staffed):
    """It takes the time of the clock, which decides who was first: somebody has to know."""
    listed = staffed.folder / "清单.csv"
    listed.write_text("file,received_at\n别的.xlsx,2026-01-06T09:00:00\n", encoding="utf-8")
    staffed.run("import", staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "--inbox", listed)
    assert "没有列出 1 个文件（一.xlsx 等）" in staffed.said


def test_a_phone_in_a_files_name_is_masked(staffed):
    """In the list, in an explanation and wherever else a source is named."""
    staffed.receive(
        staffed.leads("D001", "李四13912345678.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0
    )
    (row,) = staffed.ask("leads")
    assert row["file"] == "李四139****5678.xlsx"
    assert "13912345678" not in staffed.run("explain", row["number"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("leads", "--bogus"), "没有选项 --bogus。用法见 workbench leads --help。"),
        (("bogus",), "没有这个命令：bogus。"),
        (("settlement", "bogus"), "没有这个命令：bogus。"),
        (("settle",), "缺少 '季度'。用法见 workbench settle --help。"),
        (("report", "x"), "缺少 '--period'。"),
        (("check", "a.xlsx", "--workers", "x"), "'--workers' 的值不对。"),
        (("publish", "2026-01-10", "extra"), "参数多了：extra。"),
        (("leads", "--month"), "选项 --month 缺少值，或不应有值。"),
    ],
)
def test_a_mistyped_command_is_told_in_chinese(office, typed, said):
    """One sentence with where to read on; English for who asks for it."""
    office.run(*typed, code=2)
    assert said in office.said and office.said.count("\n") == 1
    office.run(*typed, "--lang", "en", code=2)
    assert office.said.endswith(" --help.\n")


@pytest.mark.parametrize(("seconds", "refused"), [(-1, False), (0, False), (1, True), (86_400, True)])
def test_nothing_is_recorded_at_a_time_ahead_of_the_clock(staffed, set_clock, seconds, refused):
    """The second before, now, the second after, tomorrow; by option and by the inbox list."""
    set_clock("2026-03-04T09:00:00")
    at = f"{datetime(2026, 3, 4, 9) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}"
    first = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    staffed.run("import", first, "--received-at", at, code=2 if refused else 0)
    assert ("不能登记" in staffed.said) is refused
    listed = staffed.folder / "收件.csv"
    listed.write_text(f"file,received_at\n二.xlsx,{at}\n", encoding="utf-8")
    second = staffed.leads("D001", "二.xlsx", [lead("江北机械厂")])
    staffed.run("import", second, "--inbox", listed, code=2 if refused else 0)
    assert {row["received_at"] for row in staffed.ask("leads")} == (set() if refused else {at})


@pytest.mark.parametrize(
    "command",
    [
        ("dispatch",),
        ("publish", "2026-02-10"),
        ("decide", "DK202601-00001", "受理", "--reason", "试"),
        ("close", "2026-02", "--reason", "试"),
        ("settlement", "submit", "2026Q1"),
        ("settlement", "approve", "2026Q1"),
        ("settlement", "return", "2026Q1", "--reason", "试"),
        ("settlement", "pay", "2026Q1", "--payer", "财务计划部", "--reference", "1"),
        ("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "试"),
    ],
)
def test_every_command_that_records_refuses_a_time_ahead(staffed, set_clock, command):
    """Also the moment as of which a settlement is submitted or approved, and a run of what is due."""
    set_clock("2026-04-04T09:00:00")
    staffed.run(*command, "--at", "2026-04-04T09:00:01", code=2)
    assert "晚于现在" in staffed.said
    for late in (("settlement", "submit", "2026Q1", "--as-of"), ("settle", "2026Q1", "--approve", "--as-of")):
        staffed.run(*late, "2026-04-05", code=2)
        assert "晚于现在" in staffed.said
    staffed.run("due", "--run", "--on", "2026-04-05", code=2)
    assert "晚于现在" in staffed.said


def test_a_simulation_goes_ahead_of_the_clock_and_stays_one(staffed, set_clock, monkeypatch):
    """The variable marks the register for good: it is said by every command, and the clock holds again without it."""
    set_clock("2026-03-04T09:00:00")
    staffed.run("leads")
    assert "模拟" not in staffed.said
    monkeypatch.setenv("WORKBENCH_SIMULATION", "1")
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    assert staffed.receive(path, "2026-09-05T09:00:00", code=0)["accepted"] == 1
    monkeypatch.delenv("WORKBENCH_SIMULATION")
    for command in (("leads",), ("settlement", "status"), ("due",), ("users", "list")):
        staffed.run(*command, code=None)
        assert "模拟登记册" in staffed.said
    staffed.run("dispatch", "--at", "2026-09-05T10:00:00", code=2)
    with staffed.opened() as session:
        assert open_snapshot(session).simulated
        marks = session.register.read("entry", ["action"])["action"].tolist()
        assert marks.count("simulation") == 1 and marks.index("simulation") == len(marks) - 2


@pytest.mark.parametrize("day", ["2026-01-05", "20260105", " 2026-01-05 "])
def test_a_day_is_no_time_of_receipt_for_a_report_of_leads(staffed, day):
    """It would stand at midnight, before everybody of that day; other templates go by days."""
    folder = staffed.folder / "收件"
    staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    staffed.units([*UNITS, ("D003", "南陵销售服务店", "经销商", None, None, None, None, None, None)])
    listed = folder / "inbox.csv"
    listed.write_text(f"file,received_at\n一.xlsx,{day}\n单位名录.xlsx,{day}\n", encoding="utf-8")
    for given in (("--received-at", day), ("--inbox", listed)):
        files = {each["file"]: each for each in staffed.ask("import", folder, *given, code=2)["files"]}
        assert files["一.xlsx"]["refused"] and files["一.xlsx"]["findings"][0]["code"] == "bare_date"
        assert not files["单位名录.xlsx"]["refused"]
    assert staffed.ask("leads") == []
    assert staffed.receive(folder / "一.xlsx", "2026-01-05T00:00:00", code=0)["accepted"] == 1


def test_a_time_of_receipt_is_kept_to_the_microsecond(staffed):
    """D4: two files of one second came one after the other."""
    for name, part in (("后", "500001"), ("先", "500000")):
        path = staffed.leads("D001" if name == "先" else "D002", f"{name}.xlsx", [lead("江城客运公司")])
        staffed.receive(path, f"2026-01-05T10:00:00.{part}")
    found = {row["reporter"]: row["status"] for row in staffed.ask("leads")}
    assert found == {"D001": "已接收", "D002": "重复"}


def test_a_time_at_the_edge_of_the_calendar_is_a_sentence(office):
    """An offset that leaves the years a date can have."""
    office.run("leads", "--as-of", "0001-01-01T00:00:00+14:00", code=2)
    assert "无法识别" in office.said


def test_an_empty_folder_is_said(staffed):
    """Nothing went wrong, but nothing came either."""
    (staffed.folder / "空").mkdir()
    assert staffed.ask("import", staffed.folder / "空", code=0) == {"files": []}
    assert "没有文件" in staffed.said
    staffed.run("check", staffed.folder / "空")
    assert "没有文件" in staffed.said
