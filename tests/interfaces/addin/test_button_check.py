"""The buttons that check and put right work on an open workbook through xlwings, and take back what they did."""

from __future__ import annotations

import pytest

from tests.support.desktop import excel
from tests.support.office import fill, lead
from tests.support.person import press
from tests.support.workbooks import HEADER
from workbench.core.colours import BAD, CHANGED, rgb
from workbench.interfaces.addin.computer import NAME
from workbench.platform.forms.addresses import split
from workbench.platform.forms.guard import LIST

pytestmark = pytest.mark.usefixtures("addin_process")


@pytest.fixture
def opened(blanks, tmp_path):
    """Opens a filled T1 in Excel: rows in, book out."""

    def make(*rows, header=HEADER, name="提报.xlsx"):
        blank = next(path for path in blanks.glob("T1_*.xlsx"))
        return excel().books.open(str(fill(blank, tmp_path / name, header, list(rows))))

    return make


def state(sheet):
    """Values, colours, notes and protection of a sheet, to compare before and after."""
    model = sheet.impl.sheet
    cells = {
        cell.coordinate: (
            cell.value,
            cell.fill.fgColor.rgb if cell.fill.fill_type else None,
            cell.number_format,
            cell.comment and cell.comment.text,
        )
        for row in model.iter_rows()
        for cell in row
        if cell.__class__.__name__ != "MergedCell"
    }
    guard = model.protection
    return cells, {name: getattr(guard, name) for name in ("sheet", "objects", "scenarios", "formatColumns", "sort")}


def cell_of(sheet, title, row=0):
    """The cell of a column in the n-th data row."""
    head = next(cell for line in sheet.impl.sheet.iter_rows(max_row=20) for cell in line if cell.value == title)
    return sheet.range((head.row + 1 + row, head.column))


def test_check_marks_what_the_command_says_and_leaves_values_and_protection(opened, office):
    """Same cells, same messages as ``workbench check``; colours and comments at them, a list with links."""
    book = opened(lead("甲公司", 联系方式=None), lead("乙公司", **{"标的量(台)": 2}), lead("丙公司"))
    sheet = book.sheets[0]
    before = state(sheet)
    told = press("check", book)
    command = office.ask("check", book.fullname)["files"][0]["findings"]
    page = book.sheets[LIST].impl.sheet
    listed = [(row[3].value, row[5].value) for row in page.iter_rows(min_row=5)]
    assert listed == [(finding["cell"], finding["clause"]) for finding in command] and len(listed) == 2
    undo = "此前的编辑已不能用 Ctrl+Z 撤销（Excel 如此）；现在按 Ctrl+Z 即“清除标记”。"
    assert told == [f"错误 2 处，其他 0 处。见工作表“{LIST}”，点单元格可转到该处。\n{undo}"]
    assert book.app.impl.undo[-1] == ("清除标记", f"'{NAME}'!DK_Functions.Undo_clear_marks")
    for row in page.iter_rows(min_row=5):
        assert row[3].hyperlink.location == f"'{sheet.name}'!{row[3].value}"
        marked = sheet.range(row[3].value)
        assert marked.color == rgb(BAD) and row[6].value in marked.note.text
    after = state(sheet)
    assert {at: cell[0] for at, cell in after[0].items()} == {at: cell[0] for at, cell in before[0].items()}
    assert after[1] == before[1] and before[1]["sheet"]
    press("check", book)  # again: marks are renewed, not stacked
    assert press("clear_marks", book) == ["标记已清除。"]
    assert state(sheet) == before and LIST not in [item.name for item in book.sheets]


def test_a_persons_own_comment_stays(opened):
    """What somebody wrote at a cell is neither replaced nor cleared."""
    book = opened(lead("甲公司", 联系方式=None))
    cell = cell_of(book.sheets[0], "联系方式")
    cell.impl.first.comment = __import__("openpyxl").comments.Comment("问过王工", "")
    press("check", book)
    press("clear_marks", book)
    assert cell.note.text == "问过王工"


def test_a_refused_header_is_shown_at_its_cell(opened):
    """A header that refuses the whole file is an error at that cell, not just a message."""
    book = opened(lead("甲公司"), header={**HEADER, "提报日期": "不知道"})
    press("check", book)
    (row,) = book.sheets[LIST].impl.sheet.iter_rows(min_row=5)
    assert book.sheets[0].range(row[3].value).value == "不知道"


def test_error_cells_are_found_as_on_the_disk(opened):
    """An error value in a cell is told, as from the file."""
    book = opened(lead("甲公司", 信息来源="x"))
    cell_of(book.sheets[0], "标的量(台)").impl.first.value = "#DIV/0!"
    press("check", book)
    assert "错误值" in cell_of(book.sheets[0], "标的量(台)").note.text


def test_next_error_goes_round(opened):
    """From cell to cell, after the last to the first."""
    book = opened(lead("甲公司", 联系方式=None), lead("乙公司", **{"标的量(台)": 2}))
    assert press("next_error", book) == ["还没有错误清单。请先点“检查本表”。"]
    press("check", book)
    listed = [row[3].value for row in book.sheets[LIST].impl.sheet.iter_rows(min_row=5)]
    visited = []
    for _ in range(3):
        press("next_error", book)
        visited.append(book.app.selection.get_address(False, False))
    assert visited == [*listed, listed[0]]


def test_other_workbooks_are_refused_in_a_sentence(opened):
    """A workbook that is no official template."""
    book = excel().books.add()
    assert "没有官方模板的标识" in press("check", book)[0]


def test_esc_takes_marks_back(opened, monkeypatch):
    """Held Esc stops the work; nothing of it stays."""
    book = opened(*[lead(f"公司{n}", 联系方式=None) for n in range(120)])
    before = state(book.sheets[0])
    steps = iter([False, False, True])
    monkeypatch.setattr("workbench.interfaces.addin.progress.escape_pressed", lambda: next(steps))
    monkeypatch.setattr(
        "workbench.interfaces.addin.progress.Progress.__init__.__defaults__", (lambda: next(steps), None)
    )
    assert press("check", book) == ["已取消，没有改动。"]
    assert state(book.sheets[0]) == before
    assert any("按住 Esc" in str(said) for said in book.app.impl.said) and book.app.status_bar is False


def test_fixes_are_previewed_applied_and_undone(opened):
    """Nothing changes before the person agrees; a line with 否 is left; undo gives back every old value."""
    book = opened(
        lead(" 甲　公司 ", **{"标的量(台)": "１２", "联系方式": "１３９００００１１１１"}),
        lead("乙公司", 城市="芜湖市 "),
        header={**HEADER, "提报日期": "2026年1月5日"},
    )
    sheet = book.sheets[0]
    before = state(sheet)
    assert "尚未改动" in press("fix_preview", book)[0]
    assert state(sheet) == before
    page = book.sheets["更正清单"]
    lines = {row[3].value: (row[4].value, row[5].value) for row in page.impl.sheet.iter_rows(min_row=5)}
    assert lines == {
        "提报日期": ("2026年1月5日", "2026-01-05"),
        "客户名称": (" 甲　公司 ", "甲公司"),
        "联系方式": ("１３９００００１１１１", "13900001111"),
        "标的量(台)": ("１２", "12"),
        "城市": ("芜湖市 ", "芜湖市"),
    }
    place = next(row[0].row for row in page.impl.sheet.iter_rows(min_row=5) if row[3].value == "客户名称")
    page.range((place, 7)).value = "否"
    assert press("fix_apply", book)[0].splitlines()[0] == "已更正 4 处（绿底），“撤销更正”可恢复原值。"
    assert book.app.impl.undo[-1] == ("撤销更正", f"'{NAME}'!DK_Functions.Undo_fix_undo")
    assert cell_of(sheet, "客户名称").value == " 甲　公司 "
    assert cell_of(sheet, "标的量(台)").value == 12 and cell_of(sheet, "联系方式").value == "13900001111"
    assert cell_of(sheet, "标的量(台)").color == rgb(CHANGED)
    assert press("fix_undo", book) == ["已恢复 4 处。"]
    assert state(sheet) == before


def test_a_cell_changed_since_the_preview_is_left_alone(opened):
    """Between preview and doing, between doing and undoing: what a person typed stays."""
    book = opened(lead("甲公司", **{"标的量(台)": "１２"}), lead("乙公司", **{"标的量(台)": "１３"}))
    press("fix_preview", book)
    cell_of(book.sheets[0], "标的量(台)").impl.first.value = 15
    assert press("fix_apply", book)[0].startswith("已更正 1 处")
    cell_of(book.sheets[0], "标的量(台)", 1).impl.first.value = 14
    assert press("fix_undo", book) == ["已恢复 0 处。"]
    assert [cell_of(book.sheets[0], "标的量(台)", n).value for n in (0, 1)] == [15, 14]


def test_the_command_makes_a_copy_with_the_same_fixes(opened, office):
    """``workbench fix`` writes a copy, prints no contents, never overwrites."""
    book = opened(lead("甲公司", **{"标的量(台)": "１２", "联系方式": "１３９００００１１１１"}))
    told = office.ask("fix", book.fullname, "--out", "更正", code=0)["files"][0]
    assert [item["column"] for item in told["fixes"]] == ["联系方式", "标的量(台)"]
    assert office.ask("check", told["copy"], code=0)["files"][0]["findings"] == []
    office.run("fix", book.fullname, "--out", "更正", code=2)
    assert "1390000" not in office.run("fix", book.fullname, "--preview")


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/c calc'!A0", "+1", "-1+1", "@SUM(1)"])
def test_what_a_button_writes_is_no_formula(opened, text):
    """Put right, listed and undone: a text that begins with a sign goes into a text cell, whatever the cell was."""
    book = opened(lead("甲公司", 需求车型=f"\u3000{text}"), lead("乙公司", 联系方式=None), name=f"{text[:1]}1.xlsx")
    sheet = book.sheets[0]
    cell = cell_of(sheet, "需求车型")
    cell.impl.first.number_format = "General"
    press("fix_preview", book)
    press("fix_apply", book)
    assert (cell.value, cell.number_format, cell.impl.first.data_type) == (text, "@", "s")
    press("check", book)
    lists = [book.sheets[name].impl.sheet for name in ("更正清单", LIST)]
    kinds = {each.data_type for page in (*lists, sheet.impl.sheet) for row in page.iter_rows() for each in row}
    assert kinds <= {"s", "n", "d"}
    press("fix_undo", book)
    assert (cell.value, cell.number_format, cell.impl.first.data_type) == (f"\u3000{text}", "General", "s")


def test_errors_are_listed_as_one_reads(opened):
    """Row by row, from left to right, whatever order they were found in."""
    faulty = {"联系方式": None, "标的量(台)": 2, "行政级别": "地市级及以上", "客户类别": "出租"}
    book = opened(*[lead(f"公司{number % 3}", **(faulty if number % 2 else {"城市": None})) for number in range(6)])
    press("check", book)
    listed = [split(row[3].value) for row in book.sheets[LIST].impl.sheet.iter_rows(min_row=5)]
    assert len(listed) > 5 and listed == sorted(listed)


def test_a_sheet_under_a_password_is_left_and_said(opened):
    """The list is made, cells stay, nothing half-made is left: clearing takes the list away; a correction says so too."""
    book = opened(lead(" 甲　公司", 联系方式=None))
    book.sheets[0].impl.sheet.protection.set_password("secret")
    before = state(book.sheets[0])
    told = press("check", book)[0]
    assert "设有保护口令" in told and "Ctrl+Z" not in told and LIST in [sheet.name for sheet in book.sheets]
    assert press("clear_marks", book) == ["标记已清除。"] and LIST not in [sheet.name for sheet in book.sheets]
    press("fix_preview", book)
    book.impl.com.ReadOnly = True
    told = press("fix_apply", book)[0]
    assert told.startswith("已更正 0 处") and "只读" in told and "设有保护口令" in told
    assert state(book.sheets[0]) == before


def test_a_workbook_whose_structure_is_protected_is_refused_before_anything_changes(opened):
    """No sheet can be added; it says how to go on."""
    book = opened(lead("甲公司", 联系方式=None))
    book.impl.com.ProtectStructure = True
    before = state(book.sheets[0])
    assert "结构受保护" in press("check", book)[0]
    assert state(book.sheets[0]) == before
