"""People come and go: users, roles, passphrases, revocation, the recovery slot, wrong tries; through the commands."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.office import PASSPHRASE, UNITS, Office, lead
from workbench.app.policy import load_policy
from workbench.core.errors import RegisterError
from workbench.platform.access import actions, backups, roles
from workbench.platform.access.session import enter
from workbench.platform.register import failed_attempts, key_file, members

CUSTODIAN = "管家"
WORDS = {
    "文员": ("clerk", "清晨的集市飘着豆浆香 one"),
    "分析员": ("analyst", "蓝色的帆船绕过灯塔 two"),
    "领导": ("approver", "山谷里传来三声钟响 three"),
    "审计员": ("auditor", "旧书店门口的石狮子 four"),
    "核实员": ("verifier", "雨后青苔爬满了台阶 five"),
    "支持员": ("support", "木匠的刨花堆成小丘 six"),
}
NOW = datetime(2026, 11, 23, 9)


@pytest.fixture
def office(tmp_path, blanks, monkeypatch, capsys, prepared) -> Office:
    """A register founded by its custodian."""
    monkeypatch.setenv("WORKBENCH_REGISTER", str(tmp_path / "登记册.db"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WORKBENCH_USER", CUSTODIAN)
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path, blanks, capsys)
    prepared(tmp_path, "register of 管家", lambda: office.run("init"))
    return office


@pytest.fixture
def acting(monkeypatch):
    """Become another person."""

    def become(user: str, passphrase: str | None = None) -> None:
        monkeypatch.setenv("WORKBENCH_USER", user)
        monkeypatch.setenv("WORKBENCH_PASSPHRASE", passphrase or WORDS.get(user, ("", PASSPHRASE))[1])

    return become


@pytest.fixture
def staff(office, monkeypatch, prepared) -> Office:
    """Everybody has a slot."""

    def add_everybody() -> None:
        for user, (role, passphrase) in WORDS.items():
            monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", passphrase)
            office.run("users", "add", user, "--role", role, *(("--section", "S01") if role == "verifier" else ()))

    prepared(office.folder, "register of 管家 and people", add_everybody)
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", WORDS["支持员"][1])
    return office


def opened(office: Office, user: str, passphrase: str):
    """A session as that person."""
    return enter(office.folder / "登记册.db", user, passphrase, load_policy(), NOW)


def test_the_list_shows_everybody_with_role(staff):
    """In the order they came, and whether they can open personal fields."""
    rows = staff.ask("users", "list", code=0)
    assert [(row["user"], row["role"], row["cleared"]) for row in rows] == [
        (CUSTODIAN, "custodian", True),
        ("文员", "clerk", True),
        ("分析员", "analyst", False),
        ("领导", "approver", False),
        ("审计员", "auditor", False),
        ("核实员", "verifier", True),
        ("支持员", "support", False),
    ]


def test_a_role_without_clearance_cannot_open_personal_fields(staff):
    """An analyst's slot does not hold the keys: not forbidden but impossible."""
    for user, (role, passphrase) in WORDS.items():
        with opened(staff, user, passphrase) as session:
            held = session.register.keys
            assert (bool(held.fields), held.index is not None) == (role in roles.CLEARED,) * 2


ATTEMPTS = {
    "list": ("leads",),
    "settle": ("settle", "2026Q1"),
    "report": ("report", "信息转化率月报", "--period", "2026-01"),
    "import": ("import", "收件/单位名录.xlsx"),
    "review": ("review",),
    "dispatch": ("dispatch",),
    "publish": ("publish", "2026-01-10", "--at", "2026-01-10T17:00"),
    "close": ("close", "2026-01", "--reason", "月结"),
    "approve": ("settle", "2025Q4", "--approve"),
    "users": ("users", "revoke", "无此人"),
    "reveal": ("reveal", "DK209901-00001", "--reason", "核对"),
    "audit": ("audit", "verify"),
    "backup": ("backup", "list"),
    "rule": ("appeals", "rule", "SS2025Q4-001", "不成立", "--reason", "核对"),
    "submit": ("settlement", "submit", "2025Q4"),
    "pay": ("settlement", "pay", "2025Q4", "--payer", "财务计划部", "--reference", "1"),
    "confirm_restore": ("confirm-restore", "--reason", "核对"),
    "disclosures": ("disclosures", "list"),
    "disclose_approve": ("disclosures", "decide", "PL-1", "同意", "--reason", "核对"),
    "disclose": ("disclosures", "hand-over", "PL-1"),
}


@pytest.mark.parametrize("action", ATTEMPTS)
def test_the_table_of_roles_holds_for_every_action(action, staff, acting):
    """Who may not is refused with a sentence and stands in the trail; who may is not refused for his role."""
    staff.units(UNITS)
    for user in (CUSTODIAN, *WORDS):
        role = "custodian" if user == CUSTODIAN else WORDS[user][0]
        acting(user)
        staff.run(*ATTEMPTS[action], code=None)
        assert ("无权" in staff.said) is not actions.allowed(role, action), (role, staff.said)
    with opened(staff, CUSTODIAN, PASSPHRASE) as session:
        kept = session.register.read("entry", ["user", "detail"], where={"action": "refused"})
    refused = {user for user in (CUSTODIAN, *WORDS) if not actions.allowed(dict(role_of())[user], action)}
    assert set(kept["user"]) == refused
    assert all(detail["wanted"] == action for detail in kept["detail"])


def test_only_the_custodian_puts_a_backup_back(staff):
    """The others' passphrases open the copy, but their roles do not restore; nothing appears."""
    backup = staff.ask("backup", code=0)["file"]
    for number, (user, role) in enumerate(role_of()):
        passphrase, target = WORDS.get(user, ("", PASSPHRASE))[1], staff.folder / f"新{number}.db"
        if actions.allowed(role, "restore"):
            backups.restore(Path(backup), target, user, passphrase, load_policy(), NOW)
        else:
            with pytest.raises(RegisterError) as refused:
                backups.restore(Path(backup), target, user, passphrase, load_policy(), NOW)
            assert refused.value.code == "not_allowed"
        assert target.exists() is actions.allowed(role, "restore")


def role_of() -> list[tuple[str, str]]:
    """Everybody's role."""
    return [(CUSTODIAN, "custodian"), *((user, role) for user, (role, _) in WORDS.items())]


def test_the_support_section_brings_in_contracts_and_nothing_else(staff, acting):
    """A nil return is taken from it; a directory of units is not."""
    acting("支持员")
    nil = staff.file("合同登记汇总表", "合同.xlsx", {"月份": "2026-01", "编制日期": datetime(2026, 2, 1)}, [])
    staff.run("import", nil, "--received-at", "2026-02-01T09:00:00")
    staff.run("import", staff.units(UNITS), code=2)
    assert "无权" in staff.said


def test_a_target_adjustment_is_brought_in_by_another_than_its_approver(staff, acting):
    """The clerk's own approval is refused at the cell; the manager's is taken."""
    acting("文员")
    staff.receive(staff.units(UNITS), "2026-01-02T09:00:00", code=0)
    months = {f"{month}月": 1 for month in range(1, 13)}
    row = {"单位代码": "B001", "单位名称": "区域一部", "责任人": "周正", "全年目标": 12, **months}

    def brought(name: str, amount: int, **header: str) -> dict:
        changed = {**row, "12月": amount, "全年目标": 11 + amount}
        file = staff.file("目标信息量分解调整表", name, {"年度": 2026, "编制人": "郑策", **header}, [changed])
        return staff.receive(file, "2026-01-03T09:00:00")

    assert brought("分解.xlsx", 1, 类型="分解", 批准人="文员")["accepted"] == 1
    own = brought("自批.xlsx", 3, 类型="调整", 批准人="文员", 调整原因="市场变化")
    assert [(finding["code"], bool(finding["cell"])) for finding in own["findings"]] == [("own_approval", True)]
    assert brought("领导批.xlsx", 3, 类型="调整", 批准人="领导", 调整原因="市场变化")["accepted"] == 1


def test_the_target_of_a_month_that_is_over_changes_by_the_approver_himself_only(staff, acting):
    """D26: the clerk's form is returned at the cell, on the month's last day it is taken; the approver's own act is named."""
    acting("文员")
    staff.receive(staff.units(UNITS), "2026-01-02T09:00:00", code=0)
    row = {"单位代码": "B001", "单位名称": "区域一部", "责任人": "周正", "全年目标": 24}

    def form(name: str, january: int, **header: str) -> Path:
        months = {f"{month}月": january if month == 1 else 2 for month in range(1, 13)}
        changed = {**row, **months, "全年目标": sum(months.values())}
        return staff.file("目标信息量分解调整表", name, {"年度": 2026, "编制人": "郑策", **header}, [changed])

    def brought(name: str, january: int, at: str, **header: str) -> dict:
        return staff.receive(form(name, january, **header), at)

    change = {"类型": "调整", "批准人": "领导", "调整原因": "市场变化"}
    assert brought("分解.xlsx", 2, "2026-01-03T09:00:00", 类型="分解", 批准人="领导")["accepted"] == 1
    assert brought("当月.xlsx", 3, "2026-01-31T23:59:00", **change)["accepted"] == 1
    path = form("过月.xlsx", 1, **change)
    late = staff.receive(path, "2026-02-01T00:00:00")
    assert [(finding["code"], bool(finding["cell"])) for finding in late["findings"]] == [("past_month", True)]
    assert staff.receive(path, "2026-02-01T00:01:00")["findings"][0]["code"] == "already_imported"
    acting("领导")
    assert (got := staff.receive(path, "2026-02-01T00:05:00"))["accepted"] == 1 and not got["findings"]
    assert staff.receive(path, "2026-02-01T00:06:00")["findings"][0]["code"] == "already_imported"
    notes = staff.ask("settle", "2026Q1", "--as-of", "2026-04-10T09:00:00")["notes"]
    named = [note["message"] for note in notes if note["code"] == "target_changed_late"]
    assert len(named) == 1
    assert "2026-01" in named[0]
    assert "由 3 改为 1" in named[0]


def test_a_sole_user_may_do_everything(office):
    """One person cannot be kept apart from himself; a locked-away recovery slot does not count as a person."""
    office.run("users", "recovery")
    office.receive(office.units(UNITS), "2026-01-02T09:00:00", code=0)
    received = office.receive(office.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00")
    assert received["accepted"] == 1
    office.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    assert office.ask("audit", "verify")["breaches"] == []


def test_who_revokes_everybody_else_does_not_become_all_of_them(staff, acting):
    """A custodian alone among former users keeps a custodian's rights, and may let somebody in."""
    acting(CUSTODIAN)
    staff.run("settle", "2025Q4", "--approve", code=2)
    assert "无权" in staff.said
    for user in WORDS:
        staff.run("users", "revoke", user)
    staff.run("settle", "2025Q4", "--approve", code=2)
    assert "无权" in staff.said
    staff.run("users", "add", "新人", "--role", "approver")
    with opened(staff, CUSTODIAN, PASSPHRASE) as session:
        assert not session.sole and session.role == "custodian"


def test_somebody_who_lost_a_passphrase_gets_another(staff, acting, monkeypatch):
    """The custodian sets it; the old one no longer opens, the role and its keys stay."""
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", "河边的柳树发了新芽 seven")
    staff.run("users", "passphrase", "文员")
    with pytest.raises(RegisterError) as refused:
        opened(staff, "文员", WORDS["文员"][1])
    assert refused.value.code == "wrong_passphrase"
    with opened(staff, "文员", "河边的柳树发了新芽 seven") as session:
        assert (session.role, bool(session.register.keys.fields)) == ("clerk", True)
    acting("分析员")
    staff.run("users", "passphrase", "文员", code=2)
    assert "无权" in staff.said
    staff.run("users", "passphrase")  # one's own
    with opened(staff, "分析员", "河边的柳树发了新芽 seven") as session:
        assert not session.register.keys.fields


def test_a_revoked_user_is_refused_also_with_an_old_key_file(staff, acting):
    """The slot is gone, and a key file kept from before is known to be old."""
    stored = key_file.path_of(staff.folder / "登记册.db")
    before = stored.read_bytes()
    staff.run("users", "revoke", "文员")
    acting("文员")
    staff.run("leads", code=2)
    assert "没有用户" in staff.said
    stored.write_bytes(before)
    staff.run("leads", code=2)
    assert "旧的" in staff.said


def test_the_last_custodian_stays(staff):
    """Nobody locks himself and everybody else out."""
    staff.run("users", "revoke", CUSTODIAN, code=2)
    assert "唯一" in staff.said


def shares_of(staff) -> list[str]:
    """The two shares of a new recovery passphrase, as they are printed."""
    return re.findall(r"(?:[2-9A-Z]{5}-){3}[2-9A-Z]{5}", staff.run("users", "recovery"))


def test_the_recovery_passphrase_gives_those_on_the_roster_another_and_nothing_else(staff, acting, monkeypatch):
    """Shown once, renewed at will; both shares in any order set a passphrase; everything else is refused."""
    earlier, (first, second) = shares_of(staff), shares_of(staff)
    assert len({*earlier, first, second}) == 4
    acting(key_file.RECOVERY_USER, " ".join(earlier))
    staff.run("users", "list", code=2)
    acting(key_file.RECOVERY_USER, f"{second}\n{first}".lower())
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", "井台上的月亮又圆了 eight")
    for forbidden in (
        ("leads",),
        ("users", "add", "新人", "--role", "custodian"),
        ("users", "revoke", "文员"),
        ("users", "recovery"),
        ("users", "upgrade"),
        ("rotate",),
        ("backup",),
        ("audit", "show"),
        ("reveal", "DK202601-00001", "--reason", "核对"),
    ):
        staff.run(*forbidden, code=2)
    for nobody in ("无此人", key_file.RECOVERY_USER):
        staff.run("users", "passphrase", nobody, code=2)
    staff.run("users", "passphrase", code=2)  # its own: then one person would have it
    staff.run("users", "passphrase", CUSTODIAN)
    acting(CUSTODIAN, "井台上的月亮又圆了 eight")
    staff.run("users", "list", code=0)
    staff.run("users", "passphrase", key_file.RECOVERY_USER, code=2)
    assert "两人" in staff.said


def test_in_a_register_of_one_user_the_recovery_passphrase_may_do_no_more(office, monkeypatch):
    """Who is alone may do everything; what stands in for a forgotten passphrase may not."""
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", " ".join(shares_of(office)))
    office.run("leads", "--user", key_file.RECOVERY_USER, code=2)
    assert "无权" in office.said


def test_a_revoked_custodian_takes_the_recovery_passphrase_along(staff, acting, monkeypatch):
    """He saw both shares when he had them printed."""
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", "河边的柳树发了新芽 seven")
    staff.run("users", "add", "另一位", "--role", "custodian")
    both = " ".join(shares_of(staff))
    assert "恢复口令" not in staff.run("users", "revoke", "文员")
    assert "恢复口令已一并作废" in staff.run("users", "revoke", "另一位")
    acting(key_file.RECOVERY_USER, both)
    staff.run("users", "passphrase", CUSTODIAN, code=2)
    assert "没有用户" in staff.said


@pytest.mark.parametrize(
    ("arguments", "passphrase", "words"),
    [
        (("users", "add", "新人", "--role", "boss"), "一句很长很难猜的话 nine", "没有角色"),
        (("users", "add", "新人", "--role", "recovery"), "一句很长很难猜的话 nine", "没有角色"),
        (("users", "add", " 新人", "--role", "clerk"), "一句很长很难猜的话 nine", "用户名"),
        (("users", "add", "文员", "--role", "clerk"), "一句很长很难猜的话 nine", "已存在"),
        (("users", "add", "新人", "--role", "clerk"), "password1", "太弱"),
        (("users", "add", "新人", "--role", "clerk"), "", "太弱"),
        (("users", "add", "新人", "--role", "verifier"), "一句很长很难猜的话 nine", "--section"),
        (("users", "add", "新人", "--role", "clerk", "--section", "S01"), "一句很长很难猜的话 nine", "--section"),
        (("users", "revoke", "无此人"), "", "没有用户"),
        (("users", "passphrase", "无此人"), "一句很长很难猜的话 nine", "没有用户"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(arguments, passphrase, words, staff, monkeypatch):
    """Each with its own sentence; the key file stays as it was."""
    stored = key_file.path_of(staff.folder / "登记册.db")
    before = stored.read_bytes()
    monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", passphrase)
    staff.run(*arguments, code=2)
    assert words in staff.said
    assert stored.read_bytes() == before


def test_wrong_passphrases_are_kept_and_answered_more_slowly(staff, acting, monkeypatch):
    """Three tries are free, then the waiting doubles; the next opening takes them into the trail."""
    waited: list[float] = []
    monkeypatch.setattr("workbench.platform.access.session.time.sleep", waited.append)
    acting("文员", "this is not the one")
    for _ in range(6):
        staff.run("leads", code=2)
        assert "口令不正确" in staff.said
    assert waited == [0, 0, 0, 1, 2, 4]
    acting(CUSTODIAN)
    staff.run("users", "list")
    with opened(staff, CUSTODIAN, PASSPHRASE) as session:
        (detail,) = session.register.read("entry", ["detail"], where={"action": "wrong_passphrase"})["detail"]
        assert [who for who, _ in detail["tries"]] == ["文员"] * 6
        assert session.register.verify_audit() == []
    assert not failed_attempts.path_of(staff.folder / "登记册.db").exists()


@pytest.mark.parametrize(
    ("count", "minutes", "seconds"), [(0, 0, 0), (2, 1, 0), (3, 1, 1), (8, 15, 30), (8, 16, 0), (20, 0, 30)]
)
def test_the_waiting_time_counts_the_tries_of_a_quarter_of_an_hour(count, minutes, seconds, tmp_path):
    """Nothing at first, never more than half a minute, nothing when it is long ago."""
    register = Path(tmp_path / "r.db")
    for _ in range(count):
        failed_attempts.record(register, "甲", NOW)
    failed_attempts.record(register, "乙", NOW)
    assert failed_attempts.waiting_time(register, "甲", NOW + timedelta(minutes=minutes)) == seconds


def test_a_change_cut_off_before_its_entry_is_found_at_the_next_opening(staff):
    """The key file is newer than the register knows: the trail says who has a slot now."""
    path = staff.folder / "登记册.db"
    with opened(staff, CUSTODIAN, PASSPHRASE) as session:
        members.remove(
            path, session.register.keys, ["文员"], session.register.prover()
        )  # as if the power had gone right after it
    with opened(staff, CUSTODIAN, PASSPHRASE) as session:
        (detail,) = session.register.read("entry", ["detail"], where={"action": "users_found"})["detail"]
        assert [user for user, _ in detail["users"]] == [CUSTODIAN, *(user for user in WORDS if user != "文员")]
    with opened(staff, CUSTODIAN, PASSPHRASE) as session:
        assert len(session.register.read("entry", where={"action": "users_found"})) == 1
