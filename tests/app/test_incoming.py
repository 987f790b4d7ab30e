"""Archives and mails: the workbooks in them are taken in, each by its own name; a mail's time is offered, never taken."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.office import lead
from tests.support.other_formats import archive, mail, outlook_mail
from workbench.app.inbox import incoming
from workbench.core.errors import WrongUse
from workbench.core.file_names import name_of

RECEIVED = "Mon, 5 Jan 2026 01:12:33 +0000 (UTC)"
LEFT_BEHIND = {"Thumbs.db": b"x", "desktop.ini": b"x", "__MACOSX/甲/._甲.xlsx": b"x", "甲/~$甲.xlsx": b"x"}


def names(folder: Path, name: str, raw: bytes) -> list[str]:
    """What comes out of one file."""
    (folder / name).write_bytes(raw)
    with incoming([folder / name]) as came:
        assert all(path.is_file() for path in came.files)
        return [path.name for path in came.files]


def test_archives_are_taken_apart_as_deep_as_people_nest_them(tmp_path):
    """What systems leave behind is passed over; an archive that lies too deep stays one."""
    inner = archive({"甲/甲.xlsx": b"1", **LEFT_BEHIND})
    assert names(tmp_path, "包.zip", archive({"内.zip": inner, "乙/乙.xls": b"2"})) == ["甲.xlsx", "乙.xls"]
    deep = archive({"深.xlsx": b"1"})
    for level in range(4):
        deep = archive({f"{level}.zip": deep})
    assert names(tmp_path, "深.zip", deep) == ["1.zip"]


def test_names_are_read_as_chinese_windows_writes_them(tmp_path):
    """And lead nowhere."""
    assert names(tmp_path, "包.zip", archive({"江南店/提报.xlsx": b"1"}, chinese_windows=True)) == ["提报.xlsx"]
    assert names(tmp_path, "上.zip", archive({"../../出去.xlsx": b"1", "C:\\别处.xlsx": b"2"})) == [
        "出去.xlsx",
        "别处.xlsx",
    ]
    assert not (tmp_path.parent / "出去.xlsx").exists()


def test_two_files_of_one_name_stay_two(tmp_path):
    """From two folders of an archive."""
    assert names(tmp_path, "包.zip", archive({"甲/提报.xlsx": b"1", "乙/提报.xlsx": b"2"})) == ["提报.xlsx"] * 2


@pytest.mark.parametrize(
    "raw",
    [
        archive({f"{number}.xlsx": b"1" for number in range(501)}),
        archive({"大.xlsx": b" " * (24 << 20)}),
        archive({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}),
        archive({"Thumbs.db": b"x"}),
        b"PK\x03\x04" + b"x" * 100,
        mail({}),
        b"no mail",
        b"",
    ],
    ids=["too many", "bomb", "a workbook", "nothing handed in", "damaged", "no attachment", "text", "empty"],
)
def test_what_holds_nothing_stays_itself(tmp_path, raw):
    """Reading it says why."""
    assert names(tmp_path, "附件.zip", raw) == ["附件.zip"]


@pytest.mark.parametrize("make", [mail, lambda files, at: outlook_mail(files, f"Received: by x; {at}\r\n")])
def test_attachments_of_mails_come_with_the_time_of_the_last_server(tmp_path, make):
    """An archive among them is taken apart; the folder is gone afterwards."""
    path = tmp_path / "来信.msg"
    path.write_bytes(
        make({"提报.xlsx": b"PK" * 3000, "包.zip": archive({"乙.xlsx": b"2" * 5000}).ljust(5000)}, RECEIVED)
    )
    with incoming([path]) as came:
        assert [file.name for file in came.files] == ["提报.xlsx", "乙.xlsx"]
        assert set(came.inside.values()) == {path}
        assert came.mailed_at == {path: datetime(2026, 1, 5, 9, 12, 33)}
        kept = came.files[0]
    assert not kept.exists()


def test_outlooks_own_time_stands_in_where_a_mail_has_no_line_of_a_server(tmp_path):
    """Inside one company mails have none."""
    path = tmp_path / "来信.msg"
    path.write_bytes(outlook_mail({"提报.xlsx": b"1" * 5000}, delivered=datetime(2026, 1, 5, 1, 12, 33)))
    with incoming([path]) as came:
        assert came.mailed_at == {path: datetime(2026, 1, 5, 9, 12, 33)}


@pytest.mark.parametrize("at", ["", "yesterday", "Mon, 5 Jan 2026 09:12:33", "Mon, 99 Jan 2026 09:12:33 +0800"])
def test_a_time_that_proves_nothing_is_not_offered(tmp_path, at):
    """None, no time, none with a zone, no day."""
    path = tmp_path / "来信.eml"
    path.write_bytes(mail({"提报.xlsx": b"1"}, at))
    with incoming([path]) as came:
        assert [file.name for file in came.files] == ["提报.xlsx"] and not came.mailed_at


def test_an_import_offers_the_time_and_takes_the_lists(staffed):
    """The reminder names mail and time; a list that names the mail decides for all that is in it."""
    plain = staffed.leads("D001", "提报.xlsx", [lead("江城公交")])
    other = staffed.leads("D002", "二.xlsx", [lead("滨江客运", 联系方式="13900003302")])
    path = staffed.folder / "来信.eml"
    path.write_bytes(
        mail({"提报.xlsx": plain.read_bytes(), "包.zip": archive({"二.xlsx": other.read_bytes()})}, RECEIVED)
    )
    files = staffed.ask("import", path, "--receipts", staffed.folder / "回执", code=0)["files"]
    assert "来信.eml" in staffed.said and "2026-01-05 09:12:33" in staffed.said
    assert [(file["inside"], file["file"], file["accepted"]) for file in files] == [
        ("来信.eml", "提报.xlsx", 1),
        ("来信.eml", "二.xlsx", 1),
    ]
    assert not any(file["received_at"].startswith("2026-01-05T09:12:33") for file in files)
    assert len(list((staffed.folder / "回执").glob("*.xlsx"))) == 2
    listed = staffed.folder / "清单.csv"
    listed.write_text("file,received_at\n来信.eml,2026-01-05T09:12:33\n", encoding="utf-8")
    files = staffed.ask("import", path, "--inbox", listed, code=0)["files"]
    assert {file["received_at"] for file in files} == {"2026-01-05T09:12:33"} and "最后一次收到" not in staffed.said
    made = staffed.ask("receipt", "make", "--file", path, "--out", staffed.folder / "补", code=0)
    assert len(made["receipts"]) == 2


def test_twins_of_a_refused_file_are_refused_too(staffed):
    """In one import: nobody hears that a file was taken in which was not."""
    plain = staffed.leads("D001", "提报.xlsx", [lead("江城公交")])
    raw = plain.read_bytes()
    (staffed.folder / "包.zip").write_bytes(archive({"甲/一.xlsx": raw, "乙/二.xlsx": raw}))
    files = staffed.ask("import", staffed.folder / "包.zip", "--received-at", "2026-01-05T09:00:00", code=0)["files"]
    assert [[finding["code"] for finding in file["findings"]] for file in files] == [[], ["already_imported"]]
    strange = staffed.file(
        "大客户信息记录表", "外.xlsx", {"单位代码": "X9", "单位名称": "外"}, [lead("外地公交")]
    ).read_bytes()
    (staffed.folder / "外.zip").write_bytes(archive({"一.xlsx": strange, "二.xlsx": strange}))
    files = staffed.ask("import", staffed.folder / "外.zip", "--received-at", "2026-01-05T09:00:00", code=2)["files"]
    assert [file["refused"] for file in files] == [True, True]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are text there")
def test_a_name_that_is_no_utf_8_becomes_text_and_the_file_is_opened_all_the_same(staffed):
    """As Chinese Windows writes it; by that name the list of receipts finds it, and papers are named. Other bytes are shown as such."""
    path = staffed.leads("D001", "名.xlsx", [lead("江城客运公司", 联系方式=None), lead("滨江物流")])
    folder = path.parent / "来件"
    folder.mkdir()
    old = Path(os.fsdecode(os.fsencode(folder) + b"/" + "大客户.xlsx".encode("gb18030")))
    path.rename(old)
    inbox = staffed.folder / "清单.csv"
    inbox.write_text("file,received_at\n大客户.xlsx,2026-01-05T09:00\n", encoding="utf-8")
    out = staffed.folder / "回复"
    got = staffed.ask("import", folder, "--inbox", inbox, "--replies", out, code=1)
    assert [(each["file"], each["received_at"]) for each in got["files"]] == [("大客户.xlsx", "2026-01-05T09:00:00")]
    assert sorted(each.name for each in (out / "D001").iterdir()) == ["回复.txt", "大客户_批注.xlsx"]
    assert [row["file"] for row in staffed.ask("leads", code=0)] == ["大客户.xlsx"]
    assert name_of(Path(os.fsdecode(b"\xff\xff.xlsx"))) == "\ufffd\ufffd.xlsx"


@pytest.mark.parametrize("name", ["长" * 200 + ".xlsx", "甲\0.xlsx"], ids=["too long", "NUL"])
def test_a_name_no_system_takes_is_that_of_no_file(name):
    """A name longer than file systems have is not found, like any other."""
    with pytest.raises(WrongUse) as refused, incoming([Path(name)]):
        pass
    assert refused.value.code == "no_such_file"
