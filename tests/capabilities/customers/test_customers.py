"""One record of each customer, its work lists, names that belong together, key accounts by name: by the commands."""

from __future__ import annotations

import pytest

from tests.support import customer_office as customers
from tests.support.customer_office import BUS, BUS_FILE, GROUP, MANAGER, SCHOOL, profile, sales
from tests.support.office import lead

AT = "2026-03-09T08:00:00"


@pytest.fixture
def kept(staffed, prepared):
    """An office with some customers."""
    prepared(staffed.folder, "customers' files", lambda: fill_files(staffed))
    return staffed


def fill_files(staffed):
    """Two customers' leads; files of three, one of them by two departments, and sales of a fourth."""
    rows = [lead(BUS), lead(SCHOOL, 城市="合肥市", 联系方式="13900002222")]
    staffed.receive(staffed.leads("D001", "信息.xlsx", rows), "2026-01-05T09:00:00", code=0)
    staffed.receive(
        profile(
            staffed, BUS_FILE, {"客户名称": BUS, "联系人": "另一人", "收集依据": "履行合同", "收集目的": "售后服务"}
        ),
        AT,
        code=0,
    )
    market = {"客户名称": "江客", "购买历史": "去年二十台", "需求特点": "新能源", "合作意愿": "强"}
    staffed.receive(profile(staffed, market, department="市场", name="市场.xlsx"), "2026-03-10T08:00:00", code=0)
    staffed.receive(sales(staffed, "2026-02", 1000, ("滨江物流公司", 60)), "2026-03-10T09:00:00", code=0)
    return staffed


def worklist(office, *more):
    """Kind, customer, part and what is lacking."""
    return [
        [row[name] for name in ("kind", "customer", "part", "what")]
        for row in office.ask("customers", "worklist", *more)
    ]


def test_a_customer_is_one_record_of_leads_files_and_aliases(kept):
    """An alias's file is his; departments, times and files stand beside each field; personal ones are masked."""
    told = kept.ask("customers", "show", "江客")
    assert (told["customer"], told["names"], told["parent"], told["leads"]) == (BUS, ["江客"], GROUP, 1)
    said = {row["field"]: (row["value"], row["department"], row["file"], row["row"]) for row in told["fields"]}
    assert said["统一社会信用代码"] == (customers.credit_code(1), "销售", "档案.xlsx", 6)
    assert said["需求特点"] == ("新能源", "市场", "市场.xlsx", 6)
    assert said["法定代表人"][0] == said["地址"][0] == "***"
    assert [{row["field"]: row["value"] for row in person}["联系人"] for person in told["contacts"]] == ["***", "***"]
    assert {part["part"]: (part["filled"], part["department"]) for part in told["parts"]} == {
        "基本信息": ("100%", "销售"),
        "交易信息": ("100%", "市场"),
        "财务信息": ("0%", "财务"),
    }
    assert kept.ask("customers", "show", GROUP)["subsidiaries"] == [BUS]
    assert "方联系" not in str(told) and customers.PHONE not in kept.run("customers", "show", BUS)


def test_the_list_counts_what_each_has(kept):
    """Customers with leads alone are in it; nothing was asked of them."""
    rows = {row["customer"]: row for row in kept.ask("customers", "list")}
    assert set(rows) == {BUS, SCHOOL, GROUP, "滨江物流公司"}
    assert (rows[BUS]["leads"], rows[BUS]["manager"], rows[SCHOOL]["leads"]) == (1, MANAGER, 1)
    assert "滨江物流公司" in kept.run("customers", "list")


def test_work_lists_name_what_is_lacking_and_what_is_old(kept):
    """A lead alone asks for no file (T8 is no condition); after the interval what is filled in is stale."""
    assert worklist(kept, "缺项") == [
        ["缺项", BUS, "财务信息", "信用等级、结算方式"],
        ["缺项", "滨江物流公司", "交易信息", "购买历史、需求特点、合作意愿"],
        ["缺项", "滨江物流公司", "基本信息", "统一社会信用代码、行业、规模、地址、联系人、客户经理"],
        ["缺项", "滨江物流公司", "财务信息", "信用等级、结算方式"],
    ]
    assert worklist(kept, "过期", "--as-of", "2026-09-05") == []
    assert [row[1:3] for row in worklist(kept, "过期", "--as-of", "2026-09-06")] == [[BUS, "基本信息"]]
    kept.run("customers", "worklist", "别的", code=2)
    assert "“别的”不在可选之列" in kept.said


@pytest.mark.slow
def test_contradictions_are_named_until_somebody_links_the_names(kept):
    """Two customers with one code; linked they are one, unlinked again two, and every word stays in the register."""
    other = {"客户名称": "芜湖江城巴士", "统一社会信用代码": customers.credit_code(1)}
    kept.receive(profile(kept, other, name="三.xlsx"), "2026-03-11T08:00:00", code=0)
    told = worklist(kept, "矛盾")
    assert [row[1] for row in told] == [BUS, "芜湖江城巴士"]
    assert "统一社会信用代码相同" in told[0][3]
    kept.run("customers", "link", BUS, "芜湖江城巴士", "--as", "同一客户", "--reason", "更名", code=0)
    assert worklist(kept, "矛盾") == []
    assert kept.ask("customers", "show", "芜湖江城巴士")["customer"] == BUS
    kept.run("customers", "unlink", "芜湖江城巴士", BUS, "--as", "同一客户", "--reason", "有误", code=0)
    assert len(worklist(kept, "矛盾")) == 2
    kept.run("customers", "unlink", "江客", BUS, "--as", "同一客户", "--reason", "不是", code=0)
    assert kept.ask("customers", "show", "江客")["customer"] == "江客"
    kept.receive(profile(kept, BUS_FILE | {"行业": "公交"}, name="四.xlsx"), "2026-03-12T08:00:00", code=0)
    assert kept.ask("customers", "show", "江客")["customer"] == "江客", "a file does not undo a person's word"
    kept.run("customers", "unlink", SCHOOL, BUS, "--as", "同一客户", "--reason", "有误", code=2)
    kept.run("customers", "link", BUS, "江城客运", "--as", "同一客户", "--reason", "简称", code=2)
    kept.run("customers", "link", BUS, "没有的公司", "--as", "同一客户", "--reason", "简称", code=2)
    with kept.opened() as session:
        assert session.register.verify_audit() == []
        assert session.register.count("customer_link", {"source": "人工"}) == 3


def test_two_codes_of_one_customer_and_a_circle_of_parents_contradict(kept):
    """The later code counts and both are named."""
    changed = [BUS_FILE | {"统一社会信用代码": customers.credit_code(2)}, {"客户名称": GROUP, "上级单位": BUS}]
    kept.receive(profile(kept, *changed, name="三.xlsx"), "2026-03-11T08:00:00", code=0)
    told = worklist(kept, "矛盾")
    assert {row[1] for row in told} == {BUS, GROUP}
    assert any("先后不一致" in row[3] for row in told) and any("互为上级" in row[3] for row in told)


@pytest.mark.slow
def test_a_customer_is_named_a_key_account_for_a_year_and_no_longer(kept):
    """By an approver's word, with ground and reason; ended before its time it is none from that day on."""
    before = {row["customer"]: row["grade"] for row in kept.ask("customers", "grades", "2026Q1")["accounts"]}
    kept.run("customers", "name", SCHOOL, "--ground", "形象", "--reason", "示范单位", code=0)
    accounts = {row["customer"]: row for row in kept.ask("customers", "grades", "2026Q4")["accounts"]}
    assert (before, accounts[SCHOOL]["ground"], accounts[SCHOOL]["grade"]) == ({"滨江物流公司": "C"}, "形象", "C")
    assert accounts["滨江物流公司"]["share"] == "3/50"
    kept.run("customers", "name", SCHOOL, "--ground", "形象", "--reason", "不再合作", "--end", code=0)
    assert SCHOOL not in [row["customer"] for row in kept.ask("customers", "grades", "2026Q4")["accounts"]]
    kept.run("customers", "name", SCHOOL, "--ground", "大方", "--reason", "无", code=2)


@pytest.mark.slow
def test_who_may_do_what(become):
    """Verifiers look; linking is the clerk's, naming the approver's; an analyst sees neither names nor files."""
    fill_files(become("文员"))
    become("核实员").run("customers", "list", code=0)
    become("核实员").run("customers", "link", BUS, SCHOOL, "--as", "同一客户", "--reason", "无", code=2)
    become("领导").run("customers", "name", BUS, "--ground", "战略", "--reason", "战略合作", code=0)
    become("文员").run("customers", "name", BUS, "--ground", "战略", "--reason", "战略合作", code=2)
    become("分析员").run("customers", "list", code=2)


def test_the_dictionary_of_fields_is_told(kept):
    """Every field with its part, purpose, term and readers."""
    rows = kept.ask("customers", "fields")
    assert len(rows) == 24 and all(all(row.values()) for row in rows)
    assert {row["part"] for row in rows} == {"基本信息", "交易信息", "财务信息", "联系人"}
