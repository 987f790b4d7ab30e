"""Feedback workbooks, receipts and replies under a password: out, filled in, back in, and traced to whom they were for."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.office import lead
from workbench.platform.documents import marked_copies
from workbench.platform.documents.found_marks import is_protected, unprotect
from workbench.platform.forms.unlocked import locked

pytestmark = pytest.mark.slow

SECTION, DEALER = "山谷里传来三声钟响", "河边第七棵柳树开花"
PHONE = "13900001111"


@pytest.fixture
def waiting(staffed, prepared):
    """A lead that waits to be dispatched."""
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    prepared(staffed.folder, "one lead to protect", lambda: staffed.receive(path, "2026-01-05T09:00:00", code=0))
    return staffed


@pytest.fixture
def listed(waiting) -> Path:
    """The office's list of passwords, as Chinese Excel saves it."""
    path = waiting.folder / "口令.csv"
    path.write_bytes(f"recipient,password\r\nS002,{SECTION}\r\nD001,{DEALER}\r\n".encode("gb18030"))
    return path


def dispatched(office, listed: Path | None = None) -> dict:
    """The one workbook handed to the section."""
    given = ["--passwords", listed] if listed else []
    told = office.ask(
        "dispatch", "--at", "2026-01-06T09:00:00", "--out", office.folder / "转交", "--protect", *given, code=0
    )
    (copy,) = told["copies"]
    assert told["files"] == [copy["file"]] and told["sections"] == {"S002": 1}
    return copy


def filled_in(raw: bytes, verdict: str = "有效", expiry: str | None = "2026-12-31") -> bytes:
    """A feedback workbook as Excel saves it: cells filled in, every other part as it was."""
    parts, sheet = marked_copies.unpack(raw), "xl/worksheets/sheet1.xml"
    lines = list(load_workbook(BytesIO(raw)).worksheets[0].iter_rows())
    heads = next(line for line in lines if any(str(cell.value).startswith("甄别结论") for cell in line))
    given = {"甄别结论": verdict, "到期日期": expiry, "项目责任人": "孙反馈"}
    row = heads[0].row + 1
    whole = re.search(rf'(<row r="{row}"[^>]*>)(.*?)(</row>)'.encode(), parts[sheet])
    cells = {
        cell[0]: cell[1] for cell in re.findall(rf'(?=<c r="([A-Z]+){row}")(<c [^>]*?/>|<c .*?</c>)', whole[2].decode())
    }
    for head in heads:
        if text := given.get(str(head.value).rstrip("*")):
            cells[head.column_letter] = f'<c r="{head.column_letter}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
    inside = "".join(cells[name] for name in sorted(cells, key=lambda name: (len(name), name)))
    parts[sheet] = parts[sheet].replace(whole[0], whole[1] + inside.encode() + whole[3])
    return marked_copies.pack(parts)


def returned(office, copy: dict, password: str, **given) -> Path:
    """The section's answer, under the same password, in the inbox."""
    path = office.folder / "收件" / "回来的反馈.xlsx"
    inside = unprotect(Path(copy["file"]).read_bytes(), password)
    path.write_bytes(locked(filled_in(inside, **given), password))
    return path


def test_what_goes_to_a_section_is_under_its_password_and_comes_back_under_it(waiting, listed, tmp_path):
    """No contact in clear in the folder; the answer is taken in with the same list; its ticket still names the section."""
    copy = dispatched(waiting, listed)
    assert copy["recipient"] == "S002" and copy["password"] is None
    assert [path.name for path in (waiting.folder / "转交").iterdir()] == [Path(copy["file"]).name]
    raw = Path(copy["file"]).read_bytes()
    assert is_protected(raw) and PHONE.encode() not in raw
    inside = load_workbook(BytesIO(unprotect(raw, SECTION)))
    assert PHONE in [str(cell.value) for line in inside.worksheets[0] for cell in line]
    assert f"副本 {copy['code']}　仅供 S002 使用" in inside.worksheets[0].oddHeader.center.text
    answer = returned(waiting, copy, SECTION)
    said = waiting.ask("import", answer, "--received-at", "2026-01-07T09:00:00", code=2)["files"][0]
    assert said["refused"] and "打开密码" in said["findings"][0]["message"]
    said = waiting.ask("import", answer, "--received-at", "2026-01-07T09:00:00", "--passwords", listed, code=None)[
        "files"
    ][0]
    assert (said["accepted"], said["returned"]) == (1, 0)
    assert waiting.by_customer()["江城客运公司"]["status"] == "已立项"
    (found,) = waiting.ask("deliver", "trace", answer, "--password-file", _secret(tmp_path, SECTION), code=0)
    assert (found["recipient"], found["code"], found["how"]) == ("S002", copy["code"], "ticket")
    row = waiting.ask("deliver", "list", code=0)[-1]
    assert (row["recipient"], row["report"], row["code"]) == ("S002", "甄别反馈", copy["code"])
    waiting.run("audit", "verify", code=0)


def _secret(folder: Path, text: str) -> Path:
    path = folder / "口令.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_password_that_was_made_opens_it_and_another_copy_has_another(waiting, monkeypatch):
    """A section that lost its password gets the batch again, under a new password and another mark."""
    first = dispatched(waiting)
    assert len(first["password"]) == 23
    told = waiting.ask("dispatch", "--batch", 1, "--out", waiting.folder / "转交", "--protect", code=0)
    (again,) = told["copies"]
    assert again["password"] != first["password"] and again["code"] != first["code"] and told["kept"] == []
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", again["password"])
    said = waiting.ask("import", returned(waiting, again, again["password"]), "--received-at", "2026-01-07T09:00:00")
    assert said["files"][0]["accepted"] == 1


def test_nothing_is_dispatched_under_a_weak_password(waiting, listed):
    """Refused before the leads are handed on; so is a list without an owner, and a password without protection."""
    out = waiting.folder / "转交"
    listed.write_text("recipient,password\nS002,12345678\n", encoding="utf-8")
    waiting.run("dispatch", "--out", out, "--protect", "--passwords", listed, code=2)
    assert "口令太弱" in waiting.said
    listed.write_text(f"单位,口令\nS002,{SECTION}\n", encoding="utf-8")
    waiting.run("dispatch", "--out", out, "--protect", "--passwords", listed, code=2)
    assert "recipient,password" in waiting.said
    waiting.run("dispatch", "--out", out, "--passwords", listed, code=2)
    assert "--protect" in waiting.said
    assert waiting.by_customer()["江城客运公司"]["status"] == "已接收"
    assert not list(out.glob("*.xlsx"))


def test_a_wrong_password_is_said_and_the_other_files_are_taken_in(waiting, listed):
    """It costs that file alone."""
    copy = dispatched(waiting, listed)
    answer = returned(waiting, copy, SECTION)
    other = waiting.leads("D002", "二.xlsx", [lead("滨江客运", 联系方式="13900003302")])
    listed.write_text(f"recipient,password\nS002,{DEALER}\n", encoding="utf-8")
    told = waiting.ask("import", answer, other, "--received-at", "2026-01-07T09:00:00", "--passwords", listed, code=2)[
        "files"
    ]
    assert [each["refused"] for each in told] == [True, False]
    assert "所给的口令都打不开" in told[0]["findings"][0]["message"]


def test_replies_and_receipts_go_to_their_sender_alone(waiting, listed, tmp_path):
    """Marked copy and receipt under the dealer's password, marked as his; a receipt verifies with it."""
    path = waiting.leads("D001", "二 13700001234.xlsx", [lead("滨江客运"), lead("滨江物流", 联系方式=None)])
    replies, receipts = waiting.folder / "回复", waiting.folder / "回执"
    told = waiting.ask(
        "import", path, "--received-at", "2026-01-07T09:00:00", "--replies", replies, "--receipts", receipts,
        "--protect", "--passwords", listed, code=1,
    )  # fmt: skip
    copies = {copy["recipient"]: copy for copy in told["copies"]}
    assert len(told["copies"]) == 2 and set(copies) == {"D001"} and copies["D001"]["password"] is None
    number = told["files"][0]["number"]
    marked, slip = (Path(copy["file"]) for copy in told["copies"])
    assert marked.name.startswith(f"批注_文件{number}_副本_") and slip.name.startswith(
        f"收件回执_D001_{number:06d}_副本_"
    )
    assert sorted(path.name for path in (replies / "D001").iterdir()) == sorted([marked.name, "回复.txt"])
    assert marked.name in (replies / "D001" / "回复.txt").read_text(encoding="utf-8-sig")
    assert [path.name for path in receipts.iterdir()] == [slip.name]
    book = load_workbook(BytesIO(unprotect(marked.read_bytes(), DEALER)))
    assert book.worksheets[0]["B7"].value == "滨江客运" and "D001" in book.worksheets[0].oddHeader.center.text
    waiting.run("receipt", "verify", slip, "--file", path, "--password-file", _secret(tmp_path, DEALER), code=0)
    waiting.run("receipt", "verify", slip, "--password-file", _secret(tmp_path, SECTION), code=2)
    assert "打开口令不对" in waiting.said
    waiting.run("receipt", "verify", slip, code=2)
    assert "打开密码" in waiting.said
    again = waiting.ask("receipt", "make", number, "--out", receipts, "--protect", code=0)
    (copy,) = again["copies"]
    assert copy["recipient"] == "D001" and copy["password"] and again["files"] == [copy["file"]]


def test_what_came_under_a_password_goes_back_under_it(waiting, listed):
    """A reply to a protected answer is no copy in clear, whether or not protection was asked for; the mark stays in it."""
    copy = dispatched(waiting, listed)
    answer = returned(waiting, copy, SECTION, verdict="不知道", expiry=None)
    out = waiting.folder / "回复"
    waiting.run(
        "import", answer, "--received-at", "2026-01-07T09:00:00", "--passwords", listed, "--replies", out, code=1
    )
    (marked,) = out.rglob("*批注*.xlsx")
    raw = marked.read_bytes()
    assert is_protected(raw)
    inside = unprotect(raw, SECTION)
    assert copy["code"] in marked_copies.codes_in(marked_copies.unpack(inside))
    told = waiting.ask(
        "import", answer, "--received-at", "2026-01-07T09:00:00", "--passwords", listed, "--replies", out, "--protect",
        code=None,
    )  # fmt: skip
    assert told["copies"] == []  # taken in before: nothing goes back
    checked = waiting.folder / "检查"
    waiting.run("check", answer, "--annotate", checked, "--passwords", listed, code=1)
    (plain,) = checked.glob("*.xlsx")
    unprotect(plain.read_bytes(), SECTION)


def test_a_marked_copy_of_a_copy_bears_the_later_mark_alone(waiting, listed):
    """The section's answer goes back to it marked anew: header and property hold the later mark."""
    copy = dispatched(waiting, listed)
    answer = returned(waiting, copy, SECTION, verdict="不知道", expiry=None)
    told = waiting.ask(
        "import", answer, "--received-at", "2026-01-07T09:00:00", "--passwords", listed,
        "--replies", waiting.folder / "回复", "--protect", code=1,
    )  # fmt: skip
    (later,) = told["copies"]
    assert later["recipient"] == "S002"
    parts = marked_copies.unpack(unprotect(Path(later["file"]).read_bytes(), SECTION))
    assert later["code"] in marked_copies.codes_in(parts)
    assert copy["code"] not in marked_copies.codes_in(parts)


def test_the_protected_workbook_is_dated_like_any_other(waiting, listed):
    """A batch written again under a password holds the same rows and dates."""
    copy = dispatched(waiting, listed)
    sheet = load_workbook(BytesIO(unprotect(Path(copy["file"]).read_bytes(), SECTION))).worksheets[0]
    waiting.run("dispatch", "--batch", 1, "--out", waiting.folder / "平常", code=0)
    (plain,) = (waiting.folder / "平常").glob("*.xlsx")
    values = [[cell.value for cell in line] for line in load_workbook(plain).worksheets[0]]
    assert [[cell.value for cell in line] for line in sheet] == values
    assert datetime(2026, 1, 8) in [value for line in values for value in line]
