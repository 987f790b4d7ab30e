"""Papers under a password: disclosure notes, a person's own data, notices of a leak; marked, entered, and traced to whom they went."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.customer_office import BUS_FILE, profile
from tests.support.disclosures import CONTACT, PHONE, asked, other
from tests.support.office import Office
from workbench.platform.documents.found_marks import unprotect

pytestmark = pytest.mark.slow


@pytest.fixture
def office(consented) -> Office:
    """Two leads of two customers; the clerk works."""
    return consented


def text_of(item: dict) -> str:
    """Everything in a protected workbook, opened by its password."""
    book = load_workbook(io.BytesIO(unprotect(Path(item["file"]).read_bytes(), item["password"], "")))
    return "\n".join(str(cell.value) for line in book.active.iter_rows() for cell in line if cell.value)


def test_a_disclosure_note_is_handed_over_under_a_password(office, become):
    """Marked for its recipient, who is named by `deliver trace`; the fields are those approved; counted like any other."""
    asked(office, {})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "在卷")
    item = become("文员").ask("disclosures", "hand-over", "PL2026-001", "--protect", "--out", "披露", code=0)
    assert (item["recipient"], item["count"], item["fields"]) == ("江城市公安局经侦支队", 1, ["phone"])
    raw = Path(item["file"]).read_bytes()
    assert raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" and PHONE.encode() not in raw
    text = text_of(item)
    assert PHONE in text and CONTACT not in text
    assert [path.name for path in (office.folder / "披露").iterdir()] == [Path(item["file"]).name]
    (found,) = become("领导").ask("deliver", "trace", item["file"], code=0)
    assert (found["recipient"], found["report"], found["period"]) == (
        "江城市公安局经侦支队",
        "客户信息披露单",
        "PL2026-001",
    )
    (row,) = office.ask("disclosures", "list")
    assert row["handed_over"] == 1
    assert become("审计员").ask("audit", "verify", code=0)["breaches"] == []


def test_a_person_gets_what_is_kept_of_him(office, become):
    """T1, T8, consents, disclosures and who looked, also after he took his consent back; nothing of anybody else."""
    number = office.by_customer()["江城客运公司"]["number"]
    office.receive(profile(office, {**BUS_FILE, "联系人": CONTACT}), "2026-01-06T08:00:00", code=0)
    asked(office, {})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "在卷")
    become("文员").run("disclosures", "hand-over", "PL2026-001", "--out", "披露")
    office.run("reveal", number, "--reason", "核对")
    office.run("consent", "withdraw", number, "--reason", "客户来函")
    item = office.ask("consent", "file", number, "--out", "本人", code=0)
    text = text_of(item)
    for part in (PHONE, "设备科长", "业务联系", "同意书2026-01-05", "撤回", "江城市公安局经侦支队", "查看", "文员"):
        assert part in text, part
    assert "13900001112" not in text and "滨江物流集团" not in text
    (found,) = become("审计员").ask("deliver", "trace", item["file"], code=0)
    assert found["recipient"] == f"{number} 联系人本人"
    assert [entry["summary"] for entry in office.ask("audit", "show", "--action", "consent_file")] == [number]
    become("文员").run("consent", "file", "DK209901-00001", code=2)
    become("核实员").run("consent", "file", number, code=2)


def test_a_leak_has_a_notice_for_each_customer(office, become):
    """By the trail; what happened and what was done, not who leaked; nobody's name is among the recipients kept in clear."""
    number = office.by_customer()["江城客运公司"]["number"]
    leak = {
        "事件编号": "XL-1",
        "泄露人员": "王泄露",
        "泄露日期": datetime(2026, 1, 6),
        "大客户部内部人员": "是",
        "涉及信息编号": other(office),
    }
    office.receive(
        office.file("信息泄露事件登记表", "泄露.xlsx", {"编制人": "李"}, [leak]), "2026-01-07T09:00:00", code=0
    )
    office.run("incidents", "step", "XL-1", "控制", "--note", "停用账号")
    office.run("reveal", number, "--reason", "核对")
    day = ("--from", "2026-01-05T00:00:00", "--to", "2026-01-08")
    made = office.ask("incidents", "notices", "XL-1", *day, "--out", "告知", code=0)
    texts = [text_of(item) for item in made]
    assert [("江城客运公司" in text, "滨江物流集团" in text) for text in texts] == [(True, False), (False, True)]
    assert all("2026-01-06" in text and "控制" in text and "王泄露" not in text for text in texts)
    assert {item["recipient"] for item in made} == {f"{number} 的客户", f"{other(office)} 的客户"}
    become("核实员").run("incidents", "notices", "XL-1", *day, code=2)
