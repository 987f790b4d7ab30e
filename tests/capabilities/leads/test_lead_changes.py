"""T20 through the commands: who may ask, who decides, and what follows from it (D32, D35, D36, D41)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.support.office import lead

pytestmark = pytest.mark.slow

VALID = {"甄别结论": "有效", "到期日期": datetime(2026, 12, 31), "项目责任人": "何项目"}
SHORT = {**VALID, "到期日期": datetime(2026, 1, 31)}
FACTORY = "江城机械厂"


def change(office, unit: str, at: str, number: str, customer: str, matter: str, value=None) -> dict:
    """One request on T20, received; the file's receipt."""
    row = {"信息编号": number, "客户名称": customer, "变更事项": matter, "新值": value, "理由": "试验理由"}
    header = {"申请单位代码": unit, "申请人": "经办人", "申请日期": datetime.fromisoformat(at[:10])}
    return office.receive(office.file("信息变更申请单", f"变更{unit}{matter}{at[8:13]}.xlsx", header, [row]), at)


def number_of(office, customer: str, unit: str) -> str:
    """The number of a unit's lead of a customer."""
    return next(row["number"] for row in office.ask("leads") if (row["customer"], row["reporter"]) == (customer, unit))


def status_of(office, number: str, **options: str) -> str:
    """A lead's status."""
    arguments = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    return next(row["status"] for row in office.ask("leads", *arguments) if row["number"] == number)


def play(office, answer: dict) -> None:
    """Two dealers report one customer, the first's is a project since 6 January."""
    office.receive(office.leads("D001", "一.xlsx", [lead(FACTORY)]), "2026-01-05T09:00:00")
    office.run("dispatch", "--at", "2026-01-05T18:00:00", "--out", office.folder / "转交")
    for path in office.answer(office.folder / "转交", {FACTORY: answer}):
        office.receive(path, "2026-01-06T09:00:00")
    office.receive(office.leads("D002", "二.xlsx", [lead(FACTORY)], date(2026, 1, 7)), "2026-01-07T09:00:00")


@pytest.fixture
def two(staffed, prepared):
    """The two dealers, in a register with a single user."""
    prepared(staffed.folder, "two reporters of one customer", lambda: play(staffed, VALID))
    return staffed


@pytest.fixture
def expiring(staffed, prepared):
    """The two dealers; the project expires at the end of January."""
    prepared(staffed.folder, "two reporters, the first until January", lambda: play(staffed, SHORT))
    return staffed


@pytest.fixture
def two_among_many(become, staffed, prepared):
    """The two dealers, in a register with a staff; a clerk is working."""
    become("文员")
    prepared(staffed.folder, "two reporters, with a staff", lambda: play(staffed, VALID))
    return staffed


def test_a_reporter_takes_a_lead_back_at_once_before_it_is_a_project(two):
    """The second dealer withdraws its own duplicate; nobody decides anything, and the chain says why."""
    number = number_of(two, FACTORY, "D002")
    receipt = change(two, "D002", "2026-01-08T09:00:00", number, FACTORY, "撤回")
    assert receipt["accepted"] == 1 and status_of(two, number) == "已撤回"
    assert status_of(two, number, as_of="2026-01-08T08:59:59") == "重复"
    assert [row["state"] for row in two.ask("changes", "list", code=0)] == ["已生效"]
    assert "试验理由" in two.run("explain", number)


def test_only_the_reporter_withdraws_and_the_customer_must_be_the_numbers(two):
    """Another unit's request, and one that names another customer, are given back."""
    number = number_of(two, FACTORY, "D002")
    other = change(two, "D001", "2026-01-08T09:00:00", number, FACTORY, "撤回")
    wrong = change(two, "D002", "2026-01-08T10:00:00", number, "江城纺织厂", "撤回")
    assert [each["findings"][0]["code"] for each in (other, wrong)] == ["other_reporter", "other_customer"]
    assert status_of(two, number) == "重复"


def test_a_project_is_withdrawn_with_the_sections_consent_only(two_among_many, become):
    """A clerk who brought it in, or another clerk, cannot consent; the section's verifier can, and the next in line moves up."""
    two = two_among_many
    project, second = number_of(two, FACTORY, "D001"), number_of(two, FACTORY, "D002")
    change(two, "D001", "2026-01-08T09:00:00", project, FACTORY, "撤回")
    assert status_of(two, project) == "已立项"
    (request,) = two.ask("changes", "list", code=1)
    decide = ("changes", "decide", request["number"], "同意", "--reason", "属实", "--at", "2026-01-09T09:00:00")
    two.run(*decide, code=2)
    become("政府核实员")
    two.run(*decide, code=2)
    become("核实员")
    two.run(*decide, code=0)
    become("文员")
    assert (status_of(two, project), status_of(two, second)) == ("已撤回", "已接收")
    assert status_of(two, project, as_of="2026-01-08T23:00:00") == "已立项"


def test_a_row_that_waited_for_a_decision_is_taken_in_by_the_next_who_has_the_keys(two_among_many, become):
    """The approver consents as of 8 January to what was asked then; the corrected row of the 9th is a new report (D4)."""
    two = two_among_many
    number = number_of(two, FACTORY, "D001")
    change(two, "D001", "2026-01-08T09:00:00", number, FACTORY, "撤回")
    better = two.leads("D001", "更正.xlsx", [lead(FACTORY, 需求车型="客车")])
    assert [item["code"] for item in two.receive(better, "2026-01-09T09:00:00")["findings"]] == ["already_dispatched"]
    (asked,) = two.ask("changes", "list", code=1)
    become("领导")
    two.run("changes", "decide", asked["number"], "同意", "--reason", "属实", "--at", "2026-01-08T10:00:00", code=0)
    become("文员")
    park = two.leads("D002", "别的.xlsx", [lead("和县公园", 联系方式="13900003307")], date(2026, 1, 12))
    two.receive(park, "2026-01-12T09:00:00", code=0)
    got = [
        (row["reporter"], row["status"], row["received_at"][:10])
        for row in two.ask("leads")
        if row["customer"] == FACTORY
    ]
    assert sorted(got) == [
        ("D001", "已撤回", "2026-01-05"),
        ("D001", "重复", "2026-01-09"),
        ("D002", "已接收", "2026-01-07"),
    ]
    become("审计员")
    two.run("audit", "verify", code=0)


def test_prolonging_before_the_expiry_and_after_it(expiring):
    """On the last day it takes effect at once; afterwards not while another living lead of the customer stands."""
    project = number_of(expiring, FACTORY, "D001")
    assert (
        change(expiring, "D001", "2026-01-08T09:00:00", project, FACTORY, "延长到期日期", "2026-03-31")["accepted"] == 0
    )
    late = change(expiring, "S002", "2026-02-01T00:00:00", project, FACTORY, "延长到期日期", datetime(2026, 3, 31))
    assert late["accepted"] == 1, late["findings"]
    assert status_of(expiring, project, as_of="2026-02-01") == "已到期"
    in_time = change(expiring, "S002", "2026-01-31T23:59:00", project, FACTORY, "延长到期日期", datetime(2026, 4, 30))
    assert in_time["accepted"] == 1 and status_of(expiring, project, as_of="2026-04-30") == "已立项"


def test_a_later_day_is_read_however_it_is_styled(expiring):
    """新值 is a text column: a day is a day as people write it; half a day is none."""
    number = number_of(expiring, FACTORY, "D001")
    for hour, day in enumerate(("2026年3月31日", "2026.4.30", "2026/5/31"), start=9):
        got = change(expiring, "S002", f"2026-01-20T{hour:02}:00:00", number, FACTORY, "延长到期日期", day)
        assert got["accepted"] == 1, got
    got = change(expiring, "S002", "2026-01-20T13:00:00", number, FACTORY, "延长到期日期", "六月底")
    assert [item["code"] for item in got["findings"]] == ["value_missing"]
    assert [status_of(expiring, number, as_of=f"2026-{day}T09:00:00") for day in ("05-31", "06-01")] == [
        "已立项",
        "已到期",
    ]


def test_an_expired_lead_is_not_prolonged_over_somebody_elses(expiring):
    """The customer was reported anew after the expiry."""
    project = number_of(expiring, FACTORY, "D001")
    row = lead(FACTORY)
    expiring.receive(expiring.leads("B001", "三.xlsx", [row], date(2026, 2, 2)), "2026-02-02T09:00:00")
    late = change(expiring, "S002", "2026-02-03T00:00:00", project, FACTORY, "延长到期日期", "2026-03-31")
    assert [finding["code"] for finding in late["findings"]] == ["customer_taken"]
    for path in expiring.answer(expiring.folder / "转交", {FACTORY: VALID}):
        again = expiring.receive(path, "2026-02-03T09:00:00")
        assert [finding["code"] for finding in again["findings"]] == ["customer_taken"]
    assert status_of(expiring, project, as_of="2026-02-04") == "已到期"


@pytest.mark.parametrize("asked", ["by request", "by the answer"])
def test_an_expired_lead_is_not_prolonged_over_one_decided_to_be_the_same(expiring, asked):
    """Another name of the customer, as a person decided, was reported anew after the expiry: sameness joins (D2)."""
    project, other = number_of(expiring, FACTORY, "D001"), f"{FACTORY}总厂"
    expiring.receive(expiring.leads("D002", "二.xlsx", [lead(other)], date(2026, 1, 12)), "2026-01-12T09:00:00")
    behind = number_of(expiring, other, "D002")
    expiring.run("decide", behind, "重复", "--of", project, "--reason", "同一客户", "--at", "2026-01-13T09:00:00")
    expiring.receive(expiring.leads("B001", "三.xlsx", [lead(other)], date(2026, 2, 2)), "2026-02-02T09:00:00")
    if asked == "by request":
        late = change(expiring, "S002", "2026-02-03T00:00:00", project, FACTORY, "延长到期日期", "2026-03-31")
    else:
        (path,) = expiring.answer(expiring.folder / "转交", {FACTORY: VALID})
        late = expiring.receive(path, "2026-02-03T09:00:00")
    assert [finding["code"] for finding in late["findings"]] == ["customer_taken"]
    assert status_of(expiring, project, as_of="2026-02-04") == "已到期"


def test_two_leads_nobody_suspected_are_joined_by_decide(two):
    """A single user decides alone, and is told so; the other way round frees the lead again."""
    two.receive(
        two.leads("D002", "四.xlsx", [lead("远方印务", 联系方式="13900003333")], date(2026, 1, 8)),
        "2026-01-08T09:00:00",
    )
    one, other = number_of(two, FACTORY, "D001"), number_of(two, "远方印务", "D002")
    assert status_of(two, other) == "已接收"
    two.run("decide", other, "重复", "--of", one, "--reason", "更名", "--at", "2026-01-09T09:00:00", code=0)
    assert "一个用户" in two.said and status_of(two, other) == "重复"


def test_a_clerks_decision_on_anothers_claim_waits_for_another_person(two_among_many, become):
    """It becomes a request; the clerk cannot decide it, the approver can."""
    two = two_among_many
    first, second = number_of(two, FACTORY, "D001"), number_of(two, FACTORY, "D002")
    two.run("decide", second, "不重复", "--reason", "二期采购", "--at", "2026-01-09T09:00:00", code=1)
    assert status_of(two, second) == "重复"
    (request,) = two.ask("changes", "list", code=1)
    decide = ("changes", "decide", request["number"], "同意", "--reason", "属实", "--at", "2026-01-10T09:00:00")
    two.run(*decide, code=2)
    become("领导")
    two.run(*decide, code=0)
    become("文员")
    assert (status_of(two, first), status_of(two, second)) == ("已立项", "已接收")


def test_a_lead_handed_back_goes_to_the_section_a_request_names(staffed):
    """非本科室 within the term is nobody's delay; the section that handed it back does not get it again."""
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead(FACTORY)]), "2026-01-05T09:00:00")
    staffed.run("dispatch", "--at", "2026-01-05T18:00:00", "--out", staffed.folder / "转交")
    for path in staffed.answer(staffed.folder / "转交", {FACTORY: {"甄别结论": "非本科室"}}):
        assert staffed.receive(path, "2026-01-07T09:00:00")["accepted"] == 1
    number = number_of(staffed, FACTORY, "D001")
    assert status_of(staffed, number) == "已接收"
    staffed.run("dispatch", "--at", "2026-01-07T10:00:00", "--out", staffed.folder / "再转交", code=1)
    given = change(staffed, "S000", "2026-01-07T11:00:00", number, FACTORY, "转交其他科室", "S001")
    assert given["accepted"] == 1 and status_of(staffed, number) == "待甄别"
    staffed.run("dispatch", "--batch", "2", "--out", staffed.folder / "三转交")
    for path in staffed.answer(staffed.folder / "三转交", {FACTORY: {**VALID, "到期日期": datetime(2026, 6, 30)}}):
        assert "S001" in path.name
        staffed.receive(path, "2026-01-09T17:00:00")
    assert status_of(staffed, number, as_of="2026-04-05") == "已立项"
    lines = staffed.ask("settle", "2026Q1", "--as-of", "2026-04-05T10:00:00")["lines"]
    assert [line for line in lines if line["clause"] == "7.3.1"] == []


def test_a_unit_out_of_use_reports_no_more_and_its_successor_holds_its_leads(two):
    """Application and contract by the successor are taken; a successor that is no listed unit is given back."""
    project = number_of(two, FACTORY, "D001")
    row = {"单位代码": "D001", "单位名称": "芜湖江南销售服务店", "单位类型": "经销商", "状态": "停用"}
    wrong = two.file("单位名录", "错.xlsx", {}, [{**row, "承继单位代码": "D009"}])
    assert two.receive(wrong, "2026-01-19T09:00:00")["findings"][0]["code"] == "successor_unknown"
    right = two.file("单位名录", "对.xlsx", {}, [{**row, "承继单位代码": "D002", "生效日期": datetime(2026, 1, 20)}])
    assert two.receive(right, "2026-01-19T10:00:00")["accepted"] == 1
    early = two.receive(two.leads("D001", "五.xlsx", [lead("江城轴承厂")], date(2026, 1, 19)), "2026-01-19T11:00:00")
    late = two.receive(two.leads("D001", "六.xlsx", [lead("江城水泥厂")], date(2026, 1, 20)), "2026-01-20T00:00:00")
    assert (early["accepted"], late["refused"], late["findings"][0]["code"]) == (1, True, "unit_inactive")
    holders = {row["customer"]: row["reporter"] for row in two.ask("leads", "--as-of", "2026-01-21")}
    assert holders[FACTORY] == "D002" and holders["江城轴承厂"] == "D002"
    header = {"单位代码": "D002", "申报人": "李申报", "申报日期": datetime(2026, 1, 22)}
    rows = [{"信息编号": project, "客户名称": FACTORY, "车型": "轿车", "申报数量(台)": 12}]
    applied = two.receive(two.file("大客户项目申报表", "申报.xlsx", header, rows), "2026-01-22T09:00:00")
    assert applied["accepted"] == 1
    assert "D002" in two.run("explain", project, "--as-of", "2026-01-23")


def test_a_split_contract_is_known_once_another_person_agreed(two):
    """The confirmed split is a fact of the contract and the lead (D34)."""
    project = number_of(two, FACTORY, "D001")
    change(two, "S009", "2026-01-20T09:00:00", project, FACTORY, "合同拆分", "HT-9")
    (request,) = two.ask("changes", "list", code=1)
    with two.opened() as session:
        assert session.register.count("contract_split") == 0
    two.run("changes", "decide", request["number"], "同意", "--reason", "属实", "--at", "2026-01-20T10:00:00", code=0)
    with two.opened() as session:
        rows = session.register.read("contract_split", ["contract", "lead"])
    assert rows["contract"].tolist() == ["HT-9"]
