"""T16: trainings and agreements come in, and who lets his lapse is kept from personal data (客户信息管理制度 三2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pandas as pd
import pytest

from tests.support.office import CLOCK, PASSPHRASE, Office, lead
from tests.support.workbooks import accepted
from workbench.app.policy import load_policy
from workbench.platform.access.membership import members_of
from workbench.platform.access.session import Session, enter
from workbench.platform.access.users import people
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.register.keys import unlock
from workbench.platform.register.members import list_slots

TITLE = "培训与保密协议登记表"
HEADER = {"登记人": "钱保管", "登记日期": datetime(2026, 3, 2)}
CLERK, LEADER, KEEPER = "文员", "领导", "保管员"
WORDS = {
    CLERK: ("clerk", "清晨的集市飘着豆浆香 one"),
    LEADER: ("approver", "山谷里传来三声钟响 three"),
    KEEPER: ("custodian", "屋檐下的燕子又回来了 six"),
}


PARTNER = {"类型": "合作方保密协议", "登记册用户名": None}


def trained(account: str | None, on: datetime = datetime(2026, 3, 2), **other) -> dict:
    """A row of T16 about somebody's training."""
    row = {"类型": "培训", "姓名": "冯行", "单位代码": "S002", "登记册用户名": account, "培训或签署日期": on}
    return {**row, "内容或使用范围": "保密规定", **other}


def test_an_example_of_every_column_is_read_back_value_by_value(tmp_path):
    """Written, read in the reading process, checked: nothing is said, and every cell is what it was."""
    spec = templates()["training_record"]
    header = {"recorder": "钱保管", "filled_on": date(2026, 3, 2)}
    row = {
        "kind": "合作方保密协议",
        "name": "冯签署",
        "unit": "D001",
        "account": "wang",
        "partner": "某某物流",
        "subject": "仅供投标联系",
        "held_on": date(2026, 3, 1),
        "valid_until": date(2027, 2, 28),
        "document": "BM-001",
        "remark": "原件在档",
    }
    assert {column.key for column in spec.columns if not column.idle} == set(row)
    today = {"policy": load_policy(), "on": date(2026, 3, 9)}
    form = accepted(write_form(spec, tmp_path / "表.xlsx", header, [row], **today))
    read = form.rows.iloc[0]
    assert form.findings == []
    assert {key: read[key].date() if isinstance(read[key], pd.Timestamp) else read[key] for key in row} == row


@pytest.fixture
def crew(staffed, monkeypatch, set_clock, prepared) -> Callable[[str | None], Office]:
    """Since 5 January a clerk, an approver and a second custodian, beside the first one; run commands as one of them."""
    set_clock("2026-01-05T09:00:00")
    first = unlock(staffed.folder / "登记册.db", None, PASSPHRASE)[0]

    def add_everybody() -> None:
        for user, (role, words) in WORDS.items():
            monkeypatch.setenv("WORKBENCH_NEW_PASSPHRASE", words)
            staffed.run("users", "add", user, "--role", role, "--user", first)

    prepared(staffed.folder, "units and a crew", add_everybody)

    def act_as(user: str | None) -> Office:
        monkeypatch.setenv("WORKBENCH_USER", user or first)
        monkeypatch.setenv("WORKBENCH_PASSPHRASE", WORDS[user][1] if user else PASSPHRASE)
        return staffed

    return act_as


def opened(office: Office) -> Session:
    """A session of the first custodian."""
    path = office.folder / "登记册.db"
    first = next(user for user in (slot["user"] for slot in list_slots(path)) if user not in WORDS)
    return enter(path, first, PASSPHRASE, load_policy(), CLOCK)


def first_of(office: Office) -> str:
    """The first custodian's name."""
    with opened(office) as session:
        return session.user


def registered(office: Office, *rows: dict, name: str = "培训.xlsx", at: str = "2026-03-02T10:00:00") -> dict:
    """Take rows of T16 in; the receipt."""
    return office.receive(office.file(TITLE, name, HEADER, list(rows)), at)


def listed(office: Office, code: int) -> dict[str, tuple]:
    """User → stage, whether locked, through when opened."""
    rows = office.ask("training", "list", code=code)
    return {row["user"]: (row["stage"], row["locked"], row["opened_until"]) for row in rows}


def test_a_register_that_keeps_no_trainings_locks_nobody(crew, set_clock):
    """As registers of earlier versions; a clerk goes on with everything, and nothing is due."""
    office = crew(CLERK)
    office.receive(office.leads("D001", "甲.xlsx", [lead("江城公交")]), "2026-01-05T10:00:00", code=0)
    set_clock("2026-12-01T09:00:00")
    office.run("reveal", office.by_customer()["江城公交"]["number"], "--reason", "核实")
    office = crew(KEEPER)
    assert "没有人被锁定" in office.run("training", "list")
    assert office.ask("training", "list", code=0) == []
    assert [row for row in office.ask("due")["tasks"] if row["task"] == "training"] == []


def test_who_lets_his_training_lapse_is_warned_twice_then_locked(crew, set_clock):
    """Thirty and seven days before; the day after, what shows personal data is refused, kept in the trail and no more."""
    office = crew(CLERK)
    office.receive(office.leads("D001", "甲.xlsx", [lead("江城公交")]), "2026-01-05T10:00:00", code=0)
    number = office.by_customer()["江城公交"]["number"]
    set_clock("2026-03-02T09:00:00")
    office = crew(KEEPER)
    assert registered(office, trained(CLERK))["accepted"] == 1
    # the others have thirty days for their first
    assert listed(office, 0)[LEADER] == ("将到期", False, None)
    for day, told, state in (
        ("2027-01-30", False, None),
        ("2027-01-31", True, "将到期"),
        ("2027-02-23", True, "到期"),
        ("2027-03-02", True, "到期"),
    ):
        set_clock(f"{day}T09:00:00")
        office = crew(CLERK)
        office.run("reveal", number, "--reason", "核实")
        assert ("您的培训将于 2027-03-02 到期" in office.said) is told
        found = [row["state"] for row in office.ask("due")["tasks"] if row["task"] == "training"]
        assert found == ([state] if state else [])
    set_clock("2027-03-03T09:00:00")
    office = crew(CLERK)
    office.run("reveal", number, "--reason", "核实", code=2)
    assert "您的培训已于 2027-03-02 到期，不能查看完整个人信息" in office.said
    office.run("dispatch", "--out", "转交", code=2)
    office.run("leads")  # what shows no personal data goes on
    office = crew(None)
    refused = office.ask("audit", "show", "--by", CLERK, "--action", "refused")
    assert [entry["summary"] for entry in refused] == [
        f"{what}（市场策略） training_lapsed" for what in ("查看完整个人信息", "转交")
    ]
    assert office.ask("audit", "verify", code=0)["breaches"] == []
    office.run("watch", "list", "--month", "2027-03", code=0)  # a lapsed training is no unusual use
    registered(office, trained(CLERK, datetime(2027, 3, 3)), name="再训.xlsx", at="2027-03-03T10:00:00")
    crew(CLERK).run("reveal", number, "--reason", "核实")


def test_the_last_approver_is_named_and_not_locked(crew, set_clock):
    """So is no custodian while none is in order; of two custodians the one that lapsed is locked out."""
    set_clock("2026-03-02T09:00:00")
    office = crew(KEEPER)
    first = first_of(office)
    registered(office, trained(CLERK), trained(first, 单位代码="S009"), trained("谁也不是", 单位代码="S001"))
    set_clock("2026-04-15T09:00:00")
    found = listed(office, 1)
    assert (found[LEADER], found[KEEPER]) == (("已到期", False, None), ("已到期", True, None))
    late = {row["period"]: row["state"] for row in crew(None).ask("due")["tasks"] if row["task"] == "training"}
    assert late == {"领导（培训）": "逾期", "保管员（培训）": "逾期"}
    office = crew(LEADER)
    office.run("leads")
    assert "您是在岗的最后一位审批，未锁定" in office.said
    office = crew(KEEPER)
    office.run("users", "revoke", CLERK, code=2)
    assert "没有您的培训记录，宽限期至 2026-04-01" in office.said


def test_access_is_opened_in_an_emergency_by_another_custodian(crew, set_clock):
    """With a reason and a last day within three; it ends by itself, and stands in the trail."""
    office = crew(CLERK)
    office.receive(office.leads("D001", "甲.xlsx", [lead("江城公交")]), "2026-01-05T10:00:00", code=0)
    number = office.by_customer()["江城公交"]["number"]
    set_clock("2026-03-02T09:00:00")
    office = crew(None)
    registered(office, trained(KEEPER))
    set_clock("2026-04-02T09:00:00")
    crew(CLERK).run("reveal", number, "--reason", "核实", code=2)
    office = crew(KEEPER)
    opened = ("training", "open", CLERK, "--until", "2026-04-04", "--reason")
    for command, why in (
        ((*opened[:4], "2026-04-06", "--reason", "投标"), "最多 3 日"),
        ((*opened[:4], "2026-04-01", "--reason", "投标"), "已经过去"),
        ((*opened, " "), "请说明"),
        ((*opened, "电话 13900001111 急用"), ""),
        (("training", "open", KEEPER, *opened[3:], "投标"), "不能为本人"),
        (("training", "open", "无此人", *opened[3:], "投标"), "没有因培训"),
        (("training", "open", LEADER, *opened[3:], "投标"), "没有因培训"),
        ((*opened[:4], "后天", "--reason", "投标"), ""),
    ):
        office.run(*command, code=2)
        assert why in office.said
    crew(CLERK).run("training", "open", CLERK, *opened[3:], "投标", code=2)
    office = crew(KEEPER)
    office.run(*opened, "投标截止当日，补训已安排")
    assert listed(office, 1)[CLERK] == ("已到期", True, "2026-04-04")
    for day, code in (("2026-04-04", 0), ("2026-04-05", 2)):
        set_clock(f"{day}T20:00:00")
        crew(CLERK).run("reveal", number, "--reason", "核实", code=code)
    office = crew(None)
    assert [row["summary"] for row in office.ask("audit", "show", "--action", "access_opened")] == ["文员 2026-04-04"]
    assert office.ask("audit", "verify", code=0)["breaches"] == []


WRONG: list[tuple[dict, str, str]] = [
    ({"姓名": None}, "no_name", "C"),
    ({"单位代码": None}, "no_unit", "D"),
    ({"单位代码": "S777"}, "unknown_unit", "D"),
    ({"类型": "讲座"}, "not_in_list", "B"),
    ({"培训或签署日期": datetime(2026, 3, 3)}, "in_the_future", "H"),
    ({"有效期至": datetime(2026, 3, 1)}, "ends_before_it_begins", "I"),
    ({"类型": "员工保密协议"}, "no_agreement_number", "J"),
    ({"登记册用户名": KEEPER}, "own_training", "E"),
    ({"内容或使用范围": "张三 13900001234 来讲"}, "personal_in_clear", "G"),
    ({"类型": "合作方保密协议", "单位代码": "D001"}, "account_of_partner", "E"),
    ({**PARTNER, "单位代码": "S002", "协议编号": "B1"}, "partner_is_ours", "D"),
    ({**PARTNER, "单位代码": None}, "no_partner", "D"),
    ({**PARTNER, "内容或使用范围": None}, "no_scope", "G"),
]


def test_what_is_wrong_is_said_at_its_cell(crew, set_clock):
    """Each row that cannot be is returned with its cell; nothing of them is kept."""
    set_clock("2026-03-02T09:00:00")
    office = crew(KEEPER)
    receipt = registered(
        office, *({**trained(CLERK), "序号": str(n), **change} for n, (change, _, _) in enumerate(WRONG))
    )
    assert (receipt["accepted"], receipt["returned"]) == (0, len(WRONG))
    first = min(int(finding["cell"][1:]) for finding in receipt["findings"])
    said = {(finding["code"], finding["cell"]) for finding in receipt["findings"]}
    assert {(code, f"{column}{first + n}") for n, (_, code, column) in enumerate(WRONG)} <= said
    with opened(office) as session:
        assert session.register.read("training_record", ["who"]).empty


def test_rows_that_come_again_and_users_nobody_has(crew, set_clock):
    """Unchanged is no news, a change is a later word, a row twice goes back; a strange user name is only said."""
    set_clock("2026-03-02T09:00:00")
    office = crew(KEEPER)
    receipt = registered(office, trained("没这个人"), trained(CLERK))
    assert (receipt["accepted"], receipt["returned"]) == (1, 1)
    assert {finding["code"] for finding in receipt["findings"]} == {"unknown_account", "training_twice"}
    again = registered(office, trained("没这个人"), name="又.xlsx", at="2026-03-02T11:00:00")
    assert (again["accepted"], again["unchanged"]) == (0, 1)
    assert registered(office, trained(CLERK), name="改.xlsx", at="2026-03-02T12:00:00")["accepted"] == 1
    own = registered(office, trained(KEEPER), name="本人.xlsx", at="2026-03-02T13:00:00")
    assert (own["accepted"], own["returned"]) == (0, 1)
    # another person brings the very same file in
    path = office.folder / "收件" / "本人.xlsx"
    assert crew(CLERK).receive(path, "2026-03-02T14:00:00")["accepted"] == 1
    crew(LEADER).run("import", path, "--received-at", "2026-03-02T15:00:00", code=2)


def test_the_trail_says_who_is_a_user(crew, set_clock):
    """As the key file does, through adding and revoking."""
    office = crew(None)
    office.run("users", "revoke", CLERK)
    with opened(office) as session:
        known = [(member.user, member.role) for member in members_of(session.register)]
        slots = people(session)
    assert known == list(zip(slots["user"], slots["role"], strict=True))
    assert CLERK not in dict(known)
