"""Receipts: every received file gets one, it says what came of each row and who was first, and nothing of a contact."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.documents import FILES, NAMES, PHONES
from tests.support.office import lead
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.documents import receipts
from workbench.platform.documents.receipt_slip import as_page, write_sheet
from workbench.platform.documents.slip_layouts import to_do
from workbench.platform.documents.slip_page import read_page
from workbench.platform.documents.slip_parts import NAME
from workbench.platform.intake import batch as intake


def told(bureau, document: int) -> list[tuple]:
    """A receipt's rows: row, verdict, clause, place, customer."""
    signed = bureau.ask("receipt", "make", document)["receipts"][0]
    return [(row["row"], row["verdict"], row["clause"], row["place"], row["customer"]) for row in signed["rows"]]


def everything(path: Path) -> str:
    """All a file says, in all its parts."""
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_every_received_file_has_its_slip_twice(bureau):
    """As a workbook and as a page, named by the unit's code; the sender's name for the file stands in no name of ours."""
    names = sorted(path.name for path in bureau.slips.iterdir())
    shas = {
        n: hashlib.sha256((bureau.folder / "收件" / file).read_bytes()).hexdigest() for n, file in enumerate(FILES, 2)
    }
    units = {n: unit for n, (unit, *_) in enumerate(FILES.values(), 2)}
    whose = {n: f"收件回执_{units[n]}_{n:06d}_{sha[:8]}" for n, sha in shas.items()}
    assert names == sorted(f"{name}.{kind}" for name in whose.values() for kind in ("xlsx", "html"))


def test_a_slip_says_first_what_to_do_and_last_what_proves_it(bureau):
    """What went back comes first, with what to do; customers before clauses; no hash before the last row's remark."""
    signed = bureau.ask("receipt", "make", 2)["receipts"][0]
    first, second = to_do(signed)
    assert first.startswith("退回 1 行（第 10 行）：补齐后重新提报") and second.startswith(
        "无效 1 行（第 9 行 小单位）："
    )
    assert to_do(bureau.ask("receipt", "make", 1)["receipts"][0]) == ["没有须办理的事项。"]
    with bureau.session("clerk") as session:
        issued = receipts.issue(session, [2])[0]
    write_sheet(issued, path := bureau.folder / "看.xlsx")
    texts = [str(cell.value) for line in load_workbook(path)[NAME].iter_rows() for cell in line if cell.value]
    path.unlink()
    for shown in (texts, [text for kind, text, *_ in read_page(as_page(issued.signed)).shown if kind == "text"]):
        places = [
            shown.index(word) for word in ("D001 芜湖江南销售服务店", "请先办理", "客户名称", "须办理", "说明", "核验")
        ]
        assert places == sorted(places)
        last = max(shown.index("核验"), len(shown) - 1 - shown[::-1].index("10"))
        proving = [*(row["hash"] for row in issued.signed["rows"]), issued.signed["sha256"]]
        assert all(shown.index(word) > shown.index("核验") for word in proving) and last > places[-1]


def test_a_row_returned_for_its_form_names_the_day_it_keeps_its_place_to(staffed):
    """Three working days (D18); a row without a contact has no place to keep (5.2), taken in since it has nothing to do."""
    rows = [lead("江城客运公司", **{"标的量(台)": "若干"}), lead("滨江物流集团", 联系方式=None)]
    staffed.receive(staffed.leads("D001", "一.xlsx", rows), "2026-01-05T09:00", code=1)
    told = staffed.ask("receipt", "make", 2)["receipts"][0]["rows"]
    assert [row["verdict"] for row in told] == ["退回", "退回"]
    assert "2026-01-08 当日及以前" in told[0]["todo"] and told[1]["todo"].startswith("补齐后重新提报")


def test_each_row_has_its_verdict_its_clause_and_its_place(bureau):
    """By recorded receipt: the department's file of nine comes before the dealer's of ten, though brought in later."""
    assert told(bureau, 2) == [
        (7, "接收", None, 1, "江城客运公司"),
        (8, "接收", None, 1, "滨江物流集团"),
        (9, "无效", "5.4", None, "小单位"),
        (10, "退回", "5.2", None, None),
    ]
    assert told(bureau, 3) == [
        (7, "重复", "5.1", 3, "江城客运公司"),
        (8, "接收", None, 1, "合肥机械厂"),
        (9, "待复核", "5.1", None, "滨江物流有限公司"),
    ]
    assert told(bureau, 4) == [(7, "重复", "5.1", 2, "江城客运公司")]


def test_a_receipt_says_when_the_file_came_and_when_it_was_entered(bureau):
    """The recorded time of receipt, beside the actual clock; whose file, by its hash."""
    signed = bureau.ask("receipt", "make", 4)["receipts"][0]
    raw = (bureau.folder / "收件" / "三.xlsx").read_bytes()
    assert (signed["file"], signed["sha256"]) == ("三.xlsx", hashlib.sha256(raw).hexdigest())
    assert (signed["received_at"], signed["unit"], signed["unit_name"]) == ("2026-01-06T09:00:00", "B001", "区域一部")
    assert signed["recorded_at"] > signed["received_at"] and signed["issued_at"] >= signed["recorded_at"]


def test_no_contact_and_no_rival_stands_on_a_slip(bureau):
    """No phone, no contact's name, not even one in a file's name; nor who else reported the customer."""
    others = {
        2: ("D002", "B001", "合肥北城", "区域一部"),
        3: ("D001", "B001", "芜湖江南", "区域一部"),
        4: ("D001", "D002", "芜湖江南", "合肥北城"),
    }
    first = {3: "DK202601-00001", 4: "DK202601-00001"}
    for document, rivals in others.items():
        for kind in ("xlsx", "html"):
            text = everything(bureau.slip(document, kind))
            forbidden = (*PHONES, *NAMES, *rivals, first.get(document, "-----"))
            assert [word for word in forbidden if word in text] == [], (document, kind)
    assert "137****1234" in everything(bureau.slip(3, "html"))


def test_a_rows_hash_is_keyed_by_a_code_that_is_not_on_the_page(bureau):
    """Computed here by hand from what the sender typed; the page alone opens nothing."""
    with bureau.session("clerk") as session:
        issued = receipts.issue(session, [4])[0]
    typed = [
        None,
        "江城客运公司",
        "企事业单位",
        "安徽省",
        "芜湖市",
        None,
        None,
        "张联系",
        "13955556677",
        None,
        "轿车",
        12,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
    ]
    message = json.dumps(["lead_record", *typed], ensure_ascii=False, separators=(",", ":")).encode()
    wanted = hmac.new(bytes.fromhex(issued.code), message, hashlib.sha256).hexdigest()[:32]
    assert [row["hash"] for row in issued.signed["rows"]] == [wanted]
    assert issued.code not in everything(bureau.slip(4, "html")) and issued.code in everything(bureau.slip(4, "xlsx"))
    assert issued.code not in json.dumps(issued.signed)
    plain = {hashlib.sha256(message).hexdigest()[:32], hmac.new(b"", message, hashlib.sha256).hexdigest()[:32]}
    assert not plain & {wanted}


def test_codes_differ_from_file_to_file_and_are_sealed(bureau):
    """Equal rows of two files cannot be told from their hashes, and a reader without the field key gets no code."""
    with bureau.session("clerk") as session:
        made = receipts.issue(session, [2, 3, 4])
        kept = session.register.read("fingerprint", ["document", "code"])
    assert len({issued.code for issued in made}) == 3
    assert kept.loc[kept["document"] > 1, "code"].isna().all()


def test_a_lost_receipt_is_issued_again_alike(bureau, tmp_path):
    """By number, by the hash's beginning, or by the file; the rows' hashes are the same."""
    path = bureau.folder / "收件" / "一.xlsx"
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    answers = [bureau.ask("receipt", "make", *how) for how in (["2"], [sha[:8]], [sha], ["--file", path])]
    rows = [answer["receipts"][0]["rows"] for answer in answers]
    assert all(each == rows[0] for each in rows)
    assert sorted(Path(file).suffix for file in answers[0]["files"]) == [".html", ".xlsx"]
    stranger = bureau.leads("D001", "陌生.xlsx", [lead("未收到公司")])
    for how in (["99"], ["f" * 64], ["--file", stranger], []):
        bureau.run("receipt", "make", *how, code=2)
    stranger.unlink()


def test_a_file_of_before_gets_its_hashes_from_the_original(staffed, monkeypatch):
    """Where the register kept none; without the original the receipt does without them."""
    monkeypatch.setattr(intake, "_keep_fingerprints", lambda *_: None)
    path = staffed.leads("D001", "旧.xlsx", [lead("江城客运公司")])
    staffed.receive(path, "2026-01-05T09:00")
    (bare,) = staffed.ask("receipt", "make", "2")["receipts"]
    (full,) = staffed.ask("receipt", "make", "--file", path)["receipts"]
    assert [row["hash"] for row in bare["rows"]] == [None] and bare["commitment"] is None
    assert [len(row["hash"]) for row in full["rows"]] == [32]


def test_a_duplicate_moves_up_when_the_first_turns_out_invalid(staffed):
    """The verdict of the import stays; the place is today's."""
    for unit, at in (("D001", "2026-01-05T09:00"), ("D002", "2026-01-05T10:00"), ("B001", "2026-01-05T11:00")):
        staffed.receive(staffed.leads(unit, f"{unit}.xlsx", [lead("江城客运公司")]), at)
    assert [told(staffed, n)[0][1:4] for n in (2, 3, 4)] == [("接收", None, 1), ("重复", "5.1", 2), ("重复", "5.1", 3)]
    staffed.run("dispatch", "--at", "2026-01-06T09:00", "--out", "转交")
    verdict = {"江城客运公司": {"甄别结论": "无效", "无效原因": "无此需求"}}
    for path in staffed.answer(staffed.folder / "转交", verdict):
        staffed.receive(path, "2026-01-07T09:00")
    assert [told(staffed, n)[0][1:4] for n in (2, 3, 4)] == [
        ("接收", None, None),
        ("重复", "5.1", 1),
        ("重复", "5.1", 2),
    ]


def test_only_who_may_bring_a_file_in_has_its_receipt(bureau):
    """Others are refused, and the refusal is kept; a section has the receipts of its own answers."""
    for role in ("analyst", "auditor", "custodian", "approver"):
        with bureau.session(role) as session, pytest.raises(RegisterError) as refused:
            receipts.issue(session, [2])
        assert refused.value.code == "not_allowed"
    with bureau.session("support") as session, pytest.raises(RegisterError) as refused:
        receipts.issue(session, [2])
    assert refused.value.code == "not_allowed"
    with bureau.session("verifier", "S001") as session, pytest.raises(WrongUse) as refused:
        receipts.issue(session, [2])
    assert refused.value.code == "unknown_document"
    with bureau.session("auditor") as session:
        kept = session.register.read("entry", ["detail"], where={"action": "refused"})["detail"].tolist()
    assert {item["role"] for item in kept} >= {"analyst", "auditor", "custodian", "approver", "support"}


def test_issuing_stands_in_the_trail(bureau):
    """Which receipts, and by whom; history stays whole."""
    bureau.run("receipt", "make", "2", "3")
    newest = bureau.ask("audit", "show", "--action", "出具回执")[-1]
    assert (newest["detail"]["documents"], newest["summary"]) == ([2, 3], "2 份")
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in newest["detail"]["digests"])
    assert len(newest["detail"]["digests"]) == 2
    assert bureau.ask("audit", "verify")["breaches"] == []


def test_slips_that_cannot_be_written_undo_no_import(staffed, tmp_path, monkeypatch):
    """The file is in, the sentence says how to get the slip; the folder was still there when it was looked at."""
    take_in = intake.import_files

    def and_in_the_way(*given, **options):
        (tmp_path / "占用").write_text("no folder", encoding="utf-8")
        return take_in(*given, **options)

    monkeypatch.setattr(intake, "import_files", and_in_the_way)
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    staffed.run("import", path, "--received-at", "2026-01-05T09:00", "--receipts", tmp_path / "占用", code=2)
    assert "receipt make" in staffed.said
    assert len(staffed.by_customer()) == 1
    staffed.run("receipt", "make", "--file", path, "--out", tmp_path / "回执")
    assert len(list((tmp_path / "回执").iterdir())) == 2


def test_other_templates_have_receipts_too(bureau):
    """A directory of units: each of its rows, without places."""
    assert told(bureau, 1) == [(row, "接收", None, None, None) for row in sorted(r[0] for r in told(bureau, 1))]
    assert len(told(bureau, 1)) == 8


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulations_receipt_says_so(staffed, monkeypatch, simulated):
    """On page and workbook, signed; both verify. Another register's slips have no word of it."""
    if simulated:
        monkeypatch.setenv("WORKBENCH_SIMULATION", "1")
    staffed.run("audit", "key", "--out", "公钥.json")
    file = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    staffed.run("import", file, "--received-at", "2026-01-05T09:00", "--receipts", "回执")
    slips = sorted((staffed.folder / "回执").iterdir())
    assert len(slips) == 2
    for slip in slips:
        assert ("模拟登记册的回执，不是正式回执" in everything(slip)) == simulated
        checked = staffed.ask("receipt", "verify", slip, "--key", "公钥.json", "--file", file, code=0)
        assert checked["receipt"].get("simulation", False) == simulated


def test_what_was_registered_has_its_receipt_though_its_file_is_gone(staffed, monkeypatch):
    """By the hash of what was read; no file is opened again."""
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    take_in = intake.import_files

    def and_gone(*given, **options):
        outcomes = take_in(*given, **options)
        path.unlink()
        return outcomes

    monkeypatch.setattr(intake, "import_files", and_gone)
    out = staffed.folder / "凭据"
    said = staffed.run("import", path, "--received-at", "2026-01-05T09:00", "--receipts", out, code=0)
    assert sorted(each.name for each in out.iterdir()) == [
        f"收件回执_D001_000002_{sha256[:8]}.{kind}" for kind in ("html", "xlsx")
    ]
    assert said.count("回执：") == 2


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="/proc/self/mem is missing (a Linux kernel has it)")
def test_a_file_that_cannot_be_opened_has_no_receipt_and_is_named(staffed):
    """``receipt make --file`` and ``import --receipts`` say so; it is no fault, and the others have theirs."""
    out = staffed.folder / "凭据"
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    files = (path, "/proc/self/mem")
    staffed.run("import", *files, "--received-at", "2026-01-05T09:00", "--receipts", out, code=2)
    assert "文件无法打开" in staffed.said and len(list(out.iterdir())) == 2
    staffed.run("receipt", "make", "--file", "/proc/self/mem", "--out", out, code=2)
    assert "文件无法打开" in staffed.said and len(list(out.iterdir())) == 2


@pytest.mark.parametrize("option", ["--receipts", "--replies", "--desk"])
def test_a_folder_that_takes_nothing_is_refused_before_anything_is_taken_in(staffed, option):
    """A file is in its way; the register is as it was, and no folder was made."""
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    staffed.run("import", path, "--received-at", "2026-01-05T09:00", option, path / "回复", code=2)
    assert staffed.said.startswith(f"不能写入文件夹 {path / '回复'}，请换一个文件夹。")
    assert staffed.ask("leads", code=0) == []


def test_a_disk_that_fills_up_after_an_import_never_says_that_nothing_was_changed(staffed, monkeypatch):
    """Each paper that could not be written is named, with what to do; the others are written, and the files stay registered."""
    from workbench.app import desk
    from workbench.core.errors import RegisterError

    def full(*_given, **_options):
        raise RegisterError("disk_full")

    def blocked(*_given, **_options):
        raise PermissionError

    monkeypatch.setattr(receipts, "issue", full)
    monkeypatch.setattr(desk, "write_desk", blocked)
    path = staffed.leads("D001", "一.xlsx", [lead("江城客运公司")])
    options = [word for name in ("replies", "desk", "receipts") for word in (f"--{name}", staffed.folder / name)]
    staffed.run("import", path, "--received-at", "2026-01-05T09:00", *options, code=2)
    assert "收件处理没有写全" in staffed.said and "receipt make 补发" in staffed.said and "未生效" not in staffed.said
    assert (staffed.folder / "replies" / "D001" / "回复.txt").is_file() and len(staffed.ask("leads", code=0)) == 1
