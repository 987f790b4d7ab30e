"""Delivered copies: under a password each, marked, entered; a leaked one leads to its recipient."""

from __future__ import annotations

import html
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.documents import REPORT, Bureau
from workbench.core.errors import RegisterError, WorkbenchError, WrongUse
from workbench.platform.documents import marked_copies as copies
from workbench.platform.documents.delivery import deliver, list_deliveries, trace
from workbench.platform.documents.found_marks import unprotect
from workbench.platform.documents.signatures import read_trusted_key
from workbench.platform.forms.unlocked import locked

pytestmark = pytest.mark.slow

PASSWORD = "山谷里传来三声钟响"


def opened(item: dict, password: str | None = None) -> bytes:
    """The workbook in a delivered file."""
    return unprotect(Path(item["file"]).read_bytes(), password or item["password"], "")


def handed(bureau: Bureau, *names: str) -> list[dict]:
    """Copies of the report for these recipients, with passwords made by the program."""
    return bureau.ask("deliver", bureau.report, *[part for name in names for part in ("--to", name)], code=0)


def test_each_recipient_has_a_copy_of_his_own(bureau):
    """Another password, another mark; names are in no file's name; nothing opens without the password."""
    made = handed(bureau, "赵副总、财务计划部", "D001")
    assert [item["recipient"] for item in made] == ["赵副总", "财务计划部", "D001"]
    assert len({item["code"] for item in made}) == len({item["password"] for item in made}) == 3
    for item in made:
        path = Path(item["file"])
        assert path.name == f"{REPORT}_副本_{item['code']}.xlsx"
        assert path.stat().st_mode & 0o077 == 0
        assert path.read_bytes()[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        assert item["recipient"].encode() not in path.read_bytes()
        parts = copies.unpack(opened(item))
        sheets = [name for name in parts if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) > 3 and all(
            f"副本 {item['code']}　仅供 {item['recipient']}" in parts[name].decode() for name in sheets
        )
    with pytest.raises(WrongUse) as refused:
        opened(made[0], made[1]["password"])
    assert refused.value.code == "wrong_password"


def test_nothing_of_the_report_is_lost(bureau):
    """Part by part: only headers, links and what was added differ from the run's workbook."""
    (item,) = handed(bureau, "赵副总")
    before, after = copies.unpack(bureau.report.read_bytes()), copies.unpack(opened(item))
    changed = {name for name in before if before[name] != after[name]}
    sheets = {name for name in before if name.startswith("xl/worksheets/sheet")}
    assert changed == sheets | {"[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"}
    assert any("chart" in name for name in before)
    first = {cell.coordinate: cell.value for row in load_workbook(bureau.report).worksheets[0] for cell in row}
    book = load_workbook(io.BytesIO(opened(item)))
    assert {cell.coordinate: cell.value for row in book.worksheets[0] for cell in row} == first
    assert book.custom_doc_props["DocumentId"].value == item["code"]


def test_passwords_come_from_the_environment_a_file_or_are_made(bureau, monkeypatch, tmp_path):
    """Never as an argument; weak ones and shared ones are refused; one that was given is not printed."""
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", PASSWORD)
    said = bureau.run("deliver", bureau.report, "--to", "赵副总")
    assert PASSWORD not in said
    (path,) = Path("分发").glob("*.xlsx")
    unprotect(path.read_bytes(), PASSWORD, "")
    bureau.run("deliver", bureau.report, "--to", "甲、乙", code=2)
    assert "只能用于一个收件人" in bureau.said
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", "12345678")
    bureau.run("deliver", bureau.report, "--to", "赵副总", code=2)
    assert "口令太弱" in bureau.said
    monkeypatch.delenv("WORKBENCH_COPY_PASSWORD")
    table = tmp_path / "口令.csv"
    table.write_text(f"recipient,password\n甲,{PASSWORD}\n", encoding="utf-8")
    first, second = bureau.ask("deliver", bureau.report, "--to", "甲、乙", "--passwords", table, code=0)
    assert first["password"] is None and len(second["password"]) == 23
    opened(first, PASSWORD)
    bureau.run("deliver", bureau.report, "--to", "乙", "--passwords", table, code=2)
    assert "不在 --to 之列" in bureau.said


@pytest.mark.parametrize("names", ["甲、甲", "", "13912345678", "a@b.cn", "长" * 41, "甲、、乙"])
def test_recipients_are_names(bureau, names):
    """Once each, and nothing that must not be printed on a copy."""
    assert bureau.run("deliver", bureau.report, "--to", names, code=2) == ""
    assert "收件人" in bureau.said


def test_no_password_is_kept(bureau):
    """Not in the register, not in the trail."""
    (item,) = handed(bureau, "综合管理部")
    with bureau.session("auditor") as session:
        rows = session.register.read("delivery", where={"code": item["code"]}).to_dict("records")
        entries = session.register.read("entry", ["detail"])["detail"].tolist()
        assert session.register.verify_audit() == []
    assert rows and item["password"] not in json.dumps([rows, entries], ensure_ascii=False, default=str)


def test_a_copy_says_which_report_it_is_of(bureau, tmp_path, monkeypatch):
    """With its password, or taken off by us; away from the register too."""
    (item,) = handed(bureau, "赵副总")
    plain = tmp_path / "副本.xlsx"
    plain.write_bytes(opened(item))
    shutil.copy(bureau.key, tmp_path / "key.json")
    text = bureau.away(tmp_path, "verify", "副本.xlsx", "--key", "key.json")
    assert f"原名 {REPORT}.xlsx" in text and "给“赵副总”的副本" in text and item["code"] in text
    bureau.run("verify", item["file"], "--key", bureau.key, code=2)
    assert "没有口令" in bureau.said
    (tmp_path / "pw").write_text(item["password"] + "\n", encoding="utf-8")
    bureau.run("verify", item["file"], "--key", bureau.key, "--password-file", tmp_path / "pw")
    bureau.run("verify", item["file"], "--password-file", tmp_path / "pw")  # with the register
    (tmp_path / "pw").write_text("别的口令", encoding="utf-8")
    bureau.run("verify", item["file"], "--key", bureau.key, "--password-file", tmp_path / "pw", code=2)
    assert "打开口令不对" in bureau.said


def falsified(parts: copies.Parts, how: str) -> copies.Parts:
    """A copy with something done to it."""
    ticket = copies.ticket_of(parts)
    if how == "cell":
        name = "xl/sharedStrings.xml"
        return {**parts, name: parts[name].replace("项目".encode(), "条目".encode(), 1)}
    if how == "mark":
        name = "xl/worksheets/sheet1.xml"
        return {**parts, name: parts[name].replace("赵副总".encode(), "钱副总".encode())}
    if how == "part":
        return {**parts, "docProps/extra.xml": b"<x/>"}
    if how == "recipient":
        return copies.with_ticket(parts, {**ticket, "recipient": "钱副总"})
    if how == "unsigned":
        return copies.with_ticket(parts, {k: v for k, v in ticket.items() if k != "signature"})
    return copies.with_ticket(parts, {**ticket, "register": "0" * 32})


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("cell", "被改动或另存过"),
        ("mark", "被改动或另存过"),
        ("part", "被改动或另存过"),
        ("recipient", "内容与签名不符"),
        ("unsigned", "没有签名"),
        ("foreign", "属于另一份登记册"),
    ],
)
def test_a_falsified_copy_is_named(bureau, tmp_path, how, sentence):
    """Cells, mark, parts and ticket: each its own sentence."""
    (item,) = handed(bureau, "赵副总")
    path = tmp_path / "副本.xlsx"
    path.write_bytes(copies.pack(falsified(copies.unpack(opened(item)), how)))
    bureau.run("verify", path, "--key", bureau.key, code=2)
    assert sentence in bureau.said


def test_a_leaked_copy_leads_to_its_recipient(bureau, tmp_path, monkeypatch):
    """The very file, without its password, saved again by other programs, its mark alone, or read off paper."""
    made = handed(bureau, "赵副总", "财务计划部")
    item = made[1]

    def leads_to(*arguments: object) -> list[tuple]:
        return [(each["recipient"], each["how"]) for each in bureau.ask("deliver", "trace", *arguments)]

    assert leads_to(item["file"]) == [("财务计划部", "sealed")]
    plain = tmp_path / "无口令.xlsx"
    plain.write_bytes(opened(item))
    assert leads_to(plain) == [("财务计划部", "copy")]
    again = tmp_path / "另存.xlsx"
    load_workbook(plain).save(again)
    assert leads_to(again) == [("财务计划部", "mark")]
    parts = copies.unpack(plain.read_bytes())
    again.write_bytes(copies.pack({**parts, "docProps/core.xml": parts["docProps/core.xml"] + b" "}))
    assert leads_to(again) == [("财务计划部", "ticket")]
    again.write_bytes(locked(again.read_bytes(), PASSWORD))  # under another password
    assert leads_to(again) == []
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", PASSWORD)
    assert leads_to(again) == [("财务计划部", "ticket")]
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", item["password"])
    assert leads_to(item["file"]) == [("财务计划部", "sealed")]  # once, though the copy inside is known as well
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", PASSWORD)
    assert leads_to("--code", item["code"].lower()) == [("财务计划部", "mark")]
    assert leads_to("--code", "2222-2222") == leads_to(bureau.report) == []
    bureau.run("deliver", "trace", bureau.report, code=1)
    assert "没有找到分发标记" in bureau.said
    assert bureau.ask("audit", "show", "--action", "追查副本")[-1]["detail"] == {"codes": []}


def test_a_copy_saved_in_the_old_format_leads_to_its_recipient(bureau, tmp_path):
    """An .xls that LibreOffice made of it holds the mark in its printed header; it is no file under a password."""
    (item,) = handed(bureau, "赵副总")
    (tmp_path / "流出.xlsx").write_bytes(opened(item))
    office = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xls"]
    subprocess.run([*office, "--outdir", tmp_path, tmp_path / "流出.xlsx"], check=True, capture_output=True)
    (found,) = bureau.ask("deliver", "trace", tmp_path / "流出.xls", code=0)
    assert (found["recipient"], found["code"], found["how"]) == ("赵副总", item["code"], "mark")


def test_a_mark_is_typed_as_it_was_read(bureau, tmp_path):
    """Without its dash, in full-width letters, in small ones, with spaces; a suffix in capitals is a workbook too."""
    (item,) = handed(bureau, "赵副总")
    code = item["code"]
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    for typed in (code.replace("-", ""), wide, code.lower(), f" {code.replace('-', ' — ')} "):
        (found,) = bureau.ask("deliver", "trace", "--code", typed, code=0)
        assert found["recipient"] == "赵副总"
    shutil.copy(item["file"], tmp_path / "副本.XLSX")
    (tmp_path / "口令.txt").write_text(item["password"], encoding="utf-8")
    told = bureau.ask("verify", tmp_path / "副本.XLSX", "--password-file", tmp_path / "口令.txt", code=0)
    assert told["recipient"] == "赵副总"


def test_what_went_to_whom_is_listed(bureau):
    """Time, recipient, report, period, mark and who sent it; the newest last."""
    (item,) = handed(bureau, "分管总助")
    newest = bureau.ask("deliver", "list")[-1]
    assert {name: newest[name] for name in ("recipient", "code")} == {"recipient": "分管总助", "code": item["code"]}
    assert (newest["report"], newest["period"]) == tuple(REPORT.split("_"))
    assert item["code"] in bureau.run("deliver", "list")
    assert bureau.ask("audit", "show", "--action", "分发报告")[-1]["detail"]["codes"] == [item["code"]]


def test_only_genuine_workbooks_of_this_register_are_delivered(bureau, tmp_path, monkeypatch):
    """Nothing is written or entered otherwise."""
    for path in bureau.report.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    report, before = tmp_path / bureau.report.name, len(bureau.ask("deliver", "list"))
    load_workbook(report).save(report)
    for path in (report, report.with_suffix(".html"), tmp_path / "缺.xlsx"):
        bureau.run("deliver", path, "--to", "甲", code=2)
    (tmp_path / "占用").write_text("no folder", encoding="utf-8")
    bureau.run("deliver", bureau.report, "--to", "甲", "--out", tmp_path / "占用", code=2)
    assert "副本写不进" in bureau.said
    assert len(bureau.ask("deliver", "list")) == before and not list(Path("分发").glob("*"))
    monkeypatch.setenv("WORKBENCH_REGISTER", str(bureau.folder / "别家.db"))
    bureau.run("deliver", bureau.report, "--to", "甲", code=2)
    assert "属于另一份登记册" in bureau.said


def test_roles(bureau, tmp_path):
    """Clerk and approver deliver; approver, auditor and custodian trace; the others do neither."""
    may = {
        "clerk": (True, False),
        "approver": (True, True),
        "auditor": (False, True),
        "custodian": (False, True),
        "analyst": (False, False),
        "support": (False, False),
        "verifier": (False, False),
    }
    for role, wanted in may.items():
        with bureau.session(role) as session:
            assert (
                allowed(lambda: deliver(session, bureau.report, {"甲": None}, tmp_path)),  # noqa: B023
                allowed(lambda: trace(session, None, "2222-2222")),  # noqa: B023
            ) == wanted, role
            assert allowed(lambda: list_deliveries(session)) == any(wanted), role  # noqa: B023


def allowed(deed) -> bool:
    """Whether it is done, not refused."""
    try:
        deed()
    except RegisterError as refused:
        assert refused.code == "not_allowed"
        return False
    return True


@pytest.mark.parametrize(
    "raw", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 4096]
)
def test_damaged_files_are_a_sentence(bureau, tmp_path, monkeypatch, raw):
    """No fault, whatever was cut off."""
    path = tmp_path / "坏.xlsx"
    path.write_bytes(raw)
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", PASSWORD)
    assert bureau.run("verify", path, "--key", bureau.key, code=2) == ""
    bureau.run("deliver", "trace", path, code=None)
    assert "程序内部错误" not in bureau.said


def test_a_file_from_outside_is_opened_in_the_reading_process_only(bureau, monkeypatch):
    """Neither ``trace`` nor ``verify`` unpacks or decrypts it here; a bomb ends the other process."""
    (item,) = handed(bureau, "赵副总")
    leaked = Path("泄露.xlsx")
    leaked.write_bytes(opened(item))

    def touched(*_: object, **__: object) -> None:
        raise AssertionError("opened in this process")

    monkeypatch.setattr("zipfile.ZipFile.__init__", touched)
    monkeypatch.setattr("msoffcrypto.format.ooxml.OOXMLFile.__init__", touched)
    assert [found["how"] for found in bureau.ask("deliver", "trace", leaked, code=0)] == ["copy"]
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", item["password"])
    assert [found["how"] for found in bureau.ask("deliver", "trace", item["file"], code=0)] == ["sealed"]
    assert bureau.ask("verify", item["file"], "--key", bureau.key, code=0)["recipient"] == "赵副总"
    monkeypatch.undo()


def test_cut_copies_are_a_sentence(bureau):
    """A protected copy cut off anywhere, or with a byte changed; never is something else taken for the report."""
    report = bureau.report.read_bytes()
    raw = locked(report, PASSWORD)
    assert unprotect(raw, PASSWORD, "x") == report
    codes = set()
    for cut in range(0, len(raw), len(raw) // 12):
        for broken in (raw[:cut], raw[:cut] + bytes([raw[cut] ^ 1]) + raw[cut + 1 :]):
            try:
                assert unprotect(broken, PASSWORD, "x") == report  # a byte outside what is read
            except WorkbenchError as refused:
                codes.add(refused.code)
    assert codes == {"wrong_password", "not_a_workbook"}


MACRO = """Sub Convert
  Dim inside(1) As New com.sun.star.beans.PropertyValue
  Dim outside(0) As New com.sun.star.beans.PropertyValue
  inside(0).Name = "Hidden"
  inside(0).Value = True
  inside(1).Name = "Password"
  inside(1).Value = "{password}"
  document = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, inside())
  outside(0).Name = "FilterName"
  outside(0).Value = "calc_pdf_Export"
  document.storeToURL("{target}", outside())
  document.close(True)
End Sub"""
LIBRARY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument '
    '1.0//EN" "library.dtd">\n<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" '
    'library:readonly="false" library:passwordprotected="false"><library:element library:name="Opening"/></library:library>'
)
MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument '
    '1.0//EN" "module.dtd">\n<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Opening" '
    'script:language="StarBasic">{code}</script:module>'
)


def test_libreoffice_opens_a_copy_with_a_chinese_password(bureau, tmp_path, monkeypatch):
    """As its user would, and prints it with the mark at the head of every page."""
    monkeypatch.setenv("WORKBENCH_COPY_PASSWORD", PASSWORD)
    (item,) = handed(bureau, "赵副总")
    source, target, profile = tmp_path / "copy.xlsx", tmp_path / "copy.pdf", tmp_path / "profile"
    shutil.copy(item["file"], source)
    office = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    subprocess.run([*office, "--terminate_after_init"], check=True, capture_output=True, timeout=180)
    library = profile / "user" / "basic" / "Standard"
    library.mkdir(parents=True, exist_ok=True)
    code = MACRO.format(password=PASSWORD, source=source.as_uri(), target=target.as_uri())
    (library / "script.xlb").write_text(LIBRARY, encoding="utf-8")
    (library / "Opening.xba").write_text(MODULE.format(code=html.escape(code)), encoding="utf-8")
    command = [*office, "macro:///Standard.Opening.Convert"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    text = subprocess.run(["pdftotext", "-layout", str(target), "-"], check=True, capture_output=True).stdout.decode()
    pages = [page for page in text.split("\f") if page.strip()]
    assert len(pages) >= 5 and all(f"副本 {item['code']}" in page and "赵副总" in page for page in pages)


def test_a_public_key_is_read_from_anywhere(bureau, tmp_path):
    """Digits, a file of digits, the file of the command; nothing else."""
    noted = json.loads(bureau.key.read_text(encoding="utf-8"))
    plain = tmp_path / "key.txt"
    plain.write_text(noted["house_key"].upper() + "\n", encoding="utf-8")
    assert read_trusted_key(noted["house_key"]).house == read_trusted_key(str(plain)).house == noted["house_key"]
    assert read_trusted_key(str(bureau.key)).register == noted["register"]
    for wrong in ("", "abc", str(tmp_path), noted["house_key"][:-1], str(bureau.report)):
        with pytest.raises(WrongUse):
            read_trusted_key(wrong)
