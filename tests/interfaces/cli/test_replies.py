"""What goes back to senders: slips beside marked copies, one reply each, and no file that costs another its verdict."""

from __future__ import annotations

from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.support.office import Office, lead
from workbench.platform.intake import batch

GONE = {"联系方式": None}


def of(office: Office, unit: str, folder: str, *rows: dict, name: str = "提报.xlsx"):
    """A report in a folder of its own."""
    path = office.leads(unit, name, list(rows))
    (path.parent / folder).mkdir(exist_ok=True)
    return path.rename(path.parent / folder / name)


def test_each_sender_has_one_reply_with_what_it_needs(staffed):
    """Counts, the day until which a place is kept, the marked copy; what could not be read has a slip of its own."""
    first = of(staffed, "D001", "甲", lead("江城公交"), lead("江城物流", **{"标的量(台)": "十二台"}))
    second = of(staffed, "D002", "乙", lead("滨江客运", 联系方式="13900003302"))
    third = first.parent / "信.xlsx"
    third.write_bytes(b"From: a@example.com\nSubject: x\n\nhello")
    out = staffed.folder / "回复"
    said = staffed.run(
        "import", first.parent, second.parent, "--received-at", "2026-01-05T09:00:00", "--replies", out, code=2
    )
    assert "共 3 个文件：接收 2 行，退回 1 行，拒收 1 个文件。" in said
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == [
        "D001/回复.txt",
        "D001/提报_批注.xlsx",
        "D002/回复.txt",
        "未识别_信/信_退回说明.txt",
        "未识别_信/回复.txt",
    ]
    reply = (out / "D001" / "回复.txt").read_text(encoding="utf-8-sig")
    assert (
        "提报.xlsx：接收 1 行，退回 1 行" in reply
        and "2026-01-08 当日及以前改正" in reply
        and "提报_批注.xlsx" in reply
    )
    assert "D002" not in reply and "滨江" not in reply
    other = (out / "D002" / "回复.txt").read_text(encoding="utf-8-sig")
    assert "接收 1 行，退回 0 行" in other and "改正" not in other and "附件" not in other
    assert "这是一封邮件" in (out / "未识别_信" / "信_退回说明.txt").read_text(encoding="utf-8-sig")
    assert load_workbook(out / "D001" / "提报_批注.xlsx").worksheets[0]["B7"].value == "江城公交"


def test_a_reply_is_written_once_for_several_files_of_a_sender(staffed):
    """Two reports of one unit, both of one name: two marked copies, one reply."""
    paths = [of(staffed, "D001", folder, lead(f"{folder}公交", **GONE)) for folder in ("甲", "乙")]
    out = staffed.folder / "回复"
    staffed.run("import", *paths, "--received-at", "2026-01-05T09:00:00", "--replies", out, code=1)
    assert sorted(path.name for path in (out / "D001").iterdir()) == ["回复.txt", "提报_批注.xlsx", "提报_批注_2.xlsx"]
    assert (out / "D001" / "回复.txt").read_text(encoding="utf-8-sig").count("提报.xlsx：") == 2


def test_senders_who_cannot_be_told_have_a_reply_each(staffed):
    """Two strangers' files of one name: neither gets what goes to the other. What an earlier run left is attached to nothing."""
    paths = [staffed.folder / "收件" / folder / "名单.xlsx" for folder in ("甲", "乙")]
    for path, raw in zip(paths, (b"", b"PK\x03\x04"), strict=True):
        path.parent.mkdir(parents=True)
        path.write_bytes(raw)
    out = staffed.folder / "回复"
    (out / "未识别_名单").mkdir(parents=True)
    (out / "未识别_名单" / "上月_退回说明.txt").write_text("旧", encoding="utf-8")
    staffed.run("import", *paths, "--received-at", "2026-01-05T09:00:00", "--replies", out, code=2)
    assert sorted(path.name for path in out.iterdir()) == ["未识别_名单", "未识别_名单_2"]
    replies = [(folder / "回复.txt").read_text(encoding="utf-8-sig") for folder in sorted(out.iterdir())]
    assert [reply.count("· 名单.xlsx：") for reply in replies] == [1, 1] and "上月" not in replies[0]


def test_a_refused_file_has_a_slip_beside_the_marked_copies(staffed):
    """``check --annotate`` leaves something to send back for every file that is not in order."""
    good, bad = of(staffed, "D001", "甲", lead("江城公交", **GONE)), staffed.folder / "收件" / "空.xlsx"
    bad.write_bytes(b"")
    out = staffed.folder / "批注"
    staffed.run("check", good, bad, "--annotate", out, code=2)
    assert sorted(path.name for path in out.iterdir()) == ["提报_批注.xlsx", "空_退回说明.txt"]
    slip = (out / "空_退回说明.txt").read_text(encoding="utf-8-sig")
    assert "文件：空.xlsx" in slip and "请重新发送" in slip and slip.count("空.xlsx") == 1


def test_a_folder_for_marked_copies_that_takes_nothing_is_named(staffed):
    """``check --annotate`` says so at once, and is no fault."""
    path = of(staffed, "D001", "甲", lead("江城公交", **GONE))
    staffed.run("check", path, "--annotate", path / "批注", code=2)
    assert staffed.said.startswith(f"不能写入文件夹 {path / '批注'}，请换一个文件夹。")


@pytest.mark.parametrize("now", ["gone", "another report"])
def test_a_file_that_changed_after_it_was_taken_in_gets_a_slip(staffed, now, monkeypatch):
    """What was wrong in it stands there; the slip says that it was read, and no other file's copy is marked in its place."""
    path, take_in = of(staffed, "D001", "甲", lead("江城公交", **GONE)), batch.import_files
    other = of(staffed, "D002", "乙", lead("滨江客运", **GONE))

    def changed(*given, **options):
        outcomes = take_in(*given, **options)
        path.unlink() if now == "gone" else other.rename(path)
        return outcomes

    monkeypatch.setattr(batch, "import_files", changed)
    out = staffed.folder / "回复"
    staffed.run("import", path, "--received-at", "2026-01-05T09:00:00", "--replies", out, code=1)
    assert sorted(each.name for each in (out / "D001").iterdir()) == ["回复.txt", "提报_退回说明.txt"]
    slip = (out / "D001" / "提报_退回说明.txt").read_text(encoding="utf-8-sig")
    assert "结果：已读取，下列各处请处理。" in slip and "没有登记" not in slip and "联系方式" in slip


def test_fix_goes_on_behind_a_file_it_cannot_read(staffed):
    """Files of one name get a copy each, a refused one is told; the exit code says that one was refused."""
    wide = {"客户名称": "江城　公交"}
    first, second = (of(staffed, "D001", folder, lead("江城公交", **wide)) for folder in ("甲", "乙"))
    bad = first.parent / "坏.xlsx"
    bad.write_bytes(b"PK\x03\x04")
    out = staffed.folder / "更正"
    staffed.run("fix", bad, first, second, "--out", out, code=2)
    assert sorted(path.name for path in out.iterdir()) == ["提报_更正.xlsx", "提报_更正_2.xlsx"]
    assert "坏.xlsx" in staffed.said


def test_what_windows_leaves_in_a_folder_is_passed_over(staffed):
    """Thumbs.db, desktop.ini and lock files are no reports."""
    path = of(staffed, "D001", "甲", lead("江城公交"))
    for name in ("Thumbs.db", "desktop.ini", "~$提报.xlsx"):
        (path.parent / name).write_bytes(b"x")
    got = staffed.ask("import", path.parent, "--received-at", "2026-01-05T09:00:00", code=0)
    assert [item["file"] for item in got["files"]] == ["提报.xlsx"]


def test_an_incident_of_two_persons_is_not_dropped(staffed):
    """One number for two persons in one file: both are taken; the same line twice is only noted."""
    row = {
        "事件编号": "XL-1",
        "泄露人员": "测试甲",
        "所在单位代码": "D001",
        "泄露日期": datetime(2026, 1, 4),
        "大客户部内部人员": "是",
    }
    path = staffed.file("信息泄露事件登记表", "泄露.xlsx", {}, [row, {**row, "泄露人员": "测试乙"}, row])
    got = staffed.receive(path, "2026-01-05T10:00:00", code=0)
    assert [(item["code"], item["severity"]) for item in got["findings"]] == [("already_registered", "note")]
    assert (got["accepted"], got["returned"]) == (2, 0)


def test_findings_are_told_in_the_reader_s_language(staffed):
    """No English word of rank among Chinese sentences; the English ones are as wide as each other."""
    path = of(staffed, "D001", "甲", lead("江城公交", **{"标的量(台)": 99999}), lead("江城物流", **GONE))
    said = staffed.run("import", path, "--received-at", "2026-01-05T09:00:00", code=1)
    assert "  错误 " in said and "  提醒 " in said
    assert not any(word in said for word in ("error", "warning", "note "))
    english = staffed.run("--lang", "en", "check", path, code=1)
    assert "  error   " in english and "  warning " in english
