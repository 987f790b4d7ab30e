"""Heads noted outside: whole or shortened, in files and folders, of this register or another; nothing is passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.ledger import Ledger
from tests.support.machines import another_machine
from tests.support.vault import STATE_ANEW
from workbench.platform.access import trail
from workbench.platform.register import audit
from workbench.platform.register.store import Register

LINES = [
    ("chain", "UPDATE entry SET user = '别人' WHERE entry = 2", "第 2 条审计记录被改动"),
    ("digest", "UPDATE lead SET quantity = 99 WHERE lead_version = 1", "表 lead 第 1 行与第 1 条审计记录所写入的不同"),
    ("gap", "DELETE FROM entry WHERE entry = 2", "第 3 条审计记录之前有缺失"),
    ("stray", "UPDATE document SET entry = 9 WHERE document = 3", "表 document 第 3 行不属于任何审计记录"),
    ("stray", "INSERT INTO meta VALUES ('extra', 'x')", "表 meta 中"),
    ("state", "UPDATE state SET status = '有效' WHERE lead = 2", "现行状态与状态变动记录不符"),
]


def swapped(ledger: Ledger) -> None:
    """Entries 2 and 3 change places, with the rows they wrote."""
    tables = ("entry", "document", "lead", "transition")
    moves = [(2, 20), (3, 2), (20, 3)]
    ledger.vault.tamper(
        *(f"UPDATE {table} SET entry = {to} WHERE entry = {now}" for now, to in moves for table in tables)
    )


def cut(ledger: Ledger) -> None:
    """The newest entry goes, with the rows it wrote."""
    tables = ("subject_state", "lead", "transition", "document_place", "document", "row_hash", "entry")
    keys = "DELETE FROM subject_key WHERE subject_key IN (SELECT subject FROM subject_state WHERE entry = 3)"
    ledger.vault.tamper(keys, *(f"DELETE FROM {table} WHERE entry = 3" for table in tables), *STATE_ANEW)


@pytest.mark.parametrize(("code", "statement", "words"), LINES)
def test_each_breach_has_its_sentence(code, statement, words, ledger):
    """What it is, which entry, and what to do; no two kinds say the same."""
    ledger.vault.tamper(statement)
    told = [each["message"] for each in ledger.ask("audit", "verify", code=1)["breaches"] if each["code"] == code]
    assert any(words in message for message in told)
    assert all("请停止使用，" in message for message in told)
    assert f"[{code}] " in ledger.run("audit", "verify", code=1)


def test_entries_that_changed_places_are_found(ledger):
    """Even where their rows moved with them."""
    swapped(ledger)
    found = {(each["code"], each["entry"]) for each in ledger.ask("audit", "verify", code=1)["breaches"]}
    assert {("chain", 2), ("chain", 3)} <= found


def test_entries_are_counted_not_numbered(ledger):
    """Where one is missing the newest number is not how many there are."""
    ledger.vault.tamper("DELETE FROM entry WHERE entry = 2")
    assert ledger.ask("audit", "verify", code=1)["entries"] == 2


@pytest.mark.parametrize("length", [8, 9, 64])
def test_a_cut_tail_shows_against_a_whole_and_a_shortened_head(length, ledger):
    """A report's footer prints the beginning of the head; that is enough."""
    number, _, chain = ledger.ask("audit", "verify")["head"].partition(":")
    anchor = f"{number}:{chain[:length]}"
    assert ledger.ask("audit", "verify", "--anchor", anchor)["anchors"] == [anchor]
    cut(ledger)
    assert ledger.ask("audit", "verify")["breaches"] == []
    (breach,) = ledger.ask("audit", "verify", "--anchor", anchor, code=1)["breaches"]
    assert (breach["code"], breach["entry"]) == ("anchor", 3)
    assert "尾部被截断" in breach["message"]


def test_another_history_is_told_from_a_cut_tail(ledger):
    """The entry is there and says something else."""
    (breach,) = ledger.ask("audit", "verify", "--anchor", f"2:{'a' * 64}", code=1)["breaches"]
    assert breach["code"] == "anchor"
    assert "改写" in breach["message"] and "截断" not in breach["message"]


def test_an_empty_registers_head_is_an_anchor(ledger):
    """Entry 0 is where every history begins."""
    assert ledger.ask("audit", "verify", "--anchor", f"0:{audit.FIRST_LINK}")["breaches"] == []


def test_a_folder_gives_every_head_whatever_its_file_is_called(ledger):
    """Files without a head lie beside them; the place of a broken one is said."""
    named = ledger.note("链头.json")
    folder = ledger.office.folder / "别处"
    (folder / "设置.json").write_text("[1, 2]", encoding="utf-8")
    (folder / "下级").mkdir()
    head = json.loads((folder / "链头.json").read_text(encoding="utf-8"))["register_head"]
    manifest = {"register_head": "2:" + "b" * 64}
    (folder / "下级" / "月报.manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    proof = ledger.ask("audit", "verify", "--anchor", folder, "--anchor", named, code=1)
    assert sorted(proof["anchors"]) == sorted([head, manifest["register_head"]])
    assert [each["entry"] for each in proof["breaches"]] == [2]
    assert "月报.manifest.json" in proof["breaches"][0]["message"]


def test_a_folder_without_heads_is_refused(ledger):
    """Rather than called whole after no comparison."""
    (ledger.office.folder / "空").mkdir()
    assert ledger.run("audit", "verify", "--anchor", ledger.office.folder / "空", code=2) == ""
    assert "没有审计链头" in ledger.said


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"register_head": "4:zz"}', '{"register_head": 4}'])
def test_a_damaged_anchor_in_a_folder_is_named(text, ledger):
    """A manifest that holds no head may hide what it would have shown."""
    ledger.note("好.json")
    (ledger.office.folder / "别处" / "坏.head.json").write_text(text, encoding="utf-8")
    ledger.run("audit", "verify", "--anchor", ledger.office.folder / "别处", code=2)
    assert "坏.head.json" in ledger.said


@pytest.mark.parametrize("source", ["4", "4:", ":abc", "x" * 5000, "4:zzzzzzzz", "4:abcdef", "-1:abcdefab"])
def test_what_is_no_head_is_refused(source, ledger):
    """A beginning of fewer than eight signs is no proof either."""
    ledger.run("audit", "verify", "--anchor", source, code=2)
    assert "没有审计链头" in ledger.said


def test_another_registers_head_is_named_and_left_out(ledger):
    """It proves nothing here and is no breach."""
    other = ledger.note("别家.json", register="0" * 32, register_head="9:" + "c" * 64)
    own = ledger.note("本家.json")
    proof = ledger.ask("audit", "verify", "--anchor", other, "--anchor", own)
    assert (proof["breaches"], proof["skipped"], len(proof["anchors"])) == ([], ["别家.json"], 1)
    assert "别家.json" in ledger.said


def test_only_other_registers_heads_are_refused(ledger):
    """Nothing would be compared; the register itself may have been exchanged."""
    other = ledger.note("别家.json", register="0" * 32)
    assert ledger.run("audit", "verify", "--anchor", other, code=2) == ""
    assert "另一份登记册" in ledger.said


def test_many_heads_cost_one_verification(ledger, monkeypatch):
    """A year of manifests is not a year of recomputing."""
    calls, verify = [], Register.verify_audit
    monkeypatch.setattr(Register, "verify_audit", lambda self, *noted: calls.append(1) or verify(self, *noted))
    with ledger.session("auditor") as session:
        trail.verify(session, [trail.Anchor(number % 4, "0" * 8, str(number)) for number in range(200)])
    assert calls == [1]


def test_the_head_is_written_whole_or_not_at_all(ledger):
    """Register, head and time; where it cannot be written, one sentence and no remains."""
    folder = ledger.office.folder
    target = folder / "留存" / "头.json"
    ledger.run("audit", "head", "--out", target)
    document = json.loads(target.read_text(encoding="utf-8"))
    assert set(document) == {"register", "register_head", "noted_at"}
    assert document == {**json.loads(ledger.run("audit", "head")), "noted_at": document["noted_at"]}
    assert [path.name for path in target.parent.iterdir()] == ["头.json"]
    for hopeless in (target / "下级.json", target.parent):
        before = sorted(path.name for path in folder.iterdir())
        ledger.run("audit", "head", "--out", hopeless, code=2)
        assert "写不到" in ledger.said
        assert sorted(path.name for path in folder.iterdir()) == before


def test_an_edited_time_is_named_and_stops_no_verification(ledger):
    """The reminder of overdue backups reads these times; the verification is not to stumble over it."""
    ledger.vault.tamper("UPDATE entry SET recorded_at = 'soon' WHERE entry = 2")
    assert "chain" in {breach["code"] for breach in ledger.ask("audit", "verify", code=1)["breaches"]}


def test_a_backup_is_an_anchor(ledger):
    """What was cut off after it shows; a forged one is refused, another register's is named and skipped."""
    made = ledger.ask("backup", "--to", ledger.office.folder / "备份")
    assert ledger.ask("audit", "verify", "--anchor", made["file"])["anchors"] == [made["head"]]
    folder = str(ledger.office.folder / "备份")
    assert ledger.ask("audit", "verify", "--anchor", folder)["breaches"] == []
    kept = Path(made["file"]).read_bytes()
    Path(made["file"]).write_bytes(kept.replace(made["head"].encode(), f"{made['head'][:-1]}x".encode()))
    ledger.run("audit", "verify", "--anchor", made["file"], code=2)
    Path(made["file"]).write_bytes(kept[:200])
    ledger.run("audit", "verify", "--anchor", made["file"], code=2)
    Path(made["file"]).write_bytes(kept)
    ledger.vault.tamper("DELETE FROM entry WHERE entry = 4")  # the backup's own entry; nothing was written since
    cut(ledger)
    with another_machine(ledger.office.folder):
        found = ledger.ask("audit", "verify", "--anchor", made["file"], code=1)["breaches"]
    assert [each["code"] for each in found] == ["anchor"]
    assert Path(made["file"]).name in found[0]["message"]
