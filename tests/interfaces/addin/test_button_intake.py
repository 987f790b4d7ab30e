"""The button 批量导入收件箱: a folder comes in as by the command and ends in its page; files under a password are asked about."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from tests.support.desktop import excel
from tests.support.office import PASSPHRASE, lead
from tests.support.person import Person, press
from workbench.app import settings
from workbench.app.options import common, take_common
from workbench.interfaces.addin.callbacks import run_button

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]
PASSWORD = "河边第七棵柳树开花"


@pytest.fixture
def office(staffed, monkeypatch):
    """An office whose register the add-in remembers, on a working morning; the pages that the browser opened."""
    take_common([])
    monkeypatch.setattr(common, "register", None)
    with staffed.opened() as session:
        settings.keep(register=str(staffed.folder / "登记册.db"), user=session.user)
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2026, 1, 12, 9))
    staffed.pages = []
    monkeypatch.setattr("webbrowser.open", staffed.pages.append)
    return staffed


def arrived(office, *rows) -> Path:
    """One dealer's file in a folder of its own."""
    folder = office.folder / "今日"
    folder.mkdir()
    return office.leads("D001", "一.xlsx", list(rows)).rename(folder / "一.xlsx")


def under_password(path: Path) -> Path:
    """The same file, under a password."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(path.read_bytes())).encrypt(PASSWORD, out)
    path.write_bytes(out.getvalue())
    return path


def test_a_folder_ends_in_a_page(office):
    """Good, partly returned, none of ours: counted, replies ready, page and workbook open."""
    good = arrived(office, lead("甲公司"), lead("乙公司", 联系方式=None))
    (good.parent / "信.xlsx").write_bytes(b"hello")
    book, out = excel().books.add(), office.folder / "收件台"
    told = press("import_folder", book, str(good.parent), str(out), True, "", PASSPHRASE)
    (folder,) = out.iterdir()
    assert told == [f"2 个文件：接收 1 行，退回 1 行，未读取 1 个。页面和回复在 {folder}。"]
    assert office.pages == [(folder / "收件处理.html").resolve().as_uri()]
    assert book.app.books[-1].fullname == str(folder / "收件处理.xlsx")
    assert len(list((folder / "回复").rglob("*批注*"))) >= 1
    assert list(office.by_customer()) == ["甲公司"]
    assert settings.read()["inbox"] == str(good.parent) and settings.read()["desk"] == str(out)


def test_what_stands_is_told_where_its_page_cannot_be_written(office):
    """The rows are in the register: nobody is told that nothing came of it."""
    path, out = arrived(office, lead("甲公司")), office.folder / "收件台"
    out.write_bytes(b"")  # a file where the page's folder would be
    (told,) = press("import_folder", excel().books.add(), str(path.parent), str(out), True, "", PASSPHRASE)
    assert "接收 1 行" in told and "没有完成" not in told
    assert list(office.by_customer()) == ["甲公司"]


def test_nothing_is_taken_in_where_somebody_thinks_again(office):
    """At the folder, at the question; an empty folder is said."""
    path = arrived(office, lead("甲公司"))
    book, out = excel().books.add(), str(office.folder / "收件台")
    assert press("import_folder", book, None) == ["已取消，没有改动。"]
    assert press("import_folder", book, str(path.parent), out, False) == ["已取消，没有改动。"]
    (office.folder / "空").mkdir()
    assert press("import_folder", book, str(office.folder / "空"), out) == ["这个文件夹里没有可以导入的文件。"]
    assert office.by_customer() == {} and office.pages == []


@pytest.mark.parametrize(
    ("typed", "accepted", "word"),
    [(PASSWORD, 1, "接收 1 行"), ("另一个口令十二个字", 0, "未读取 1 个"), (None, 0, "未读取 1 个")],
    ids=["the right one", "another one", "none"],
)
def test_files_under_a_password_are_asked_about_once(office, typed, accepted, word):
    """The right one opens them; with another one or none they are refused with the reason, the rest comes in."""
    path = under_password(arrived(office, lead("甲公司")))
    before = path.read_bytes()
    person = Person(str(path.parent), str(office.folder / "收件台"), True, typed, "", PASSPHRASE)
    run_button("import_folder", excel().books.add(), person)
    assert word in person.told[-1] and len(office.by_customer()) == accepted
    assert path.read_bytes() == before
    if not accepted:
        (book,) = (office.folder / "收件台").rglob("收件处理.xlsx")
        said = [str(cell.value) for row in load_workbook(book)["问题"].iter_rows() for cell in row]
        assert any("密码" in text for text in said)
    assert PASSWORD not in settings.place().read_text(encoding="utf-8")


def test_the_open_workbook_under_a_password_is_imported_after_asking(office, monkeypatch):
    """The file on the disk, as it came; who has no password gets a plain answer in Excel's words; a list is enough."""
    path = arrived(office, lead("甲公司"))
    app = excel()
    book = app.books.open(str(path))
    under_password(path)
    (told,) = press("import", book, None, "", PASSPHRASE)
    assert "加了打开密码" in told and "再点一次导入并输入密码" in told and "--passwords" not in told
    listed = office.folder / "口令.csv"
    listed.write_text(f"recipient,password\nD001,{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_PASSWORDS", str(listed))
    assert "接收 1 行" in press("import", book)[-1]
    assert list(office.by_customer()) == ["甲公司"]
