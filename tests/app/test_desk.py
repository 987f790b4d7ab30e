"""The import desk: one page and one workbook of an import, without personal data, and nothing in it that acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from tests.support.office import lead

pytestmark = pytest.mark.slow
PHONE = "13900003302"
EVIL = "<img src=x onerror=alert(1)>"


class Links(HTMLParser):
    """Where a page leads, and what elements it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep it."""
        self.tags.add(tag)
        self.to += [value for name, value in attrs if name in ("href", "src", "action")]


@pytest.fixture(scope="module")
def folder_of_files():
    """How the files of the folder are named: by people."""
    return {"good": "王小明江城公交.xlsx", "part": "=cmd滨江客运.xlsx", "refused": "信 李四13900003302.xlsx"}


@pytest.fixture
def desk(staffed, folder_of_files):
    """The desk of a folder of three files: one in order, one partly returned, one that is no workbook; beside them what the office took in before."""
    first = staffed.leads("D001", folder_of_files["good"], [lead("江城公交")])
    staffed.leads(
        "D002", folder_of_files["part"], [lead("滨江客运", 联系方式=PHONE), lead("滨江物流", **{"标的量(台)": EVIL})]
    )
    (first.parent / folder_of_files["refused"]).write_bytes(b"From: a@example.com\nSubject: x\n\nhello")
    out = staffed.folder / "收件台"
    said = staffed.run("import", first.parent, "--received-at", "2026-01-05T09:00:00", "--desk", out, code=2)
    assert said.count("收件处理已备好") == 2
    return out


def test_every_file_has_its_result_its_reply_and_who_it_waits_for(desk):
    """In the workbook as on the page; links lead to what was written."""
    (own,) = desk.iterdir()
    book = load_workbook(own / "收件处理.xlsx")
    assert book.sheetnames == ["封面", "文件", "等待办理", "问题"]
    rows = [row[:11] for row in book["文件"].iter_rows(min_row=5, max_row=8, values_only=True)]
    assert sorted((row[1], row[4], row[7], row[8]) for row in rows) == [
        ("全部接收", "D001", 1, 0),
        ("未读取", "未识别", 0, 0),
        ("没有变化", "—", 0, 0),
        ("部分退回", "D002", 1, 1),
    ]
    assert all((own / row[10]).is_file() for row in rows)
    waiting = {(row[0], row[1]): row[2:6] for row in book["等待办理"].iter_rows(min_row=5, values_only=True) if row[0]}
    (back,) = [value for (who, _), value in waiting.items() if who.startswith("D002")]
    assert (back[0], back[1].date().isoformat(), back[2]) == (1, "2026-01-08", "待改正")
    assert [what for who, what in waiting if who.startswith(("D001", "D002"))] == ["改正退回的行，重新提交（行）"]
    assert waiting["未识别的提报人", "重新提交未读取的文件（个）"][0] == 1
    assert any(what == "首次提报信息转交科室" and value[0] == 2 for (_, what), value in waiting.items())
    text = (own / "收件处理.html").read_text(encoding="utf-8")
    links = Links(text)
    assert links.to and all((own / unquote(link)).exists() for link in links.to)
    assert {"D001", "D002"} < set(re.findall(r">([^<>]+)</a>", text))


def test_neither_names_of_files_nor_what_was_typed_stand_on_it(desk, folder_of_files):
    """No customer, contact or phone, no file's own name, no formula, no script; all of it is shown as text."""
    (own,) = desk.iterdir()
    text = (own / "收件处理.html").read_text(encoding="utf-8")
    book = load_workbook(own / "收件处理.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    whole = text + "\n".join(cell.value for cell in cells)
    secrets = [PHONE, "江城", "滨江", "王小明", "李四", "cmd", "onerror", "hello", *folder_of_files.values()]
    assert [secret for secret in secrets if secret in whole or secret in unquote(whole)] == []
    assert not Links(text).tags & {"script", "img", "iframe", "form", "object"}
    assert [cell.coordinate for cell in cells if cell.data_type == "f" and not cell.value.startswith("=S")] == []


def test_an_earlier_import_keeps_its_page(staffed, desk):
    """The same folder again: another page, the first untouched; what is known already has not changed."""
    (first,) = desk.iterdir()
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    (source,) = [path for path in (staffed.folder).rglob("王小明江城公交.xlsx")]
    staffed.run("import", source, "--received-at", "2026-01-06T09:00:00", "--desk", desk)
    second = next(path for path in desk.iterdir() if path != first)
    assert {path: path.read_bytes() for path in before} == before
    assert load_workbook(second / "收件处理.xlsx")["文件"]["B5"].value == "没有变化"


def test_a_file_that_was_taken_whole_asks_for_another_thing_than_one_returned(staffed):
    """A row that was taken and counts as invalid (5.4) is to be looked at: nothing was returned, no term runs."""
    path = staffed.leads("D001", "少.xlsx", [lead("江城公交"), lead("皖南物流", **{"标的量(台)": 2})])
    out = staffed.folder / "收件台"
    staffed.run("import", path, "--received-at", "2026-01-05T09:00:00", "--desk", out, code=1)
    book = load_workbook(next(out.rglob("收件处理.xlsx")))
    assert [cell.value for cell in book["文件"][5]][1] == "全部接收"
    rows = [row for row in book["等待办理"].iter_rows(min_row=5, values_only=True) if str(row[0]).startswith("D001")]
    assert [row[1:5] for row in rows] == [("核对有问题的行，已经接收（行）", 1, None, "待核对")]
