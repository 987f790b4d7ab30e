"""T14: an appeal against a settled amount, decided by another person; the difference comes with the next open quarter."""

from __future__ import annotations

from sqlcipher3 import dbapi2 as sqlcipher

from tests.support.appeals import LATE, appeal, codes, lines, played
from tests.support.office import PASSPHRASE, Office
from tests.support.staff import PEOPLE
from workbench.platform.register.keys import unlock


def test_an_upheld_appeal_is_a_difference_in_the_next_open_quarter(staffed, set_clock):
    """Taken in with a number and a date to decide by; the closed quarter stays; settled once."""
    office = played(staffed)
    assert codes(appeal(office, "早.xlsx", [LATE])) == [("not_approved", "B7")]
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    before = office.run("settle", "2026Q1", "--json")
    receipt = appeal(office, "申诉.xlsx", [LATE, (*LATE[:3], "2026-03-20", "金额有误", -50, "只晚了几分钟")])
    assert (receipt["accepted"], receipt["returned"]) == (2, 0)
    assert "SS2026Q1-001" in receipt["findings"][0]["message"] and "2026-04-27" in receipt["findings"][0]["message"]
    assert codes(appeal(office, "再.xlsx", [LATE], "2026-04-14")) == [("already_appealed", "E7")]
    listed = office.ask("appeals", "list", code=1)
    assert [(row["number"], row["outcome"], row["settled"], row["claimed"]) for row in listed] == [
        ("SS2026Q1-001", "待裁定", -100, 0),
        ("SS2026Q1-002", "待裁定", -100, -50),
    ]
    assert [row["grounds"] for row in listed] == [LATE[-1], "只晚了几分钟"]
    set_clock("2026-04-21T17:00:00")
    rule = ("appeals", "rule", "SS2026Q1-001")
    for wrong, said in (
        (("可以", "--reason", "停电属实"), "裁定应为"),
        (("成立", "--reason", " "), "写明裁定理由"),
        (("部分成立", "--reason", "停电"), "--amount"),
        (("成立", "--amount", "0", "--reason", "停电"), "--amount"),
        (("部分成立", "--amount", "-100", "--reason", "停电"), "之间"),
        (("成立", "--reason", "停电", "--at", "2026-04-12"), "早于"),
    ):
        office.run(*rule, *wrong, code=2)
        assert said in office.said, wrong
    office.run("appeals", "rule", "SS2026Q1-009", "成立", "--reason", "停电", code=2)
    assert "没有申诉" in office.said
    assert "应核 0 元" in office.run(*rule, "成立", "--reason", "停电属实", "--at", "2026-04-20T10:00:00")
    office.run("appeals", "rule", "SS2026Q1-002", "不成立", "--reason", "不属实", "--at", "2026-04-20T10:00:00")
    office.run(*rule, "不成立", "--reason", "反悔", "--at", "2026-04-21T10:00:00", code=2)
    assert "已裁定" in office.said
    assert "SS2026Q1-001" in office.run("appeals", "list")
    set_clock("2026-07-09T17:00:00")
    adjusted = {key: amount for key, amount in lines(office, "2026Q2", "2026-07-09").items() if key[3]}
    assert adjusted == {("7.3.2b", "郑策", "2026-03-10", "2026Q1"): 100}
    office.run("settle", "2026Q2", "--as-of", "2026-07-09", "--approve")
    assert office.run("settle", "2026Q1", "--json") == before
    assert office.ask("settlement", "status", code=0)[0]["signed"]
    assert not [key for key in lines(office, "2026Q3", "2026-10-09") if key[3]]
    with office.opened() as session:
        assert session.register.verify_audit() == []


def test_what_is_not_admissible_goes_back_with_its_cell(staffed, set_clock):
    """Late, unknown, misfit and mistyped appeals; one good row among them is taken."""
    office = played(staffed)
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    number = office.by_customer()["江城客运公司"]["number"]
    rows = [
        ("第一季", *LATE[1:]),
        (*LATE[:3], "2026-03-11", *LATE[4:]),
        (*LATE[:4], "应奖未奖", 1000, "理由"),
        ("2026Q1", "7.1.1", "D8", number, "应奖未奖", 1000, "理由"),
        ("2026Q1", "7.1.1", "D002", number, "应奖未奖", 1000, "理由"),
        ("2026Q1", "7.2.1", "B001", "2026Q2", "应奖未奖", 200, "理由"),
        ("2026Q1", "7.1.1", "D001", number, "应奖未奖", 1000, "理由"),
    ]
    receipt = appeal(office, "申诉.xlsx", rows)
    assert (receipt["accepted"], receipt["returned"]) == (1, 6)
    assert codes(receipt) == [
        ("bad_quarter", "B7"),
        ("no_such_line", "E8"),
        ("kind_does_not_fit", "F9"),
        ("kind_does_not_fit", "F9"),
        ("wrong_sign", "G9"),
        ("unknown_unit", "D10"),
        ("other_reporter", "E11"),
        ("other_ref", "E12"),
        ("appeal_received", "E13"),
    ]
    assert codes(appeal(office, "迟.xlsx", [LATE], "2026-04-24")) == [("appeal_too_late", "B7")]
    assert not any("理由" in finding["message"] for finding in receipt["findings"])


def test_neither_the_submitter_nor_the_clerk_decides(become, set_clock, monkeypatch):
    """The clerk who submitted may not even try; an approver who approved another's numbers may."""
    office = played(become("文员"))
    set_clock("2026-04-09T17:00:00")
    office.run("settlement", "submit", "2026Q1", "--as-of", "2026-04-09", "--accept", "登记表未返回，照章处罚")
    become("领导").run("settlement", "approve", "2026Q1")
    receipt = appeal(become("文员"), "申诉.xlsx", [LATE])
    assert receipt["accepted"] == 1
    assert any("SS2026Q1-001" in cell for cell in cells(office)) and not any(LATE[-1] in cell for cell in cells(office))
    assert [row["grounds"] for row in become("领导").ask("appeals", "list", code=1)] == [LATE[-1]]
    assert [row["grounds"] for row in become("分析员").ask("appeals", "list", code=1)] == [None]
    become("文员")
    set_clock("2026-04-14T09:00:00")
    office.run("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "停电", code=2)
    assert "无权裁定申诉" in office.said
    with monkeypatch.context() as patched:
        patched.setattr("workbench.platform.access.session.allowed", lambda role, action: True)
        office.run("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "停电", code=2)
        assert "由您本人报批" in office.said
    become("领导").run("appeals", "rule", "SS2026Q1-001", "成立", "--reason", "停电属实")
    assert [row["ruled_by"] for row in office.ask("appeals", "list", code=0)] == ["领导"]


def test_who_rules_reads_the_grounds_without_phones(staffed, set_clock):
    """The grounds may hold personal data: what was typed is kept sealed, and shown is what is none."""
    office = played(staffed)
    set_clock("2026-04-09T17:00:00")
    office.run("settle", "2026Q1", "--as-of", "2026-04-09", "--approve")
    typed = ["江城客运公司刘主任（13812345678）可以证明", "身份证110101199003071234"]
    other = (*LATE[:3], "2026-03-20", "不应处罚", 0)
    appeal(office, "申诉.xlsx", [(*LATE[:-1], typed[0]), (*other, typed[1])])
    listed = office.ask("appeals", "list", code=1)
    assert [row["grounds"] for row in listed] == ["江城客运公司刘主任（138****5678）可以证明", "***"]
    with office.opened() as session:
        kept = session.register.read("appeal_grounds", ["grounds", "typed"])
    assert list(kept["typed"]) == typed
    assert not [
        cell
        for cell in cells(office, None, PASSPHRASE)
        if "13812345678" in cell or typed[1][3:] in cell or "刘主任" in cell
    ]


def cells(office: Office, user: str | None = "文员", passphrase: str = PEOPLE["文员"][1]) -> list[str]:
    """Every cell of every table, read with the file key alone."""
    path = office.folder / "登记册.db"
    keys = unlock(path, user, passphrase)[1]
    connection = sqlcipher.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{keys.file.hex()}'\"")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [str(cell) for name in tables for row in connection.execute(f'SELECT * FROM "{name}"') for cell in row]
    connection.close()
    return found
