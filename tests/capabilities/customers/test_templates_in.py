"""T7, T8, T9 and T18: the examples come in whole, bad cells are named, what comes again changes what it says."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import customer_office as customers
from tests.support.customer_office import BUS, BUS_FILE, MANAGER, item, profile, sales, service, weekly
from tests.support.office import PASSPHRASE
from tests.support.workbooks import accepted
from workbench.app.policy import load_policy
from workbench.capabilities.customers import fields
from workbench.core.credit_codes import CHARACTERS, check_character, is_credit_code, plain_code
from workbench.platform.access.session import enter
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.intake.record_intake import intake_of

WEEK = datetime(2026, 3, 2)
TODAY = {"policy": load_policy(), "on": date(2026, 3, 9)}
EXAMPLES = {
    "weekly_report": (
        {"unit": "S002", "manager": MANAGER, "week": date(2026, 3, 2), "filled_on": date(2026, 3, 9)},
        {
            "happened_on": date(2026, 3, 3),
            "kind": "投诉",
            "customer": BUS,
            "content": "交车延误",
            "churn": "是",
            "rival": "对手一",
            "breach": "否",
            "action": "加派人手",
            "owner": "王政",
            "due_on": date(2026, 3, 12),
        },
    ),
    "customer_profile": (
        {"unit": "S002", "department": "销售", "compiler": "周填报", "filled_on": date(2026, 3, 9)},
        {
            "customer": BUS,
            "code": customers.credit_code(1),
            "aliases": "江客",
            "parent": "江城交通集团",
            "industry": "客运",
            "scale": "大型",
            "legal_person": "齐法人",
            "address": "芜湖市镜湖区",
            "scope": "道路客运",
            "manager": MANAGER,
            "purchases": "去年二十台",
            "needs": "新能源",
            "willingness": "强",
            "terms": "分两批交付",
            "finance": "稳健",
            "credit": "优",
            "settlement": "月结",
            "contact": "方联系",
            "contact_title": "设备科长",
            "phone": "13900005555",
            "part": "采购",
            "basis": "本人同意",
            "evidence": "同意书",
            "purpose": "业务联系",
            "keep_until": date(2028, 1, 5),
        },
    ),
    "service_record": (
        {"unit": "S002", "compiler": MANAGER, "filled_on": date(2026, 3, 9)},
        {
            "number": "FW000001",
            "happened_on": date(2026, 3, 3),
            "customer": BUS,
            "kind": "投诉",
            "content": "交车延误",
            "agreed": "加派人手",
            "action": "换人",
            "owner": "王政",
            "due_on": date(2026, 3, 12),
            "state": "已办结",
            "closed_on": date(2026, 3, 10),
            "proof": "回访记录",
            "feedback": "满意",
            "cause": "交付",
            "response": "已安排提前交付",
        },
    ),
    "customer_sales": (
        {"month": "2026-03", "total": 123_456_789, "compiler": "财务", "compiled_on": date(2026, 4, 2)},
        {"customer": BUS, "code": customers.credit_code(1), "amount": -1_050, "quantity": 3},
    ),
}


@pytest.mark.parametrize("template", EXAMPLES)
def test_an_example_of_every_column_is_read_back_value_by_value(template, tmp_path):
    """Written, read in the reading process, checked: nothing is said, and every cell and header field is what it was."""
    spec = templates()[template]
    header, row = EXAMPLES[template]
    assert {column.key for column in spec.columns if not column.idle} == set(row)
    form = accepted(write_form(spec, tmp_path / "表.xlsx", header, [row], **TODAY))
    assert form.findings == []
    plain = {key: value.date() if isinstance(value, datetime) else value for key, value in form.header.items()}
    assert plain == header
    read = form.rows.iloc[0]
    assert {key: read[key].date() if isinstance(read[key], pd.Timestamp) else read[key] for key in row} == row


def test_every_column_of_a_file_is_in_the_dictionary():
    """A field nobody gave a purpose is not collected, and none is collected that the form has not."""
    columns = [column for column in templates()["customer_profile"].columns if not column.idle]
    assert {column.key for column in columns} - {"customer"} == set(fields.BY_KEY)
    assert all(field.purpose and field.seen_by and field.term for field in fields.FIELDS)
    assert {column.key for column in columns if column.personal} == set(fields.SEALED)
    assert set(intake_of("customer_profile").columns) == {"customer", *fields.BY_KEY}


@given(st.text(CHARACTERS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(CHARACTERS))
def test_a_wrong_character_anywhere_is_noticed(first, place, other):
    """The check character of GB 32100 sees every single slip, and spaces or small letters are none."""
    code = first + check_character(first)
    assert is_credit_code(code) and is_credit_code(plain_code(f" {code[:8].lower()} {code[8:]} "))
    if code[place] != other:
        assert not is_credit_code(code[:place] + other + code[place + 1 :])


def test_known_codes_have_their_check_character():
    """Two published ones; wrong lengths and letters that no code holds are none."""
    assert is_credit_code("91350100M000100Y43") and is_credit_code("911100001000013428") is False
    assert not any(map(is_credit_code, ("", "9135", "91350100M000100Y4O", "91350100M000100Y430")))


def found(receipt):
    """Code and cell of every finding."""
    return [(each["code"], each["cell"]) for each in receipt["findings"]]


def test_a_bad_file_is_given_back_cell_by_cell(staffed):
    """Wrong code, no purpose, no ground, own parent, a term that is over; the good row is taken."""
    rows = [
        {"客户名称": "甲公司", "统一社会信用代码": customers.credit_code(1)[:-1] + "I"},
        {"客户名称": "乙公司", "联系人": "方联系", "收集依据": "本人同意"},
        {"客户名称": "丙公司", "联系方式": "13900005555", "收集目的": "业务联系"},
        {"客户名称": "丁公司", "上级单位": "丁公司"},
        {**BUS_FILE, "保存至": datetime(2026, 3, 1)},
        {"客户名称": "戊公司"},
        {"客户名称": "己公司", "行业": "物流", "信用等级": "优"},
    ]
    receipt = staffed.receive(profile(staffed, *rows), "2026-03-09T08:00:00", code=1)
    assert (receipt["accepted"], receipt["returned"], receipt["unchanged"]) == (1, 5, 1)
    assert found(receipt) == [
        ("bad_credit_code", "C6"),
        ("no_purpose", "Y7"),
        ("no_purpose", "W8"),
        ("own_parent", "E9"),
        ("term_over", "Z10"),
        ("nothing_said", "B11"),
        ("others_part", "Q12"),
    ]
    assert "方联系" not in str(receipt) and "13900005555" not in str(receipt)


def test_a_bad_weekly_sheet_is_given_back_cell_by_cell(staffed):
    """No customer, no owner, days to come, an impossible term, a word that is no kind; a day of another week is only said."""
    rows = [
        item(None, "走访", datetime(2026, 3, 3)),
        item(BUS, "投诉", datetime(2026, 3, 3)),
        item(BUS, "走访", datetime(2026, 3, 12)),
        item(BUS, "需求", datetime(2026, 3, 3), 完成期限=datetime(2026, 3, 1)),
        item(BUS, "聊天", datetime(2026, 3, 3)),
        item(None, "市场", datetime(2026, 2, 27)),
    ]
    receipt = staffed.receive(weekly(staffed, WEEK, *rows), "2026-03-09T08:00:00", code=1)
    assert (receipt["accepted"], receipt["returned"]) == (1, 5)
    assert sorted(found(receipt)) == [
        ("another_week", "B12"),
        ("due_before", "K10"),
        ("in_the_future", "B9"),
        ("no_customer", "D7"),
        ("no_owner", "J8"),
        ("not_in_list", "C11"),
    ]


def test_a_weekly_sheet_of_a_week_to_come_or_of_a_stranger_is_refused(staffed):
    """Where the unit has a list of people, its manager is on it."""
    early = staffed.receive(weekly(staffed, datetime(2026, 3, 16)), "2026-03-09T08:00:00", code=2)
    customers.with_managers(staffed)
    strange = staffed.receive(weekly(staffed, WEEK, name="二.xlsx", 客户经理="某生人"), "2026-03-09T08:01:00", code=2)
    assert [(each["refused"], found(each)) for each in (early, strange)] == [
        (True, [("week_not_begun", "C4")]),
        (True, [("unknown_manager", "F3")]),
    ]


def test_bad_sales_are_given_back(staffed):
    """A customer twice under two spellings and a wrong code go back; more than the company sold refuses the sheet."""
    rows = [(BUS, 100.0), ("江城客运 有限公司", 50.0), ("乙公司", 10.5)]
    receipt = staffed.receive(sales(staffed, "2026-02", 500, *rows), "2026-03-09T08:00:00", code=1)
    assert (receipt["accepted"], found(receipt)) == (2, [("customer_twice", "B10")])
    assert "第 9 行" in receipt["findings"][0]["message"]
    more = staffed.receive(sales(staffed, "2026-02", 160, *rows, name="二.xlsx"), "2026-03-09T08:01:00", code=2)
    assert (more["refused"], found(more)) == (True, [("more_than_all", "C4")])
    assert "160.50 元，大于公司销售总额 160.00 元" in more["findings"][0]["message"]
    early = staffed.receive(sales(staffed, "2026-04", 500, name="三.xlsx"), "2026-03-09T08:02:00", code=2)
    assert found(early) == [("month_not_begun", "C3")]


def test_an_answer_needs_its_record_a_day_and_a_proof(staffed):
    """And what is not closed cannot be opened again."""
    rows = [item(BUS, "投诉", datetime(2026, 3, 3), 责任人="王政"), item(BUS, "走访", datetime(2026, 3, 4))]
    staffed.receive(weekly(staffed, WEEK, *rows), "2026-03-09T08:00:00", code=0)
    closed = {"办理情况": "已办结", "办结日期": datetime(2026, 3, 10), "办结依据": "回访"}
    answers = [
        {"记录编号": "FW000009", "办理情况": "办理中"},
        {"记录编号": "FW000001", "办理情况": "已办结", "办结依据": "回访"},
        {"记录编号": "FW000001", **closed, "办结依据": None},
        {"记录编号": "FW000001", **closed, "办结日期": datetime(2026, 3, 1)},
        {"记录编号": "FW000001", "办结日期": datetime(2026, 3, 10)},
        {"记录编号": "FW000001", "办理情况": "重新打开"},
        {"记录编号": "FW000001", **closed},
        {"记录编号": "FW000001", "办理情况": "重新打开"},
        {"记录编号": "FW000002"},
    ]
    receipt = staffed.receive(service(staffed, *answers), "2026-03-11T08:00:00", code=1)
    assert (receipt["accepted"], receipt["returned"]) == (2, 6)
    assert found(receipt) == [
        ("unknown_record", "A6"),
        ("no_closing_day", "K7"),
        ("no_proof", "L8"),
        ("impossible_day", "K9"),
        ("not_said_closed", "J10"),
        ("not_closed", "J11"),
        ("nothing_said", "A14"),
    ]


def test_a_week_reported_again_updates_its_rows_and_doubles_none(staffed):
    """The same rows say nothing new; a changed one keeps its number; another customer in the row is another matter."""
    rows = [item(BUS, "走访", datetime(2026, 3, 3)), item(BUS, "需求", datetime(2026, 3, 4))]
    first = staffed.receive(weekly(staffed, WEEK, *rows), "2026-03-09T08:00:00", code=0)
    changed = [rows[0] | {"内容": "补充说明"}, rows[1] | {"客户名称": "滨江公司"}, rows[1]]
    again = staffed.receive(weekly(staffed, WEEK, *changed, name="二.xlsx"), "2026-03-10T08:00:00", code=0)
    assert (first["accepted"], again["accepted"], again["unchanged"]) == (2, 2, 1)
    with enter(staffed.folder / "登记册.db", None, PASSPHRASE, load_policy(), datetime(2026, 3, 11)) as session:
        kept = session.register.read("weekly_item", ["number", "customer", "content", "customer_key"])
        assert session.register.verify_audit() == []
        stored = repr(session.register._fetch('SELECT fields FROM "record"'))
    assert kept["number"].tolist() == ["FW000001", "FW000002", "FW000001", "FW000003"]
    assert kept["customer"].tolist() == [BUS, BUS, BUS, "滨江公司"]
    assert kept["customer_key"].nunique() == 2
    assert BUS not in stored and "补充说明" not in stored


def test_what_is_personal_in_a_file_stands_in_clear_nowhere(staffed):
    """Contact, phone, legal representative and address are sealed; names of customers as everywhere; the term is filled in."""
    staffed.receive(profile(staffed, {**BUS_FILE, "保存至": None}), "2026-03-09T08:00:00", code=0)
    with enter(staffed.folder / "登记册.db", None, PASSPHRASE, load_policy(), datetime(2026, 3, 11)) as session:
        stored = repr(session.register._fetch('SELECT * FROM "record"'))
        assert not [
            word for word in (customers.CONTACT, customers.PHONE, "齐法人", "镜湖", BUS, "江客") if word in stored
        ]
        (row,) = session.register.read(
            "customer_profile", ["contact", "phone", "keep_until", "filled", "customer"]
        ).to_dict("records")
        links = session.register.read("customer_link", ["other_name", "kind"]).values.tolist()
    assert (row["contact"], row["phone"], row["customer"]) == (customers.CONTACT, customers.PHONE, BUS)
    assert row["filled"].split() == ["legal_person", "address", "contact", "contact_title", "phone"]
    assert row["keep_until"] == pd.Timestamp(2029, 3, 9)
    assert links == [["江客", "同一客户"], ["江城交通集团", "上级单位"]]
