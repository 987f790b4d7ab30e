"""Disclosures that are cut off, watched or tried by others: no contact without its entry, none outside the note."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.contents import contents
from tests.support.disclosures import CONTACT, NOW, PHONE, ROW, actions, asked
from tests.support.office import Office, temporary_files
from tests.support.staff import PEOPLE
from workbench.app.policy import load_policy
from workbench.capabilities.privacy import disclosures as disclosing
from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access import roles
from workbench.platform.access.actions import allowed
from workbench.platform.access.session import Session, enter
from workbench.platform.register.store import Register


@pytest.fixture
def office(consented: Office) -> Office:
    """The office of every test here: its first customer consented to a disclosure."""
    return consented


@pytest.mark.parametrize("role", roles.ROLES)
def test_the_table_of_roles_holds(role, office, become):
    """Who may list, decide and hand over is in the table; the others are refused, nothing is written."""
    asked(office, {})
    deeds = {
        "disclosures": disclosing.listed,
        "disclose_approve": lambda somebody: disclosing.decide(somebody, "PL2026-001", "同意", "同意"),
        "disclose": lambda somebody: disclosing.hand_over(somebody, "PL2026-001", office.folder / "披露"),
    }
    codes = {}
    for action, deed in deeds.items():  # each on a copy: nobody writes on behind an entry that is in another's name
        copy = office.folder / action
        copy.mkdir()
        for path in office.folder.glob("登记册.db*"):
            if path.is_file():
                shutil.copy2(path, copy / path.name)
        key = PEOPLE["文员"][1]
        with enter(copy / "登记册.db", "文员", key, load_policy(), NOW, remembers=False) as session:
            try:
                deed(replace(session, role=role, user=f"某{role}"))
                codes[action] = "done"
            except (RegisterError, WrongUse) as error:
                codes[action] = error.code
    wanted = {"disclosures": "done", "disclose_approve": "done", "disclose": "not_approved"}
    assert codes == {name: wanted[name] if allowed(role, name) else "not_allowed" for name in wanted}


def test_a_slot_without_the_key_hands_nothing_over(office, become):
    """Whatever its role says; no entry of a hand-over that did not happen."""
    asked(office, {})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    with enter(Path("登记册.db"), "文员", PEOPLE["文员"][1], load_policy(), NOW) as session:
        keys = replace(session.register.keys, fields={}, index=None)
    register = Register.open(Path("登记册.db"), keys)
    with (
        Session(register, "文员", load_policy(), NOW, "clerk", False) as session,
        pytest.raises(RegisterError) as refused,
    ):
        disclosing.hand_over(session, "PL2026-001", office.folder / "披露")
    assert refused.value.code == "no_field_key"
    assert actions(become) == ["disclosure_decide"]
    assert not list((office.folder / "披露").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before the entry", "at the workbook"])
def test_killed_between_entry_and_file_the_contact_is_nowhere(step, office, become):
    """kill -9: no file without an entry; what was logged and not written is handed over by running it again."""
    asked(office, {})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    become("文员")
    program = (
        "import os, signal, sys\n"
        "from datetime import datetime\n"
        "from workbench.capabilities.privacy import disclosures as disclosing\n"
        "from workbench.app import clock\n"
        "from workbench.interfaces.cli import main\n"
        f"clock.now = lambda: datetime.fromisoformat('{NOW.isoformat()}')\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"disclosing.{'_conditions' if step == 'before the entry' else 'write_note'} = die\n"
        "sys.exit(main(['disclosures', 'hand-over', 'PL2026-001']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=office.folder, env=os.environ.copy())
    assert done.returncode == -9
    assert [path.read_bytes() for path in (office.folder / "披露").iterdir()] == [b""] * (step == "at the workbook")
    logged = step == "at the workbook"
    assert actions(become) == ["disclosure_decide"] + ["disclosure_hand_over"] * logged
    again = become("文员").ask("disclosures", "hand-over", "PL2026-001", code=0)
    assert again["count"] == 1 + logged
    assert [path.suffix for path in (office.folder / "披露").iterdir()] == [".xlsx"]
    become("审计员").run("audit", "verify")


def test_a_folder_that_takes_no_file_or_a_full_disk_is_said(office, become, monkeypatch):
    """Nothing is logged where nothing could be written; what is logged and unwritten says how to go on."""
    asked(office, {})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    office = become("文员")
    (office.folder / "一个文件").write_text("x", encoding="utf-8")
    office.run("disclosures", "hand-over", "PL2026-001", "--out", "一个文件", code=2)
    assert "没有交付" in office.said
    standing = office.folder / "别处" / "客户信息披露单_PL2026-001_第1次.xlsx"
    standing.parent.mkdir()
    standing.write_bytes(b"another's")
    office.run("disclosures", "hand-over", "PL2026-001", "--out", "别处", code=2)
    assert "已存在" in office.said and standing.read_bytes() == b"another's"
    assert actions(become) == ["disclosure_decide"]

    def full(path: Path, *_: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disclosing, "write_note", full)
    become("文员").run("disclosures", "hand-over", "PL2026-001", code=2)
    assert "workbench disclosures hand-over PL2026-001" in office.said
    assert list((office.folder / "披露").iterdir()) == []
    assert actions(become) == ["disclosure_decide", "disclosure_hand_over"]


def test_no_contact_passes_through_the_temporary_folder(office, become, monkeypatch):
    """The workbook is put together in memory."""
    asked(office, {"披露内容": "全部"})
    become("领导").run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意")
    seen = temporary_files(monkeypatch)
    become("文员").run("disclosures", "hand-over", "PL2026-001")
    notes = os.environ["WORKBENCH_STATE"]  # what the machine remembers of the register: its number and head
    assert [name for name in seen if not name.startswith((str(office.folder), notes))] == []


def test_personal_data_stand_in_the_note_only(office, become):
    """Not in what is printed, in JSON, in the trail, in file names, nor in clear in the register; nor the remark."""
    said = str(asked(office, {"披露内容": "全部"}))
    office = become("领导")
    said += office.run("disclosures", "decide", "PL2026-001", "同意", "--reason", "同意") + office.said
    said += office.run("disclosures", "list") + str(office.ask("disclosures", "list"))
    office = become("文员")
    said += office.run("disclosures", "hand-over", "PL2026-001") + office.said
    (note,) = (office.folder / "披露").iterdir()
    said += str(become("审计员").ask("audit", "show")) + office.run("audit", "show") + note.name
    with enter(Path("登记册.db"), "文员", PEOPLE["文员"][1], load_policy(), NOW) as session:
        for table in (
            "entry",
            "document",
            "finding",
            "disclosure_request",
            "disclosure_decision",
            "disclosure_handover",
        ):
            said += session.register.read(table).to_csv()
        remark = session.register.read("disclosure_request", ["remark"])["remark"].tolist()
    secrets = (CONTACT, PHONE, "13711112222")
    assert remark == [ROW["备注"]]
    assert [value for value in secrets if value in said] == []
    for path in office.folder.glob("登记册.db*"):
        assert not [value for value in secrets if value.encode() in path.read_bytes()]
    raw = "".join(part.decode("utf-8", errors="ignore") for _, part in contents(note))
    assert [value in raw for value in secrets] == [True, True, False]
