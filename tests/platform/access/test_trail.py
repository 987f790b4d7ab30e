"""The trail through the commands: whole, edited, cut, rolled back; who did what; heads noted outside."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.machines import another_machine
from tests.support.office import PASSPHRASE, lead
from tests.support.vault import STATE_ANEW
from workbench.app.policy import load_policy
from workbench.platform.access.session import enter
from workbench.platform.register import free_texts, schema
from workbench.platform.register.keys import unlock

AT = "2026-01-05T09:00:00"
NOW = datetime(2026, 11, 23, 9)


@pytest.fixture
def worked(staffed, prepared):
    """An import, a decision's worth of leads, a dispatch."""

    def work() -> None:
        rows = [lead("江城客运公司"), lead("江城驾校", 客户类别="驾校", 联系方式="13900001112")]
        staffed.receive(staffed.leads("D001", "一.xlsx", rows), AT)
        staffed.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", staffed.folder / "转交")

    prepared(staffed.folder, "two leads dispatched", work)
    return staffed


def inside(worked, *statements: str) -> None:
    """Change the register with its file key in hand, past the program."""
    path = worked.folder / "登记册.db"
    _, keys = unlock(path, None, PASSPHRASE)
    connection = schema.connect(path, keys)
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_whole_trail_is_said_to_be_whole(worked):
    """With the number of entries and the head that can be noted."""
    proof = worked.ask("audit", "verify", code=0)
    assert (proof["breaches"], proof["entries"]) == ([], int(proof["head"].partition(":")[0]))
    assert proof["entries"] == 4  # founding, units, leads, dispatch
    assert "未发现改动" in worked.run("audit", "verify")


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("digest", "UPDATE lead SET quantity = 99 WHERE lead_version = 1"),
        ("digest", "DELETE FROM dispatch WHERE dispatch = 1"),
        ("digest", "INSERT INTO closure VALUES (1, 3, '2026-01', '2026-02-01T00:00:00', '暗中关账')"),
        ("chain", "UPDATE entry SET user = '别人' WHERE entry = 3"),
        ("chain", "UPDATE entry SET at = '2025-12-01T00:00:00' WHERE entry = 2"),
        ("gap", "DELETE FROM entry WHERE entry = 3"),
        ("stray", "INSERT INTO closure VALUES (1, 9, '2026-01', '2026-02-01T00:00:00', 'x')"),
    ],
)
def test_each_change_behind_its_back_is_found(code, statement, worked):
    """Every kind with a sentence of its own, exit code 1."""
    inside(worked, statement)
    proof = worked.ask("audit", "verify", code=1)
    assert code in {breach["code"] for breach in proof["breaches"]}
    assert all("请停止使用" in breach["message"] for breach in proof["breaches"])


def test_a_cut_tail_shows_only_against_a_head_noted_outside(worked):
    """Without one the shortened trail looks whole to a machine that never saw it; with one it does not."""
    noted = worked.folder / "别处" / "一月.head.json"
    worked.run("audit", "head", "--out", noted)
    tables = ("transition", "dispatch", "row_hash")
    gone = [f"DELETE FROM {table} WHERE entry = 4" for table in (*tables, "entry")]
    worked.run("leads")
    inside(worked, *gone, *STATE_ANEW)
    with another_machine(worked.folder):
        assert worked.ask("audit", "verify", code=0)["breaches"] == []
    assert [breach["code"] for breach in worked.ask("audit", "verify", code=1)["breaches"]] == ["anchor"]
    for source in (noted, noted.parent, json.loads(noted.read_text(encoding="utf-8"))["register_head"]):
        with another_machine(worked.folder):
            proof = worked.ask("audit", "verify", "--anchor", source, code=1)
        assert [breach["code"] for breach in proof["breaches"]] == ["anchor"]


def test_a_register_put_back_to_an_earlier_state_is_found_by_a_reports_manifest(worked):
    """The manifest of a report made since carries a head the old copy does not reach."""
    path = worked.folder / "登记册.db"
    kept = shutil.copy(path, worked.folder / "旧.db")
    for part in ("-wal", "-shm"):
        assert not Path(f"{path}{part}").exists()
    worked.receive(worked.leads("D002", "二.xlsx", [lead("合肥客运公司", 城市="合肥市")]), "2026-01-06T10:00:00")
    worked.run("report", "信息转化率月报", "--period", "2026-01", "--out", worked.folder / "报告")
    assert worked.ask("audit", "verify", "--anchor", worked.folder / "报告", code=0)["breaches"] == []
    shutil.copy(kept, path)
    with another_machine(worked.folder):
        assert worked.ask("audit", "verify", code=0)["breaches"] == []
    proof = worked.ask("audit", "verify", "--anchor", worked.folder / "报告", code=1)
    assert {breach["code"] for breach in proof["breaches"]} == {"anchor"}


@pytest.mark.parametrize("source", ["nonsense", "没有这个文件.json"])
def test_a_source_without_a_head_is_refused(source, worked):
    """Rather than taken for a comparison that was made."""
    worked.run("audit", "verify", "--anchor", source, code=2)
    assert "没有审计链头" in worked.said


def test_the_entries_are_shown_and_filtered(worked):
    """By person, action, lead, customer and time; back-dated ones are marked."""

    def actions(*options: str) -> list[str]:
        return [row["action"] for row in worked.ask("audit", "show", *options, code=0)]

    number = worked.by_customer()["江城客运公司"]["number"]
    worked.run("reveal", number, "--reason", "客户来电核对")
    assert actions() == ["init", "import", "import", "dispatch", "reveal"]
    assert actions("--action", "import") == ["import", "import"]
    assert actions("--lead", number) == ["import", "dispatch", "reveal"]
    assert actions("--customer", "江城驾校") == ["import", "dispatch"]
    assert actions("--by", "无此人") == []
    assert actions("--since", "2100-01-01") == []
    rows = worked.ask("audit", "show")
    assert [row["back_dated"] for row in rows] == [False, True, True, True, False]
    assert "查看个人信息" in worked.run("audit", "show")
    worked.run("audit", "show", "--lead", "DK209901-00001", code=2)
    worked.run("audit", "show", "--customer", "没有这家", code=2)


def test_the_trail_holds_no_personal_data(worked):
    """Neither what it shows nor what it keeps names a contact or a phone."""
    number = worked.by_customer()["江城客运公司"]["number"]
    worked.run("reveal", number, "--reason", "客户来电核对")
    for said in (worked.run("audit", "show"), worked.run("audit", "show", "--json")):
        assert "张联系" not in said and "1390000" not in said


def test_personal_data_is_shown_with_a_reason_that_is_kept(worked):
    """Who asked, for which lead and why stands in the trail before anything is shown."""
    number = worked.by_customer()["江城客运公司"]["number"]
    opened = worked.ask("reveal", number, "--reason", "客户来电核对", code=0)
    assert (opened["contact"], opened["phone"]) == ("张联系", "13900001111")
    with enter(worked.folder / "登记册.db", None, PASSPHRASE, load_policy(), NOW) as session:
        kept = session.register.read("entry", ["entry", "detail"], where={"action": "reveal"})
        (detail,) = free_texts.told(session.register, kept["entry"].tolist(), kept["detail"].tolist())
    assert "核对" not in str(kept["detail"].iloc[0]) and detail == {
        "number": number,
        "reason": "客户来电核对",
        "fields": ["contact", "phone", "content", "remark"],
    }


@pytest.mark.parametrize(
    ("number", "reason", "words"),
    [
        ("DK209901-00001", "核对", "不在登记册"),
        (None, " ", "须写明理由"),
        (None, "打 139 0000 1111 核对", "不要写电话"),
    ],
)
def test_a_reveal_without_a_good_reason_shows_nothing_and_leaves_nothing(number, reason, words, worked):
    """The refusal is a sentence; the trail has no reveal."""
    number = number or worked.by_customer()["江城客运公司"]["number"]
    assert worked.run("reveal", number, "--reason", reason, code=2) == ""
    assert words in worked.said
    assert worked.ask("audit", "show", "--action", "reveal") == []
