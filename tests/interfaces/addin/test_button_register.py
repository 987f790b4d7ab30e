"""Buttons on the register: what a press does is what the command does, and refusals are sentences."""

from __future__ import annotations

import json
import re
import time
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest
from openpyxl import load_workbook
from xlwings import XlwingsError

from tests.support.desktop import excel
from tests.support.office import PASSPHRASE, lead
from tests.support.person import Person, press
from workbench.app import run_log, settings, unlock
from workbench.app.manual import PAGES
from workbench.app.options import common, take_common
from workbench.core.errors import WrongUse
from workbench.interfaces.addin.buttons_register import MARK
from workbench.interfaces.addin.callbacks import run_button
from workbench.platform.register import proof

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]


@pytest.fixture
def register(staffed, monkeypatch):
    """An office whose register the add-in remembers, and the time of a working morning."""
    take_common([])
    monkeypatch.setattr(common, "register", None)
    with staffed.opened() as session:
        user = session.user
    settings.keep(register=str(staffed.folder / "登记册.db"), user=user)
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2026, 1, 12, 9))
    return staffed


def unlocked(book):
    """Press unlock with the right passphrase."""
    return press("unlock", book, "", PASSPHRASE)


def test_windows_speak_the_language_the_add_in_was_installed_with(register, monkeypatch):
    """Questions, messages, refusals and the status bar; what is written into a workbook stays Chinese."""
    settings.keep(lang="en")
    monkeypatch.setattr(common, "lang", settings.language())
    path = register.leads("D001", "一月.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    app = excel()
    book = app.books.open(str(path))
    wrong = Person("", "wrong words here")
    run_button("unlock", book, wrong)
    person = Person("", PASSPHRASE)
    run_button("import", book, person)
    said = [*wrong.asked, *wrong.told, *person.asked, *person.told, *press("lock", book), *press("next_error", book)]
    assert person.told == ["Received 2026-01-12 09:00:00; 1 rows accepted, 1 returned."]
    assert [text for text in said if re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)] == []
    assert any("hold Esc to cancel" in str(text) for text in app.impl.said)
    (result,) = [other for other in app.books if other.name != book.name]
    assert "不予接收" in result.sheets[0].range("F5").value
    monkeypatch.setenv("WORKBENCH_LANG", "zh")
    assert settings.language() is None


def test_unlock_and_lock(register):
    """The user is proposed, the passphrase typed; a wrong one is a sentence and stays locked; nothing secret is kept."""
    book = excel().books.add()
    assert "口令" in press("unlock", book, "", "wrong words here")[0] and unlock.status() is None
    assert press("unlock", book, None) == ["已取消，没有改动。"]
    assert "已解锁登记册 登记册.db" in unlocked(book)[0] and unlock.status()
    assert press("lock", book) == ["登记册已锁定。"] and unlock.status() is None
    assert PASSPHRASE not in settings.place().read_text(encoding="utf-8")
    assert set(json.loads(settings.place().read_text(encoding="utf-8"))) == {"register", "user"}


def test_unlocking_says_how_the_last_unattended_run_went(register):
    """A failure with its sentence; nothing of a run where there was none."""
    book = excel().books.add()
    assert "自动运行" not in unlocked(book)[0]
    folder = register.folder / "登记册.db.reports"
    with pytest.raises(WrongUse), run_log.logged(folder):
        raise WrongUse("running")
    assert "失败 1 项：另一处正在自动办理" in unlocked(book)[0]
    with run_log.logged(folder):
        pass
    assert "没有失败" in unlocked(book)[0]


def test_import_takes_the_open_workbook_and_lists_what_was_said(register):
    """The same leads and findings as the command; a locked register asks for the passphrase first."""
    path = register.leads("D001", "一月.xlsx", [lead("甲公司"), lead("乙公司", 联系方式=None)])
    app = excel()
    book = app.books.open(str(path))
    told = press("import", book, "", PASSPHRASE)
    assert told == ["收到 2026-01-12 09:00:00；接收 1 行，退回 1 行。"]
    (result,) = [other for other in app.books if other.name != book.name]
    assert "不予接收" in result.sheets[0].range("F5").value
    assert [row["customer"] for row in register.ask("leads")] == ["甲公司"]
    assert "未变" in press("import", book)[0] or "接收 0 行" in press("import", book)[0]


def test_an_unsaved_workbook_is_not_imported(register):
    """There is no file whose receipt could be recorded."""
    assert "另存为" in press("import", excel().books.add())[0]
    assert register.ask("leads") == []


def test_a_workbook_in_a_cloud_is_refused_in_a_sentence(register, monkeypatch):
    """OneDrive and SharePoint: xlwings knows no file of this computer."""
    book = excel().books.open(str(register.leads("D001", "一月.xlsx", [lead("甲公司")])))

    def cloud(_) -> str:
        raise XlwingsError("https://example.sharepoint.com")

    monkeypatch.setattr(type(book.impl), "fullname", property(cloud))
    assert "云端" in press("import", book)[0]


def test_the_file_is_imported_as_it_came(register):
    """Unsaved changes are asked about and stay out; not a byte of the file changes, and its digest is the sender's."""
    path = register.leads("D001", "一月.xlsx", [lead("甲公司")])
    sent = path.read_bytes()
    book = excel().books.open(str(path))
    book.impl.api.Saved = False
    assert press("import", book, 2) == ["已取消，没有改动。"]
    assert register.ask("leads") == []
    assert press("import", book, 0, "", PASSPHRASE) == ["收到 2026-01-12 09:00:00；接收 1 行，退回 0 行。"]
    assert path.read_bytes() == sent
    with register.opened() as session:
        assert session.register.read("document", ["sha256"])["sha256"].tolist()[-1] == sha256(sent).hexdigest()


def test_changes_that_are_not_saved_are_imported_from_a_copy(register):
    """The file stays as it came; the copy is put where the person says, under a name of its own, and is opened."""
    path = register.leads("D001", "一月.xlsx", [lead("甲公司")])
    sent = path.read_bytes()
    book = excel().books.open(str(path))
    sheet = book.sheets[0].impl.sheet
    next(cell for row in sheet.iter_rows() for cell in row if cell.value == "甲公司").value = "乙公司"
    book.impl.api.Saved = False
    folder = register.folder / "副本"
    folder.mkdir()
    (folder / "一月_含改动.xlsx").touch()
    assert press("import", book, 1, str(folder), "", PASSPHRASE)[0].endswith("接收 1 行，退回 0 行。")
    copy = folder / "一月_含改动_2.xlsx"
    assert path.read_bytes() == sent and book.app.books.active.fullname == str(copy)
    with register.opened() as session:
        digest = session.register.read("document", ["sha256"])["sha256"].tolist()[-1]
    assert digest == sha256(copy.read_bytes()).hexdigest()
    assert [row["customer"] for row in register.ask("leads")] == ["乙公司"]


def test_statuses_beside_numbers_are_refreshed_and_marked(register):
    """What is new is filled, what changed is coloured and keeps its old text in a comment, the rest stays."""
    register.receive(
        register.leads("D001", "一月.xlsx", [lead("甲公司"), lead("乙公司", 联系方式="13900003333")]),
        "2026-01-05T10:00:00",
    )
    numbers = [row["number"] for row in register.ask("leads")]
    book = excel().books.add()
    sheet = book.sheets[0]
    sheet.range("A1").value = [
        ["信息编号", "备忘", "状态"],
        [numbers[0], "约周五", "旧状态"],
        [numbers[1], "", ""],
        ["X", "", "手填"],
    ]
    unlocked(book)
    assert press("statuses", book) == ["状态有变化 1 处（绿底）。1 个编号不在登记册中，未填。"]
    expected = {row["number"]: row for row in register.ask("leads")}
    assert sheet.range("C2").value == expected[numbers[0]]["status"] == "已接收"
    assert sheet.range("C2").note.text == "原为：旧状态" and sheet.range("C2").color == MARK
    assert sheet.range("C3").value == "已接收" and sheet.range("C3").color is None
    assert sheet.range("B2").value == "约周五" and sheet.range("C4").value == "手填"
    assert sheet.range("E1").value == "计入月份"


def test_statuses_without_numbers_are_listed_anew(register):
    """The sheet in front stays as it is."""
    register.receive(register.leads("D001", "一月.xlsx", [lead("甲公司")]), "2026-01-05T10:00:00")
    app = excel()
    book = app.books.add()
    book.sheets[0].range("A1").value = "随手记"
    unlocked(book)
    press("statuses", book)
    page = next(other for other in app.books if other.name != book.name).sheets[0]
    assert page.range("B5").value == "甲公司" and page.range("H5").value == "已接收"
    assert book.sheets[0].used_range.value == "随手记"


def test_suspected_duplicates_are_decided_in_excel(register):
    """The review workbook opens; a verdict typed there and imported by the button decides."""
    register.receive(register.leads("D001", "甲.xlsx", [lead("芜湖星辰科技有限公司")]), "2026-01-05T10:00:00")
    register.receive(
        register.leads("D002", "乙.xlsx", [lead("芜湖星晨科技有限公司", 联系方式="13900003333")]), "2026-01-06T10:00:00"
    )
    app = excel()
    book = app.books.add()
    unlocked(book)
    assert "导入本工作簿" in press("review", book, str(register.folder / "复核"))[0]
    opened = next(other for other in app.books if "疑似重复复核" in other.name)
    model = opened.sheets[0].impl.sheet
    head = next(cell for line in model.iter_rows(max_row=20) for cell in line if cell.value == "复核结论")
    model.cell(head.row + 1, head.column).value = "不重复"
    opened.save()
    told = press("import", opened)
    assert "接收 1 行" in told[0], told
    assert {row["status"] for row in register.ask("leads")} == {"已接收"}
    assert press("review", book, str(register.folder / "复核")) == ["没有待复核的信息。"]


def test_dispatch_writes_one_workbook_per_section(register):
    """After a yes; a no changes nothing."""
    register.receive(register.leads("D001", "一月.xlsx", [lead("甲公司")]), "2026-01-05T10:00:00")
    book = excel().books.add()
    unlocked(book)
    folder = register.folder / "转交"
    assert press("dispatch", book, str(folder), False) == ["已取消，没有改动。"]
    assert {row["status"] for row in register.ask("leads")} == {"已接收"}
    assert press("dispatch", book, str(folder), True)[0].startswith("转交 1 条。")
    assert {row["status"] for row in register.ask("leads")} == {"待甄别"} and len(list(folder.glob("*.xlsx"))) == 1


@pytest.mark.parametrize(
    ("day", "said"),
    [(12, "已发布。已生成"), (13, "已发布（逾期，第7.3.2条）。已生成")],
    ids=["the working day after a Saturday (D31)", "a day later"],
)
def test_publication_is_recorded_and_opened(register, monkeypatch, day, said):
    """The latest date is proposed; what is late is told; the workbook made by the notebook is opened."""
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2026, 1, day, 9))
    register.receive(register.leads("D001", "一月.xlsx", [lead("甲公司")]), "2026-01-05T10:00:00")
    app = excel()
    book = app.books.add()
    unlocked(book)
    assert press("publish", book, "", str(register.folder / "通报"), True, None) == ["已取消，没有改动。"]
    with register.opened() as session:
        assert session.register.read("publication", ["due_on"]).empty
    person = Person("", str(register.folder / "通报"), True, PASSPHRASE)
    run_button("publish", book, person)
    assert person.told[0].startswith(said), person.told
    made = next((register.folder / "通报").glob("*.xlsx"))
    assert made.name in [other.name for other in app.books] and load_workbook(made).sheetnames
    with register.opened() as session:
        (row,) = session.register.read("publication", ["due_on"]).itertuples(index=False)
    assert row.due_on.date() == date(2026, 1, 10)


def test_a_receipt_is_issued_for_the_open_workbook(register):
    """The slip is opened; it verifies with the public key; a workbook that was never imported has none."""
    path = register.leads("D001", "一月.xlsx", [lead("甲公司")])
    app = excel()
    book = app.books.open(str(path))
    unlocked(book)
    folder = str(register.folder / "回执")
    told = press("receipt", book, folder)
    assert "回执已写到" not in told[0]
    press("import", book)
    received = path.read_bytes()
    time.sleep(1.1)  # saved now, it would name another second
    told = press("receipt", book, folder)
    assert path.read_bytes() == received
    assert "回执已写到" in told[0], told
    (slip,) = (register.folder / "回执").glob("*.xlsx")
    assert slip.name in [other.name for other in app.books]
    register.run("receipt", "verify", slip)
    assert "13900001111" not in (register.folder / "回执" / slip.with_suffix(".html").name).read_text(encoding="utf-8")


def test_a_quarter_is_tried_under_another_parameter(register):
    """The comparison opens, marked unofficial; nothing is written into the register; nonsense is a sentence."""
    register.receive(register.leads("D001", "一月.xlsx", [lead("甲公司")]), "2026-01-05T10:00:00")
    app = excel()
    book = app.books.add()
    unlocked(book)
    with register.opened() as session:
        number = session.register.count("entry")
    person = Person("2026Q1", "dealer_conversion_rate=30%", str(register.folder / "测算"), PASSPHRASE)
    run_button("whatif", book, person)
    made = next((register.folder / "测算").glob("*.xlsx"))
    assert made.name in [other.name for other in app.books], person.told
    sheets = load_workbook(made).worksheets
    assert all("非正式" in str(sheet.oddHeader.center.text or sheet.oddHeader.left.text) for sheet in sheets)
    assert "nonsense" in press("whatif", book, "2026Q1", "nonsense=1")[0]
    with register.opened() as session:  # the digest of the paper is an entry, and no row goes with it
        assert session.register.read("entry", ["action"])["action"].tolist()[number:] == ["report"]
        assert number + 1 not in proof.written(session.register)


def test_a_customers_card_is_made_of_the_name_in_the_chosen_cell(register):
    """The name in front is proposed; the card opens, in a folder named by his number; an unknown customer is a sentence."""
    register.receive(register.leads("D001", "一月.xlsx", [lead("甲公司")]), "2026-01-05T10:00:00")
    app = excel()
    book = app.books.add()
    unlocked(book)
    book.sheets[0].range("A1").value = "甲公司"
    book.sheets[0].range("A1").select()
    folder = register.folder / "报告"
    person = Person("", str(folder), PASSPHRASE)
    run_button("customer_card", book, person)
    assert "已生成" in person.told[0], person.told
    (made,) = folder.rglob("*.xlsx")
    assert made.name in [other.name for other in app.books] and "甲公司" not in str(made)
    assert load_workbook(made)["信息"]["A5"].value
    assert "没有" in press("customer_card", book, "乙公司")[0]


@pytest.mark.slow
def test_esc_stops_a_report_while_its_notebook_runs(register, monkeypatch):
    """Between two cells: nothing is left in the folder; a publication that is recorded already is made to its end."""
    register.receive(register.leads("D001", "一月.xlsx", [lead("甲公司")]), "2026-01-05T10:00:00")
    app = excel()
    book = app.books.add()
    unlocked(book)
    held = {"Esc": False}
    monkeypatch.setattr(
        "workbench.interfaces.addin.progress.Progress.__init__.__defaults__", (lambda: held["Esc"], None)
    )
    said = []
    monkeypatch.setattr(
        type(app.impl),
        "status_bar",
        property(lambda self: None, lambda self, text: hold(held, said, text)),
        raising=False,
    )
    folder = register.folder / "报告"
    assert press("settlement", book, "2026Q1", str(folder), PASSPHRASE) == ["已取消，没有改动。"]
    assert any("运行笔记本 3/" in str(text) for text in said)
    assert list(folder.iterdir()) == []
    held["Esc"] = False
    person = Person("", str(folder), True, PASSPHRASE)
    run_button("publish", book, person)
    assert "已生成" in person.told[0], person.told
    assert len(list(folder.glob("*.xlsx"))) == 1


def hold(held: dict, said: list, text: object) -> None:
    """Somebody holds Esc from the third cell on."""
    said.append(text)
    held["Esc"] |= "运行笔记本 3/" in str(text)


def test_what_a_role_may_not_do_is_refused_in_a_sentence(register):
    """Before anything is asked or written."""
    (register.folder / "新口令").write_text(PASSPHRASE + " support\n", encoding="utf-8")
    register.run("users", "add", "周支持", "--role", "support", "--new-passphrase-file", register.folder / "新口令")
    book = excel().books.add()
    press("unlock", book, "周支持", PASSPHRASE + " support")
    for button in ("review", "dispatch", "publish"):
        assert "无权" in press(button, book)[0], button


def test_a_fault_names_its_place_and_no_values(register, monkeypatch):
    """A fault of the program never reaches Excel as a traceback."""
    monkeypatch.setattr("workbench.capabilities.leads.reviews.write_reviews", lambda *_: 1 / 0)
    book = excel().books.add()
    unlocked(book)
    told = press("review", book, str(register.folder))
    assert "ZeroDivisionError" in told[0] and "buttons_register.py" in told[0]


def test_help_lists_every_button_with_its_command():
    """In a new workbook."""
    app = excel()
    press("help", app.books.add())
    page = app.books[1].sheets[0]
    assert page.range("D5").value == "workbench leads"
    titles = list(page.impl.sheet.iter_rows(min_col=2, max_col=2))[-len(PAGES) :]
    assert [cell.value for (cell,) in titles] == list(PAGES)
    for (cell,) in titles:
        made = Path(url2pathname(urlparse(cell.hyperlink.target).path))
        assert f"<h1>{cell.value}</h1>" in made.read_text(encoding="utf-8")


def test_targets_are_rolled_into_a_form_for_approval(unlocked_quarter, monkeypatch, tmp_path):
    """The last full month is proposed; the T4 opens with the numbers of the command; the approver is left to who approves."""
    take_common([])
    now = datetime(2026, 4, 5, 9)
    monkeypatch.setattr("workbench.app.clock.now", lambda: now)
    unlock.unlock(unlocked_quarter.folder / "登记册.db", None, PASSPHRASE, now)
    app = excel()
    told = press("roll_targets", app.books.add(), "2026-03", str(tmp_path / "目标"))
    made = unlocked_quarter.ask("targets", "roll", "2026-03", "--out", str(tmp_path / "命令"))
    assert made["departments"] and f"{sum(each['spread'] for each in made['departments'])} 条" in told[0]
    form, other = (
        load_workbook(next(folder.glob("T4*"))).worksheets[0] for folder in (tmp_path / "目标", tmp_path / "命令")
    )
    assert list(form.values) == list(other.values)
    assert any(
        "缺口滚动" in book.sheets[0].range(cell).value
        for book in app.books
        for cell in ("B4", "D4", "F4", "H4")
        if book.sheets[0].range(cell).value
    )
